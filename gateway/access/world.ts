// What stands outside the bundle, held in memory for the door, which asks at every decision; the store is the record.
// Read again after each change here, and every second for what another process wrote. What time alone ends is left out
// the moment it ends, without anybody reading.

import {
  quietWorld,
  type AssetId,
  type Delegation,
  type Instant,
  type Person,
  type PersonId,
  type Presence,
  type ScopeStatus,
  type Suspension,
  type World,
} from '../../policy/index.ts'
import type { Bus } from '../bus/bus.ts'
import type { Clock } from '../clock.ts'
import type { StoredPhysical } from '../store/physical.ts'
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
  readonly trainings: World['trainings']
  readonly expectations: World['expectations']
  readonly delegations: readonly Delegation[]
  readonly brokenSeals: ReadonlySet<AssetId>
  readonly physical: World['physical']
}

/** Valid from `since` to before `until`, and only with the scope changes and walkdowns it was made with. */
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
  /** The last walkdown of each asset: see walkdowns.ts. */
  readonly confirmations: () => World['confirmations']
  /** Dependencies that are degraded: see dependencies/watch.ts. */
  readonly unavailable?: () => World['unavailable']
}): Promise<WorldSource> {
  const { store, clock, bus, heldScope, confirmations, unavailable = () => quietWorld.unavailable } = deps
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
      const beside = { heldScope: heldScope(), confirmations: confirmations(), unavailable: unavailable() }
      if (shown === null || now < shown.since || now >= shown.until || !isWith(shown.world, beside))
        shown = show(standing, beside, now)
      return shown.world
    },
    refresh() {
      reading = reading.then(read, read)
      return reading
    },
  }
}

/** What decides whether sessions have to be decided anew; of a delegator all that a decision looks at. Maps as lists. */
function comparable(standing: Standing): unknown {
  const { trainings, expectations, brokenSeals, physical } = standing
  return {
    ...standing,
    brokenSeals: [...brokenSeals],
    // That a source says the same for longer changes no decision.
    physical: [...physical.values()].map(({ until: _until, message: _message, ...fact }) => fact),
    trainings: [...trainings].map(([person, ends]) => [person, ...ends]),
    expectations: [...expectations].map(([supplier, ends]) => [supplier, ...ends]),
  }
}

async function readStanding(store: Store, now: Instant): Promise<Standing> {
  // In one transaction: what one step wrote is seen whole or not at all.
  return store.bookkeep((tx) => standingIn(tx, now))
}

async function standingIn(tx: Tables, now: Instant): Promise<Standing> {
  const delegations = await tx.delegations.notOver(now)
  const presences = await tx.presences.open()
  const attestations = await tx.attestations.labelsInForce(now)
  const { trainings, expectations } = await tx.attestations.ends()
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
    attestations,
    trainings,
    expectations,
    delegations: delegations.flatMap(({ from, to, window }) => {
      const delegator = enabled(from)
      return delegator === null || enabled(to) === null ? [] : [{ from: delegator, to, window }]
    }),
    brokenSeals: await brokenSealsIn(tx),
    physical: physicalIn(await tx.physical.all(), now),
  }
}

/** What each source says; of one that has fallen silent, nothing. */
function physicalIn(stored: readonly StoredPhysical[], now: Instant): World['physical'] {
  return new Map(
    stored.flatMap(({ source, kind, zone, asset, state, since, until, message, silent }) =>
      silent || now >= until ? [] : [[source, { source, kind, zone, asset, state, since, until, message }] as const],
    ),
  )
}

/** What is kept in memory by others, and is another value whenever it changes. */
type Beside = Pick<World, 'heldScope' | 'confirmations' | 'unavailable'>

function isWith(world: World, { heldScope, confirmations, unavailable }: Beside): boolean {
  return world.heldScope === heldScope && world.confirmations === confirmations && world.unavailable === unavailable
}

function show(standing: Standing, beside: Beside, now: Instant): Shown {
  const { suspensions, trainings, expectations, brokenSeals, physical } = standing
  const world: World = {
    suspensions,
    // Their ends are looked at where they are asked for.
    trainings,
    expectations,
    brokenSeals,
    physical,
    ...beside,
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
