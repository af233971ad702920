// Runs `sallyport`: as the real command in a process of its own, or, many times faster, its `main` in this one. Both away
// from the settings of whoever runs the tests, and without a terminal: nobody can be asked.

import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'

import { onTestFinished } from 'vitest'

import { main } from '../../../gateway/cli/main.ts'

const launcher = fileURLToPath(new URL('../../../gateway/sallyport.mjs', import.meta.url))

export interface Run {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>
}

const surroundings = (env: RunOptions['env']): Record<string, string> => ({
  PATH: process.env['PATH'] ?? '',
  HOME: '/nonexistent',
  ...env,
})

/** Runs the command line in this process. */
export async function sallyport(args: readonly string[], options: RunOptions = {}): Promise<Run> {
  const [stdout, stderr] = [new Kept(), new Kept()]
  const status = await main(args, { stdout, stderr }, surroundings(options.env))
  return { status, stdout: stdout.text, stderr: stderr.text }
}

class Kept extends Writable {
  text = ''

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.text += chunk.toString('utf8')
    done()
  }
}

/**
 * Runs the real command to its end.
 * @param signalWhen is shown what standard output holds so far; the first signal it gives is sent.
 * @param signalAfter is sent when it resolves.
 */
export function sallyportProcess(
  args: readonly string[],
  options: RunOptions & {
    readonly signalWhen?: (stdout: string) => NodeJS.Signals | null
    readonly signalAfter?: Promise<NodeJS.Signals>
  } = {},
): Promise<Run> {
  const env = surroundings(options.env)
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [launcher, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
    let stdout = ''
    let stderr = ''
    let signalled = false
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
      const signal = signalled ? null : (options.signalWhen?.(stdout) ?? null)
      if (signal === null) return
      signalled = true
      child.kill(signal)
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    options.signalAfter?.then((signal) => child.kill(signal), reject)
    child.once('error', reject)
    child.once('close', (status) => resolve({ status, stdout, stderr }))
  })
}

/** A folder that is gone after the test. */
export function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-cli-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
