// What is done to paths, one after the other: looking at them, and changing what is there. Each goes to the path that was
// judged, never to the one the client wrote.

import { fileTypeOf } from '../../../guards/sftp/attributes.ts'
import { statusCodes } from '../../../guards/sftp/codes.ts'
import { barsLink, barsMove } from '../../../guards/sftp/move.ts'
import { absolutePath, barsOwnName, goesUpAgain, parentOf } from '../../../guards/sftp/paths.ts'
import type { Expected } from '../../../guards/sftp/replies.ts'
import type { PathRequest } from '../../../guards/sftp/requests.ts'
import type { FileStep } from '../../../airlock/airlock.ts'
import type { FileSwitch } from '../../../../policy/index.ts'
import { Folder } from './folder.ts'
import { openFile, type OpeningHost } from './opening.ts'
import {
  barsLooking,
  judge,
  passed,
  saidAttributes,
  saidDenied,
  saidFailure,
  saidName,
  saidStatus,
  type Parts,
  type Said,
} from './parts.ts'
import { nameIn, realPathOf, type RealPath } from './real-path.ts'
import type { Answer } from './target.ts'

export interface PathHost extends OpeningHost {
  /** Where relative paths begin. */
  readonly home: string
  /** A file of this path that is on its way in, as it is to be seen. */
  arriving(path: string): { readonly attributes: Parameters<typeof saidAttributes>[1] } | null
}

/** What changes one path: the switch it stands under, what it is called in evidence, and whether a link at its end is meant. */
const changes = {
  mkdir: { op: 'mkdir', step: 'mkdir', follows: false },
  remove: { op: 'delete', step: 'delete', follows: false },
  rmdir: { op: 'delete', step: 'rmdir', follows: false },
  setstat: { op: 'setstat', step: 'setstat', follows: true },
  lsetstat: { op: 'setstat', step: 'setstat', follows: false },
} as const satisfies Record<string, { op: FileSwitch; step: FileStep['step']; follows: boolean }>

const isDone = ({ reply }: Answer): boolean => reply.kind === 'status' && reply.code === statusCodes.ok

export async function doToPath(host: PathHost, request: PathRequest): Promise<Said> {
  const { parts, home } = host
  switch (request.kind) {
    case 'open':
      return openFile(host, request, absolutePath(home, request.path))
    case 'mkdir':
    case 'remove':
    case 'rmdir':
    case 'setstat':
    case 'lsetstat':
      return change(host, request)
    case 'rename':
    case 'posix-rename':
    case 'hardlink':
      return move(host, request)
    case 'symlink':
      return link(host, request)
    case 'realpath':
    case 'expand-path':
      return canonical(host, request)
    case 'opendir': {
      const real = await realPathOf(parts.target, absolutePath(home, request.path), true)
      if (real.kind === 'unknown') return saidStatus(request.id, real.code, real.text)
      const judged = judge(parts, 'list', real.path)
      if (judged.kind === 'refused') return refuseLooking(host, request.id, real.path, judged.text)
      const answer = await parts.target.passChanged({ ...request, path: real.path }, { kind: 'handle' })
      if (answer.reply.kind === 'handle') host.keep(new Folder(parts, answer.reply.handle, real.path))
      return passed(answer)
    }
    case 'stat':
      return look(host, request, true, { kind: 'attrs' })
    case 'lstat':
      return look(host, request, false, { kind: 'attrs' })
    case 'readlink':
      return look(host, request, false, { kind: 'name' })
    case 'statvfs':
      return look(host, request, true, { kind: 'extended' })
  }
}

async function refuseLooking({ parts }: PathHost, id: number, path: string, text: string): Promise<Said> {
  await parts.steps.refused('list', path, text)
  return saidDenied(id, text)
}

