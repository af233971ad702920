// A disk that is full for a while: while it is, writes and new files fail, having written nothing, a part, or (as a disk
// may report) everything.

import { type Disk, realDisk } from '../../recorder/index.ts'

export type FullMode = 'before' | 'after' | 'short'

export interface FullDisk {
  readonly disk: Disk
  /** From now on there is no room, or there is again. */
  full: boolean
  mode: FullMode
  /** Writes that failed so far. */
  readonly refused: () => number
}

export function makeFullDisk(code = 'ENOSPC'): FullDisk {
  let refused = 0
  const error = (): Error => {
    refused++
    return Object.assign(new Error(`${code}: no room, as the test asked`), { code })
  }
  const made: FullDisk = {
    full: false,
    mode: 'before',
    refused: () => refused,
    disk: {
      ...realDisk,
      create(path) {
        if (made.full) throw error()
        return realDisk.create(path)
      },
      write(fd, parts) {
        if (!made.full) return realDisk.write(fd, parts)
        if (made.mode === 'before') throw error()
        const whole = Buffer.concat(parts)
        if (made.mode === 'after') {
          realDisk.write(fd, [whole])
          throw error()
        }
        // A short write is reported as one; what is left then finds no room.
        if (whole.length < 8) throw error()
        return realDisk.write(fd, [whole.subarray(0, whole.length >> 1)])
      },
    },
  }
  return made
}
