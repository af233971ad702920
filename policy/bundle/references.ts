// Names declared in one file and used in another. Sections declare and refer as they go; the check comes when every
// file has been read, so that the order of files does not matter and a broken entry is not reported twice.

import { quote } from '../ids.ts'
import { suggestion, type Problems, type Spot } from './problem.ts'

export type Named = 'plant' | 'zone' | 'conduit' | 'asset' | 'supplier' | 'risk' | 'control' | 'scope rule' | 'policy'

export class References {
  readonly #declared = new Map<Named, Map<string, Spot>>()
  readonly #used: { readonly what: Named; readonly id: string; readonly at: Spot }[] = []
  readonly #unread = new Set<Named>()
  readonly #problems: Problems

  constructor(problems: Problems) {
    this.#problems = problems
  }

  /** Report the second declaration of a name. */
  declare(what: Named, id: string, at: Spot): void {
    const all = this.#declared.get(what) ?? new Map<string, Spot>()
    this.#declared.set(what, all)
    const first = all.get(id)
    if (first === undefined) {
      all.set(id, at)
      return
    }
    const where = first.line === null ? first.file : `${first.file}:${first.line}`
    this.#problems.report(at, `duplicate ${what} ${quote(id)}: first declared at ${where}`)
  }

  refer(what: Named, id: string, at: Spot): void {
    this.#used.push({ what, id, at })
  }

  /** The place where these are declared could not be read: that has been reported, and nothing can be said of uses. */
  unread(what: Named): void {
    this.#unread.add(what)
  }

  /** Report every use of a name nobody declared. */
  check(): void {
    for (const { what, id, at } of this.#used) {
      if (this.#unread.has(what)) continue
      const declared = this.#declared.get(what)
      if (declared?.has(id)) continue
      const hint = suggestion(id, declared?.keys() ?? []) || `: declare it, or name a declared ${what}`
      this.#problems.report(at, `unknown ${what} ${quote(id)}${hint}`)
    }
  }
}
