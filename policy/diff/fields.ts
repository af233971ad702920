// What differs between two declared things, field by field, as short text. Knows plain values only: what a field means
// is effects.ts's.

/** One field that differs. `from` is null where it was not there, `to` where it is not there any more. */
export interface FieldChange {
  /** As `contract.until` or `endpoints`. */
  readonly path: string
  readonly from: string | null
  readonly to: string | null
}

/** Everything a person could have written by hand is said whole; what is longer says how much is left out. */
const longestValue = 4_000

/**
 * The fields in which two values differ, in the order of the first, then what only the second has. Lists of words are
 * compared as sets: their order says nothing. Lists of things, such as endpoints, are compared thing by thing.
 */
export function fieldChanges(from: unknown, to: unknown, path = ''): FieldChange[] {
  if (isSame(from, to)) return []
  const [before, after] = [namedThings(from), namedThings(to)]
  if (before !== null && after !== null && before.size + after.size > 0) {
    const names = [...new Set([...before.keys(), ...after.keys()])]
    return names.flatMap((name) => fieldChanges(before.get(name), after.get(name), joinPath(path, name)))
  }
  if (!isMap(from) || !isMap(to)) return [{ path: path || 'value', from: asText(from), to: asText(to) }]
  const names = [...new Set([...Object.keys(from), ...Object.keys(to)])]
  return names.flatMap((name) => fieldChanges(own(from, name), own(to, name), joinPath(path, name)))
}

const joinPath = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`)

/** What tells one thing of a list from the next, where it has any of these. */
const nameFields = ['id', 'protocol', 'kind', 'name', 'text'] as const

/** A list of things by their names, or by their places where two share one; null where it is no list of things. */
function namedThings(value: unknown): ReadonlyMap<string, unknown> | null {
  if (!Array.isArray(value) || !value.every(isMap)) return null
  const names = value.map((thing, i) => {
    const field = nameFields.find((name) => typeof own(thing, name) === 'string')
    return field === undefined ? String(i + 1) : String(own(thing, field))
  })
  const isUnique = new Set(names).size === names.length
  return new Map(value.map((thing, i) => [isUnique ? (names[i] ?? '') : String(i + 1), thing]))
}

/**
 * Deep equality of plain values; lists of words are equal in any order. A hundred thousand assets are compared by it:
 * hence the loops, and no second look at the names where both have the same in the same order.
 */
export function isSame(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true
  if (Array.isArray(one)) return Array.isArray(other) && isSameList(one, other)
  if (!isMap(one) || !isMap(other)) return false
  const [names, others] = [Object.keys(one), Object.keys(other)]
  const isSameShape = names.length === others.length && names.every((name, i) => name === others[i])
  for (const name of names) if (!isSame(one[name], isSameShape ? other[name] : own(other, name))) return false
  // A field that only one has is found from its own side.
  return isSameShape || others.every((name) => Object.hasOwn(one, name) || other[name] === undefined)
}

function isSameList(one: readonly unknown[], other: readonly unknown[]): boolean {
  if (one.length !== other.length) return false
  if (one.every((item, i) => isSame(item, other[i]))) return true
  if (!one.every(isWord) || !other.every(isWord)) return false
  const sorted = other.toSorted(byName)
  return one.toSorted(byName).every((word, i) => word === sorted[i])
}

/** A field may be called `toString` or `__proto__`: only what the value itself holds is meant. */
const own = (map: Readonly<Record<string, unknown>>, name: string): unknown =>
  Object.hasOwn(map, name) ? map[name] : undefined

const byName = (one: unknown, other: unknown): number => {
  const [a, b] = [`${typeof one} ${String(one)}`, `${typeof other} ${String(other)}`]
  return a < b ? -1 : a > b ? 1 : 0
}

/** The words two lists do not share; a value that is no list counts as an empty one. */
export function wordChanges(from: unknown, to: unknown): { readonly gone: string[]; readonly come: string[] } {
  const before = words(from)
  const after = words(to)
  return {
    gone: [...before].filter((word) => !after.has(word)),
    come: [...after].filter((word) => !before.has(word)),
  }
}

function words(value: unknown): ReadonlySet<string> {
  return new Set(Array.isArray(value) ? value.map((item) => (isWord(item) ? String(item) : JSON.stringify(item))) : [])
}

function asText(value: unknown): string | null {
  if (value === undefined || value === null) return null
  const text = inWords(value)
  const over = text.length - longestValue
  return over > 0 ? `${text.slice(0, longestValue)}\u2026 (${over} more characters)` : text
}

/** `host 10.1.0.5, port 22, account svc`: as a person would list it. */
function inWords(value: unknown): string {
  if (Array.isArray(value)) return value.map(inWords).join(value.every(isWord) ? ', ' : '; ') || 'none'
  if (!isMap(value)) return isWord(value) ? String(value) : 'none'
  const parts = Object.entries(value).filter(([, each]) => each !== undefined && each !== null)
  return parts.map(([name, each]) => `${name} ${inWords(each)}`).join(', ') || 'nothing'
}

function isWord(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
