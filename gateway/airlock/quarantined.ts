// One file in quarantine, from its first byte to its end: kept, found out about, judged, waited for, delivered. Every step
// is one transaction with its entry of the ledger; what becomes of a file is policy's to say (file-release.ts).

import {
  fileOutcome,
  type DeclaredFile,
  type FileBlockReason,
  type FileOutcome,
  type FileReleaseReason,
} from '../../policy/index.ts'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { FileFound, NewFileTransfer } from '../store/file-transfers.ts'
import type { Store, Tx } from '../store/store.ts'
import type { HeldFile, Settled } from './airlock.ts'
import { listArchive } from './archive-listing.ts'
import type { ContentShelf } from './content-shelf.ts'
import { contentTypeOf, headBytes } from './content-type.ts'
import { blockedText, givenUpText, heldText, pieceText } from './file-sentences.ts'
import type { Room } from './room.ts'
import { pieceBytes, type SpoolFile } from './spool.ts'
import type { Scanner } from './verdict.ts'
import type { WaitingRoom } from './waiting-room.ts'

export interface QuarantineDeps {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly scanner: Scanner
  readonly shelf: ContentShelf
  readonly waiting: WaitingRoom
  readonly room: Room
  /** How long a client waits for a person, ms. */
  readonly waitMs: number
}

/** Files that the request declares, by what holds now. */
export type Declared = () => readonly DeclaredFile[]

export interface Quarantine {
  readonly transfer: NewFileTransfer
  readonly spool: SpoolFile
  readonly declared: Declared
  /** Fires when the session is over: nobody waits any more. */
  readonly ended: AbortSignal
  /** Called once, when nothing of it is left on the spool. */
  readonly onOver: () => void
}

