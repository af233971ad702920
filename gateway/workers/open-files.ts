// Which files a process has open, as the kernel tells. A name that was taken away from it is no use to a worker, a file it
// still has open is.

import { readdirSync, readlinkSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { isAbsent, systemCode } from '../start-problem.ts'

/** Paths of what a process has open at this moment; none where it is gone, or the system does not tell. */
export type OpenFiles = () => Promise<readonly string[]>

/** How long who asks waits for others that ask the same, ms. */
const gatherMs = 25

/**
 * Whoever asks within a moment shares one look: many sessions may end at once, and each look goes over all there is (some
 * 10 ms for a worker with 2,000 files).
 */
export function openFilesOf(pid: number): OpenFiles {
  const folder = `/proc/${pid}/fd`
  let next: Promise<readonly string[]> | null = null
  const look = async (): Promise<readonly string[]> => {
    await wait(gatherMs)
    next = null
    return namesIn(folder).flatMap((name) => targetOf(`${folder}/${name}`))
  }
  return () => (next ??= look())
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    if (isGone(error)) return []
    throw error
  }
}

function targetOf(path: string): string[] {
  try {
    return [readlinkSync(path)]
  } catch (error) {
    if (isGone(error)) return []
    throw error
  }
}

/** Closed meanwhile, ended meanwhile, or another user's. */
const isGone = (error: unknown): boolean => isAbsent(error) || ['ESRCH', 'EACCES'].includes(systemCode(error))
