// Puts the gateway together, top to bottom: ground, ledger, rules, people, keeping (gateway/start), then sessions,
// services, listeners, recovery and the rounds. Only here and there is known which adapter stands behind an interface.
// Starting either succeeds whole or leaves nothing open.

import { join } from 'node:path'
import { paceDisk, realDisk } from '../recorder/index.ts'
import { openBaseline } from './access/baseline.ts'
import { openHostKeys } from './access/host-keys.ts'
import { openAirlocks } from './airlock/airlocks.ts'
import { listenHttps } from './api/server.ts'
import { probeHostKey } from './brokers/ssh/probe.ts'
import { systemClock, type Clock } from './clock.ts'
import type { Config } from './config.ts'
import { carriedHere } from './dependencies/carriers.ts'
import { openParts } from './dependencies/parts.ts'
import { openDrills } from './drills/drills.ts'
import { platformHere, recordConfiguration } from './evidence/configuration.ts'
import { openDiskPace } from './evidence/disk-pace.ts'
import { recoverSessions } from './evidence/recover.ts'
import { spaceOf } from './evidence/storage.ts'
import { openAuthenticator } from './identity/authenticate.ts'
import { openStrangers } from './identity/strangers.ts'
import { bindProblem, type Listener } from './listener.ts'
import type { Log } from './log.ts'
import { addressOf } from './outbox/channels.ts'
import { linkKeyFrom, openApprovalLinks } from './outbox/links.ts'
import { openNotifications } from './outbox/notifications.ts'
import { openAdmission } from './sessions/admission.ts'
import { openRecordingHeads } from './sessions/heads.ts'
import { openRecorder } from './sessions/recorder.ts'
import { readKernelSockets } from './sockets/kernel.ts'
import { openSocketWatch } from './sockets/watch.ts'
import { readGround } from './start/ground.ts'
import { openKeeping } from './start/keeping.ts'
import { openLedger } from './start/ledger.ts'
import { openPeople } from './start/people.ts'
import { beginRounds } from './start/rounds.ts'
import { openRules } from './start/rules.ts'
import { gatherServices } from './start/services.ts'
import { listenForSsh, openSshCarriers } from './start/ssh.ts'
import { openUndo } from './start/undo.ts'
import { StartRefused, type StartProblem } from './start-problem.ts'
import { version } from './version.ts'
import { sharePace } from './workers/pace.ts'

export interface Gateway {
  readonly ssh: { readonly host: string; readonly port: number; readonly fingerprint: string }
  readonly https: { readonly host: string; readonly port: number }
  /** Ends every session with its reason, seals the recordings, and closes. */
  stop(): Promise<void>
}

const stopGraceMs = 5_000
const webFolder = join(import.meta.dirname, '..', 'admin-ui', 'dist')

/**
 * Starts a gateway; when the promise resolves both listeners are open.
 * @throws StartRefused with every problem when what the configuration names is missing, malformed, does not fit together
 * or is taken; the ledger then has no new entry.
 */
