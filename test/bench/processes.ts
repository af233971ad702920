// The processes a bench starts: kept, so that every one is ended by its id whatever happens, and measured through /proc.

import type { ChildProcess } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'

const running = new Set<ChildProcess>()

/** Keeps a child until it exits. */
export function keep<T extends ChildProcess>(child: T): T {
  running.add(child)
  child.once('exit', () => running.delete(child))
  return child
}

/** Ends everything that still runs; for the end of a bench, good or bad. */
export function endAll(): void {
  for (const child of running) child.kill('SIGKILL')
  running.clear()
}

export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  /** Milliseconds since the Unix epoch, with their fraction. */
  readonly at: number
}

/** Wall time in milliseconds with its fraction; the same clock that `date` shows. */
export const wallNow = (): number => performance.timeOrigin + performance.now()

/** Waits for a child's exit. @throws when it could not be started. */
export function exitOf(child: ChildProcess): Promise<Exit> {
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) => resolve({ code, signal, at: wallNow() }))
  })
}

/** Everything a child says on a stream, once the stream ends. */
export async function textOf(stream: NodeJS.ReadableStream | null): Promise<string> {
  if (stream === null) return ''
  const parts: Buffer[] = []
  for await (const part of stream) parts.push(Buffer.from(part))
  return Buffer.concat(parts).toString('utf8')
}

export interface Memory {
  /** Resident set: shared pages are counted in full in every process that maps them. */
  readonly rss: number
  /** Proportional set: a page shared by n processes counts as 1/n in each. */
  readonly pss: number
}

/** Memory of one process in bytes, from /proc/<pid>/smaps_rollup. */
export function memoryOf(pid: number): Memory {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
  const field = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1] ?? Number.NaN) * 1024
  return { rss: field('Rss'), pss: field('Pss') }
}

/** The highest resident set since `forgetPeak`, in bytes. */
export function peakOf(pid: number): number {
  const text = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(text)?.[1] ?? Number.NaN) * 1024
}

/** Makes the present resident set the highest one (proc(5), clear_refs). */
export function forgetPeak(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, '5')
}

/** All processes under `pid`, itself not among them. */
export function descendantsOf(pid: number): number[] {
  const children = new Map<number, number[]>()
  for (const name of readdirSync('/proc')) {
    if (!/^[0-9]+$/.test(name)) continue
    const parent = parentOf(Number(name))
    if (parent !== null) children.set(parent, [...(children.get(parent) ?? []), Number(name)])
  }
  const found: number[] = []
  for (const next = [pid]; next.length > 0;) {
    const below = children.get(next.pop() ?? 0) ?? []
    found.push(...below)
    next.push(...below)
  }
  return found
}

function parentOf(pid: number): number | null {
  try {
    // After the command's name, which stands in brackets and may hold anything: state, then parent (proc(5), stat).
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[1])
  } catch {
    // It ended between listing and reading.
    return null
  }
}
