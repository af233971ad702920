// How much memory a process takes, as the kernel counts it.

import { readFile } from 'node:fs/promises'

const lookEveryMs = 100

/** Resident memory, in MiB. */
export async function residentMebibytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  const found = /^VmRSS:\s+(\d+) kB/m.exec(status)
  if (!found) throw new Error(`process ${pid} has no memory of its own: it has ended`)
  return Number(found[1]) / 1024
}

/** The most that a process grew beyond what it had, in MiB, while the work went on. */
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
