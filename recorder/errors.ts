// The one error this folder throws, its closed list of codes, and how strangers' text is quoted in a message.
// Expected outcomes (a document that does not parse, a proof that does not hold) are returned, not thrown.

export const recorderErrorCodes = [
  /** The caller gave something that no retry makes right. Nothing was changed. */
  'invalid-argument',
  /** A folder of that name is there already. Nothing was changed. */
  'exists',
  /** The recording could not be created; there is none. */
  'open-failed',
  /** The disk has no room for another channel now. The recording goes on as it is. */
  'full',
  /** It holds as many channels as a recording may. It goes on as it is. */
  'no-more-channels',
  /** A write did not reach the file. The recording takes no further frame; it can still be sealed. */
  'write-failed',
  /** A sync failed: what the kernel took may not be on disk. The recording takes no further frame. */
  'sync-failed',
  /** The seal could not be written. `seal` may be called again. */
  'seal-failed',
  /** The channel or recording was closed before. */
  'closed',
  /** The recording has no seal. */
  'not-sealed',
  /** The session key given does not belong to this recording. */
  'wrong-key',
  /** A file is not what FORMAT.md says. */
  'corrupt',
  /** A file cannot be read. */
  'unreadable',
  /** The ledger's node store lacks a hash it must have, or an entry does not fit the tree. */
  'ledger-inconsistent',
  /** An export could not be written; nothing stands under its name. */
  'export-failed',
] as const
export type RecorderErrorCode = (typeof recorderErrorCodes)[number]

export class RecorderError extends Error {
  override readonly name = 'RecorderError'
  readonly code: RecorderErrorCode

  constructor(code: RecorderErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** What somebody else wrote, safe to print: control characters and all but ASCII escaped, at most 80 characters. */
export function quote(text: string): string {
  const shown = text.length > 80 ? `${text.slice(0, 77)}...` : text
  return `\`${shown.replace(/[^\x20-\x7e]|`/gu, (c) => `\\u{${(c.codePointAt(0) ?? 0).toString(16)}}`)}\``
}

/** The message of whatever was thrown; for putting a foreign error's text behind our own. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown)
}

/** The `code` of a Node.js system error (`ENOENT`), or null. */
export function systemCode(thrown: unknown): string | null {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : null
}
