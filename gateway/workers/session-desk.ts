// The sessions of one worker, on the core's side: asked for on connections it was handed, told what they may whenever that
// changes, and answered only as far as a session is this worker's.

import type { HeldFile } from '../airlock/airlock.ts'
import type { BrokerContext, BrokeredSession, TelnetSession, TunnelSession } from '../brokers/broker.ts'
import type { Log } from '../log.ts'
import { Secret } from '../secret.ts'
import { openingsOf, type SessionLook } from '../sessions/look.ts'
import type { Registry } from '../sessions/registry.ts'
import { openTurns } from '../turns.ts'
import type { ServedConnections } from './connections.ts'
import type { Answering, Hearing, Link } from './link.ts'
import type { CoreSide, CredentialTold, SessionTold, WorkerSide } from './wire.ts'

type Ours =
  | { readonly kind: 'ssh'; readonly session: BrokeredSession }
  | { readonly kind: 'telnet'; readonly session: TelnetSession }
  | { readonly kind: 'tunnels'; readonly session: TunnelSession }

type Kept = Ours & { told: string; isClosing: boolean }

/** A farewell takes less than half a second, or ten where nobody waits for the end; what is undone on a target, longer. */
const closedWithinMs = 60_000

interface Held {
  readonly file: HeldFile
  readonly abort: AbortController
  readonly session: string
}

type SessionCalls = Omit<Answering<CoreSide>, Extract<keyof CoreSide['calls'], `auth.${string}` | 'seal.sign'>>
type SessionWords = Pick<
  Hearing<CoreSide>,
  'refused' | Extract<keyof CoreSide['words'], `session.${string}` | 'file.abort'>
>

export interface SessionDesk {
  readonly answering: SessionCalls
  readonly hearing: SessionWords
  /** How many sessions it has. */
  readonly size: number
  /** Tells of every session what it may, where that has changed. */
  sweep(): Promise<void>
  /** The worker is gone: every session of it ends. Gives how many there were. */
  end(): number
}

export interface SessionDeskDeps {
  readonly context: BrokerContext
  readonly registry: Pick<Registry, 'get'>
  readonly connections: ServedConnections
  readonly worker: Link<WorkerSide>
  readonly log: Log
  /** The worker does what none of ours does. */
  readonly onFault: (why: string) => void
}

