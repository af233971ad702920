// What is kept between commands: for each gateway one file with its address, its CA, who is logged in and the refresh
// cookie; and which gateway was last logged in to. Files are 0600 in a 0700 folder and are replaced in one step, because
// a refresh token works once: the new one must be on disk before the old one's answer is used.

import { randomBytes } from 'node:crypto'
import { chmod, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, isAbsolute, join } from 'node:path'
import { codeOf, Failure, messageOf } from './failure.ts'

export interface Cookie {
  readonly name: string
  readonly value: string
  readonly path: string
}

export interface Session {
  /** `https://host:port`, as `parseServer` gives it. */
  readonly url: string
  /** PEM of the CA the gateway's certificate must be of; null takes the machine's own CAs. */
  readonly ca: string | null
  readonly login: string
  /** Null after a logout: the address stays known. */
  readonly refresh: Cookie | null
}

const format = 'sallyport-login/v1'
const maxBytes = 1 << 20

/** `$XDG_STATE_HOME/sallyport`, or `~/.local/state/sallyport` (XDG base directory specification 0.8). */
export function stateFolder(env: Readonly<Record<string, string | undefined>>): string {
  const given = env['XDG_STATE_HOME']
  // The specification says that a relative path is to be ignored.
  const base = given !== undefined && isAbsolute(given) ? given : join(env['HOME'] ?? homedir(), '.local', 'state')
  return join(base, 'sallyport')
}

/** The file of one gateway: named by host and port, so that a person finds it. */
export function sessionPath(folder: string, url: string): string {
  const { hostname, port } = new URL(url)
  return join(folder, `${hostname.replace(/[^a-z0-9.-]/g, '_')}-${port === '' ? '443' : port}.json`)
}

const currentPath = (folder: string): string => join(folder, 'current')

/** The gateway of the last login, or null. */
export async function readCurrent(folder: string): Promise<string | null> {
  const text = await readPrivate(currentPath(folder))
  return text === null ? null : text.trim()
}

/**
 * What is kept for a gateway, or null when nothing is.
 * @throws Failure when the file is not one of ours, or others may read it.
 */
export async function readSession(folder: string, url: string): Promise<Session | null> {
  const path = sessionPath(folder, url)
  const text = await readPrivate(path)
  if (text === null) return null
  const session = parseSession(text)
  if (session === null || session.url !== url) {
    throw new Failure(`login file \`${path}\`: expected what \`sallyport login\` writes: remove it and log in again`)
  }
  return session
}

/** Reads the text of a session file; null when it is not one. */
export function parseSession(text: string): Session | null {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
  if (!isRecord(value) || value['format'] !== format) return null
  const { url, ca, login, refresh } = value
  if (typeof url !== 'string' || typeof login !== 'string' || (ca !== null && typeof ca !== 'string')) return null
  if (refresh === null) return { url, ca, login, refresh }
  if (!isRecord(refresh)) return null
  const { name, value: token, path } = refresh
  if (typeof name !== 'string' || typeof token !== 'string' || typeof path !== 'string') return null
  return { url, ca, login, refresh: { name, value: token, path } }
}

export function sessionText({ url, ca, login, refresh }: Session): string {
  return `${JSON.stringify({ format, url, login, refresh, ca }, null, 2)}\n`
}

/** Writes the session durably, in one step, and makes its gateway the current one. */
export async function writeSession(folder: string, session: Session): Promise<void> {
  await replaceFile(sessionPath(folder, session.url), sessionText(session))
  await replaceFile(currentPath(folder), `${session.url}\n`)
}

/**
 * Runs `work` while no other command uses this gateway's refresh token: two at once would look like a stolen one and
 * end the login. Waits for the other; a lock older than `staleMs` was left by a command that died.
 */
export async function withSessionLock<T>(
  folder: string,
  url: string,
  work: () => Promise<T>,
  options: { readonly staleMs: number; readonly pause: () => Promise<void> },
): Promise<T> {
  const lock = `${sessionPath(folder, url)}.lock`
  await makeFolder(folder)
  while (!(await takeLock(lock))) {
    const made = await stat(lock).catch(ignoreMissing)
    if (made && Date.now() - made.mtimeMs > options.staleMs) await rm(lock, { force: true })
    else await options.pause()
  }
  try {
    return await work()
  } finally {
    await rm(lock, { force: true })
  }
}

async function takeLock(lock: string): Promise<boolean> {
  try {
    await (await open(lock, 'wx', 0o600)).close()
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw new Failure(`login lock \`${lock}\`: ${messageOf(error)}: make its folder writable`, { cause: error })
  }
}

async function readPrivate(path: string): Promise<string | null> {
  const found = await stat(path).catch(ignoreMissing)
  if (!found) return null
  if (process.platform !== 'win32' && (found.mode & 0o077) !== 0) {
    const mode = (found.mode & 0o777).toString(8)
    throw new Failure(
      `login file \`${path}\`: expected mode 600, got ${mode}: others may have read it: log in again after \`rm ${path}\``,
    )
  }
  if (found.size > maxBytes) throw new Failure(`login file \`${path}\`: expected at most ${maxBytes} bytes: remove it`)
  return readFile(path, 'utf8')
}

async function replaceFile(path: string, text: string): Promise<void> {
  await makeFolder(dirname(path))
  const draft = `${path}.${randomBytes(6).toString('hex')}.tmp`
  try {
    const file = await open(draft, 'wx', 0o600)
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(draft, path)
  } catch (error) {
    await rm(draft, { force: true })
    throw new Failure(`login file \`${path}\`: ${messageOf(error)}: make its folder writable`, { cause: error })
  }
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await chmod(folder, 0o700)
  } catch (error) {
    throw new Failure(`login folder \`${folder}\`: ${messageOf(error)}: set XDG_STATE_HOME to a folder of yours`, {
      cause: error,
    })
  }
}

function ignoreMissing(error: unknown): undefined {
  if (codeOf(error) !== 'ENOENT') throw error
  return undefined
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
