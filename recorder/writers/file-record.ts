// Records one file that is carried, on a channel of its own (FORMAT.md section 1.4, channel kind `file`): its name, its bytes as
// they cross, and at the end its size, digest and outcome.

import { createHash } from 'node:crypto'
import type { ChannelWriter } from '../channel.ts'
import type { Recording } from '../recording.ts'

/** `whole`: to its end. `broken-off`: it stopped in the middle. `refused`: it was not let through. */
export type FileOutcome = 'whole' | 'broken-off' | 'refused'

export interface FileSummary {
  /** Bytes recorded. */
  readonly size: number
  /** SHA-256 of them, hex. */
  readonly sha256: string
}

export class FileRecord {
  readonly #writer: ChannelWriter
  readonly #direction: 'in' | 'out'
  readonly #hash = createHash('sha256')
  #size = 0
  #summary: FileSummary | null = null

  /**
   * Begins the record of a file.
   * @param path as it was asked for; it is recorded and never used as a path here.
   * @param direction `in` to the asset, `out` from it.
   * @throws RecorderError as `Recording.openChannel`: then the file must not be carried.
   */
  constructor(recording: Recording, { path, direction }: { readonly path: string; readonly direction: 'in' | 'out' }) {
    this.#writer = recording.openChannel({ kind: 'file', path, direction })
    this.#direction = direction
  }

  /** Its channel in the recording. */
  get channel(): number {
    return this.#writer.channel
  }

  /**
   * Records bytes of the file that are about to cross, in their order.
   * @param written called when they may be forwarded, as of `ChannelWriter.data`.
   * @throws RecorderError as `ChannelWriter.data`: then they must not be forwarded.
   */
  data(bytes: Uint8Array, written?: () => void): void {
    this.#writer.data(this.#direction, bytes, written)
    this.#hash.update(bytes)
    this.#size += bytes.length
  }

  /** The file is over: says how, and closes its channel. Ending it again changes nothing. Throws as `data` does. */
  end(outcome: FileOutcome): FileSummary {
    if (this.#summary !== null) return this.#summary
    const summary = { size: this.#size, sha256: this.#hash.digest('hex') }
    this.#summary = summary
    this.#writer.event({ file: outcome, ...summary })
    this.#writer.close()
    return summary
  }
}
