// Machine accounts as the store and the ledger have them: registered with an owner, changed, handed over, and without one.

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { generateOpensshKey } from '../../../certs-dev/openssh-key.ts'
import { fingerprintOf, openAuthenticator } from '../../../gateway/identity/authenticate.ts'
import { disablePerson } from '../../../gateway/identity/disable.ts'
import { enrol } from '../../../gateway/identity/enrol.ts'
import { changeMachine, handOver, registerMachine, type Registration } from '../../../gateway/identity/machines.ts'
import { Secret } from '../../../gateway/secret.ts'
import type { Person } from '../../../policy/index.ts'
import { keyLine, makeSigningKey } from '../../support/login-key.ts'
import { ledgerOf, openBase, type Base } from '../../support/memory-store.ts'

const key = makeSigningKey('ssh-ed25519')
const blobOf = (line: string): Buffer => Buffer.from(line.split(' ')[1] ?? '', 'base64')
const good: Registration = {
  login: 'svc-mes-erp',
  displayName: 'MES to ERP',
  owner: 'owner',
  purpose: 'counters of the night',
  supplier: null,
  plants: ['north'],
  until: '2099-12-31',
  sources: ['10.20.0.0/24'],
  keys: [keyLine(key)],
}

let base: Base
beforeEach(async () => {
  base = await openBase()
  await person('owner')
})
afterEach(() => base.store.close())

async function person(login: string, over: { supplier?: string; plants?: readonly string[] } = {}): Promise<Person> {
  const { supplier = null, plants = ['north'] } = over
  const roles = [supplier === null ? 'engineer' : 'vendor']
  const made = await enrol(base, { login, displayName: login, roles, supplier, plants, password: null, keys: [] })
  if (made.kind !== 'ok') throw new Error(made.problems.join())
  return made.person
}

async function registered(over: Partial<Registration> = {}): Promise<Person> {
  const made = await registerMachine(base, { ...good, ...over }, null)
  if (made.kind !== 'ok') throw new Error(made.problems.join('\n'))
  return made.person
}
const problemsOf = async (over: Partial<Registration>): Promise<readonly string[]> => {
  const made = await registerMachine(base, { ...good, ...over }, null)
  return made.kind === 'invalid' ? made.problems : []
}
const lastEntry = async () => (await ledgerOf(base.store)).at(-1)
const reread = async ({ id }: Person): Promise<Person> => {
  const found = await base.store.people.byId(id)
  if (!found) throw new Error('gone')
  return found
}

describe('registering a machine account', () => {
  it('keeps who answers for it, and names neither it nor its places in the ledger', async () => {
    const machine = await registered()
    expect(await reread(machine)).toEqual(machine)
    expect(machine).toMatchObject({ roles: ['engineer'], machine: { owner: { login: 'owner' }, until: '2099-12-31' } })
    const entry = await lastEntry()
    expect(entry).toMatchObject({ type: 'identity.machine_registered', data: { machine: machine.id, keys: 1 } })
    expect(JSON.stringify(entry)).not.toMatch(/svc-mes-erp|10\.20\.|counters/)
    expect(await base.store.people.authenticators(machine.id)).toBeNull()
    expect(await base.store.machines.ownedBy((await reread(machine)).machine?.owner.id ?? machine.id)).toEqual([
      machine.id,
    ])
  })

  it('reports everything that is wrong at once and writes nothing', async () => {
    const before = (await ledgerOf(base.store)).length
    const problems = await problemsOf({
      login: 'Svc!',
      displayName: ' ',
      owner: 'nobody-here',
      purpose: '',
      plants: [],
      until: '2026-02-30',
      sources: ['10.20.0.0/33', '10.20.0.1'],
      keys: [],
    })
    expect(problems).toHaveLength(9)
    for (const part of [
      'there is nobody of that login',
      'a name is missing',
      'expected a purpose',
      'at least one plant',
      'at least one key',
      'expected a last day, as `2027-12-31`, got `2026-02-30`',
      '`10.20.0.0/33`: expected a network',
      '`10.20.0.1`: expected a network',
    ])
      expect(problems.join('\n')).toContain(part)
    expect((await ledgerOf(base.store)).length).toBe(before)
  })

  it.each([
    ['is disabled', async () => disablePerson(base, await person('left'), null, 'left'), 'left', 'is disabled'],
    ['is a machine itself', () => registered({ login: 'svc-other' }), 'svc-other', 'is a machine account itself'],
    ['is of another supplier', () => person('rival', { supplier: 'rival' }), 'rival', 'is of another supplier'],
    ['acts for another plant', () => person('far', { plants: ['south'] }), 'far', 'does not act for plant `north`'],
  ])('refuses an owner who %s', async (_what, make, owner, part) => {
    await make()
    const problems = await problemsOf({ owner, keys: [generateOpensshKey('other').public] })
    expect(problems.join('\n')).toContain(part)
  })

  it('refuses an end that is over and a login that is taken', async () => {
    expect(await problemsOf({ until: '2000-01-01' })).toEqual(['the last day `2000-01-01` is over'])
    expect(await problemsOf({ login: 'owner' })).toEqual(['login `owner` is taken: choose another'])
  })
})

