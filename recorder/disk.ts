// The few file-system calls a recording is written with, as an interface, so that tests can fail each of them. Reading
// is regular-file.ts.

import * as fs from 'node:fs'
import { promisify } from 'node:util'
import { systemCode } from './errors.ts'

/** Every call throws (or rejects with) the system's error; none retries. */
export interface Disk {
  /** Makes one folder, mode 0700. Fails if anything stands there. */
  makeDir(path: string): void
  /** Makes a file for writing at its end, mode 0600. Fails if anything, a dangling link included, stands there. */
  create(path: string): number
  /** Opens a file for shortening it; never follows a link. */
  openExisting(path: string): number
  /** Appends the parts in order; may write less than all. Gives the number of bytes written. */
  write(fd: number, parts: readonly Uint8Array[]): number
  size(fd: number): number
  truncate(fd: number, length: number): void
  /** When it resolves, the file's content and length are on stable storage. */
  sync(fd: number): Promise<void>
  /** When it resolves, names made or changed in the folder are on stable storage. */
  syncDir(path: string): Promise<void>
  close(fd: number): void
  /** Replaces nothing that is a folder with content. */
  rename(from: string, to: string): void
  remove(path: string): void
}

const fsync = promisify(fs.fsync)
const { O_APPEND, O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY } = fs.constants

export const realDisk: Disk = {
  makeDir: (path) => fs.mkdirSync(path, { mode: 0o700 }),
  create: (path) => fs.openSync(path, O_WRONLY | O_APPEND | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600),
  openExisting: (path) => fs.openSync(path, O_WRONLY | O_NOFOLLOW),
  write: (fd, parts) => fs.writevSync(fd, parts),
  size: (fd) => fs.fstatSync(fd).size,
  truncate: (fd, length) => fs.ftruncateSync(fd, length),
  sync: (fd) => fsync(fd),
  syncDir: async (path) => {
    const fd = fs.openSync(path, fs.constants.O_RDONLY | fs.constants.O_DIRECTORY)
    try {
      await fsync(fd)
    } finally {
      fs.closeSync(fd)
    }
  },
  close: (fd) => fs.closeSync(fd),
  rename: (from, to) => fs.renameSync(from, to),
  remove: (path) => fs.unlinkSync(path),
}

/** Was there no room, so that the same write may work later: no space, no quota, or a limit on the size of files? */
export function isFull(thrown: unknown): boolean {
  return ['ENOSPC', 'EDQUOT', 'EFBIG'].includes(systemCode(thrown) ?? '')
}

/** Writes all of the parts, going on after a short write. */
export function writeAll(disk: Disk, fd: number, parts: readonly Uint8Array[]): void {
  const total = parts.reduce((sum, part) => sum + part.length, 0)
  let written = disk.write(fd, parts)
  // The usual case is one call; only a short write costs a copy.
  if (written === total) return
  const whole = Buffer.concat(parts)
  while (written < total) {
    const more = disk.write(fd, [whole.subarray(written)])
    if (more <= 0) throw new Error(`the file takes no more bytes: ${written} of ${total} written`)
    written += more
  }
}

/** Makes a file with this content and brings it to stable storage. */
export async function writeDurable(disk: Disk, path: string, content: Uint8Array): Promise<void> {
  const fd = disk.create(path)
  try {
    writeAll(disk, fd, [content])
    await disk.sync(fd)
  } finally {
    disk.close(fd)
  }
}

/**
 * Waits for all of them: syncs of one disk that run side by side take about as long as one. Where some fail, throws what the
 * first of them did, and not before the others have ended: nothing may be closed under a sync that still runs.
 */
export async function allOf(running: readonly Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(running)).find((result) => result.status === 'rejected')
  if (failed) throw failed.reason
}
