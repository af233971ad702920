// What a program costs with everything it started: memory and processor time of trees of processes, read from /proc.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs'

export interface Memory {
  /** Resident set: shared pages are counted in full in every process that maps them. */
  readonly rss: number
  /** Proportional set: a page shared by n processes counts as 1/n in each. */
  readonly pss: number
}

/** Memory of one process in bytes, from /proc/<pid>/smaps_rollup; none of one that has ended. */
function memoryOf(pid: number): Memory {
  const text = textOf(pid, 'smaps_rollup')
  const field = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1] ?? 0) * 1024
  return { rss: field('Rss'), pss: field('Pss') }
}

/** Memory of processes together, in bytes. */
export function memoryOfAll(pids: readonly number[]): Memory {
  return pids
    .map(memoryOf)
    .reduce((sum, one) => ({ rss: sum.rss + one.rss, pss: sum.pss + one.pss }), { rss: 0, pss: 0 })
}

/** Memory of a process and all under it, in bytes. */
export const memoryOfTree = (pid: number): Memory => memoryOfAll([pid, ...descendantsOf(pid)])

/** The highest resident sets since `forgetPeaks` of a process and all under it, added up, in bytes. */
export function peakOfTree(pid: number): number {
  return [pid, ...descendantsOf(pid)]
    .map((one) => Number(/^VmHWM:\s+(\d+) kB$/m.exec(textOf(one, 'status'))?.[1] ?? 0) * 1024)
    .reduce((sum, bytes) => sum + bytes, 0)
}

/** Makes the present resident set the highest one (proc(5), clear_refs), of a process and all under it. */
export function forgetPeaks(pid: number): void {
  for (const one of [pid, ...descendantsOf(pid)])
    try {
      writeFileSync(`/proc/${one}/clear_refs`, '5')
    } catch (error) {
      // One of a moment's work has ended; the gateway itself must be there.
      if (one === pid) throw error
    }
}

/** Ticks in a second of what /proc counts: USER_HZ, 100 on every Linux of today (time(7)). */
const ticks = 100

/**
 * Processor time that a process and all under it have used, in seconds, also those that have ended and been waited for.
 * Each tick stands at one place: a child's are its own until its parent has waited for it, and then the parent's.
 */
export function processorOfTree(pid: number): number {
  return [pid, ...descendantsOf(pid)].reduce((sum, one) => sum + ticksOf(one), 0) / ticks
}

/** User and system time, its own and of children waited for (proc(5), stat: fields 14 to 17). */
function ticksOf(pid: number): number {
  return statOf(pid)
    .slice(11, 15)
    .reduce((sum, field) => sum + Number(field), 0)
}

/** All processes under `pid`, itself not among them. */
export function descendantsOf(pid: number): number[] {
  const children = new Map<number, number[]>()
  for (const name of readdirSync('/proc')) {
    if (!/^[0-9]+$/.test(name)) continue
    const parent = statOf(Number(name))[1]
    if (parent !== undefined) children.set(Number(parent), [...(children.get(Number(parent)) ?? []), Number(name)])
  }
  const found: number[] = []
  for (const next = [pid]; next.length > 0;) {
    const below = children.get(next.pop() ?? 0) ?? []
    found.push(...below)
    next.push(...below)
  }
  return found
}

/** Fields of proc(5), stat, from the third on: the second is a name in brackets, which may hold anything. */
function statOf(pid: number): string[] {
  const text = textOf(pid, 'stat')
  return text === '' ? [] : text.slice(text.lastIndexOf(')') + 2).split(' ')
}

/** A file of a process; empty when the process has ended, which it may between listing and reading. */
function textOf(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8')
  } catch {
    return ''
  }
}
