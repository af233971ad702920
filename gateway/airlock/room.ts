// Room on the disk for files in quarantine. Recordings go first: what would bring the disk below the threshold at which
// no new session begins is not taken in.

import { leastFreeBytes } from '../data-folder.ts'
import type { Space, Thresholds } from '../evidence/storage.ts'

export interface Room {
  /** Resolves with a clause where there is no room for so many bytes more. */
  take(bytes: number): Promise<string | null>
}

/** The disk is asked again after so many bytes, whoever wrote them. */
const askAfterBytes = 8 * 1024 * 1024
/** Kept free beyond the threshold, for what others write meanwhile. */
const slackBytes = 32 * 1024 * 1024

const noRoom = 'the gateway has no room for it now: tell the plant, which can make room'

export function openRoom({
  space,
  thresholds,
}: {
  readonly space: () => Promise<Space>
  readonly thresholds: Pick<Thresholds, 'refusePercent'>
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
        await asking
      }
      if (left < bytes) return noRoom
      left -= bytes
      return null
    },
  }
}
