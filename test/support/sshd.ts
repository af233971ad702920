// A real OpenSSH server as the target of brokered sessions: own keys, a free port on loopback, one account that may log
// in with one key, or with a password that holds for this server alone. Runs as whoever runs the tests; nothing of the
// machine's own SSH configuration is used.

import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { connect, createServer, type AddressInfo } from 'node:net'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { Secret } from '../../gateway/secret.ts'
import { eventually } from './eventually.ts'
import { partPath } from './parts.ts'
import { childrenOf } from './process-files.ts'

const run = promisify(execFile)

export interface Sshd {
  readonly port: number
  /** `ssh-ed25519 AAAA…`, as a bundle pins it. */
  readonly hostKey: string
  readonly account: string
  /** Private key, OpenSSH form, of the account. */
  readonly credential: Secret<string>
  /** The same key as a file, for connecting directly. */
  readonly keyFile: string
  /** What the server has logged, at VERBOSE. */
  log(): string
  /** Connections it serves now. */
  connections(): Promise<number>
  /** Ends the server and its connections. */
  stop(): Promise<void>
}

/** Makes an unencrypted key pair with ssh-keygen and returns the private key's path; the public key lies beside it. */
export async function makeKey(path: string, type: 'ed25519' | 'rsa' = 'ed25519'): Promise<string> {
  const size = type === 'rsa' ? ['-b', '2048'] : []
  await run(partPath('ssh-keygen'), ['-q', '-t', type, ...size, '-N', '', '-C', 'test', '-f', path])
  return path
}

/** A TCP port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('data', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
    socket.once('close', () => resolve(false))
  })
}

const configText = (folder: string, port: number): string => `
ListenAddress 127.0.0.1:${port}
HostKey ${join(folder, 'host_key')}
AuthorizedKeysFile ${join(folder, 'authorized_keys')}
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
PermitUserEnvironment no
PermitUserRC no
SetEnv HOME=${join(folder, 'home')}
AcceptEnv *
Subsystem sftp internal-sftp
PrintMotd no
PrintLastLog no
MaxStartups 100
MaxSessions 100
LogLevel VERBOSE
`

export interface SshdWish {
  /** Lines of its configuration that win over the usual ones. */
  readonly config?: string
  readonly hostKey?: 'ed25519' | 'rsa'
  /** Where it listens; a free port where nothing is said. */
  readonly port?: number
  readonly program?: 'sshd' | 'sshd-10'
  /** The account's, with which one may log in to this server as well. */
  readonly password?: string
}

/**
 * The server under a list of passwords of its own, in a mount namespace that ends with it: the machine's own list stays as
 * it is, and no account of the machine gets a password.
 */
async function withPassword(folder: string, password: string): Promise<readonly string[]> {
  const { stdout: hash } = await run(partPath('openssl'), ['passwd', '-6', password])
  const list = join(folder, 'shadow')
  await writeFile(list, `${userInfo().username}:${hash.trim()}:20000:0:99999:7:::\n`, { mode: 0o600 })
  const ordinary = process.getuid?.() === 0 ? [] : ['--map-current-user', '--keep-caps']
  const script = 'mount --bind "$0" /etc/shadow && exec "$@"'
  return [partPath('unshare'), '--mount', ...ordinary, 'sh', '-c', script, list]
}

/** Starts the server in `folder`, which is made. Resolves when it answers. */
export async function startSshd(folder: string, wish: SshdWish = {}): Promise<Sshd> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  if (process.getuid?.() === 0) await mkdir('/run/sshd', { recursive: true, mode: 0o755 })
  // A home of its own: what the machine's user has in theirs would run in every session.
  await mkdir(join(folder, 'home'))
  const keyFile = await makeKey(join(folder, 'service_key'))
  await makeKey(join(folder, 'host_key'), wish.hostKey)
  await writeFile(join(folder, 'authorized_keys'), await readFile(`${keyFile}.pub`))
  const hostKey = (await readFile(join(folder, 'host_key.pub'), 'utf8')).split(' ').slice(0, 2).join(' ')
  const credential = new Secret(await readFile(keyFile, 'utf8'))

  const log: string[] = []
  const port = wish.port ?? (await freePort())
  // The first value of an option is the one that holds.
  const asked = wish.password === undefined ? '' : 'PasswordAuthentication yes\nPermitRootLogin yes\n'
  await writeFile(join(folder, 'sshd_config'), `${wish.config ?? ''}\n${asked}${configText(folder, port)}`)
  const before = wish.password === undefined ? [] : await withPassword(folder, wish.password)
  const server = [partPath(wish.program ?? 'sshd'), '-D', '-e', '-f', join(folder, 'sshd_config')]
  const [program = '', ...words] = [...before, ...server]
  const child = spawn(program, words, { stdio: ['ignore', 'ignore', 'pipe'] })
  child.stderr.setEncoding('utf8').on('data', (text: string) => log.push(text))
  await eventually('sshd answers', async () => {
    if (child.exitCode !== null) throw new Error(`sshd ended with ${child.exitCode}: ${log.join('')}`)
    return accepts(port)
  })
  return {
    port,
    hostKey,
    account: userInfo().username,
    credential,
    keyFile,
    log: () => log.join(''),
    connections: async () => (await childrenOf(child.pid ?? 0)).length,
    stop: () => stop(child),
  }
}

/** The server's children serve the connections; they are its own and end with it. */
async function stop(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  const children = await childrenOf(child.pid)
  child.kill('SIGTERM')
  for (const pid of children) endProcess(pid)
  await ended
}

function endProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGTERM')
  } catch (error) {
    // It ended by itself meanwhile.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
