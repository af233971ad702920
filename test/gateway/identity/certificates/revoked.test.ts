// Lists of revoked keys as ssh-keygen makes them, plain ones, and broken ones.

import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Certificate } from '../../../../gateway/identity/certificates/certificate.ts'
import { parseRevoked, type Revoked } from '../../../../gateway/identity/certificates/revoked.ts'
import { blobIn, certify, makeKeyOf, makeRevocationList } from '../../../support/user-authority.ts'

let folder: string
let [key, other, ca]: readonly [Buffer, Buffer, Buffer] = [Buffer.alloc(0), Buffer.alloc(0), Buffer.alloc(0)]
const path = (name: string): string => join(folder, name)

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sp-revoked-'))
  for (const name of ['key', 'other', 'ca', 'other-ca']) await makeKeyOf(path(name), 'ed25519')
  ;[key, other, ca] = [await blobIn(path('key.pub')), await blobIn(path('other.pub')), await blobIn(path('ca.pub'))]
})
afterAll(() => rm(folder, { recursive: true, force: true }))

function revokedIn(bytes: Uint8Array): Revoked {
  const parsed = parseRevoked(bytes)
  if (parsed.kind === 'malformed') throw new Error(parsed.problem)
  return parsed.revoked
}
const list = async (what: readonly string[], by?: string): Promise<Revoked> =>
  revokedIn(await readFile(await makeRevocationList(folder, what, by === 'none' ? by : by && path(`${by}.pub`))))

const certificate = (change: Partial<Certificate>): Certificate => ({
  keyType: 'ssh-ed25519',
  key: other,
  serial: 7n,
  kind: 'user',
  keyId: 'alice',
  principals: ['alice'],
  from: 0,
  until: null,
  critical: new Map(),
  extensions: new Set(),
  authority: ca,
  signed: Buffer.alloc(0),
  signature: Buffer.alloc(0),
  ...change,
})

describe('a list of revoked keys', () => {
  it.each([
    ['the key itself', async () => [`key: ${await readFile(path('key.pub'), 'utf8')}`]],
    ['its SHA-1', async () => [`sha1: ${await readFile(path('key.pub'), 'utf8')}`]],
    ['its SHA-256', async () => [`sha256: ${await readFile(path('key.pub'), 'utf8')}`]],
  ])('holds a key by %s, and every certificate for it', async (_by, what) => {
    const revoked = await list((await what()).map((line) => line.trim()))
    expect([revoked.hasKey(key), revoked.hasKey(other)]).toEqual([true, false])
    expect([revoked.hasCertificate(certificate({ key })), revoked.hasCertificate(certificate({}))]).toEqual([
      true,
      false,
    ])
  })

  it('holds an authority, and with it all that it signed', async () => {
    const revoked = await list([`key: ${(await readFile(path('ca.pub'), 'utf8')).trim()}`])
    expect(revoked.hasCertificate(certificate({}))).toBe(true)
    expect(revoked.hasCertificate(certificate({ authority: key }))).toBe(false)
  })

  it.each([
    ['one serial number', ['serial: 7'], [7n], [6n, 8n, 0n]],
    ['a range', ['serial: 10-20000'], [10n, 7777n, 20000n], [9n, 20001n]],
    [
      'many scattered ones',
      Array.from({ length: 40 }, (_, i) => `serial: ${100 + i * 2}`),
      [100n, 138n, 178n],
      [99n, 101n, 179n, 180n],
    ],
    ['large ones', ['serial: 18446744073709551614'], [18446744073709551614n], [18446744073709551615n]],
  ] as const)('holds certificates of one authority by %s', async (_by, what, among, not) => {
    const revoked = await list(what, 'ca')
    for (const serial of among) expect(revoked.hasCertificate(certificate({ serial }))).toBe(true)
    for (const serial of not) expect(revoked.hasCertificate(certificate({ serial }))).toBe(false)
    for (const serial of among) expect(revoked.hasCertificate(certificate({ serial, authority: key }))).toBe(false)
    expect(revoked.hasKey(key)).toBe(false)
  })

  it('holds certificates by their key id, of one authority or of any', async () => {
    const [ofOne, ofAny] = [await list(['id: alice'], 'ca'), await list(['id: alice'], 'none')]
    expect(ofOne.hasCertificate(certificate({}))).toBe(true)
    expect(ofOne.hasCertificate(certificate({ authority: key }))).toBe(false)
    expect(ofAny.hasCertificate(certificate({ authority: key }))).toBe(true)
    expect(ofAny.hasCertificate(certificate({ keyId: 'alice2' }))).toBe(false)
  })

  it('never takes the number zero for a certificate, which is what an authority writes that numbers nothing', async () => {
    const revoked = await list(['serial: 0-100'], 'ca').catch(() => list(['serial: 1-100'], 'ca'))
    expect(revoked.hasCertificate(certificate({ serial: 0n }))).toBe(false)
  })

  it('may be plain public keys, one a line; an empty one revokes nothing', async () => {
    const text = `# left in May\n\n${await readFile(path('key.pub'), 'utf8')}`
    expect(revokedIn(Buffer.from(text)).hasKey(key)).toBe(true)
    expect(revokedIn(Buffer.alloc(0)).hasKey(key)).toBe(false)
    expect(parseRevoked(Buffer.from(`${text}\nwhat is this`))).toEqual({
      kind: 'malformed',
      problem: 'line 5: expected a public key, its type and base64',
    })
  })

  it('may name a certificate, and holds the key it is about', async () => {
    const made = await certify(path('ca'), path('other'), { principals: 'alice' })
    const revoked = revokedIn(await readFile(made))
    expect([revoked.hasKey(other), revoked.hasKey(key)]).toEqual([true, false])
    expect(revoked.hasCertificate(certificate({ key: other }))).toBe(true)
    const [type = '', base64 = ''] = (await readFile(made, 'utf8')).split(' ')
    const short = Buffer.from(base64, 'base64').subarray(0, -1).toString('base64')
    expect(parseRevoked(Buffer.from(`${type} ${short}\n`))).toMatchObject({
      kind: 'malformed',
      problem: expect.stringMatching(/^line 1: expected a certificate: /),
    })
  })

  it('is unusable as a whole where a part of it is not understood, and never a failure', async () => {
    const whole = await readFile(await makeRevocationList(folder, ['serial: 5-9', 'id: bob'], path('ca.pub')))
    for (let length = 8; length < whole.length; length++) {
      const parsed = parseRevoked(whole.subarray(0, length))
      // Only where all sections are gone it is a whole list again, of nothing.
      if (parsed.kind === 'ok') expect(length).toBeLessThan(48)
    }
    const unknown = Buffer.concat([whole, Buffer.from([99, 0, 0, 0, 0])])
    expect(parseRevoked(unknown)).toMatchObject({ kind: 'malformed' })
    const critical = Buffer.concat([whole, Buffer.from('ff0000000a00000001780100000000', 'hex')])
    expect(parseRevoked(critical)).toMatchObject({ kind: 'malformed', problem: expect.stringContaining('critical') })
    const optional = Buffer.concat([whole, Buffer.from('ff0000000a00000001780000000000', 'hex')])
    expect(parseRevoked(optional).kind).toBe('ok')
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (bytes, isKrl) => {
        const { kind } = parseRevoked(isKrl ? Buffer.concat([whole.subarray(0, 44), bytes]) : bytes)
        return kind === 'ok' || kind === 'malformed'
      }),
    )
  })
})
