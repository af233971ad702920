// A disk of recordings that is slow, as a fault of its own. A write is waited for before its bytes are forwarded, and every
// session of this node waits with it; nothing is lost by that, but people see a session that stands still. When it begins
// and when it is over is evidence once, is told, and who is in a session reads why.

import type { Disk, PacedDisk } from '../../recorder/index.ts'
import type { Instant } from '../../policy/index.ts'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { Store } from '../store/store.ts'

export interface SlowDisk {
  readonly since: Instant
  /** The longest write or sync since then, ms. */
  readonly longestMs: number
}

export interface DiskPace {
  /** What recordings are written with. */
  readonly disk: Disk
  /** Null while it keeps up. */
  slow(): SlowDisk | null
  round(): Promise<void>
}

/** A write that takes so long holds every session up so that a person notices. */
export const slowWriteMs = 1_000
/** Recordings are synced every second; a disk that needs so long for it does not keep up. */
export const slowSyncMs = 5_000
/** It keeps up again when nothing was slow for so long: it would come and go otherwise. */
export const calmMs = 60_000

const slowText =
  'the disk of recordings is slow at the moment: what crosses is recorded first, so every session may stand still for a while; nothing is lost'
const calmText = 'the disk of recordings keeps up again'

export function openDiskPace(deps: {
  readonly paced: PacedDisk
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  /** Sessions that are in it together: told what they wait for. */
  readonly sessions: () => readonly { tell(text: string): void }[]
}): DiskPace {
  const { paced, store, clock, log, sessions } = deps
  let slow: SlowDisk | null = null
  let lastSlow: Instant = 0
  /** Whether the ledger knows that it is slow. */
  let isWritten = false

  function look(): void {
    const now = clock.now()
    const { writeMs, syncMs } = paced.taken()
    if (writeMs >= slowWriteMs || syncMs >= slowSyncMs) {
      const longestMs = Math.max(writeMs, syncMs)
      lastSlow = now
      if (slow === null) {
        slow = { since: now - longestMs, longestMs }
        log.warn({ writeMs, syncMs, sessions: sessions().length }, 'Disk of recordings is slow; sessions wait for it')
        for (const session of sessions()) session.tell(slowText)
      } else slow = { ...slow, longestMs: Math.max(slow.longestMs, longestMs) }
    }
  }

  return {
    disk: paced.disk,
    slow: () => slow,
    async round() {
      look()
      if (slow === null) return
      const { since, longestMs } = slow
      const now = clock.now()
      if (!isWritten) {
        const data = { since, longestMs, sessions: sessions().length }
        await store.change((tx) => tx.ledger.append('recording.disk_slow', now, data))
        isWritten = true
      }
      if (now - lastSlow < calmMs) return
      await store.change((tx) => tx.ledger.append('recording.disk_recovered', now, { since, longestMs }))
      slow = null
      isWritten = false
      log.info({ since, longestMs }, 'Disk of recordings keeps up again')
      for (const session of sessions()) session.tell(calmText)
    },
  }
}
