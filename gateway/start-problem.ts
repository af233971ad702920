// What keeps a gateway from starting: each problem with the field it belongs to and the next step. Whoever finds one goes
// on looking, so that a person mends everything in one go.

export interface StartProblem {
  /** The configuration's field, as `ssh.hostKeys`. */
  readonly field: string
  /** What was found. Never holds a secret. */
  readonly found: string
  /** What to do about it. */
  readonly next: string
}

/** ``ssh.hostKeys: `/etc/host.key`: is not there: put the file there, or set the field``. */
export function showStartProblem({ field, found, next }: StartProblem): string {
  return `${field}: ${found}: ${next}`
}

/** The gateway did not start, and left nothing open and nothing written to the ledger. */
export class StartRefused extends Error {
  override readonly name = 'StartRefused'
  readonly problems: readonly StartProblem[]

  constructor(problems: readonly StartProblem[], cause?: unknown) {
    super(problems.map(showStartProblem).join('\n'), cause === undefined ? undefined : { cause })
    this.problems = problems
  }
}

/** @throws StartRefused when there is a problem. */
export function refuseStartOn(problems: readonly StartProblem[]): void {
  if (problems.length > 0) throw new StartRefused(problems)
}

/** The code of a system's error (`ENOENT`), or an empty string. */
export function systemCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}

/** Is it the system's word that nothing stands at that path? */
export const isAbsent = (error: unknown): boolean => ['ENOENT', 'ENOTDIR'].includes(systemCode(error))