async function look(
  host: PathHost,
  request: Extract<PathRequest, { readonly path: string }>,
  follows: boolean,
  expected: Expected,
): Promise<Said> {
  const { parts, home } = host
  const { id } = request
  const real = await realPathOf(parts.target, absolutePath(home, request.path), follows)
  if (real.kind === 'unknown') return saidStatus(id, real.code, real.text)
  const text = barsLooking(parts, real.path)
  if (text !== null) return refuseLooking(host, id, real.path, text)
  const arriving = real.attributes === null && expected.kind === 'attrs' ? host.arriving(real.path) : null
  if (arriving) return saidAttributes(id, arriving.attributes)
  return passed(await parts.target.passChanged({ ...request, path: real.path }, expected))
}

async function change(
  { parts, home }: PathHost,
  request: PathRequest & { readonly kind: keyof typeof changes },
): Promise<Said> {
  const { id, kind } = request
  const { op, step, follows } = changes[kind]
  const real = await realPathOf(parts.target, absolutePath(home, request.path), follows)
  if (real.kind === 'unknown') return saidStatus(id, real.code, real.text)
  const text = barsChange(parts, request, op, real.path)
  if (text !== null) {
    await parts.steps.refused(step, real.path, text)
    return saidDenied(id, text)
  }
  const size = sizeSetBy(request)
  if (size !== undefined) parts.written.resized(real.path, size)
  const answer = await parts.target.passChanged({ ...request, path: real.path }, { kind: 'done' })
  if (isDone(answer)) await parts.steps.done(step, real.path)
  return passed(answer)
}

const sizeSetBy = (request: PathRequest & { readonly kind: keyof typeof changes }): number | undefined =>
  'attributes' in request && request.kind !== 'mkdir' ? request.attributes.size : undefined

/** Cutting or lengthening a file is writing to it. */
function barsChange(
  parts: PathHost['parts'],
  request: PathRequest & { readonly kind: keyof typeof changes },
  op: FileSwitch,
  path: string,
): string | null {
  const size = sizeSetBy(request)
  if (size !== undefined) {
    const judged = judge(parts, 'write', path)
    if (judged.kind === 'refused') return judged.text
    const { crossing, declaredOnly, largest } = judged.allowance
    if (crossing !== 'pass' || declaredOnly) return `\`${path}\` is looked at when it changes: send the file instead`
    if (size > largest) return `\`${path}\` would be larger than the ${largest} bytes the plant lets pass here`
    if (Object.keys('attributes' in request ? request.attributes : {}).length === 1) return null
  }
  const judged = judge(parts, op, path)
  return judged.kind === 'refused' ? judged.text : null
}

async function move(
  { parts, home }: PathHost,
  request: PathRequest & { readonly kind: 'rename' | 'posix-rename' | 'hardlink' },
): Promise<Said> {
  const { id, kind } = request
  const [from, to] = await Promise.all([
    realPathOf(parts.target, absolutePath(home, request.from), false),
    realPathOf(parts.target, absolutePath(home, request.to), false),
  ])
  if (from.kind === 'unknown') return saidStatus(id, from.code, from.text)
  if (to.kind === 'unknown') return saidStatus(id, to.code, to.text)
  if (from.attributes === null) return saidStatus(id, statusCodes.noSuchFile, `\`${from.path}\`: there is no such file`)
  const [op, step] = kind === 'hardlink' ? (['symlink', 'symlink'] as const) : (['rename', 'rename'] as const)
  const type = fileTypeOf(from.attributes)
  const isElsewhere = parentOf(from.path) !== parentOf(to.path)
  const aim = type === 'link' && isElsewhere && kind !== 'hardlink' ? await aimOfMoved(parts, from.path, to.path) : null
  if (aim?.kind === 'unknown') return saidStatus(id, aim.code, aim.text)
  // Servers differ in whether a plain rename takes over a name that is taken: it is judged as if it did.
  const overwrites = to.attributes !== null && to.path !== from.path && kind !== 'hardlink'
  const deleting = overwrites ? judge(parts, 'delete', to.path) : null
  const text =
    parts.stopped() ??
    barsOwnName(op, from.path) ??
    barsOwnName(op, to.path) ??
    (kind === 'hardlink'
      ? barsLink(parts.files(), from.path, to.path, type === 'folder')
      : barsMove(parts.files(), op, from.path, to.path, type === 'folder', from.attributes.size)) ??
    // Some servers would link what it leads to, and others make it lead elsewhere.
    (type === 'link' && kind === 'hardlink' ? `\`${from.path}\` is a link itself: link what it leads to` : null) ??
    aim?.bar ??
    (deleting?.kind === 'refused' ? deleting.text : null)
  if (text !== null) {
    await parts.steps.refused(step, from.path, text, to.path)
    return saidDenied(id, text)
  }
  const answer = await parts.target.passChanged({ ...request, from: from.path, to: to.path }, { kind: 'done' })
  if (isDone(answer)) {
    if (kind !== 'hardlink') parts.written.renamed(from.path, to.path)
    await parts.steps.done(step, from.path, to.path)
  }
  return passed(answer)
}

