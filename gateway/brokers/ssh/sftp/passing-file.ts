// A file on the target that is read or written as it comes: each packet is judged, its bytes are counted, and at its end
// it is told what crossed. Nothing of it is kept here.

import { mostData, statusCodes } from '../../../guards/sftp/codes.ts'
import { Tally } from '../../../guards/sftp/tally.ts'
import type { HandleRequest } from '../../../guards/sftp/requests.ts'
import type { FileAllowance, FileDirection } from '../../../airlock/airlock.ts'
import {
  barsLooking,
  judge,
  judging,
  passed,
  saidDenied,
  saidFailure,
  type Judged,
  type OpenHandle,
  type Parts,
  type Said,
} from './parts.ts'
import type { Writing } from './written-files.ts'

/** One way in which it may be used. */
interface Way {
  readonly direction: FileDirection
  readonly allowance: FileAllowance
  readonly tally: Tally
  used: boolean
}

export interface Opened {
  readonly handle: string
  readonly path: string
  readonly read: FileAllowance | null
  readonly write: FileAllowance | null
  /** It is made, or emptied, or had nothing in it. */
  readonly isNew: boolean
  /** Bytes it had when it was open, at most. */
  readonly size: number
  /** Every write goes to its end, whatever its offset says. */
  readonly appends: boolean
  /** Null where it is not open for writing. */
  readonly writing: Writing | null
}

const way = (direction: FileDirection, allowance: FileAllowance | null, isWhole: boolean, used: boolean): Way | null =>
  allowance && { direction, allowance, tally: new Tally(isWhole), used }

export class PassingFile implements OpenHandle {
  readonly handle: string
  readonly path: string
  readonly #parts: Parts
  readonly #out: Way | null
  readonly #in: Way | null
  readonly #mayRead: () => Judged
  readonly #mayWrite: () => Judged
  readonly #writing: Writing | null
  readonly #appends: boolean
  #told = false

  constructor(parts: Parts, { handle, path, read, write, isNew, size, appends, writing }: Opened) {
    this.#parts = parts
    this.#mayRead = judging(parts, 'read', path)
    this.#mayWrite = judging(parts, 'write', path)
    this.handle = handle
    this.path = path
    this.#out = way('out', read, false, false)
    // What begins with nothing has changed when it is opened.
    this.#in = way('in', write, isNew && size === 0, isNew)
    this.#writing = writing
    this.#appends = appends
    writing?.reaches(size)
  }

  take(request: Exclude<HandleRequest, { kind: 'close' | 'copy-data' }>, frame: Buffer): Promise<Said> {
    switch (request.kind) {
      case 'read':
        return this.#read(request, frame)
      case 'write':
        return this.#write(request, frame)
      case 'fstat':
      case 'fstatvfs':
      case 'fsync':
      case 'fsetstat':
      case 'readdir':
        return this.#takeOther(request, frame)
    }
  }

