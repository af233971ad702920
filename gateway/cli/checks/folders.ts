// Doctor on disks: can evidence be written, and for how long.

import { randomBytes } from 'node:crypto'
import { open, rm, stat, statfs } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Config } from '../../config.ts'
import { unsealedSessions } from '../../../recorder/index.ts'
import { leastFreeBytes } from '../../data-folder.ts'
import { liveFoldersIn } from '../../evidence/live-folders.ts'
import { codeOf, messageOf } from '../failure.ts'
import { plain } from '../plain.ts'
import { fail, ok, warn, type Check } from './check.ts'

const mebibyte = 1024 * 1024
/** A day of busy terminals. */
const little = 1024 * mebibyte

export async function checkFolders(config: Config): Promise<Check[]> {
  return [await checkData(config.dataFolder), await checkRecordings(join(config.dataFolder, 'recordings'))]
}

async function checkData(folder: string): Promise<Check> {
  const what = 'data folder'
  const name = plain(folder)
  const found = await stat(folder).catch((error: unknown) => codeOf(error))
  if (found === 'ENOENT') {
    const parent = await stat(dirname(folder)).catch(() => null)
    if (parent?.isDirectory() === true) return warn(what, `${name}: is not there yet`, 'the first start makes it')
    return fail(what, `${name}: neither it nor its parent is there`, 'make the parent, or set dataFolder')
  }
  if (typeof found === 'string') return fail(what, `${name}: ${found}`, 'let the gateway\u2019s user into it')
  if (!found.isDirectory()) return fail(what, `${name}: expected a folder`, 'move what stands there, or set dataFolder')
  if ((found.mode & 0o077) !== 0) {
    return fail(what, `${name}: others may read it, mode ${(found.mode & 0o777).toString(8)}`, `chmod 700 ${name}`)
  }
  try {
    await tryWriting(folder)
    const { bavail, bsize } = await statfs(folder)
    const free = bavail * bsize
    const text = `${name}: writable, ${Math.floor(free / mebibyte)} MiB free`
    if (free < leastFreeBytes) return fail(what, text, 'make room: no recording can be promised its end')
    if (free < little) return warn(what, text, 'make room soon')
    return ok(what, text)
  } catch (error) {
    return fail(what, `${name}: not writable: ${plain(messageOf(error))}`, 'let the gateway\u2019s user write there')
  }
}

/** Permission bits do not tell what a full, read-only or foreign file system allows: only writing does. */
async function tryWriting(folder: string): Promise<void> {
  const path = join(folder, `.doctor-${randomBytes(6).toString('hex')}`)
  const file = await open(path, 'wx', 0o600)
  try {
    await file.writeFile('doctor')
    await file.sync()
  } finally {
    await file.close()
    await rm(path, { force: true })
  }
}

async function checkRecordings(folder: string): Promise<Check> {
  const what = 'recordings'
  const found = await stat(folder).catch((error: unknown) => codeOf(error))
  if (found === 'ENOENT') return ok(what, 'none yet')
  if (typeof found === 'string' || !found.isDirectory()) {
    return fail(what, `${plain(folder)}: not a folder that can be read`, 'look at who owns it')
  }
  try {
    const unsealed = [folder, ...liveFoldersIn(folder)].flatMap(unsealedSessions).length
    if (unsealed === 0) return ok(what, 'each is sealed')
    return warn(what, `${unsealed} without a seal`, 'they are of sessions that run now, or the next start seals them')
  } catch (error) {
    return fail(what, plain(messageOf(error)), 'look at who owns it')
  }
}
