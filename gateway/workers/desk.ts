// One worker, from the core's side: its channel, its pipe for signatures, and what it is answered.

import type { ChildProcess } from 'node:child_process'
import type { Duplex } from 'node:stream'
import type { Signer, Taken } from '../../recorder/index.ts'
import type { SessionId } from '../../policy/index.ts'
import type { BrokerContext } from '../brokers/broker.ts'
import type { HostKeySigner } from '../brokers/ssh/remote-host-keys.ts'
import type { Authenticator } from '../identity/authenticate.ts'
import type { Log } from '../log.ts'
import type { Recorder } from '../sessions/recorder.ts'
import type { Registry } from '../sessions/registry.ts'
import { parseAnswer, parseFromWorker } from './asks.ts'
import { ServedConnections } from './connections.ts'
import { openGuardedChannel } from './guarded-channel.ts'
import { openFilesOf } from './open-files.ts'
import { openFarRecorder, type FarRecording, type LeftBehind } from './far-recorder.ts'
import { answerSignatures } from './key-pipe.ts'
import { openLink, type Answering, type Hearing, type Link } from './link.ts'
import { answerLogins } from './login-desk.ts'
import { openSessionDesk, type SessionDesk } from './session-desk.ts'
import { keyPipeFd, type CoreSide, type WorkerSide } from './wire.ts'

export interface Desk {
  readonly worker: Link<WorkerSide>
  readonly connections: ServedConnections
  readonly sessions: SessionDesk
  /** The process is gone: whatever it carried ends. Gives how much that was. */
  end(why: string): { readonly sessions: number; readonly connections: number }
}

export interface DeskDeps extends LeftBehind {
  readonly child: ChildProcess
  readonly contextFor: (recorder: Recorder) => BrokerContext
  readonly authenticator: Authenticator
  readonly registry: Pick<Registry, 'get'>
  readonly hostKeys: Pick<HostKeySigner, 'sign'>
  readonly signer: Signer
  readonly log: Log
  /** It does what none of ours does: it is not believed any more. */
  readonly onFault: (why: string) => void
  readonly onPong: () => void
  readonly onPace: (taken: Taken) => void
}

/** What a line of the log has by itself: a worker that named a field so would speak for the gateway. */
const lineFields: readonly string[] = ['level', 'time', 'msg']
const ownFields = (fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => !lineFields.includes(name)))

/** Calls one worker may have under way: a session that waits for an escort has one. */
const mostCalls = 20_000

export function openDesk(deps: DeskDeps): Desk {
  const { child, authenticator, registry, hostKeys, log, onFault } = deps
  const connections = new ServedConnections()
  const { link: worker, serve } = openLink<CoreSide, WorkerSide>(
    openGuardedChannel(child, doubt, (err) => log.debug({ err, workerPid: child.pid }, 'A worker was not told')),
  )
  const recordings = new Map<string, FarRecording>()
  let isGone = false
  let isDoubted = false

  function doubt(why: string): void {
    if (isDoubted || isGone) return
    isDoubted = true
    onFault(why)
  }

  /** What must not be silent although nobody waits for it. */
  const said: Pick<
    Hearing<CoreSide>,
    | 'pong'
    | 'log'
    | 'left'
    | 'turnedAway'
    | 'entered'
    | 'recording.grown'
    | 'recording.waits'
    | 'recording.failed'
    | 'pace'
  > = {
    pong: () => deps.onPong(),
    log: ({ level, fields, text }) => log[level]({ ...ownFields(fields), workerPid: child.pid }, text),
    left: ({ connection }) => connections.left(connection),
    turnedAway: ({ connection, why }) => connections.open(connection)?.turnedAway(why),
    entered({ connection }) {
      const one = connections.open(connection)
      if (one?.isComplete) one.arrival.entered()
    },
    'recording.grown': (grown) => recordings.get(grown.session)?.grown(grown),
    'recording.waits': ({ session, waits }) => recordings.get(session)?.waits(waits),
    'recording.failed': ({ session, message }) => recordings.get(session)?.failed(message),
    pace: (taken) => deps.onPace(taken),
  }

  const sealing: Pick<Answering<CoreSide>, 'seal.sign'> = {
    'seal.sign'({ session, text }) {
      const signature = recordings.get(session)?.signSeal(text) ?? null
      if (signature !== null) return signature
      doubt('a seal that nobody asked for')
      throw new Error('the seal is not signed')
    },
  }

  const recorder = openFarRecorder({
    ...deps,
    worker,
    openFiles: child.pid === undefined ? async () => [] : openFilesOf(child.pid),
    isGone: () => isGone,
    onFault: doubt,
    keep: (session: SessionId, recording) => recordings.set(session, recording),
    forget: (session) => recordings.delete(session),
  })
  const context = deps.contextFor(recorder)
  const sessions = openSessionDesk({ context, registry, connections, worker, log, onFault: doubt })

  answerSignatures(
    child.stdio[keyPipeFd] as Duplex,
    ({ connection, key, data, hash }) => {
      const one = connections.open(connection)
      const signature = one === null ? null : hostKeys.sign(key, data, hash)
      if (signature !== null) one?.exchanged(data)
      return signature
    },
    doubt,
  )
  serve({
    calls: { ...answerLogins(authenticator, connections, doubt), ...sealing, ...sessions.answering },
    words: { ...said, ...sessions.hearing },
    parse: parseFromWorker,
    parseAnswer,
    mostCalls,
    onFault: doubt,
  })

  return {
    worker,
    connections,
    sessions,
    end(why) {
      isGone = true
      // Before the link says so: the reason that comes first stays.
      const ended = sessions.end()
      worker.close(why)
      const open = connections.end()
      for (const one of open)
        for (const proof of one.openProofs)
          authenticator
            .abandoned(proof, { via: 'ssh', source: one.source })
            .catch((err: unknown) => log.error({ err }, 'An abandoned login could not be kept as evidence'))
      return { sessions: ended, connections: open.length }
    },
  }
}
