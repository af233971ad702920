// What of a change lies on the safety path: declarations by which people could come to harm, if they were wrong or made
// an answer late (IEC 61511-1 clauses 5.2 and 17: changes around a safety instrumented system are reviewed before they
// are made). Pure, and errs to the side of asking for a review; who gives one, and that nothing is put in force without
// it, is the gateway's.

import type { Bundle, PolicyRule } from '../bundle/bundle.ts'
import type { PlantId, ZoneId } from '../ids.ts'
import type { Asset, Conduit, Exception, Zone } from '../model.ts'
import type { Change, Counted } from './diff.ts'
import { isSame } from './fields.ts'
import { sectionOf, type SectionName } from './sections.ts'

export interface SafetyTouch {
  readonly section: SectionName
  readonly id: string
  readonly kind: Change['kind']
  /** Why it is on the safety path, as a clause. */
  readonly because: string
  /** Whose safety engineer looks at it; null: it is not one plant's alone. */
  readonly plant: PlantId | null
}

export interface SafetyPath {
  /** The first hundred; the count is of all. */
  readonly touches: Counted<SafetyTouch>
  /** Plants whose own safety engineer has to look, in the order of their names. */
  readonly plants: readonly PlantId[]
}

const mostListed = 100
/** The gate of process control, which safety systems stand behind (scope, phase 3). */
const controlPhase = 'phase 3'
/** Attributes, words and obligations by which a policy speaks of safety. */
const safetyWords = /\bSafety::|\bsafety\b|\bsil\b|local-presence|GW-SAF-/i

/** What a change from one bundle to another touches of the safety path. */
export function safetyPath(from: Bundle, to: Bundle): SafetyPath {
  const found = new Found(from, to)
  const assets = withEither(from.assets, to.assets).filter(([, one, other]) => isSafety(one) || isSafety(other))
  const zones = new Map<ZoneId, 'SIS' | 'related'>()
  for (const bundle of [from, to])
    for (const { safety, zone } of bundle.assets.values())
      if (safety !== 'none' && zones.get(zone) !== 'SIS') zones.set(zone, safety)

  for (const [id, one, other] of assets) {
    const zone = other?.zone ?? one?.zone ?? null
    const name = one?.safety === 'SIS' || other?.safety === 'SIS' ? 'a safety system' : 'safety-related'
    found.compare('assets', id, one, other, `it is ${name}`, zone)
    if (one === undefined || other === undefined || !isSame(one, other)) continue
    const [was, is] = [from.scopeStatusOf.get(id)?.kind, to.scopeStatusOf.get(id)?.kind]
    if (was !== is) found.add('assets', id, 'changed', `it is ${name} and its scope goes from ${was} to ${is}`, zone)
  }
  // What comes to stand beside a safety system reaches it without crossing anything.
  for (const [id, one, other] of withEither(from.assets, to.assets)) {
    if (isSafety(one) || isSafety(other) || other === undefined || one?.zone === other.zone) continue
    if (zones.get(other.zone) === 'SIS')
      found.add(
        'assets',
        id,
        one === undefined ? 'added' : 'changed',
        'it comes to stand beside a safety system',
        other.zone,
      )
  }
  for (const [id, one, other] of withEither<ZoneId, Zone>(from.zones, to.zones))
    if (zones.has(id))
      found.compare('zones', id, one, other, 'what stands in it is a safety system or safety-related', id)
  for (const [id, one, other] of withEither<string, Conduit>(from.conduits, to.conduits)) {
    const end = [other?.to, one?.to, other?.from, one?.from].find((zone) => zone !== undefined && zones.has(zone))
    if (end !== undefined) found.compare('conduits', id, one, other, `it ends at zone ${end}, where safety is`, end)
  }
  for (const [id, one, other] of withEither(sectionOf('phases', from), sectionOf('phases', to)))
    if (id === controlPhase) found.compare('phases', id, one, other, 'safety systems stand behind it', null)
  for (const [id, one, other] of withEither(from.policies, to.policies))
    if ([one, other].some((rule) => rule !== undefined && isSafetyRule(rule, found)))
      found.compare('rules', id, plainRule(one), plainRule(other), 'it speaks of safety', null)
  const exceptions = (bundle: Bundle) => new Map(bundle.register.exceptions.map((each) => [each.id, each]))
  for (const [id, one, other] of withEither<string, Exception>(exceptions(from), exceptions(to))) {
    const covered = [...(one?.assets ?? []), ...(other?.assets ?? [])]
    if (covered.some((asset) => isSafety(from.assets.get(asset)) || isSafety(to.assets.get(asset))))
      found.compare('exceptions', id, one, other, 'it covers what is safety-related', null)
  }
  return found.result()
}

/** As a line for people: `asset sis-1 changed: it is a safety system`. */
export function sayTouch({ section, id, kind, because }: SafetyTouch): string {
  const what = section === 'phases' ? id : `${section.replace(/s$/, '')} ${id}`
  return `${what} ${kind}: ${because}`
}

const isSafety = (asset: Asset | undefined): boolean => asset !== undefined && asset.safety !== 'none'

/** A rule's place in its file says nothing about what it does. */
const plainRule = (rule: PolicyRule | undefined): object | undefined =>
  rule === undefined ? undefined : { ...rule, file: '', line: 0 }

function isSafetyRule({ source, file }: PolicyRule, { named }: Found): boolean {
  if (safetyWords.test(source) || /(^|\/)safety/.test(file)) return true
  return [...source.matchAll(/\b(?:Asset|Zone)::"([^"]+)"/g)].some(([, id]) => id !== undefined && named.has(id))
}

/** Every key of two maps, with what each holds. */
function withEither<K, V>(one: ReadonlyMap<K, V>, other: ReadonlyMap<K, V>): [K, V | undefined, V | undefined][] {
  const all: [K, V | undefined, V | undefined][] = [...one].map(([key, value]) => [key, value, other.get(key)])
  for (const [key, value] of other) if (!one.has(key)) all.push([key, undefined, value])
  return all
}

/** Collects touches: counts all, keeps the first. */
class Found {
  /** Ids of assets and zones of the safety path: a policy that names one is about it. */
  readonly named: ReadonlySet<string>
  readonly #bundles: readonly [Bundle, Bundle]
  readonly #items: SafetyTouch[] = []
  readonly #plants = new Set<PlantId>()
  #count = 0

  constructor(from: Bundle, to: Bundle) {
    this.#bundles = [from, to]
    const assets = [from, to].flatMap((bundle) => [...bundle.assets.values()].filter(isSafety))
    this.named = new Set<string>(assets.flatMap(({ id, zone }) => [id, zone]))
  }

  compare(
    section: SectionName,
    id: string,
    one: object | undefined,
    other: object | undefined,
    because: string,
    zone: ZoneId | null,
  ): void {
    if (one !== undefined && other !== undefined && isSame(one, other)) return
    this.add(section, id, one === undefined ? 'added' : other === undefined ? 'removed' : 'changed', because, zone)
  }

  add(section: SectionName, id: string, kind: Change['kind'], because: string, zone: ZoneId | null): void {
    const [from, to] = this.#bundles
    const plants = zone === null ? [] : [to.zones.get(zone)?.plant, from.zones.get(zone)?.plant]
    const plant = plants.find((each) => each !== undefined) ?? null
    for (const each of plants) if (each !== undefined) this.#plants.add(each)
    this.#count += 1
    if (this.#items.length < mostListed) this.#items.push({ section, id, kind, because, plant })
  }

  result(): SafetyPath {
    return { touches: { count: this.#count, items: this.#items }, plants: [...this.#plants].toSorted() }
  }
}
