// The demo as a person starts it: a program of its own, with a folder for temporary files that is looked into afterwards.

import { spawn, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'

import { eventually } from './eventually.ts'

const root = join(import.meta.dirname, '..', '..')

export interface DemoRun {
  readonly child: ChildProcess
  stdout(): string
  stderr(): string
  /** Resolves when standard output holds the text. Fails when the program ends before. */
  shows(text: string): Promise<void>
  readonly ended: Promise<{ readonly exit: number | null; readonly signal: NodeJS.Signals | null }>
}

/** Starts `gateway/demo/main.ts`, which is what `npm run demo` runs. `tmp` becomes its folder for temporary files. */
export function startDemo(argv: readonly string[], tmp: string, env: Readonly<Record<string, string>> = {}): DemoRun {
  const child = spawn(process.execPath, [join(root, 'gateway', 'demo', 'main.ts'), ...argv], {
    cwd: root,
    env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin', HOME: tmp, LANG: 'C.UTF-8', TMPDIR: tmp, ...env },
  })
  const parts = { stdout: [] as Buffer[], stderr: [] as Buffer[] }
  const text = (stream: 'stdout' | 'stderr'): string => Buffer.concat(parts[stream]).toString('utf8')
  child.stdout.on('data', (part: Buffer) => parts.stdout.push(part))
  child.stderr.on('data', (part: Buffer) => parts.stderr.push(part))
  const ended = new Promise<{ exit: number | null; signal: NodeJS.Signals | null }>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (exit, signal) => resolve({ exit, signal }))
  })
  return {
    child,
    stdout: () => text('stdout'),
    stderr: () => text('stderr'),
    async shows(words) {
      await eventually(
        `the demo shows ${JSON.stringify(words)}`,
        () => {
          if (text('stdout').includes(words)) return true
          if (child.exitCode !== null) throw new Error(`the demo ended with ${child.exitCode}: ${text('stderr')}`)
          return false
        },
        50_000,
      )
    },
    ended,
  }
}
