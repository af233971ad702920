// Certificates of the gateway's own authority, read back by OpenSSH's own program, and keys in the forms they come in.

import { execFile } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import {
  issueCertificate,
  makeAuthority,
  publicAuthority,
  readAuthority,
  type CertificateWish,
} from '../../../gateway/identity/user-authority.ts'
import { Secret } from '../../../gateway/secret.ts'
import { describeWith } from '../../support/describe-with.ts'
import { partPath } from '../../support/parts.ts'
import { makeKey } from '../../support/sshd.ts'

const run = promisify(execFile)
const now = Date.UTC(2026, 2, 2, 9)
const wish: CertificateWish = { keyId: 'ses_1', principals: ['service', 'gateway'], now, forwards: false }

describeWith(['ssh-keygen'], 'a certificate for a session', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sp-ca-'))
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  async function shown(certificate: Uint8Array): Promise<string> {
    const file = join(folder, 'one-cert.pub')
    const base64 = Buffer.from(certificate).toString('base64')
    await writeFile(file, `ssh-ed25519-cert-v01@openssh.com ${base64}\n`)
    const { stdout } = await run(partPath('ssh-keygen'), ['-L', '-f', file], { env: { TZ: 'UTC' } })
    return stdout
  }

  it('says to OpenSSH whose it is, for which names, how long, and what it permits', async () => {
    const authority = makeAuthority()
    const issued = issueCertificate(authority, wish)
    const text = await shown(issued.certificate)
    expect(text).toContain('user certificate')
    expect(text).toContain('Key ID: "ses_1"')
    expect(text).toContain(`Serial: ${issued.serial}`)
    expect(text).toContain(publicAuthority(authority, '').fingerprint)
    expect(text).toContain('Valid: from 2026-03-02T08:55:00 to 2026-03-02T09:05:00')
    expect(text).toMatch(/Principals: \n\s+service\n\s+gateway\n/)
    expect(text).toMatch(/Critical Options: \(none\)\n\s+Extensions: \n\s+permit-pty\n/)
  })

  it('permits streams to ports only where they are asked for, and is never the same twice', async () => {
    const authority = makeAuthority()
    const one = issueCertificate(authority, { ...wish, forwards: true })
    const other = issueCertificate(authority, { ...wish, forwards: true })
    expect(await shown(one.certificate)).toMatch(/Extensions: \n\s+permit-port-forwarding\n\s+permit-pty\n/)
    expect(one.serial).not.toBe(other.serial)
    expect(one.key.expose()).not.toBe(other.key.expose())
  })

  it('for nobody is none: an empty list of names would be good for everybody', () => {
    expect(() => issueCertificate(makeAuthority(), { ...wish, principals: [] })).toThrow('good for everybody')
  })

  it('comes of an authority that OpenSSH has made, too', async () => {
    const file = await makeKey(join(folder, 'ca'))
    const read = readAuthority(new Secret(await readFile(file, 'utf8')))
    const line = (await readFile(`${file}.pub`, 'utf8')).split(' ').slice(0, 2).join(' ')
    expect(read && publicAuthority(read, 'x').line).toBe(`${line} x`)
  })
})

describe('a key that is no authority', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' })
  it.each([
    ['nothing', ''],
    ['a text', 'hunter2'],
    ['an RSA key', rsa.toString()],
    [
      'an OpenSSH key cut short',
      '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAA\n-----END OPENSSH PRIVATE KEY-----',
    ],
  ])('is not taken for one: %s', (_what, text) => {
    expect(readAuthority(new Secret(text))).toBeNull()
  })
})
