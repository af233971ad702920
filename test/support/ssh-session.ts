// Sessions of the ordinary OpenSSH client: run to the end, or held open while a test acts; with a terminal of their own
// (made by `script`, for Node has none) or without. What the client shows is gathered as it comes.

import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { prepareSsh, type SshLogin } from '../../gateway/demo/ssh-client.ts'
import { eventually } from './eventually.ts'
import { partPath } from './parts.ts'

export interface SshRun {
  readonly child: ChildProcess
  /** What has come so far. */
  stdout(): Buffer
  stderr(): string
  /** Everything shown so far, both streams: what a person would have read. */
  shown(): string
  write(input: string | Buffer): void
  /** Resolves when the text has been shown. */
  sees(text: string | RegExp, withinMs?: number): Promise<string>
  /** Resolves when the client has ended. `at` is when, in ms since the epoch. */
  readonly ended: Promise<{ readonly exit: number | null; readonly signal: NodeJS.Signals | null; readonly at: number }>
}

export interface RunWish {
  /** `ssh` where nothing is said. */
  readonly program?: 'ssh' | 'ssh-10'
  /** Further options of `ssh`. */
  readonly options?: readonly string[]
  /** What runs on the target; none is a shell. */
  readonly command?: string
  /** Standard input, closed after it. Left out, it stays open. */
  readonly input?: string | Buffer
  /** Not even an open standard input: as under cron or Ansible. */
  readonly noInput?: true
  /** How much the client says; its errors alone when left out. Why a tunnel was refused it says at `INFO`. */
  readonly logLevel?: 'INFO'
  /** Further environment of the client. */
  readonly env?: Readonly<Record<string, string>>
  /** Socket of an agent the client may ask. */
  readonly agent?: string
  /** Gives the client a terminal of this size. */
  readonly terminal?: { readonly cols: number; readonly rows: number }
}

const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`

/** Starts the client. Its banner and its farewell are left out of what is shown; its errors are not. */
export async function openSsh(login: SshLogin, wish: RunWish = {}): Promise<SshRun> {
  const { options = [], command, terminal } = wish
  const program = partPath(wish.program ?? 'ssh')
  const before = ['-o', `LogLevel=${wish.logLevel ?? 'ERROR'}`, ...options]
  const { argv: words, env: prepared } = await prepareSsh(login, before, command === undefined ? [] : [command])
  const argv = words.map((word) => (word === 'IdentityAgent=none' && wish.agent ? `IdentityAgent=${wish.agent}` : word))
  const env = { ...prepared, ...wish.env }
  const child = terminal
    ? spawn(
        partPath('script'),
        [
          '-qfec',
          `stty rows ${terminal.rows} cols ${terminal.cols}; exec ${[program, ...argv].map(quoted).join(' ')}`,
          '/dev/null',
        ],
        {
          env: { ...env, SHELL: '/bin/sh' },
        },
      )
    : spawn(program, [...argv], { env, stdio: [wish.noInput ? 'ignore' : 'pipe', 'pipe', 'pipe'] })
  const out: Buffer[] = []
  const err: Buffer[] = []
  const both: Buffer[] = []
  child.stdout?.on('data', (part: Buffer) => void (out.push(part), both.push(part)))
  child.stderr?.on('data', (part: Buffer) => void (err.push(part), both.push(part)))
  // The client may end before it has read everything: that is its right.
  child.stdin?.on('error', () => child.stdin?.destroy())
  if (wish.input !== undefined) child.stdin?.end(wish.input)
  const shown = (): string => Buffer.concat(both).toString('utf8')
  return {
    child,
    stdout: () => Buffer.concat(out),
    stderr: () => Buffer.concat(err).toString('utf8'),
    shown,
    write: (input) => child.stdin?.write(input),
    sees: (text, withinMs) =>
      eventually(
        `the client shows ${String(text)}`,
        () => {
          const all = shown()
          if (typeof text === 'string' ? all.includes(text) : text.test(all)) return all
          if (child.exitCode !== null) throw new Error(`ssh ended with ${child.exitCode} and has shown: ${all}`)
          return null
        },
        withinMs,
      ).catch((error: unknown) => {
        throw new Error(
          `${error instanceof Error ? error.message : String(error)}: it has shown: ${shown().slice(-2_000)}`,
        )
      }),
    ended: new Promise((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (exit, signal) => resolve({ exit, signal, at: Date.now() }))
    }),
  }
}

/** Runs the client to its end. Without an input given its standard input is empty. */
export async function runSsh(login: SshLogin, wish: RunWish = {}) {
  const run = await openSsh(login, { input: '', ...wish })
  const { exit, signal } = await run.ended
  return { exit, signal, stdout: run.stdout(), stderr: run.stderr(), shown: run.shown() }
}

/** Changes the size of the terminal the client runs in: the kernel tells it by SIGWINCH. */
export async function resizeTerminal({ child }: SshRun, cols: number, rows: number): Promise<void> {
  const text = await readFile(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8')
  const tty = await readlink(`/proc/${text.trim().split(' ')[0]}/fd/0`)
  await promisify(execFile)('stty', ['-F', tty, 'cols', String(cols), 'rows', String(rows)])
}

/** A connection kept open for others to share, as OpenSSH's ControlMaster does. */
export interface SharedConnection {
  readonly master: SshRun
  /** What makes a client use this connection. */
  readonly options: readonly string[]
}

/** Logs in and holds the connection, with no channel on it yet. */
export async function shareConnection(login: SshLogin, wish: Pick<RunWish, 'program'> = {}): Promise<SharedConnection> {
  const socket = join(login.folder, 'mux')
  const master = await openSsh(login, { ...wish, options: ['-M', '-N', '-o', `ControlPath=${socket}`] })
  await eventually('the shared connection stands', () => {
    if (master.child.exitCode !== null) throw new Error(`ssh ended with ${master.child.exitCode}: ${master.shown()}`)
    return existsSync(socket)
  })
  return { master, options: ['-o', `ControlPath=${socket}`, '-o', 'ControlMaster=no'] }
}
