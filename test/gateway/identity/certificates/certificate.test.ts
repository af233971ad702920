// Certificates as ssh-keygen makes them, and as nobody does.

import { createPrivateKey, sign } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import ssh2 from 'ssh2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  isGenuine,
  isOfferable,
  isOwnersSignature,
  optionText,
  parseCertificate,
  type Certificate,
} from '../../../../gateway/identity/certificates/certificate.ts'
import { wireString } from '../../../../gateway/identity/certificates/wire.ts'
import { blobIn, certify, makeKeyOf, type KeyType } from '../../../support/user-authority.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sp-certificates-'))
  for (const type of ['ed25519', 'ecdsa', 'rsa'] as const) await makeKeyOf(join(folder, `ca-${type}`), type)
})
afterAll(() => rm(folder, { recursive: true, force: true }))

let made = 0
async function certificate(ca: KeyType, type: KeyType, wish: Parameters<typeof certify>[2] = {}) {
  const key = await makeKeyOf(join(folder, `user-${made++}`), type)
  const blob = await blobIn(await certify(join(folder, `ca-${ca}`), key, wish))
  return { key, blob, read: read(blob) }
}

function read(blob: Uint8Array): Certificate {
  const parsed = parseCertificate(blob)
  if (parsed.kind === 'malformed') throw new Error(parsed.problem)
  return parsed.certificate
}

describe('a certificate of ssh-keygen', () => {
  it('says what was put into it', async () => {
    const { key, read } = await certificate('ed25519', 'ed25519', {
      principals: 'vendor,alice',
      keyId: 'Alice Ärm',
      serial: '18446744073709551615',
      validity: '20260101000000Z:20270101000000Z',
      options: ['clear', 'permit-pty', 'force-command=uptime -p', 'source-address=192.0.2.0/24,2001:db8::/32'],
    })
    const { signed: _signed, signature: _signature, ...rest } = read
    expect(rest).toEqual({
      keyType: 'ssh-ed25519',
      key: await blobIn(`${key}.pub`),
      serial: 18446744073709551615n,
      kind: 'user',
      keyId: 'Alice Ärm',
      principals: ['vendor', 'alice'],
      from: Date.UTC(2026, 0, 1),
      until: Date.UTC(2027, 0, 1),
      critical: read.critical,
      extensions: new Set(['permit-pty']),
      authority: await blobIn(join(folder, 'ca-ed25519.pub')),
    })
    expect([...read.critical].map(([name, value]) => [name, optionText(value)])).toEqual([
      ['force-command', 'uptime -p'],
      ['source-address', '192.0.2.0/24,2001:db8::/32'],
    ])
  })

  it('that always holds has no end; one of a host says that it is', async () => {
    const { read } = await certificate('ed25519', 'ed25519', { host: true, principals: 'gw' })
    expect([read.from, read.until, read.kind]).toEqual([0, null, 'host'])
  })

  it.each(['ed25519', 'ecdsa', 'rsa'] as const)(
    'is genuine as its authority (%s) signed it, for any key',
    async (ca) => {
      for (const type of ['ed25519', 'ecdsa', 'rsa'] as const) {
        const { read, key } = await certificate(ca, type)
        expect(isGenuine(read)).toBe(true)
        expect(Buffer.from(read.key)).toEqual(await blobIn(`${key}.pub`))
      }
    },
  )

  it('is not genuine where an RSA authority signed with SHA-1', async () => {
    const { read } = await certificate('rsa', 'ed25519', { algorithm: 'ssh-rsa' })
    expect(isGenuine(read)).toBe(false)
  })

  it('is not genuine with one bit of it changed, wherever', async () => {
    const { blob } = await certificate('ed25519', 'ed25519', { principals: 'vendor' })
    fc.assert(
      fc.property(fc.nat(blob.length - 1), fc.nat(7), (at, bit) => {
        const changed = Buffer.from(blob)
        changed[at] = (changed[at] ?? 0) ^ (1 << bit)
        const parsed = parseCertificate(changed)
        return parsed.kind === 'malformed' || !isGenuine(parsed.certificate)
      }),
      { numRuns: 300 },
    )
  })

  it('cut short or with more behind it is none', async () => {
    const { blob } = await certificate('ecdsa', 'rsa')
    for (let length = 0; length < blob.length; length++)
      expect(parseCertificate(blob.subarray(0, length)).kind).toBe('malformed')
    expect(parseCertificate(Buffer.concat([blob, Buffer.from([0])])).kind).toBe('malformed')
  })

  it('is not taken where it names an option twice, or a certificate as its authority', async () => {
    const { blob, read } = await certificate('ed25519', 'ed25519', { options: ['clear', 'force-command=a'] })
    const options = Buffer.concat([wireString('force-command'), wireString(wireString('a'))])
    const at = blob.indexOf(wireString(options))
    const twice = Buffer.concat([
      blob.subarray(0, at),
      wireString(Buffer.concat([options, options])),
      blob.subarray(at + 4 + options.length),
    ])
    expect(parseCertificate(twice)).toMatchObject({ kind: 'malformed', problem: expect.stringContaining('once') })
    expect(isGenuine({ ...read, authority: blob })).toBe(false)
  })

  it('of bytes that are none is an answer, never a failure', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => parseCertificate(bytes).kind === 'malformed'))
    const start = wireString('ssh-ed25519-cert-v01@openssh.com')
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 400 }),
        (bytes) => parseCertificate(Buffer.concat([start, bytes])).kind === 'malformed',
      ),
    )
  })
})

