// Where files of sealed recordings are kept besides the local disk, as an interface: one file at a time, plain data in and
// out, so that the work can be done in a process of its own. Which files, when, and what is written about it is copies/'s.

/** A local file and what it has to be by the seal of its recording. */
export interface LocalFile {
  readonly path: string
  /** Name in the store. */
  readonly key: string
  readonly bytes: number
  /** Hex. */
  readonly sha256: string
}

/** A file as it stands in the store. */
export interface BlobObject {
  readonly key: string
  readonly bytes: number
  readonly sha256: string
  /** What the store calls this very content; null where it keeps no versions. */
  readonly version: string | null
}

/** Until when the store is to let nobody remove it, ms. `compliance`: not even its administrator. */
export interface ObjectLock {
  readonly mode: 'governance' | 'compliance'
  readonly until: number
}

/** What went wrong with the store itself; `reason` is a clause for people and holds no secret. */
export type StoreFault =
  /** Not now: no answer, or one that says to come again. */
  | { readonly kind: 'unreachable'; readonly reason: string }
  /** It will not, until somebody changes something. */
  | { readonly kind: 'refused'; readonly reason: string }

/** There, and not what it has to be. */
export interface Changed {
  readonly kind: 'changed'
  readonly found: string
}

export type PutOutcome =
  /** Read back from the store, and it is what the seal says; locked where that was wished. */
  | { readonly kind: 'stored'; readonly object: BlobObject }
  /** The local file is not what the seal says: nothing of it was kept. */
  | { readonly kind: 'local-damaged'; readonly found: string }
  /** What the store gives back is not what was sent. */
  | Changed
  | StoreFault

export type FetchOutcome =
  | { readonly kind: 'fetched' }
  | { readonly kind: 'missing' }
  | Changed
  /** The local disk did not take it. */
  | { readonly kind: 'disk'; readonly reason: string }
  | StoreFault

export type PresentOutcome = { readonly kind: 'present' } | { readonly kind: 'missing' } | Changed | StoreFault

export type RemoveOutcome =
  | { readonly kind: 'removed' }
  /** The store keeps it until then, ms; null where it does not say. */
  | { readonly kind: 'locked'; readonly until: number | null }
  | StoreFault

export type CheckOutcome =
  | { readonly kind: 'ready'; readonly versioned: boolean; readonly lockable: boolean }
  | StoreFault

/** Nothing here throws for what the store or the local disk does. */
export interface Blobs {
  /**
   * Puts a file there, going on where an earlier try stopped, and reads it back. `stored` promises that the store gave back
   * every byte of it afterwards.
   */
  put(file: LocalFile, lock: ObjectLock | null): Promise<PutOutcome>
  /** Writes an object to a path where nothing stands; the path is there only when every byte is right. */
  fetch(object: BlobObject, path: string): Promise<FetchOutcome>
  /** Whether it stands there with its size; its content is not read. */
  present(object: BlobObject): Promise<PresentOutcome>
  /**
   * Removes everything whose name begins so, in every version, and the parts of unfinished tries. `removed` too where
   * nothing was there. Stops at the first that cannot be removed.
   */
  remove(under: string): Promise<RemoveOutcome>
  check(): Promise<CheckOutcome>
  close(): Promise<void>
}
