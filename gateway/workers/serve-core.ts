// What a worker does: takes connections from the core, serves them, and says how it goes.

import { Socket } from 'node:net'
import { paceDisk, type PacedDisk } from '../../recorder/index.ts'
import { remoteHostKeys } from '../brokers/ssh/remote-host-keys.ts'
import { openSshService, type TakenConnection } from '../brokers/ssh/ssh-service.ts'
import { openTelnet } from '../brokers/telnet/open.ts'
import { openLogInto } from '../log.ts'
import { openFarFiles } from './far-airlock.ts'
import { openFarAuthenticator } from './far-authenticator.ts'
import { farClock } from './far-clock.ts'
import { openFarContexts } from './far-context.ts'
import { openKeyPipe } from './key-pipe.ts'
import { openLink, takenAsIs, type Answering, type Channel, type Hearing, type Link } from './link.ts'
import { openRecordings } from './recordings.ts'
import { keyPipeFd, type CoreSide, type WorkerSetup, type WorkerSide } from './wire.ts'
import { openWorkerDisk } from './worker-disk.ts'

const paceMs = 1_000

type SetUp = Omit<Answering<WorkerSide>, 'setup'> & { readonly words: Omit<Hearing<WorkerSide>, 'ping' | 'stop'> }

/** Serves until the core is gone, or says stop. */
export function serveCore(): void {
  const { link: core, serve } = openLink<WorkerSide, CoreSide>(channelToCore())
  const clock = farClock()
  const connections = new Map<number, TakenConnection>()
  let up: SetUp | null = null
  const ready = (): SetUp => {
    if (up === null) throw new Error('worker: expected to be set up first')
    return up
  }

  // Without the core nothing can be decided: whoever started it seals what was recorded.
  process.on('disconnect', () => process.exit(1))
  // What is wrong with one connection must not end the others; what nobody foresaw must not go on.
  process.on('uncaughtException', (error) => {
    core.tell('log', { level: 'error', fields: { err: plainError(error) }, text: 'Worker failed' })
    setImmediate(() => process.exit(1))
  })

  serve({
    calls: {
      setup(setup) {
        clock.read(setup.clock)
        up = setUp(core, setup, clock, connections)
        return null
      },
      'recording.open': (wish) => ready()['recording.open'](wish),
      'recording.sync': (ask) => ready()['recording.sync'](ask),
      'recording.heads': (ask) => ready()['recording.heads'](ask),
      'recording.tryAgain': (ask) => ready()['recording.tryAgain'](ask),
      'recording.seal': (ask) => ready()['recording.seal'](ask),
    },
    words: {
      ping({ clock: reading }) {
        clock.read(reading)
        core.tell('pong', null)
      },
      stop() {
        for (const one of connections.values()) one.close()
        // What was said last is on its way before the channel is closed.
        setTimeout(() => process.exit(0), 100)
      },
      connection: (word, handle) => ready().words.connection(word, handle),
      drop: (word) => ready().words.drop(word, undefined),
      'session.warn': (word) => ready().words['session.warn'](word, undefined),
      'session.look': (word) => ready().words['session.look'](word, undefined),
      'session.flow': (word) => ready().words['session.flow'](word, undefined),
      'session.tunnels': (word) => ready().words['session.tunnels'](word, undefined),
      'session.end': (word) => ready().words['session.end'](word, undefined),
      'file.told': (word) => ready().words['file.told'](word, undefined),
    },
    parse: takenAsIs,
    mostCalls: Number.MAX_SAFE_INTEGER,
    // The core is what this worker is for: one that is not understood is none.
    onFault: (why) => {
      core.tell('log', { level: 'error', fields: { why }, text: 'Worker does not understand the gateway' })
      process.exit(1)
    },
  })
}

function setUp(
  core: Link<CoreSide>,
  setup: WorkerSetup,
  clock: ReturnType<typeof farClock>,
  connections: Map<number, TakenConnection>,
): SetUp {
  const log = openLogInto(setup.logLevel, (line) => core.tell('log', line))
  const paced = paceDisk(openWorkerDisk(), clock.monotonic)
  const { signer, recipients, recordings: root } = setup
  const recordings = openRecordings({ core, clock, root, recipients, signer, disk: paced.disk })
  const files = openFarFiles(core)
  const contexts = openFarContexts({ core, recordings, files, log })
  const keys = openKeyPipe(keyPipeFd)
  tellPace(core, paced)

  function take(connection: number, socket: Socket, source: string, ahead: Uint8Array | null): void {
    const service = openSshService(
      {
        hostKeys: remoteHostKeys(setup.hostKeys, (key, data, hash) => keys.sign(connection, key, data, hash)),
        banner: setup.banner,
        loginGraceMs: setup.loginGraceMs,
      },
      {
        context: contexts.of(connection),
        authenticator: openFarAuthenticator(core, connection),
        dial: { readyTimeoutMs: setup.dialTimeoutMs, keepaliveMs: setup.keepaliveMs },
        log,
        maxChannels: setup.maxChannels,
        openTelnet,
      },
    )
    const taken = service(socket, {
      source,
      ahead,
      entered: () => core.tell('entered', { connection }),
      turnedAway: (why) => core.tell('turnedAway', { connection, why }),
      left() {
        connections.delete(connection)
        core.tell('left', { connection })
      },
    })
    connections.set(connection, taken)
  }

  return {
    ...recordings.answering,
    words: {
      connection({ connection, source, ahead }, handle) {
        // It was closed on the way.
        if (!(handle instanceof Socket)) return core.tell('left', { connection })
        handle.setNoDelay(true)
        handle.setKeepAlive(true)
        take(connection, handle, source, ahead)
      },
      drop({ connection, why }) {
        const one = connections.get(connection)
        if (why === null) one?.close()
        else one?.drop(why)
      },
      'file.told': ({ file, text }) => files.told(file, text),
      ...contexts.hearing,
    },
  }
}

function tellPace(core: Link<CoreSide>, paced: PacedDisk): void {
  setInterval(() => {
    const taken = paced.taken()
    if (taken.writeMs > 0 || taken.syncMs > 0) core.tell('pace', taken)
  }, paceMs)
}

function channelToCore(): Channel {
  return {
    // What could not be sent has nobody to hear it: the core is gone, or would go on without knowing what happened here.
    send: (message, handle) =>
      void process.send?.(message, handle, { keepOpen: false }, (error) => {
        if (error !== null) process.exit(1)
      }),
    onMessage: (listener) => process.on('message', listener),
  }
}

function plainError(error: unknown): Readonly<Record<string, unknown>> {
  if (!(error instanceof Error)) return { message: String(error) }
  const { name, message, stack } = error
  return { type: name, message, ...(stack === undefined ? {} : { stack }) }
}
