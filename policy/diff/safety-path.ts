// What of a change lies on the safety path: declarations by which people could come to harm, if they were wrong or made
// an answer late (IEC 61511-1 clauses 5.2 and 17: changes around a safety instrumented system are reviewed before they
// are made). Pure, and errs to the side of asking for a review; who gives one, and that nothing is put in force without
// it, is the gateway's.

import type { Bundle, PolicyRule } from '../bundle/bundle.ts'
import type { PlantId, ZoneId } from '../ids.ts'
import type { Asset, Conduit, Exception, Sil, Zone } from '../model.ts'
import type { Change, Counted } from './diff.ts'
import { isSame } from './fields.ts'
import { sectionOf, type SectionName } from './sections.ts'
import { finish, Strides } from './steps.ts'

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
  /** The highest safety integrity level of the systems that what is touched bears on; null where none has one. */
  readonly sil: Sil | null
}

const mostListed = 100
/** The gate of process control, which safety systems stand behind (scope, phase 3). */
const controlPhase = 'phase 3'
/** Attributes, words and obligations by which a policy speaks of safety. */
const safetyWords = /\bSafety\s*::|\bsafety\b|\bsil\b|local-presence|localEnable|keyOn|GW-SAF-/i
const safetyFile = /(^|\/)safety/

/** What a change from one bundle to another touches of the safety path. */
export function safetyPath(from: Bundle, to: Bundle): SafetyPath {
  return finish(safetySteps(from, to))
}

/** As `safetyPath`, in steps of well under a millisecond: who has other work does some of it in between. */
export function* safetySteps(from: Bundle, to: Bundle): Generator<void, SafetyPath, void> {
  const steps = new Strides()
  const safeties: Asset[] = []
  const zones = new Map<ZoneId, 'SIS' | 'related'>()
  for (const bundle of [from, to])
    for (const asset of bundle.assets.values()) {
      if (steps.isFull()) yield
      const { safety, zone } = asset
      if (safety === 'none') continue
      safeties.push(asset)
      if (zones.get(zone) !== 'SIS') zones.set(zone, safety)
    }
  const found = new Found(from, to, safeties)

  for (const id of new Set(safeties.map((asset) => asset.id))) {
    if (steps.isFull()) yield
    const [one, other] = [from.assets.get(id), to.assets.get(id)]
    const stood = [other?.zone, one?.zone]
    const name = one?.safety === 'SIS' || other?.safety === 'SIS' ? 'a safety system' : 'safety-related'
    found.compare('assets', id, one, other, `it is ${name}`, stood)
    if (one === undefined || other === undefined || !isSame(one, other)) continue
    const [was, is] = [from.scopeStatusOf.get(id)?.kind, to.scopeStatusOf.get(id)?.kind]
    if (was !== is) found.add('assets', id, 'changed', `it is ${name} and its scope goes from ${was} to ${is}`, stood)
  }
  // What comes to stand beside a safety system reaches it without crossing anything.
  for (const other of to.assets.values()) {
    if (steps.isFull()) yield
    const { id } = other
    const one = from.assets.get(id)
    if (isSafety(one) || isSafety(other) || one?.zone === other.zone) continue
    if (zones.get(other.zone) === 'SIS')
      found.add('assets', id, one === undefined ? 'added' : 'changed', 'it comes to stand beside a safety system', [
        other.zone,
      ])
  }
  for (const [id, one, other] of withEither<ZoneId, Zone>(from.zones, to.zones))
    if (zones.has(id))
      found.compare('zones', id, one, other, 'what stands in it is a safety system or safety-related', [id])
  for (const [id, one, other] of withEither<string, Conduit>(from.conduits, to.conduits)) {
    const ends = [other?.to, one?.to, other?.from, one?.from].filter((zone) => zone !== undefined && zones.has(zone))
    if (ends.length > 0) found.compare('conduits', id, one, other, `it ends at zone ${ends[0]}, where safety is`, ends)
  }
  for (const [id, one, other] of withEither(from.physicalSources, to.physicalSources)) {
    const stand = [other?.zone, one?.zone].filter((zone) => zone !== undefined && zones.has(zone))
    if (stand.length > 0)
      found.compare('physical sources', id, one, other, `it stands in zone ${stand[0]}, where safety is`, stand)
  }
  for (const [id, one, other] of withEither(sectionOf('phases', from), sectionOf('phases', to)))
    if (id === controlPhase) found.compare('phases', id, one, other, 'safety systems stand behind it', [])
  for (const [id, one, other] of withEither(from.policies, to.policies)) {
    if (steps.isFull()) yield
    const said = [one, other].flatMap((rule) => (rule === undefined ? [] : [safetyOf(rule, found.named)]))
    if (said.some(({ isSaid }) => isSaid))
      found.compare(
        'rules',
        id,
        plainRule(one),
        plainRule(other),
        'it speaks of safety',
        said.flatMap((each) => each.zones),
      )
  }
  const exceptions = (bundle: Bundle) => new Map(bundle.register.exceptions.map((each) => [each.id, each]))
  for (const [id, one, other] of withEither<string, Exception>(exceptions(from), exceptions(to))) {
    // One that names no asset covers all of them.
    const stand = [one, other].flatMap((exception) =>
      exception?.assets.length === 0
        ? [...zones.keys()]
        : (exception?.assets.flatMap((asset) => found.named.get(asset) ?? []) ?? []),
    )
    if (stand.length > 0) found.compare('exceptions', id, one, other, 'it covers what is safety-related', stand)
  }
  return found.result()
}

