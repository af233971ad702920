// Opening a file: what it really is, what may be done to it, and the way its content crosses. What is opened on the target
// is the path that was judged, and whether it still is that file is asked once more before anything of it is read.

import { fileTypeOf, type Attributes } from '../../../guards/sftp/attributes.ts'
import { openFlags, ordinaryMode, statusCodes } from '../../../guards/sftp/codes.ts'
import type { PathRequest } from '../../../guards/sftp/requests.ts'
import type { FileAllowance, FileDirection, HeldFile } from '../../../airlock/airlock.ts'
import { ArrivingFile } from './arriving-file.ts'
import { closeOwn, fetchInto, NotCarried } from './carrying.ts'
import { LeavingFile } from './leaving-file.ts'
import {
  judge,
  passed,
  saidDenied,
  saidFailure,
  saidHandle,
  saidStatus,
  type OpenHandle,
  type Parts,
  type Said,
} from './parts.ts'
import { largestText, PassingFile } from './passing-file.ts'
import { realPathOf, type RealPath } from './real-path.ts'
import { TargetGone } from './target.ts'

type OpenRequest = PathRequest & { readonly kind: 'open' }
type Real = RealPath & { readonly kind: 'real' }

export interface OpeningHost {
  readonly parts: Parts
  /** A name for something that is open here and not on the target. */
  mintHandle(): string
  /** The client may use it from now on. */
  keep(open: OpenHandle): void
}

export interface Wanted {
  readonly read: boolean
  readonly write: boolean
  readonly truncate: boolean
  readonly create: boolean
  readonly exclusive: boolean
  readonly append: boolean
}

/** What open flags come to; whatever may change a file is writing. */
export function wantedBy(flags: number): Wanted {
  const has = (flag: number): boolean => (flags & flag) !== 0
  const [create, truncate, append] = [has(openFlags.create), has(openFlags.truncate), has(openFlags.append)]
  const write = has(openFlags.write) || create || truncate || append
  return { read: has(openFlags.read), write, truncate, create, append, exclusive: has(openFlags.exclusive) }
}

/** Is what crosses looked at on its way? */
const isLookedAt = (allowance: FileAllowance | null): boolean =>
  allowance !== null && (allowance.crossing !== 'pass' || allowance.declaredOnly)

export async function openFile(host: OpeningHost, request: OpenRequest, path: string): Promise<Said> {
  const { parts } = host
  const { id } = request
  const wants = wantedBy(request.flags)
  const step = wants.write ? 'write' : 'read'
  const refuse = async (text: string, at: string): Promise<Said> => {
    await parts.steps.refused(step, at, text)
    return saidDenied(id, text)
  }
  if (!wants.read && !wants.write) return saidFailure(id, 'expected a file to be opened for reading or writing')
  const real = await realPathOf(parts.target, path, !(wants.create && wants.exclusive))
  if (real.kind === 'unknown') return saidStatus(id, real.code, real.text)
  const allowed: Record<'read' | 'write', FileAllowance | null> = { read: null, write: null }
  for (const op of ['read', 'write'] as const) {
    if (!wants[op]) continue
    const judged = judge(parts, op, real.path)
    if (judged.kind === 'refused') return refuse(judged.text, real.path)
    allowed[op] = judged.allowance
  }
  const type = real.attributes && fileTypeOf(real.attributes)
  // A device or a pipe is not a file with a content: opening one may already do something.
  if (type === 'other' || type === 'folder') return refuse(`\`${real.path}\` is no ordinary file`, real.path)
  const { read, write } = allowed
  if (!isLookedAt(read) && !isLookedAt(write)) return openPassing(host, request, real, wants, read, write)
  if (read && write)
    return refuse(
      `\`${real.path}\` is looked at on its way: open it for reading or for writing, not for both`,
      real.path,
    )
  if (write) return openArriving(host, request, real, wants, write)
  return read ? openLeaving(host, request, real, read) : saidFailure(id, 'nothing to open')
}

type Again =
  | { readonly kind: 'same'; readonly attributes: Attributes | null }
  /** It is another file than the one that was judged, or may not be used any more: nothing of it has passed. */
  | { readonly kind: 'changed'; readonly text: string }

/** Asks once more, now that it is open. */
async function lookAgain(parts: Parts, path: string, wants: Wanted): Promise<Again> {
  const again = await realPathOf(parts.target, path, true)
  if (again.kind === 'unknown') return { kind: 'changed', text: again.text }
  if (again.path !== path)
    return { kind: 'changed', text: `\`${path}\` has become a link to elsewhere while it was opened` }
  for (const op of ['read', 'write'] as const) {
    const judged = wants[op] ? judge(parts, op, path) : null
    if (judged?.kind === 'refused') return { kind: 'changed', text: judged.text }
  }
  return { kind: 'same', attributes: again.attributes }
}

