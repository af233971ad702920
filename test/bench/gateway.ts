// A gateway for the bench, from outside: its stage, its process, a grant for the vendor, codes for her logins, and the
// recordings it leaves.

import { fork, type ChildProcess } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { buildStage, type DemoLogin, type Stage } from '../../gateway/demo/stage.ts'
import { everyRecording, sessionsAway } from '../../gateway/evidence/live-folders.ts'
import { Secret } from '../../gateway/secret.ts'
import { certify } from '../support/user-authority.ts'
import { asset, grant } from './grant.ts'
import { knownHostLine, makeKey, type OpenSsh } from './openssh.ts'
import type { BenchOptions } from './options.ts'
import { exitOf, keep } from './processes.ts'
import type { Order, Reply } from './gateway-process.ts'

export interface BenchGateway {
  readonly pid: number
  readonly sshPort: number
  readonly knownHosts: string
  /** Private key with a certificate beside it that is a login by itself. */
  readonly identity: string
  /** Program that answers ssh's question for the code with the environment variable BENCH_CODE. */
  readonly askpass: string
  /** age identity that opens the recordings. */
  readonly replayIdentity: string
  /** A code that no login has used. Logins must therefore come one after the other. */
  code(): Promise<string>
  /** Collects all garbage of its main process; gives the bytes still in use there. */
  collect(): Promise<number>
  /** Waits until every recording is sealed; gives their folders. */
  sealed(): Promise<readonly string[]>
  /** Removes the sealed recordings: the bench's disk is small, and what they held has been looked at. */
  clear(): Promise<void>
  stop(): Promise<void>
}

const step = 30_000
export const vendorLogin = `vendor%${asset}`

/** Files cross unheld: what a hold costs is a person's time. They are recorded and their digests taken all the same. */
const fileRules = `
rules:
  - id: bench
    text: the bench measures how fast files cross
    paths: ['/**']
    allow: [list, read, write, setstat]
    upload: pass
    download: pass
    largestMegabytes: 100000
`

/** What would hold up a thousand sessions of one person from one address, set high. */
function settingsOf(authority: string, { workers }: BenchOptions): Readonly<Record<string, unknown>> {
  return {
    '.maxSessionsPerPerson': 1_000,
    'ssh.maxConnections': 10_000,
    'ssh.maxConnectionsPerSource': 10_000,
    'ssh.maxUnauthenticated': 1_000,
    'ssh.maxUnauthenticatedPerSource': 1_000,
    'ssh.userAuthorities': [{ name: 'bench', key: `${authority}.pub`, suppliers: ['acme-drives'], secondFactor: true }],
    ...(workers === null ? {} : { 'ssh.workers': workers }),
    // Another process would read each recording once it is sealed, and take the processors from the runs after it.
    'evidence.search': 'off',
  }
}

/** A key with a certificate of an authority that is made for it. */
async function makeCertified(folder: string): Promise<{ readonly authority: string; readonly identity: string }> {
  const [authority, identity] = [join(folder, 'authority'), join(folder, 'certified')]
  makeKey(authority)
  makeKey(identity)
  await certify(authority, identity, { principals: 'vendor' })
  return { authority, identity }
}

