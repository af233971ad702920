// Looking things up in the list of an earlier backup, both in the same order: neither is held in memory.

export function lookUpIn<T>(list: AsyncIterator<T>, keyOf: (item: T) => string) {
  let held: T | null = null
  return async (key: string): Promise<T | null> => {
    while (held === null || keyOf(held) < key) {
      const next = await list.next()
      if (next.done === true) return null
      held = next.value
    }
    return keyOf(held) === key ? held : null
  }
}
