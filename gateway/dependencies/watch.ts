// Watches what the path of access leans on: takes what uses showed, looks at what is to be looked at, and writes a change
// of state as evidence before anything follows from it. At most one look at a time each, few at all, none in a rush: a
// look that fails is not repeated sooner. What follows is policy's; a living session is decided anew, and goes on as it
// began unless the bundle says otherwise.

import type { Bundle, DependencyUse, Instant } from '../../policy/index.ts'
import type { Bus } from '../bus/bus.ts'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { SeenDependency } from '../store/dependencies.ts'
import type { Store, Tx } from '../store/store.ts'
import { listedIn, type Listed } from './listed.ts'
import type { Look, Probe } from './probe.ts'
import { after, degradedMsOf, nextDay, unseen, type Shown } from './state.ts'
import type { Uses } from './uses.ts'

export interface Standing extends Listed {
  readonly seen: SeenDependency
}

export interface DependencyWatcher {
  /** Ids of those that are degraded: the same value until that changes. */
  unavailable(): ReadonlySet<string>
  /** All of them, in the order of the bundle. */
  read(): readonly Standing[]
  /** Takes what came, begins what is due. Called every second; waits for no look. */
  round(): Promise<void>
  /** Resolves when no look is under way and what came of them was taken. */
  settled(): Promise<void>
  /** Ends looks under way and keeps the day's counts. */
  close(): Promise<void>
}

/** Looks under way at a time, over all: nobody takes the gateway for a scanner. */
const mostAtOnce = 4
/** Counts that are no change of state are kept this often. */
const keepMs = 60_000
const dayMs = 24 * 3_600_000
/**
 * What is known from use is tried again within the hour while something waits for it (outbox/backoff.ts). Not used for
 * longer than this, nobody knows whether it works: that it did not is no reason any more to keep everybody away.
 */
const staleMs = 2 * 3_600_000
/** What was shown and cannot be written: with so many waiting nothing more is looked at. */
const mostShown = 200
/** Of the interval, either way: several do not fall on one second for ever. */
const jitter = 0.1

