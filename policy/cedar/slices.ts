// Policies by what they are about. A decision asks only the policies whose head can hold for its action and its asset:
// one that names a plant, a zone or an asset is not even looked at elsewhere, so a decision's time grows with the rules
// about the place it concerns and not with those about all others. What is left out could never apply: the answer is
// the whole set's. Where many rules are about no place at all, they are a slice of their own, parsed once for all places,
// and a place's own rules another: a forbid in either refuses, as it does in one set. A question asked again, as one is for every living session after every change, is answered from
// memory, and so is one that the policies cannot tell from it: the engine's answer depends on nothing else.

import { hash } from 'node:crypto'
import { ask, keepPolicies, policyJson, type CedarAnswer } from './engine.ts'
import type { AssetId, PlantId, ZoneId } from '../ids.ts'
import { likenessOf, sightOf, type Sight } from './likeness.ts'
import type { Action } from '../model.ts'
import type { Question } from './question.ts'

export interface Place {
  readonly asset: AssetId
  readonly zone: ZoneId
  readonly plant: PlantId
}

/** What of a policy its slices depend on. */
export interface Sliceable {
  readonly id: string
  readonly source: string
}

/** Who the head of a policy lets in. Null: everything. */
interface Head {
  readonly actions: readonly string[] | null
  /** As `Zone::"north"`. */
  readonly location: string | null
}

interface Headed {
  readonly policy: Sliceable
  readonly head: Head
}

/** What the engine is asked once about policies: plain data, so that it can be worked out elsewhere. */
export interface PolicyShapes {
  /** In the order of the policies. */
  readonly heads: readonly Head[]
  /** What all of them can tell apart, and what those about no place can. Null: every question is taken as it is. */
  readonly sight: Sight | null
  readonly generalSight: Sight | null
}

/** A quarter of a second for a thousand policies. */
export function shapesOf(policies: readonly Sliceable[]): PolicyShapes {
  const forms = policies.map(({ source }) => policyJson(source))
  const heads = forms.map(headOf)
  const general = forms.filter((_, i) => heads[i]?.location === null)
  return { heads, sight: sightOf(forms), generalSight: sightOf(general) }
}

/** Some policies kept under a name, and what they can tell apart. */
interface Slice {
  readonly name: string
  readonly sight: Sight | null
}

/** So few are parsed with the rules of each place: one question to the engine costs less than two. */
const fewPolicies = 50

/** Above so many policies kept in slices, the whole set is asked: the same answer, with bounded memory. */
const mostKeptByDefault = 50_000

/** Answers remembered, some 200 bytes each; the oldest goes first. */
const mostRemembered = 10_000

export class PolicySlices {
  readonly #digest: string
  readonly #whole: string
  readonly #policies: readonly Headed[]
  readonly #named: ReadonlySet<string>
  readonly #sight: Sight | null
  readonly #generalSight: Sight | null
  /** Are the policies about no place a slice of their own? */
  readonly #isSplit: boolean
  /** Slices the engine holds, by name. Grows with the places policies name, not with assets. */
  readonly #kept = new Set<string>()
  #policiesKept = 0
  /** By the SHA-256 of set and question. */
  readonly #answers = new Map<string, CedarAnswer>()

  readonly #mostKept: number

