// A file that is brought and looked at first: what the client writes goes into the airlock, and nothing of it reaches the
// target before it is let go. The client sees an ordinary file that takes long to close.

import type { Attributes } from '../../../guards/sftp/attributes.ts'
import { fileTypes, statusCodes } from '../../../guards/sftp/codes.ts'
import type { HandleRequest } from '../../../guards/sftp/requests.ts'
import type { HeldFile } from '../../../airlock/airlock.ts'
import { deliver, NotCarried } from './carrying.ts'
import { HeldHandle } from './held-handle.ts'
import { judge, saidAttributes, saidDenied, saidFailure, saidOk, saidStatus, type Parts, type Said } from './parts.ts'
import { realPathOf } from './real-path.ts'
import { TargetGone } from './target.ts'

export class ArrivingFile extends HeldHandle {
  readonly #appends: boolean
  readonly #exclusive: boolean
  readonly #opened: Attributes
  /** Asked for by requests of their own, and allowed. */
  #asked: Attributes = {}
  #end: number
  /** Something of it was not kept: then none of it is let go. */
  #spoiled: string | null = null

  constructor(
    parts: Parts,
    held: HeldFile,
    given: {
      readonly handle: string
      readonly path: string
      readonly appends: boolean
      /** Only where nothing is there. */
      readonly exclusive: boolean
      /** What it was opened with. */
      readonly opened: Attributes
    },
  ) {
    super(parts, held, { ...given, direction: 'in' })
    this.#appends = given.appends
    this.#exclusive = given.exclusive
    this.#opened = given.opened
    this.#end = held.size
  }

  async take(request: Exclude<HandleRequest, { kind: 'close' | 'copy-data' }>): Promise<Said> {
    const { id } = request
    switch (request.kind) {
      case 'write': {
        const judged = judge(this.parts, 'write', this.path)
        if (judged.kind === 'refused') return this.#refuse(id, judged.text)
        const at = this.#appends ? this.#end : request.offset
        this.#end = Math.max(this.#end, at + request.data.length)
        const text = await this.held.write(at, request.data)
        return text === null ? saidOk(id) : this.#refuse(id, text)
      }
      case 'fstat':
        return saidAttributes(id, this.attributes)
      case 'fsetstat':
        return this.#setstat(id, request.attributes)
      case 'fsync':
        return saidOk(id)
      case 'read':
        return saidFailure(id, 'a file that is looked at on its way is open for reading or for writing, not for both')
      case 'readdir':
      case 'fstatvfs':
        return saidFailure(id, 'not possible on a file that is looked at on its way')
    }
  }

  /** As the client is to see it while it is not there yet. */
  get attributes(): Attributes {
    const { permissions = this.#opened.permissions ?? 0o644, times } = this.#asked
    const mode = fileTypes.regular | (permissions & 0o7777)
    return { size: this.#end, permissions: mode, ...(times && { times }) }
  }

  async #setstat(id: number, { size, ...others }: Attributes): Promise<Said> {
    if (Object.keys(others).length > 0) {
      const judged = judge(this.parts, 'setstat', this.path)
      if (judged.kind === 'refused') {
        await this.parts.steps.refused('setstat', this.path, judged.text)
        return saidDenied(id, judged.text)
      }
      this.#asked = { ...this.#asked, ...others }
    }
    if (size === undefined) return saidOk(id)
    this.#end = size
    const text = await this.held.truncate(size)
    return text === null ? saidOk(id) : this.#refuse(id, text)
  }

  async #refuse(id: number, text: string): Promise<Said> {
    this.#spoiled ??= text
    await this.parts.steps.refused('write', this.path, text)
    return saidFailure(id, text)
  }

  async close(id: number): Promise<Said> {
    if (this.#spoiled !== null) {
      await this.#drop(this.#spoiled, 'refused')
      return saidFailure(id, this.#spoiled)
    }
    const { tell, over } = this.parts
    const settled = await this.held.settle((text) => tell(`\`${this.path}\`: ${text}`), over)
    if (settled.kind !== 'released') {
      this.end()
      this.event(settled.kind, null)
      tell(`\`${this.path}\`: ${settled.text}`)
      return saidStatus(
        id,
        settled.kind === 'held' ? statusCodes.failure : statusCodes.permissionDenied,
        `\`${this.path}\`: ${settled.text}`,
      )
    }
    try {
      await this.#bring()
    } catch (error) {
      if (!(error instanceof NotCarried) && !(error instanceof TargetGone)) throw error
      this.end()
      await this.held.delivered(error.message)
      this.event('not-delivered', settled.sha256)
      if (error instanceof TargetGone) throw error
      tell(error.message)
      return saidStatus(id, error.code, error.message)
    }
    this.end()
    await this.held.delivered(null)
    this.event('whole', settled.sha256)
    return saidOk(id)
  }

  /** It may have waited long: what holds now is asked again. */
  async #bring(): Promise<void> {
    const judged = judge(this.parts, 'write', this.path)
    if (judged.kind === 'refused') throw new NotCarried(judged.text, statusCodes.permissionDenied)
    const real = await realPathOf(this.parts.target, this.path, true)
    if (real.kind === 'unknown') throw new NotCarried(real.text, real.code)
    if (real.path !== this.path)
      throw new NotCarried(
        `\`${this.path}\` has become a link to elsewhere while the file was looked at: nothing was written`,
        statusCodes.permissionDenied,
      )
    if (this.#exclusive && real.attributes !== null)
      throw new NotCarried(`\`${this.path}\` has come to be there while the file was looked at: nothing was written`)
    await deliver(this.parts, this.held, {
      path: this.path,
      there: real.attributes,
      opened: this.#opened,
      asked: this.#asked,
    })
  }

  protected breakOff(): Promise<void> {
    return this.#drop('the transfer broke off before the file was closed', 'broken-off')
  }

  async #drop(text: string, outcome: string): Promise<void> {
    this.end()
    this.event(outcome, null)
    await this.held.abandon(text)
  }
}
