// The TCP sockets the kernel says this process holds, and those of the processes it started: read from /proc, no tool
// needed. Comparing them with what the gateway believes is compare.ts's.

import { createReadStream } from 'node:fs'
import { readdir, readFile, readlink } from 'node:fs/promises'
import { endianness } from 'node:os'
import { createInterface } from 'node:readline'
import { parseTableLine, type TableLine } from './proc-net.ts'

export interface KernelSocket extends TableLine {
  /** The process that holds it. */
  readonly holder: number
}

/** Far more than a gateway has; a process that started so many is not looked through for ever. */
const mostProcesses = 256

/**
 * Every TCP socket of this process and of those below it, in all states but forgotten ones; null where the system has no
 * such table (it is Linux's). Memory grows with the gateway's own sockets, not with those of the machine.
 */
export async function readKernelSockets(proc = '/proc'): Promise<readonly KernelSocket[] | null> {
  const holders = new Map<number, number>()
  const own = await descriptorsOf(`${proc}/self`)
  if (own === null) return null
  for (const inode of own) holders.set(inode, process.pid)
  for (const child of await processesBelow(proc))
    for (const inode of (await descriptorsOf(`${proc}/${child}`)) ?? [])
      // One that is handed down is the gateway's own.
      if (!holders.has(inode)) holders.set(inode, child)
  const tables = await Promise.all(['tcp', 'tcp6'].map((name) => linesOf(`${proc}/self/net/${name}`, holders)))
  // Without IPv6 there is no second table.
  if (tables[0] === null) return null
  return tables.flatMap((table) => table ?? [])
}

/** The inodes of the sockets a process holds; null where it cannot be looked at, or is gone. */
async function descriptorsOf(process: string): Promise<readonly number[] | null> {
  const names = await orNull(readdir(`${process}/fd`))
  if (names === null) return null
  const inodes: number[] = []
  for (const name of names) {
    // One that was closed since the folder was read is no socket any more.
    const inode = /^socket:\[(\d+)\]$/.exec((await orNull(readlink(`${process}/fd/${name}`))) ?? '')?.[1]
    if (inode !== undefined) inodes.push(Number(inode))
  }
  return inodes
}

async function processesBelow(proc: string): Promise<readonly number[]> {
  const found: number[] = []
  const seen: string[] = ['self']
  for (const parent of seen) {
    for (const task of (await orNull(readdir(`${proc}/${parent}/task`))) ?? []) {
      const text = (await orNull(readFile(`${proc}/${parent}/task/${task}/children`, 'utf8'))) ?? ''
      for (const child of text.split(' ').filter((part) => part !== '')) {
        if (found.length >= mostProcesses) return found
        found.push(Number(child))
        seen.push(child)
      }
    }
  }
  return found
}

/** Those lines of a table that belong to one of the holders; null where there is no such table. */
async function linesOf(file: string, holders: ReadonlyMap<number, number>): Promise<readonly KernelSocket[] | null> {
  const isLittleEndian = endianness() === 'LE'
  const stream = createReadStream(file, 'latin1')
  const found: KernelSocket[] = []
  try {
    for await (const line of createInterface({ input: stream, crlfDelay: Infinity })) {
      const read = parseTableLine(line, isLittleEndian)
      const holder = read === null ? undefined : holders.get(read.inode)
      if (read !== null && holder !== undefined && read.state !== 'gone') found.push({ ...read, holder })
    }
    return found
  } catch (error) {
    if (isAbsent(error)) return null
    throw error
  } finally {
    stream.destroy()
  }
}

/** What is not there, not there any more, or not ours to look at. */
async function orNull<T>(reading: Promise<T>): Promise<T | null> {
  try {
    return await reading
  } catch (error) {
    if (isAbsent(error)) return null
    throw error
  }
}

function isAbsent(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return code === 'ENOENT' || code === 'ESRCH' || code === 'EACCES' || code === 'EPERM' || code === 'EINVAL'
}
