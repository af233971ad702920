// The part of the broker that carries files by scp, rsync and git, between the real programs and a real sshd, with what a
// session would say given by the test: which files may cross, what the airlock answers, what may pass now.

import { createHash } from 'node:crypto'
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import ssh2, { type Client, type Connection } from 'ssh2'
import type { FilePermission, FileRule, SshFeature } from '../../../../../policy/index.ts'
import type {
  Airlock,
  CrossedFile,
  FileOffer,
  FileStep,
  HeldFile,
  Settled,
} from '../../../../../gateway/airlock/airlock.ts'
import { openFlow, type BrokeredSession, type ChannelRecord, type Flow } from '../../../../../gateway/brokers/broker.ts'
import { turnAway } from '../../../../../gateway/brokers/ssh/channel.ts'
import { holdOpenings } from '../../../../../gateway/brokers/ssh/opening-bar.ts'
import type { Relay } from '../../../../../gateway/brokers/ssh/relay.ts'
import { takeOwn } from '../../../../../gateway/brokers/ssh/scp/own-commands.ts'
import { fileCallOf, serveTransfer } from '../../../../../gateway/brokers/ssh/scp/transfer.ts'
import { openLog } from '../../../../../gateway/log.ts'
import { partPath } from '../../../../support/parts.ts'
import { freePort, makeKey, startSshd, type Sshd } from '../../../../support/sshd.ts'

export const everySwitch: FileRule['allow'] = [
  'list',
  'read',
  'write',
  'delete',
  'rename',
  'mkdir',
  'setstat',
  'symlink',
]

export interface Recorded {
  readonly command: string
  readonly in: Buffer[]
  readonly out: Buffer[]
  readonly err: Buffer[]
  readonly events: object[]
  readonly notices: string[]
  exit: unknown
  closed: boolean
}

export interface ProgramScene {
  readonly folder: string
  /** Where the target keeps its files: the real path. */
  readonly far: string
  readonly sshd: Sshd
  readonly records: Recorded[]
  readonly crossed: CrossedFile[]
  readonly steps: FileStep[]
  readonly takenIn: FileOffer[]
  readonly refusals: string[]
  readonly relays: Set<Relay>
  /** What the airlock says of a file it took in. */
  settled: (content: Buffer, tell: (text: string) => void) => Promise<Settled>
  readonly delivered: (string | null)[]
  features: readonly SshFeature[]
  permission: FilePermission
  flow: Flow
  barsFiles: string | null
  /** Words for `ssh` and all that calls it, without a host. */
  readonly sshWords: readonly string[]
  run(
    program: 'scp' | 'rsync' | 'git' | 'ssh',
    words: readonly string[],
    cwd?: string,
  ): Promise<{ code: number; stdout: string; stderr: string }>
  /** PuTTY's, by the protocol of scp. */
  pscp(...words: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }>
  close(): Promise<void>
}

export function ruleFor(paths: readonly string[], change: Partial<FileRule> = {}): FileRule {
  return {
    id: 'rule',
    text: 'a rule of the test',
    paths,
    allow: everySwitch,
    deny: [],
    upload: 'pass',
    download: 'pass',
    withoutVerdict: 'hold',
    releasedBy: ['approver'],
    declaredOnly: false,
    largest: Number.MAX_SAFE_INTEGER,
    retention: null,
    ...change,
  }
}

export const permit = (...rules: readonly FileRule[]): FilePermission => ({
  granted: { allow: everySwitch, paths: ['/**'] },
  rules,
  declared: [],
})

