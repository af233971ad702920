// Puts the gateway together, top to bottom: material, store, services, listeners, recovery, bundle. Only here is known
// which adapter stands behind an interface. Starting either succeeds whole or leaves nothing open.

import { join } from 'node:path'
import { openBaseline } from './access/baseline.ts'
import { openBundleParser } from './access/bundle-parser.ts'
import { openHostKeys } from './access/host-keys.ts'
import { openShelf } from './access/bundle-shelf.ts'
import { openInForce } from './access/bundles.ts'
import { openBundleLife } from './access/proposals.ts'
import { openPhysicalReports } from './access/physical-reports.ts'
import { openStanding } from './access/standing.ts'
import { openScopeFits } from './access/fit-reviews.ts'
import { openSeenAddresses } from './access/seen-addresses.ts'
import { openScopeReview } from './access/scope-changes.ts'
import { openDoor } from './access/authorize.ts'
import { openAccess } from './access/requests.ts'
import { openTickets } from './access/tickets.ts'
import { openAirlocks } from './airlock/airlocks.ts'
import { paceDisk, realDisk } from '../recorder/index.ts'
import type { Services } from './api/services.ts'
import { listenHttps } from './api/server.ts'
import { probeHostKey } from './brokers/ssh/probe.ts'
import { listenSsh } from './brokers/ssh/server.ts'
import { openTelnet } from './brokers/telnet/open.ts'
import { daysInMs, fetchedFolder, openCopies } from './copies/copies.ts'
import { openLocks } from './copies/locks.ts'
import { openRegions } from './copies/regions.ts'
import { openMover } from './blobs/mover.ts'
import { inProcessBus } from './bus/bus.ts'
import { systemClock, type Clock } from './clock.ts'
import type { Config } from './config.ts'
import { usesOf } from './dependencies/configured.ts'
import { observeBlobs, observeTickets } from './dependencies/observed.ts'
import { openParts } from './dependencies/parts.ts'
import { openProbe } from './dependencies/probe.ts'
import { targetsOf } from './dependencies/targets.ts'
import { openUses } from './dependencies/uses.ts'
import { openDependencies } from './dependencies/watch.ts'
import { checkpointCopies, prepareDataFolder, tidyDataFolder } from './data-folder.ts'
import { openCheckpoints } from './evidence/checkpoints.ts'
import { platformHere, recordConfiguration } from './evidence/configuration.ts'
import { checkContinuity, lostEntries } from './evidence/continuity.ts'
import { openCustody } from './evidence/custody.ts'
import { spaceOf } from './evidence/storage.ts'
import { openExports } from './evidence/exports.ts'
import { readKeyHistory } from './evidence/ledger-keys.ts'
import { openPlaces } from './evidence/places.ts'
import { openProofs } from './evidence/proofs.ts'
import { openPublisher } from './evidence/publisher.ts'
import { openRecordings } from './evidence/recordings.ts'
import { openReplayIndexes } from './evidence/replay-indexes.ts'
import { openReplays } from './evidence/replays.ts'
import { openReplayMaker } from './evidence/replay-maker.ts'
import { recoverSessions } from './evidence/recover.ts'
import { openCoverage } from './evidence/coverage.ts'
import { openViewingGate } from './evidence/viewing.ts'
import { openViewings } from './evidence/viewings.ts'
import { openTimestamping } from './evidence/timestamps.ts'
import { openWitnesses } from './evidence/witnesses.ts'
import { openRegister } from './evidence/register.ts'
import { openDiskPace } from './evidence/disk-pace.ts'
import { openSetbacks } from './evidence/setbacks.ts'
import { openAuthenticator } from './identity/authenticate.ts'
import { openRevocation } from './identity/certificates/revocation-file.ts'
import { openEnrolment } from './people/enrolment.ts'
import { openPeopleIntake } from './people/intake.ts'
import { openSeparations } from './people/separations.ts'
import { openPasswords } from './identity/passwords.ts'
import { openVault } from './identity/vault.ts'
import { readVaultKey, storeFile } from './keys.ts'
import { bindProblem, type Listener } from './listener.ts'
import type { Log } from './log.ts'
import { readMaterial } from './material.ts'
import { openSamples } from './evidence/samples.ts'
import { openDrills } from './drills/drills.ts'
import { linkKeyFrom, openApprovalLinks } from './outbox/links.ts'
import { openEngine, removeEngine } from './search/engine.ts'
import { openSearch } from './search/search.ts'
import { openAdmission } from './sessions/admission.ts'
import { openEscorts } from './sessions/escorts.ts'
import { openRecordingHeads } from './sessions/heads.ts'
import { livingOn } from './sessions/around.ts'
import { openKiller } from './sessions/killing.ts'
import { openRegistry } from './sessions/registry.ts'
import { openStarter } from './sessions/start.ts'
import { addressOf } from './outbox/channels.ts'
import { openNotifications } from './outbox/notifications.ts'
import { openTicketConnector } from './tickets/connector.ts'
import { readKernelSockets } from './sockets/kernel.ts'
import { openSocketWatch } from './sockets/watch.ts'
import { steadyClock, type Jump, type SteadyClock } from './steady-clock.ts'
import { refuseStartOn, StartRefused, type StartProblem } from './start-problem.ts'
import { lockFolder } from './store/folder-lock.ts'
import { openSqlite } from './store/sqlite.ts'
import { openStore, type Store } from './store/store.ts'
import { every } from './tick.ts'
import { version } from './version.ts'

