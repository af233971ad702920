// Machine accounts: registered with who answers for them, changed, and handed over; each as evidence. What one may run is
// the bundle's, which two people bring into force; disabling one is disabling a person.

import {
  isDay,
  isNetwork,
  machineEndsAt,
  parseLogin,
  parsePlantId,
  parseSupplierId,
  type Commitment,
  type ParsedId,
  type Person,
  type PersonId,
} from '../../policy/index.ts'
import { mint, type Clock } from '../clock.ts'
import type { Store, Tx } from '../store/store.ts'
import { parsePublicKey, type ParsedKey } from './enrol.ts'

export interface MachineDeps {
  readonly store: Store
  readonly clock: Clock
}

export interface Registration {
  readonly login: string
  readonly displayName: string
  /** Login of who answers for it. */
  readonly owner: string
  readonly purpose: string
  readonly supplier: string | null
  readonly plants: readonly string[]
  /** Last day (ISO 8601, UTC). */
  readonly until: string
  /** Networks (CIDR). */
  readonly sources: readonly string[]
  /** OpenSSH public key lines. */
  readonly keys: readonly string[]
}

export type Changed =
  | { readonly kind: 'ok'; readonly person: Person }
  | { readonly kind: 'invalid'; readonly problems: readonly string[] }

/** What is given anew; what is left out stays. */
export interface MachineChange {
  readonly until?: string
  readonly sources?: readonly string[]
  readonly addKeys?: readonly string[]
  /** Fingerprints, as OpenSSH prints them. */
  readonly removeKeys?: readonly string[]
  readonly reason: string
}

/** A machine account that comes from more places than this is not known well enough. */
const mostSources = 50
const longestPurpose = 500

/**
 * Checks the whole registration, then writes it in one transaction with its evidence. The one role follows from the
 * supplier: a machine decides, watches and attests nothing.
 * @param by who did it; null from the command line of the gateway's own machine.
 */
export async function registerMachine(deps: MachineDeps, given: Registration, by: PersonId | null): Promise<Changed> {
  const { store, clock } = deps
  const now = clock.now()
  const problems: string[] = []
  const take = <T>(parsed: ParsedId<T>): T[] => {
    if (parsed.kind === 'ok') return [parsed.id]
    problems.push(parsed.reason)
    return []
  }
  const [login] = take(parseLogin(given.login))
  const [ownerLogin] = take(parseLogin(given.owner))
  const [supplier = null] = given.supplier === null ? [] : take(parseSupplierId(given.supplier))
  const plants = given.plants.flatMap((plant) => take(parsePlantId(plant)))
  const owner = ownerLogin === undefined ? null : await store.people.byLogin(ownerLogin)
  if (ownerLogin !== undefined && owner === null)
    problems.push(`owner \`${ownerLogin}\`: there is nobody of that login`)
  if (owner !== null) problems.push(...unfitOwner(owner, { supplier, plants }))
  const displayName = given.displayName.trim()
  const purpose = given.purpose.trim()
  if (displayName === '') problems.push('a name is missing')
  if (purpose === '' || purpose.length > longestPurpose)
    problems.push(`expected a purpose of 1 to ${longestPurpose} characters`)
  if (given.plants.length === 0) problems.push('a machine account acts for at least one plant')
  if (given.keys.length === 0) problems.push('a machine account needs at least one key: it has no password')
  problems.push(...faultsOf(given, now))
  const keys = readKeys(given.keys, problems)
  if (login !== undefined && (await store.people.byLogin(login)) !== null)
    problems.push(`login \`${login}\` is taken: choose another`)
  if (problems.length > 0 || login === undefined || owner === null) return { kind: 'invalid', problems }

  const { until, sources } = given
  const id = mint.person(now)
  const roles = [supplier === null ? 'engineer' : 'vendor'] as const
  const person: Person = { id, login, displayName, roles, supplier, plants, disabled: false }
  await store.change(async (tx) => {
    const facts = { owner: owner.id, purpose, until, sources }
    if ((await tx.machines.insert(person, facts, now)) === 'login-taken')
      throw new Error(`login \`${login}\` was taken meanwhile`)
    await addKeys(tx, id, keys)
    await tx.ledger.append('identity.machine_registered', now, {
      machine: id,
      by,
      login: await tx.ledger.commit(login),
      owner: owner.id,
      purpose: await tx.ledger.commit(purpose),
      supplier,
      plants,
      until,
      sources: await committed(tx, sources),
      keys: keys.length,
    })
  })
  return { kind: 'ok', person: { ...person, machine: { owner, purpose, until, sources } } }
}

