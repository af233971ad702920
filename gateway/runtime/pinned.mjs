// Finds the Node.js that this installation pins, and judges whether a version can run the sources.
// Plain JavaScript for old Nodes too: it is what runs before the right Node is known.

import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder that holds package.json. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

/** The major version the sources are written for; package.json pins a release of it under optionalDependencies. */
export const wantedMajor = 24

/** Whether this Node can run the sources: it strips types by itself, and ssh2's native binding compiles against it. */
export function isSupported(version) {
  return Number(version.split('.')[0]) === wantedMajor
}

/** The pinned runtime of this platform, or null where npm installed none (macOS, Windows, `--omit=optional`, musl). */
export function findPinned() {
  const folder = join(root, 'node_modules', `node-${process.platform}-${process.arch}`)
  const program = join(folder, 'bin', 'node')
  return existsSync(program) ? { program } : null
}
