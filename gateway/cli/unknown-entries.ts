// Collects, while a ledger is verified, the entries that this version of Sallyport does not know by type or by what they
// carry. It says so for information: another version wrote them, and whether the ledger holds is the recorder's to say.

import type { EventCheck } from '../../policy/index.ts'
import type { ParsedEntry } from '../../recorder/index.ts'

export interface UnknownKind {
  readonly type: string
  /** `type`: there is none of this name. `data`: the type is known, and what stands in it is otherwise. */
  readonly of: 'type' | 'data'
  readonly entries: number
  /** Number of the first of them in the ledger. */
  readonly first: number
  /** What is otherwise in the first of them. */
  readonly faults: readonly string[]
}

export interface UnknownEntries {
  readonly entries: number
  readonly kinds: readonly UnknownKind[]
}

/** A stranger's ledger may name as many types as it has entries: of more than this only the number is kept. */
const mostKinds = 50

export class UnknownEntryCounter {
  readonly #check: (type: string, data: unknown) => EventCheck
  readonly #kinds = new Map<string, UnknownKind>()
  #entries = 0

  constructor(check: (type: string, data: unknown) => EventCheck) {
    this.#check = check
  }

  readonly visit = (index: number, { type, data }: ParsedEntry): void => {
    const check = this.#check(type, data)
    if (check.kind === 'known') return
    this.#entries++
    const of = check.kind === 'unknown-type' ? 'type' : 'data'
    const key = `${of} ${type}`
    const known = this.#kinds.get(key)
    if (known !== undefined) this.#kinds.set(key, { ...known, entries: known.entries + 1 })
    else if (this.#kinds.size < mostKinds) {
      const faults = check.kind === 'unknown-type' ? [] : check.faults
      this.#kinds.set(key, { type, of, entries: 1, first: index, faults })
    }
  }

  found(): UnknownEntries {
    return { entries: this.#entries, kinds: [...this.#kinds.values()] }
  }
}

/** Lines for a person; none where everything is known. */
export function formatUnknownEntries({ entries, kinds }: UnknownEntries): string[] {
  if (entries === 0) return []
  const counted = kinds.reduce((sum, kind) => sum + kind.entries, 0)
  return [
    `note: ${sayEntries(entries)} of a type or with data that this version of Sallyport does not know. That is no fault:`,
    '      another version wrote them. They are verified like all others; what they say is not read here.',
    ...kinds.map(({ type, of, entries: number, first, faults }) =>
      of === 'type'
        ? `      \`${type}\`: unknown type, ${sayEntries(number)}, the first is ${first}`
        : `      \`${type}\`: unknown data, ${sayEntries(number)}, the first is ${first}: ${faults.join('; ')}`,
    ),
    ...(counted === entries ? [] : [`      and ${sayEntries(entries - counted)} of other types`]),
  ]
}

function sayEntries(count: number): string {
  return `${count} ${count === 1 ? 'entry' : 'entries'}`
}
