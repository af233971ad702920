// Freezes what a bundle is made of: everybody is handed the same values, and nobody may change what is decided by.

/** The entries of a Map or Set can't be frozen; the values are, and the type is read-only. Gives the value back. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  const inner: Iterable<unknown> = value instanceof Map || value instanceof Set ? value.values() : Object.values(value)
  Object.freeze(value)
  for (const each of inner) deepFreeze(each)
  return value
}
