// What a feed of people would change: who comes, moves, comes back and leaves, worked out from its rows, the accounts there
// are and the bundle. Nothing is changed here. A feed that cannot be right as a whole is refused as a whole; a row that
// cannot leaves its person as they are, and never takes anybody for gone.

import type { Bundle } from './bundle/bundle.ts'
import {
  parseLogin,
  parsePlantId,
  parseSupplierId,
  type Login,
  type PersonId,
  type PlantId,
  type SupplierId,
} from './ids.ts'
import type { Instant, PeopleFeed, Person, Role } from './model.ts'
import { rolesFor, type MappedRole } from './role-mapping.ts'
import { heldRoles, newBreaches, sayBreach, type Breach } from './separation.ts'

/** One person as a feed tells of them. */
export interface FeedRow {
  /** Line or place in the file, from 1. */
  readonly line: number
  /** As the feed calls them for good; never another person's. */
  readonly id: string
  readonly login: string
  readonly name: string
  readonly email: string | null
  readonly hasLeft: boolean
  readonly plants: readonly string[]
  /** Everything else of the row, by column; `supplier` among it. */
  readonly attributes: ReadonlyMap<string, string>
}

/** What is known of where an account's roles come from. */
export interface KnownSource {
  readonly person: Person
  readonly feed: string
  readonly externalId: string
  readonly handRoles: readonly Role[]
  readonly handPlants: readonly PlantId[]
  readonly feedRoles: readonly MappedRole[]
  readonly feedPlants: readonly PlantId[]
  readonly withheldRoles: readonly Role[]
  readonly withheldPlants: readonly PlantId[]
  readonly leftAt: Instant | null
}

/** What the feed gives, and what the person then holds with what was given by hand. */
export interface Given {
  readonly feedRoles: readonly MappedRole[]
  readonly feedPlants: readonly PlantId[]
  readonly roles: readonly Role[]
  readonly plants: readonly PlantId[]
}

export type FeedStep =
  | {
      readonly kind: 'join'
      readonly row: FeedRow
      readonly login: Login
      readonly supplier: SupplierId | null
      readonly given: Given
    }
  /** An account made by hand has the login: the feed answers for it from now on, what hands gave stays. */
  | { readonly kind: 'adopt'; readonly row: FeedRow; readonly person: Person; readonly given: Given }
  | { readonly kind: 'move'; readonly row: FeedRow; readonly source: KnownSource; readonly given: Given }
  /** Closed by a feed before, and here again: the account is prepared anew. */
  | { readonly kind: 'return'; readonly row: FeedRow; readonly source: KnownSource; readonly given: Given }
  | { readonly kind: 'leave'; readonly source: KnownSource; readonly because: 'absent' | 'said' | 'no-role' }

export interface RowProblem {
  readonly line: number
  readonly id: string
  readonly text: string
  /** Set where a rule of separation is the problem. */
  readonly breach?: { readonly person: Person | null; readonly login: string; readonly breach: Breach }
}

export interface FeedPlan {
  readonly steps: readonly FeedStep[]
  readonly problems: readonly RowProblem[]
  /** Rows whose people are as the feed says already, and rows that no mapping gives a role. */
  readonly unchanged: number
  readonly unmapped: number
  /** Accounts of this feed that are open now: what leavers are measured by. */
  readonly open: number
}

export interface FeedFacts {
  readonly feed: PeopleFeed
  readonly rows: readonly FeedRow[]
  /** Rows that could not be read: their people stay as they are. */
  readonly unread: readonly RowProblem[]
  /** Logins of accounts made by hand that the feed is to answer for from now on: somebody here has said so. */
  readonly adopt: ReadonlySet<string>
  /** Everybody there is, by login, closed accounts and machines too. */
  readonly people: ReadonlyMap<string, Person>
  /** Of every feed. */
  readonly sources: readonly KnownSource[]
  readonly bundle: Bundle
  readonly now: Instant
}

/** Leavers one feed may have: the feed's share of its open accounts, and always one. */
export function mostLeavers({ mostLeaversPercent }: PeopleFeed, open: number): number {
  return Math.max(1, Math.floor((open * mostLeaversPercent) / 100))
}

