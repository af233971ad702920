// A folder that is being listed. Its names come from the target as they stand.

import { barsLooking, judge, passed, saidDenied, saidFailure, type OpenHandle, type Parts, type Said } from './parts.ts'
import type { HandleRequest } from '../../../guards/sftp/requests.ts'

export class Folder implements OpenHandle {
  readonly handle: string
  readonly path: string
  readonly #parts: Parts

  constructor(parts: Parts, handle: string, path: string) {
    this.#parts = parts
    this.handle = handle
    this.path = path
  }

  async take(request: Exclude<HandleRequest, { kind: 'close' | 'copy-data' }>, frame: Buffer): Promise<Said> {
    const { target, steps } = this.#parts
    const { id } = request
    switch (request.kind) {
      case 'readdir': {
        const judged = judge(this.#parts, 'list', this.path)
        if (judged.kind === 'allowed') return passed(await target.pass(frame, id, { kind: 'names' }))
        await steps.refused('list', this.path, judged.text)
        return saidDenied(id, judged.text)
      }
      case 'fstat': {
        const text = barsLooking(this.#parts, this.path)
        if (text !== null) return saidDenied(id, text)
        return passed(await target.pass(frame, id, { kind: 'attrs' }))
      }
      case 'read':
      case 'write':
      case 'fsetstat':
      case 'fsync':
      case 'fstatvfs':
        return saidFailure(id, 'this is a folder and no file')
    }
  }

  async close(id: number, frame: Buffer): Promise<Said> {
    return passed(await this.#parts.target.pass(frame, id, { kind: 'done' }))
  }

  abandon(): Promise<void> {
    return Promise.resolve()
  }
}
