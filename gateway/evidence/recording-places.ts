// Where the recordings of sessions that live are now, for whoever reads them in this process. One that a worker writes stands
// in that worker's folder until it is brought to its place (live-folders.ts); every other one is in its place.

import { join } from 'node:path'
import { recordingDir } from '../../recorder/index.ts'
import type { SessionId } from '../../policy/index.ts'

export class RecordingPlaces {
  readonly #root: string
  /** Folders of workers, by the sessions they write. */
  readonly #live = new Map<SessionId, string>()

  /** @param root folder of the recordings. */
  constructor(root: string) {
    this.#root = root
  }

  isLive(session: SessionId): boolean {
    return this.#live.has(session)
  }

  folderOf(session: SessionId): string {
    const live = this.#live.get(session)
    return live === undefined ? recordingDir(this.#root, session) : join(live, session)
  }

  /** It is being written in the folder of a worker. */
  written(session: SessionId, folder: string): void {
    this.#live.set(session, folder)
  }

  /** It is in its place. */
  home(session: SessionId): void {
    this.#live.delete(session)
  }
}
