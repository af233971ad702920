// One client connection: login, then channels. The first channel that needs the target asks the door and dials; every
// further one is decided anew and shares the session. Whatever is not a pty, shell or exec is refused and recorded.

import type { Socket } from 'node:net'
import type { Client, Connection, ServerChannel } from 'ssh2'
import type { EndReason } from '../../../policy/index.ts'
import type { Authenticator } from '../../identity/authenticate.ts'
import type { Log } from '../../log.ts'
import type { BrokerContext, BrokeredSession, Visitor } from '../broker.ts'
import { gatewayExit, serveChannel, turnAway, type ChannelHost, type Leg } from './channel.ts'
import { answerEarlyClose } from './early-close.ts'
import { startLogin } from './login.ts'
import { chooseAsset, nothingReachable } from './menu.ts'
import { holdOpenings } from './opening-bar.ts'
import { holdToWindow } from './receive-window.ts'
import type { Relay } from './relay.ts'
import { watchUnknown } from './unknown-requests.ts'
import { dialTarget, type Dialled, type DialOptions } from './upstream.ts'

export interface ConnectionDeps {
  readonly context: BrokerContext
  readonly authenticator: Authenticator
  readonly dial: DialOptions
  readonly log: Log
  /** Channels one connection may open at a time. */
  readonly maxChannels: number
}

/** How long a client may take to read the reason before its socket is closed. Revocation promises a second in all. */
const farewellMs = 400
/** The same where nobody waits for the end: nothing is forwarded any more, only the reason is still on its way. */
const unhurriedMs = 10_000
/** How long what a target had said may wait for the client after the target has closed the connection. */
const deliveryMs = 30_000
const targetClosed = 'the target closed the connection'
const notOffered = 'the gateway offers terminals and commands only: no file transfer, no forwarding'
const refusedLeg = (text: string, exitCode = gatewayExit): Leg => ({ kind: 'refused', text, exitCode })