export function holdFile(deps: QuarantineDeps, { transfer, spool, declared, ended, onOver }: Quarantine): HeldFile {
  const { store, clock, log, scanner, shelf, waiting, room, waitMs } = deps
  const { id, session } = transfer
  const one = { file: id, session }
  let phase: 'receiving' | 'settling' | 'released' | 'over' = 'receiving'
  let found: FileFound | null = null

  async function clear(): Promise<void> {
    phase = 'over'
    await spool.remove()
    onOver()
  }

  async function* content(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < spool.size;) {
      const piece = await spool.read(at, pieceBytes)
      if (piece.length === 0) return
      at += piece.length
      yield piece
    }
  }

  /** What is kept takes room a second time; and a file of a few bytes may claim to be long, with nothing on disk so far. */
  async function* toKeep(): AsyncGenerator<Uint8Array> {
    for await (const piece of content()) {
      const text = await room.take(piece.length)
      if (text !== null) throw new NoRoom(text)
      yield piece
    }
  }

  async function findOut(): Promise<FileFound> {
    const sha256 = await spool.digest()
    const contentType = contentTypeOf(await spool.read(0, headBytes))
    const archive = await listArchive(spool, contentType)
    const match = transfer.direction === 'in' ? declared().find((each) => each.sha256 === sha256) : undefined
    const verdict = await scanner.judge(spool.size, content)
    return { size: spool.size, sha256, contentType, archive, declaredAs: match?.name ?? null, verdict }
  }

  async function writeScanned({ ledger }: Tx, at: number, of: FileFound): Promise<void> {
    const { size, sha256, contentType, archive, declaredAs, verdict } = of
    await ledger.append('file.scanned', at, {
      ...one,
      sha256,
      size,
      contentType,
      archive:
        archive === null ? null : { entries: archive.entries, bytes: archive.bytes, oddities: [...archive.oddities] },
      declared: declaredAs !== null,
      ...verdict,
    })
  }

  /** It is kept, and what becomes of it is decided and written in one go. */
  function decide(of: FileFound): Promise<FileOutcome> {
    return shelf.alone(of.sha256, async () => {
      await shelf.put(of.sha256, toKeep)
      return store.change(async (tx) => {
        const at = clock.now()
        const { grant, asset, direction, path } = transfer
        const wasReleased = await tx.fileTransfers.wasReleased({ grant, asset, direction, path, sha256: of.sha256 })
        const outcome = fileOutcome(transfer, {
          isBrought: direction === 'in',
          verdict: of.verdict.verdict,
          isDeclared: of.declaredAs !== null,
          wasReleased,
        })
        await tx.keptFiles.put({ sha256: of.sha256, bytes: of.size, storedAt: at })
        await writeScanned(tx, at, of)
        await writeOutcome(tx, at, of, outcome)
        return outcome
      })
    })
  }

  async function writeOutcome(tx: Tx, at: number, of: FileFound, outcome: FileOutcome): Promise<void> {
    const { sha256 } = of
    const step = { found: of, settledAt: at }
    const from = ['receiving', 'checking'] as const
    switch (outcome.kind) {
      case 'release':
        await tx.fileTransfers.step(id, from, { ...step, state: 'released', outcome: outcome.because })
        await writeReleased(tx, at, sha256, outcome.because)
        return
      case 'hold':
        await tx.fileTransfers.step(id, from, { ...step, state: 'waiting', heldBecause: outcome.because })
        await tx.ledger.append('file.held', at, {
          ...one,
          sha256,
          because: outcome.because,
          releasedBy: [...transfer.releasedBy],
        })
        return
      case 'block':
        await tx.fileTransfers.step(id, from, { ...step, state: 'refused', outcome: outcome.because, endedAt: at })
        await writeBlocked(tx, at, sha256, outcome.because)
    }
  }

  const writeReleased = ({ ledger }: Tx, at: number, sha256: string, because: FileReleaseReason) =>
    ledger.append('file.released', at, { ...one, sha256, because, by: null, reason: null })
  const writeBlocked = ({ ledger }: Tx, at: number, sha256: string | null, because: FileBlockReason) =>
    ledger.append('file.blocked', at, { ...one, sha256, because, by: null, reason: null })

  /** It was not kept whole, so there is nothing to judge. */
  async function refuse(because: FileBlockReason, text: string): Promise<Settled> {
    const at = clock.now()
    try {
      await store.change(async (tx) => {
        const step = { state: 'refused', outcome: because, size: spool.size, endedAt: at } as const
        await tx.fileTransfers.step(id, ['receiving', 'checking'], step)
        await writeBlocked(tx, at, null, because)
      })
    } finally {
      await clear()
    }
    return { kind: 'refused', text }
  }

  async function judged(tell: (text: string) => void, signal: AbortSignal): Promise<Settled> {
    tell(pieceText)
    let of: FileFound
    let outcome: FileOutcome
    try {
      await store.bookkeep((tx) => tx.fileTransfers.step(id, ['receiving'], { state: 'checking', size: spool.size }))
      of = await findOut()
      found = of
      // Who is quick decides before this client is there to be told.
      waiting.expect(id)
      outcome = await decide(of)
    } catch (err) {
      waiting.forget(id)
      if (err instanceof NoRoom) return refuse('no-room', err.message)
      log.error({ err, sessionId: session, file: id }, 'File not judged; it is refused')
      return refuse('fault', 'the gateway could not look at it: tell the plant')
    }
    const { size, sha256, verdict } = of
    if (outcome.kind !== 'hold') waiting.forget(id)
    if (outcome.kind === 'release') {
      phase = 'released'
      return { kind: 'released', size, sha256 }
    }
    if (outcome.kind === 'block') {
      await clear()
      return { kind: 'refused', text: blockedText(outcome.because, verdict) }
    }
    const text = heldText(outcome.because, verdict)
    tell(text)
    const word = await waiting.wait(id, waitMs, AbortSignal.any([signal, ended]))
    if (word?.kind === 'released') {
      phase = 'released'
      return { kind: 'released', size, sha256 }
    }
    await clear()
    return word === null
      ? { kind: 'held', text: `${text}: send it again once it was let go` }
      : { kind: 'refused', text: `the plant refused it: ${word.reason}` }
  }

  /** Ends one that was being received, or delivered. */
  async function breakOff(stage: 'receiving' | 'delivering', text: string): Promise<void> {
    const { size } = spool
    const at = clock.now()
    await store.change(async (tx) => {
      const from = stage === 'receiving' ? (['receiving', 'checking'] as const) : (['released'] as const)
      await tx.fileTransfers.step(id, from, { state: 'broken-off', size, endedAt: at })
      await tx.ledger.append('file.broken_off', at, { ...one, stage, size, text: await tx.ledger.commit(text) })
    })
  }

  return {
    id,
    get size() {
      return spool.size
    },
    write(offset, bytes) {
      return phase === 'receiving' ? spool.write(offset, bytes) : Promise.resolve('the file is closed already')
    },
    read: (offset, length) => spool.read(offset, length),
    truncate(size) {
      return phase === 'receiving' ? spool.truncate(size) : Promise.resolve('the file is closed already')
    },
    async settle(tell, signal) {
      if (phase !== 'receiving') return { kind: 'refused', text: givenUpText }
      phase = 'settling'
      const fault = await spool.flush()
      return fault === null ? judged(tell, signal) : refuse(fault.because, fault.text)
    },
    async delivered(text) {
      if (phase !== 'released') return
      phase = 'over'
      const sha256 = found?.sha256 ?? ''
      try {
        if (text !== null) return await breakOff('delivering', text)
        const at = clock.now()
        await store.change(async (tx) => {
          await tx.fileTransfers.step(id, ['released'], { state: 'delivered', endedAt: at })
          await tx.ledger.append('file.delivered', at, { ...one, sha256, size: spool.size })
        })
      } finally {
        await clear()
      }
    },
    async abandon(text) {
      // One that is being judged is judged to its end: it may be let go when it comes again.
      if (phase !== 'receiving' && phase !== 'released') return
      const stage = phase === 'receiving' ? 'receiving' : 'delivering'
      phase = 'over'
      try {
        await breakOff(stage, text)
      } finally {
        await clear()
      }
    },
  }
}

/** The disk is needed for recordings. */
class NoRoom extends Error {}
