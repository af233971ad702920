// What program this gateway is: one digest over its own files, so that a file somebody changed on the machine shows at the
// next start (IEC 62443-3-3 SR 3.4). The packages it depends on are told by the lock file, whose digests npm holds them to
// when it installs them, and not looked at again.

import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { isAbsent } from '../start-problem.ts'

const here = join(import.meta.dirname, '..', '..')
// A part that is not installed (pages that were not built, a lock file that was left out) is no part of the program.
const folders = ['gateway', 'policy', 'recorder', join('admin-ui', 'dist')]
const files = ['package.json', 'package-lock.json']
/** Besides the program itself: what tests and builds leave there. */
const left = new Set(['node_modules', '.tsc'])

/**
 * `sha256:` and the SHA-256, in hex, over one line for each file of the program in the order of their paths: the SHA-256 of the
 * file in hex, two spaces, its path with `/`, and a line feed. That is what `sha256sum` prints, so that it can be computed
 * without this program.
 * @param root folder of the program; its own, where it is left out.
 */
export async function programDigest(root: string = here): Promise<string> {
  const paths = [...files]
  for (const folder of folders) paths.push(...(await filesIn(join(root, folder))).map((path) => relative(root, path)))
  const whole = createHash('sha256')
  for (const path of paths.map((name) => name.split(sep).join('/')).sort()) {
    const digest = await digestOf(join(root, path))
    if (digest !== null) whole.update(`${digest}  ${path}\n`)
  }
  return `sha256:${whole.digest('hex')}`
}

async function filesIn(folder: string): Promise<readonly string[]> {
  const found: string[] = []
  for (const entry of await entriesIn(folder)) {
    if (left.has(entry.name)) continue
    const path = join(folder, entry.name)
    if (entry.isDirectory()) found.push(...(await filesIn(path)))
    else if (entry.isFile()) found.push(path)
  }
  return found
}

async function entriesIn(folder: string) {
  try {
    return await readdir(folder, { withFileTypes: true })
  } catch (error) {
    if (isAbsent(error)) return []
    throw error
  }
}

async function digestOf(path: string): Promise<string | null> {
  try {
    return createHash('sha256')
      .update(await readFile(path))
      .digest('hex')
  } catch (error) {
    if (isAbsent(error)) return null
    throw error
  }
}
