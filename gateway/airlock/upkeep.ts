// What the airlock does as time passes: says at a start what broke off, ends what nobody answered while the access was
// there, and deletes kept contents whose day has come. A legal hold on a session, or what it is of, keeps its files.

import {
  handlingOfRecording,
  holdsOn,
  keptUntil,
  type Bundle,
  type Instant,
  type RetentionClass,
} from '../../policy/index.ts'
import type { Clock } from '../clock.ts'
import { holdableOf } from '../evidence/keeping.ts'
import type { Log } from '../log.ts'
import type { StoredFileTransfer } from '../store/file-transfers.ts'
import type { KeptFile } from '../store/kept-files.ts'
import type { Store, Tables, Tx } from '../store/store.ts'
import type { ContentShelf } from './content-shelf.ts'
import type { WaitingRoom } from './waiting-room.ts'

export interface AirlockUpkeep {
  /** Before anything is taken in: what was on its way when the gateway ended has broken off. */
  recover(): Promise<void>
  /** Ends what waits and whose access is over. */
  lapse(): Promise<void>
  /** Looks at some of what is kept, and deletes what may go. */
  clean(): Promise<void>
}

/** Contents that are looked at in one round. */
const mostLooked = 200

interface Stay {
  readonly until: Instant
  readonly classes: readonly string[]
  readonly isHeld: boolean
}

export function openAirlockUpkeep(deps: {
  readonly store: Store
  readonly bundle: () => Bundle
  readonly clock: Clock
  readonly log: Log
  readonly shelf: ContentShelf
  readonly waiting: Pick<WaitingRoom, 'isWaiting'>
}): AirlockUpkeep {
  const { store, bundle, clock, log, shelf, waiting } = deps
  let lookedAt = ''

  /** The classes of the rules that let it; where they name none, the class of the session's recording. */
  async function classesOf(
    tables: Tables,
    { retention, session }: StoredFileTransfer,
  ): Promise<readonly RetentionClass[]> {
    const { handling } = bundle()
    const named = handling.classes.filter(({ id }) => retention.includes(id))
    if (named.length > 0) return named
    const stored = await tables.sessions.byId(session)
    return [stored === null ? handling.default : handlingOfRecording(bundle(), stored).retention]
  }

  async function isHeld(tables: Tables, { session, supplier }: StoredFileTransfer): Promise<boolean> {
    const stored = await tables.sessions.byId(session)
    if (stored === null) return false
    return holdsOn(await tables.holds.inForce(), holdableOf(stored, supplier)).length > 0
  }

  /** How long a content stays: as long as the longest of all it came by says. */
  async function stayOf(
    tables: Tables,
    { storedAt }: KeptFile,
    transfers: readonly StoredFileTransfer[],
  ): Promise<Stay> {
    let until = storedAt
    let held = false
    const classes = new Set<string>()
    for (const transfer of transfers) {
      // One that waits is not over, whatever its class.
      held ||= transfer.state === 'waiting' || (await isHeld(tables, transfer))
      for (const one of await classesOf(tables, transfer)) {
        classes.add(one.id)
        until = Math.max(until, keptUntil(transfer.settledAt ?? transfer.askedAt, one))
      }
    }
    return { until, classes: [...classes].toSorted(), isHeld: held }
  }

  /** False where the work says that all stays as it is. */
  async function changeUnlessItStays(work: (tx: Tx) => Promise<void>): Promise<boolean> {
    try {
      await store.change(work)
      return true
    } catch (error) {
      if (error instanceof Stays) return false
      throw error
    }
  }

  async function deleteIfDue(file: KeptFile): Promise<void> {
    const { sha256, bytes } = file
    const first = await stayOf(store, file, await store.fileTransfers.ofContent(sha256))
    if (first.isHeld || first.until > clock.now()) return
    await shelf.alone(sha256, async () => {
      // Asked again inside: a hold that was set meanwhile wins.
      const gone = await changeUnlessItStays(async (tx) => {
        const transfers = await tx.fileTransfers.ofContent(sha256)
        const { until, classes, isHeld: held } = await stayOf(tx, file, transfers)
        const at = clock.now()
        if (held || until > at || !(await tx.keptFiles.drop(sha256, at))) throw new Stays()
        await tx.ledger.append('file.deleted', at, {
          sha256,
          bytes,
          files: transfers.length,
          keptUntil: until,
          retention: [...classes],
        })
      })
      if (gone) await shelf.remove(sha256)
    })
  }

  return {
    async recover() {
      for (const { id, session, state, size } of await store.fileTransfers.inState([
        'receiving',
        'checking',
        'released',
      ])) {
        // What was let go after its client had left waits to come again.
        const stored = await store.fileTransfers.byId(id)
        if (state === 'released' && stored?.outcome === 'person') continue
        const stage = state === 'receiving' ? 'receiving' : state === 'checking' ? 'checking' : 'delivering'
        const at = clock.now()
        await store.change(async (tx) => {
          await tx.fileTransfers.step(id, [state], { state: 'broken-off', endedAt: at })
          const text = await tx.ledger.commit('the gateway ended')
          await tx.ledger.append('file.broken_off', at, { file: id, session, stage, size, text })
        })
      }
      // Of a content that is on no list nobody knows: the entry that would name it was never written, or says it is gone.
      for (const sha256 of await shelf.list())
        if (!(await store.keptFiles.has(sha256))) await shelf.alone(sha256, () => shelf.remove(sha256))
    },

    async lapse() {
      const now = clock.now()
      for (const { id, session, grant, found } of await store.fileTransfers.inState(['waiting'])) {
        const access = (await store.grants.byId(grant))?.grant ?? null
        if (waiting.isWaiting(id) || (access?.kind === 'open' && access.window.until > now)) continue
        await changeUnlessItStays(async (tx) => {
          const step = { state: 'refused', outcome: 'unanswered', endedAt: now } as const
          // Somebody decided on it meanwhile.
          if (!(await tx.fileTransfers.step(id, ['waiting'], step))) throw new Stays()
          const sha256 = found?.sha256 ?? null
          const blocked = { file: id, session, sha256, because: 'unanswered', by: null, reason: null } as const
          await tx.ledger.append('file.blocked', now, blocked)
        })
      }
    },

    async clean() {
      const page = await store.keptFiles.page(lookedAt, mostLooked)
      lookedAt = page.length < mostLooked ? '' : (page.at(-1)?.sha256 ?? '')
      for (const file of page) {
        try {
          await deleteIfDue(file)
        } catch (err) {
          log.error({ err, sha256: file.sha256 }, 'A kept file could not be deleted; tried again')
        }
      }
    },
  }
}

/** It stays after all: nothing is changed, and nothing is written. */
class Stays extends Error {}
