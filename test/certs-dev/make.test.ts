import { spawnSync } from 'node:child_process'
import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { Decrypter, Encrypter } from 'age-encryption'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { devFileNames, makeDevPki } from '../../certs-dev/dev-pki.ts'
import { describeWith } from '../support/describe-with.ts'
import { partPath } from '../support/parts.ts'

const program = fileURLToPath(new URL('../../certs-dev/make.ts', import.meta.url))
let parent: string
let out: string

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'sallyport-test-'))
  out = join(parent, 'certs')
})
afterEach(() => rmSync(parent, { recursive: true, force: true }))

function certs(args: readonly string[], env: Record<string, string> = {}) {
  const run = spawnSync(process.execPath, [program, ...args], {
    cwd: parent,
    env: { ...process.env, NODE_ENV: 'test', ...env },
    encoding: 'utf8',
  })
  return { status: run.status, stdout: run.stdout, stderr: run.stderr }
}

describe('npm run certs', () => {
  it('makes every file in a folder of its own, keys readable by their owner only', () => {
    const run = certs(['--client', 'historian', '--json'])
    expect(run.stderr).toBe('')
    const folder = join(parent, '.certs')
    const expected = [...devFileNames, 'client-historian.pem', 'client-historian.key']
    expect(readdirSync(folder).sort()).toEqual(expected.sort())
    expect(statSync(folder).mode & 0o777).toBe(0o700)
    const { files } = JSON.parse(run.stdout) as { files: { path: string; secret: boolean }[] }
    for (const { path, secret } of files) {
      expect.soft(statSync(path).mode & 0o077, path).toBe(secret ? 0 : 0o044)
      expect.soft(/PRIVATE KEY|AGE-SECRET-KEY/.test(readFileSync(path, 'utf8')), path).toBe(secret)
    }
  })

  it('says in readable lines what it made, and prints no secret', () => {
    const run = certs(['--name', 'gateway.example', '--name', '10.20.0.5'])
    expect(run.status).toBe(0)
    expect(run.stdout).toContain('TLS certificate for localhost, gateway.example, 127.0.0.1, ::1, 10.20.0.5')
    expect(run.stdout).toMatch(/^ {2}evidence\.key +0600 /m)
    expect(run.stdout).not.toMatch(/BEGIN|AGE-SECRET-KEY/)
  })

  it('refuses to overwrite, and changes nothing', () => {
    mkdirSync(out)
    writeFileSync(join(out, 'ca.key'), 'precious')
    const run = certs(['--out', out])
    expect(run).toEqual({
      status: 1,
      stdout: '',
      stderr: `certs: \`${out}\`: is already there: expected a new folder\n`,
    })
    expect(readFileSync(join(out, 'ca.key'), 'utf8')).toBe('precious')
    expect(readdirSync(parent)).toEqual(['certs'])
  })

  it('refuses with NODE_ENV=production, and leaves nothing', () => {
    const run = certs(['--out', out], { NODE_ENV: 'production' })
    expect(run.status).toBe(1)
    expect(run.stderr).toBe('certs: NODE_ENV is `production`: expected certificates from the CA of the plant\n')
    expect(readdirSync(parent)).toEqual([])
  })

  it('refuses an option it does not know', () => {
    const run = certs(['--force'])
    expect(run.status).toBe(2)
    expect(run.stderr).toMatch(/^certs: Unknown option '--force'/)
    expect(readdirSync(parent)).toEqual([])
  })

  it('explains itself', () => {
    const run = certs(['--help'])
    expect(run.status).toBe(0)
    expect(run.stdout).toContain('npm run certs -- [options]')
  })
})

describe('makeDevPki', () => {
  const names = { hostnames: ['localhost'], ips: ['127.0.0.1'], now: Date.now() }

  it('returns what it wrote', async () => {
    const made = await makeDevPki({ ...names, out })
    for (const name of devFileNames) {
      expect.soft(readFileSync(made.paths[name], 'utf8'), name).toBe(made.contents[name])
    }
  })

  it('makes an evidence key whose two halves belong together', async () => {
    const { contents } = await makeDevPki({ ...names, out })
    const text = Buffer.from('checkpoint')
    const signature = sign(null, text, createPrivateKey(contents['evidence.key']))
    expect(verify(null, text, createPublicKey(contents['evidence.pub']), signature)).toBe(true)
  })

  it('makes two age identities, each of which opens what is wrapped to the recipients', async () => {
    const { contents, recipients } = await makeDevPki({ ...names, out })
    const encrypter = new Encrypter()
    encrypter.addRecipient(recipients.replay)
    encrypter.addRecipient(recipients.escrow)
    const wrapped = await encrypter.encrypt('session key')
    for (const file of ['replay.agekey', 'escrow.agekey'] as const) {
      const identity = /^AGE-SECRET-KEY-1.*$/m.exec(contents[file])?.[0] ?? ''
      const decrypter = new Decrypter()
      decrypter.addIdentity(identity)
      expect(await decrypter.decrypt(wrapped, 'text')).toBe('session key')
    }
  })

  it('takes an empty folder that is already there', async () => {
    mkdirSync(out)
    await makeDevPki({ ...names, out })
    expect(readdirSync(parent)).toEqual(['certs'])
    expect(statSync(out).mode & 0o777).toBe(0o700)
  })

  it('reports every bad name at once, and leaves nothing', async () => {
    const making = makeDevPki({ ...names, hostnames: ['a b'], clients: ['../up', 'x', 'x'], out })
    await expect(making).rejects.toMatchObject({
      code: 'bad-name',
      message:
        'host name "a b": expected letters, digits, - and dots; ' +
        'client "../up": expected 1 to 63 of a-z, 0-9, . and -; client "x": given twice',
    })
    expect(readdirSync(parent)).toEqual([])
  })

  it('leaves nothing when the folder cannot be put in its place', async () => {
    const making = makeDevPki({ ...names, out: join(parent, 'missing', 'certs') })
    await expect(making).rejects.toMatchObject({ code: 'cannot-write' })
    expect(existsSync(join(parent, 'missing'))).toBe(false)
    expect(readdirSync(parent)).toEqual([])
  })

  it('takes back what it wrote when somebody else was faster', async () => {
    // Between the first look and the rename another run puts its folder in place.
    const making = makeDevPki({ ...names, out })
    mkdirSync(out)
    writeFileSync(join(out, 'ca.key'), 'theirs')
    await expect(making).rejects.toMatchObject({ code: expect.stringMatching(/^(exists|cannot-write)$/) as string })
    expect(readdirSync(parent)).toEqual(['certs'])
    expect(readFileSync(join(out, 'ca.key'), 'utf8')).toBe('theirs')
  })
})

describeWith('age', 'the age identities, used by age itself', () => {
  it('open what age encrypts to recipients.txt', async () => {
    const made = await makeDevPki({ hostnames: ['localhost'], ips: [], now: Date.now(), out })
    const age = partPath('age')
    const wrapped = spawnSync(age, ['-R', made.paths['recipients.txt']], { input: 'session key' })
    expect(wrapped.status).toBe(0)
    for (const file of ['replay.agekey', 'escrow.agekey'] as const) {
      const opened = spawnSync(age, ['-d', '-i', made.paths[file]], { input: wrapped.stdout, encoding: 'utf8' })
      expect(opened).toMatchObject({ status: 0, stdout: 'session key' })
    }
  })
})