describe('the signature of its owner', () => {
  const name = (algorithm: string): string => `${algorithm}-cert-v01@openssh.com`
  const data = Buffer.from('session id and request')

  /** An SSH signature by a key file of ssh-keygen. */
  async function signature(key: string, algorithm: string): Promise<Buffer> {
    const parsed = ssh2.utils.parseKey(await readFile(key, 'utf8'))
    if (parsed instanceof Error) throw parsed
    const hash = { 'rsa-sha2-256': 'sha256', 'rsa-sha2-512': 'sha512', 'ssh-rsa': 'sha1' }[algorithm] ?? null
    const pem = createPrivateKey(parsed.getPrivatePEM())
    const value = sign(algorithm.startsWith('ecdsa') ? 'sha256' : hash, data, { key: pem, dsaEncoding: 'ieee-p1363' })
    const mpint = (part: Buffer): Buffer =>
      wireString((part[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), part]) : part)
    const inner = algorithm.startsWith('ecdsa')
      ? Buffer.concat([mpint(value.subarray(0, 32)), mpint(value.subarray(32))])
      : value
    return Buffer.concat([wireString(algorithm), wireString(inner)])
  }

  it.each([
    ['ed25519', 'ssh-ed25519'],
    ['ecdsa', 'ecdsa-sha2-nistp256'],
    ['rsa', 'rsa-sha2-256'],
    ['rsa', 'rsa-sha2-512'],
  ] as const)('is proved with what the algorithm asks for: %s, %s', async (type, algorithm) => {
    const { key, read } = await certificate('ed25519', type)
    const signed = await signature(key, algorithm)
    expect(isOfferable(read, name(algorithm))).toBe(true)
    expect(isOwnersSignature(read, name(algorithm), data, signed)).toBe(true)
    expect(isOwnersSignature(read, name(algorithm), Buffer.from('another'), signed)).toBe(false)
    const other = await certificate('ed25519', type)
    expect(isOwnersSignature(other.read, name(algorithm), data, signed)).toBe(false)
  })

  it('is none under another name than its own, and never with SHA-1', async () => {
    const { key, read } = await certificate('ed25519', 'rsa')
    expect(isOwnersSignature(read, name('rsa-sha2-512'), data, await signature(key, 'rsa-sha2-256'))).toBe(false)
    expect(isOwnersSignature(read, name('ssh-rsa'), data, await signature(key, 'ssh-rsa'))).toBe(false)
    expect(isOwnersSignature(read, name('rsa-sha2-256'), data, await signature(key, 'ssh-rsa'))).toBe(false)
    expect([isOfferable(read, name('ssh-rsa')), isOfferable(read, name('ssh-ed25519'))]).toEqual([false, false])
  })
})