/** Works out what the feed would change. Ids are distinct in `rows`: its reader has seen to that. */
export function planFeed(facts: FeedFacts): FeedPlan {
  const { feed, rows, sources } = facts
  const mine = new Map(sources.filter((one) => one.feed === feed.id).map((one) => [one.externalId, one]))
  const known: Known = {
    sourceOf: new Map(sources.map((one) => [one.person.id, one])),
    owners: new Map(
      [...facts.people.values()].flatMap(({ machine, login, disabled }) =>
        machine === undefined || disabled ? [] : [[machine.owner.id, login]],
      ),
    ),
  }
  const steps: FeedStep[] = []
  const problems: RowProblem[] = [...facts.unread]
  let unchanged = 0
  let unmapped = 0
  // Which of two is meant nobody can say. Who has left needs no login, and theirs may be somebody else's by now.
  const lines = new Map<string, number[]>()
  for (const { login, line, hasLeft } of rows)
    if (!hasLeft) lines.set(login, [...(lines.get(login) ?? []).slice(0, 1), line])
  for (const row of rows) {
    const alike = row.hasLeft ? [] : (lines.get(row.login) ?? [])
    const other = alike.find((line) => line !== row.line)
    if (other !== undefined) {
      problems.push({ line: row.line, id: row.id, text: `login \`${row.login}\` stands in line ${other} too` })
      continue
    }
    const outcome = stepFor(row, mine.get(row.id) ?? null, facts, known)
    if (outcome === 'unchanged') unchanged += 1
    else if (outcome === 'unmapped') unmapped += 1
    else if (outcome.kind === 'problem') problems.push(...outcome.problems)
    else steps.push(outcome)
  }
  const told = new Set([...rows, ...facts.unread].map(({ id }) => id))
  for (const [id, source] of mine)
    if (!told.has(id) && source.leftAt === null && !source.person.disabled)
      steps.push({ kind: 'leave', source, because: 'absent' })
  const open = [...mine.values()].filter(({ leftAt, person }) => leftAt === null && !person.disabled).length
  return { steps, problems, unchanged, unmapped, open }
}

/** Looked up for every row. */
interface Known {
  readonly sourceOf: ReadonlyMap<PersonId, KnownSource>
  /** Who answers for a machine account, with one of these. */
  readonly owners: ReadonlyMap<PersonId, Login>
}

type Outcome =
  | FeedStep
  | 'unchanged'
  | 'unmapped'
  | { readonly kind: 'problem'; readonly problems: readonly RowProblem[] }

function stepFor(row: FeedRow, source: KnownSource | null, facts: FeedFacts, { sourceOf, owners }: Known): Outcome {
  const texts: string[] = []
  const refused = (): Outcome => ({
    kind: 'problem',
    problems: texts.map((text) => ({ line: row.line, id: row.id, text })),
  })
  if (row.hasLeft) {
    if (source === null || source.leftAt !== null || source.person.disabled) return 'unchanged'
    return { kind: 'leave', source, because: 'said' }
  }
  const { feedPlants, supplier } = readPlaces(row, facts, texts)
  const feedRoles = rolesFor(row.attributes, facts.bundle.access.roleMapping)
  if (source !== null) {
    if (source.person.login !== row.login)
      texts.push(`login \`${row.login}\`: the account is \`${source.person.login}\`, and a login never changes`)
    if (source.person.supplier !== supplier) texts.push(supplierChanged(source.person))
    // Closed by somebody here, and not by the feed: only somebody here opens it again.
    if (source.person.disabled && source.leftAt === null) return 'unchanged'
    const given = givenTo(source, feedRoles, feedPlants)
    if (given.roles.length === 0)
      return texts.length > 0
        ? refused()
        : source.leftAt === null
          ? { kind: 'leave', source, because: 'no-role' }
          : 'unmapped'
    return finish(source.person, given, source.leftAt === null ? 'move' : 'return')
  }
  if (feedRoles.length === 0) return texts.length > 0 ? refused() : 'unmapped'
  const person = facts.people.get(row.login) ?? null
  if (person === null) {
    const login = parseLogin(row.login)
    if (login.kind === 'malformed') texts.push(login.reason)
    if (row.name.trim() === '') texts.push('a name is missing')
    const given = givenTo(noneByHand, feedRoles, feedPlants)
    texts.push(...unfit(given.roles, supplier))
    const found = newBreaches(null, { login: row.login as Login, roles: given.roles }, facts.bundle, facts.now)
    const breach = found.find(({ isEnforced }) => isEnforced)
    if (breach !== undefined) return keptApart(row, null, breach)
    if (texts.length > 0 || login.kind === 'malformed') return refused()
    return { kind: 'join', row, login: login.id, supplier, given }
  }
  if (person.machine !== undefined) texts.push(`login \`${row.login}\` is a machine account`)
  if (person.disabled)
    texts.push(`login \`${row.login}\` is an account that was closed here: somebody here opens it again`)
  if (person.supplier !== supplier) texts.push(supplierChanged(person))
  const other = sourceOf.get(person.id)
  if (other !== undefined)
    texts.push(`login \`${row.login}\` is \`${other.externalId}\` of feed \`${other.feed}\`: a person has one source`)
  // Else whoever writes the feed gives roles to any account, the administrator's too, and closes it with the next one.
  else if (person.machine === undefined && !person.disabled && !facts.adopt.has(person.login))
    texts.push(
      `login \`${row.login}\` is an account made by hand: where the feed is to answer for it, ` +
        `say so on the gateway\u2019s machine (\`--adopt ${person.login}\`)`,
    )
  const byHand = { ...noneByHand, handRoles: heldRoles(person), handPlants: person.plants }
  return finish(person, givenTo(byHand, feedRoles, feedPlants), 'adopt')

  function finish(of: Person, given: Given, kind: 'move' | 'return' | 'adopt'): Outcome {
    texts.push(...unfit(given.roles, of.supplier))
    // What nobody answered for while they were away does not run again only because they are back.
    const orphan = kind === 'return' ? owners.get(of.id) : undefined
    if (orphan !== undefined)
      texts.push(
        `\`${of.login}\` is back and answered for machine account \`${orphan}\`: ` +
          'have somebody take it over first (`sallyport machine hand-over`), or disable it',
      )
    const after = { login: of.login, roles: given.roles }
    // Who comes back begins anew: what they held before excuses nothing.
    const before = kind === 'return' ? null : { login: of.login, roles: heldRoles(of) }
    const breach = newBreaches(before, after, facts.bundle, facts.now).find(({ isEnforced }) => isEnforced)
    if (breach !== undefined) return keptApart(row, of, breach)
    if (texts.length > 0) return refused()
    if (kind === 'adopt') return { kind, row, person: of, given }
    if (source === null) throw new Error(`feed row ${row.line}: nothing is known of the account it is about`)
    const isSame = kind === 'move' && saysTheSame(source, given)
    return isSame ? 'unchanged' : { kind, row, source, given }
  }
}

