// The whole of one SFTP channel between its two sides: packets come in, and what may be passed on, asked or answered goes
// out. Requests on paths are worked off one after the other, so that what is asked about a path holds for what is then
// done to it; reading and writing what is open goes side by side. Who moves the bytes, and records them, is relay.ts's.

import { mostData, longestPacket, offeredExtensions, statusCodes } from '../../../guards/sftp/codes.ts'
import { SftpFault } from '../../../guards/sftp/fields.ts'
import { limitsPacket, versionPacket } from '../../../guards/sftp/replies.ts'
import {
  readRequest,
  writeRequest,
  type HandleRequest,
  type PathRequest,
  type SftpRequest,
} from '../../../guards/sftp/requests.ts'
import { PacketSplitter } from '../../../guards/sftp/splitter.ts'
import { barsContent } from '../../../guards/sftp/move.ts'
import type { BrokeredSession } from '../../broker.ts'
import { ArrivingFile } from './arriving-file.ts'
import { greet, leastData, type Greeting } from './greeting.ts'
import {
  passed,
  said,
  saidDenied,
  saidFailure,
  saidOk,
  saidStatus,
  type OpenHandle,
  type Parts,
  type Said,
} from './parts.ts'
import { PassingFile } from './passing-file.ts'
import { doToPath, type PathHost } from './path-steps.ts'
import { Steps } from './steps.ts'
import { SftpTarget, TargetGone, type SendToTarget } from './target.ts'
import { UnderWay } from './under-way.ts'
import { writtenIn } from './written-files.ts'

/** What a client may have under way, and hold open. */
const mostUnderWay = 256
const mostBytesUnderWay = 8 * 1024 * 1024
const mostHandles = 256
/** Of packets that wait for those before them; more are not read. */
const mostQueued = 1024 * 1024

const clientFault = 'the client sent no SFTP'
const targetFault = 'the target answered no SFTP'
const lockedText = 'the session is locked: unlock it in its terminal first'

export interface Outside {
  readonly session: Pick<BrokeredSession, 'files' | 'flow' | 'airlock'>
  toTarget: SendToTarget
  toClient(said: Said): void
  tell(text: string): void
  event(event: Readonly<Record<string, unknown>>): void
  /** The packets that wait have become fewer. */
  onRoom(): void
  /** Resolves when the target takes more; null where it does now. */
  targetHasRoom(): Promise<void> | null
  /** As for the target: what is answered from here would else pile up for a client that reads nothing. */
  clientHasRoom(): Promise<void> | null
  /** Nothing more is understood, or can be done: `error` where it is the gateway's own fault. */
  onEnd(text: string, error: unknown): void
}

interface Held {
  readonly open: OpenHandle
  /** What is under way on it. */
  readonly underWay: UnderWay
}

export class SftpConversation {
  readonly #outside: Outside
  readonly #target: SftpTarget
  readonly #fromClient = new PacketSplitter()
  readonly #fromTarget = new PacketSplitter()
  readonly #over = new AbortController()
  readonly #handles = new Map<string, Held>()
  /** Files that are looked at after their close. */
  readonly #closing = new Set<OpenHandle>()
  readonly #deliveries = new Set<Promise<void>>()
  readonly #parts: Parts
  #greeting: Greeting = { extensions: new Map(), home: '/', most: { read: leastData, write: leastData } }
  #version: PromiseWithResolvers<Buffer> | null = null
  #isReady = false
  #minted = 0

  // Owned by the loop.
  #queue: Buffer[] = []
  #queued = 0
  #isWorking = false
  readonly #underWay = new UnderWay()
  #hasEnded = false
  /** It has ended but for what the gateway takes away again of its own. */
  #isTidying = false

