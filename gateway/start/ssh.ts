// The way in by SSH: the listener, and who carries what it takes in, this process or workers.

import { hrtime } from 'node:process'
import { fileURLToPath } from 'node:url'
import type { BrokerContext } from '../brokers/broker.ts'
import { remoteHostKeys, signWithHostKey } from '../brokers/ssh/remote-host-keys.ts'
import { listenSsh, type Carriers, type SshListenerOptions } from '../brokers/ssh/server.ts'
import { openSshService } from '../brokers/ssh/ssh-service.ts'
import { openTelnet } from '../brokers/telnet/open.ts'
import { fingerprintOf } from '../identity/authenticate.ts'
import type { RecordingPlaces } from '../evidence/recording-places.ts'
import type { Listener } from '../listener.ts'
import type { Recorder } from '../sessions/recorder.ts'
import { every } from '../tick.ts'
import { workerCount } from '../workers/count.ts'
import { openPool, type PoolDeps, type WorkerPool } from '../workers/pool.ts'
import { startWorker } from '../workers/process.ts'
import type { Ground } from './ground.ts'
import type { LedgerStep } from './ledger.ts'
import type { PeopleStep } from './people.ts'
import type { RulesStep } from './rules.ts'

export interface SshCarriers extends Carriers {
  /** Of the first host key, as `ssh-keygen -l` prints it: what people compare on their first visit. */
  readonly fingerprint: string
  /** Null where this process carries all. */
  readonly pool: WorkerPool | null
}

const workerFile = fileURLToPath(new URL('../workers/worker.ts', import.meta.url))
const roundMs = 1_000
/** How often a worker is told what time it is. */
const clockMs = 250

export interface SshDeps {
  readonly contextFor: (recorder: Recorder) => BrokerContext
  /** Records in this process. */
  readonly recorder: Recorder
  readonly onPace: PoolDeps['onPace']
  /** Where recordings are while workers write them. */
  readonly places: RecordingPlaces
}

/** @throws where a worker does not start. */
export async function openSshCarriers(
  ground: Ground,
  ledger: Pick<LedgerStep, 'store'>,
  { bus }: Pick<RulesStep, 'bus'>,
  people: Pick<PeopleStep, 'authenticator' | 'registry'>,
  { contextFor, recorder, onPace, places }: SshDeps,
): Promise<SshCarriers> {
  const { config, log, clock, material, folders, undo } = ground
  const { signer, identities } = material
  const { authenticator, registry } = people
  const { ssh } = config
  const hostKeys = signWithHostKey(material.hostKeys)
  const [first] = hostKeys.publicKeys
  if (first === undefined) throw new Error('ssh.hostKeys: expected at least one')
  const fingerprint = fingerprintOf(first)
  const dialTimeoutMs = ssh.dialTimeoutSeconds * 1_000
  const keepaliveMs = ssh.keepaliveSeconds * 1_000
  const loginGraceMs = ssh.loginGraceSeconds * 1_000
  const { banner, maxChannels } = ssh

  const workers = workerCount(ssh)
  if (workers === 0) {
    const own = remoteHostKeys(hostKeys.publicKeys, hostKeys.sign)
    const dial = { readyTimeoutMs: dialTimeoutMs, keepaliveMs }
    const deps = { context: contextFor(recorder), authenticator, dial, log, maxChannels, openTelnet }
    return {
      take: openSshService({ hostKeys: own, banner, loginGraceMs }, deps),
      apart: false,
      fingerprint,
      pool: null,
    }
  }

  const { recordings } = folders
  const pool = await openPool({
    count: workers,
    memoryMebibytes: ssh.workerMemoryMebibytes,
    start: (folder) => startWorker({ entry: workerFile, folder, memoryMebibytes: ssh.workerMemoryMebibytes }),
    setup: {
      hostKeys: hostKeys.publicKeys,
      banner,
      loginGraceMs,
      maxChannels,
      dialTimeoutMs,
      keepaliveMs,
      logLevel: config.logLevel,
      recipients: config.evidence.recipients,
      signer: { name: signer.name, vkey: signer.vkey },
    },
    hostKeys,
    contextFor,
    authenticator,
    registry,
    signer,
    identities,
    recordings,
    places,
    store: ledger.store,
    clock,
    // Processes share the machine's own monotonic clock, whatever this one's is.
    machine: () => hrtime.bigint(),
    log,
    onPace,
  })
  undo.push(() => pool.stop())
  undo.push(every(roundMs, 'Workers', log, pool.round))
  undo.push(every(roundMs, 'What sessions may', log, pool.sweep))
  undo.push(every(clockMs, 'Clock of the workers', log, async () => pool.tellTime()))
  // What was decided anew is known where it is carried, as soon as it is decided.
  const unsubscribe = bus.subscribe((signal) => {
    if (signal.kind === 'reevaluate') void registry.settled().then(() => pool.sweep())
  })
  undo.push(async () => unsubscribe())
  return { take: pool.take, apart: true, fingerprint, pool }
}

export function listenForSsh(
  { config, log }: Pick<Ground, 'config' | 'log'>,
  carriers: Carriers,
  ready: Promise<void>,
  turnedAway: NonNullable<SshListenerOptions['turnedAway']>,
): Promise<Listener> {
  const { ssh } = config
  return listenSsh(
    {
      host: ssh.host,
      port: ssh.port,
      proxyFrom: ssh.proxyFrom,
      ready,
      log,
      turnedAway,
      limits: {
        connections: ssh.maxConnections,
        connectionsPerSource: ssh.maxConnectionsPerSource,
        unauthenticated: ssh.maxUnauthenticated,
        unauthenticatedPerSource: ssh.maxUnauthenticatedPerSource,
        loginGraceMs: ssh.loginGraceSeconds * 1_000,
      },
    },
    carriers,
  )
}
