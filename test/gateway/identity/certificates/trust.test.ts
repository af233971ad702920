// Whose certificates are believed, for whom, from where and until when.

import { describe, expect, it } from 'vitest'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseCertificate, type Certificate } from '../../../../gateway/identity/certificates/certificate.ts'
import { nothingRevoked } from '../../../../gateway/identity/certificates/revoked.ts'
import { judgeCertificate, type UserAuthority } from '../../../../gateway/identity/certificates/trust.ts'
import type { Login, Person, SupplierId } from '../../../../policy/index.ts'
import { blobIn, certify, makeKeyOf, type SignWish } from '../../../support/user-authority.ts'

const now = Date.UTC(2026, 5, 1)
const person = { login: 'vendor' as Login, supplier: 'acme-drives' as SupplierId } as Person
const engineer = { login: 'vendor' as Login, supplier: null } as Person

async function shown(wish: SignWish): Promise<{ certificate: Certificate; authority: UserAuthority }> {
  const folder = mkdtempSync(join(tmpdir(), 'sp-trust-'))
  try {
    const ca = await makeKeyOf(join(folder, 'ca'), 'ed25519')
    const key = await makeKeyOf(join(folder, 'key'), 'ed25519')
    const parsed = parseCertificate(await blobIn(await certify(ca, key, { principals: 'vendor', ...wish })))
    if (parsed.kind === 'malformed') throw new Error(parsed.problem)
    const authority = {
      name: 'acme-ca',
      key: await blobIn(`${ca}.pub`),
      suppliers: ['acme-drives'],
      plant: false,
      secondFactor: false,
    }
    return { certificate: parsed.certificate, authority }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function judged(
  wish: SignWish,
  change: Partial<UserAuthority> = {},
  who = person,
  source = '192.0.2.7',
  at = now,
) {
  const { certificate, authority } = await shown(wish)
  const verdict = judgeCertificate(
    certificate,
    [{ ...authority, ...change }],
    nothingRevoked,
    { person: who, source },
    at,
  )
  return verdict.kind === 'good' ? verdict : verdict.reason
}

describe('a certificate lets in', () => {
  it('whom it names, with what it allows', async () => {
    expect(await judged({ keyId: 'A. Vendor', serial: '9', validity: '20260101000000Z:20270101000000Z' })).toEqual({
      kind: 'good',
      secondFactor: false,
      certificate: {
        authority: 'acme-ca',
        authorityKey: expect.stringMatching(/^SHA256:[A-Za-z0-9+/]{43}$/),
        keyId: 'A. Vendor',
        serial: '9',
        until: Date.UTC(2027, 0, 1),
        command: null,
        terminal: true,
        forwarding: true,
      },
    })
  })

  it('with less, where it says less', async () => {
    expect(await judged({ options: ['clear', 'force-command=uptime'] })).toMatchObject({
      certificate: { command: 'uptime', terminal: false, forwarding: false },
    })
  })

  it.each([
    ['for somebody else', { principals: 'vendor2,ven' }, 'certificate-of-other'],
    ['for everybody, by naming nobody', { principals: '' }, 'certificate-of-other'],
    ['for a machine, not a person', { host: true } as const, 'bad-certificate'],
    ['before its time', { validity: '20260602000000Z:20270101000000Z' }, 'certificate-not-in-time'],
    ['after its time', { validity: '20250101000000Z:20260601000000Z' }, 'certificate-not-in-time'],
    ['from elsewhere', { options: ['source-address=198.51.100.0/24'] }, 'undeclared-source'],
    ['with a duty nobody knows', { options: ['critical:verify-required'] }, 'bad-certificate'],
  ])('nobody %s', async (_what, wish, reason) => {
    const { principals, ...rest } = { principals: 'vendor', ...wish }
    expect(
      await judged(principals === '' ? { ...rest, principals: undefined as never } : { ...rest, principals }),
    ).toBe(reason)
  })

  it.each([
    ['one address', '192.0.2.7', '192.0.2.7'],
    ['a network among several', '10.0.0.0/8,192.0.2.0/24', '192.0.2.7'],
    ['a network of IPv6', '2001:db8::/32', '2001:db8::5'],
    ['a network, for an address written as IPv6', '192.0.2.0/24', '::ffff:192.0.2.7'],
  ])('from %s', async (_what, list, source) => {
    expect(await judged({ options: [`source-address=${list}`] }, {}, person, source)).toMatchObject({ kind: 'good' })
  })

  it('only people its authority may speak for', async () => {
    expect(await judged({}, { suppliers: ['another'] })).toBe('certificate-of-other')
    expect(await judged({}, {}, engineer)).toBe('certificate-of-other')
    expect(await judged({}, { plant: true }, engineer)).toMatchObject({ kind: 'good' })
    expect(await judged({}, { suppliers: [], plant: true })).toBe('certificate-of-other')
  })

  it('nobody, where its authority is not named or it is revoked', async () => {
    const { certificate, authority } = await shown({})
    const who = { person, source: '192.0.2.7' }
    const strange = { ...authority, key: Buffer.from('another') }
    const revoked = { ...nothingRevoked, hasCertificate: () => true }
    expect(judgeCertificate(certificate, [strange], nothingRevoked, who, now)).toMatchObject({
      reason: 'unknown-authority',
    })
    expect(judgeCertificate(certificate, [authority], revoked, who, now)).toMatchObject({ reason: 'revoked-key' })
    const forged = { ...certificate, signed: Buffer.from('else') }
    expect(judgeCertificate(forged, [authority], nothingRevoked, who, now)).toMatchObject({ reason: 'bad-certificate' })
  })
})
