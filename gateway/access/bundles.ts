// The bundle in force. Read from a folder, parsed whole, and put in force as evidence; what was in force before stays in
// the store with its digest.

import { readdir, readFile } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { parseBundle, type Bundle, type Problem } from '../../policy/index.ts'
import type { Clock } from '../clock.ts'
import type { Store } from '../store/store.ts'

export type LoadedBundle =
  | { readonly kind: 'ok'; readonly bundle: Bundle; readonly files: ReadonlyMap<string, string> }
  | { readonly kind: 'invalid'; readonly problems: readonly Problem[] }

/** No declared plant needs more; a larger folder is not a bundle. */
const maxFileBytes = 4 * 1024 * 1024

/**
 * Reads and parses a bundle folder.
 * @throws when the folder cannot be read.
 */
export async function loadBundle(folder: string): Promise<LoadedBundle> {
  const files = new Map<string, string>()
  const problems: Problem[] = []
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isDirectory()) continue
    const path = join(entry.parentPath, entry.name)
    const name = relative(folder, path).split(sep).join('/')
    const problem = (reason: string): number => problems.push({ file: name, path: '', line: null, reason })
    if (!entry.isFile()) {
      problem('expected a plain file, got a link or device: copy the file here instead')
      continue
    }
    const bytes = await readFile(path)
    if (bytes.length > maxFileBytes) {
      problem(`expected at most ${maxFileBytes} bytes, got ${bytes.length}`)
      continue
    }
    try {
      files.set(name, new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    } catch (error) {
      if (!(error instanceof TypeError)) throw error
      problem('expected UTF-8 text')
    }
  }
  const parsed = parseBundle(files)
  if (parsed.kind === 'invalid') return { kind: 'invalid', problems: [...problems, ...parsed.problems] }
  if (problems.length > 0) return { kind: 'invalid', problems }
  return { kind: 'ok', bundle: parsed.bundle, files }
}

/** Puts a bundle in force. Does nothing when it already is. */
export async function activateBundle(
  store: Store,
  bundle: Bundle,
  files: ReadonlyMap<string, string>,
  clock: Clock,
): Promise<void> {
  const previous = await store.bundles.latest()
  if (previous?.digest === bundle.digest) return
  const now = clock.now()
  await store.change(async ({ bundles, ledger }) => {
    const scopeVersion = bundle.scope.version
    await bundles.put({ digest: bundle.digest, scopeVersion, activatedAt: now, files })
    await ledger.append('policy.changed', now, { from: previous?.digest ?? null, to: bundle.digest, scopeVersion })
    if (previous?.scopeVersion !== scopeVersion)
      await ledger.append('scope.version_published', now, { scopeVersion, bundle: bundle.digest })
  })
}
