// The process of a worker: what it is started with, what it may touch, and how much memory it takes. What is said to it is
// desk.ts's, how many there are and when one is replaced pool.ts's.
//
// Node's permission model holds it to its own sources and a folder for the recordings it writes: it reads no key, no store
// and no configuration, writes nothing else, and starts no program. That is a second wall, not the first, which is that no
// long-lived secret is ever sent to it. It costs next to nothing: no time on a file that is open, some 5 us to open one.
//
// KNOWN GAP: Node 24 does not bound the network, and a native binding, which ssh2's ciphers are, stands outside the model.
// What a worker can do that is made to run foreign machine code, is what its user can do.

import { spawn, type ChildProcess } from 'node:child_process'
import { realpathSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { heapFlags } from '../runtime/heap.ts'

export interface WorkerProcessOptions {
  /** The program. */
  readonly entry: string
  /** Folder of its own, which is there: all that it may write, and besides its sources all that it may read. */
  readonly folder: string
  /** Memory it may take, in MiB; the heap of JavaScript gets three quarters of it. */
  readonly memoryMebibytes: number
}

/** The folder of the project. */
const root = fileURLToPath(new URL('../..', import.meta.url))
/** What a worker runs: not the whole folder of the project, which may hold somebody's data as well. */
const sources = ['gateway', 'policy', 'recorder', 'node_modules', 'package.json']
const kept = ['PATH', 'TZ', 'LANG'] as const

/**
 * Starts one, with Node's channel and the pipe that signatures come over (`keyPipeFd`). What it prints on its standard error is for `tellPrinted`.
 * @throws when a path does not exist.
 */
export function startWorker(options: WorkerProcessOptions): ChildProcess {
  const { entry, folder, memoryMebibytes } = options
  const own = sources.map((name) => join(root, name))
  const env = Object.fromEntries(kept.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])))
  const flags = [
    `--max-old-space-size=${Math.floor((memoryMebibytes * 3) / 4)}`,
    ...heapFlags,
    '--permission',
    '--allow-addons',
    ...[...own, entry, folder].flatMap(realPaths).map((path) => `--allow-fs-read=${path}`),
    ...realPaths(folder).map((path) => `--allow-fs-write=${path}`),
    // It would be told at each start that --allow-addons weakens the model, which stands above.
    '--disable-warning=PERM0001',
    '--disable-warning=ExperimentalWarning',
  ]
  return spawn(process.execPath, [...flags, entry], {
    env,
    serialization: 'advanced',
    // What it prints is no log line of the gateway's before the gateway has made one of it.
    stdio: ['ignore', 'ignore', 'pipe', 'ipc', 'pipe'],
  })
}

/** Pieces of what one worker prints that are told; the rest is read and dropped. */
const mostPrinted = 100
const longestPrinted = 4_096

/** Tells what a worker prints, such as the last words of V8 before it gives up: a bounded part of it. */
export function tellPrinted(child: ChildProcess, tell: (text: string) => void): void {
  let told = 0
  child.stderr?.on('error', () => child.stderr?.destroy())
  child.stderr?.on('data', (piece: Buffer) => {
    if (told++ < mostPrinted) tell(piece.subarray(0, longestPrinted).toString('utf8').trimEnd())
  })
}

/** A path as it is named and as it really is: Node compares names, and follows links only afterwards. */
function realPaths(path: string): string[] {
  return [...new Set([path, realpathSync(path)])]
}

/** Bytes of memory that a process holds; null where the system does not tell, or it is gone. */
export async function residentBytes(pid: number): Promise<number | null> {
  try {
    const status = await readFile(`/proc/${pid}/status`, 'latin1')
    const found = /^VmRSS:\s+(\d+) kB$/m.exec(status)
    return found ? Number(found[1]) * 1_024 : null
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null
    if (code === 'ENOENT' || code === 'ESRCH') return null
    throw error
  }
}