/** Starts a gateway in `folder` (which must not exist) before the target, with a grant that is open. */
export async function startBenchGateway(
  folder: string,
  openssh: OpenSsh,
  options: BenchOptions,
): Promise<BenchGateway> {
  mkdirSync(folder, { mode: 0o700 })
  const entry = join(folder, 'entry')
  mkdirSync(entry, { mode: 0o700 })
  const { authority, identity } = await makeCertified(entry)
  const { profile } = options
  const stage = await buildStage(folder, {
    places: [
      {
        asset,
        host: '127.0.0.1',
        port: openssh.target.port,
        hostKeys: [openssh.target.hostKey],
        account: openssh.account,
        features: ['terminal', 'command', 'sftp', 'scp'],
        credential: { kind: 'private-key', secret: new Secret(readFileSync(openssh.identity, 'utf8')) },
      },
    ],
    sshPort: 0,
    httpsPort: 0,
    vendorKeys: [openssh.publicKey],
    // Not errors: recordings are removed as soon as they are sealed, which the gateway rightly misses.
    logLevel: 'fatal',
    files: { 'files.yaml': fileRules },
    overrides: settingsOf(authority, options),
  })
  const child = keep(
    fork(join(import.meta.dirname, 'gateway-process.ts'), [join(folder, 'sallyport.yaml')], {
      execArgv: ['--expose-gc', ...(profile === null ? [] : ['--cpu-prof', '--cpu-prof-dir', profile])],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    }),
  )
  const exit = exitOf(child)
  const ready = await nextReply(child, 'ready')
  const codes = openCodes(stage, (ms) => ask(child, { kind: 'advance', ms }, 'advanced'))
  await grant(stage, ready.httpsPort, codes)

  const knownHosts = join(folder, 'known_hosts')
  writeFileSync(knownHosts, knownHostLine(ready.sshPort, stage.pki.contents['ssh_host_ed25519_key.pub']))
  const askpass = join(folder, 'askpass')
  writeFileSync(askpass, '#!/bin/sh\nprintf "%s\\n" "$BENCH_CODE"\n', { mode: 0o700 })
  const recordings = join(folder, 'data', 'recordings')

  async function sealed(): Promise<string[]> {
    for (;;) {
      // What a worker sealed is then brought to its place.
      const folders = sessionsAway(recordings).size > 0 ? null : [...everyRecording(recordings).values()]
      if (folders?.every((path) => existsSync(join(path, 'seal')))) return folders
      await sleep(20)
    }
  }

  return {
    pid: child.pid ?? 0,
    sshPort: ready.sshPort,
    knownHosts,
    identity,
    askpass,
    replayIdentity: ageIdentityIn(stage.pki.contents['replay.agekey']),
    code: () => codes('vendor'),
    async collect() {
      return (await ask(child, { kind: 'collect' }, 'collected')).live
    },
    sealed,
    async clear() {
      for (const path of await sealed()) rmSync(path, { recursive: true })
    },
    async stop() {
      await ask(child, { kind: 'stop' }, 'stopped')
      await exit
    },
  }
}

type ReplyOf<K extends Reply['kind']> = Extract<Reply, { kind: K }>

function nextReply<K extends Reply['kind']>(child: ChildProcess, kind: K): Promise<ReplyOf<K>> {
  return new Promise((resolve, reject) => {
    const left = (code: number | null): void => reject(new Error(`the gateway's process ended with ${code}`))
    child.once('exit', left)
    child.once('message', (reply: Reply) => {
      child.off('exit', left)
      if (reply.kind === kind) resolve(reply as ReplyOf<K>)
      else reject(new Error(`the gateway's process: expected \`${kind}\`, got \`${reply.kind}\``))
    })
  })
}

async function ask<K extends Reply['kind']>(child: ChildProcess, order: Order, kind: K): Promise<ReplyOf<K>> {
  const reply = nextReply(child, kind)
  child.send(order)
  return reply
}

/** Codes of one authenticator after the other, each from a step of its own, moving the gateway's clock where needed. */
function openCodes(stage: Stage, advance: (ms: number) => Promise<unknown>): (login: DemoLogin) => Promise<string> {
  let ahead = 0
  let used = 0
  return async (login) => {
    let now = Date.now() + ahead
    if (Math.floor(now / step) <= used) {
      const ms = (used + 1) * step - now
      await advance(ms)
      ahead += ms
      now += ms
    }
    used = Math.floor(now / step)
    return stage.code(login, now)
  }
}

function ageIdentityIn(file: string): string {
  const line = file.split('\n').find((text) => text.startsWith('AGE-SECRET-KEY-1'))
  if (line === undefined) throw new Error('replay.agekey: expected an age identity')
  return line.trim()
}
