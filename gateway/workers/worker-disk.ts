// The disk as a worker writes recordings on it. Node's permission model (24.21) takes `fs.fsync` from a process by its
// number of a file and leaves it the one of a file handle: what was written through one descriptor is brought to stable
// storage through another on the same file.

import { open } from 'node:fs/promises'
import { realDisk, type Disk } from '../../recorder/index.ts'

async function syncPath(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

export function openWorkerDisk(disk: Disk = realDisk): Disk {
  const paths = new Map<number, string>()
  function kept(fd: number, path: string): number {
    paths.set(fd, path)
    return fd
  }
  return {
    ...disk,
    create: (path) => kept(disk.create(path), path),
    openExisting: (path) => kept(disk.openExisting(path), path),
    async sync(fd) {
      const path = paths.get(fd)
      if (path === undefined) throw new Error(`file ${fd}: expected one that is open`)
      await syncPath(path)
    },
    syncDir: syncPath,
    close(fd) {
      paths.delete(fd)
      disk.close(fd)
    },
  }
}
