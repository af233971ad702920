// Compiled code kept from one start to the next, so that a command line answers sooner and a gateway stands sooner: V8
// need not parse and Node need not strip types again of what has not changed since. Called by what a person starts, before
// anything else is loaded. Processes that these start are told the folder; workers, which Node's permission model holds,
// have nothing of it: Node reads such a folder only where it may also write it, and what a worker could write there, the
// next start would run.

import { lstatSync, mkdirSync } from 'node:fs'
import { constants, enableCompileCache, flushCompileCache, getCompileCacheDir } from 'node:module'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Where it is kept unless `NODE_COMPILE_CACHE` names another folder; `npm ci` empties it. */
export const compiledFolder: string = fileURLToPath(new URL('../../node_modules/.cache/sallyport', import.meta.url))

/**
 * Keeps compiled code in `folder` from now on, in a folder of this user alone. An installation this user may not write, and a
 * folder that others may write, have none: everything works without it. Node's own `NODE_COMPILE_CACHE` and
 * `NODE_DISABLE_COMPILE_CACHE` have the last word. Answers whether it is kept.
 */
export function keepCompiled(folder: string = compiledFolder): boolean {
  if (process.env['NODE_COMPILE_CACHE'] === undefined && !isOurs(folder)) return false
  const { ENABLED, ALREADY_ENABLED } = constants.compileCacheStatus
  const { status } = enableCompileCache(folder)
  return status === ENABLED || status === ALREADY_ENABLED
}

/** What a process started from here needs in its environment to use the same folder. */
export function compiledEnvironment(): { NODE_COMPILE_CACHE?: string } {
  if (process.env['NODE_DISABLE_COMPILE_CACHE'] !== undefined) return {}
  // Node adds a folder of its own, for its version and its user, to the one it is given.
  const kept = getCompileCacheDir()
  const folder = process.env['NODE_COMPILE_CACHE'] ?? (kept && dirname(kept))
  return folder === undefined ? {} : { NODE_COMPILE_CACHE: folder }
}

/** Writes what was compiled so far: for processes that are killed when they are no longer needed. */
export function saveCompiled(): void {
  flushCompileCache()
}

/**
 * Is it, or can it be made, a folder that nobody else may write? Code is run from there: who can put a file in it, or
 * another folder in its place, can have this user run anything.
 */
function isOurs(folder: string): boolean {
  // Windows has other rights, which are not looked into here.
  const user = process.getuid?.()
  if (user === undefined) return false
  try {
    mkdirSync(dirname(folder), { recursive: true, mode: 0o755 })
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    return [folder, dirname(folder)].every((path) => {
      const found = lstatSync(path)
      return found.isDirectory() && found.uid === user && (found.mode & 0o022) === 0
    })
  } catch (error) {
    // Not writable, or no room, or a file in its place.
    if (error instanceof Error && 'code' in error) return false
    throw error
  }
}
