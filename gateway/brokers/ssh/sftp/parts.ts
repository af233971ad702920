// What the files of this folder share: the parts of one SFTP channel, and what is said to its client.

import { attrsPacket, dataPacket, handlePacket, namePacket, statusPacket } from '../../../guards/sftp/replies.ts'
import type { Attributes } from '../../../guards/sftp/attributes.ts'
import { statusCodes } from '../../../guards/sftp/codes.ts'
import { barsOwnName } from '../../../guards/sftp/paths.ts'
import type { HandleRequest } from '../../../guards/sftp/requests.ts'
import { judgeFile, type FilePermission, type FileSwitch } from '../../../../policy/index.ts'
import type { Airlock, FileAllowance } from '../../../airlock/airlock.ts'
import type { Steps } from './steps.ts'
import type { Answer, Carried, SftpTarget } from './target.ts'
import type { WrittenFiles } from './written-files.ts'

/** A packet for the client. `own`: it is no packet of the target as it stands. */
export interface Said {
  readonly frame: Buffer
  readonly own: boolean
  /** Where its content is recorded, when it is not to be twice. */
  readonly carried: Carried | null
}

/** One SFTP channel, for those who do something on it. */
export interface Parts {
  readonly target: SftpTarget
  readonly airlock: Airlock
  readonly steps: Steps
  /** Which files may cross now. */
  files(): FilePermission
  /** Why nothing on the target may be changed now, or null. */
  stopped(): string | null
  /** Something the user reads while the program waits. */
  tell(text: string): void
  /** What became of a file, for the recording. */
  event(event: Readonly<Record<string, unknown>>): void
  /** Aborted when the channel is over. */
  readonly over: AbortSignal
  /** Files that are being written to the target by the gateway. */
  readonly deliveries: Set<Promise<void>>
  /** Files that clients have open for writing as they come, in all channels of the session. */
  readonly written: WrittenFiles
  /** Has the target this extension? */
  offers(extension: string): boolean
  /** Bytes of the largest READ and WRITE the target takes. */
  most(): { readonly read: number; readonly write: number }
}

/** Something a client holds open. */
export interface OpenHandle {
  /** As the client names it. */
  readonly handle: string
  /** What it is bound to: canonical, and judged. */
  readonly path: string
  take(request: Exclude<HandleRequest, { kind: 'close' | 'copy-data' }>, frame: Buffer): Promise<Said>
  /** Nothing else is under way on it when this is called. */
  close(id: number, frame: Buffer): Promise<Said>
  /** The channel ended before it was closed. */
  abandon(): Promise<void>
}

export const passed = ({ frame }: Answer): Said => ({ frame, own: false, carried: null })
export const said = (frame: Buffer, carried: Carried | null = null): Said => ({ frame, own: true, carried })
export const saidStatus = (id: number, code: number, text: string): Said => said(statusPacket(id, code, text))
export const saidOk = (id: number): Said => saidStatus(id, statusCodes.ok, '')
export const saidDenied = (id: number, text: string): Said => saidStatus(id, statusCodes.permissionDenied, text)
export const saidFailure = (id: number, text: string): Said => saidStatus(id, statusCodes.failure, text)
export const saidHandle = (id: number, handle: string): Said => said(handlePacket(id, handle))
export const saidName = (id: number, name: string): Said => said(namePacket(id, name))
export const saidAttributes = (id: number, attributes: Attributes): Said => said(attrsPacket(id, attributes))
export const saidData = (id: number, data: Uint8Array, of: string): Said => said(dataPacket(id, data), { of })

/** What a request comes to under the rules of now. */
export type Judged =
  | { readonly kind: 'allowed'; readonly allowance: FileAllowance }
  | { readonly kind: 'refused'; readonly text: string }

const changing: ReadonlySet<FileSwitch> = new Set(['write', 'delete', 'rename', 'mkdir', 'setstat', 'symlink'])

/** May this be done to the path now? While input is stopped nothing is changed. */
export function judge(parts: Pick<Parts, 'files' | 'stopped'>, op: FileSwitch, path: string): Judged {
  return judging(parts, op, path)()
}

/** As `judge`, for what is asked again with every packet: the rules are asked anew when they are others. */
export function judging(parts: Pick<Parts, 'files' | 'stopped'>, op: FileSwitch, path: string): () => Judged {
  const own = barsOwnName(op, path)
  let last: { readonly permission: FilePermission; readonly judged: Judged } | null = null
  return () => {
    const stopped = changing.has(op) ? parts.stopped() : null
    if (stopped !== null) return { kind: 'refused', text: stopped }
    if (own !== null) return { kind: 'refused', text: own }
    const permission = parts.files()
    if (last?.permission !== permission) last = { permission, judged: judgedBy(permission, op, path) }
    return last.judged
  }
}

function judgedBy(permission: FilePermission, op: FileSwitch, path: string): Judged {
  const verdict = judgeFile(permission, op, path)
  return verdict.kind === 'allowed' ? { kind: 'allowed', allowance: verdict } : { kind: 'refused', text: verdict.text }
}

/** Why the attributes of a path may not be looked at, or null: who may open it may. */
export function barsLooking(parts: Pick<Parts, 'files'>, path: string): string | null {
  const permission = parts.files()
  const verdicts = (['list', 'read', 'write'] as const).map((op) => judgeFile(permission, op, path))
  if (verdicts.some(({ kind }) => kind === 'allowed')) return null
  const [first] = verdicts
  return first?.kind === 'refused' ? first.text : null
}
