// One admitted session, as the worker that carries it sees it: what it may is the core's to say, and is told whenever it
// changes; its bytes are recorded here.

import type { SshEndpoint, TelnetEndpoint, SessionId } from '../../policy/index.ts'
import type { Airlock } from '../airlock/airlock.ts'
import type {
  BrokeredSession,
  ChannelRecord,
  Flow,
  LivingSession,
  SessionListener,
  TelnetSession,
  TunnelSession,
  Visitor,
} from '../brokers/broker.ts'
import { assertNever } from '../errors.ts'
import { Secret } from '../secret.ts'
import { barFiles, barOpening, unrecordedText, type SessionLook } from '../sessions/look.ts'
import { isBrokerReason } from './broker-reasons.ts'
import type { Link } from './link.ts'
import type { OwnRecording } from './recordings.ts'
import type { CoreSide, SessionTold, WorkerSide } from './wire.ts'

type Heard = WorkerSide['words']

/** What the core says about it. */
export interface FarSession {
  warn(text: string): void
  look(look: SessionLook): void
  flow(): void
  tunnels(to: Heard['session.tunnels']['to']): void
  end(reason: Heard['session.end']['reason'], text: string): void
}

export interface FarSessionDeps {
  readonly core: Link<CoreSide>
  readonly recording: OwnRecording
  readonly through: Visitor['through']
  readonly airlock: Airlock
  /** It is closed: nobody speaks of it any more. */
  readonly onClosed: () => void
}

/** How a session is, whatever it carries, and where the core's words about it go. */
interface Carried {
  readonly living: LivingSession
  readonly far: FarSession
  look(): SessionLook
}

function carry(deps: FarSessionDeps, told: SessionTold<unknown>): Carried {
  const { core, recording, through } = deps
  const { session } = told
  let look = told.look
  let listener: SessionListener | null = null
  let isFullNoted = false
  let closing: Promise<void> | null = null

  /** What waits for room is known here first; that it goes on is the core's to say, with the words for it. */
  const flow = (): Flow => (recording.waits ? { ...look.flow, held: true } : look.flow)
  recording.onWaiting(() => {
    if (recording.waits) listener?.flow(flow())
  })

  const refusedFeature = (feature: string, detail: string | null): void =>
    core.tell('session.refused', { session, feature, detail })

  async function close(): Promise<void> {
    // How much crossed is part of the end.
    recording.tell()
    await core.call('session.closed', { session })
    deps.onClosed()
  }

  return {
    look: () => look,
    far: {
      warn: (text) => listener?.warn(text),
      look(next) {
        look = next
      },
      flow: () => listener?.flow(flow()),
      tunnels: (to) => listener?.tunnels?.(to),
      end: (reason, text) => listener?.end(reason, text),
    },
    living: {
      id: session as SessionId,
      asset: told.asset,
      begun: () => core.call('session.begun', { session }),
      flow,
      connected: (leg, number = 0) => core.tell('session.connected', { session, leg, number }),
      admitChannel: () => core.call('session.admitChannel', { session }),
      record(opening): ChannelRecord | null {
        const record = recording.book.open(opening, through)
        if (record === null && !recording.book.takesChannels && !isFullNoted) {
          isFullNoted = true
          refusedFeature('too-many-channels', null)
        }
        return record
      },
      unrecorded: () => unrecordedText(recording.book.takesChannels),
      refusedFeature,
      withdrawn: (tunnels) => core.tell('session.withdrawn', { session, tunnels: [...tunnels] }),
      listen(next) {
        listener = next
        core.tell('session.listen', { session })
      },
      ending(reason) {
        // Every other end is the core's own.
        if (!isBrokerReason(reason)) throw new Error(`session \`${session}\`: expected a reason of a broker`)
        core.tell('session.ending', { session, reason })
      },
      closed: () => (closing ??= close()),
    },
  }
}

type Typing = Pick<TelnetSession, 'waitsFor' | 'isMachine' | 'hasCredential' | 'barsOpening' | 'onlyLooks' | 'unlock'>

/** What every session has in which somebody types. */
function typing<Endpoint>(deps: FarSessionDeps, told: SessionTold<Endpoint>) {
  const { core } = deps
  const { session, endpoint, waitsFor, isMachine } = told
  const { living, far, look } = carry(deps, told)
  const typed: LivingSession & Typing & { readonly endpoint: Endpoint } = {
    ...living,
    endpoint,
    waitsFor,
    isMachine,
    hasCredential: () => core.call('session.hasCredential', { session }),
    barsOpening: (command, onTerminal = false) => barOpening(look(), command, onTerminal),
    onlyLooks: () => look().onlyLooks,
    unlock: (code) => core.call('session.unlock', { session, code: code.expose() }),
  }
  return { typed, far, look }
}

export interface Opened<Session> {
  readonly session: Session
  readonly far: FarSession
}

export function farSshSession(deps: FarSessionDeps, told: SessionTold<SshEndpoint>): Opened<BrokeredSession> {
  const { core } = deps
  const { session } = told
  const { typed, far, look } = typing(deps, told)
  return {
    far,
    session: {
      ...typed,
      airlock: deps.airlock,
      barsFiles: () => barFiles(look()),
      features: () => look().crossing?.features ?? [],
      files: () => look().crossing?.files ?? { granted: null, rules: [], declared: [] },
      hostKeys: () => core.call('session.hostKeys', { session }),
      strangeHostKey: (key) => core.tell('session.strangeHostKey', { session, key }),
      async negotiated(facts, client) {
        await core.call('session.negotiated', { session, facts, client })
      },
      async credential() {
        const given = await core.call('session.credential', { session })
        switch (given.kind) {
          case 'password':
            return { kind: 'password', password: new Secret(given.password) }
          case 'private-key':
            return { kind: 'private-key', key: new Secret(given.key) }
          case 'certificate':
            return { kind: 'certificate', certificate: given.certificate, key: new Secret(given.key) }
          default:
            return assertNever(given)
        }
      },
    },
  }
}

export function farTelnetSession(deps: FarSessionDeps, told: SessionTold<TelnetEndpoint>): Opened<TelnetSession> {
  const { core } = deps
  const { session } = told
  const { typed, far } = typing(deps, told)
  return {
    far,
    session: {
      ...typed,
      async reachedInClear(client) {
        await core.call('session.reachedInClear', { session, client })
      },
      password: async () => new Secret(await core.call('session.password', { session })),
    },
  }
}

export function farTunnelSession(deps: FarSessionDeps, told: SessionTold<null>): Opened<TunnelSession> {
  const { session } = told
  const { living, far } = carry(deps, told)
  return { far, session: { ...living, reach: (port) => deps.core.call('session.reach', { session, port }) } }
}
