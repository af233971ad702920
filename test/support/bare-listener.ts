// The SSH listener without a gateway behind it: nobody can log in, which is all that strangers see anyway.

import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import type { BrokerContext } from '../../gateway/brokers/broker.ts'
import type { ConnectionDeps } from '../../gateway/brokers/ssh/connection.ts'
import { listenSsh, type SshListenerOptions } from '../../gateway/brokers/ssh/server.ts'
import { openSshService } from '../../gateway/brokers/ssh/ssh-service.ts'
import type { Authenticator } from '../../gateway/identity/authenticate.ts'
import type { Listener } from '../../gateway/listener.ts'
import { openLog } from '../../gateway/log.ts'
import { makeKey } from './sshd.ts'

export interface BareListener {
  readonly listener: Listener
  readonly port: number
  /** The lines of its log, as objects. */
  log(): Promise<readonly Readonly<Record<string, unknown>>[]>
  stop(): Promise<void>
}

const wide = {
  connections: 1000,
  connectionsPerSource: 1000,
  unauthenticated: 1000,
  unauthenticatedPerSource: 1000,
  loginGraceMs: 600_000,
}

export async function openBareListener(
  wish: Partial<Omit<SshListenerOptions, 'limits'>> & {
    readonly limits?: Partial<SshListenerOptions['limits']>
    readonly authenticator?: Partial<Authenticator>
    readonly context?: Partial<BrokerContext>
    readonly rsa?: true
  } = {},
): Promise<BareListener> {
  const folder = await mkdtemp(join(tmpdir(), 'sp-listener-'))
  const keys = [await makeKey(join(folder, 'host_ed25519'))]
  if (wish.rsa) keys.push(await makeKey(join(folder, 'host_rsa'), 'rsa'))
  const no = async () => ({ kind: 'bad' }) as const
  const authenticator: Authenticator = {
    password: no,
    publicKey: no,
    certificate: no,
    knowsKey: async () => false,
    knowsCertificate: async () => false,
    wrongMethod: async () => undefined,
    totp: async () => null,
    code: async () => false,
    abandoned: async () => undefined,
    settle: async () => undefined,
    ...wish.authenticator,
  }
  const logFile = join(folder, 'log')
  const log = openLog('debug', logFile)
  const nothing = { admit: () => Promise.reject(new Error('nobody comes this far')) }
  const { authenticator: _own, context = nothing, rsa: _rsa, limits, ...options } = wish
  const rules = { ...wide, ...limits }
  const hostKeys = await Promise.all(keys.map((key) => readFile(key, 'utf8')))
  const take = openSshService({ hostKeys, banner: 'recorded', loginGraceMs: rules.loginGraceMs }, {
    context,
    authenticator,
    dial: { readyTimeoutMs: 5_000, keepaliveMs: 5_000 },
    log,
    maxChannels: 10,
  } as unknown as ConnectionDeps)
  const listener = await listenSsh(
    { host: '127.0.0.1', port: 0, proxyFrom: [], ready: Promise.resolve(), log, ...options, limits: rules },
    { take, apart: false },
  )
  return {
    listener,
    port: listener.port,
    log: async () =>
      (await readFile(logFile, 'utf8'))
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Record<string, unknown>),
    async stop() {
      await listener.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