export async function openProgramScene(): Promise<ProgramScene> {
  const folder = await mkdtemp(join(tmpdir(), 'sp-scp-'))
  const sshd = await startSshd(join(folder, 'sshd'))
  const hostKey = await makeKey(join(folder, 'gateway_key'))
  await mkdir(join(folder, 'far'))
  const far = await realpath(join(folder, 'far'))
  const log = openLog('error', join(folder, 'log'))
  const connections = new Set<Connection>()
  const clients = new Set<Client>()

  const airlock: Airlock = {
    takeIn(offer) {
      scene.takenIn.push(offer)
      return Promise.resolve({ kind: 'open', file: heldFile() })
    },
    crossed: (file) => Promise.resolve(void scene.crossed.push(file)),
    stepped: (step) => Promise.resolve(void scene.steps.push(step)),
  }

  function heldFile(): HeldFile {
    let content = Buffer.alloc(0)
    return {
      id: 'held',
      get size() {
        return content.length
      },
      write(offset, bytes) {
        if (offset !== content.length) throw new Error('scp writes in order')
        content = Buffer.concat([content, bytes])
        return Promise.resolve(null)
      },
      read: (offset, length) => Promise.resolve(content.subarray(offset, offset + length)),
      truncate: () => Promise.resolve(null),
      settle: (tell) => scene.settled(content, tell),
      delivered: (text) => Promise.resolve(void scene.delivered.push(text)),
      abandon: (text) => Promise.resolve(void scene.delivered.push(`abandoned: ${text}`)),
    }
  }

  function record(command: string): ChannelRecord {
    const kept: Recorded = { command, in: [], out: [], err: [], events: [], notices: [], exit: null, closed: false }
    scene.records.push(kept)
    const open = (): void => {
      if (kept.closed) throw new Error('written after it was closed')
    }
    return {
      data(direction, pieces, written) {
        open()
        kept[direction].push(...pieces.map((piece) => Buffer.from(piece)))
        written()
      },
      resize: (_cols, _rows, written) => written(),
      signal: (_name, written) => written(),
      exit(status, written) {
        open()
        kept.exit = status
        written()
      },
      notice: (text) => void kept.notices.push(text),
      event(event, written) {
        open()
        kept.events.push(event)
        written?.()
      },
      close: () => void (kept.closed = true),
    }
  }

  const session = {
    id: 'ses_test',
    isMachine: false,
    features: () => scene.features,
    files: () => scene.permission,
    airlock,
    onlyLooks: () => !scene.flow.input,
    flow: () => scene.flow,
    barsFiles: () => scene.barsFiles,
    barsOpening: () => 'no command of the client may run here',
    unlock: () => Promise.resolve('wrong'),
  } as unknown as BrokeredSession

  async function dial(): Promise<Client> {
    const client = new ssh2.Client()
    clients.add(client)
    const ready = new Promise<void>((resolve, reject) => {
      client.once('ready', () => resolve())
      client.once('error', reject)
    })
    client.connect({ host: '127.0.0.1', port: sshd.port, username: sshd.account, privateKey: sshd.credential.expose() })
    await ready
    holdOpenings(client, (command) => (takeOwn(client, command) ? session.barsFiles() : session.barsOpening(command)))
    return client
  }

  const server = new ssh2.Server({ hostKeys: [await readFile(hostKey, 'utf8')] }, (connection) => {
    connections.add(connection)
    connection.on('error', () => connection.end())
    connection.on('authentication', (ctx) => ctx.accept())
    connection.on('session', (accept) => {
      accept().on('exec', (acceptExec, _reject, { command }) => {
        const channel = acceptExec()
        void dial().then(async (target) => {
          channel.once('close', () => target.end())
          const call = fileCallOf(command, session)
          if (call === null) return turnAway(channel, 'not a file program')
          await serveTransfer(call, {
            channel,
            target,
            session,
            command,
            record: () => record(command),
            turnAway: (text) => turnAway(channel, text),
            refuse: () => void scene.refusals.push(command),
            relaying(relay) {
              scene.relays.add(relay)
              relay.flow(scene.flow)
              void relay.ended.then(() => scene.relays.delete(relay))
            },
            log,
          })
        })
      })
    })
  })
  const port = await freePort()
  const blob = Buffer.from((await readFile(`${hostKey}.pub`, 'utf8')).split(' ')[1] ?? '', 'base64')
  const fingerprint = `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  await writeFile(join(folder, 'known_hosts'), '')
  const options = [
    '-F',
    'none',
    '-o',
    'HostName=127.0.0.1',
    '-o',
    'StrictHostKeyChecking=no',
    '-o',
    `UserKnownHostsFile=${join(folder, 'known_hosts')}`,
    '-o',
    'LogLevel=ERROR',
    '-o',
    'PreferredAuthentications=none',
    '-o',
    'IdentityAgent=none',
  ]

  const scene: ProgramScene = {
    folder,
    far,
    sshd,
    records: [],
    crossed: [],
    steps: [],
    takenIn: [],
    refusals: [],
    relays: new Set(),
    delivered: [],
    settled: (content) => Promise.resolve({ kind: 'released', size: content.length, sha256: sha256(content) }),
    features: ['scp', 'rsync', 'git'],
    permission: permit(ruleFor([`${far}/**`])),
    flow: openFlow,
    barsFiles: null,
    sshWords: [...options, '-p', String(port)],
    run(program, words, cwd = folder) {
      const own =
        program === 'scp'
          ? ['-O', '-P', String(port), ...options]
          : program === 'ssh'
            ? ['-p', String(port), ...options, 'gateway']
            : []
      const over = [partPath('ssh'), '-p', String(port), ...options].join(' ')
      const env = {
        ...process.env,
        RSYNC_RSH: over,
        GIT_SSH_COMMAND: over,
        GIT_SSH_VARIANT: 'ssh',
        HOME: folder,
        GIT_CONFIG_GLOBAL: '/dev/null',
      }
      return runProgram(partPath(program), [...own, ...words], cwd, env)
    },
    pscp(...words) {
      const own = ['-scp', '-batch', '-q', '-P', String(port), '-l', 'vendor', '-pw', 'any', '-hostkey', fingerprint]
      return runProgram(partPath('pscp'), [...own, ...words], folder, { ...process.env, HOME: folder })
    },
    async close() {
      for (const client of clients) client.end()
      for (const connection of connections) connection.end()
      server.close()
      await sshd.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
  return scene
}

function runProgram(path: string, words: readonly string[], cwd: string, env: NodeJS.ProcessEnv) {
  return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    const child = execFile(path, words, { cwd, env, maxBuffer: 1 << 24 }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : 255, stdout, stderr }),
    )
    child.stdin?.end()
  })
}

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
