// How a command fails. A thrown Failure is something the person at the keyboard can act on: its message is one clause
// that ends in the next step. Anything else that is thrown is a fault of ours and is shown as one.

export const exitCodes = {
  ok: 0,
  /** Refused by policy, failed, or found not to hold. */
  failed: 1,
  /** The command line itself is wrong; nothing was tried. */
  usage: 2,
  /** Ctrl-C, as shells count it: 128 and the signal's number. */
  interrupted: 130,
} as const
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

export class Failure extends Error {
  override readonly name = 'Failure'
  readonly exitCode: ExitCode
  /** What `--json` prints as `problem`, besides code and message: reasons of a refusal, several problems. */
  readonly details: Readonly<Record<string, unknown>>
  /** Further lines under the message, already safe to print. */
  readonly lines: readonly string[]

  constructor(
    message: string,
    given: {
      readonly exitCode?: ExitCode
      readonly details?: Readonly<Record<string, unknown>>
      readonly lines?: readonly string[]
      readonly cause?: unknown
    } = {},
  ) {
    super(message, given.cause === undefined ? undefined : { cause: given.cause })
    this.exitCode = given.exitCode ?? exitCodes.failed
    this.details = given.details ?? {}
    this.lines = given.lines ?? []
  }
}

/** The command line asks for something that cannot be: exit code 2. */
export function misused(message: string): Failure {
  return new Failure(message, { exitCode: exitCodes.usage, details: { code: 'usage' } })
}

/** The message of whatever was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown)
}

/** The `code` of a Node.js error (`ENOENT`), or an empty string. */
export function codeOf(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : ''
}
