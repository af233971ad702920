// What handles of files in the airlock share: one that arrives, and one that leaves. How they are read and written is
// theirs.

import type { HandleRequest } from '../../../guards/sftp/requests.ts'
import type { FileDirection, HeldFile } from '../../../airlock/airlock.ts'
import type { OpenHandle, Parts, Said } from './parts.ts'

export abstract class HeldHandle implements OpenHandle {
  readonly handle: string
  readonly path: string
  protected readonly parts: Parts
  protected readonly held: HeldFile
  readonly #direction: FileDirection
  #isOver = false

  constructor(
    parts: Parts,
    held: HeldFile,
    { handle, path, direction }: { readonly handle: string; readonly path: string; readonly direction: FileDirection },
  ) {
    this.parts = parts
    this.held = held
    this.handle = handle
    this.path = path
    this.#direction = direction
  }

  abstract take(request: Exclude<HandleRequest, { kind: 'close' | 'copy-data' }>, frame: Buffer): Promise<Said>
  abstract close(id: number, frame: Buffer): Promise<Said>
  /** The channel ended before it was closed. */
  protected abstract breakOff(): Promise<void>

  abandon(): Promise<void> {
    return this.#isOver ? Promise.resolve() : this.breakOff()
  }

  /** From here on there is nothing to break off. */
  protected end(): void {
    this.#isOver = true
  }

  /** What became of it, for the recording. */
  protected event(outcome: string, sha256: string | null): void {
    const { path } = this
    const { id, size } = this.held
    this.parts.event({ sftp: 'file', path, direction: this.#direction, outcome, size, sha256, held: id })
  }
}
