// Policies by what they are about. A decision asks only the policies whose head can hold for its action and its asset:
// one that names a plant, a zone or an asset is not even looked at elsewhere, so a decision's time grows with the rules
// about the place it concerns and not with those about all others. What is left out could never apply: the answer is
// the whole set's. A question asked again, as one is for every living session after every change, is answered from
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

/** What the engine is asked once about policies: plain data, so that it can be worked out elsewhere. */
export interface PolicyShapes {
  /** In the order of the policies. */
  readonly heads: readonly Head[]
  /** Null: every question is taken as it is. */
  readonly sight: Sight | null
}

/** A quarter of a second for a thousand policies. */
export function shapesOf(policies: readonly Sliceable[]): PolicyShapes {
  const forms = policies.map(({ source }) => policyJson(source))
  return { heads: forms.map(headOf), sight: sightOf(forms) }
}

/** Above so many policies kept in slices, the whole set is asked: the same answer, with bounded memory. */
const mostKeptByDefault = 50_000

/** Answers remembered, some 200 bytes each; the oldest goes first. */
const mostRemembered = 10_000

export class PolicySlices {
  readonly #digest: string
  readonly #whole: string
  readonly #policies: readonly { readonly policy: Sliceable; readonly head: Head }[]
  readonly #named: ReadonlySet<string>
  /** Null: every question is taken as it is. */
  readonly #sight: Sight | null
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
    this.#named = new Set(this.#policies.flatMap(({ head }) => (head.location === null ? [] : [head.location])))
  }

  /** The engine's answer from the policies that can apply to an action on an asset, but for those only watched. */
  ask(action: Action, place: Place, question: Question, watched: readonly string[] = []): CedarAnswer {
    return this.askSet(this.nameFor(action, place, watched), question)
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
    const like = this.#sight === null ? question : likenessOf(question, this.#sight)
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

  /** The name of the set to ask about an action on an asset; parsed the first time a place like it is asked about. */
  nameFor(action: Action, place: Place, watched: readonly string[] = []): string {
    const locations = locationsOf(place).filter((location) => this.#named.has(location))
    const without = watched.length === 0 ? '' : `/without ${watched.join('+')}`
    const name = `${this.#digest}/${action}/${locations.join('+')}${without}`
    if (this.#kept.has(name)) return name
    const applicable = this.#policies.filter(
      ({ policy, head }) => isAbout(head, action, locations) && !watched.includes(policy.id),
    )
    if (this.#policiesKept + applicable.length > this.#mostKept) return this.#wholeWithout(watched)
    const fault = keepPolicies(name, Object.fromEntries(applicable.map(({ policy }) => [policy.id, policy.source])))
    if (fault !== null) return this.#wholeWithout(watched)
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