  /** `whole` is the name the engine keeps all of these policies under. `shapes`: theirs. */
  constructor(
    digest: string,
    whole: string,
    policies: readonly Sliceable[],
    shapes = shapesOf(policies),
    mostKept = mostKeptByDefault,
  ) {
    this.#mostKept = mostKept
    this.#digest = digest
    this.#whole = whole
    // A policy whose head is not known is asked everywhere.
    this.#policies = policies.map((policy, i) => ({
      policy,
      head: shapes.heads[i] ?? { actions: null, location: null },
    }))
    this.#sight = shapes.sight
    this.#generalSight = shapes.generalSight
    const general = this.#policies.filter(({ head }) => head.location === null)
    this.#isSplit = general.length > fewPolicies
    this.#named = new Set(this.#policies.flatMap(({ head }) => (head.location === null ? [] : [head.location])))
  }

  /** The engine's answer from the policies that can apply to an action on an asset, but for those only watched. */
  ask(action: Action, place: Place, question: Question, watched: readonly string[] = []): CedarAnswer {
    return this.#slicesFor(action, place, watched)
      .map((slice) => this.#askSlice(slice, question))
      .reduce(joined)
  }

  /** Which of the watched would apply: each is asked as a permit, so that the engine names all of them. */
  askWatched(action: Action, place: Place, question: Question, watched: readonly string[]): CedarAnswer {
    const locations = locationsOf(place)
    const all = this.#policies.filter(({ policy }) => watched.includes(policy.id))
    if (!all.some(({ head }) => isAbout(head, action, locations)))
      return { kind: 'answered', allow: false, determining: [], errors: [] }
    const name = `${this.#digest}/watched/${watched.join('+')}`
    if (!this.#kept.has(name)) {
      const asPermits = all.map(({ policy }) => [policy.id, asPermit(policyJson(policy.source))] as const)
      const fault = keepPolicies(name, Object.fromEntries(asPermits))
      if (fault !== null) return { kind: 'failed', message: fault }
      this.#kept.add(name)
      this.#policiesKept += all.length
    }
    return this.askSet(name, question)
  }

  /** The engine's answer from a set kept for the same bundle. */
  askSet(policySet: string, question: Question): CedarAnswer {
    return this.#askSlice({ name: policySet, sight: this.#sight }, question)
  }

  #askSlice({ name: policySet, sight }: Slice, question: Question): CedarAnswer {
    const like = sight === null ? question : likenessOf(question, sight)
    const key = hash('sha256', `${policySet}\n${JSON.stringify(like)}`, 'base64')
    const remembered = this.#answers.get(key)
    if (remembered !== undefined) return remembered
    const answer = ask({ ...like, policySet })
    // What went wrong is said in the words of who asked, and of nobody else.
    if (answer.kind === 'failed' || answer.errors.length > 0) return ask({ ...question, policySet })
    if (this.#answers.size >= mostRemembered) {
      const [oldest] = this.#answers.keys()
      if (oldest !== undefined) this.#answers.delete(oldest)
    }
    this.#answers.set(key, answer)
    return answer
  }

  /** The names of the sets to ask about an action on an asset; parsed the first time a place like it is asked about. */
  namesFor(action: Action, place: Place, watched: readonly string[] = []): readonly string[] {
    return this.#slicesFor(action, place, watched).map(({ name }) => name)
  }

  #slicesFor(action: Action, place: Place, watched: readonly string[]): readonly Slice[] {
    const locations = locationsOf(place).filter((location) => this.#named.has(location))
    const without = watched.length === 0 ? '' : `/without ${watched.join('+')}`
    const prefix = `${this.#digest}/${action}`
    const whole = (): readonly Slice[] => [{ name: this.#wholeWithout(watched), sight: this.#sight }]
    const holds = ({ policy, head }: Headed, of: readonly string[]): boolean =>
      isAbout(head, action, of) && !watched.includes(policy.id)
    if (this.#isSplit && locations.length > 0) {
      const general = this.#keep(`${prefix}/${without}`, (one) => holds(one, []))
      const own = `${prefix}/only ${locations.join('+')}${without}`
      const place = this.#keep(own, (one) => one.head.location !== null && holds(one, locations))
      if (general === null || place === null) return whole()
      return [
        { name: general, sight: this.#generalSight },
        { name: place, sight: this.#sight },
      ]
    }
    const name = this.#keep(`${prefix}/${locations.join('+')}${without}`, (one) => holds(one, locations))
    const sight = locations.length === 0 ? this.#generalSight : this.#sight
    return name === null ? whole() : [{ name, sight }]
  }

  /** Keeps the policies that hold under a name, once; null where no more can be kept. */
  #keep(name: string, holds: (one: Headed) => boolean): string | null {
    if (this.#kept.has(name)) return name
    const applicable = this.#policies.filter(holds)
    if (this.#policiesKept + applicable.length > this.#mostKept) return null
    const fault = keepPolicies(name, Object.fromEntries(applicable.map(({ policy }) => [policy.id, policy.source])))
    if (fault !== null) return null
    this.#kept.add(name)
    this.#policiesKept += applicable.length
    return name
  }

  /** Kept whatever the bound says, once for each day that rules begin on. One that can't be kept refuses when asked. */
  #wholeWithout(watched: readonly string[]): string {
    if (watched.length === 0) return this.#whole
    const name = `${this.#whole}/without ${watched.join('+')}`
    if (this.#kept.has(name)) return name
    const holding = this.#policies.filter(({ policy }) => !watched.includes(policy.id))
    const fault = keepPolicies(name, Object.fromEntries(holding.map(({ policy }) => [policy.id, policy.source])))
    if (fault === null) this.#kept.add(name)
    return name
  }

  /** Frees what the engine holds for the slices. Asked afterwards, they are parsed anew. */
  release(): void {
    for (const name of this.#kept) keepPolicies(name, {})
    this.#kept.clear()
    this.#answers.clear()
    this.#policiesKept = 0
  }
}

/**
 * What one set of both sets' policies would have answered: forbids win, and only what determined the outcome is named.
 * No policy stands in both.
 */
function joined(one: CedarAnswer, other: CedarAnswer): CedarAnswer {
  if (one.kind === 'failed') return one
  if (other.kind === 'failed') return other
  const errors = [...one.errors, ...other.errors]
  const forbids = [one, other].flatMap(({ allow, determining }) => (allow ? [] : determining))
  if (forbids.length > 0) return { kind: 'answered', allow: false, determining: forbids, errors }
  const permits = [one, other].flatMap(({ allow, determining }) => (allow ? determining : []))
  return { kind: 'answered', allow: one.allow || other.allow, determining: permits, errors }
}

function isAbout({ actions, location }: Head, action: Action, locations: readonly string[]): boolean {
  return (actions?.includes(action) ?? true) && (location === null || locations.includes(location))
}

function asPermit(json: unknown): unknown {
  return isRecord(json) ? { ...json, effect: 'permit' } : json
}

function locationsOf({ asset, zone, plant }: Place): readonly string[] {
  return [named('Asset', asset), named('Zone', zone), named('Plant', plant)]
}

function named(type: string, id: string): string {
  return `${type}::${JSON.stringify(id)}`
}

/** A head that is not of a form known here lets everything in: it is asked everywhere, and never left out wrongly. */
function headOf(json: unknown): Head {
  const policy = isRecord(json) ? json : {}
  return { actions: actionsOf(policy.action), location: locationOf(policy.resource) }
}

function actionsOf(constraint: unknown): readonly string[] | null {
  if (!isRecord(constraint) || (constraint.op !== '==' && constraint.op !== 'in')) return null
  const entities = Array.isArray(constraint.entities) ? constraint.entities : [constraint.entity]
  const ids = entities.map((entity) => (isRecord(entity) && entity.type === 'Action' ? entity.id : null))
  return ids.every((id) => typeof id === 'string') ? ids : null
}

const placeTypes: readonly unknown[] = ['Asset', 'Zone', 'Plant']

function locationOf(constraint: unknown): string | null {
  if (!isRecord(constraint)) return null
  const within = constraint.op === 'is' && isRecord(constraint.in) ? constraint.in : constraint
  const entity = constraint.op === '==' || constraint.op === 'in' || constraint.op === 'is' ? within.entity : null
  if (!isRecord(entity) || typeof entity.type !== 'string' || typeof entity.id !== 'string') return null
  return placeTypes.includes(entity.type) ? named(entity.type, entity.id) : null
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
