// How often the watched rules would have struck: read from the decisions of the last days, which say so themselves.
// Reads the ledger newest first, in batches; writes nothing. Counts go by the rule's name, whatever it said then.

import {
  plantOf,
  type AssetId,
  type Bundle,
  type EvidenceEvent,
  type PersonId,
  type PlantId,
  type PolicyRule,
} from '../../policy/index.ts'
import { newestFirst } from '../store/newest-first.ts'
import type { Store } from '../store/store.ts'

export interface Strike {
  readonly index: number
  readonly at: number
  readonly person: PersonId
  readonly asset: string
  readonly action: string
}

export interface WatchedCount {
  readonly rule: PolicyRule
  readonly struck: number
  readonly ofPermits: number
  readonly people: number
  readonly assets: number
  readonly latest: Strike | null
}

export interface WatchedReport {
  readonly from: number
  readonly until: number
  readonly decisions: number
  /** The bundle's rules with a day, the next to hold first. */
  readonly rules: readonly WatchedCount[]
}

class Count {
  struck = 0
  ofPermits = 0
  readonly people = new Set<string>()
  readonly assets = new Set<string>()
  latest: Strike | null = null

  /** Events come newest first. */
  add({ index, at, data }: EvidenceEvent): void {
    const [person, asset] = [String(data['person']) as PersonId, String(data['asset'])]
    this.struck += 1
    if (data['outcome'] === 'permit') this.ofPermits += 1
    this.people.add(person)
    this.assets.add(asset)
    this.latest ??= { index, at, person, asset, action: String(data['action']) }
  }
}

/**
 * Counts over the last `days` before `now`.
 * @param plants whose decisions are counted; null: all there are.
 */
export async function watchedReport(
  { evidence }: Pick<Store, 'evidence'>,
  bundle: Bundle,
  now: number,
  days: number,
  plants: readonly PlantId[] | null = null,
): Promise<WatchedReport> {
  const isCounted = ({ data }: EvidenceEvent): boolean => {
    // What a drill asks was asked by nobody.
    if (data['drill'] !== undefined) return false
    if (plants === null) return true
    const asset = bundle.assets.get(String(data['asset']) as AssetId)
    return asset !== undefined && plants.includes(plantOf(asset, bundle).id)
  }
  const from = now - days * 86_400_000
  const counts = new Map<string, Count>()
  const rules = [...bundle.policies.values()]
    .filter(({ enforceFrom }) => enforceFrom !== null)
    .toSorted((a, b) => ((a.enforceFrom ?? '') < (b.enforceFrom ?? '') ? -1 : 1))
  for (const { id } of rules) counts.set(id, new Count())
  let decisions = 0
  for await (const event of newestFirst(evidence, { types: ['policy.decision'], session: null })) {
    if (event.at < from) break
    if (event.at > now || !isCounted(event)) continue
    decisions += 1
    for (const name of namesOf(event)) counts.get(name)?.add(event)
  }
  return {
    from,
    until: now,
    decisions,
    rules: rules.map((rule) => {
      const { struck = 0, ofPermits = 0, people, assets, latest = null } = counts.get(rule.id) ?? {}
      return { rule, struck, ofPermits, people: people?.size ?? 0, assets: assets?.size ?? 0, latest }
    }),
  }
}

function namesOf({ data: { watched } }: EvidenceEvent): readonly string[] {
  if (!Array.isArray(watched)) return []
  return watched.flatMap((each: unknown) =>
    typeof each === 'object' && each !== null && 'rule' in each && typeof each.rule === 'string' ? [each.rule] : [],
  )
}
