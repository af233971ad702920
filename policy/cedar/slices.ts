// Policies by what they are about. A decision asks only the policies whose head can hold for its action and its asset:
// one that names a plant, a zone or an asset is not even looked at elsewhere, so a decision's time grows with the rules
// about the place it concerns and not with those about all others. What is left out could never apply: the answer is
// the whole set's. A question asked again, as one is for every living session after every change, is answered from
// memory: the engine's answer depends on nothing but the policies and the question.

import { hash } from 'node:crypto'
import { ask, keepPolicies, policyJson, type CedarAnswer } from './engine.ts'
import type { AssetId, PlantId, ZoneId } from '../ids.ts'
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

/** Above so many policies kept in slices, the whole set is asked: the same answer, with bounded memory. */
const mostKeptByDefault = 50_000

/** Answers remembered, some 200 bytes each; the oldest goes first. */
const mostRemembered = 10_000

export class PolicySlices {
  readonly #digest: string
  readonly #whole: string
  readonly #policies: readonly { readonly policy: Sliceable; readonly head: Head }[]
  readonly #named: ReadonlySet<string>
  /** Slices the engine holds, by name. Grows with the places policies name, not with assets. */
  readonly #kept = new Set<string>()
  #policiesKept = 0
  /** By the SHA-256 of set and question. */
  readonly #answers = new Map<string, CedarAnswer>()

  readonly #mostKept: number

  /** `whole` is the name the engine keeps all of these policies under. */
  constructor(digest: string, whole: string, policies: readonly Sliceable[], mostKept = mostKeptByDefault) {
    this.#mostKept = mostKept
    this.#digest = digest
    this.#whole = whole
    this.#policies = policies.map((policy) => ({ policy, head: headOf(policyJson(policy.source)) }))
    this.#named = new Set(this.#policies.flatMap(({ head }) => (head.location === null ? [] : [head.location])))
  }

  /** The engine's answer from the policies that can apply to an action on an asset. */
  ask(action: Action, place: Place, question: Question): CedarAnswer {
    return this.askSet(this.nameFor(action, place), question)
  }

  /** The engine's answer from a set kept for the same bundle. */
  askSet(policySet: string, question: Question): CedarAnswer {
    const key = hash('sha256', `${policySet}\n${JSON.stringify(question)}`, 'base64')
    const remembered = this.#answers.get(key)
    if (remembered !== undefined) return remembered
    const answer = ask({ ...question, policySet })
    if (answer.kind === 'failed') return answer
    if (this.#answers.size >= mostRemembered) {
      const [oldest] = this.#answers.keys()
      if (oldest !== undefined) this.#answers.delete(oldest)
    }
    this.#answers.set(key, answer)
    return answer
  }

  /** The name of the set to ask about an action on an asset; parsed the first time a place like it is asked about. */
  nameFor(action: Action, place: Place): string {
    const locations = locationsOf(place).filter((location) => this.#named.has(location))
    const name = `${this.#digest}/${action}/${locations.join('+')}`
    if (this.#kept.has(name)) return name
    const applicable = this.#policies.filter(
      ({ head }) =>
        (head.actions?.includes(action) ?? true) && (head.location === null || locations.includes(head.location)),
    )
    if (this.#policiesKept + applicable.length > this.#mostKept) return this.#whole
    const fault = keepPolicies(name, Object.fromEntries(applicable.map(({ policy }) => [policy.id, policy.source])))
    if (fault !== null) return this.#whole
    this.#kept.add(name)
    this.#policiesKept += applicable.length
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
