// Puts the gateway together, top to bottom: keys, store, recovery, bundle, services, listeners. Only here is known which
// adapter stands behind an interface. Starting either succeeds whole or leaves nothing open.

import { mkdir, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { showProblem } from '../policy/index.ts'
import { parseVerifierKey } from '../recorder/index.ts'
import { activateBundle, loadBundle } from './access/bundles.ts'
import { openDoor } from './access/authorize.ts'
import { openAccess } from './access/requests.ts'
import type { Services } from './api/services.ts'
import { listenHttps } from './api/server.ts'
import { listenSsh } from './brokers/ssh/server.ts'
import { inProcessBus } from './bus/bus.ts'
import { systemClock, type Clock } from './clock.ts'
import type { Config } from './config.ts'
import { openCheckpoints } from './evidence/checkpoints.ts'
import { openExports } from './evidence/exports.ts'
import { openRecordings } from './evidence/recordings.ts'
import { recoverSessions } from './evidence/recover.ts'
import { openRegister } from './evidence/register.ts'
import { openAuthenticator } from './identity/authenticate.ts'
import { openPasswords } from './identity/passwords.ts'
import { openVault } from './identity/vault.ts'
import { readHostKeys, readReplayIdentity, readSigner, readVaultKey, storeFile } from './keys.ts'
import type { Log } from './log.ts'
import { openAdmission } from './sessions/admission.ts'
import { openRegistry } from './sessions/registry.ts'
import { lockFolder } from './store/folder-lock.ts'
import { openSqlite } from './store/sqlite.ts'
import { openStore } from './store/store.ts'
import { every } from './tick.ts'
import { version } from './version.ts'

export interface Gateway {
  readonly ssh: { readonly host: string; readonly port: number; readonly fingerprint: string }
  readonly https: { readonly host: string; readonly port: number }
  /** Ends every session with its reason, seals the recordings, and closes. */
  stop(): Promise<void>
}

/** Below this much free space no recording can be promised its end. */
const leastFreeBytes = 64 * 1024 * 1024
const stopGraceMs = 5_000
const webFolder = join(import.meta.dirname, '..', 'admin-ui', 'dist')

/**
 * Starts a gateway; when the promise resolves both listeners are open.
 * @throws with what to do next when anything the configuration names is missing, malformed or taken.
 */
export async function startGateway(config: Config, log: Log, clock: Clock = systemClock): Promise<Gateway> {
  const undo: (() => Promise<unknown>)[] = []
  async function stopAll(): Promise<void> {
    for (const step of undo.splice(0).toReversed()) await step()
  }
  try {
    return await start()
  } catch (error) {
    await stopAll()
    throw error
  }

  async function start(): Promise<Gateway> {
    const loaded = await loadBundle(config.bundleFolder)
    if (loaded.kind === 'invalid')
      throw new Error(
        `the bundle in ${config.bundleFolder} is not valid:\n  ${loaded.problems.map(showProblem).join('\n  ')}`,
      )
    const { bundle } = loaded
    const recordingsRoot = join(config.dataFolder, 'recordings')
    const scratch = join(config.dataFolder, 'scratch')
    for (const folder of [recordingsRoot, scratch]) await mkdir(folder, { recursive: true, mode: 0o700 })
    const { bavail, bsize } = await statfs(recordingsRoot)
    if (bavail * bsize < leastFreeBytes)
      throw new Error(
        `${recordingsRoot}: less than ${leastFreeBytes / 1024 / 1024} MiB free: make room before starting`,
      )

    const lock = lockFolder(config.dataFolder)
    undo.push(async () => lock.release())
    const vaultKey = await readVaultKey(config.dataFolder)
    const [signer, identity, hostKeys] = [
      await readSigner(config),
      await readReplayIdentity(config),
      await readHostKeys(config),
    ]

    const store = await openStore(openSqlite(storeFile(config.dataFolder)))
    undo.push(() => store.close())
    const { origin, publish } = config.evidence
    const verifier = parseVerifierKey(signer.vkey)
    if (verifier.kind === 'malformed') throw new Error(verifier.reason)
    const copies = [join(config.dataFolder, 'checkpoint'), ...(publish === undefined ? [] : [publish])]
    const checkpoints = openCheckpoints({ store, origin, signer, verifier: verifier.value, clock, log, copies })
    // Refuses to go on when the store is older than what was signed: a restored backup must be a declared loss.
    await checkpoints.resume()
    await checkpoints.sign()
    await recoverSessions({ store, recordings: recordingsRoot, signer, identity, clock, log })
    await activateBundle(store, bundle, loaded.files, clock)

    const bus = inProcessBus()
    const door = openDoor(() => bundle, clock)
    const access = openAccess({ store, door, bus, clock })
    const registry = openRegistry({ bus, store, log })
    const vault = openVault(vaultKey)
    const { lockoutAfter: threshold, lockoutMinutes: minutes, passwordCost: cost } = config.login
    const passwords = await openPasswords({
      cost,
      parallel: config.login.passwordParallel,
      queue: config.login.passwordQueue,
    })
    const authenticator = openAuthenticator({ store, passwords, vault, clock, lockout: { threshold, minutes } })
    const recordings = openRecordings({ store, root: recordingsRoot, identity, verifiers: [verifier.value], clock })
    const exports = openExports({
      store,
      recordings,
      checkpoints,
      bundle: () => bundle,
      signer,
      origin,
      scratch,
      clock,
    })
    const context = openAdmission({
      store,
      door,
      registry,
      vault,
      clock,
      log,
      signer,
      recordings: recordingsRoot,
      recipients: config.evidence.recipients,
      maxSessionsPerPerson: config.maxSessionsPerPerson,
    })

    let reach = { host: config.publicHost, port: config.ssh.port, fingerprint: '' }
    const services: Services = {
      config,
      version,
      bundle: () => bundle,
      store,
      door,
      access,
      registry,
      recordings,
      exports,
      checkpoints,
      register: openRegister(store, () => bundle, clock),
      authenticator,
      bus,
      clock,
      log,
      ssh: () => reach,
    }

    await store.change((tx) => tx.ledger.append('gateway.started', clock.now(), { version, bundle: bundle.digest }))
    undo.push(async () => {
      await store.change((tx) => tx.ledger.append('gateway.stopped', clock.now(), { reason: 'stopped' }))
      await checkpoints.sign()
    })
    undo.push(() => registry.stop(stopGraceMs))
    undo.push(
      every(1_000, 'Expiry', log, async () => {
        await access.sweep()
        await registry.sweep()
      }),
    )
    undo.push(
      every(config.evidence.checkpointSeconds * 1_000, 'Checkpoint', log, async () => void (await checkpoints.sign())),
    )
    undo.push(every(3_600_000, 'Token pruning', log, () => store.bookkeep((tx) => tx.tokens.prune(clock.now()))))

    const https = await listenHttps(services, webFolder)
    undo.push(() => https.stop())
    const ssh = await listenSsh(
      {
        host: config.ssh.host,
        port: config.ssh.port,
        hostKeys,
        banner: config.ssh.banner,
        limits: {
          unauthenticated: config.ssh.maxUnauthenticated,
          unauthenticatedPerSource: config.ssh.maxUnauthenticatedPerSource,
          loginGraceMs: config.ssh.loginGraceSeconds * 1_000,
        },
      },
      {
        context,
        authenticator,
        dial: {
          readyTimeoutMs: config.ssh.dialTimeoutSeconds * 1_000,
          keepaliveMs: config.ssh.keepaliveSeconds * 1_000,
        },
        log,
        maxChannels: config.ssh.maxChannels,
      },
    )
    reach = { ...reach, port: ssh.port, fingerprint: ssh.fingerprint }
    log.info({ sshPort: ssh.port, httpsPort: https.port, bundle: bundle.digest }, 'Gateway started')
    let stopped: Promise<void> | null = null
    return {
      ssh: { host: config.ssh.host, port: ssh.port, fingerprint: ssh.fingerprint },
      https: { host: config.https.host, port: https.port },
      stop: () =>
        (stopped ??= registry
          .stop(stopGraceMs)
          .then(() => ssh.stop())
          .then(stopAll)),
    }
  }
}
