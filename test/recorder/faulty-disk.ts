// A disk that fails on demand: the n-th call of one kind fails before it did anything, after it did everything, or (for
// writes) after it did a part.

import { type Disk, realDisk } from '../../recorder/index.ts'

export const faultyCalls = [
  'makeDir',
  'create',
  'openExisting',
  'write',
  'size',
  'truncate',
  'sync',
  'syncDir',
  'close',
  'rename',
  'remove',
] as const satisfies readonly (keyof Disk)[]
export type FaultyCall = (typeof faultyCalls)[number]
export type FaultMode = 'before' | 'after' | 'short'

export interface Fault {
  readonly call: FaultyCall
  /** Which call of its kind fails, from 0. */
  readonly nth: number
  readonly mode: FaultMode
  readonly code?: string
}

export interface FaultyDisk {
  readonly disk: Disk
  /** How often each kind was called so far. */
  readonly counts: Record<FaultyCall, number>
  /** Whether the fault has happened. */
  struck(): boolean
}

/** A disk with one fault, or with none, which then only counts. */
export function makeFaultyDisk(fault: Fault | null): FaultyDisk {
  const counts = Object.fromEntries(faultyCalls.map((call) => [call, 0])) as Record<FaultyCall, number>
  let struck = false
  const error = (): Error => {
    return Object.assign(new Error(`${fault?.code ?? 'EIO'}: as the test asked`), { code: fault?.code ?? 'EIO' })
  }
  const isNow = (call: FaultyCall): boolean => {
    const now = counts[call]++ === fault?.nth && fault.call === call
    struck ||= now
    return now
  }
  const around = <T>(call: FaultyCall, run: () => T): T => {
    const now = isNow(call)
    if (now && fault?.mode === 'before') throw error()
    const result = run()
    if (now) throw error()
    return result
  }
  const aroundAsync = async (call: FaultyCall, run: () => Promise<void>): Promise<void> => {
    const now = isNow(call)
    if (now && fault?.mode === 'before') throw error()
    await run()
    if (now) throw error()
  }
  const disk: Disk = {
    makeDir: (path) => around('makeDir', () => realDisk.makeDir(path)),
    create: (path) => around('create', () => realDisk.create(path)),
    openExisting: (path) => around('openExisting', () => realDisk.openExisting(path)),
    write: (fd, parts) => {
      if (fault?.mode !== 'short') return around('write', () => realDisk.write(fd, parts))
      if (!isNow('write')) return realDisk.write(fd, parts)
      const whole = Buffer.concat(parts)
      return realDisk.write(fd, [whole.subarray(0, Math.ceil(whole.length / 3))])
    },
    size: (fd) => around('size', () => realDisk.size(fd)),
    truncate: (fd, length) => around('truncate', () => realDisk.truncate(fd, length)),
    sync: (fd) => aroundAsync('sync', () => realDisk.sync(fd)),
    syncDir: (path) => aroundAsync('syncDir', () => realDisk.syncDir(path)),
    close: (fd) => around('close', () => realDisk.close(fd)),
    rename: (from, to) => around('rename', () => realDisk.rename(from, to)),
    remove: (path) => around('remove', () => realDisk.remove(path)),
  }
  return { disk, counts, struck: () => struck }
}
