// Questions that no policy can tell apart. Cedar compares entities and looks at their attributes; it cannot look into an
// id. Where no policy writes an id down, any other id in its place gets the same answer, and so does any value of an
// attribute that none looks at. A question with all of these levelled stands for thousands: a plant has many people and
// assets, and few kinds of them. Remembering the answers is the slices'.

import type { Question } from './question.ts'

/** What a set of policies, or any part of it, can tell apart. */
export interface Sight {
  /** Entities written down, as `Zone::"north"`. */
  readonly entities: ReadonlySet<string>
  /** Names of attributes looked at, whoever has them. */
  readonly attributes: ReadonlySet<string>
}

/** Entities that the plant declares. All others are words of the schema, which the engine checks. */
const declaredTypes: ReadonlySet<string> = new Set(['Person', 'Supplier', 'Asset', 'Zone', 'Plant'])

/** What policies in Cedar's JSON form can tell apart; null where one of them cannot be read. */
export function sightOf(policies: readonly unknown[]): Sight | null {
  const sight = { entities: new Set<string>(), attributes: new Set<string>() }
  for (const policy of policies) {
    if (!isRecord(policy)) return null
    collect(policy, sight)
  }
  return sight
}

/** More than there is to see does no harm: whatever has the form of an entity or of a look at an attribute counts. */
function collect(json: unknown, into: { readonly entities: Set<string>; readonly attributes: Set<string> }): void {
  if (Array.isArray(json)) for (const each of json) collect(each, into)
  if (!isRecord(json)) return
  // `a.b` names one, `a has b.c` a list.
  for (const name of [json.attr].flat()) if (typeof name === 'string') into.attributes.add(name)
  if (isRef(json)) into.entities.add(nameOf(json))
  for (const each of Object.values(json)) collect(each, into)
}

type Ref = { readonly type: string; readonly id: string }

/**
 * The question with numbers for the ids and nothing for the attributes that the policies cannot tell apart. Two questions
 * with the same likeness get the same answer. INVARIANT: equal ids get equal numbers, others get others.
 */
export function likenessOf(question: Question, { entities, attributes }: Sight): Question {
  const numbers = new Map<string, string>()
  const numbered = (ref: Ref): Ref => {
    const name = nameOf(ref)
    if (!declaredTypes.has(ref.type) || entities.has(name)) return ref
    let id = numbers.get(name)
    if (id === undefined) {
      // No name in a bundle begins with it, but an id that a policy writes down may be anything.
      id = `~${numbers.size}`
      while (entities.has(nameOf({ type: ref.type, id }))) id = `~${id}`
      numbers.set(name, id)
    }
    return { type: ref.type, id }
  }
  // The place before the people: of the many plants a person acts for, the asset's is the one that differs.
  for (const { uid } of question.entities.toReversed()) if (isRef(uid)) numbered(uid)

  function levelled(value: unknown): unknown {
    if (isRef(value)) return numbered(value)
    // Every list in a question is a set to the engine.
    if (Array.isArray(value)) return value.map(levelled).toSorted(inOrder)
    if (!isRecord(value)) return value
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, levelled(each)]))
  }
  const attributesOf = (attrs: object): unknown =>
    Object.fromEntries(
      Object.entries(attrs).map(([name, value]) => [name, levelled(attributes.has(name) ? value : blank(value))]),
    )
  return {
    principal: levelled(question.principal) as Question['principal'],
    action: question.action,
    resource: levelled(question.resource) as Question['resource'],
    context: levelled(question.context) as Question['context'],
    entities: question.entities.map(
      ({ uid, attrs, parents }) =>
        ({
          uid: levelled(uid),
          attrs: attributesOf(attrs),
          parents: levelled(parents),
        }) as Question['entities'][number],
    ),
  }
}

/** A value of the same type that says nothing; an entity stays, for its type is known and its id has its number. */
function blank(value: unknown): unknown {
  if (Array.isArray(value)) return []
  if (typeof value === 'string') return ''
  if (typeof value === 'number') return 0
  return typeof value === 'boolean' ? false : value
}

function inOrder(a: unknown, b: unknown): number {
  const [one, other] = [keyOf(a), keyOf(b)]
  return one < other ? -1 : one > other ? 1 : 0
}

function keyOf(value: unknown): string {
  return isRef(value) ? nameOf(value) : JSON.stringify(value)
}

function nameOf({ type, id }: Ref): string {
  return `${type}::${JSON.stringify(id)}`
}

function isRef(value: unknown): value is Ref {
  return isRecord(value) && typeof value.type === 'string' && typeof value.id === 'string'
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
