// How much memory a gateway takes, as the kernel counts it: its own process, and the workers that carry its sessions.

import { readOf } from './process-files.ts'
import { workersOf } from './worker-processes.ts'

const lookEveryMs = 100

/** Resident memory of one process, in MiB; null where it has ended. */
async function residentOf(pid: number): Promise<number | null> {
  const found = /^VmRSS:\s+(\d+) kB/m.exec((await readOf(pid, 'status')) ?? '')
  return found ? Number(found[1]) / 1024 : null
}

/** Resident memory, in MiB. */
export async function residentMebibytes(pid: number): Promise<number> {
  const own = await residentOf(pid)
  if (own === null) throw new Error(`process ${pid} has no memory of its own: it has ended`)
  const workers = await Promise.all((await workersOf(pid)).map(residentOf))
  return workers.reduce<number>((sum, one) => sum + (one ?? 0), own)
}

/** The most that a gateway grew beyond what it had, in MiB, while the work went on. */
export async function growthOf<T>(pid: number, work: () => Promise<T>): Promise<{ result: T; grown: number }> {
  const before = await residentMebibytes(pid)
  let most = before
  const looks: Promise<void>[] = []
  const look = (): void => {
    looks.push(residentMebibytes(pid).then((now) => void (most = Math.max(most, now))))
  }
  const watch = setInterval(look, lookEveryMs)
  const result = await work().finally(() => clearInterval(watch))
  look()
  await Promise.all(looks)
  return { result, grown: most - before }
}
