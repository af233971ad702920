// Carrying whole files between the target and the airlock: by the gateway's own requests, several at a time, so that a
// long way costs little, and never more than those in memory.

import type { Attributes } from '../../../guards/sftp/attributes.ts'
import { openFlags, ordinaryMode, statusCodes } from '../../../guards/sftp/codes.ts'
import { besideOf } from '../../../guards/sftp/paths.ts'
import type { HeldFile } from '../../../airlock/airlock.ts'
import type { Parts } from './parts.ts'
import { realPathOf } from './real-path.ts'
import { TargetGone, type Question, type SftpTarget } from './target.ts'

/** Requests under way for one file. */
const sideBySide = 32
const piece = 32 * 1024

/** Something on the way went wrong: one clause for who waits, and the status to say it with. */
export class NotCarried extends Error {
  readonly code: number

  constructor(text: string, code: number = statusCodes.failure) {
    super(text)
    this.code = code
  }
}

const words: Readonly<Record<number, string>> = {
  [statusCodes.noSuchFile]: 'there is no such file',
  [statusCodes.permissionDenied]: 'the target does not permit it',
}

/** Asks for something to be done. @throws NotCarried where the target says no, TargetGone where it says nothing. */
export async function done(target: SftpTarget, question: Question, what: string, isLast = false): Promise<void> {
  const { reply } = await (isLast ? target.askLast(question, { kind: 'done' }) : target.ask(question, { kind: 'done' }))
  if (reply.kind !== 'status' || reply.code === statusCodes.ok) return
  throw new NotCarried(`${what}: ${words[reply.code] ?? 'the target refused it'}`, reply.code)
}

/** Opens a file for the gateway itself. @throws NotCarried, TargetGone */
export async function openOwn(
  target: SftpTarget,
  path: string,
  flags: number,
  attributes: Attributes = {},
): Promise<string> {
  const { reply } = await target.ask({ kind: 'open', path, flags, attributes }, { kind: 'handle' })
  if (reply.kind === 'handle') return reply.handle
  const code = reply.kind === 'status' ? reply.code : statusCodes.failure
  throw new NotCarried(`\`${path}\`: ${words[code] ?? 'the target does not open it'}`, code)
}

/** Closes what the gateway opened, whatever comes of it. */
export async function closeOwn(target: SftpTarget, handle: string): Promise<void> {
  await target.askLast({ kind: 'close', handle }, { kind: 'done' })
}

/** Runs the same work several times side by side; the first that fails stops the others, and what it threw is thrown. */
async function sideways(work: (isStopped: () => boolean) => Promise<void>): Promise<void> {
  let isStopped = false
  const results = await Promise.allSettled(
    Array.from({ length: sideBySide }, async () => {
      try {
        await work(() => isStopped)
      } catch (error) {
        isStopped = true
        throw error
      }
    }),
  )
  const failed = results.find((result) => result.status === 'rejected')
  if (failed) throw failed.reason
}

/**
 * Reads a file of the target into the airlock, to its end.
 * @returns its attributes as it was opened.
 * @throws NotCarried, TargetGone
 */
export async function fetchInto({ target, most, over }: Parts, path: string, held: HeldFile): Promise<Attributes> {
  const handle = await openOwn(target, path, openFlags.read)
  try {
    const { reply } = await target.ask({ kind: 'fstat', handle }, { kind: 'attrs' })
    let next = 0
    let hasEnded = false
    /** Where its end was seen first, and how far anything came: it may grow while it is read. */
    let [end, reached] = [Number.MAX_SAFE_INTEGER, 0]
    const length = Math.min(piece, most().read)
    await sideways(async (isStopped) => {
      while (!hasEnded && !isStopped()) {
        if (over.aborted) throw new NotCarried('the channel was closed')
        let at = next
        next += length
        const until = next
        // What came is shorter than asked for where the server likes it so, and at the end.
        while (at < until) {
          const answer = await target.ask(
            { kind: 'read', handle, offset: at, length: until - at },
            { kind: 'data', most: until - at },
          )
          if (answer.reply.kind !== 'data') {
            const code = answer.reply.kind === 'status' ? answer.reply.code : statusCodes.failure
            if (code !== statusCodes.eof) throw new NotCarried(`\`${path}\`: the target stopped in the middle`, code)
            hasEnded = true
            end = Math.min(end, at)
            return
          }
          const { data } = answer.reply
          if (data.length === 0) throw new NotCarried(`\`${path}\`: the target sends nothing and no end`)
          const text = await held.write(at, data)
          if (text !== null) throw new NotCarried(text)
          at += data.length
          reached = Math.max(reached, at)
        }
      }
    })
    if (reached > end) throw new NotCarried(`\`${path}\` has changed while it was read: fetch it again`)
    return reply.kind === 'attrs' ? reply.attributes : {}
  } finally {
    await closeOwn(target, handle)
  }
}

