// Sees to it that the web page is built and no older than its sources. Built in the demo's own temporary folder and then
// put in place file by file, the start page last: whoever serves or builds the page at the same time, another demo
// included, finds a whole one at every instant.

import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { copyFile, mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { promisify } from 'node:util'

const root = join(import.meta.dirname, '..', '..')
const app = join(root, 'admin-ui')
const built = join(app, 'dist')
const startPage = 'index.html'
/** What the page is made of; package-lock.json stands for the packages. */
const sources = [
  'admin-ui/src',
  'admin-ui/public',
  'admin-ui/index.html',
  'admin-ui/vite.config.ts',
  'admin-ui/precompress.ts',
  'gateway/contract',
  'package-lock.json',
]

export type PageState =
  | { readonly kind: 'current' }
  | { readonly kind: 'built'; readonly ms: number }
  /** The gateway serves its API alone; `reason` ends in the next step. */
  | { readonly kind: 'missing'; readonly reason: string }

async function filesUnder(path: string): Promise<string[]> {
  if (!(await stat(path)).isDirectory()) return [path]
  const entries = await readdir(path, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
}

async function changedAt(path: string): Promise<number> {
  try {
    return (await stat(path)).mtimeMs
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    return 0
  }
}

/** Whether the built page is missing or older than what it is made of. */
export async function isPageStale(page: string = built): Promise<boolean> {
  const at = await changedAt(join(page, startPage))
  if (at === 0) return true
  for (const source of sources)
    for (const file of await filesUnder(join(root, source))) if ((await changedAt(file)) > at) return true
  return false
}

/**
 * Puts the files of `from` in the place of those in `to`. Each appears whole; the start page comes when all it names is
 * there, and what belongs to no page any longer goes last.
 * @param at what the start page's time becomes: when building began, so that a change meanwhile shows as one.
 */
export async function publishPage(from: string, to: string, at: Date): Promise<void> {
  const names = (await filesUnder(from)).map((file) => relative(from, file))
  if (!names.includes(startPage)) throw new Error(`the build made no ${startPage}`)
  await mkdir(to, { recursive: true })
  for (const name of [...names.filter((file) => file !== startPage), startPage]) {
    const place = join(to, name)
    const fresh = `${place}.${randomBytes(6).toString('hex')}.new`
    await mkdir(dirname(place), { recursive: true })
    try {
      await copyFile(join(from, name), fresh)
      await utimes(fresh, at, at)
      await rename(fresh, place)
    } finally {
      await rm(fresh, { force: true })
    }
  }
  const kept = new Set(names)
  for (const file of await filesUnder(to)) {
    const name = relative(to, file)
    // Another demo's file on its way in is not ours to remove.
    if (!kept.has(name) && !name.endsWith('.new')) await rm(file, { force: true })
  }
}

/**
 * Builds the page unless it is current.
 * @param scratch a folder that does not exist yet and is removed with the demo.
 * @throws with what the build said when it fails.
 */
export async function buildPage(scratch: string, onBuild: () => void, signal: AbortSignal): Promise<PageState> {
  if (!(await isPageStale())) return { kind: 'current' }
  let vite: string
  try {
    vite = join(dirname(createRequire(import.meta.url).resolve('vite/package.json')), 'bin', 'vite.js')
  } catch {
    // Resolving fails for one reason only: the package is not there.
    return { kind: 'missing', reason: 'the build tools are not installed: run `npm ci` with development dependencies' }
  }
  onBuild()
  const started = new Date()
  const argv = [vite, 'build', app, '--outDir', scratch, '--emptyOutDir', '--logLevel', 'error']
  // The build tools leave a compile cache in the machine's folder for temporary files unless told otherwise.
  const env = { ...process.env, NODE_DISABLE_COMPILE_CACHE: '1' }
  try {
    await promisify(execFile)(process.execPath, argv, { cwd: root, env, signal, maxBuffer: 16 * 1024 * 1024 })
  } catch (error) {
    if (signal.aborted) throw error
    const { stderr = '', message } = error as Error & { stderr?: string }
    throw new Error(`the web page could not be built: ${stderr.trim() || message}`, { cause: error })
  }
  await publishPage(scratch, built, started)
  return { kind: 'built', ms: Date.now() - started.getTime() }
}