  async #takeOther(
    request: Exclude<HandleRequest, { kind: 'close' | 'copy-data' | 'read' | 'write' }>,
    frame: Buffer,
  ): Promise<Said> {
    const { target } = this.#parts
    const { id } = request
    switch (request.kind) {
      case 'fstat':
        return passed(await target.pass(frame, id, { kind: 'attrs' }))
      case 'fstatvfs': {
        const text = barsLooking(this.#parts, this.path)
        if (text !== null) return saidDenied(id, text)
        return passed(await target.pass(frame, id, { kind: 'extended' }))
      }
      case 'fsync':
        if (this.#in === null) return saidFailure(id, 'the file is not open for writing')
        return passed(await target.pass(frame, id, { kind: 'done' }))
      case 'fsetstat':
        return this.#setstat(request, frame)
      case 'readdir':
        return saidFailure(id, 'this is a file and no folder')
    }
  }

  async #read(request: HandleRequest & { kind: 'read' }, frame: Buffer): Promise<Said> {
    const { id, offset } = request
    const out = this.#out
    if (out === null) return saidFailure(id, 'the file is not open for reading')
    const judged = this.#mayRead()
    if (judged.kind === 'refused') return this.#refuse(id, 'read', judged.text)
    if (judged.allowance.crossing !== 'pass' || judged.allowance.declaredOnly)
      return this.#refuse(id, 'read', laterText)
    const left = judged.allowance.largest - offset
    // A file that is as large as allowed ends there with the end of file: one byte more is asked for to see it.
    if (left < 0) return this.#refuse(id, 'read', largestText(this.path, judged.allowance.largest))
    const length = Math.min(request.length, mostData, left + 1)
    const { target } = this.#parts
    const expected = { kind: 'data', most: length } as const
    const answer = await (length === request.length
      ? target.pass(frame, id, expected)
      : target.passChanged({ ...request, length }, expected))
    const { reply } = answer
    if (reply.kind === 'data') {
      if (reply.data.length > left) return this.#refuse(id, 'read', largestText(this.path, judged.allowance.largest))
      out.used = true
      out.tally.crossed(offset, reply.data)
    } else if (reply.kind === 'status' && reply.code === statusCodes.eof) {
      out.used = true
      out.tally.endsAt(offset)
    }
    return passed(answer)
  }

  async #write({ id, offset, data }: HandleRequest & { kind: 'write' }, frame: Buffer): Promise<Said> {
    const into = this.#in
    if (into === null) return saidFailure(id, 'the file is not open for writing')
    const at = this.#startOf(offset)
    const text = this.#barsWriting(at + data.length)
    if (text !== null) return this.#refuse(id, 'write', text)
    into.used = true
    this.#writing?.reaches(at + data.length)
    // In the order they leave; a write that fails leaves a hole that nobody can tell the digest of.
    into.tally.crossed(at, data)
    const answer = await this.#parts.target.pass(frame, id, { kind: 'done' })
    if (answer.reply.kind !== 'status' || answer.reply.code !== statusCodes.ok) into.tally.spoil()
    return passed(answer)
  }

  /** Where what is written begins. */
  #startOf(offset: number): number {
    return this.#appends && this.#writing ? this.#writing.end : offset
  }

  #barsWriting(size: number): string | null {
    const judged = this.#mayWrite()
    if (judged.kind === 'refused') return judged.text
    const { crossing, declaredOnly, largest } = judged.allowance
    if (crossing !== 'pass' || declaredOnly) return laterText
    return size > largest ? largestText(this.path, largest) : null
  }

  async #setstat(request: HandleRequest & { kind: 'fsetstat' }, frame: Buffer): Promise<Said> {
    const { id, attributes } = request
    const { size, ...others } = attributes
    if (size !== undefined) {
      if (this.#in === null) return saidFailure(id, 'the file is not open for writing')
      const text = this.#barsWriting(size)
      if (text !== null) return this.#refuse(id, 'write', text)
      this.#in.used = true
      this.#writing?.reaches(size)
      if (size !== this.#in.tally.bytes) this.#in.tally.spoil()
    }
    if (Object.keys(others).length > 0) {
      const judged = judge(this.#parts, 'setstat', this.path)
      if (judged.kind === 'refused') return this.#refuse(id, 'setstat', judged.text)
    }
    const answer = await this.#parts.target.pass(frame, id, { kind: 'done' })
    if (answer.reply.kind === 'status' && answer.reply.code === statusCodes.ok && Object.keys(others).length > 0)
      await this.#parts.steps.done('setstat', this.path)
    return passed(answer)
  }

  /** Content of another file on the target goes into it. */
  wasCopiedInto(at: number, length: number): void {
    if (!this.#in) return
    this.#writing?.reaches(this.#startOf(at) + length)
    this.#in.used = true
    this.#in.tally.spoil()
  }

  get isForReading(): boolean {
    return this.#out !== null
  }

  get isForWriting(): boolean {
    return this.#in !== null
  }

  /** Why so much content may not be written into it there, or null. */
  barsCopying(at: number, length: number): string | null {
    return this.#barsWriting(this.#startOf(at) + length)
  }

  /** Why content up to there may not be copied out of it, or null. */
  barsCopyingOut(end: number): string | null {
    const judged = this.#mayRead()
    if (judged.kind === 'refused') return judged.text
    const { largest } = judged.allowance
    return end > largest ? largestText(this.path, largest) : null
  }

  async close(id: number, frame: Buffer): Promise<Said> {
    const answer = await this.#parts.target.pass(frame, id, { kind: 'done' })
    if (answer.reply.kind !== 'status' || answer.reply.code !== statusCodes.ok) this.#in?.tally.spoil()
    await this.#tell(true)
    return passed(answer)
  }

  async abandon(): Promise<void> {
    this.#in?.tally.spoil()
    await this.#tell(false)
  }

  async #tell(isClosed: boolean): Promise<void> {
    if (this.#told) return
    this.#told = true
    if (this.#writing?.isAlone === false) this.#in?.tally.spoil()
    this.#writing?.close()
    const { path } = this
    for (const one of [this.#in, this.#out]) {
      if (!one?.used) continue
      const { direction, allowance, tally } = one
      const [bytes, sha256] = [tally.bytes, tally.digest()]
      const outcome = sha256 !== null ? 'whole' : isClosed ? 'part' : 'broken-off'
      this.#parts.event({ sftp: 'file', path, direction, outcome, size: bytes, sha256 })
      await this.#parts.airlock.crossed({ program: 'sftp', direction, path, allowance, bytes, sha256 })
    }
  }

  async #refuse(id: number, step: 'read' | 'write' | 'setstat', text: string): Promise<Said> {
    await this.#parts.steps.refused(step, this.path, text)
    return saidDenied(id, text)
  }
}

const laterText = 'the rules about this file have changed while it was open: open it again'
export const largestText = (path: string, largest: number): string =>
  `\`${path}\` is larger than the ${largest} bytes the plant lets pass here`
