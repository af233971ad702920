// What stands outside the bundle, held in memory for the door, which asks at every decision; the store is the record.
// Read again after each change here, and every second for what another process wrote. What time alone ends is left out
// the moment it ends, without anybody reading.

import type {
  AssetId,
  Delegation,
  Instant,
  Person,
  PersonId,
  Presence,
  ScopeStatus,
  Suspension,
  World,
} from '../../policy/index.ts'
import type { Bus } from '../bus/bus.ts'
import type { Clock } from '../clock.ts'
import type { Store, Tables } from '../store/store.ts'
import { brokenSealsIn } from './seals.ts'

export interface WorldSource {
  /** What is in force now. Cheap: the same value until something changes or time ends or begins something. */
  now(): World
  /**
   * Reads the store; when it resolves, `now` shows what was committed before the call. Living sessions are decided anew
   * where something changed.
   */
  refresh(): Promise<void>
}

/** What the store holds that is in force or will be. */
interface Standing {
  readonly suspensions: readonly Suspension[]
  readonly presences: readonly Presence[]
  readonly attestations: World['attestations']
  readonly delegations: readonly Delegation[]
  readonly brokenSeals: ReadonlySet<AssetId>
}

/** Valid from `since` to before `until`, and only with the scope changes it was made with. */
interface Shown {
  readonly world: World
  readonly since: Instant
  readonly until: Instant
}

export async function openWorld(deps: {
  readonly store: Store
  readonly clock: Clock
  readonly bus: Bus
  /** Assets whose scope waits for a review: see scope-changes.ts. */
  readonly heldScope: () => ReadonlyMap<AssetId, ScopeStatus>
}): Promise<WorldSource> {
  const { store, clock, bus, heldScope } = deps
  let standing = await readStanding(store, clock.now())
  let shown: Shown | null = null
  /** One reading after the other: an older one never overwrites a newer one. */
  let reading: Promise<void> = Promise.resolve()

  async function read(): Promise<void> {
    const found = await readStanding(store, clock.now())
    const isSame = JSON.stringify(comparable(found)) === JSON.stringify(comparable(standing))
    standing = found
    shown = null
    if (!isSame) bus.publish({ kind: 'reevaluate', because: 'world' })
  }

  return {
    now() {
      const now = clock.now()
      const held = heldScope()
      if (shown === null || now < shown.since || now >= shown.until || shown.world.heldScope !== held)
        shown = show(standing, held, now)
      return shown.world
    },
    refresh() {
      reading = reading.then(read, read)
      return reading
    },
  }
}

/** What decides whether sessions have to be decided anew; of a delegator all that a decision looks at. */
function comparable(standing: Standing): unknown {
  return { ...standing, brokenSeals: [...standing.brokenSeals] }
}

async function readStanding(store: Store, now: Instant): Promise<Standing> {
  // In one transaction: what one step wrote is seen whole or not at all.
  return store.bookkeep((tx) => standingIn(tx, now))
}

async function standingIn(tx: Tables, now: Instant): Promise<Standing> {
  const delegations = await tx.delegations.notOver(now)
  const presences = await tx.presences.open()
  const attestations = await tx.attestations.inForce(now)
  const people = await tx.people.byIds([
    ...delegations.flatMap(({ from, to }) => [from, to]),
    ...presences.map(({ person }) => person),
  ])
  const suspensions = await tx.suspensions.inForce()
  const off = new Set(suspensions.map(({ target }) => (target.kind === 'person' ? target.id : null)))
  // Who is disabled or suspended lends no right, uses none, and vouches for nothing.
  const enabled = (id: PersonId): Person | null => {
    const person = people.get(id)
    return person && !person.disabled && !off.has(id) ? person : null
  }
  return {
    suspensions,
    presences: presences
      .filter(({ person, until }) => until > now && enabled(person) !== null)
      .map(({ zone, person, until }) => ({ zone, person, until })),
    attestations: attestations.map(({ person, label, until }) => ({ person, label, until })),
    delegations: delegations.flatMap(({ from, to, window }) => {
      const delegator = enabled(from)
      return delegator === null || enabled(to) === null ? [] : [{ from: delegator, to, window }]
    }),
    brokenSeals: await brokenSealsIn(tx),
  }
}

function show(standing: Standing, heldScope: World['heldScope'], now: Instant): Shown {
  const { suspensions, brokenSeals } = standing
  const world: World = {
    suspensions,
    brokenSeals,
    heldScope,
    presences: standing.presences.filter(({ until }) => now < until),
    attestations: standing.attestations.filter(({ until }) => now < until),
    delegations: standing.delegations.filter(({ window }) => window.from <= now && now < window.until),
  }
  const ends = [
    ...world.presences.map(({ until }) => until),
    ...world.attestations.map(({ until }) => until),
    ...standing.delegations.flatMap(({ window }) => [window.from, window.until]),
  ]
  return { world, since: now, until: Math.min(...ends.filter((end) => end > now), Infinity) }
}
