// A small real SSH server: the machine in the demo plant. Shells and commands are real processes in a folder of their
// own; a terminal is made by `script` (util-linux), because Node has none. It listens on loopback only and lets in one
// account with a random password that only the gateway's vault holds.

import '../brokers/ssh/packet-limit.ts'
import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, readlinkSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { constants } from 'node:os'
import ssh2, { type Connection, type PseudoTtyInfo, type ServerChannel, type Session } from 'ssh2'
import { generateOpensshKey } from '../../certs-dev/openssh-key.ts'
import { ChannelOutput } from '../brokers/ssh/channel-output.ts'
import { Secret } from '../secret.ts'

export interface Target {
  readonly name: string
  readonly port: number
  /** OpenSSH public key line, as a bundle pins it. */
  readonly hostKey: string
  readonly account: string
  readonly password: Secret<string>
  /** Ends what still runs on it and closes. */
  stop(): Promise<void>
  /** The same at once, for a process that is about to exit and can wait for nothing. */
  kill(): void
}

type Size = Pick<PseudoTtyInfo, 'rows' | 'cols'>

/** A size of zero says nothing about the terminal (RFC 4254 section 6.2). */
const sizeOf = ({ rows, cols }: Size): Size => ({ rows: rows || 24, cols: cols || 80 })

/** The terminal `script` made for its child: the child's standard input. Linux only; elsewhere the size stays. */
function terminalOf(script: ChildProcess): string | null {
  try {
    const [child] = readFileSync(`/proc/${script.pid}/task/${script.pid}/children`, 'utf8').split(' ')
    const path = readlinkSync(`/proc/${child}/fd/0`)
    return path.startsWith('/dev/pts/') ? path : null
  } catch {
    // No /proc here, or the child is gone already: a demo terminal keeps its first size.
    return null
  }
}

/** Each child leads a process group, so that what it started gets the signal as well. */
function signalGroup({ pid, exitCode, signalCode }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined || exitCode !== null || signalCode !== null) return
  try {
    process.kill(-pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** Runs a process for a channel: bytes both ways, standard error apart, exit status or signal at the end. */
function attach(channel: ServerChannel, child: ChildProcess): void {
  const { stdin, stdout, stderr } = child
  const output = new ChannelOutput(channel, () => {
    stdout?.resume()
    stderr?.resume()
  })
  const forward = (stream: 'out' | 'err') => (bytes: Buffer) => {
    if (output.write(stream, bytes)) return
    stdout?.pause()
    stderr?.pause()
  }
  stdout?.on('data', forward('out'))
  stderr?.on('data', forward('err'))
  stdin?.on('error', () => channel.resume())
  if (stdin) channel.pipe(stdin)

  let over = false
  async function end(code: number | null, signal: NodeJS.Signals | null): Promise<void> {
    if (over) return
    over = true
    await output.drained()
    if (signal) channel.exit(signal.replace('SIG', ''))
    else channel.exit(code ?? 0)
    channel.end()
  }
  child.once('error', (error) => {
    output.write('err', Buffer.from(`${error.message}\r\n`))
    void end(127, null)
  })
  child.once('close', (code, signal) => void end(code, signal))
  channel.once('close', () => signalGroup(child, 'SIGHUP'))
}

/**
 * Starts a target on a free loopback port.
 * @param home the folder its shells start in.
 */
export async function startTarget(name: string, home: string): Promise<Target> {
  const key = generateOpensshKey(name)
  const account = 'service'
  const password = new Secret(randomBytes(18).toString('base64url'))
  const shell = existsSync('/bin/bash') ? '/bin/bash' : '/bin/sh'
  const hasScript = process.platform === 'linux' && existsSync('/usr/bin/script')
  const children = new Set<ChildProcess>()
  const clients = new Set<Connection>()
  const env = {
    PATH: process.env.PATH ?? '/usr/bin:/bin',
    HOME: home,
    USER: account,
    LANG: 'C.UTF-8',
    PS1: `${account}@${name}:\\w$ `,
    HISTFILE: '/dev/null',
  }

  /** Detached: Ctrl-C in the terminal the demo runs in is for the demo, not for the shells of its plant. */
  function start(argv: readonly string[], terminal: (Size & { term: string }) | null): ChildProcess {
    if (!terminal || !hasScript) {
      const [file = shell, ...rest] = argv
      return spawn(file, rest, { cwd: home, env: { ...env, TERM: 'dumb' }, detached: true })
    }
    const { rows, cols, term } = terminal
    const quoted = argv.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ')
    return spawn('/usr/bin/script', ['-qfec', `stty rows ${rows} cols ${cols}; exec ${quoted}`, '/dev/null'], {
      cwd: home,
      env: { ...env, TERM: term, SHELL: '/bin/sh' },
      detached: true,
    })
  }

  function serve(session: Session): void {
    let terminal: (Size & { term: string }) | null = null
    let child: ChildProcess | null = null
    session.on('pty', (accept, _reject, info) => {
      terminal = { ...sizeOf(info), term: (info as unknown as { term: string }).term }
      accept?.()
    })
    session.on('window-change', (accept, _reject, info) => {
      accept?.()
      const { rows, cols } = sizeOf(info)
      const tty = child && terminalOf(child)
      // A terminal that is gone by now needs no size.
      if (tty) execFile('stty', ['-F', tty, 'rows', String(rows), 'cols', String(cols)], () => undefined)
    })
    session.on('signal', (accept, _reject, info) => {
      accept?.()
      const name = `SIG${info.name}`
      if (child && name in constants.signals) signalGroup(child, name as NodeJS.Signals)
    })
    const run = (channel: ServerChannel, command: string | null): void => {
      const quiet = shell.endsWith('bash') ? ['--norc', '--noprofile'] : []
      const argv = command === null ? [shell, ...quiet, '-i'] : [shell, '-c', command]
      const started = start(argv, terminal)
      child = started
      children.add(started)
      started.once('close', () => children.delete(started))
      attach(channel, started)
    }
    session.on('shell', (accept) => run(accept(), null))
    session.on('exec', (accept, _reject, info) => run(accept(), info.command))
  }

  const server = new ssh2.Server({ hostKeys: [key.private], ident: `demo-${name}` }, (client) => {
    clients.add(client)
    client.on('close', () => clients.delete(client))
    client.on('error', () => client.end())
    client.on('authentication', (ctx) => {
      const good = ctx.method === 'password' && ctx.username === account && ctx.password === password.expose()
      if (good) ctx.accept()
      else ctx.reject(['password'])
    })
    client.on('session', (accept) => serve(accept()))
  })
  await new Promise<void>((resolve, reject) => {
    server.on('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  function kill(): void {
    for (const child of children) signalGroup(child, 'SIGKILL')
  }
  return {
    name,
    port: (server.address() as AddressInfo).port,
    hostKey: key.public.split(' ').slice(0, 2).join(' '),
    account,
    password,
    kill,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        kill()
        for (const client of clients) client.end()
      }),
  }
}