async function openPassing(
  { parts, keep }: OpeningHost,
  request: OpenRequest,
  { path, attributes }: Real,
  wants: Wanted,
  read: FileAllowance | null,
  write: FileAllowance | null,
): Promise<Said> {
  const { largest } = write ?? read ?? { largest: 0 }
  if (write === null && attributes?.size !== undefined && attributes.size > largest) {
    const text = largestText(path, largest)
    await parts.steps.refused('read', path, text)
    return saidDenied(request.id, text)
  }
  const writing = write && parts.written.open(path)
  let isOpen = false
  try {
    // A mode for a file that is made is part of making it; who may set attributes sets the others with their own
    // request.
    const { permissions } = request.attributes
    const given = permissions === undefined ? {} : { permissions: permissions & ordinaryMode }
    const answer = await parts.target.passChanged({ ...request, path, attributes: given }, { kind: 'handle' })
    if (answer.reply.kind !== 'handle') return passed(answer)
    const { handle } = answer.reply
    const again = await lookAgain(parts, path, wants)
    if (again.kind === 'changed') {
      await closeOwn(parts.target, handle)
      await parts.steps.refused(wants.write ? 'write' : 'read', path, again.text)
      return saidDenied(request.id, again.text)
    }
    const isNew = wants.truncate || attributes === null || attributes.size === 0
    // Others may have written to it between the first look and the opening: the second look sees that.
    const size = Math.max(wants.truncate ? 0 : (attributes?.size ?? 0), again.attributes?.size ?? 0)
    keep(new PassingFile(parts, { handle, path, read, write, isNew, size, appends: wants.append, writing }))
    isOpen = true
    return passed(answer)
  } finally {
    if (!isOpen) writing?.close()
  }
}

/** Takes a file in; what goes wrong meanwhile is an answer, and then nothing of it is kept. */
async function takeIn(
  { parts }: OpeningHost,
  id: number,
  path: string,
  direction: FileDirection,
  allowance: FileAllowance,
  work: (held: HeldFile) => Promise<Said>,
): Promise<Said> {
  const taken = await parts.airlock.takeIn({ program: 'sftp', direction, path, allowance })
  if (taken.kind === 'refused') {
    await parts.steps.refused(direction === 'in' ? 'write' : 'read', path, taken.text)
    return saidDenied(id, taken.text)
  }
  try {
    return await work(taken.file)
  } catch (error) {
    await taken.file.abandon(error instanceof Error ? error.message : 'the transfer broke off')
    if (!(error instanceof NotCarried)) throw error
    parts.tell(error.message)
    return saidStatus(id, error.code, error.message)
  }
}

function openArriving(
  host: OpeningHost,
  { id, attributes: opened }: OpenRequest,
  { path, attributes: there }: Real,
  wants: Wanted,
  allowance: FileAllowance,
): Promise<Said> {
  if (there === null && !wants.create)
    return Promise.resolve(saidStatus(id, statusCodes.noSuchFile, `\`${path}\`: there is no such file`))
  if (there !== null && wants.create && wants.exclusive)
    return Promise.resolve(saidFailure(id, `\`${path}\` is there already`))
  return takeIn(host, id, path, 'in', allowance, async (held) => {
    // What is there is part of what will be there: all of it is looked at, not the end alone.
    if (there !== null && !wants.truncate) await fetchInto(host.parts, path, held)
    const handle = host.mintHandle()
    host.keep(
      new ArrivingFile(host.parts, held, { handle, path, appends: wants.append, exclusive: wants.exclusive, opened }),
    )
    return saidHandle(id, handle)
  })
}

function openLeaving(host: OpeningHost, { id }: OpenRequest, { path }: Real, allowance: FileAllowance): Promise<Said> {
  const { parts } = host
  return takeIn(host, id, path, 'out', allowance, async (held) => {
    const attributes = await fetchInto(parts, path, held)
    // It was opened by its path: it must have been the file that was judged.
    const again = await lookAgain(parts, path, wantedBy(openFlags.read))
    if (again.kind === 'changed') throw new NotCarried(again.text, statusCodes.permissionDenied)
    const settled = await held.settle((text) => parts.tell(`\`${path}\`: ${text}`), parts.over)
    if (settled.kind !== 'released') {
      const text = `\`${path}\`: ${settled.text}`
      parts.tell(text)
      parts.event({
        sftp: 'file',
        path,
        direction: 'out',
        outcome: settled.kind,
        size: held.size,
        sha256: null,
        held: held.id,
      })
      return saidStatus(id, settled.kind === 'held' ? statusCodes.failure : statusCodes.permissionDenied, text)
    }
    if (parts.over.aborted) throw new TargetGone('the channel was closed')
    const handle = host.mintHandle()
    host.keep(new LeavingFile(parts, held, { handle, path, attributes, sha256: settled.sha256 }))
    return saidHandle(id, handle)
  })
}