export async function startGateway(config: Config, log: Log, source: Clock = systemClock): Promise<Gateway> {
  const undo = openUndo()
  try {
    return await start()
  } catch (error) {
    await undo.all().catch((err: unknown) => log.error({ err }, 'Failed start not undone whole'))
    throw error
  }

  async function start(): Promise<Gateway> {
    const ground = await readGround(config, log, source, undo)
    const { clock, folders, vaultKey } = ground
    const { identities, signer, outgoing } = ground.material
    const ledger = await openLedger(ground)
    const { store, setbacks, uses, checkpoints } = ledger
    const rules = await openRules(ground, ledger)
    const { bundle, bus, door, inForce, standing, vault, world } = rules
    const people = await openPeople(ground, ledger, rules)
    const { authenticator, escorts, lockout, passwords, physical, registry, starter } = people
    const keeping = await openKeeping(ground, ledger, rules, people)
    const { custody } = keeping

    const paced = sharePace(paceDisk(realDisk, process.hrtime.bigint))
    const pace = openDiskPace({
      paced,
      store,
      clock,
      log,
      sessions: registry.all,
    })
    const heads = openRecordingHeads({ store, clock, log })
    const airlocks = await openAirlocks({
      store,
      bus,
      bundle,
      world,
      clock,
      log,
      dataFolder: config.dataFolder,
      recipients: config.evidence.recipients,
      settings: config.airlock,
      space: () => spaceOf(config.dataFolder),
      thresholds: config.evidence.storage,
      told: (problem) => uses.note('airlock', 'clamd', problem),
    })
    const targetKeys = openHostKeys({
      store,
      clock,
      bundle,
      look: (endpoint) => probeHostKey(endpoint, config.ssh.dialTimeoutSeconds * 1_000),
      onChange: () => bus.publish({ kind: 'reevaluate', because: 'world' }),
    })
    const strangers = openStrangers({ store, clock, log })
    const admission = {
      hostKeys: targetKeys,
      store,
      door,
      registry,
      heads,
      starter,
      escorts,
      authenticator,
      bus,
      vault,
      clock,
      log,
      maxSessionsPerPerson: config.maxSessionsPerPerson,
      escortWaitMinutes: config.escortWaitMinutes,
      noRoom: custody.storage.refusal,
    }
    const recording = {
      clock,
      signer,
      recordings: folders.recordings,
      disk: pace.disk,
      recipients: config.evidence.recipients,
    }
    const carriers = await openSshCarriers(ground, ledger, rules, people, {
      places: keeping.places,
      contextFor: openAdmission({ ...admission, airlocks }),
      recorder: openRecorder(recording),
      onPace: paced.note,
    })
    const drills = openDrills({
      store,
      bundle,
      world,
      registry,
      bus,
      clock,
      log,
      signer,
      recipients: config.evidence.recipients,
      scratch: folders.scratch,
      authenticatorOver: (over) => openAuthenticator({ store: over, passwords, vault, clock, lockout }),
      linksOver: (over) => openApprovalLinks({ store: over, clock }, linkKeyFrom(vaultKey)),
      admissionOver: (over, drillDoor, recordings) =>
        openAdmission({ ...admission, store: over, door: drillDoor })(openRecorder({ ...recording, recordings })),
    })

    const parts = openParts({
      store,
      clock,
      wall: () => source.now(),
      space: () => spaceOf(folders.recordings),
      thresholds: config.evidence.storage,
      log,
    })
    let webPort = config.https.port
    const sockets = openSocketWatch({
      store,
      clock,
      log,
      bundle,
      sessions: registry.all,
      listening: () => [reach.port, webPort],
      read: readKernelSockets,
    })
    const notifications = openNotifications({
      store,
      bundle,
      world,
      config,
      outgoing,
      vaultKey,
      setbacks,
      uses,
      base: () => addressOf(config, webPort),
      clock,
      log,
    })
    let reach = { host: config.publicHost, port: config.ssh.port, fingerprint: '' }
    const services = gatherServices(ground, ledger, rules, people, keeping, {
      notifications,
      drills,
      airlocks,
      sockets,
      hostKeys: targetKeys,
      parts,
      carriers: () => carriers.pool?.carriers() ?? carriedHere,
      ssh: () => reach,
    })

    // Both addresses are bound before anything is written, and nobody is served before all is: connections wait.
    const { promise: ready, resolve: open } = Promise.withResolvers<void>()
    const listeners: Listener[] = []
    const closeListeners = async (): Promise<void> => {
      for (const listener of listeners.splice(0).toReversed()) await listener.stop()
    }
    undo.push(closeListeners)
    const taken: StartProblem[] = []
    async function bind<T extends Listener>(section: 'ssh' | 'https', listening: Promise<T>): Promise<T | null> {
      try {
        const listener = await listening
        listeners.push(listener)
        return listener
      } catch (error) {
        taken.push(bindProblem(section, config[section], error))
        return null
      }
    }
    const https = await bind('https', listenHttps(services, webFolder, ready))
    const ssh = await bind('ssh', listenForSsh(ground, carriers, ready, strangers.turnedAway))
    if (https === null || ssh === null) throw new StartRefused(taken)

    await checkpoints.sign()
    await recoverSessions({ store, recordings: folders.recordings, signer, identities, clock, log })
    await airlocks.upkeep.recover()
    await inForce.settle()
    const baseline = openBaseline({ store, folder: config.bundleFolder, clock, log })
    await baseline.look()
    await recordConfiguration({ store, config, vaultKey, clock, log, platform: await platformHere() })
    await store.change((tx) => tx.ledger.append('gateway.started', clock.now(), { version, bundle: bundle().digest }))
    undo.push(async () => {
      await store.change((tx) => tx.ledger.append('gateway.stopped', clock.now(), { reason: 'stopped' }))
      await checkpoints.sign()
    })
    // What was throttled in the last minute is written before the stop is.
    undo.push(() => authenticator.settle())
    undo.push(() => strangers.settle())
    undo.push(() => standing.presences.settle())
    undo.push(() => physical.settle())
    undo.push(() => registry.stop(stopGraceMs))
    const looked = { baseline, drills, parts, sockets, pace, heads, airlocks }
    await beginRounds(ground, ledger, rules, people, keeping, looked)
    webPort = https.port
    undo.push(notifications.start())
    undo.push(closeListeners)
    reach = { ...reach, port: ssh.port, fingerprint: carriers.fingerprint }
    open()
    log.info({ sshPort: ssh.port, httpsPort: https.port, bundle: bundle().digest }, 'Gateway started')
    let stopped: Promise<void> | null = null
    return {
      ssh: { host: config.ssh.host, port: ssh.port, fingerprint: carriers.fingerprint },
      https: { host: config.https.host, port: https.port },
      stop: () => (stopped ??= registry.stop(stopGraceMs).then(() => undo.all())),
    }
  }
}
