// What works, as views: everything for the plant's own people, without addresses, problems and figures for others, and
// as bare counts for the plant's monitoring.

import type { Bundle, SupplierId } from '../../policy/index.ts'
import type { Actor } from '../access/authorize.ts'
import type { HealthView, ReadyView } from '../contract/views.ts'
import type { Carriers } from '../dependencies/carriers.ts'
import type { Part } from '../dependencies/parts.ts'
import { degradedMsOf } from '../dependencies/state.ts'
import type { Standing } from '../dependencies/watch.ts'
import { readsAll } from './routes/plant-people.ts'

interface Read {
  readonly parts: readonly Part[]
  readonly dependencies: readonly Standing[]
  readonly carriers: Carriers
  readonly bundle: Bundle
  readonly now: number
}

/** What the reader may see: of their plants, or of all for who looks over the whole. */
export function healthView({ parts, dependencies, carriers, bundle, now }: Read, actor: Actor): HealthView {
  const { supplier, plants } = actor.person
  const isOwn = supplier === null
  const reads = (plant: string): boolean => readsAll(actor) || plants.some((own) => own === plant)
  const concerns = (each: Standing): boolean => each.plants.length === 0 || each.plants.some(reads)
  // Whom else the plants buy from is no supplier's to read: what keeps others away is only noted for it.
  const shown = dependencies.filter(concerns).map((each) => (isOwn ? each : asToldTo(each, supplier)))
  return {
    at: now,
    newSessions: newSessionsOf(parts, shown),
    parts: parts.map(({ text, ...part }) => ({ ...part, text: isOwn ? text : null })),
    dependencies: shown
      // What the configuration uses and nobody declared is the plant's own business.
      .filter(({ owner }) => isOwn || owner !== null)
      .map((each) => {
        const { id, name, kind, owner, inScope, seen, whenDown } = each
        return {
          id,
          name,
          kind,
          owner,
          inScope,
          plants: each.plants.filter(reads).map((plant) => bundle.plants.get(plant)?.name ?? plant),
          state: seen.state,
          since: seen.since,
          means: [...meaningOf(each, bundle)],
          effect: whenDown.effect,
          watch: isOwn ? sayWatch(each) : null,
          lookedAt: isOwn ? seen.lookedAt : null,
          problem: isOwn ? seen.problem : null,
          day: isOwn ? { good: seen.day.good, failed: seen.day.failed, degradedMs: degradedMsOf(seen, now) } : null,
        }
      }),
    carriers: isOwn ? { ...carriers, workers: [...carriers.workers] } : null,
  }
}

function asToldTo(each: Standing, supplier: SupplierId): Standing {
  const { whenDown } = each
  if (whenDown.effect !== 'deny-new' || whenDown.suppliers.length === 0) return each
  const isMeant = whenDown.suppliers.includes(supplier)
  return {
    ...each,
    whenDown: { ...whenDown, effect: isMeant ? 'deny-new' : 'note', suppliers: isMeant ? [supplier] : [] },
  }
}

/** Counts alone: it is answered without a login. */
export function readyView({ parts, dependencies }: Pick<Read, 'parts' | 'dependencies'>): ReadyView {
  const newSessions = newSessionsOf(parts, dependencies)
  return {
    ok: newSessions !== 'refused',
    newSessions,
    degraded: {
      parts: parts.filter(({ state }) => state !== 'working').length,
      dependencies: dependencies.filter(({ seen }) => seen.state === 'degraded').length,
    },
  }
}

function newSessionsOf(parts: readonly Part[], dependencies: readonly Standing[]): HealthView['newSessions'] {
  if (parts.length === 0 || parts.some(({ state }) => state === 'stopped')) return 'refused'
  const closing = dependencies.some(({ seen, whenDown }) => seen.state === 'degraded' && whenDown.effect === 'deny-new')
  return closing ? 'some' : 'open'
}

/** What follows while it is degraded, in sentences. */
function meaningOf({ id, whenDown, owner }: Standing, bundle: Bundle): readonly string[] {
  const { effect, suppliers, exceptTiers, living } = whenDown
  const of =
    suppliers.length === 0
      ? ''
      : ` of ${suppliers.map((supplier) => bundle.suppliers.get(supplier)?.name ?? supplier).join(' and ')}`
  const but = exceptTiers.length === 0 ? '' : `, but for ${exceptTiers.join(' and ')}`
  const named = `Dependency::"${id}"`
  const rules = [...bundle.policies.values()].filter(({ source }) => source.includes(named)).map(({ text }) => text)
  return [
    ...(owner === null
      ? ['The bundle does not declare it: nothing follows, and nobody is named who answers for it.']
      : []),
    ...(owner !== null && effect === 'note' && rules.length === 0 ? ['Nothing follows: it is only noted.'] : []),
    ...(effect === 'deny-new' ? [`No new session${of} begins${but}.`] : []),
    ...rules,
    ...(effect === 'deny-new' || rules.length > 0
      ? [living ? 'Living sessions end as their assets\u2019 sessions end.' : 'Living sessions go on as they began.']
      : []),
  ]
}

function sayWatch({ watch, configured }: Standing): string {
  switch (watch.kind) {
    case 'use':
      return configured ? 'known from use' : 'known from use, and this gateway is not configured to use it'
    case 'connect':
      return `connects to ${watch.host.includes(':') ? `[${watch.host}]` : watch.host}:${watch.port} every ${watch.everySeconds} s`
    case 'get':
      return `asks ${watch.url} every ${watch.everySeconds} s`
  }
}
