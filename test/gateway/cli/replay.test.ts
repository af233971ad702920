// `sallyport replay` on folders, where there is no gateway: an export, and one recording with its key.

import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import { makeEscrow, makeExport, sealedRecording, sessionA, sessionB } from '../../recorder/sample.ts'
import { sallyport, scratch } from './run-sallyport.ts'

describe('replay of an export', () => {
  it('plays a channel, from a time on, without a gateway and without a purpose', async () => {
    const { dir } = await makeExport(scratch())
    const { status, stdout, stderr } = await sallyport(['replay', dir])
    expect({ status, stderr }).toMatchObject({
      status: 0,
      stderr: expect.stringContaining(`Replaying ${sessionA} channel 0 (pty`) as string,
    })
    expect(stdout).toContain('whoami\r\nservice-Gr\u00fc\u00dfe')
    const later = await sallyport(['replay', dir, '--channel', '1', '--json', '--from', '1s'])
    // All of it lies before, and is drawn at once.
    expect(JSON.parse(later.stdout)).toMatchObject({
      session: sessionA,
      channel: 1,
      events: [
        [0, 'o', 'one\r\ntwo\r\n'],
        [0, 'o', 'warning\r\n'],
      ],
    })
  })

  it('writes casts of both versions, and a transcript', async () => {
    const { dir } = await makeExport(scratch())
    const v3 = await sallyport(['replay', dir, '--format', 'v3', '--input'])
    expect(JSON.parse(v3.stdout.split('\n')[0] ?? '')).toMatchObject({ version: 3, term: { cols: 100, rows: 30 } })
    expect(v3.stdout).toContain('"i","whoami\\r"')
    const v2 = await sallyport(['replay', dir, '--format', 'v2'])
    expect(v2.stdout).toBe(
      readFileSync(join(dir, 'casts', `${sessionA}.0000.cast`), 'utf8').replace('channel 0000', 'channel 0'),
    )
    const text = await sallyport(['replay', dir, '--format', 'text'])
    expect(text.stdout).toMatch(/^\[0:00:00\] > whoami$/m)
    expect(text.stdout).toMatch(/^\[0:00:00\] \* \*\*\* access ends in 5 minutes \*\*\*$/m)
  })

  it('asks which recording where there are several', async () => {
    const { dir } = await makeExport(scratch(), { sessions: [sessionA, sessionB] })
    const unsaid = await sallyport(['replay', dir])
    expect(unsaid).toMatchObject({ status: 2, stderr: expect.stringContaining('say which with --session') as string })
    expect((await sallyport(['replay', dir, '--session', sessionB])).stderr).toContain(`Replaying ${sessionB}`)
    expect((await sallyport(['replay', dir, '--session', 'ses_x'])).stderr).toContain('holds no recording of session')
  })

  it('saves what crossed with digests that sha256sum checks, and overwrites nothing', async () => {
    const { dir } = await makeExport(scratch())
    const out = join(scratch(), 'files')
    expect((await sallyport(['replay', dir, '--channel', '1', '--save', out])).status).toBe(0)
    expect(readFileSync(join(out, `${sessionA}.0001.out`), 'utf8')).toBe('one\ntwo\n')
    expect(readFileSync(join(out, `${sessionA}.0001.err`), 'utf8')).toBe('warning\n')
    expect(existsSync(join(out, `${sessionA}.0001.in`))).toBe(false)
    expect(execFileSync('sha256sum', ['-c', 'SHA256SUMS'], { cwd: out, encoding: 'utf8' })).toContain('.err: OK')
    const again = await sallyport(['replay', dir, '--channel', '1', '--save', out])
    expect(again).toMatchObject({ status: 1, stderr: expect.stringContaining('choose a new folder') as string })
  })

  it('says what is wrong with a folder, and what to do', async () => {
    const { dir } = await makeExport(scratch())
    rmSync(join(dir, 'keys'), { recursive: true })
    expect((await sallyport(['replay', dir])).stderr).toContain('there is no such file')
    expect((await sallyport(['replay', scratch()])).stderr).toContain(
      'expected an export or the folder of one recording',
    )
    expect(await sallyport(['replay', dir, '--follow'])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('--follow watches a session at a gateway') as string,
    })
    expect((await sallyport(['replay', sessionA])).stderr).toContain('say why with --purpose TEXT')
  })
})

describe('replay of one recording', () => {
  it('opens it with the session key or an identity, and with nothing else', async () => {
    const root = scratch()
    const escrow = await makeEscrow()
    const { recording, key } = await sealedRecording(root, escrow)
    const identity = join(root, 'escrow.txt')
    writeFileSync(identity, `# created: today\n${escrow.identity}\n`)
    const keyFile = join(root, 'key')
    writeFileSync(keyFile, `${key.toString('hex')}\n`)
    for (const way of [
      ['--identity', identity],
      ['--key', keyFile],
    ])
      expect((await sallyport(['replay', recording.dir, ...way])).stdout).toContain('whoami')
    expect((await sallyport(['replay', recording.dir])).stderr).toContain('--key FILE')
    const other = join(root, 'other.txt')
    writeFileSync(other, `${(await makeEscrow()).identity}\n`)
    expect((await sallyport(['replay', recording.dir, '--identity', other])).stderr).toContain(
      'no identity given opens it',
    )
    writeFileSync(keyFile, `${'0'.repeat(64)}\n`)
    expect((await sallyport(['replay', recording.dir, '--key', keyFile])).stderr).toContain(
      'not the one the manifest commits to',
    )
  })

  it('plays a damaged one up to where it cannot be read, and fails', async () => {
    const root = scratch()
    const { dir } = await makeExport(root)
    const copy = join(root, 'damaged')
    cpSync(dir, copy, { recursive: true })
    const file = join(copy, 'recordings', sessionA, '0000.stream')
    const bytes = readFileSync(file)
    bytes[bytes.length - 60] = (bytes[bytes.length - 60] ?? 0) ^ 1
    writeFileSync(file, bytes)
    const run = await sallyport(['replay', copy])
    expect(run.status).toBe(1)
    expect(run.stdout).toContain('whoami')
    expect(run.stderr).toContain('frame does not authenticate')
  })
})
