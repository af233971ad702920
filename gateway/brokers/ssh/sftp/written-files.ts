// Files that are open for writing as they come, by all SFTP channels of one session. Handles of the same file share
// its end, so that what each of them appends is held to the size that may pass; and none of them tells a digest,
// because what the others write is in that file as well. What other sessions and programs write to it is not known
// here, nor that a file has two names by a hard link.

/** One handle's part in a file. */
export interface Writing {
  /** Where what is appended next begins: the file is no longer than that, as far as it is known here. */
  readonly end: number
  /** Has nothing else of this session changed the file while it was open here? */
  readonly isAlone: boolean
  /** It is as long as that now, or longer. */
  reaches(end: number): void
  /** The handle is closed. */
  close(): void
}

interface Written {
  path: string
  end: number
  readonly by: Set<Part>
}

class Part implements Writing {
  file: Written
  isAlone = true
  readonly #onClose: (part: Part) => void

  constructor(file: Written, onClose: (part: Part) => void) {
    this.file = file
    this.#onClose = onClose
  }

  get end(): number {
    return this.file.end
  }

  reaches(end: number): void {
    if (end > this.file.end) this.file.end = end
  }

  close(): void {
    this.#onClose(this)
  }
}

function share({ by }: Written): void {
  for (const part of by) part.isAlone = false
}

export class WrittenFiles {
  readonly #files = new Map<string, Written>()

  /**
   * A file is going to be opened for writing. To be called before the target is asked to, so that no other handle can
   * write to it meanwhile and be closed again unseen.
   * @param path canonical.
   */
  open(path: string): Writing {
    const file = this.#files.get(path) ?? { path, end: 0, by: new Set() }
    this.#files.set(path, file)
    const part = new Part(file, ({ file: last }) => {
      last.by.delete(part)
      if (last.by.size === 0 && this.#files.get(last.path) === last) this.#files.delete(last.path)
    })
    file.by.add(part)
    if (file.by.size > 1) share(file)
    return part
  }

  /** Its size is set by its path. */
  resized(path: string, size: number): void {
    const file = this.#files.get(path)
    if (!file) return
    file.end = Math.max(file.end, size)
    share(file)
  }

  /** What was at one path, and below it, is at another. */
  renamed(from: string, to: string): void {
    const moved = [...this.#files.values()].filter(({ path }) => path === from || path.startsWith(`${from}/`))
    for (const file of moved) {
      const { path } = file
      this.#files.delete(path)
      file.path = `${to}${path.slice(from.length)}`
      const there = this.#files.get(file.path)
      if (there) this.#join(file, there)
      this.#files.set(file.path, file)
    }
  }

  /** Another channel may have opened it by its new name before this was told: what both wrote then adds up. */
  #join(file: Written, there: Written): void {
    for (const part of there.by) {
      part.file = file
      file.by.add(part)
    }
    file.end += there.end
    share(file)
  }
}

/** Owned by writtenIn. */
const ofSessions = new WeakMap<object, WrittenFiles>()

/** Those of a session, whichever of its channels asks. */
export function writtenIn(session: object): WrittenFiles {
  const written = ofSessions.get(session) ?? new WrittenFiles()
  ofSessions.set(session, written)
  return written
}