function keptApart(row: FeedRow, person: Person | null, breach: Breach): Outcome {
  const text = `would hold ${sayBreach(breach)}`
  return {
    kind: 'problem',
    problems: [{ line: row.line, id: row.id, text, breach: { person, login: row.login, breach } }],
  }
}

const supplierChanged = ({ login, supplier }: Person): string =>
  `the account \`${login}\` is of ${supplier === null ? 'the plant' : `supplier \`${supplier}\``}, and that never changes: close it and give a new login`

function unfit(roles: readonly Role[], supplier: SupplierId | null): readonly string[] {
  return roles.includes('vendor') === (supplier !== null)
    ? []
    : ['a vendor has a supplier, and only a vendor has one: look at the columns and at `roleMapping`']
}

/** Plants and supplier as the bundle knows them. */
function readPlaces(
  row: FeedRow,
  { bundle, feed }: Pick<FeedFacts, 'bundle' | 'feed'>,
  texts: string[],
): { readonly feedPlants: readonly PlantId[]; readonly supplier: SupplierId | null } {
  const feedPlants = row.plants.flatMap((text) => {
    const parsed = parsePlantId(text)
    if (parsed.kind === 'ok' && bundle.plants.has(parsed.id)) return [parsed.id]
    texts.push(`plant \`${text}\` is not declared in the bundle`)
    return []
  })
  const named = row.attributes.get('supplier') ?? ''
  // A supplier's list makes nobody one of the plant's own people, nor of another supplier.
  if (feed.supplier !== undefined) {
    if (named !== '' && named !== feed.supplier)
      texts.push(`supplier \`${named}\`: feed \`${feed.id}\` is of supplier \`${feed.supplier}\` alone`)
    return { feedPlants, supplier: feed.supplier }
  }
  if (named === '') return { feedPlants, supplier: null }
  const parsed = parseSupplierId(named)
  if (parsed.kind === 'ok' && bundle.suppliers.has(parsed.id)) return { feedPlants, supplier: parsed.id }
  texts.push(`supplier \`${named}\` is not declared in the bundle`)
  return { feedPlants, supplier: null }
}

type ByHand = Pick<KnownSource, 'handRoles' | 'handPlants' | 'withheldRoles' | 'withheldPlants'>
const noneByHand: ByHand = { handRoles: [], handPlants: [], withheldRoles: [], withheldPlants: [] }

function givenTo(by: ByHand, feedRoles: readonly MappedRole[], feedPlants: readonly PlantId[]): Given {
  const roles = feedRoles.map(({ role }) => role).filter((role) => !by.withheldRoles.includes(role))
  const plants = feedPlants.filter((plant) => !by.withheldPlants.includes(plant))
  return {
    feedRoles,
    feedPlants,
    roles: [...new Set([...by.handRoles, ...roles])],
    plants: [...new Set([...by.handPlants, ...plants])],
  }
}

function saysTheSame(source: KnownSource, given: Given): boolean {
  const key = (roles: readonly MappedRole[]): string =>
    JSON.stringify(roles.map(({ role, mapping }) => `${role} ${mapping}`).toSorted())
  const words = (list: readonly string[]): string => JSON.stringify(list.toSorted())
  return (
    key(source.feedRoles) === key(given.feedRoles) &&
    words(source.feedPlants) === words(given.feedPlants) &&
    words(heldRoles(source.person)) === words(given.roles) &&
    words(source.person.plants) === words(given.plants)
  )
}
