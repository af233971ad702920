// Carrying whole files between the target and the airlock: by the gateway's own requests, several at a time, so that a
// long way costs little, and never more than those in memory.

import type { Attributes } from '../../../guards/sftp/attributes.ts'
import { openFlags, statusCodes } from '../../../guards/sftp/codes.ts'
import type { HeldFile } from '../../../airlock/airlock.ts'
import type { Parts } from './parts.ts'
import type { Question, SftpTarget } from './target.ts'

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
export async function done(target: SftpTarget, question: Question, what: string): Promise<void> {
  const { reply } = await target.ask(question, { kind: 'done' })
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
  await target.ask({ kind: 'close', handle }, { kind: 'done' })
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
    const length = Math.min(piece, most().read)
    await sideways(async (isStopped) => {
      while (!hasEnded && !isStopped()) {
        if (over.aborted) throw new NotCarried('the channel was closed')
        let at = next
        next += length
        const end = next
        // What came is shorter than asked for where the server likes it so, and at the end.
        while (at < end) {
          const answer = await target.ask(
            { kind: 'read', handle, offset: at, length: end - at },
            { kind: 'data', most: end - at },
          )
          if (answer.reply.kind !== 'data') {
            const code = answer.reply.kind === 'status' ? answer.reply.code : statusCodes.failure
            if (code !== statusCodes.eof) throw new NotCarried(`\`${path}\`: the target stopped in the middle`, code)
            hasEnded = true
            return
          }
          const { data } = answer.reply
          if (data.length === 0) throw new NotCarried(`\`${path}\`: the target sends nothing and no end`)
          const text = await held.write(at, data)
          if (text !== null) throw new NotCarried(text)
          at += data.length
        }
      }
    })
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
  /** What the client asked for when it opened the file, and afterwards. */
  readonly wished: Attributes
}

/**
 * Brings a file that was let go to the target: beside its place under another name, then into it, so that nobody there
 * sees half of it. Where no file may be made beside it, it is written in its place.
 * @throws NotCarried, TargetGone
 */
export async function deliver(parts: Parts, held: HeldFile, { path, there, wished }: Delivery): Promise<void> {
  const { target } = parts
  const permissions = wished.permissions ?? there?.permissions
  const mode = permissions === undefined ? {} : { permissions: permissions & 0o7777 }
  const later: Attributes = {
    ...mode,
    ...(wished.owner && { owner: wished.owner }),
    ...(wished.times && { times: wished.times }),
  }
  const finish = async (handle: string): Promise<void> => {
    await fill(parts, handle, held)
    if (Object.keys(later).length > 0)
      await done(target, { kind: 'fsetstat', handle, attributes: later }, `\`${path}\`: its attributes`)
  }
  const beside = `${path.slice(0, path.lastIndexOf('/'))}/.sallyport-${held.id}`
  const { write, create, exclusive, truncate } = openFlags
  let handle: string
  try {
    handle = await openOwn(target, beside, write | create | exclusive, mode)
  } catch (error) {
    if (!(error instanceof NotCarried) || error.code !== statusCodes.permissionDenied) throw error
    const inPlace = await openOwn(target, path, write | create | truncate, mode)
    try {
      return await finish(inPlace)
    } finally {
      await closeOwn(target, inPlace)
    }
  }
  try {
    try {
      await finish(handle)
    } finally {
      await closeOwn(target, handle)
    }
    if (parts.offers('posix-rename@openssh.com'))
      return await done(target, { kind: 'posix-rename', from: beside, to: path }, `\`${path}\``)
    // Elsewhere a name that is taken is not taken over.
    if (there !== null) await done(target, { kind: 'remove', path }, `\`${path}\``)
    await done(target, { kind: 'rename', from: beside, to: path }, `\`${path}\``)
  } catch (error) {
    if (error instanceof NotCarried) await target.ask({ kind: 'remove', path: beside }, { kind: 'done' })
    throw error
  }
}
