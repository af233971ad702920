// Paths on a target and the patterns that rules name them by: absolute, with `*` inside a name and `**` for any number
// of names, none included, so that `/opt/plc/**` is the folder and all that is in it. No expression of anybody's is run:
// each comparison takes at most the product of the two lengths.

import { quote } from './ids.ts'

/** Characters of a pattern, and names in it. */
export const longestPattern = 400
export const mostNames = 40
/** Patterns that one request asks for: what an approver reads at a glance. */
export const mostGrantedPaths = 20

/** Of a path as it comes from a client: PATH_MAX of Linux. */
const longestPath = 4_096

/** Why this is no pattern, in one clause; null where it is one. */
export function faultOfPattern(pattern: string): string | null {
  if (pattern.length > longestPattern)
    return `expected at most ${longestPattern} characters in a path, got ${pattern.length}`
  const fault = faultOfAbsolute(pattern)
  if (fault !== null) return fault
  const names = namesOf(pattern)
  if (names.length > mostNames) return `expected at most ${mostNames} names in a path, got ${names.length}`
  const odd = names.find((name) => name !== '**' && name.includes('**'))
  return odd === undefined
    ? null
    : `\`**\` stands for whole names and not for a part of one, got ${quote(odd)}: write \`*\` inside a name`
}

/** Why this is no canonical absolute path, in one clause; null where it is one. `/` is the root. */
export function faultOfPath(path: string): string | null {
  if (path.length > longestPath) return `expected a path of at most ${longestPath} characters, got ${path.length}`
  return faultOfAbsolute(path)
}

function faultOfAbsolute(path: string): string | null {
  if (!path.startsWith('/')) return `expected an absolute path, beginning with \`/\`, got ${quote(path)}`
  // A Windows target takes it for a separator, and would reach what no rule was asked about.
  if (path.includes('\\')) return `expected \`/\` between names, got a backslash in ${quote(path)}`
  if (path.includes('\0')) return 'expected a path without zero bytes, got one'
  if (path === '/') return null
  const odd = namesOf(path).find((name) => name === '' || name === '.' || name === '..')
  if (odd === undefined) return null
  return odd === ''
    ? `expected one \`/\` between names and none at the end, got ${quote(path)}`
    : `expected no \`${odd}\` in a path, got ${quote(path)}`
}

/** Does the pattern mean this canonical path? */
export function isMeant(pattern: string, path: string): boolean {
  const wanted = namesOf(pattern)
  return reached(wanted, namesOf(path)).has(wanted.length)
}

/** Does it mean the path and everything that may ever be below it? Said only where the pattern ends in `**`. */
export function isMeantWithAll(pattern: string, path: string): boolean {
  return namesOf(pattern).at(-1) === '**' && isMeant(pattern, path)
}

/** Might it mean the path, or something below it? */
export function touchesTree(pattern: string, path: string): boolean {
  return reached(namesOf(pattern), namesOf(path)).size > 0
}

/**
 * Is all that one pattern means meant by another? Said only where it can be shown name by name: a star of the inner one is
 * met by a star alone, or by the very same name.
 */
export function isPatternWithin(inner: string, outer: string): boolean {
  if (faultOfPattern(inner) !== null) return false
  const [some, wanted] = [namesOf(inner), namesOf(outer)]
  let at = passed(new Set([0]), wanted)
  for (const name of some) {
    const next = new Set<number>()
    for (const position of at) {
      const want = wanted[position]
      if (want === undefined) continue
      if (want === '**') next.add(position)
      else if (name !== '**' && (want === '*' || want === name || (!name.includes('*') && isNamed(want, name))))
        next.add(position + 1)
    }
    at = passed(next, wanted)
    if (at.size === 0) return false
  }
  return at.has(wanted.length)
}

/** Might one path be meant by both? Errs to yes: names with stars in both are held against each other by their ends. */
export function mayMeet(one: string, other: string): boolean {
  const [some, others] = [namesOf(one), namesOf(other)]
  const width = others.length + 1
  const seen = new Set<number>()
  const open = [0]
  for (let state = open.pop(); state !== undefined; state = open.pop()) {
    if (seen.has(state)) continue
    seen.add(state)
    const [i, j] = [Math.floor(state / width), state % width]
    if (i === some.length && j === others.length) return true
    const [a, b] = [some[i], others[j]]
    // `**` ends here, or takes one more name of the other.
    if (a === '**') open.push(state + width)
    if (b === '**') open.push(state + 1)
    if (a === '**' && b !== undefined) open.push(state + 1)
    if (b === '**' && a !== undefined) open.push(state + width)
    if (a !== undefined && b !== undefined && a !== '**' && b !== '**' && mayBeNamed(a, b)) open.push(state + width + 1)
  }
  return false
}

function mayBeNamed(a: string, b: string): boolean {
  if (!a.includes('*')) return isNamed(b, a)
  if (!b.includes('*')) return isNamed(a, b)
  const ends = (want: string) => ({
    head: want.slice(0, want.indexOf('*')),
    tail: want.slice(want.lastIndexOf('*') + 1),
  })
  const [one, other] = [ends(a), ends(b)]
  const headsFit = one.head.startsWith(other.head) || other.head.startsWith(one.head)
  return headsFit && (one.tail.endsWith(other.tail) || other.tail.endsWith(one.tail))
}

/**
 * A path as a target might take it that folds names: Windows knows no case, cuts dots and spaces at the end of a name,
 * and reads what stands after `:` as a stream of the same file. For rules that forbid, and for what is strictest: there a
 * likeness is enough. Never for what is allowed.
 */
export function foldPath(path: string): string {
  const names = namesOf(path).map((name, i) => {
    const whole = name.normalize('NFC').toLowerCase()
    if (i === 0 && /^[a-z]:$/.test(whole)) return whole
    const [plain = ''] = whole.split(':', 1)
    // `**` and a name of dots alone stay what they are.
    return plain.replace(/(?<=[^. ])[. ]+$/, '') || whole
  })
  return `/${names.join('/')}`
}

function namesOf(path: string): readonly string[] {
  return path === '/' ? [] : path.slice(1).split('/')
}

/** How far into the pattern the names may lead: positions of the pattern at which a further name would be compared. */
function reached(wanted: readonly string[], names: readonly string[]): ReadonlySet<number> {
  let at = passed(new Set([0]), wanted)
  for (const name of names) {
    const next = new Set<number>()
    for (const position of at) {
      const want = wanted[position]
      if (want === undefined) continue
      if (want === '**') next.add(position)
      else if (isNamed(want, name)) next.add(position + 1)
    }
    at = passed(next, wanted)
    if (at.size === 0) break
  }
  return at
}

/** `**` may stand for no name at all. */
function passed(positions: Set<number>, wanted: readonly string[]): Set<number> {
  // Grows while it is walked; each position is met once.
  for (const position of positions) if (wanted[position] === '**') positions.add(position + 1)
  return positions
}

/** One name against one with `*`. Only the last star is ever tried again: the product of both lengths at most. */
function isNamed(want: string, name: string): boolean {
  let [w, n] = [0, 0]
  let star = -1
  let from = 0
  while (n < name.length) {
    if (want[w] === '*') {
      star = w++
      from = n
    } else if (w < want.length && want[w] === name[n]) {
      w++
      n++
    } else if (star >= 0) {
      w = star + 1
      n = ++from
    } else return false
  }
  while (want[w] === '*') w++
  return w === want.length
}
