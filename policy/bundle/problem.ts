// What is wrong with a bundle. Readers report here and go on, so that one check names every problem at once.

import { quote } from '../ids.ts'

export interface Problem {
  readonly file: string
  /** Where inside the file, as `assets[3].zone`; empty for the file as a whole. */
  readonly path: string
  /** Counted from 1; null where no line can be named. */
  readonly line: number | null
  readonly reason: string
}

/** A place a problem can be pinned to. */
export interface Spot {
  readonly file: string
  readonly path: string
  readonly line: number | null
}

/** A hostile file can be wrong in a million ways; nobody reads past a few hundred. */
const most = 500

export class Problems {
  readonly #found: Problem[] = []
  readonly #said = new Set<string>()
  #more = 0

  /** The same said again of the same place is said once: a wrong constant is wrong in every row of a table. */
  report(spot: Spot, reason: string): void {
    const said = `${spot.file}\n${spot.line}\n${spot.path}\n${reason}`
    if (this.#said.has(said)) return
    if (this.#found.length < most) {
      this.#said.add(said)
      this.#found.push({ file: spot.file, path: spot.path, line: spot.line, reason })
    } else {
      this.#more += 1
    }
  }

  get isEmpty(): boolean {
    return this.#found.length === 0
  }

  /** Every problem, by file and line; the last entry says how many were left off, if any. */
  list(): readonly Problem[] {
    const sorted = this.#found.toSorted(
      (a, b) => compare(a.file, b.file) || (a.line ?? 0) - (b.line ?? 0) || compare(a.path, b.path),
    )
    if (this.#more === 0) return sorted
    return [...sorted, { file: '', path: '', line: null, reason: `${this.#more} more problems are not listed` }]
  }
}

/** A problem as one line of text: `assets.yaml:14: assets[3].zone: …`. */
export function showProblem(problem: Problem): string {
  const where = problem.line === null ? problem.file : `${problem.file}:${problem.line}`
  return [where, problem.path, problem.reason].filter((part) => part !== '').join(': ')
}

/** The known word somebody probably meant, as the end of a message, or nothing. */
export function suggestion(given: string, known: Iterable<string>): string {
  let best: string | null = null
  // A third of the letters wrong is a slip; more is another word.
  let bestDistance = Math.max(1, Math.floor(given.length / 3)) + 1
  if (given.length > 80) return ''
  for (const word of known) {
    const far = distance(given.toLowerCase(), word.toLowerCase(), bestDistance)
    if (far < bestDistance) {
      best = word
      bestDistance = far
    }
  }
  return best === null ? '' : `: did you mean ${quote(best)}?`
}

/** Levenshtein distance, or `limit` when it is at least that. */
function distance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const swap = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return Math.min(row[b.length] ?? limit, limit)
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
