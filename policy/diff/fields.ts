// What differs between two declared things, field by field, as short text. Knows plain values only: what a field means
// is effects.ts's.

/** One field that differs. `from` is null where it was not there, `to` where it is not there any more. */
export interface FieldChange {
  /** As `contract.until` or `endpoints`. */
  readonly path: string
  readonly from: string | null
  readonly to: string | null
}

/** A pinned key or a long reason is recognised by its beginning. */
const longestValue = 160

/**
 * The fields in which two values differ, in the order of the first, then what only the second has. Lists are compared
 * whole, and lists of words as sets: their order says nothing.
 */
export function fieldChanges(from: unknown, to: unknown, path = ''): FieldChange[] {
  if (isSame(from, to)) return []
  if (!isMap(from) || !isMap(to)) return [{ path: path || 'value', from: asText(from), to: asText(to) }]
  const names = [...new Set([...Object.keys(from), ...Object.keys(to)])]
  return names.flatMap((name) => fieldChanges(own(from, name), own(to, name), path === '' ? name : `${path}.${name}`))
}

/** Deep equality of plain values; lists of words are equal in any order. */
export function isSame(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true
  if (Array.isArray(one) && Array.isArray(other)) {
    if (one.length !== other.length) return false
    if (one.every((item, i) => isSame(item, other[i]))) return true
    if (!one.every(isWord) || !other.every(isWord)) return false
    const sorted = other.toSorted(byName)
    return one.toSorted(byName).every((word, i) => word === sorted[i])
  }
  if (!isMap(one) || !isMap(other)) return false
  // A hundred thousand assets are compared: a field that only one has is found from its own side.
  return (
    Object.keys(one).every((name) => isSame(one[name], own(other, name))) &&
    Object.keys(other).every((name) => Object.hasOwn(one, name) || other[name] === undefined)
  )
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
  const text =
    Array.isArray(value) && value.every(isWord)
      ? value.join(', ') || 'none'
      : isWord(value)
        ? String(value)
        : JSON.stringify(value)
  return text.length > longestValue ? `${text.slice(0, longestValue - 3)}...` : text
}

function isWord(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