export interface Gateway {
  readonly ssh: { readonly host: string; readonly port: number; readonly fingerprint: string }
  readonly https: { readonly host: string; readonly port: number }
  /** Ends every session with its reason, seals the recordings, and closes. */
  stop(): Promise<void>
}

/** A wall clock that was moved is evidence, and somebody should look. One that could not be written is kept for later. */
function openJumpKeeper(store: Store, clock: SteadyClock, log: Log): () => Promise<void> {
  const pending: Jump[] = []
  return async () => {
    for (const jump of clock.jumps()) {
      const { wall, byMs } = jump
      log.warn({ wall, byMs }, 'Wall clock jumped; access is not lengthened by it: check the time source')
      pending.push(jump)
    }
    for (let jump = pending[0]; jump !== undefined; jump = pending[0]) {
      const { at, wall, byMs } = jump
      await store.change(({ ledger }) => ledger.append('time.drift', at, { wall, byMs }))
      pending.shift()
    }
  }
}

const stopGraceMs = 5_000
/** How often it is looked whether a recording is due a head in the ledger. */
const headsMs = 250
/** How often sessions are held against the kernel's sockets. */
const socketsMs = 5_000
/** Reads the bundle folder and what the store holds of the bundle in force: seldom, since both may be large. */
const baselineMs = 15 * 60_000
/** How often the gateway looks at its own parts. */
const partsMs = 10_000
/** How often it is looked whether there is a newer checkpoint to publish. */
const publishMs = 5_000
/** How often it is looked whether a time-stamping authority is due. */
const timestampsMs = 10_000
/** How often it is looked whether a recording is due to go to the object store. */
const copiesMs = 2_000
const webFolder = join(import.meta.dirname, '..', 'admin-ui', 'dist')

/**
 * Starts a gateway; when the promise resolves both listeners are open.
 * @throws StartRefused with every problem when what the configuration names is missing, malformed, does not fit together
 * or is taken; the ledger then has no new entry.
 */
