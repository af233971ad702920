// Parsed bundles, as few as possible: the one in force, the one before it (a rollback is then a matter of one assignment),
// and those somebody looks at now. The policy engine holds a parsed set outside of the garbage collector's reach, so each
// is counted and let go when nobody holds it.

import { parseBundle, releaseBundle, type Bundle, type Problem } from '../../policy/index.ts'

export interface Held {
  readonly kind: 'ok'
  readonly bundle: Bundle
  readonly warnings: readonly Problem[]
  /** To be called once, when nobody decides under it any more. */
  giveBack(): void
}

export type Taken = Held | { readonly kind: 'invalid'; readonly problems: readonly Problem[] }

export interface Shelf {
  /**
   * The parsed bundle of these files; of the shelf where their digest is known and there, else parsed now, which takes
   * the thread for as long as it takes (a second for some 10,000 assets). Files that do not have the digest given are
   * invalid.
   */
  take(files: ReadonlyMap<string, string>, digest?: string): Taken
  /** Puts a bundle that is parsed already on the shelf. */
  keep(bundle: Bundle, warnings: readonly Problem[]): Held
  /** How many are held: for tests. */
  readonly size: number
}

export function openShelf(): Shelf {
  const shelf = new Map<string, { readonly bundle: Bundle; readonly warnings: readonly Problem[]; holders: number }>()

  function hold(digest: string): Held | null {
    const entry = shelf.get(digest)
    if (!entry) return null
    entry.holders += 1
    let given = false
    return {
      kind: 'ok',
      bundle: entry.bundle,
      warnings: entry.warnings,
      giveBack() {
        if (given) return
        given = true
        entry.holders -= 1
        if (entry.holders > 0) return
        shelf.delete(digest)
        releaseBundle(entry.bundle)
      },
    }
  }

  function keep(bundle: Bundle, warnings: readonly Problem[]): Held {
    // Parsing the same files again puts the same policies under the same name; the first bundle stays good.
    if (!shelf.has(bundle.digest)) shelf.set(bundle.digest, { bundle, warnings, holders: 0 })
    const held = hold(bundle.digest)
    if (!held) throw new Error(`bundle \`${bundle.digest}\`: not on the shelf it was just put on`)
    return held
  }

  return {
    take(files, digest) {
      const there = digest === undefined ? null : hold(digest)
      if (there) return there
      const parsed = parseBundle(files)
      if (parsed.kind === 'invalid') return parsed
      if (digest !== undefined && parsed.bundle.digest !== digest) {
        // Somebody wrote into the store beside the gateway: what two people put in force is not what stands there now.
        releaseBundle(parsed.bundle)
        const reason = `expected files of digest \`${digest}\`, got \`${parsed.bundle.digest}\`: the store was changed`
        return { kind: 'invalid', problems: [{ file: '', path: '', line: null, reason }] }
      }
      return keep(parsed.bundle, parsed.warnings)
    },
    keep,
    get size() {
      return shelf.size
    },
  }
}
