// What the brokers see of the airlock, and nothing more: files they carry are taken in, judged, and let go or held back;
// and each file that crossed is told. Calls are asynchronous and values plain, so that brokers can move into workers.

import type { FileVerdict } from '../../policy/index.ts'

/** The program a file comes or goes by. */
export type FileProgram = 'sftp' | 'scp' | 'rsync' | 'git'

/** `in`: to the asset. `out`: away from it. */
export type FileDirection = 'in' | 'out'

export type FileAllowance = Extract<FileVerdict, { kind: 'allowed' }>

/** One file, as it is offered: where it goes to or comes from on the target, and what holds for it. */
export interface FileOffer {
  readonly program: FileProgram
  readonly direction: FileDirection
  /** Canonical and absolute, on the target. */
  readonly path: string
  readonly allowance: FileAllowance
}

export type TakenIn =
  | { readonly kind: 'open'; readonly file: HeldFile }
  /** Nothing is taken in: `text` is one clause, for who sends it. */
  | { readonly kind: 'refused'; readonly text: string }

/** What became of a file that was taken in whole. */
export type Settled =
  | { readonly kind: 'released'; readonly size: number; readonly sha256: string }
  /** It waits for a person, longer than a client does: the same content may pass when it comes again. */
  | { readonly kind: 'held'; readonly text: string }
  | { readonly kind: 'refused'; readonly text: string }

/** A file in quarantine, on the gateway's own disk. */
export interface HeldFile {
  readonly id: string
  /** Bytes so far: the highest offset written. */
  readonly size: number
  /** Anywhere in it, in any order. Resolves with a clause where it is not kept: too large, or no room. */
  write(offset: number, bytes: Uint8Array): Promise<string | null>
  read(offset: number, length: number): Promise<Uint8Array>
  truncate(size: number): Promise<string | null>
  /**
   * All of it is there: digest, type by content, verdict, release. `tell` gets what it waits for, in words for the user,
   * once or more often. Aborted, it is kept and its release may still come.
   */
  settle(tell: (text: string) => void, signal: AbortSignal): Promise<Settled>
  /** What was released has reached who it is for, or has not; `text` says why. Ends it, and so does `abandon`. */
  delivered(text: string | null): Promise<void>
  /** The transfer broke off before it was whole. */
  abandon(text: string): Promise<void>
}

/** A file that crossed without being taken in, or part of one. */
export interface CrossedFile extends FileOffer {
  /** Bytes that crossed. */
  readonly bytes: number
  /** SHA-256 (hex) of the whole file; null where it did not cross whole, from its first byte to its last, in order. */
  readonly sha256: string | null
}

/** Something else done to a path, or tried. */
export interface FileStep {
  readonly program: FileProgram
  readonly step: 'delete' | 'rename' | 'mkdir' | 'rmdir' | 'setstat' | 'symlink' | 'write' | 'read' | 'list'
  readonly path: string
  /** The new path of a rename, the target of a link. */
  readonly to: string | null
  /** Why it was refused; null where it was done. */
  readonly refused: string | null
}

/** The airlock of one session. */
export interface Airlock {
  takeIn(offer: FileOffer): Promise<TakenIn>
  /** Resolves when it is kept as evidence: who carries many files waits for it. */
  crossed(file: CrossedFile): Promise<void>
  stepped(step: FileStep): Promise<void>
}

/** Where there is none: nothing is taken in. */
export const noAirlock: Airlock = {
  takeIn: () => Promise.resolve({ kind: 'refused', text: 'this gateway takes no files in' }),
  crossed: () => Promise.resolve(),
  stepped: () => Promise.resolve(),
}