/** As a line for people: `asset sis-1 changed: it is a safety system`. */
export function sayTouch({ section, id, kind, because }: SafetyTouch): string {
  const what = section === 'phases' ? id : `${section.replace(/s$/, '')} ${id}`
  return `${what} ${kind}: ${because}`
}

const isSafety = (asset: Asset | undefined): boolean => asset !== undefined && asset.safety !== 'none'

/** A rule's place says nothing about what it does, but that it stands among the rules of safety. */
const plainRule = (rule: PolicyRule | undefined): object | undefined =>
  rule === undefined ? undefined : { ...rule, file: safetyFile.test(rule.file) ? 'safety' : '', line: 0 }

/** Whether a rule speaks of safety, and the zones of what it names. */
function safetyOf(
  { source, file }: PolicyRule,
  named: Found['named'],
): { readonly isSaid: boolean; readonly zones: readonly ZoneId[] } {
  const { text, strings } = readPlainly(source)
  const zones = strings.flatMap((each) => named.get(each) ?? [])
  return { isSaid: zones.length > 0 || safetyWords.test(text) || safetyFile.test(file), zones }
}

/** A Cedar text as it is meant: what is escaped in its strings is written out, and they are listed. */
function readPlainly(source: string): { readonly text: string; readonly strings: readonly string[] } {
  const strings: string[] = []
  // A comment may hold a quote, and a string what looks like a comment: whichever begins first holds the other. What a
  // comment says of safety counts too.
  const text = source.replace(/\/\/[^\n]*|"((?:[^"\\]|\\.)*)"/gs, (whole, inner: string | undefined) => {
    if (inner === undefined) return whole
    const meant = inner
      .replace(/\\u\{([0-9a-f_]{1,8})\}/gi, (escaped, hex: string) => {
        const code = Number.parseInt(hex.replaceAll('_', ''), 16)
        return code <= 0x10_ff_ff ? String.fromCodePoint(code) : escaped
      })
      .replace(/\\x([0-7][0-9a-f])/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    strings.push(meant)
    return `"${meant}"`
  })
  return { text, strings }
}

/** Every key of two maps, with what each holds. */
function withEither<K, V>(one: ReadonlyMap<K, V>, other: ReadonlyMap<K, V>): [K, V | undefined, V | undefined][] {
  const all: [K, V | undefined, V | undefined][] = [...one].map(([key, value]) => [key, value, other.get(key)])
  for (const [key, value] of other) if (!one.has(key)) all.push([key, undefined, value])
  return all
}

const higher = (one: Sil | null | undefined, other: Sil): Sil =>
  one === null || one === undefined || other > one ? other : one

/** Collects touches: counts all, keeps the first. */
class Found {
  /** Ids of assets and zones of the safety path, with the zones they stand for: a policy that names one is about it. */
  readonly named: ReadonlyMap<string, readonly ZoneId[]>
  readonly #bundles: readonly [Bundle, Bundle]
  readonly #items: SafetyTouch[] = []
  readonly #plants = new Set<PlantId>()
  /** The highest level of each safety asset, of each zone they stand in, and of all. */
  readonly #silOf = new Map<string, Sil>()
  #highest: Sil | null = null
  #sil: Sil | null = null
  #count = 0

  constructor(from: Bundle, to: Bundle, assets: readonly Asset[]) {
    this.#bundles = [from, to]
    const named = new Map<string, ZoneId[]>()
    // An asset that moves is one of two zones.
    for (const { id, zone, sil } of assets) {
      named.set(id, [...(named.get(id) ?? []), zone])
      named.set(zone, [zone])
      if (sil === null) continue
      for (const each of [`asset ${id}`, `zone ${zone}`]) this.#silOf.set(each, higher(this.#silOf.get(each), sil))
      this.#highest = higher(this.#highest, sil)
    }
    this.named = named
  }

  compare(
    section: SectionName,
    id: string,
    one: object | undefined,
    other: object | undefined,
    because: string,
    zones: readonly (ZoneId | undefined)[],
  ): void {
    if (one !== undefined && other !== undefined && isSame(one, other)) return
    this.add(section, id, one === undefined ? 'added' : other === undefined ? 'removed' : 'changed', because, zones)
  }

  /** @param zones where it is: the safety engineers of all their plants look at it, of before and after. */
  add(
    section: SectionName,
    id: string,
    kind: Change['kind'],
    because: string,
    zones: readonly (ZoneId | undefined)[],
  ): void {
    const [from, to] = this.#bundles
    const plants = zones.flatMap((zone) =>
      zone === undefined ? [] : [to.zones.get(zone)?.plant, from.zones.get(zone)?.plant],
    )
    const plant = plants.find((each) => each !== undefined) ?? null
    for (const each of plants) if (each !== undefined) this.#plants.add(each)
    const stands = zones.filter((zone) => zone !== undefined)
    // A safety asset has its own level; what else there is bears on those of the zones it is about, or on all.
    const bears =
      section === 'assets' && this.named.has(id)
        ? [this.#silOf.get(`asset ${id}`) ?? null]
        : stands.length === 0
          ? [this.#highest]
          : stands.map((zone) => this.#silOf.get(`zone ${zone}`) ?? null)
    for (const sil of bears) if (sil !== null) this.#sil = higher(this.#sil, sil)
    this.#count += 1
    if (this.#items.length < mostListed) this.#items.push({ section, id, kind, because, plant })
  }

  result(): SafetyPath {
    return { touches: { count: this.#count, items: this.#items }, plants: [...this.#plants].toSorted(), sil: this.#sil }
  }
}