describe('the life of a machine account', () => {
  it('is changed with its evidence, and never left without a key', async () => {
    const machine = await registered()
    const next = generateOpensshKey('next')
    const old = fingerprintOf(key.blob)
    const without = await changeMachine(base, machine, { removeKeys: [old], reason: 'x' }, null)
    expect(without).toMatchObject({ kind: 'invalid', problems: [expect.stringContaining('no key would be left')] })
    const change = { addKeys: [next.public], removeKeys: [old], sources: ['10.30.0.0/24'], reason: 'yearly' }
    expect((await changeMachine(base, machine, change, null)).kind).toBe('ok')
    expect((await base.store.people.keys(machine.id)).map(({ fingerprint }) => fingerprint)).toEqual([
      fingerprintOf(blobOf(next.public)),
    ])
    expect((await reread(machine)).machine).toMatchObject({ sources: ['10.30.0.0/24'], until: '2099-12-31' })
    expect(await lastEntry()).toMatchObject({ type: 'identity.machine_changed', data: { until: '2099-12-31' } })
  })

  it('is handed over with its evidence, to somebody who may answer for it', async () => {
    const machine = await registered()
    const from = machine.machine?.owner
    const to = await person('second')
    expect(await handOver(base, machine, await person('rival', { supplier: 'rival' }), null, 'x')).toMatchObject({
      kind: 'invalid',
    })
    expect((await handOver(base, machine, to, null, 'took over')).kind).toBe('ok')
    expect((await reread(machine)).machine?.owner.login).toBe('second')
    expect(await lastEntry()).toMatchObject({
      type: 'identity.machine_handed_over',
      data: { machine: machine.id, from: from?.id, to: to.id },
    })
    expect(await handOver(base, await reread(machine), to, null, 'again')).toMatchObject({ kind: 'invalid' })
  })

  it('is told to be without owner when its owner is disabled, once for each', async () => {
    const machine = await registered()
    const owner = machine.machine?.owner
    if (!owner) throw new Error('no owner')
    await disablePerson(base, owner, null, 'left')
    expect(await lastEntry()).toMatchObject({
      type: 'identity.machine_orphaned',
      data: { machine: machine.id, owner: owner.id },
    })
    expect((await reread(machine)).machine?.owner.disabled).toBe(true)
  })
})

describe('the login of a machine account', () => {
  const good = { via: 'ssh', source: '10.20.0.7' } as const
  const blob = key.blob
  const signed = key.signed(Buffer.from('this session'))
  const open = () => openAuthenticator({ ...base, lockout: { threshold: 3, minutes: 5 } })
  const reason = async () => (await lastEntry())?.data['reason']

  it('is complete with its key, from where it is declared to come', async () => {
    await registered()
    const result = await open().publicKey('svc-mes-erp', blob, signed, good)
    expect(result).toMatchObject({ kind: 'complete', login: { mfa: [], person: { login: 'svc-mes-erp' } } })
    expect(await lastEntry()).toMatchObject({ type: 'auth.succeeded', data: { factor: 'publickey', mfa: [] } })
  })

  it('needs the key to have signed', async () => {
    await registered()
    const byOther = makeSigningKey('ssh-ed25519').signed(signed.data)
    expect(await open().publicKey('svc-mes-erp', blob, byOther, good)).toEqual({ kind: 'bad' })
    expect(await reason()).toBe('bad-signature')
  })

  it.each([
    ['undeclared-source', '10.21.0.7', async () => undefined],
    ['undeclared-source', 'unknown', async () => undefined],
    [
      'account-ended',
      '10.20.0.7',
      async (machine: Person) => {
        base.clock.at = Date.parse('2100-01-01T00:00:00Z')
        return machine
      },
    ],
    [
      'owner-disabled',
      '10.20.0.7',
      async ({ machine }: Person) => machine && disablePerson(base, machine.owner, null, 'left'),
    ],
    ['disabled', '10.20.0.7', (machine: Person) => disablePerson(base, machine, null, 'off')],
  ] as const)('is refused, as evidence: %s', async (expected, source, before) => {
    await before(await registered())
    const result = await open().publicKey('svc-mes-erp', blob, signed, { via: 'ssh', source })
    expect(result).toEqual({ kind: 'bad' })
    expect(await reason()).toBe(expected)
  })

  it('cannot be made with a password, and guessing one locks nobody out', async () => {
    await registered()
    const authenticator = open()
    for (let i = 0; i < 5; i++)
      expect(
        await authenticator.password('svc-mes-erp', new Secret(''), { via: 'https', source: `192.0.2.${i}` }),
      ).toEqual({ kind: 'bad' })
    const types = (await ledgerOf(base.store)).map(({ type }) => type)
    expect(types).not.toContain('auth.locked_out')
    expect(await reason()).toBe('method-refused')
    expect((await authenticator.publicKey('svc-mes-erp', blob, signed, good)).kind).toBe('complete')
  })
})
