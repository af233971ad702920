import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openAuthenticator, type Authenticator, type FirstProof } from '../../../gateway/identity/authenticate.ts'
import { disablePerson } from '../../../gateway/identity/disable.ts'
import { enrol, type Enrolled } from '../../../gateway/identity/enrol.ts'
import { openPasswords } from '../../../gateway/identity/passwords.ts'
import { codeAt } from '../../../gateway/identity/totp.ts'
import { Secret } from '../../../gateway/secret.ts'
import { keyLine, makeSigningKey } from '../../support/login-key.ts'
import { ledgerOf, openBase, type Base } from '../../support/memory-store.ts'

const origin = { via: 'https', source: '192.0.2.7' } as const
const key = makeSigningKey('ssh-ed25519')
const keyBlob = key.blob
const password = new Secret('correct horse battery')
const signed = key.signed(Buffer.from('this session'))

let base: Base
let authenticator: Authenticator
let alice: Enrolled & { kind: 'ok' }

beforeEach(async () => {
  base = await openBase()
  authenticator = openAuthenticator({ ...base, lockout: { threshold: 3, minutes: 5 } })
  const enrolled = await enrol(base, {
    login: 'alice',
    displayName: 'Service engineer',
    roles: ['vendor'],
    supplier: 'acme-drives',
    plants: ['north'],
    password,
    keys: [keyLine(key)],
  })
  if (enrolled.kind !== 'ok') throw new Error(enrolled.problems.join())
  alice = enrolled
})
afterEach(() => base.store.close())

const types = async (): Promise<string[]> => (await ledgerOf(base.store)).map(({ type }) => type)
const code = (): string => codeAt(alice.totpSecret, base.clock.now())

async function proven(): Promise<FirstProof> {
  const result = await authenticator.password('alice', password, origin)
  if (result.kind === 'bad') throw new Error('the password was refused')
  return result.proof
}

describe('a login', () => {
  it('is complete with password and code, and is evidence', async () => {
    const login = await authenticator.totp(await proven(), code(), origin)
    expect(login?.person.login).toBe('alice')
    expect(login?.mfa).toEqual(['totp'])
    const last = (await ledgerOf(base.store)).at(-1)
    expect(last).toMatchObject({ type: 'auth.succeeded', data: { factor: 'password', mfa: ['totp'], via: 'https' } })
  })

  it('takes a key whose signature was verified as the first factor', async () => {
    expect(await authenticator.knowsKey('alice', keyBlob)).toBe(true)
    const result = await authenticator.publicKey('alice', keyBlob, signed, origin)
    expect(result).toMatchObject({ kind: 'good', proof: { factor: 'publickey' } })
    expect(await types()).toEqual(['identity.created'])
  })

  it('refuses another person’s key', async () => {
    const other = makeSigningKey('ssh-ed25519')
    const byOther = other.signed(signed.data)
    expect((await authenticator.publicKey('alice', other.blob, byOther, origin)).kind).toBe('bad')
    expect((await ledgerOf(base.store)).at(-1)).toMatchObject({ type: 'auth.failed', data: { reason: 'unknown-key' } })
  })

  it('refuses a code used before, also of the step before, and says so only in evidence', async () => {
    expect(await authenticator.totp(await proven(), code(), origin)).not.toBeNull()
    expect(await authenticator.totp(await proven(), code(), origin)).toBeNull()
    const earlier = codeAt(alice.totpSecret, base.clock.now() - 30_000)
    expect(await authenticator.totp(await proven(), earlier, origin)).toBeNull()
    expect((await types()).filter((type) => type === 'auth.assertion_rejected')).toHaveLength(2)
  })

  it('accepts each code once however many try it at the same time', async () => {
    const proof = await proven()
    const now = code()
    const results = await Promise.all(Array.from({ length: 8 }, () => authenticator.totp(proof, now, origin)))
    expect(results.filter((result) => result !== null)).toHaveLength(1)
  })

  it('allows one step of clock difference and no more', async () => {
    const at = (steps: number): string => codeAt(alice.totpSecret, base.clock.now() + steps * 30_000)
    expect(await authenticator.totp(await proven(), at(-2), origin)).toBeNull()
    expect(await authenticator.totp(await proven(), at(2), origin)).toBeNull()
    expect(await authenticator.totp(await proven(), at(1), origin)).not.toBeNull()
  })

  it.each(['', '12345', '1234567', 'abcdef', '１２３４５６', '0x1234'])('takes `%s` for no code', async (text) => {
    expect(await authenticator.totp(await proven(), text, origin)).toBeNull()
  })
})