/** Sets its end, networks or keys anew; living sessions from elsewhere, or past the end, end within a second. */
export async function changeMachine(
  { store, clock }: MachineDeps,
  person: Person,
  change: MachineChange,
  by: PersonId | null,
): Promise<Changed> {
  const { machine } = person
  if (machine === undefined) return { kind: 'invalid', problems: [`\`${person.login}\` is no machine account`] }
  const now = clock.now()
  const { until = machine.until, sources = machine.sources, removeKeys = [] } = change
  const problems = [...faultsOf({ until, sources }, now)]
  const keys = readKeys(change.addKeys ?? [], problems)
  const held = (await store.people.keys(person.id)).map(({ fingerprint }) => fingerprint)
  for (const gone of removeKeys) if (!held.includes(gone)) problems.push(`key \`${gone}\` is none of its keys`)
  if (held.filter((key) => !removeKeys.includes(key)).length + keys.length === 0)
    problems.push('no key would be left: give another one, or disable the account')
  if (problems.length > 0) return { kind: 'invalid', problems }
  await store.change(async (tx) => {
    await tx.machines.change(person.id, { until, sources })
    for (const gone of removeKeys)
      if (!(await tx.people.removeKey(person.id, gone))) throw new Error(`key \`${gone}\` was removed meanwhile`)
    await addKeys(tx, person.id, keys)
    await tx.ledger.append('identity.machine_changed', now, {
      machine: person.id,
      by,
      until,
      sources: await committed(tx, sources),
      keysAdded: await committed(
        tx,
        keys.map(({ fingerprint }) => fingerprint),
      ),
      keysRemoved: await committed(tx, removeKeys),
      reason: await tx.ledger.commit(change.reason),
    })
  })
  return { kind: 'ok', person: { ...person, machine: { ...machine, until, sources } } }
}

/** Somebody else answers for it from now on. Open grants stay: who approved them approved the machine. */
export async function handOver(
  { store, clock }: MachineDeps,
  person: Person,
  to: Person,
  by: PersonId | null,
  reason: string,
): Promise<Changed> {
  const { machine } = person
  if (machine === undefined) return { kind: 'invalid', problems: [`\`${person.login}\` is no machine account`] }
  if (machine.owner.id === to.id) return { kind: 'invalid', problems: [`\`${to.login}\` answers for it already`] }
  const problems = unfitOwner(to, person)
  if (problems.length > 0) return { kind: 'invalid', problems }
  await store.change(async (tx) => {
    if (!(await tx.machines.handOver(person.id, machine.owner.id, to.id)))
      throw new Error(`machine account \`${person.login}\` was handed over meanwhile`)
    await tx.ledger.append('identity.machine_handed_over', clock.now(), {
      machine: person.id,
      from: machine.owner.id,
      to: to.id,
      by,
      reason: await tx.ledger.commit(reason),
    })
  })
  return { kind: 'ok', person: { ...person, machine: { ...machine, owner: to } } }
}

/** Why somebody cannot answer for a machine account; empty where they can. */
function unfitOwner(owner: Person, { supplier, plants }: Pick<Person, 'supplier' | 'plants'>): string[] {
  const problems: string[] = []
  const whose = `owner \`${owner.login}\``
  if (owner.machine !== undefined) problems.push(`${whose} is a machine account itself: expected a person`)
  if (owner.disabled) problems.push(`${whose} is disabled: expected somebody who can be asked`)
  if (owner.supplier !== null && owner.supplier !== supplier)
    problems.push(`${whose} is of another supplier: expected somebody of the plant, or of the machine's supplier`)
  const missing = plants.filter((plant) => !owner.plants.includes(plant))
  if (missing.length > 0) problems.push(`${whose} does not act for plant \`${missing.join(', ')}\``)
  return problems
}

function faultsOf({ until, sources }: Pick<Registration, 'until' | 'sources'>, now: number): string[] {
  const problems: string[] = []
  if (!isDay(until)) problems.push(`expected a last day, as \`2027-12-31\`, got \`${until}\``)
  else if (machineEndsAt({ until }) <= now) problems.push(`the last day \`${until}\` is over`)
  if (sources.length === 0 || sources.length > mostSources)
    problems.push(`expected 1 to ${mostSources} networks it comes from, got ${sources.length}`)
  for (const source of sources)
    if (!isNetwork(source)) problems.push(`source \`${source}\`: expected a network, as \`192.0.2.10/32\``)
  return problems
}

function readKeys(lines: readonly string[], problems: string[]): readonly ParsedKey[] {
  return lines.flatMap((line) => {
    const parsed = parsePublicKey(line)
    if (!('problem' in parsed)) return [parsed]
    problems.push(`public key: ${parsed.problem}`)
    return []
  })
}

async function addKeys(tx: Tx, id: PersonId, keys: readonly ParsedKey[]): Promise<void> {
  for (const key of keys)
    if ((await tx.people.addKey(id, key)) === 'key-taken')
      throw new Error(`public key ${key.fingerprint} belongs to somebody already: give each machine a key of its own`)
}

async function committed(tx: Tx, values: readonly string[]): Promise<Commitment[]> {
  const commitments: Commitment[] = []
  for (const value of values) commitments.push(await tx.ledger.commit(value))
  return commitments
}