export function openSessionDesk({
  context,
  registry,
  connections,
  worker,
  log,
  onFault,
}: SessionDeskDeps): SessionDesk {
  const sessions = new Map<string, Kept>()
  const files = new Map<string, Held>()
  let isGone = false

  const refused = (text: string) => ({ kind: 'refused', text }) as const
  /** Nobody is there any more to be let in. */
  const closed = refused('the connection is closed')

  function kept(session: string): Kept {
    const found = sessions.get(session)
    if (found === undefined) throw new Error(`there is no session \`${session}\` here`)
    return found
  }
  function ssh(session: string): BrokeredSession {
    const found = kept(session)
    if (found.kind !== 'ssh') throw new Error(`session \`${session}\`: expected one by SSH`)
    return found.session
  }
  function telnet(session: string): TelnetSession {
    const found = kept(session)
    if (found.kind !== 'telnet') throw new Error(`session \`${session}\`: expected one by telnet`)
    return found.session
  }
  function typing(session: string): BrokeredSession | TelnetSession {
    const found = kept(session)
    if (found.kind === 'tunnels') throw new Error(`session \`${session}\`: expected one with terminals`)
    return found.session
  }
  /** Only then is anything reached: not while it waits for somebody to come along, and not while it ends. */
  function expectActive(session: string): void {
    if (registry.get(kept(session).session.id)?.state !== 'active')
      throw new Error(`session \`${session}\`: expected one that has begun and does not end`)
  }
  function held(file: string): Held {
    const found = files.get(file)
    if (found === undefined) throw new Error(`there is no file \`${file}\` here`)
    return found
  }

  /** Null where it is over. */
  function lookOf({ kind, session }: Ours): SessionLook | null {
    const live = registry.get(session.id)
    if (live === null) return null
    const crossing = kind === 'ssh' ? { features: session.features(), files: session.files() } : null
    return { ...openingsOf(live), flow: live.flow, crossing }
  }

  function pushLook(one: Kept): void {
    const look = lookOf(one)
    if (look === null) return
    const text = JSON.stringify(look)
    if (text === one.told) return
    one.told = text
    worker.tell('session.look', { session: one.session.id, look })
  }

  /** Whatever is answered about a session, what it may now is known before. */
  async function fresh<T>(one: Kept, answer: Promise<T>): Promise<T> {
    const given = await answer
    pushLook(one)
    return given
  }

  function keep<Endpoint>(
    ours: Ours,
    { endpoint, waitsFor, isMachine }: Pick<SessionTold<Endpoint>, 'endpoint' | 'waitsFor' | 'isMachine'>,
  ): SessionTold<Endpoint> | null {
    const { session } = ours
    if (isGone) registry.get(session.id)?.end('worker-died')
    const look = isGone ? null : lookOf(ours)
    if (look === null) return null
    sessions.set(session.id, { ...ours, told: JSON.stringify(look), isClosing: false })
    return { session: session.id, asset: session.asset, endpoint, waitsFor, isMachine, look }
  }

  /** What was ended is closed, or the worker does not do what it is told. */
  function awaitClosing(session: string): void {
    const late = setTimeout(() => {
      if (sessions.get(session)?.isClosing === false) onFault('a session that was ended was not closed')
    }, closedWithinMs)
    late.unref()
  }

  /** It ended between two turns of the loop. */
  async function overBefore(session: { closed(): Promise<void> }) {
    await session.closed()
    return refused('the session ended before it began')
  }

  const answering: SessionCalls = {
    async admit({ connection, jump, named }) {
      const visitor = connections.visiting(connection, jump)
      if (visitor === null) return closed
      const answer = await context.admit(visitor, named)
      if (answer.kind === 'refused') return answer
      const { session } = answer
      const told = keep({ kind: 'ssh', session }, session)
      return told === null ? overBefore(session) : { kind: 'admitted', session: told }
    },
    async admitInClear({ connection, jump, named }) {
      const visitor = connections.visiting(connection, jump)
      if (visitor === null) return closed
      const answer = await context.admitInClear(visitor, named)
      if (answer === null || answer.kind === 'refused') return answer
      const { session } = answer
      const told = keep({ kind: 'telnet', session }, session)
      return told === null ? overBefore(session) : { kind: 'in-clear', session: told }
    },
    async admitTunnel({ connection, jump, named, port }) {
      const visitor = connections.visiting(connection, jump)
      if (visitor === null) return closed
      const answer = await context.admitTunnel(visitor, named, port)
      if (answer.kind === 'refused') return answer
      const { session, host } = answer
      const told = keep({ kind: 'tunnels', session }, { endpoint: null, waitsFor: null, isMachine: false })
      return told === null ? overBefore(session) : { kind: 'admitted', session: told, host }
    },
    destination: ({ connection, jump, named, port }) =>
      context.destination(connections.get(connection).visitor(jump), named, port),
    reachable: ({ connection, jump }) => context.reachable(connections.get(connection).visitor(jump)),

    'session.begun': ({ session }) => fresh(kept(session), kept(session).session.begun()),
    'session.hasCredential': ({ session }) => typing(session).hasCredential(),
    'session.hostKeys': ({ session }) => ssh(session).hostKeys(),
    async 'session.negotiated'({ session, facts, client }) {
      await ssh(session).negotiated(facts, client)
      return null
    },
    async 'session.credential'({ session }): Promise<CredentialTold> {
      expectActive(session)
      const given = await ssh(session).credential()
      switch (given.kind) {
        case 'password':
          return { kind: 'password', password: given.password.expose() }
        case 'private-key':
          return { kind: 'private-key', key: given.key.expose() }
        case 'certificate':
          return { kind: 'certificate', certificate: given.certificate, key: given.key.expose() }
      }
    },
    'session.admitChannel': ({ session }) => fresh(kept(session), kept(session).session.admitChannel()),
    async 'session.reach'({ session, port }) {
      const one = kept(session)
      return one.kind === 'tunnels' ? one.session.reach(port) : refused('the session carries no tunnels')
    },
    async 'session.reachedInClear'({ session, client }) {
      await telnet(session).reachedInClear(client)
      return null
    },
    async 'session.password'({ session }) {
      expectActive(session)
      return (await telnet(session).password()).expose()
    },
    'session.unlock': ({ session, code }) => fresh(kept(session), typing(session).unlock(new Secret(code))),
    async 'session.closed'({ session }) {
      const one = kept(session)
      one.isClosing = true
      for (const [id, file] of files) if (file.session === session) files.delete(id)
      await one.session.closed()
      sessions.delete(session)
      return null
    },

    async 'file.takeIn'({ session, offer }) {
      const answer = await ssh(session).airlock.takeIn(offer)
      if (answer.kind === 'refused') return answer
      const { file } = answer
      files.set(file.id, { file, abort: new AbortController(), session })
      return { kind: 'open', file: file.id }
    },
    async 'file.crossed'({ session, file }) {
      await ssh(session).airlock.crossed(file)
      return null
    },
    async 'file.stepped'({ session, step }) {
      await ssh(session).airlock.stepped(step)
      return null
    },
    'file.write': ({ file, offset, bytes }) => held(file).file.write(offset, bytes),
    'file.read': ({ file, offset, length }) => held(file).file.read(offset, length),
    'file.truncate': ({ file, size }) => held(file).file.truncate(size),
    'file.settle': ({ file }) => {
      const { file: one, abort } = held(file)
      return one.settle((text) => worker.tell('file.told', { file, text }), abort.signal)
    },
    async 'file.delivered'({ file, text }) {
      const { file: one } = held(file)
      files.delete(file)
      await one.delivered(text)
      return null
    },
    async 'file.abandon'({ file, text }) {
      const one = files.get(file)
      files.delete(file)
      await one?.file.abandon(text)
      return null
    },
  }

  return {
    answering,
    hearing: {
      refused({ connection, jump, feature, detail }) {
        // What was still on its way when the connection was closed is nobody's fault.
        const one = connections.open(connection)
        if (one !== null) context.refusedFeature(one.visitor(jump), feature, detail)
      },
      'session.listen'({ session }) {
        const one = sessions.get(session)
        one?.session.listen({
          warn: (text) => worker.tell('session.warn', { session, text }),
          flow() {
            pushLook(one)
            worker.tell('session.flow', { session })
          },
          tunnels: (to) => worker.tell('session.tunnels', { session, to }),
          end(reason, text) {
            worker.tell('session.end', { session, reason, text })
            awaitClosing(session)
          },
        })
      },
      'session.connected': ({ session, leg, number }) => sessions.get(session)?.session.connected(leg, number),
      'session.strangeHostKey'({ session, key }) {
        const one = sessions.get(session)
        if (one?.kind === 'ssh') one.session.strangeHostKey(key)
      },
      'session.refused': ({ session, feature, detail }) =>
        sessions.get(session)?.session.refusedFeature(feature, detail),
      'session.withdrawn': ({ session, tunnels }) => sessions.get(session)?.session.withdrawn(tunnels),
      'session.ending': ({ session, reason }) => sessions.get(session)?.session.ending(reason),
      'file.abort': ({ file }) => files.get(file)?.abort.abort(),
    },
    get size() {
      return sessions.size
    },
    async sweep() {
      const giveWay = openTurns()
      for (const one of sessions.values()) {
        pushLook(one)
        await giveWay()
      }
    },
    end() {
      isGone = true
      const left = [...sessions.values()]
      sessions.clear()
      files.clear()
      for (const { session } of left) {
        registry.get(session.id)?.end('worker-died')
        session
          .closed()
          .catch((err: unknown) => log.error({ err, sessionId: session.id }, 'Session of a dead worker not ended'))
      }
      return left.length
    },
  }
}
