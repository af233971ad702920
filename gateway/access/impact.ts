// What a change of bundle would end: every open grant is decided under both bundles, at the first moment it can be used.
// Sessions whose grants stay end, too, where their target showed a host key that is believed no longer. Reads page by page,
// so that memory stays flat, and lets others work between the pages.

import { setImmediate as breathe } from 'node:timers/promises'
import {
  decide,
  nextUse,
  supposedLogin,
  usableAt,
  type Bundle,
  type DecisionReason,
  type Grant,
  type Person,
  type World,
} from '../../policy/index.ts'
import type { Clock } from '../clock.ts'
import type { Store } from '../store/store.ts'
import type { StoredSession } from '../store/sessions.ts'
import type { Standing } from './activation.ts'
import { believedHostKeys } from './host-keys.ts'

export interface EndedGrant {
  readonly grant: Grant
  readonly person: Person
  /** What the new bundle says that the old one does not. */
  readonly reasons: readonly DecisionReason[]
  readonly sessions: readonly StoredSession[]
}

export interface Impact {
  readonly ends: { readonly count: number; readonly items: readonly EndedGrant[] }
  /** Living sessions that would end, with their grants or without. */
  readonly sessions: number
  /** Those of them whose grants stay: the host key their target showed is believed no longer. */
  readonly unbelieved: { readonly count: number; readonly assets: ReadonlySet<Grant['asset']> }
  /** Open grants looked at. */
  readonly grants: number
  /** Open grants and living sessions by asset. */
  readonly standing: ReadonlyMap<Grant['asset'], Standing>
}

const pageSize = 100
const mostListed = 200

/**
 * Asks `decide` under both bundles for every open grant. Who holds one is taken to come with a second factor from a
 * place that is allowed: what depends on the login of the day is the same under both.
 */
export async function impactOf(
  { store, clock, world }: { readonly store: Store; readonly clock: Clock; readonly world: () => World },
  from: Bundle,
  to: Bundle,
): Promise<Impact> {
  const sessions = await livingSessions(store)
  const isUnbelieved = await unbelievedIn(store, [...sessions.values()].flat(), from, to)
  const unbelieved = { count: 0, assets: new Set<Grant['asset']>() }
  const standing = new Map<Grant['asset'], { grants: number; sessions: number }>()
  const items: EndedGrant[] = []
  const found = { ends: 0, sessions: 0, grants: 0 }
  for (let before: string | null = null; ;) {
    const page = await store.grants.list({ open: true, person: null }, { limit: pageSize, before })
    const people = await store.people.byIds(page.map(({ grant }) => grant.person))
    for (const { grant } of page) {
      const person = people.get(grant.person)
      if (!person || grant.window.until <= clock.now()) continue
      const alive = sessions.get(grant.id) ?? []
      const stands = standing.get(grant.asset) ?? { grants: 0, sessions: 0 }
      standing.set(grant.asset, { grants: stands.grants + 1, sessions: stands.sessions + alive.length })
      found.grants += 1
      const reasons = newReasons(grant, person, from, to, momentOf(grant, clock.now()), world())
      if (reasons.length === 0) {
        const lost = alive.filter(isUnbelieved).length
        found.sessions += lost
        unbelieved.count += lost
        if (lost > 0) unbelieved.assets.add(grant.asset)
        continue
      }
      found.ends += 1
      found.sessions += alive.length
      if (items.length < mostListed) items.push({ grant, person, reasons, sessions: alive })
    }
    const last = page.at(-1)
    if (!last || page.length < pageSize) break
    before = last.grant.id
    await breathe()
  }
  return { ends: { count: found.ends, items }, sessions: found.sessions, unbelieved, grants: found.grants, standing }
}

/** The first moment from now on at which the grant can be used. */
function momentOf(grant: Grant, now: number): number {
  return usableAt(grant, now) !== null ? now : (nextUse(grant, now)?.from ?? Math.max(now, grant.window.from))
}

function newReasons(
  grant: Grant,
  person: Person,
  from: Bundle,
  to: Bundle,
  now: number,
  world: World,
): readonly DecisionReason[] {
  const facts = { now, person, ...supposedLogin(person), ticket: 'unchecked', world } as const
  const request = { action: 'connect', asset: grant.asset, protocol: grant.protocol, grant } as const
  const after = decide(request, to, facts)
  if (after.kind === 'permit') return []
  const before = decide(request, from, facts)
  // Where both refuse, it is what they share (a presence that is not asserted now); what is new would end it all the same.
  const known = new Set(before.kind === 'deny' ? before.reasons.map(({ rule }) => rule) : [])
  return after.reasons.filter(({ rule }) => !known.has(rule))
}

async function livingSessions(store: Store): Promise<ReadonlyMap<string, readonly StoredSession[]>> {
  const byGrant = new Map<string, StoredSession[]>()
  for (let before: string | null = null; ;) {
    const page = await store.sessions.list({ person: null, live: true }, { limit: pageSize, before })
    for (const session of page) byGrant.set(session.grant, [...(byGrant.get(session.grant) ?? []), session])
    const last = page.at(-1)
    if (!last || page.length < pageSize) return byGrant
    before = last.id
  }
}

/** Tells whether a session's target showed a host key that the new bundle takes out. */
async function unbelievedIn(
  store: Store,
  living: readonly StoredSession[],
  from: Bundle,
  to: Bundle,
): Promise<(session: StoredSession) => boolean> {
  const bySsh = living.filter(({ protocol }) => protocol === 'ssh')
  const assets = new Set(bySsh.map(({ asset }) => asset))
  const [before, after] = [await believedHostKeys(store, from, assets), await believedHostKeys(store, to, assets)]
  const ending = new Set<string>()
  for (const { id, asset } of bySsh) {
    const kept = after.get(asset)
    // Only where one is taken out is it worth asking which one was shown.
    if (!kept || [...(before.get(asset) ?? [])].every((key) => kept.has(key))) continue
    const filter = { types: ['session.connected'], session: id }
    const [connected] = await store.evidence.list(filter, { limit: 1, before: null })
    const shown = connected?.data['hostKey']
    if (typeof shown === 'string' && !kept.has(shown)) ending.add(id)
    await breathe()
  }
  return ({ id }) => ending.has(id)
}