  constructor(outside: Outside) {
    this.#outside = outside
    const { session, tell, event } = outside
    this.#target = new SftpTarget(outside.toTarget)
    this.#parts = {
      target: this.#target,
      airlock: session.airlock,
      steps: new Steps(session.airlock, event, tell),
      files: () => session.files(),
      stopped() {
        const { input, why } = session.flow()
        return input ? null : (why ?? 'input is stopped')
      },
      tell,
      event,
      over: this.#over.signal,
      deliveries: this.#deliveries,
      written: writtenIn(session),
      offers: (extension) => this.#greeting.extensions.has(extension),
      most: () => this.#greeting.most,
    }
  }

  /** May more be read from the client? */
  get hasRoom(): boolean {
    return this.#queued < mostQueued
  }

  /** Takes what the client sent, recorded already. */
  takeFromClient(bytes: Buffer): void {
    if (this.#hasEnded) return
    try {
      for (const frame of this.#fromClient.take(bytes)) {
        this.#queue.push(frame)
        this.#queued += frame.length
      }
    } catch (error) {
      return this.#fault(error, clientFault)
    }
    this.#work()
  }

  /** Takes what the target sent, recorded already. */
  takeFromTarget(bytes: Buffer): void {
    if (this.#hasEnded && !this.#isTidying) return
    try {
      for (const frame of this.#fromTarget.take(bytes)) {
        if (this.#version) {
          const { resolve } = this.#version
          this.#version = null
          resolve(frame)
        } else this.#target.take(frame)
      }
    } catch (error) {
      this.#fault(error, targetFault)
    }
  }

  /** Resolves when everything the client has asked for is answered. */
  async settled(): Promise<void> {
    while (this.#isWorking || this.#underWay.count > 0) await this.#underWay.less()
  }

  /** The target says no more. */
  targetGone(): void {
    this.#target.gone()
    this.#version?.reject(new TargetGone('the target closed the file service'))
  }

  /** Is a file being written to the target by the gateway, which would leave a part of it there? */
  get isDelivering(): boolean {
    return this.#deliveries.size > 0
  }

  /** Nothing is done any more but to take away what the gateway was writing, as far as that comes about within this time. */
  async tidy(withinMs: number): Promise<void> {
    this.#hasEnded = true
    this.#isTidying = true
    this.#queue = []
    this.#target.onlyTidy()
    this.#over.abort()
    let late: NodeJS.Timeout | undefined
    await Promise.race([
      Promise.allSettled(this.#deliveries),
      new Promise((resolve) => (late = setTimeout(resolve, withinMs))),
    ])
    clearTimeout(late)
    this.#isTidying = false
  }

  /** The channel is over: what was open is told as it stands. */
  async abandon(): Promise<void> {
    this.#hasEnded = true
    this.#isTidying = false
    this.#queue = []
    this.#over.abort()
    this.targetGone()
    const open = [...this.#handles.values()].map((held) => held.open)
    this.#handles.clear()
    await this.settled()
    await Promise.all([...open, ...this.#handlesLeft()].map((one) => one.abandon()))
  }

  /** What was opened while the channel ended. */
  #handlesLeft(): readonly OpenHandle[] {
    const left = [...this.#handles.values()].map((held) => held.open)
    this.#handles.clear()
    return [...left, ...this.#closing]
  }

  #fault(error: unknown, text: string): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    this.#queue = []
    if (error instanceof SftpFault) this.#outside.onEnd(`${text}: ${error.message}`, null)
    else this.#outside.onEnd('the gateway could not go on with this channel; its operators have the details', error)
  }

  #work(): void {
    if (this.#isWorking) return
    this.#isWorking = true
    void this.#workOff()
  }

  // A gigabyte is some thirty thousand packets each way: here and in what it calls for reading and writing, what does not
  // have to wait is not awaited.
  async #workOff(): Promise<void> {
    // What was taken together is here as a whole by then.
    await Promise.resolve()
    for (;;) {
      while (this.#underWay.count >= mostUnderWay || this.#underWay.bytes >= mostBytesUnderWay)
        await this.#underWay.less()
      const roomAtTarget = this.#outside.targetHasRoom()
      if (roomAtTarget) await roomAtTarget
      const roomAtClient = this.#outside.clientHasRoom()
      if (roomAtClient) await roomAtClient
      const frame = this.#queue.shift()
      if (!frame || this.#hasEnded) {
        // In this very call: what comes next begins anew.
        this.#isWorking = false
        return this.#underWay.told()
      }
      this.#queued -= frame.length
      try {
        const handled = this.#handle(frame)
        if (handled) await handled
      } catch (error) {
        if (!(error instanceof TargetGone)) this.#fault(error, targetFault)
      }
      if (this.hasRoom) this.#outside.onRoom()
    }
  }

  /** Goes on by itself; its answer is said when it is there, and then, whatever came of it, `over` is called. */
  #apart(bytes: number, work: Promise<Said>, over: () => void): void {
    this.#underWay.begin(bytes)
    const ended = (): void => {
      over()
      this.#underWay.end(bytes)
    }
    void work.then(
      (answer) => {
        try {
          this.#say(answer)
        } finally {
          ended()
        }
      },
      (error: unknown) => {
        if (!(error instanceof TargetGone)) this.#fault(error, targetFault)
        ended()
      },
    )
  }

  #say(answer: Said): void {
    if (!this.#hasEnded) this.#outside.toClient(answer)
  }

  /** Says it, and there is nothing to wait for. */
  #answer(answer: Said): null {
    this.#say(answer)
    return null
  }

  /** Resolves when the next packet may be looked at; null where it may now. */
  #handle(frame: Buffer): Promise<void> | null {
    const request = readRequest(frame)
    if (!this.#isReady) return this.#begin(request)
    switch (request.kind) {
      case 'init':
        this.#fault(new SftpFault('a second INIT'), clientFault)
        return null
      case 'malformed':
        return this.#answer(saidStatus(request.id, statusCodes.badMessage, request.text))
      case 'unknown':
        return this.#answer(saidUnsupported(request.id))
      case 'limits': {
        const { read, write } = this.#greeting.most
        const limits = { packets: longestPacket, read, write, handles: mostHandles }
        return this.#answer(said(limitsPacket(request.id, limits)))
      }
      case 'close':
      case 'read':
      case 'write':
      case 'fstat':
      case 'fsetstat':
      case 'readdir':
        return this.#onHandle(request, frame)
      case 'fsync':
      case 'fstatvfs':
      case 'copy-data':
        if (!this.#offers(request.kind)) return this.#answer(saidUnsupported(request.id))
        return this.#onHandle(request, frame)
      case 'open':
      case 'opendir':
        if (this.#handles.size + this.#closing.size >= mostHandles)
          return this.#answer(saidFailure(request.id, `expected at most ${mostHandles} files to be open at a time`))
        return this.#onPath(request)
      case 'mkdir':
      case 'setstat':
      case 'lsetstat':
      case 'remove':
      case 'rmdir':
      case 'realpath':
      case 'stat':
      case 'lstat':
      case 'readlink':
      case 'statvfs':
      case 'expand-path':
      case 'rename':
      case 'posix-rename':
      case 'symlink':
      case 'hardlink':
        return this.#onPath(request)
    }
  }

  async #onPath(request: PathRequest): Promise<void> {
    if (!this.#offers(request.kind)) return this.#say(saidUnsupported(request.id))
    const { locked } = this.#outside.session.flow()
    // A locked terminal must not be passed by its neighbour; what is open already goes on.
    if (locked) return this.#say(saidDenied(request.id, lockedText))
    this.#say(await doToPath(this.#host, request))
  }

  /** Is the extension a request belongs to, if it does, there at the target? */
  #offers(kind: SftpRequest['kind']): boolean {
    const name = kind === 'copy-data' ? kind : `${kind}@openssh.com`
    return !(name in offeredExtensions) || this.#greeting.extensions.has(name)
  }

  get #host(): PathHost {
    return {
      parts: this.#parts,
      home: this.#greeting.home,
      mintHandle: () => `sallyport-${++this.#minted}`,
      keep: (open) => {
        // Two files under one name: whoever writes to it would not know to which.
        if (this.#handles.has(open.handle)) throw new SftpFault('a handle that is in use already')
        this.#handles.set(open.handle, { open, underWay: new UnderWay() })
      },
      arriving: (path) => {
        const all = [...[...this.#handles.values()].map(({ open }) => open), ...this.#closing]
        return all.find((open): open is ArrivingFile => open instanceof ArrivingFile && open.path === path) ?? null
      },
    }
  }

  #onHandle(request: HandleRequest, frame: Buffer): Promise<void> | null {
    const held = this.#handles.get(request.handle)
    if (!held) return this.#answer(saidFailure(request.id, 'there is nothing open under this handle'))
    if (request.kind === 'copy-data') return this.#copy(request, held)
    if (request.kind === 'close') return this.#close(request, held, frame)
    // What a READ brings is as much under way as what a WRITE does.
    const brought = request.kind === 'read' ? Math.min(request.length, mostData) : 0
    const bytes = frame.length + brought
    held.underWay.begin(bytes)
    this.#apart(bytes, held.open.take(request, frame), () => held.underWay.end(bytes))
    return null
  }

  async #close({ id, handle }: HandleRequest & { kind: 'close' }, held: Held, frame: Buffer): Promise<void> {
    const { open } = held
    // Nobody can use it from now on, and what is under way on it ends first.
    this.#handles.delete(handle)
    this.#closing.add(open)
    while (held.underWay.count > 0) await held.underWay.less()
    const closed = new Promise<void>((resolve) => this.#apart(0, this.#closeOrAbandon(open, id, frame), resolve))
    // What waits to be looked at must not hold up what else is done.
    if (!(open instanceof ArrivingFile)) await closed
  }

  /** Whatever keeps it from being closed, such as a client that leaves meanwhile: what crossed is told. */
  async #closeOrAbandon(open: OpenHandle, id: number, frame: Buffer): Promise<Said> {
    try {
      return await open.close(id, frame)
    } catch (error) {
      await open.abandon()
      throw error
    } finally {
      this.#closing.delete(open)
    }
  }

  async #copy(request: HandleRequest & { kind: 'copy-data' }, { open: from }: Held): Promise<void> {
    const into = this.#handles.get(request.into)?.open
    const { id } = request
    if (!(from instanceof PassingFile) || !(into instanceof PassingFile) || !from.isForReading || !into.isForWriting)
      return this.#say(saidDenied(id, 'what is looked at on its way is not copied on the target: send it'))
    const length = request.length === 0 ? await this.#lengthFrom(from, request.offset) : request.length
    if (length === null) return this.#say(saidFailure(id, `the target does not say how large \`${from.path}\` is`))
    if (length === 0) return this.#say(saidOk(id))
    const text =
      from.barsCopyingOut(request.offset + length) ??
      into.barsCopying(request.at, length) ??
      barsContent(this.#parts.files(), from.path, into.path)
    if (text !== null) {
      await this.#parts.steps.refused('write', into.path, text)
      return this.#say(saidDenied(id, text))
    }
    into.wasCopiedInto(request.at, length)
    this.#say(passed(await this.#target.passChanged({ ...request, length }, { kind: 'done' })))
    await this.#parts.steps.done('write', into.path, from.path)
  }

  /** A length of 0 means all there is: then it is said how much that is, or a limit would be none. */
  async #lengthFrom({ handle }: PassingFile, offset: number): Promise<number | null> {
    const { reply } = await this.#target.ask({ kind: 'fstat', handle }, { kind: 'attrs' })
    const size = reply.kind === 'attrs' ? reply.attributes.size : undefined
    return size === undefined ? null : Math.max(0, size - offset)
  }

  /** The first packet: the target is asked what it is before the client is told. */
  async #begin(request: SftpRequest): Promise<void> {
    if (request.kind !== 'init') return this.#fault(new SftpFault('expected INIT first'), clientFault)
    if (request.version < 3)
      return this.#fault(new SftpFault(`version ${request.version}: expected 3 or later`), clientFault)
    this.#version = Promise.withResolvers<Buffer>()
    const { promise } = this.#version
    this.#outside.toTarget(writeRequest({ kind: 'init', version: 3 }), true, null)
    this.#greeting = await greet(this.#target, await promise)
    this.#isReady = true
    this.#say(said(versionPacket(this.#greeting.extensions)))
  }
}

const saidUnsupported = (id: number): Said => saidStatus(id, statusCodes.unsupported, 'not supported here')
