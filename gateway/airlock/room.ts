// Room on the disk for files in quarantine. Recordings go first: what would bring the disk below the threshold at which
// no new session begins is not taken in.

import { leastFreeBytes } from '../data-folder.ts'
import type { Space, Thresholds } from '../evidence/storage.ts'
import type { Log } from '../log.ts'

export interface Room {
  /** Resolves with a clause where there is no room for so many bytes more, or where nobody can tell. Never rejects. */
  take(bytes: number): Promise<string | null>
}

/** The disk is asked again after so many bytes, whoever wrote them. */
const askAfterBytes = 8 * 1024 * 1024
/** Kept free beyond the threshold, for what others write meanwhile. */
const slackBytes = 32 * 1024 * 1024

const noRoom = 'the gateway has no room for it now: tell the plant, which can make room'

const unknownRoom = 'the gateway cannot tell whether it has room for it: tell the plant'

export function openRoom({
  space,
  thresholds,
  log,
}: {
  readonly space: () => Promise<Space>
  readonly thresholds: Pick<Thresholds, 'refusePercent'>
  readonly log: Log
}): Room {
  /** What may still be taken before the disk is asked again. */
  let left = 0
  let asking: Promise<void> | null = null

  async function ask(): Promise<void> {
    const { freeBytes, totalBytes } = await space()
    const reserve = Math.max(leastFreeBytes, (totalBytes * thresholds.refusePercent) / 100) + slackBytes
    left = Math.min(askAfterBytes, freeBytes - reserve)
  }

  return {
    async take(bytes) {
      if (left < bytes) {
        asking ??= ask().finally(() => (asking = null))
        try {
          await asking
        } catch (err) {
          log.error({ err }, 'File not taken in: the free space of the disk cannot be read')
          return unknownRoom
        }
      }
      if (left < bytes) return noRoom
      left -= bytes
      return null
    },
  }
}
