// The worker processes of a gateway, as the kernel shows them: which there are, whose recordings they write, and what is
// in their memory.

import { open, readdir, readFile, readlink } from 'node:fs/promises'

import { eventually } from './eventually.ts'

async function childrenOf(pid: number): Promise<number[]> {
  const threads = await readdir(`/proc/${pid}/task`)
  const lists = await Promise.all(
    threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/children`, 'utf8').catch(() => '')),
  )
  return lists.flatMap((list) => list.split(' ').filter(Boolean).map(Number))
}

const isWorker = async (pid: number): Promise<boolean> =>
  (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).includes('gateway/workers/worker.ts')

/** Process ids of the workers that a gateway has now. */
export async function workersOf(gateway: number): Promise<number[]> {
  const found = await Promise.all((await childrenOf(gateway)).map(async (pid) => ((await isWorker(pid)) ? [pid] : [])))
  return found.flat()
}

/** Is it there, and no zombie? */
export async function isAlive(pid: number): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null)
  return status !== null && !/\) [ZX] /.test(status)
}

/** Sessions whose recordings a process has open. */
export async function sessionsIn(pid: number): Promise<ReadonlySet<string>> {
  const names = await readdir(`/proc/${pid}/fd`)
  const paths = await Promise.all(names.map((name) => readlink(`/proc/${pid}/fd/${name}`).catch(() => '')))
  return new Set(paths.flatMap((path) => /ses_[0-9a-z]{26}/.exec(path)?.[0] ?? []))
}

/** The worker that carries a session. */
export const workerOf = (gateway: number, session: string): Promise<number> =>
  eventually(`a worker records ${session}`, async () => {
    for (const pid of await workersOf(gateway)) if ((await sessionsIn(pid)).has(session)) return pid
    return null
  })

const piece = 1 << 20

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
        const read = await memory.read(Buffer.alloc(size), 0, size, at).catch(() => null)
        // It was given back meanwhile.
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
