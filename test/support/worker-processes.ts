// The worker processes of a gateway, as the kernel shows them: which there are, whose recordings they write, and what is
// in their memory.

import { open, readdir, readFile } from 'node:fs/promises'

import { eventually } from './eventually.ts'
import { childrenOf, linkOf, readOf } from './process-files.ts'

const isWorker = async (pid: number): Promise<boolean> =>
  (await readOf(pid, 'cmdline'))?.includes('gateway/workers/worker.ts') ?? false

/** Process ids of the workers that a gateway has now. */
export async function workersOf(gateway: number): Promise<number[]> {
  const threads = await readdir(`/proc/${gateway}/task`)
  const children = (await Promise.all(threads.map((thread) => childrenOf(gateway, Number(thread))))).flat()
  const found = await Promise.all(children.map(async (pid) => ((await isWorker(pid)) ? [pid] : [])))
  return found.flat()
}

/** Is it there, and no zombie? */
export async function isAlive(pid: number): Promise<boolean> {
  const status = await readOf(pid, 'stat')
  return status !== null && !/\) [ZX] /.test(status)
}

/** Sessions whose recordings a process has open. */
export async function sessionsIn(pid: number): Promise<ReadonlySet<string>> {
  const names = await readdir(`/proc/${pid}/fd`)
  const paths = await Promise.all(names.map((name) => linkOf(pid, `fd/${name}`)))
  return new Set(paths.flatMap((path) => /ses_[0-9a-z]{26}/.exec(path ?? '')?.[0] ?? []))
}

/** The worker that carries a session. */
export const workerOf = (gateway: number, session: string): Promise<number> =>
  eventually(`a worker records ${session}`, async () => {
    for (const pid of await workersOf(gateway)) if ((await sessionsIn(pid)).has(session)) return pid
    return null
  })

const piece = 1 << 20

/** Memory may be given back between the list of it and the look. */
function orGivenBack(error: unknown): null {
  if (error instanceof Error && 'code' in error && error.code === 'EIO') return null
  throw error
}

/** Which of these are in what a process may write and read of its memory, by name. Needs the right to trace it. */
export async function foundInMemory(pid: number, wanted: ReadonlyMap<string, Buffer>): Promise<Set<string>> {
  const longest = Math.max(...[...wanted.values()].map(({ length }) => length))
  const memory = await open(`/proc/${pid}/mem`, 'r')
  const found = new Set<string>()
  try {
    for (const line of (await readFile(`/proc/${pid}/maps`, 'utf8')).split('\n')) {
      const [, from = '', to = ''] = /^([0-9a-f]+)-([0-9a-f]+) rw/.exec(line) ?? []
      if (from === '' || /\[vvar|\[vsyscall/.test(line)) continue
      let held: Buffer = Buffer.alloc(0)
      for (let at = parseInt(from, 16); at < parseInt(to, 16); at += piece) {
        const size = Math.min(piece, parseInt(to, 16) - at)
        const read = await memory.read(Buffer.alloc(size), 0, size, at).catch(orGivenBack)
        if (read === null) break
        const bytes = Buffer.concat([held, read.buffer.subarray(0, read.bytesRead)])
        for (const [name, one] of wanted) if (bytes.includes(one)) found.add(name)
        held = bytes.subarray(Math.max(0, bytes.length - longest))
      }
    }
  } finally {
    await memory.close()
  }
  return found
}