describe('a wrong login', () => {
  it.each([
    ['alice', 'wrong-password'],
    ['nobody', 'unknown-login'],
    ['../etc/passwd', 'malformed-login'],
    ['ALICE', 'malformed-login'],
    ['a\u0000lice', 'malformed-login'],
    ['x'.repeat(10_000), 'malformed-login'],
  ])('as `%s` answers the same and is kept as %s', async (login, reason) => {
    const result = await authenticator.password(login, new Secret('no'), origin)
    expect(result).toEqual({ kind: 'bad' })
    const last = (await ledgerOf(base.store)).at(-1)
    expect(last).toMatchObject({ type: 'auth.failed', data: { reason } })
  })

  it('locks the person out at the threshold, for the time, whatever is tried then', async () => {
    for (let i = 0; i < 3; i++) await authenticator.password('alice', new Secret('no'), origin)
    expect((await types()).filter((type) => type === 'auth.locked_out')).toHaveLength(1)
    expect(await authenticator.password('alice', password, origin)).toEqual({ kind: 'bad' })
    expect((await authenticator.publicKey('alice', keyBlob, signed, origin)).kind).toBe('bad')
    base.clock.at += 5 * 60_000 + 1
    expect((await authenticator.password('alice', password, origin)).kind).toBe('good')
  })

  it('counts wrong codes too, and a complete login clears the count', async () => {
    for (let i = 0; i < 2; i++) await authenticator.totp(await proven(), '000000', origin)
    expect(await authenticator.totp(await proven(), code(), origin)).not.toBeNull()
    base.clock.at += 60_000
    for (let i = 0; i < 2; i++) await authenticator.totp(await proven(), '000000', origin)
    expect(await types()).not.toContain('auth.locked_out')
  })

  it('looks at no more codes that are tried at a time than at such that come one after the other', async () => {
    const proof = await proven()
    const codes = [...Array.from({ length: 19 }, () => '000000'), code()]
    const answers = await Promise.all(codes.map((each) => authenticator.totp(proof, each, origin)))
    expect(answers).toEqual(codes.map(() => null))
    const seen = await types()
    expect(seen.filter((type) => type === 'auth.mfa_failed')).toHaveLength(3)
    expect(seen.filter((type) => type === 'auth.locked_out')).toHaveLength(1)
  })

  it('judges no more passwords that are tried at a time than such that come one after the other', async () => {
    const guesses = [...Array.from({ length: 19 }, (_, i) => new Secret(`guess ${i}`)), password]
    const inLine = await openPasswords({ cost: 'light', parallel: 1, queue: 100 })
    const one = openAuthenticator({ ...base, passwords: inLine, lockout: { threshold: 3, minutes: 5 } })
    const answers = await Promise.all(guesses.map((each) => one.password('alice', each, origin)))
    expect(answers).toEqual(guesses.map(() => ({ kind: 'bad' })))
    const reasons = (await ledgerOf(base.store))
      .filter(({ type }) => type === 'auth.failed')
      .map(({ data }) => data['reason'])
    expect(reasons.filter((reason) => reason === 'wrong-password')).toHaveLength(3)
    expect(reasons.slice(3).every((reason) => reason === 'locked-out')).toBe(true)
  })

  it('does not tell a disabled person that the password was right', async () => {
    await disablePerson(base, alice.person, null, 'left')
    expect(await authenticator.password('alice', password, origin)).toEqual({ kind: 'bad' })
    expect(await authenticator.knowsKey('alice', keyBlob)).toBe(false)
    expect((await ledgerOf(base.store)).at(-1)).toMatchObject({ data: { reason: 'disabled' } })
  })
})

