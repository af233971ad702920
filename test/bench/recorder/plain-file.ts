// A file that is only written: what recording is held against.

import { closeSync, fdatasync, openSync, rmSync, writeSync } from 'node:fs'
import { promisify } from 'node:util'
import type { Sink } from './timed.ts'

const syncFile = promisify(fdatasync)

export function openPlainFile(path: string): Sink & { remove(): void } {
  const fd = openSync(path, 'wx')
  return {
    write: (piece) => void writeSync(fd, piece),
    sync: () => syncFile(fd),
    remove() {
      closeSync(fd)
      rmSync(path)
    },
  }
}
