// What a row of the matrix is: one program that does one thing, logged in one way, and what its user is to see.

import type { GatewayStage } from '../../support/gateway-stage.ts'
import type { CodeDesk } from './code-desk.ts'

/** A code comes after the first two; who signs the certificate has seen a second factor. */
export const logins = ['password', 'key', 'certificate'] as const
export type Login = (typeof logins)[number]

/** OpenSSH's programs: those of the system, and newer ones where these are not as new. */
export const openSshPrograms = {
  own: { ssh: 'ssh', scp: 'scp', sftp: 'sftp' },
  newer: { ssh: 'ssh-10', scp: 'scp-10', sftp: 'sftp-10' },
} as const

/** Who uses the programs of one family, and where. */
export interface Seat {
  readonly openssh: (typeof openSshPrograms)[keyof typeof openSshPrograms]
  readonly stage: GatewayStage
  readonly desk: CodeDesk
  readonly login: string
  readonly asset: string
  /** The declared port of another asset, as `asset:port`. */
  readonly tunnel: string
  /** Private key in OpenSSH form. */
  readonly key: string
  /** One that nobody has enrolled, with its certificate beside it. */
  readonly signedKey: string
  /** A folder of this seat's own, where its programs have their home. */
  readonly folder: string
  /** A folder of the target, which the test sees as well. */
  readonly far: string
}

export interface Seen {
  readonly exit: number | null
  readonly stdout: Buffer
  readonly stderr: string
}

export interface Row {
  readonly program: string
  readonly does: string
  readonly login: Login
  /** What stands in the table; a sentence of ours where it is refused. */
  readonly result: 'works' | 'refused'
  /** For the reader of the table. */
  readonly note?: string
  /** Runs a second time with a newer OpenSSH; where the login makes no difference with a certificate, which takes no code. */
  readonly newer?: boolean
  run(seat: Seat): Promise<Seen>
  readonly exit: number
  /** What the user reads on standard output: all of it where it is text. */
  readonly stdout?: string | RegExp | Buffer
  readonly stderr?: string | RegExp
  /** What has to stand in the session's record, in what came from the user or from the target; null: no session began. */
  readonly recorded: { readonly in?: string | Buffer; readonly out?: string | Buffer } | null
  /** How many sessions it takes, at least; one. */
  readonly sessions?: number
  /** Looks at what is there afterwards. */
  after?(seat: Seat): Promise<void>
}

/** The rows that run a second time, as the table has them then. */
export const newerOf = (rows: readonly Row[]): readonly Row[] =>
  rows.filter(({ newer }) => newer).map((row) => ({ ...row, program: row.program.replace('OpenSSH', 'OpenSSH 10') }))