describe('a wrong try of another kind', () => {
  it('is evidence when the key did not make the signature', async () => {
    const byOther = makeSigningKey('ssh-ed25519').signed(signed.data)
    expect((await authenticator.publicKey('alice', keyBlob, byOther, origin)).kind).toBe('bad')
    const last = (await ledgerOf(base.store)).at(-1)
    expect(last).toMatchObject({ type: 'auth.failed', data: { reason: 'bad-signature', person: alice.person.id } })
  })

  it('is evidence when the way in is not offered', async () => {
    await authenticator.wrongMethod('alice', origin)
    await authenticator.wrongMethod('../x', origin)
    const reasons = (await ledgerOf(base.store)).slice(-2).map(({ data }) => data['reason'])
    expect(reasons).toEqual(['method-refused', 'malformed-login'])
  })

  it('is evidence when too many passwords wait to be checked', async () => {
    const full = { ...base.passwords, verify: async () => 'busy' as const }
    const busy = openAuthenticator({ ...base, passwords: full, lockout: { threshold: 3, minutes: 5 } })
    expect(await busy.password('alice', password, origin)).toEqual({ kind: 'bad' })
    expect((await ledgerOf(base.store)).at(-1)).toMatchObject({ type: 'auth.failed', data: { reason: 'busy' } })
  })

  it('takes one transaction for a login that exists as for one that does not', async () => {
    const counts: number[] = []
    for (const login of ['alice', 'nobody']) {
      let transactions = 0
      const store = {
        ...base.store,
        change: ((work) => (transactions++, base.store.change(work))) as typeof base.store.change,
        bookkeep: ((work) => (transactions++, base.store.bookkeep(work))) as typeof base.store.bookkeep,
      }
      const counted = openAuthenticator({ ...base, store, lockout: { threshold: 3, minutes: 5 } })
      await counted.password(login, new Secret('no'), origin)
      counts.push(transactions)
    }
    expect(counts).toEqual([1, 1])
  })
})

describe('more wrong tries from one address than people make', () => {
  const wrong = (source: string): Promise<unknown> =>
    authenticator.password('nobody', new Secret('no'), { via: 'ssh', source })

  it('are refused unseen, and kept as one entry with their count', async () => {
    for (let i = 0; i < 200; i++) await wrong('198.51.100.9')
    const before = await types()
    expect(before.filter((type) => type === 'auth.failed')).toHaveLength(10)
    await authenticator.settle()
    await authenticator.settle()
    const events = (await ledgerOf(base.store)).slice(before.length)
    expect(events.map(({ type }) => type)).toEqual(['auth.throttled'])
    expect(events[0]?.data).toMatchObject({ via: 'ssh', count: 190, from: base.clock.at, until: base.clock.at })
    expect(JSON.stringify(events)).not.toContain('198.51.100.9')
  })

  it('do not look at a right password, key or code, and do with time or from elsewhere', async () => {
    const there = { via: 'https', source: '198.51.100.9' } as const
    const proof = await proven()
    for (let i = 0; i < 10; i++) await wrong(there.source)
    const size = await base.store.evidence.size()
    expect(await authenticator.password('alice', password, there)).toEqual({ kind: 'bad' })
    const neverAsked = {
      ...signed,
      get signature(): Uint8Array {
        throw new Error('the signature was looked at')
      },
    }
    expect(await authenticator.publicKey('alice', keyBlob, neverAsked, there)).toEqual({ kind: 'bad' })
    expect(await authenticator.totp(proof, code(), there)).toBeNull()
    expect(await base.store.evidence.size()).toBe(size)
    expect((await authenticator.password('alice', password, origin)).kind).toBe('good')
    base.clock.at += 2_000
    expect((await authenticator.password('alice', password, there)).kind).toBe('good')
  })
})

describe('a password hash of another cost', () => {
  it('is replaced at the next right password, and at no wrong one', async () => {
    const hashOf = async (): Promise<string> =>
      (await base.store.people.authenticators(alice.person.id))?.passwordHash.expose() ?? ''
    const passwords = await openPasswords({ cost: 'full', parallel: 1, queue: 4 })
    const dearer = openAuthenticator({ ...base, passwords, lockout: { threshold: 3, minutes: 5 } })
    const old = await hashOf()
    await dearer.password('alice', new Secret('no'), origin)
    expect(await hashOf()).toBe(old)
    expect((await dearer.password('alice', password, origin)).kind).toBe('good')
    expect(await hashOf()).toMatch(/^\$argon2id\$v=19\$m=65536,t=3,p=1\$/)
    expect((await dearer.password('alice', password, origin)).kind).toBe('good')
  })
})
