// scp, rsync and git by the real programs through a running gateway: what crosses, what is kept as evidence, what is cut.

import { createHash } from 'node:crypto'
import { execFile, type ChildProcess } from 'node:child_process'
import { createReadStream } from 'node:fs'
import { mkdir, open, readFile, readdir, realpath, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'

import { askFor } from '../../gateway/demo/asking.ts'
import { prepareSsh } from '../../gateway/demo/ssh-client.ts'
import type { RequestView } from '../../gateway/contract/views.ts'
import { describeWith } from '../support/describe-with.ts'
import { eventually } from '../support/eventually.ts'
import { stageGateway, type GatewayStage } from '../support/gateway-stage.ts'
import { partPath, type PartName } from '../support/parts.ts'
import { readRecorded } from '../support/recorded.ts'
import { shareConnection, type SharedConnection } from '../support/ssh-session.ts'

const rules = `
rules:
  - id: drives
    text: Parameters of drives are brought and fetched by who maintains them.
    assets: [ews-1]
    paths: ['/**/open/**']
    allow: [list, read, write, mkdir, setstat, symlink]
    upload: pass
    download: pass
    releasedBy: [approver]
    largestMegabytes: 400
`

describeWith(['ssh', 'sshd', 'ssh-keygen', 'scp', 'rsync', 'git'], 'file programs through the gateway', () => {
  let stage: GatewayStage
  let shared: SharedConnection
  let env: Readonly<Record<string, string>>
  let far: string

  beforeAll(async () => {
    stage = await stageGateway({
      apart: true,
      files: { 'files.yaml': rules },
      spoil: (place) => Promise.resolve({ ...place, endpoint: { features: ['scp', 'rsync', 'git'] } }),
    })
    const [vendor, approver] = [await stage.api('vendor'), await stage.api('approver')]
    const now = stage.clock.now()
    const asked = await askFor(vendor, {
      assets: ['ews-1'],
      protocol: 'ssh',
      operationClass: 'operate',
      when: { kind: 'window', from: now, until: now + 3_600_000 },
      purpose: 'replace the drive parameter set',
      ticket: 'CHG-1',
      transfer: { allow: ['list', 'read', 'write', 'mkdir', 'setstat', 'symlink'], paths: ['/**/open/**'] },
    })
    await approver.ok<RequestView>('POST', `/requests/${asked.id}/approve`, { digest: asked.digest, comment: 'agreed' })
    await mkdir(join(stage.folder, 'open'))
    far = await realpath(join(stage.folder, 'open'))
    await connect()
  })
  afterAll(async () => {
    shared?.master.child.kill()
    await stage?.stop()
  })

  async function connect(): Promise<void> {
    const login = await stage.sshLogin('vendor%ews-1')
    env = (await prepareSsh(login)).env
    shared = await shareConnection(login)
  }

  function start(
    program: PartName,
    words: readonly string[],
  ): { child: ChildProcess; ended: Promise<{ code: number; stderr: string }> } {
    const over = [partPath('ssh'), '-F', 'none', '-o', 'LogLevel=ERROR', ...shared.options]
    const own = program === 'scp' ? ['-O', '-F', 'none', '-o', 'LogLevel=ERROR', ...shared.options] : []
    const all = {
      ...env,
      RSYNC_RSH: over.join(' '),
      GIT_SSH_COMMAND: over.join(' '),
      GIT_SSH_VARIANT: 'ssh',
      GIT_CONFIG_GLOBAL: '/dev/null',
    }
    let child: ChildProcess | null = null
    const ended = new Promise<{ code: number; stderr: string }>((resolve) => {
      child = execFile(partPath(program), [...own, ...words], { cwd: stage.folder, env: all }, (error, _out, stderr) =>
        resolve({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : 255, stderr }),
      )
    })
    if (child === null) throw new Error('nothing was started')
    return { child, ended }
  }
  const run = (program: PartName, ...words: string[]) => start(program, words).ended
  const there = (path: string) => `vendor+ews-1@localhost:${path}`

  async function sum(path: string): Promise<string> {
    const hash = createHash('sha256')
    for await (const part of createReadStream(path)) hash.update(part as Buffer)
    return hash.digest('hex')
  }

  it('brings and fetches a small file, recorded, with its digest as evidence and its path as a commitment', async () => {
    const content = Buffer.from('P1 = 1500\nP2 = 7\n')
    await writeFile(join(stage.folder, 'drive.par'), content)
    expect(await run('scp', '-p', 'drive.par', there(far))).toEqual({ code: 0, stderr: '' })
    expect(await run('scp', there(`${far}/drive.par`), 'back.par')).toEqual({ code: 0, stderr: '' })
    expect(await readFile(join(stage.folder, 'back.par'))).toEqual(content)
    const crossed = await stage.evidence({ types: ['file.crossed'] })
    const digest = createHash('sha256').update(content).digest('hex')
    expect(crossed.map(({ data }) => [data['program'], data['direction'], data['sha256'], data['bytes']])).toEqual([
      ['scp', 'in', digest, content.length],
      ['scp', 'out', digest, content.length],
    ])
    expect(crossed.map(({ data, meaning }) => meaning[String(data['path'])])).toEqual([
      `${far}/drive.par`,
      `${far}/drive.par`,
    ])
    const { frames, in: sent } = await readRecorded(stage.stage, String(crossed[0]?.data['session']))
    expect(sent.includes(content)).toBe(true)
    const events = frames.flatMap((frame) => (frame.kind === 'event' ? [frame.event] : []))
    expect(events).toContainEqual({ event: 'started', command: `scp -p -d -t ${far}` })
  })

  // How memory behaves while hundreds of megabytes cross is clients/bulk.test.ts's.
  it('carries 64 MB both ways unchanged', async () => {
    const megabytes = 64
    const file = await open(join(stage.folder, 'big'), 'w')
    const block = Buffer.alloc(1 << 20)
    for (let i = 0; i < megabytes; i++) {
      block.fill(`block ${i} of a firmware image `)
      await file.write(block)
    }
    await file.close()
    expect(await run('scp', 'big', there(`${far}/big`))).toEqual({ code: 0, stderr: '' })
    expect(await run('scp', there(`${far}/big`), 'again')).toEqual({ code: 0, stderr: '' })
    const digest = await sum(join(stage.folder, 'big'))
    expect(await sum(join(far, 'big'))).toBe(digest)
    expect(await sum(join(stage.folder, 'again'))).toBe(digest)
    const crossed = await stage.evidence({ types: ['file.crossed'] })
    expect(crossed.slice(-2).map(({ data }) => data['sha256'])).toEqual([digest, digest])
    await rm(join(stage.folder, 'again'))
  }, 120_000)

  it('refuses what no rule allows in words that scp shows, and keeps that it was tried', async () => {
    await writeFile(join(stage.folder, 'passwd'), 'x')
    const outside = await run('scp', 'passwd', there('/etc/sallyport-test'))
    expect(outside).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('scp: this access was not granted to write `/etc/sallyport-test`'),
    })
    const upwards = await run('scp', there(`${far}/../vendor_key`), 'stolen')
    expect(upwards).toMatchObject({ code: 1, stderr: expect.stringContaining('was not granted to read') })
    expect(await readdir(stage.folder)).not.toContain('stolen')
    const tried = (await stage.evidence({ types: ['file.step_refused'] })).slice(-2)
    expect(tried.map(({ data, meaning }) => [data['step'], meaning[String(data['path'])]])).toEqual([
      ['write', '/etc/sallyport-test'],
      ['read', `${await realpath(stage.folder)}/vendor_key`],
    ])
  })

  it('runs rsync and git where the whole of a folder may cross, and no other command at all', async () => {
    await mkdir(join(stage.folder, 'tree'))
    await writeFile(join(stage.folder, 'tree/f'), 'f')
    expect(await run('rsync', '-a', '--no-links', '--partial', 'tree/', there(`${far}/tree`))).toEqual({
      code: 0,
      stderr: '',
    })
    expect(await run('rsync', '-a', `${there(`${far}/tree`)}/`, 'tree-back')).toEqual({ code: 0, stderr: '' })
    expect(await readFile(join(stage.folder, 'tree-back/f'), 'utf8')).toBe('f')
    expect((await run('rsync', '-a', '--delete', 'tree/', there(`${far}/tree`))).stderr).toContain(
      'leave out `--delete`',
    )
    expect((await run('rsync', '-a', '--backup', 'tree/', there(`${far}/tree`))).stderr).toContain(
      'leave out `--backup`',
    )
    expect((await run('rsync', '-a', there('/etc/ssh'), 'etc')).stderr).toContain('was not granted to read `/etc/ssh`')

    expect((await run('git', 'init', '--quiet', '--bare', `${far}/tool.git`)).code).toBe(0)
    expect(await run('git', 'clone', '--quiet', there(`${far}/tool.git`), 'tool')).toMatchObject({ code: 0 })

    const ssh = (command: string) =>
      run('ssh', '-F', 'none', '-o', 'LogLevel=ERROR', ...shared.options, 'vendor+ews-1@localhost', command)
    for (const command of ['id', `scp -t ${far}; id`, `scp -t $(id)`, 'rsync --daemon'])
      expect(await ssh(command)).toMatchObject({ code: 255, stderr: expect.stringContaining('takes no commands') })
    expect((await ssh('/usr/lib/openssh/sftp-server')).stderr).toContain('use the subsystem')
    expect((await ssh('umask 077; cat >> .ssh/authorized_keys')).stderr).toContain('keys on the target are the plant')
    const programs = (await stage.evidence({ types: ['file.crossed'] })).map(
      ({ data }) => `${String(data['program'])} ${String(data['direction'])}`,
    )
    expect(programs.slice(-3)).toEqual(['rsync in', 'rsync out', 'git out'])
  })

  it('is cut in the middle of a file when the access is revoked, and says what had crossed', async () => {
    const { child, ended } = start('scp', ['-l', '2000', 'big', there(`${far}/slow`)])
    await eventually('some of it has crossed', async () => (await readdir(far)).includes('slow') || null)
    const approver = await stage.api('approver')
    const grants = await stage.withStore((store) =>
      store.grants.openOf(stage.person('vendor').person.id, stage.clock.now()),
    )
    await approver.ok('POST', `/grants/${grants[0]?.grant.id ?? ''}/revoke`, { reason: 'enough' })
    const { code, stderr } = await ended
    expect(child.exitCode).toBe(code)
    expect(code).not.toBe(0)
    expect(stderr).toContain('revoked')
    const last = await eventually('it is evidence', async () => {
      const all = await stage.evidence({ types: ['file.crossed'] })
      const one = all.at(-1)
      return one !== undefined && one.meaning[String(one.data['path'])] === `${far}/slow` ? one : null
    })
    expect(last.data['sha256']).toBeNull()
    await stage.quiet()
  })
})
