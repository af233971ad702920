// The ordinary OpenSSH client, driven without a person: what it asks is answered by an askpass program, as OpenSSH
// provides for (SSH_ASKPASS_REQUIRE=force), and everything else is the real thing.

import { spawn, type ChildProcess } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

export interface SshLogin {
  /** `alice+ews-1` */
  readonly user: string
  readonly port: number
  /** Folder for the askpass program and known_hosts; only this login uses it. */
  readonly folder: string
  /** `[localhost]:2222 ssh-ed25519 …` is made of this key line. */
  readonly hostKey: string
  /** Private key file; without one the password is typed. */
  readonly identity: string | null
  readonly password: string
  /** Asked for the code when the server asks. */
  readonly code: string
}

export interface SshResult {
  readonly exit: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: Buffer
  readonly stderr: Buffer
}

/** A path as ssh_config(5) takes it, where `%` begins a token. */
export const configPath = (path: string): string => path.replaceAll('%', '%%')

/** Options that keep the machine's own SSH configuration, keys and agents out of it. */
function optionsFor({ port, folder, identity }: SshLogin): string[] {
  return [
    '-F',
    'none',
    '-p',
    String(port),
    '-o',
    `UserKnownHostsFile="${configPath(join(folder, 'known_hosts'))}"`,
    '-o',
    'StrictHostKeyChecking=yes',
    '-o',
    'GlobalKnownHostsFile=/dev/null',
    '-o',
    'IdentityAgent=none',
    '-o',
    'NumberOfPasswordPrompts=1',
    ...(identity === null
      ? ['-o', 'PubkeyAuthentication=no']
      : ['-o', `IdentityFile="${configPath(identity)}"`, '-o', 'IdentitiesOnly=yes']),
  ]
}

export interface SshCommand {
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string>>
}

/** Writes what the login needs and returns how `ssh` is called, for running it under another program. */
export async function prepareSsh(
  login: SshLogin,
  before: readonly string[] = [],
  command: readonly string[] = [],
): Promise<SshCommand> {
  const { folder, password, code, port, hostKey, user } = login
  const askpass = join(folder, 'askpass')
  await writeFile(join(folder, 'known_hosts'), `[localhost]:${port} ${hostKey.split(' ').slice(0, 2).join(' ')}\n`)
  // Answers travel by the environment, so that they stand in no file and no argument.
  await writeFile(
    askpass,
    '#!/bin/sh\ncase "$1" in *[Cc]ode*) printf "%s\\n" "$DEMO_CODE" ;; *) printf "%s\\n" "$DEMO_PASSWORD" ;; esac\n',
    { mode: 0o700 },
  )
  return {
    argv: [...optionsFor(login), ...before, `${user}@localhost`, ...command],
    env: {
      PATH: process.env.PATH ?? '/usr/bin:/bin',
      HOME: folder,
      LANG: 'C.UTF-8',
      TERM: 'xterm-256color',
      SSH_ASKPASS: askpass,
      SSH_ASKPASS_REQUIRE: 'force',
      DEMO_PASSWORD: password,
      DEMO_CODE: code,
    },
  }
}

/** Starts `ssh`. `before` are further options, `command` what runs on the target; none is a shell. */
export async function startSsh(
  login: SshLogin,
  before: readonly string[] = [],
  command: readonly string[] = [],
): Promise<ChildProcess> {
  const { argv, env } = await prepareSsh(login, before, command)
  return spawn('ssh', argv, { env })
}

/** Runs `ssh` to its end, with `input` on its standard input. */
export async function runSsh(
  login: SshLogin,
  options: { before?: readonly string[]; command?: readonly string[]; input?: string | Buffer } = {},
): Promise<SshResult> {
  const child = await startSsh(login, options.before, options.command)
  const stdout: Buffer[] = []
  const stderr: Buffer[] = []
  child.stdout?.on('data', (part: Buffer) => stdout.push(part))
  child.stderr?.on('data', (part: Buffer) => stderr.push(part))
  child.stdin?.on('error', () => child.stdin?.destroy())
  child.stdin?.end(options.input ?? '')
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (exit, signal) =>
      resolve({ exit, signal, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr) }),
    )
  })
}
