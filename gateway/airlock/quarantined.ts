// One file in quarantine, from its first byte to its end: kept, found out about, judged, waited for, delivered. Every step
// is one transaction with its entry of the ledger; what becomes of a file is policy's to say (file-release.ts).

import {
  fileOutcome,
  type DeclaredFile,
  type FileBlockReason,
  type FileOutcome,
  type FileReleaseReason,
  type FileTransferId,
} from '../../policy/index.ts'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { FileFound, NewFileTransfer } from '../store/file-transfers.ts'
import type { Store, Tables, Tx } from '../store/store.ts'
import type { HeldFile, Settled } from './airlock.ts'
import { listArchive } from './archive-listing.ts'
import type { ContentShelf } from './content-shelf.ts'
import { contentTypeOf, headBytes } from './content-type.ts'
import { blockedText, faultText, givenUpText, heldText, pieceText } from './file-sentences.ts'
import type { Room } from './room.ts'
import { pieceBytes, type SpoolFile } from './spool.ts'
import type { Scanner } from './verdict.ts'
import type { Expectation, WaitingRoom } from './waiting-room.ts'

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
  /** Files of one person that may wait for a person's word at a time. */
  readonly mostWaiting: number
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
  const { store, clock, log, scanner, shelf, waiting, room, waitMs, mostWaiting } = deps
  const { id, session } = transfer
  const one = { file: id, session }
  let phase: 'receiving' | 'settling' | 'released' | 'over' = 'receiving'
  let found: FileFound | null = null
  /** Of a person's word, from before it stands in the store that this file waits. */
  let expectation: Expectation | null = null

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

  async function outcomeOf(tables: Tables, of: FileFound): Promise<Decided> {
    const { grant, asset, direction, path, person } = transfer
    const same = { grant, asset, direction, path, sha256: of.sha256 }
    const joins = await tables.fileTransfers.waitingLike(same)
    const outcome = fileOutcome(transfer, {
      isBrought: direction === 'in',
      verdict: of.verdict.verdict,
      isDeclared: of.declaredAs !== null,
      wasReleased: await tables.fileTransfers.wasReleased(same),
      isOneTooMany: joins === null && (await tables.fileTransfers.waitingOf(person)) >= mostWaiting,
    })
    return { outcome, joins: outcome.kind === 'hold' ? joins : null }
  }

  /** It is kept, and what becomes of it is decided and written in one go. */
  function decide(of: FileFound): Promise<Decided> {
    return shelf.alone(of.sha256, async () => {
      const { outcome: outlook } = await outcomeOf(store, of)
      // Kept, it would fill the disk: whoever sends without end is refused without end.
      const isKept = !(outlook.kind === 'block' && outlook.because === 'too-many-waiting')
      if (isKept) await shelf.put(of.sha256, toKeep)
      return store.change(async (tx) => {
        const at = clock.now()
        const decided = isKept ? await outcomeOf(tx, of) : { outcome: outlook, joins: null }
        const { outcome, joins } = decided
        if (isKept) await tx.keptFiles.put({ sha256: of.sha256, bytes: of.size, storedAt: at })
        await writeScanned(tx, at, of)
        if (joins === null) await writeOutcome(tx, at, of, outcome)
        else await writeJoined(tx, at, of, joins)
        if (outcome.kind === 'hold') expectation = waiting.expect(joins ?? id)
        return decided
      })
    })
  }

  async function writeJoined(tx: Tx, at: number, of: FileFound, joins: FileTransferId): Promise<void> {
    const step = { found: of, settledAt: at, endedAt: at, state: 'joined' } as const
    await tx.fileTransfers.step(id, ['receiving', 'checking'], step)
    await tx.ledger.append('file.joined', at, { ...one, sha256: of.sha256, waiting: joins })
  }

  /** A person has let go of the one it waited with. False where that cannot be written: then it does not go. */
  async function releaseJoined({ sha256 }: FileFound): Promise<boolean> {
    const at = clock.now()
    try {
      await store.change(async (tx) => {
        await tx.fileTransfers.step(id, ['joined'], { state: 'released', outcome: 'released-before' })
        await writeReleased(tx, at, sha256, 'released-before')
      })
      return true
    } catch (err) {
      log.error({ err, sessionId: session, file: id }, 'File not let go; it is refused')
      return false
    }
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
    let decided: Decided
    try {
      await store.bookkeep((tx) => tx.fileTransfers.step(id, ['receiving'], { state: 'checking', size: spool.size }))
      of = await findOut()
      found = of
      decided = await decide(of)
    } catch (err) {
      expectation?.end()
      if (err instanceof NoRoom) return refuse('no-room', err.message)
      log.error({ err, sessionId: session, file: id }, 'File not judged; it is refused')
      return refuse('fault', faultText)
    }
    const { size, sha256, verdict } = of
    const { outcome, joins } = decided
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
    const word = (await expectation?.wait(waitMs, AbortSignal.any([signal, ended]))) ?? null
    if (word?.kind === 'released') {
      if (joins !== null && !(await releaseJoined(of))) {
        await clear()
        return { kind: 'refused', text: faultText }
      }
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

interface Decided {
  readonly outcome: FileOutcome
  /** The file that waits for a person's word on the same content; null where it waits by itself, or does not wait. */
  readonly joins: FileTransferId | null
}

/** The disk is needed for recordings. */
class NoRoom extends Error {}