type Aim =
  /** `bar`: why no link there may lead to it, or null. */
  | { readonly kind: 'known'; readonly path: string; readonly bar: string | null }
  | (RealPath & { readonly kind: 'unknown' })

/** What a link leads to is judged like the link: programs on the target follow it without asking anybody here. */
async function aimOf(parts: Parts, text: string, at: string): Promise<Aim> {
  const aim = await realPathOf(parts.target, absolutePath(parentOf(at), text), true)
  if (aim.kind === 'unknown') return aim
  const { path, attributes } = aim
  const isTree = attributes === null || fileTypeOf(attributes) === 'folder'
  const bar = barsOwnName('symlink', path) ?? barsLink(parts.files(), path, at, isTree)
  return { kind: 'known', path, bar }
}

/** In another folder the text of a link leads elsewhere: it is judged as if it were made there. */
async function aimOfMoved(parts: Parts, from: string, to: string): Promise<Aim> {
  const { reply } = await parts.target.ask({ kind: 'readlink', path: from }, { kind: 'name' })
  const text = nameIn(reply)
  if (text === null)
    return { kind: 'unknown', code: statusCodes.failure, text: `the target does not say where \`${from}\` leads` }
  if (goesUpAgain(text))
    return { kind: 'known', path: to, bar: `\`${from}\` is a link that goes up again from a name: make it anew` }
  return aimOf(parts, text, to)
}

async function link({ parts, home }: PathHost, request: PathRequest & { readonly kind: 'symlink' }): Promise<Said> {
  const { id } = request
  if (goesUpAgain(request.from))
    return saidFailure(
      id,
      'expected a link that goes up from where it is only, for what is above another name is not said by it',
    )
  const at = await realPathOf(parts.target, absolutePath(home, request.to), false)
  if (at.kind === 'unknown') return saidStatus(id, at.code, at.text)
  const aim = await aimOf(parts, request.from, at.path)
  if (aim.kind === 'unknown') return saidStatus(id, aim.code, aim.text)
  const text = parts.stopped() ?? barsOwnName('symlink', at.path) ?? aim.bar
  if (text !== null) {
    await parts.steps.refused('symlink', at.path, text, aim.path)
    return saidDenied(id, text)
  }
  const answer = await parts.target.passChanged({ ...request, to: at.path }, { kind: 'done' })
  if (isDone(answer)) await parts.steps.done('symlink', at.path, aim.path)
  return passed(answer)
}

/** What a path is called: as it really is where it may be looked at, else as it was written. */
async function canonical(
  { parts, home }: PathHost,
  request: PathRequest & { readonly kind: 'realpath' | 'expand-path' },
): Promise<Said> {
  const { id } = request
  let written = request.path
  if (request.kind === 'expand-path' && written.startsWith('~')) {
    const own = /^~(\/|$)/.test(written)
    const { reply } = await parts.target.ask({ kind: 'expand-path', path: written }, { kind: 'name' })
    const expanded = own ? absolutePath(home, written.slice(2)) : nameIn(reply)
    if (expanded === null) return saidStatus(id, statusCodes.noSuchFile, 'there is no such home')
    written = expanded
  }
  const path = absolutePath(home, written)
  if (path === home) return saidName(id, home)
  const real = await realPathOf(parts.target, path, true)
  const isSeen = real.kind === 'real' && barsLooking(parts, real.path) === null
  return saidName(id, isSeen ? real.path : path)
}
