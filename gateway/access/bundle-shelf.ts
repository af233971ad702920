// Parsed bundles, as few as possible: the one in force, the one before it (a rollback is then a matter of one assignment),
// those somebody looks at now, and the last that somebody looked at, because who proposed it reads it next. The policy engine holds a parsed set outside of the garbage collector's reach, so each
// is counted and let go when nobody holds it. How the files are read, and where, is bundle-parser.ts's.

import { setImmediate as breathe } from 'node:timers/promises'
import { releaseBundle, takeUpBundle, type Bundle, type Problem } from '../../policy/index.ts'
import { readInPlace, type BundleFiles, type ReadFiles } from './bundle-parser.ts'

export interface Held {
  readonly kind: 'ok'
  readonly bundle: Bundle
  readonly warnings: readonly Problem[]
  /** To be called once, when nobody decides under it any more. */
  giveBack(): void
}

/** `bundle-too-costly`: broken off, it would have taken more time or memory than a bundle may. */
export interface NotTaken {
  readonly kind: 'invalid'
  readonly code: 'bundle-invalid' | 'bundle-too-costly'
  readonly problems: readonly Problem[]
}

export type Taken = Held | NotTaken

export interface Shelf {
  /**
   * The parsed bundle of these files; of the shelf where their digest is known and there, else read now. The thread is
   * held for as long as the policy engine needs to take up the policies (some 100 ms for a thousand), and for the
   * reading too where that is done in place. Files that do not have the digest given are invalid.
   */
  take(files: BundleFiles, digest?: string): Promise<Taken>
  /** Puts a bundle that is parsed already on the shelf. */
  keep(bundle: Bundle, warnings: readonly Problem[]): Held
  /** How many somebody holds: for tests. */
  readonly size: number
}

/** A bundle with more assets than this is not kept for who might look at it again: it takes hundreds of megabytes. */
const mostAssetsSpared = 20_000

/** @param read in place, unless said otherwise: a gateway with sessions reads in another process. */
export function openShelf(read: ReadFiles = readInPlace): Shelf {
  const shelf = new Map<string, { readonly bundle: Bundle; readonly warnings: readonly Problem[]; holders: number }>()

  /** The digest of a bundle that nobody holds and that is not let go yet; at most one. */
  let spare: string | null = null

  function letGo(digest: string): void {
    const entry = shelf.get(digest)
    if (!entry) return
    shelf.delete(digest)
    releaseBundle(entry.bundle)
  }

  function hold(digest: string): Held | null {
    const entry = shelf.get(digest)
    if (!entry) return null
    entry.holders += 1
    if (spare === digest) spare = null
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
        if (entry.bundle.assets.size > mostAssetsSpared) return letGo(digest)
        if (spare !== null) letGo(spare)
        spare = digest
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
    async take(files, digest) {
      const there = digest === undefined ? null : hold(digest)
      if (there) return there
      const reading = await read(files)
      if (reading.kind === 'invalid') return notTaken('bundle-invalid', reading.problems)
      if (reading.kind === 'too-costly') return notTaken('bundle-too-costly', [wholeBundle(reading.reason)])
      const found = reading.declared.digest
      if (digest !== undefined && found !== digest) {
        // Somebody wrote into the store beside the gateway: what two people put in force is not what stands there now.
        const reason = `expected files of digest \`${digest}\`, got \`${found}\`: the store was changed`
        return notTaken('bundle-invalid', [wholeBundle(reason)])
      }
      // Taking it up is the longest stretch of all: others come before it, and before whoever waits for it.
      await breathe()
      // INVARIANT: nothing is awaited from here to `keep`. Somebody giving back the same bundle in between would take
      // the policies out of the engine that were just put in.
      const meanwhile = hold(found)
      if (meanwhile) return meanwhile
      const taken = takeUpBundle(reading.declared, reading.warnings)
      if (taken.kind === 'invalid') return notTaken('bundle-invalid', taken.problems)
      const held = keep(taken.bundle, taken.warnings)
      await breathe()
      return held
    },
    keep,
    get size() {
      return [...shelf.values()].filter(({ holders }) => holders > 0).length
    },
  }
}

function notTaken(code: NotTaken['code'], problems: readonly Problem[]): NotTaken {
  return { kind: 'invalid', code, problems }
}

function wholeBundle(reason: string): Problem {
  return { file: '', path: '', line: null, reason }
}