/** Writes what the airlock let go to an open file of the target. @throws NotCarried, TargetGone */
async function fill({ target, most, over }: Parts, handle: string, held: HeldFile): Promise<void> {
  let next = 0
  const length = Math.min(piece, most().write)
  await sideways(async (isStopped) => {
    while (next < held.size && !isStopped()) {
      if (over.aborted) throw new NotCarried('the channel was closed')
      const offset = next
      next += length
      const data = Buffer.from(await held.read(offset, Math.min(length, held.size - offset)))
      const { reply } = await target.ask({ kind: 'write', handle, offset, data }, { kind: 'done' }, { of: held.id })
      if (reply.kind === 'status' && reply.code !== statusCodes.ok)
        throw new NotCarried('the target did not take all of it', reply.code)
    }
  })
}

export interface Delivery {
  /** Canonical, and judged just now. */
  readonly path: string
  /** What is there now; null where nothing is. */
  readonly there: Attributes | null
  /** What the client opened it with: its mode is that of a file that is made. */
  readonly opened: Attributes
  /** What it asked for beyond that, and may. */
  readonly asked: Attributes
}

/** A file that has just been opened may have been opened by a link that was put in its way. @throws NotCarried, TargetGone */
async function isStill(target: SftpTarget, path: string): Promise<void> {
  const real = await realPathOf(target, path, true)
  if (real.kind === 'unknown') throw new NotCarried(real.text, real.code)
  if (real.path !== path)
    throw new NotCarried(`\`${path}\` has become a link to elsewhere while it was opened`, statusCodes.permissionDenied)
}

/**
 * Brings a file that was let go to the target: beside its place under another name, then into it, so that nobody there
 * sees half of it. Where no file may be made beside it, it is written in its place.
 * @throws NotCarried, TargetGone
 */
export async function deliver(parts: Parts, held: HeldFile, delivery: Delivery): Promise<void> {
  const work = bring(parts, held, delivery)
  parts.deliveries.add(work)
  try {
    await work
  } finally {
    parts.deliveries.delete(work)
  }
}

async function bring(parts: Parts, held: HeldFile, { path, there, opened, asked }: Delivery): Promise<void> {
  const { target } = parts
  // Who writes into a file that is there keeps its mode, and loses the bits that let it run as somebody else.
  const kept = asked.permissions ?? (there?.permissions && there.permissions & ordinaryMode)
  const made = kept ?? (opened.permissions && opened.permissions & ordinaryMode)
  const later: Attributes = {
    ...(kept !== undefined && { permissions: kept & 0o7777 }),
    ...(asked.owner && { owner: asked.owner }),
    ...(asked.times && { times: asked.times }),
  }
  const mode = made === undefined ? {} : { permissions: made & ordinaryMode }
  const finish = async (handle: string): Promise<void> => {
    await fill(parts, handle, held)
    if (Object.keys(later).length > 0)
      await done(target, { kind: 'fsetstat', handle, attributes: later }, `\`${path}\`: its attributes`)
  }
  const beside = besideOf(path, held.id)
  const { write, create, exclusive } = openFlags
  let handle: string
  try {
    handle = await openOwn(target, beside, write | create | exclusive, mode)
  } catch (error) {
    if (!(error instanceof NotCarried) || error.code !== statusCodes.permissionDenied) throw error
    const inPlace = await openOwn(target, path, write | create, mode)
    try {
      await isStill(target, path)
      await done(target, { kind: 'fsetstat', handle: inPlace, attributes: { size: 0 } }, `\`${path}\``)
      return await finish(inPlace)
    } finally {
      await closeOwn(target, inPlace)
    }
  }
  try {
    try {
      await isStill(target, beside)
      await finish(handle)
    } finally {
      await closeOwn(target, handle)
    }
    if (parts.over.aborted) throw new NotCarried('the channel was closed')
    if (parts.offers('posix-rename@openssh.com'))
      return await done(target, { kind: 'posix-rename', from: beside, to: path }, `\`${path}\``)
    // Elsewhere a name that is taken is not taken over. Once it is free, the file gets it whatever else ends.
    if (there !== null) await done(target, { kind: 'remove', path }, `\`${path}\``)
    await done(target, { kind: 'rename', from: beside, to: path }, `\`${path}\``, true)
  } catch (error) {
    if (await isTakenAway(target, beside)) throw error
    const text = `${error instanceof Error ? error.message : 'it broke off'}: what was written of it may be left at \`${beside}\``
    throw error instanceof NotCarried ? new NotCarried(text, error.code) : new TargetGone(text)
  }
}

/** Is it not there any more? */
async function isTakenAway(target: SftpTarget, path: string): Promise<boolean> {
  try {
    const { reply } = await target.askLast({ kind: 'remove', path }, { kind: 'done' })
    return reply.kind === 'status' && (reply.code === statusCodes.ok || reply.code === statusCodes.noSuchFile)
  } catch (error) {
    if (error instanceof TargetGone) return false
    throw error
  }
}