export async function openDependencies(deps: {
  readonly store: Store
  readonly bundle: () => Bundle
  readonly bus: Bus
  readonly clock: Clock
  readonly log: Log
  readonly probe: Probe
  readonly uses: Uses
  /** What the configuration uses. */
  readonly configured: readonly DependencyUse[]
  /** From 0 (inclusive) to 1. */
  readonly random: () => number
}): Promise<DependencyWatcher> {
  const { store, bundle, bus, clock, log, probe, uses, configured, random } = deps
  const seen = new Map((await store.dependencies.all()).map((each) => [each.dependency, each]))
  /** Rows whose counts are newer than what the store holds. */
  const unkept = new Set<string>()
  /** What was shown and is not taken yet: it stays here until it is written. */
  const shown: { readonly id: string; readonly key: string; readonly what: Shown }[] = []
  const looking = new Map<string, Promise<void>>()
  const nextAt = new Map<string, Instant>()
  const stopping = new AbortController()
  let listed: { readonly digest: string; readonly all: readonly Listed[] } = { digest: '', all: [] }
  let away: ReadonlySet<string> = degradedOf()
  let keptAt = clock.now()

  function degradedOf(): ReadonlySet<string> {
    return new Set([...seen.values()].flatMap(({ dependency, state }) => (state === 'degraded' ? [dependency] : [])))
  }

  /** What follows, once it is written. */
  function announce(): void {
    const now = degradedOf()
    if (now.size === away.size && [...now].every((id) => away.has(id))) return
    away = now
    bus.publish({ kind: 'reevaluate', because: 'world' })
  }

  /** Follows the bundle: what is gone is forgotten, what is looked at in another way is not known. */
  async function follow(): Promise<readonly Listed[]> {
    const { digest } = bundle()
    if (listed.digest === digest) return listed.all
    const all = listedIn(bundle(), configured)
    const now = clock.now()
    // What this gateway is not configured to use is not used: that it did not work once says nothing.
    const keys = new Map(all.map(({ id, key, configured: isUsed }) => [id, isUsed ? key : null]))
    const gone = [...seen.values()].filter(({ dependency, watch }) => keys.get(dependency) !== watch)
    const fresh = all
      .filter(({ id }) => keys.get(id) === null || seen.get(id)?.watch !== keys.get(id))
      .map(({ id, key }) => unseen(id, key, now))
    if (gone.length + fresh.length > 0)
      await store.bookkeep(async (tx) => {
        for (const { dependency } of gone) await tx.dependencies.remove(dependency)
        for (const each of fresh) await tx.dependencies.put(each)
      })
    for (const { dependency } of gone) {
      seen.delete(dependency)
      unkept.delete(dependency)
      nextAt.delete(dependency)
    }
    for (const each of fresh) seen.set(each.dependency, each)
    listed = { digest, all }
    announce()
    return all
  }

  async function keepChange(of: Listed, from: SeenDependency, to: SeenDependency): Promise<void> {
    await store.change(async (tx) => {
      await tx.dependencies.put(to)
      await tx.ledger.append('dependency.state_changed', to.since, {
        dependency: of.id,
        kind: of.kind,
        owner: of.owner,
        plants: of.plants,
        from: from.state,
        to: to.state,
        since: to.since,
        failures: to.failures,
        problem: to.problem,
        effect: of.whenDown.effect,
        living: of.whenDown.living,
      })
    })
    log.warn({ dependency: of.id, from: from.state, to: to.state, problem: to.problem }, 'Dependency changed')
  }

  /** Takes what was shown, oldest first. What cannot be written stays, and is tried again in the next round. */
  async function take(all: readonly Listed[]): Promise<void> {
    const byId = new Map(all.map((each) => [each.id, each]))
    for (let [next] = shown; next !== undefined; [next] = shown) {
      const { id, key, what } = next
      const of = byId.get(id)
      const before = seen.get(id)
      if (of !== undefined && before !== undefined && of.key === key) {
        const now = after(before, what, of.failures)
        // That it works is no news; that it does not, or does again, is.
        const isNews = now.state !== before.state && (now.state === 'degraded' || before.state === 'degraded')
        if (isNews) await keepChange(of, before, now)
        seen.set(id, now)
        if (isNews) unkept.delete(id)
        else unkept.add(id)
        if (isNews) announce()
      }
      shown.shift()
    }
  }

  /** What was degraded when it was last used, and was not used for long, is not known. */
  async function forgetStale(all: readonly Listed[]): Promise<void> {
    const now = clock.now()
    for (const of of all) {
      const before = seen.get(of.id)
      if (of.watch.kind !== 'use' || before?.state !== 'degraded' || now < (before.lookedAt ?? now) + staleMs) continue
      const day = { ...before.day, degradedMs: degradedMsOf(before, now) }
      const to = { ...before, state: 'unknown', since: now, day } as const
      await keepChange(of, before, to)
      seen.set(of.id, to)
      unkept.delete(of.id)
      announce()
    }
  }

  function takeUses(all: readonly Listed[]): void {
    if (shown.length >= mostShown) return
    for (const use of configured) {
      const used = uses.take(use)
      if (used === null) continue
      for (const { id, key, watch } of all)
        if (watch.kind === 'use' && watch.use === use) shown.push({ id, key, what: used })
    }
  }

  /** One look; what it showed is taken by the next round. */
  function look(of: Listed): void {
    const { id, key, watch } = of
    if (watch.kind === 'use') return
    const swing = 1 + jitter * (2 * random() - 1)
    nextAt.set(id, clock.now() + watch.everySeconds * 1_000 * swing)
    const work = probe(watch, stopping.signal)
      .catch((err: unknown): Look => {
        log.error({ err, dependency: id }, 'A dependency could not be looked at')
        return { kind: 'failed', problem: 'it could not be looked at' }
      })
      .then((found) => {
        if (stopping.signal.aborted) return
        const problem = found.kind === 'good' ? null : found.problem
        const counts = problem === null ? { good: 1, failed: 0 } : { good: 0, failed: 1 }
        shown.push({ id, key, what: { at: clock.now(), ...counts, streak: null, problem } })
      })
      .finally(() => looking.delete(id))
    looking.set(id, work)
  }

  function beginDue(all: readonly Listed[]): void {
    if (shown.length >= mostShown) return
    const now = clock.now()
    const due = all
      .filter(({ id, watch }) => watch.kind !== 'use' && !looking.has(id) && now >= (nextAt.get(id) ?? 0))
      // Who waits longest comes first, so that a few slow ones keep none away.
      .toSorted((a, b) => (nextAt.get(a.id) ?? 0) - (nextAt.get(b.id) ?? 0))
    for (const each of due.slice(0, mostAtOnce - looking.size)) look(each)
  }

  /** Once a day of each: how it fared. Those that are due are one transaction. */
  async function beat(all: readonly Listed[]): Promise<void> {
    const now = clock.now()
    const due = all.flatMap((of) => {
      const state = seen.get(of.id)
      return state !== undefined && now >= state.day.from + dayMs ? [{ of, state, next: nextDay(state, now) }] : []
    })
    if (due.length === 0) return
    await store.change(async (tx) => {
      for (const { of, state, next } of due) {
        await tx.dependencies.put(next)
        await heartbeat(tx, of, state, now)
      }
    })
    for (const { of, next } of due) {
      seen.set(of.id, next)
      unkept.delete(of.id)
    }
  }

  async function keepCounts(): Promise<void> {
    const rows = [...unkept].flatMap((id) => seen.get(id) ?? [])
    keptAt = clock.now()
    if (rows.length === 0) return
    await store.bookkeep(async (tx) => {
      for (const row of rows) await tx.dependencies.put(row)
    })
    for (const { dependency } of rows) unkept.delete(dependency)
  }

  const watcher: DependencyWatcher = {
    unavailable: () => away,
    read: () =>
      listedIn(bundle(), configured).map((of) => {
        const known = seen.get(of.id)
        return { ...of, seen: known?.watch === of.key ? known : unseen(of.id, of.key, clock.now()) }
      }),
    async round() {
      const all = await follow()
      takeUses(all)
      await take(all)
      await forgetStale(all)
      await beat(all)
      if (clock.now() >= keptAt + keepMs) await keepCounts()
      if (!stopping.signal.aborted) beginDue(all)
    },
    async settled() {
      while (looking.size > 0) await Promise.all(looking.values())
      await take(await follow())
    },
    async close() {
      stopping.abort()
      await Promise.all(looking.values())
      await take(await follow())
      await keepCounts()
    },
  }
  await follow()
  return watcher
}

async function heartbeat(tx: Tx, of: Listed, seen: SeenDependency, now: Instant): Promise<void> {
  const { day, state } = seen
  await tx.ledger.append('dependency.heartbeat', now, {
    dependency: of.id,
    owner: of.owner,
    state,
    worst: day.worst,
    from: day.from,
    until: now,
    looks: { good: day.good, failed: day.failed },
    degradedMs: degradedMsOf(seen, now),
  })
}