/** @param onLogin called once the login is complete, when the limits for strangers no longer apply. */
export function serveConnection(
  connection: Connection,
  socket: Socket,
  onLogin: () => void,
  deps: ConnectionDeps,
): void {
  const { context, authenticator, dial, log } = deps
  const source = socket.remoteAddress ?? 'unknown'
  const login = startLogin(authenticator, { via: 'ssh', source }, () => connection.end())
  const gone = new AbortController()
  const relays = new Set<Relay>()
  /** Channels that wait for the target: who waits is told why it ends, too. */
  const waiting = new Set<ServerChannel>()
  /** What was typed on a channel while it waited for somebody of the plant to come along, in bytes. */
  const typedAhead = new WeakMap<ServerChannel, number>()
  const refused = new Set<string>()
  let visitor: Visitor | null = null
  let named: string | null = null
  let leg: Promise<Leg> | null = null
  let session: BrokeredSession | null = null
  let target: Client | null = null
  let channels = 0
  let leaving = false
  /** Who closed first, where nobody was told to. */
  let closedBy: EndReason = 'client'

  connection.on('error', (err) => log.debug({ err, source }, 'SSH client connection failed'))
  connection.on('authentication', (ctx) => {
    login.handle(ctx).catch((err: unknown) => {
      log.error({ err }, 'Login failed inside the gateway')
      ctx.reject()
    })
  })
  connection.on('ready', () => {
    const finished = login.finished()
    if (!finished) {
      connection.end()
      return
    }
    onLogin()
    visitor = { ...finished.login, source }
    named = finished.addressee.asset
    connection.on('session', (accept, reject) => {
      if (channels >= deps.maxChannels) {
        reject()
        refuse('too-many-channels', null)
        return
      }
      const channel = accept()
      channels++
      channel.once('close', () => channels--)
      answerEarlyClose(connection, channel)
      serveChannel(channel, host)
    })
    connection.on('tcpip', (_accept, reject, info) => {
      reject()
      refuse('direct-tcpip', `${info.destIP}:${info.destPort}`)
    })
    connection.on('openssh.streamlocal', (_accept, reject, info) => {
      reject()
      refuse('direct-streamlocal@openssh.com', info.socketPath)
    })
    connection.on('request', (_accept, reject, name) => {
      reject?.()
      refuse(name, null)
    })
    watchUnknown(connection, (feature) => refuse(feature, null))
    holdToWindow(connection, () => overran('client'))
  })
  connection.on('close', () => {
    gone.abort()
    for (const relay of relays) relay.clientGone()
    target?.destroy()
    login.gone().catch((err: unknown) => log.error({ err }, 'An abandoned login could not be kept as evidence'))
    session?.ending(closedBy)
    closed()
  })

  function closed(): void {
    session
      ?.closed()
      .catch((err: unknown) => log.error({ err, sessionId: session?.id }, 'Session not sealed; the next start does'))
  }

  /**
   * Once a feature and connection, and once a command: a client that asks a thousand times is one fact, not a thousand.
   * Where input is stopped, terminals are told why: the refusal of a forward has no words of its own.
   */
  function refuse(feature: string, detail: string | null): string {
    const why = session?.flow().why ?? null
    const text = why === null ? notOffered : `${notOffered}; ${why}`
    const fact = feature === 'exec' ? `exec ${detail ?? ''}` : feature
    if (!visitor || refused.has(fact) || refused.size >= 64) return text
    refused.add(fact)
    if (session) session.refusedFeature(feature, detail)
    else context.refusedFeature(visitor, feature, detail)
    // A command has a channel of its own to be told on.
    if (why !== null && feature !== 'exec') for (const relay of relays) relay.notice(`refused: ${text}`)
    return text
  }

  /** The session ends from the gateway's side: say why, then close everything, whatever the client does. */
  async function farewell(text: string, withinMs = farewellMs): Promise<void> {
    if (leaving) return
    leaving = true
    const last = setTimeout(() => socket.destroy(), withinMs)
    socket.once('close', () => clearTimeout(last))
    const told = [...waiting].map(
      (channel) =>
        new Promise<void>((resolve) => {
          channel.once('close', resolve)
          turnAway(channel, text)
        }),
    )
    await Promise.race([
      Promise.all([...told, ...[...relays].map((relay) => relay.cut(text, gatewayExit, withinMs / 2))]),
      new Promise((resolve) => socket.once('close', resolve)),
    ])
    target?.destroy()
    connection.end()
  }

  /** A peer that ignores flow control would fill the memory of a gateway that others use, too. */
  function overran(by: 'client' | 'target'): void {
    log.warn({ source, by, sessionId: session?.id, asset: session?.asset }, 'SSH peer overran its window')
    session?.ending('flow-violation')
    if (by === 'target') target?.destroy()
    void farewell(`the session ended because the ${by} sent more at a time than SSH flow control allows`)
  }

  /** What the target had said belongs to the user, who may read it later than it came. Then there is nothing left. */
  async function targetLeft(admitted: BrokeredSession): Promise<void> {
    if (leaving) return
    closedBy = 'target'
    for (const channel of waiting) turnAway(channel, targetClosed)
    let longest: NodeJS.Timeout | undefined
    await Promise.race([
      Promise.all([...relays].map((relay) => relay.targetGone(targetClosed, gatewayExit))),
      new Promise((resolve) => (longest = setTimeout(resolve, deliveryMs))),
    ])
    clearTimeout(longest)
    admitted.ending('target')
    await farewell(targetClosed)
  }

  async function open(who: Visitor, asset: string): Promise<Leg> {
    const admission = await context.admit(who, asset)
    if (admission.kind === 'refused') return refusedLeg(admission.text)
    const admitted = admission.session
    session = admitted
    admitted.listen({
      warn: (text) => {
        for (const relay of relays) relay.notice(text)
      },
      flow: (flow) => {
        for (const relay of relays) relay.flow(flow)
      },
      end: (reason, text) => void farewell(text, reason === 'recorder-failed' ? unhurriedMs : farewellMs),
    })
    // Nobody is left who could leave: it would wait alone, and hold a place.
    if (gone.signal.aborted) {
      admitted.ending('client')
      await admitted.closed()
      return refusedLeg('the connection was closed')
    }
    if (!(await hasBegun(admitted))) return refusedLeg('the session ended before it began')
    const dialled = await dialSession(admitted)
    if (dialled.kind === 'failed') {
      log.info({ sessionId: admitted.id, asset: admitted.asset, reason: dialled.reason }, 'Target not reached')
      admitted.ending(dialled.reason)
      await admitted.closed()
      session = null
      return refusedLeg(dialled.text)
    }
    target = dialled.client
    target.on('error', (err) => log.debug({ err, sessionId: admitted.id }, 'SSH target connection failed'))
    target.once('close', () => void targetLeft(admitted))
    holdToWindow(target, () => overran('target'))
    holdOpenings(target, (command) => admitted.barsOpening(command))
    if (gone.signal.aborted) target.destroy()
    return { kind: 'ready', client: dialled.client, session: admitted }
  }

  /** Whoever waits is told for what. A user who leaves while waiting ends it. */
  async function hasBegun(admitted: BrokeredSession): Promise<boolean> {
    const { waitsFor } = admitted
    if (waitsFor === null) return admitted.begun()
    for (const channel of waiting)
      if (!channel.stderr.writableEnded) channel.stderr.write(`[sallyport] ${waitsFor}\r\n`)
    const began = await admitted.begun()
    for (const channel of waiting) typedAhead.set(channel, channel.readableLength)
    return began
  }

  async function dialSession(admitted: BrokeredSession): Promise<Dialled> {
    if (gone.signal.aborted) return { kind: 'failed', reason: 'client', text: 'the connection was closed' }
    try {
      return await dialTarget(admitted.endpoint, await admitted.credential(), dial, gone.signal, (leg) =>
        admitted.connected(leg),
      )
    } catch (err) {
      log.error({ err, sessionId: admitted.id, asset: admitted.asset }, 'Target credential not usable')
      const text = 'the gateway holds no usable credential for this target: tell the plant'
      return { kind: 'failed', reason: 'target-refused-login', text }
    }
  }

  /** The asset chosen from the menu, where the user name names none. */
  async function chosen(channel: ServerChannel, interactive: boolean, who: Visitor): Promise<Leg | string> {
    // A machine chooses from no menu.
    if (!interactive || who.person.machine) return refusedLeg('no asset was named: use `ssh login%asset@gateway`')
    const items = await context.reachable(who)
    if (items.length === 0) return refusedLeg(nothingReachable)
    const choice = await chooseAsset(channel, items)
    if (choice.kind === 'chosen') return choice.asset
    return choice.kind === 'left' ? refusedLeg('bye', 0) : refusedLeg(choice.text)
  }

  const host: ChannelHost = {
    log,
    refuse,
    typedAhead: (channel) => typedAhead.get(channel) ?? 0,
    async reach(channel, interactive) {
      if (!visitor) return refusedLeg('no login')
      waiting.add(channel)
      channel.once('close', () => waiting.delete(channel))
      if (named === null) {
        const choice = await chosen(channel, interactive, visitor)
        if (typeof choice !== 'string') return choice
        named ??= choice
        if (named !== choice) return refusedLeg(`this connection leads to ${named} already: open another one`)
      }
      // INVARIANT: from this look at the leg until it is set nothing is awaited, or two channels that come together
      // would open two sessions on one connection, and only one of them would be ended with it.
      if (leg) {
        const shared = await leg
        if (shared.kind === 'refused') return shared
        const again = await shared.session.admitChannel()
        return again.kind === 'admitted' ? shared : refusedLeg(again.text)
      }
      leg = open(visitor, named)
      const result = await leg
      // A refusal is not for ever: the next channel of the connection may ask again.
      if (result.kind === 'refused') leg = null
      return result
    },
    relaying(relay, channel) {
      waiting.delete(channel)
      relays.add(relay)
      // It may have been stopped while this channel was on its way.
      const flow = session?.flow()
      if (flow && (!flow.input || flow.locked || flow.held)) relay.flow(flow)
    },
    relayed: (relay) => relays.delete(relay),
  }
}
