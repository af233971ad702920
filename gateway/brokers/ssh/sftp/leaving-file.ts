// A file that is fetched and looked at first: it was read whole into the airlock and let go before the client got it
// open, and the client reads it from there.

import type { Attributes } from '../../../guards/sftp/attributes.ts'
import { mostData, statusCodes } from '../../../guards/sftp/codes.ts'
import type { HandleRequest } from '../../../guards/sftp/requests.ts'
import type { HeldFile } from '../../../airlock/airlock.ts'
import { HeldHandle } from './held-handle.ts'
import {
  judge,
  saidAttributes,
  saidData,
  saidDenied,
  saidFailure,
  saidOk,
  saidStatus,
  type Parts,
  type Said,
} from './parts.ts'

export class LeavingFile extends HeldHandle {
  readonly #attributes: Attributes
  readonly #sha256: string
  #reached = 0

  constructor(
    parts: Parts,
    held: HeldFile,
    given: {
      readonly handle: string
      readonly path: string
      readonly attributes: Attributes
      readonly sha256: string
    },
  ) {
    super(parts, held, { ...given, direction: 'out' })
    this.#attributes = given.attributes
    this.#sha256 = given.sha256
  }

  async take(request: Exclude<HandleRequest, { kind: 'close' | 'copy-data' }>): Promise<Said> {
    const { id } = request
    switch (request.kind) {
      case 'read': {
        const judged = judge(this.parts, 'read', this.path)
        if (judged.kind === 'refused') {
          await this.parts.steps.refused('read', this.path, judged.text)
          return saidDenied(id, judged.text)
        }
        const length = Math.min(request.length, mostData, this.held.size - request.offset)
        if (length <= 0) return saidStatus(id, statusCodes.eof, 'end of file')
        const data = await this.held.read(request.offset, length)
        this.#reached = Math.max(this.#reached, request.offset + data.length)
        return saidData(id, data, this.held.id)
      }
      case 'fstat':
        return saidAttributes(id, { ...this.#attributes, size: this.held.size })
      case 'write':
      case 'fsetstat':
      case 'fsync':
      case 'readdir':
      case 'fstatvfs':
        return saidFailure(id, 'the file is open for reading only')
    }
  }

  async close(id: number): Promise<Said> {
    await this.#leave(this.#reached >= this.held.size ? 'whole' : 'part')
    return saidOk(id)
  }

  protected breakOff(): Promise<void> {
    return this.#leave('broken-off')
  }

  async #leave(outcome: string): Promise<void> {
    this.end()
    this.event(outcome, this.#sha256)
    const isRead = this.#reached > 0 || this.held.size === 0
    await this.held.delivered(isRead ? null : 'nothing of it was read')
  }
}
