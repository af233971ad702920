// How long a disk takes: each write and each sync is timed, also one that has not come back yet. A write is waited for by
// the whole process, so a slow one is felt by every session; who asks for `taken` now and then learns of it.

import type { Disk } from './disk.ts'

/** The longest call of a kind since it was last asked, ms; one under way counts with the time it has had so far. */
export interface Taken {
  readonly writeMs: number
  readonly syncMs: number
}

export interface PacedDisk {
  readonly disk: Disk
  /** What the calls took since this was last called. */
  taken(): Taken
}

/** @param monotonic nanoseconds of a clock that does not step. */
export function paceDisk(disk: Disk, monotonic: () => bigint): PacedDisk {
  let writeNs = 0n
  let syncNs = 0n
  const running = new Set<{ readonly since: bigint }>()

  async function timed(work: () => Promise<void>): Promise<void> {
    const call = { since: monotonic() }
    running.add(call)
    try {
      await work()
    } finally {
      running.delete(call)
      syncNs = longer(syncNs, monotonic() - call.since)
    }
  }

  return {
    disk: {
      ...disk,
      write(fd, parts) {
        const since = monotonic()
        try {
          return disk.write(fd, parts)
        } finally {
          writeNs = longer(writeNs, monotonic() - since)
        }
      },
      sync: (fd) => timed(() => disk.sync(fd)),
      syncDir: (path) => timed(() => disk.syncDir(path)),
    },
    taken() {
      const now = monotonic()
      const longest = [...running].reduce((most, { since }) => longer(most, now - since), syncNs)
      const taken = { writeMs: inMs(writeNs), syncMs: inMs(longest) }
      writeNs = 0n
      syncNs = 0n
      return taken
    },
  }
}

const longer = (a: bigint, b: bigint): bigint => (a > b ? a : b)
const inMs = (ns: bigint): number => Number(ns / 1_000_000n)
