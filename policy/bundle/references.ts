// Names declared in one file and used in another. Sections declare and refer as they go; the check comes when every
// file has been read, so that the order of files does not matter and a broken entry is not reported twice.

import { quote } from '../ids.ts'
import { suggestion, type Problems, type Spot } from './problem.ts'

export type Named =
  | 'plant'
  | 'zone'
  | 'conduit'
  | 'asset'
  | 'supplier'
  | 'risk'
  | 'control'
  | 'scope rule'
  | 'policy'
  | 'phase'
  | 'type of a phase'
  | 'shared service'
  | 'dependency'
  | 'controlled label'
  | 'place'
  | 'boundary'
  | 'maintenance window'
  | 'holiday'
  | 'roster'
  | 'exception'
  | 'impact scale'
  | 'incident report'
  | 'standard change'
  | 'expectation'
  | 'training'
  | 'information asset'
  | 'information class'
  | 'interface'
  | 'retention class'
  | 'handling rule'
  | 'file rule'
  | 'agreement'
  | 'physical source'
  | 'drill'

/** Words compared for suggestions in one check: a hostile list of wrong names must not buy hours of reckoning. */
const mostComparisons = 500_000

interface Declared extends Spot {
  readonly zone: string | null
}

export class References {
  readonly #declared = new Map<Named, Map<string, Declared>>()
  readonly #used: { readonly what: Named; readonly id: string; readonly at: Spot }[] = []
  readonly #unread = new Set<Named>()
  readonly #problems: Problems

  constructor(problems: Problems) {
    this.#problems = problems
  }

  /** Report the second declaration of a name. `zone`: where the thing stands, for an asset that would stand in two. */
  declare(what: Named, id: string, at: Spot, zone: string | null = null): void {
    const all = this.#declared.get(what) ?? new Map<string, Declared>()
    this.#declared.set(what, all)
    const first = all.get(id)
    if (first === undefined) {
      all.set(id, { file: at.file, path: at.path, line: at.line, zone })
      return
    }
    const where = first.line === null ? first.file : `${first.file}:${first.line}`
    const elsewhere =
      zone === null || first.zone === null || first.zone === zone
        ? ''
        : `: it stands in zone ${quote(zone)} here and in ${quote(first.zone)} there, expected one zone`
    this.#problems.report(at, `duplicate ${what} ${quote(id)}: first declared at ${where}${elsewhere}`)
  }

  refer(what: Named, id: string, at: Spot): void {
    this.#used.push({ what, id, at: { file: at.file, path: at.path, line: at.line } })
  }

  /** The place where these are declared could not be read: that has been reported, and nothing can be said of uses. */
  unread(what: Named): void {
    this.#unread.add(what)
  }

  /** Report every use of a name nobody declared. */
  check(): void {
    let comparisons = 0
    for (const { what, id, at } of this.#used) {
      if (this.#unread.has(what)) continue
      const declared = this.#declared.get(what)
      if (declared?.has(id)) continue
      comparisons += declared?.size ?? 0
      const known = comparisons <= mostComparisons ? declared?.keys() : undefined
      const hint = suggestion(id, known ?? []) || `: declare it, or name a declared ${what}`
      this.#problems.report(at, `unknown ${what} ${quote(id)}${hint}`)
    }
  }
}