export async function startGateway(config: Config, log: Log, source: Clock = systemClock): Promise<Gateway> {
  const clock = steadyClock(source)
  const undo: (() => Promise<unknown>)[] = []
  async function stopAll(): Promise<void> {
    const failed: unknown[] = []
    // One that fails does not keep the others open.
    for (const step of undo.splice(0).toReversed()) await step().catch((error: unknown) => failed.push(error))
    if (failed.length > 0)
      throw failed.length === 1 ? failed[0] : new AggregateError(failed, 'the gateway stopped badly')
  }
  try {
    return await start()
  } catch (error) {
    await stopAll().catch((err: unknown) => log.error({ err }, 'Failed start not undone whole'))
    throw error
  }

  async function start(): Promise<Gateway> {
    const read = await readMaterial(config, clock.now())
    if (read.kind === 'invalid') throw new StartRefused(read.problems)
    const { hostKeys, userAuthorities, identities, signer, along, verifier } = read.material
    const folders = await prepareDataFolder(config.dataFolder)
    const lock = lockFolder(config.dataFolder)
    undo.push(async () => lock.release())
    await tidyDataFolder(folders)
    const vaultKey = await readVaultKey(config.dataFolder)

    const store = await openStore(openSqlite(storeFile(config.dataFolder)))
    undo.push(() => store.close())
    const { origin } = config.evidence
    // A store that is older than what was signed is not signed over: a restored backup must be a declared loss.
    const copies = checkpointCopies(config)
    const ledger = { evidence: store.evidence, verifier, origin }
    const continuity = await checkContinuity(ledger, copies)
    refuseStartOn(continuity.problems)
    const setbacks = await openSetbacks({ store, clock, log, hours: config.evidence.failingHours })
    const { witnesses: asked, timeAuthorities: authorities, outgoing } = read.material
    const uses = openUses(clock)
    const witnesses =
      asked.length === 0
        ? null
        : openWitnesses({
            witnesses: asked,
            evidence: store.evidence,
            log,
            ca: outgoing.ca,
            setbacks,
            told: (name, problem) => uses.note('witnesses', name, problem),
          })
    refuseStartOn(await lostEntries(continuity, witnesses))
    const checkpoints = openCheckpoints({ store, origin, signer, along, clock, log, copies, witnesses, setbacks })
    const timestamping =
      authorities.length === 0
        ? null
        : openTimestamping({
            store,
            checkpoints,
            authorities,
            clock,
            log,
            ca: outgoing.ca,
            setbacks,
            told: (name, problem) => uses.note('time-authorities', name, problem),
          })

    const bus = inProcessBus()
    const bundleParser = openBundleParser()
    undo.push(() => bundleParser.close())
    const shelf = openShelf(bundleParser.read)
    const scopeReview = await openScopeReview({ store, bus, clock })
    const folder = read.material.bundle
    const inForce = await openInForce({ store, shelf, bus, clock, log, scope: scopeReview, folder })
    const { bundle } = inForce
    const { s3 } = read.material
    const dependencies = await openDependencies({
      store,
      bundle,
      bus,
      clock,
      log,
      probe: openProbe({ targetAt: targetsOf(bundle), ca: outgoing.ca }),
      uses,
      configured: usesOf({
        outgoing,
        witnesses: asked.length,
        timeAuthorities: authorities.length,
        s3,
        clamd: config.airlock.clamd,
      }),
      random: Math.random,
    })
    const vault = openVault(vaultKey)
    const standing = await openStanding({
      store,
      clock,
      bundle,
      bus,
      vault,
      log,
      heldScope: scopeReview.held,
      unavailable: dependencies.unavailable,
    })
    const world = standing.world.now
    const door = openDoor(bundle, clock, world)
    const connector = read.material.outgoing.tickets
    const tickets = openTickets(connector === null ? null : observeTickets(openTicketConnector(connector), uses))
    const access = openAccess({
      store,
      door,
      bus,
      clock,
      world: standing.world,
      tickets,
      draining: (grant) => registry.draining(grant),
    })
    const registry = openRegistry({ bus, store, door, world: { now: world }, clock, log })
    const physical = openPhysicalReports({
      store,
      vault,
      clock,
      bundle,
      world: standing.world,
      living: (source) => livingOn(registry, source, bundle()),
      log,
    })
    const starter = openStarter({ door, clock, firstUse: (tx, grant, session) => access.used(tx, grant, session) })
    const escorts = openEscorts({ store, registry, clock, starter, world: { now: world } })
    const killer = openKiller({ store, registry, bus, clock, bundle })
    const { lockoutAfter: threshold, lockoutMinutes: minutes, passwordCost: cost } = config.login
    const passwords = await openPasswords({
      cost,
      parallel: config.login.passwordParallel,
      queue: config.login.passwordQueue,
    })
    const revokedKeys = config.ssh.revokedKeys
    const authenticator = openAuthenticator({
      store,
      passwords,
      vault,
      clock,
      log,
      lockout: { threshold, minutes },
      authorities: userAuthorities,
      ...(revokedKeys === undefined ? {} : { revocation: openRevocation(revokedKeys, { store, clock, log }) }),
    })
    const viewing = openViewingGate({ store, bundle, clock })
    const recordingCopies = await openCopies({
      store,
      blobs: s3 === null ? null : observeBlobs(openMover(s3), s3.bucket, uses),
      root: folders.recordings,
      fetched: fetchedFolder(config.dataFolder),
      bucket: s3?.bucket ?? '',
      prefix: s3?.prefix ?? '',
      cacheBytes: config.recordings.s3.cacheMebibytes * 1024 * 1024,
      keepLocalMs: daysInMs(config.recordings.s3.keepLocalDays),
      keptFrom: openRegions(bundle, config.recordings.s3.region),
      lockFor: openLocks({ store, bundle, clock, s3: config.recordings.s3 }),
      clock,
      log,
      random: Math.random,
      setbacks,
    })
    const recordings = openRecordings({
      store,
      root: folders.recordings,
      identities,
      keys: () => readKeyHistory(store.evidence, signer.vkey),
      copies: recordingCopies,
      corrupt: { store, clock, log },
    })
    const replayIndexes = openReplayIndexes({ root: folders.replay, clock, log })
    const replays = openReplays({
      store,
      recordings,
      indexes: replayIndexes,
      gate: viewing,
      isLiving: (session) => registry.get(session) !== null,
      clock,
    })
    const viewings = openViewings({ store, gate: viewing, bundle, world: { now: world }, clock })
    const engine =
      config.evidence.search === 'on'
        ? await openEngine(config.dataFolder, vaultKey, { store, recordings, bundle, clock, log })
        : await removeEngine(config.dataFolder)
    const custody = await openCustody({
      store,
      bundle,
      clock,
      log,
      root: folders.recordings,
      thresholds: config.evidence.storage,
      elsewhere: [async (session) => engine?.upkeep.forget(session), replayIndexes.forget, recordingCopies.remove],
    })
    const exports = openExports({
      store,
      recordings,
      gate: viewing,
      checkpoints,
      bundle,
      signer,
      origin,
      scratch: folders.scratch,
      clock,
      log,
    })
    const pace = openDiskPace({
      paced: paceDisk(realDisk, process.hrtime.bigint),
      store,
      clock,
      log,
      sessions: registry.all,
    })
    const heads = openRecordingHeads({ store, clock, log })
    const airlocks = await openAirlocks({
      store,
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
    })
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
      signer,
      recordings: folders.recordings,
      disk: pace.disk,
      recipients: config.evidence.recipients,
      maxSessionsPerPerson: config.maxSessionsPerPerson,
      escortWaitMinutes: config.escortWaitMinutes,
      noRoom: custody.storage.refusal,
    }
    const context = openAdmission({ ...admission, airlocks })
    const lockout = { threshold, minutes }
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
        openAdmission({ ...admission, store: over, door: drillDoor, recordings }),
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
      outgoing: read.material.outgoing,
      vaultKey,
      setbacks,
      uses,
      base: () => addressOf(config, webPort),
      clock,
      log,
    })
    const places = openPlaces({ store, bundle })
    const register = openRegister(store, bundle, clock, places)
    let reach = { host: config.publicHost, port: config.ssh.port, fingerprint: '' }
    const services: Services = {
      config,
      version,
      bundle,
      store,
      door,
      access,
      links: notifications.links,
      inForce,
      bundleLife: openBundleLife({ store, inForce, shelf, clock, world }),
      scopeReview,
      standing,
      physical,
      drills,
      samples: openSamples({ store, checkpoints, clock }),
      shelf,
      world,
      registry,
      files: airlocks.decisions,
      escorts,
      killer,
      sockets,
      seen: openSeenAddresses({ store, clock, bundle }),
      hostKeys: targetKeys,
      dependencies,
      parts,
      custody,
      recordings,
      replays,
      viewing,
      viewings,
      search: openSearch({ store, gate: viewing, bundle, clock, engine }),
      exports,
      places,
      proofs: openProofs({ evidence: store.evidence, checkpoints }),
      checkpoints,
      register,
      coverage: openCoverage({ store, clock, bundle, register }),
      scopeFits: openScopeFits({ store, clock, bundle, world, register }),
      authenticator,
      enrolment: openEnrolment({ store, vault, passwords, clock }),
      peopleIntake: openPeopleIntake({ store, vault, clock, bundle, bus }),
      bus,
      clock,
      log,
      ssh: () => reach,
    }

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
    const ssh = await bind(
      'ssh',
      listenSsh(
        {
          host: config.ssh.host,
          port: config.ssh.port,
          hostKeys,
          banner: config.ssh.banner,
          proxyFrom: config.ssh.proxyFrom,
          ready,
          limits: {
            connections: config.ssh.maxConnections,
            connectionsPerSource: config.ssh.maxConnectionsPerSource,
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
          openTelnet,
        },
      ),
    )
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
    undo.push(() => standing.presences.settle())
    undo.push(() => physical.settle())
    undo.push(() => registry.stop(stopGraceMs))
    undo.push(
      every(1_000, 'Expiry', log, async () => {
        await inForce.refresh()
        await scopeReview.refresh()
        await access.sweep()
      }),
    )
    // Apart from the others: what is late here must not hold up the end of a session.
    undo.push(every(1_000, 'Standing facts', log, standing.sweep))
    undo.push(every(1_000, 'Physical sources', log, physical.sweep))
    undo.push(every(60_000, 'Drills', log, drills.sweep))
    // Once no round begins another look, those under way are ended: none holds up the stop.
    undo.push(() => dependencies.close())
    undo.push(every(1_000, 'Dependencies', log, dependencies.round))
    await parts.round()
    undo.push(every(partsMs, 'Parts', log, parts.round))
    undo.push(every(5_000, 'Viewings', log, viewings.sweep))
    undo.push(every(2_000, 'Separation of duties', log, openSeparations({ store, clock, bundle }).sweep))
    const replayMaker = openReplayMaker({ registry, recordings, indexes: replayIndexes, log })
    undo.push(every(2_000, 'Replay indexes', log, replayMaker))
    // Before the round is waited for: it may be in the middle of a long recording.
    undo.push(() => replayIndexes.close())
    undo.push(every(1_000, 'Living sessions', log, () => registry.sweep()))
    undo.push(every(socketsMs, 'Sockets', log, sockets.round))
    undo.push(every(1_000, 'Pace of the disk', log, pace.round))
    undo.push(every(60_000, 'Setbacks', log, setbacks.round))
    undo.push(every(headsMs, 'Recording heads', log, heads.round))
    undo.push(every(baselineMs, 'Baseline', log, baseline.look))
    if (config.evidence.publishFolder !== undefined) {
      const publisher = openPublisher({
        evidence: store.evidence,
        checkpoints,
        folder: config.evidence.publishFolder,
        log,
        setbacks,
      })
      undo.push(every(publishMs, 'Ledger publication', log, publisher.round))
    }
    if (timestamping !== null) undo.push(every(timestampsMs, 'Timestamps', log, timestamping.round))
    undo.push(every(copiesMs, 'Recording copies', log, recordingCopies.round))
    // Before the round is waited for: an upload goes on with its parts at the next start.
    undo.push(() => recordingCopies.close())
    undo.push(every(1_000, 'Wall clock', log, openJumpKeeper(store, clock, log)))
    undo.push(
      every(
        config.evidence.checkpointSeconds * 1_000,
        'Checkpoint',
        log,
        async () => void (await checkpoints.cosigned()),
      ),
    )
    undo.push(every(3_600_000, 'Token pruning', log, () => store.bookkeep((tx) => tx.tokens.prune(clock.now()))))
    undo.push(custody.start())
    undo.push(airlocks.start())
    if (engine !== null) undo.push(engine.start())
    webPort = https.port
    undo.push(notifications.start())
    undo.push(closeListeners)
    reach = { ...reach, port: ssh.port, fingerprint: ssh.fingerprint }
    open()
    log.info({ sshPort: ssh.port, httpsPort: https.port, bundle: bundle().digest }, 'Gateway started')
    let stopped: Promise<void> | null = null
    return {
      ssh: { host: config.ssh.host, port: ssh.port, fingerprint: ssh.fingerprint },
      https: { host: config.https.host, port: https.port },
      stop: () => (stopped ??= registry.stop(stopGraceMs).then(stopAll)),
    }
  }
}
