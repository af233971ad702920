// One login with the ordinary OpenSSH client that carries several sessions of it (ssh_config(5), ControlMaster): an
// authenticator code is good once, and a script has more to show than one terminal.

import { spawn, type ChildProcess } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { prepareSsh, type SshLogin, type SshResult } from './ssh-client.ts'

/** A client that runs, and what it has said so far. */
export interface RunningSsh {
  stdout(): string
  stderr(): string
  type(text: string): void
  /** Resolves when the text has been shown. @throws when the client ends before, with what it said. */
  says(text: string): Promise<void>
  readonly ended: Promise<SshResult>
}

export interface SshConnection {
  /** Starts a client on the connection. `options` are `ssh` options: `-tt` for a terminal. */
  open(options: readonly string[], command?: readonly string[]): Promise<RunningSsh>
  /** Resolves when the connection is over, whoever ended it. */
  readonly ended: Promise<SshResult>
  /** Ends it, and every client on it. */
  close(): Promise<void>
}

/** The control socket, named relative to the login's folder: a full path may be too long for one. */
const socket = 'mux'

/** Whether there is an `ssh` in the path. */
export function hasSsh(path: string = process.env.PATH ?? ''): boolean {
  return path.split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, 'ssh'), constants.X_OK)
      return folder !== ''
    } catch {
      // Not in this folder, or not to be run: the next one may have it.
      return false
    }
  })
}

/** What a client said last on standard error, on one line. */
export function lastWords(stderr: string): string {
  const lines = stderr.split(/[\r\n]+/).filter((line) => line.trim() !== '')
  return lines.slice(-3).join(' / ') || 'it said nothing'
}

function watch(child: ChildProcess): RunningSsh {
  const parts = { stdout: [] as Buffer[], stderr: [] as Buffer[] }
  const text = (stream: 'stdout' | 'stderr'): string => Buffer.concat(parts[stream]).toString('utf8')
  child.stdout?.on('data', (part: Buffer) => parts.stdout.push(part))
  child.stderr?.on('data', (part: Buffer) => parts.stderr.push(part))
  child.stdin?.on('error', () => child.stdin?.destroy())
  const ended = new Promise<SshResult>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (exit, signal) =>
      resolve({ exit, signal, stdout: Buffer.concat(parts.stdout), stderr: Buffer.concat(parts.stderr) }),
    )
  })
  // Who waits for the end hears of a failure; where nobody waits, it must not bring the process down.
  ended.catch(() => undefined)
  return {
    stdout: () => text('stdout'),
    stderr: () => text('stderr'),
    type: (words) => child.stdin?.write(words),
    async says(words) {
      const early = ended.then(() => {
        throw new Error(`ssh ended before it said \`${words.trim()}\`: ${lastWords(text('stderr'))}`)
      })
      const said = new Promise<void>((resolve) => {
        const look = (): void => {
          if (text('stdout').includes(words) || text('stderr').includes(words)) resolve()
        }
        child.stdout?.on('data', look)
        child.stderr?.on('data', look)
        look()
      })
      await Promise.race([said, early])
    },
    ended,
  }
}

/**
 * Logs in and keeps the connection; that opens no session yet.
 * @param signal ends it and every client on it.
 * @throws when the login fails, with what the client said.
 */
export async function connectSsh(login: SshLogin, signal: AbortSignal): Promise<SshConnection> {
  async function start(options: readonly string[], command: readonly string[]): Promise<RunningSsh> {
    const { argv, env } = await prepareSsh(login, options, command)
    return watch(spawn('ssh', argv, { env, cwd: login.folder, signal, killSignal: 'SIGKILL' }))
  }
  // The local command runs once the login is complete: how the client tells us.
  const announce = ['-o', 'PermitLocalCommand=yes', '-o', 'LocalCommand=echo connected']
  const master = await start(['-M', '-S', socket, '-N', ...announce], [])
  await master.says('connected')
  return {
    ended: master.ended,
    async close() {
      const ending = await start(['-S', socket, '-O', 'exit'], [])
      await Promise.all([ending.ended, master.ended])
    },
    // Were the connection gone, a client would try to log in by itself, with a used code: ProxyCommand prevents it.
    open: (options, command = []) => start(['-S', socket, '-o', 'ProxyCommand=false', ...options], command),
  }
}
