// What the kernel says of a process in /proc. A process may end at any moment, also while it is read; that is an answer.
// Whatever else goes wrong is a fault of the test.

import { readFile, readlink } from 'node:fs/promises'

const isGone = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH')

async function orGone<T>(read: Promise<T>): Promise<T | null> {
  try {
    return await read
  } catch (error) {
    if (isGone(error)) return null
    throw error
  }
}

/** A file of a process, such as `status`; null where the process has ended. */
export const readOf = (pid: number, file: string): Promise<string | null> =>
  orGone(readFile(`/proc/${pid}/${file}`, 'utf8'))

/** What a link of a process leads to, such as `fd/3`; null where it is no more. */
export const linkOf = (pid: number, file: string): Promise<string | null> => orGone(readlink(`/proc/${pid}/${file}`))

/** The processes that a thread of a process started, those that live. */
export async function childrenOf(pid: number, thread = pid): Promise<number[]> {
  const list = (await readOf(pid, `task/${thread}/children`)) ?? ''
  return list.split(' ').filter(Boolean).map(Number)
}
