// Answers of a pure function, remembered: the calendar is asked the same few things of every session of a plant, and
// each answer takes it long. Forgetting one costs time and nothing else.

/**
 * The function, remembering its last answers. `keyOf` has to tell apart whatever the function tells apart; what throws is
 * asked again. Holds between `most` and twice as many answers.
 */
export function remembered<A extends readonly unknown[], T>(
  answer: (...asked: A) => T,
  keyOf: (...asked: A) => string,
  most: number,
): (...asked: A) => T {
  let recent = new Map<string, T>()
  let before = new Map<string, T>()
  return (...asked) => {
    const key = keyOf(...asked)
    const known = recent.get(key)
    if (known !== undefined) return known
    const older = before.get(key)
    const found = older === undefined ? answer(...asked) : older
    if (recent.size >= most) [before, recent] = [recent, new Map()]
    recent.set(key, found)
    return found
  }
}
