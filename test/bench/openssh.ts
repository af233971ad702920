// Real OpenSSH on loopback: keys, two servers, and the double hop between them. The first server's forced command runs
// `ssh` to the second, so that its `ssh` decrypts and encrypts again, as the gateway does.

import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { connect, createServer, type AddressInfo } from 'node:net'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { partPath } from '../support/parts.ts'
import { keep } from './processes.ts'

export interface OpenSsh {
  /** The account on both servers: whoever runs the bench. */
  readonly account: string
  /** Private key file that both servers and the gateway know. */
  readonly identity: string
  /** Its public key line. */
  readonly publicKey: string
  /** The server every route ends at. */
  readonly target: Server
  /** The server whose forced command goes on to the target. */
  readonly hop: Server
}

export interface Server {
  readonly port: number
  /** Public host key line. */
  readonly hostKey: string
  readonly pid: number
  stop(): void
}

const keyExchange = 'curve25519-sha256'

/** Lines for ssh_config of every client here: one cipher, one key exchange, and nothing of the machine's own. */
export function clientOptions(cipher: string, identity: string, knownHosts: string): string[] {
  return [
    `IdentityFile ${identity}`,
    'IdentitiesOnly yes',
    'IdentityAgent none',
    `Ciphers ${cipher}`,
    `KexAlgorithms ${keyExchange}`,
    'StrictHostKeyChecking yes',
    `UserKnownHostsFile ${knownHosts}`,
    'GlobalKnownHostsFile /dev/null',
    'LogLevel ERROR',
  ]
}

/** One line of known_hosts for a server on loopback. */
export function knownHostLine(port: number, hostKey: string): string {
  return `[127.0.0.1]:${port} ${hostKey.split(' ').slice(0, 2).join(' ')}\n`
}

/** Makes a key pair; gives the public key line. */
export function makeKey(file: string): string {
  const made = spawnSync(partPath('ssh-keygen'), ['-q', '-t', 'ed25519', '-N', '', '-C', 'bench', '-f', file], {
    encoding: 'utf8',
  })
  if (made.status !== 0) throw new Error(`ssh-keygen: ${made.stderr.trim()}`)
  return readFileSync(`${file}.pub`, 'utf8').trim()
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}

async function answers(port: number, child: ChildProcess): Promise<boolean> {
  const until = Date.now() + 10_000
  while (Date.now() < until && child.exitCode === null) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true))
      socket.once('error', () => resolve(false))
      socket.once('connect', () => socket.destroy())
    })
    if (open) return true
    await sleep(20)
  }
  return false
}

/** Starts one sshd. @throws with what it said, when it does not answer. */
async function startServer(
  folder: string,
  authorizedKey: string,
  cipher: string,
  forced: string | null,
): Promise<Server> {
  mkdirSync(folder, { mode: 0o700 })
  // As root sshd wants this folder, which Debian makes when the service starts.
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 })
  const hostKey = makeKey(join(folder, 'host'))
  writeFileSync(join(folder, 'authorized_keys'), `${authorizedKey}\n`, { mode: 0o600 })
  const port = await freePort()
  const config = [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${join(folder, 'host')}`,
    `AuthorizedKeysFile ${join(folder, 'authorized_keys')}`,
    `Ciphers ${cipher}`,
    `KexAlgorithms ${keyExchange}`,
    'PidFile none',
    'StrictModes no',
    'UsePAM no',
    'PermitRootLogin prohibit-password',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'PrintMotd no',
    'PrintLastLog no',
    'X11Forwarding no',
    'UseDNS no',
    'LogLevel ERROR',
    'MaxStartups 2000',
    'MaxSessions 500',
    'Subsystem sftp internal-sftp',
    // A bash started by sshd reads ~/.bashrc unless it is a shell inside a shell; what stands there is not measured.
    'SetEnv SHLVL=1',
    ...(forced === null ? [] : [`ForceCommand ${forced}`]),
  ]
  writeFileSync(join(folder, 'sshd_config'), `${config.join('\n')}\n`)
  const child = keep(
    spawn(partPath('sshd'), ['-D', '-e', '-f', join(folder, 'sshd_config')], { stdio: ['ignore', 'ignore', 'pipe'] }),
  )
  let said = ''
  child.stderr?.on('data', (part: Buffer) => (said += part.toString('utf8').slice(0, 4096)))
  if (!(await answers(port, child)) || child.pid === undefined) {
    child.kill('SIGKILL')
    throw new Error(`sshd does not answer on port ${port}: ${said.trim() || 'it said nothing'}`)
  }
  return { port, hostKey, pid: child.pid, stop: () => child.kill('SIGTERM') }
}

/** Starts both servers in `folder`. */
export async function startOpenSsh(folder: string, cipher: string): Promise<OpenSsh> {
  const identity = join(folder, 'identity')
  const publicKey = makeKey(identity)
  const account = userInfo().username
  const target = await startServer(join(folder, 'target'), publicKey, cipher, null)
  const known = join(folder, 'known_hosts.hop')
  writeFileSync(known, knownHostLine(target.port, target.hostKey))
  const config = join(folder, 'ssh_config.hop')
  writeFileSync(config, `${clientOptions(cipher, identity, known).join('\n')}\n`)
  const onward = `${partPath('ssh')} -F ${config} -p ${target.port}`
  const forced = join(folder, 'onward')
  const lines = [
    '#!/bin/sh',
    `[ "$SSH_ORIGINAL_COMMAND" = internal-sftp ] && exec ${onward} -s ${account}@127.0.0.1 sftp`,
    `exec ${onward} \${SSH_TTY:+-tt} ${account}@127.0.0.1 "$SSH_ORIGINAL_COMMAND"`,
  ]
  writeFileSync(forced, `${lines.join('\n')}\n`)
  chmodSync(forced, 0o700)
  const hop = await startServer(join(folder, 'hop'), publicKey, cipher, forced)
  return { account, identity, publicKey, target, hop }
}
