// Names of files in a recording and in an export (FORMAT.md sections 1 and 5). Every path in this folder is made here, of
// a checked session id and a checked channel number, so that nothing a stranger chose is ever joined to a path.

import { lstatSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { messageOf, quote, RecorderError, systemCode } from './errors.ts'

export const manifestFile = 'manifest.json'
export const keyFile = 'key.age'
export const maxKeyFileBytes = 1 << 20
export const sealFile = 'seal'
export const sealDraftFile = 'seal.tmp'
export const reserveFile = '.reserve'
export const maxChannels = 10_000

const openingPrefix = '.opening-'
const sessionId = /^ses_[0-9a-hjkmnp-tv-z]{26}$/
const streamName = /^([0-9]{4})\.stream$/

export function isSessionId(text: string): boolean {
  return sessionId.test(text)
}

/** Of an export: what time-stamping authorities attested. */
export const timestampsFolder = 'ledger/timestamps/'
export const attestedPath = (size: number): string => `${timestampsFolder}${size}.checkpoint`
export const timestampPath = (size: number, name: string): string => `${timestampsFolder}${size}.${name}.tsr`

/** Four digits; the form a channel number has in file names and texts. */
export function channelText(channel: number): string {
  return String(channel).padStart(4, '0')
}

export function streamFile(channel: number): string {
  return `${channelText(channel)}.stream`
}

/** The channel number in a stream's file name, or null. */
export function channelOf(fileName: string): number | null {
  const [, digits] = streamName.exec(fileName) ?? []
  return digits === undefined ? null : Number(digits)
}

/**
 * The folder of a session's recording.
 * @throws RecorderError `invalid-argument` when the id is not one.
 */
export function recordingDir(root: string, session: string): string {
  return join(root, checkedSessionId(session))
}

/** The name a recording's folder has until its manifest and key are on disk. */
export function openingDir(root: string, session: string): string {
  return join(root, `${openingPrefix}${checkedSessionId(session)}`)
}

/** Whether a name under the root is that of a recording that was being opened: it holds no recorded byte. */
export function isOpening(name: string): boolean {
  return name.startsWith(openingPrefix) && isSessionId(name.slice(openingPrefix.length))
}

/** What stands at a path: a folder, nothing, or something a recording must not be (a symbolic link, a file). */
export function folderState(path: string): 'folder' | 'missing' | 'other' {
  try {
    // lstat: a link to a folder would let whoever made it choose where we write.
    return lstatSync(path).isDirectory() ? 'folder' : 'other'
  } catch (cause) {
    if (systemCode(cause) === 'ENOENT') return 'missing'
    throw new RecorderError('unreadable', `recording folder: ${messageOf(cause)}`, { cause })
  }
}

/**
 * Sessions under a root whose recording has no seal: live ones and interrupted ones. Anything that is not a recording's
 * folder is passed over.
 * @throws RecorderError `unreadable` when the root cannot be listed.
 */
export function unsealedSessions(root: string): string[] {
  try {
    return readdirSync(root, { withFileTypes: true })
      .filter((item) => item.isDirectory() && isSessionId(item.name))
      .filter((item) => !readdirSync(join(root, item.name)).includes(sealFile))
      .map((item) => item.name)
      .sort()
  } catch (cause) {
    throw new RecorderError('unreadable', `recordings: ${messageOf(cause)}`, { cause })
  }
}

function checkedSessionId(session: string): string {
  if (!isSessionId(session))
    throw new RecorderError(
      'invalid-argument',
      `session ${quote(session)}: expected \`ses_\` and 26 characters of base32`,
    )
  return session
}
