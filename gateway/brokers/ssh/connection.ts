// One client connection: login, then channels. The first channel that needs the target asks the door and dials; every
// further one is decided anew and shares the session. Streams are forwarding.ts's; whatever else is not a pty, shell or
// exec is refused and recorded.

import type { Client, Connection } from 'ssh2'
import type { EndReason } from '../../../policy/index.ts'
import type { Log } from '../../log.ts'
import type { BrokerContext, BrokeredSession, Negotiated, TelnetSession, Visitor } from '../broker.ts'
import type { OpenLine } from '../terminal-line.ts'
import { gatewayExit, serveChannel, type ChannelHost, type Leg } from './channel.ts'
import { forwardingBar } from './certificate-bounds.ts'
import { takeChannelRequests, type Taken } from './channel-requests.ts'
import { dialSession } from './dial-session.ts'
import { answerEarlyClose } from './early-close.ts'
import { startLogin, type LoginJudge } from './login.ts'
import { InnerConnections } from './inner-connections.ts'
import { lineLegOf } from './line-leg.ts'
import { chooseTarget } from './menu.ts'
import { negotiatedOf } from './negotiated.ts'
import { refuseTinyPackets } from './packet-size.ts'
import { holdToWindow } from './receive-window.ts'
import type { Relay } from './relay.ts'
import { disconnect } from './disconnect.ts'
import { openForwarding } from './forwarding.ts'
import type { InsideJump, OpenJump } from './jump.ts'
import { startJumpLogin } from './jump-login.ts'
import { LoopbackForwards } from './loopback-forwards.ts'
import { speakRefusals } from './open-failure.ts'
import { refuseFeatures } from './refused-features.ts'
import { guardTarget } from './target-guard.ts'
import { lockedText, TunnelLegs } from './tunnel-legs.ts'
import { watchUnknown } from './unknown-requests.ts'
import type { DialOptions } from './upstream.ts'
import { WaitingChannels } from './waiting-channels.ts'

export interface ConnectionDeps {
  readonly context: BrokerContext
  readonly authenticator: LoginJudge
  readonly dial: DialOptions
  readonly log: Log
  /** Channels one connection may open at a time. */
  readonly maxChannels: number
  /** Dials targets that speak telnet; left out, they are not reached. */
  readonly openTelnet?: OpenLine
  /** Takes in connections by ProxyJump. */
  readonly openJump?: OpenJump
  /** Set on one that came by ProxyJump. */
  readonly inside?: InsideJump
}

/** What carries the connection: a socket, or a stream of another connection. */
export interface Carrier {
  destroy(): unknown
  once(event: 'close', listener: () => void): unknown
}

/** How long a client may take to read the reason before its socket is closed. Revocation promises a second in all. */
const farewellMs = 400
/** The same where nobody waits for the end: nothing is forwarded any more, only the reason is still on its way. */
const unhurriedMs = 10_000
/** How long what a target had said may wait for the client after the target has closed the connection. */
const deliveryMs = 30_000
const targetClosed = 'the target closed the connection'
/** ssh2's word for keepalives that were not answered. */
const isSilence = (err: Error & { readonly level?: string }): boolean => err.level === 'client-timeout'
const refusedLeg = (text: string, exitCode = gatewayExit): Leg => ({ kind: 'refused', text, exitCode })

export interface ServedConnection {
  /** The client sent more messages than it may: it is told so, if it listens, and the connection ends. */
  overran(why: string): void
  /** Is a terminal on it locked, so that nobody knows who sits there? Nothing further is opened from there then. */
  isLocked(): boolean
}

/**
 * @param source where it comes from, which is not the socket's peer where a balancer stands in between.
 * @param onLogin called once the login is complete, when the limits for strangers no longer apply.
 */
export function serveConnection(
  connection: Connection,
  socket: Carrier,
  source: string,
  onLogin: () => void,
  deps: ConnectionDeps,
): ServedConnection {
  const { context, authenticator, dial, log, inside } = deps
  const login = startLogin(authenticator, { via: 'ssh', source }, () => connection.end())
  const jumpLogin =
    inside &&
    startJumpLogin(
      inside.addressee,
      (user) => context.refusedFeature(inside.visitor, 'direct-tcpip', `jump as ${user}`),
      () => connection.end(),
    )
  const gone = new AbortController()
  let tunnels: TunnelLegs | null = null
  const relays = new Set<Relay>()
  const waiting = new WaitingChannels()
  const jumped = new InnerConnections()
  const notice = (text: string): void => {
    for (const relay of relays) relay.notice(text)
  }
  const refuse = refuseFeatures({ context, visitor: () => visitor, session: () => session, notice })
  /** Streams to the target's own loopback, through the leg below. */
  const forwards = new LoopbackForwards({
    log,
    keepRefused: (detail) => void refuse('direct-tcpip', detail),
    notice,
  })
  const taken: Taken = new WeakMap()
  /** What this leg agreed on, at first and at last. */
  let agreed: Negotiated | null = null
  let visitor: Visitor | null = null
  let named: string | null = null
  let leg: Promise<Leg> | null = null
  let session: BrokeredSession | TelnetSession | null = null
  /** Lines this connection has dialled. */
  let lines = 0
  let target: Client | null = null
  let channels = 0
  let leaving = false
  let isOver = false
  /** Ends the dialling of the session there is. */
  let dialling = new AbortController()
  /** Who closed first, where nobody was told to. */
  let closedBy: EndReason = 'client'

  connection.on('handshake', (negotiated) => (agreed = negotiatedOf(negotiated)))
  connection.on('error', (err) => {
    log.debug({ err, source }, 'SSH client connection failed')
    // ssh2 says good-bye to a client that answers no more, and then waits for its answer.
    if (isSilence(err)) {
      socket.destroy()
      clientLeft()
    }
  })
  connection.on('authentication', (ctx) => {
    if (jumpLogin) return jumpLogin(ctx)
    login.handle(ctx).catch((err: unknown) => {
      log.error({ err }, 'Login failed inside the gateway')
      ctx.reject()
    })
  })
  connection.on('ready', () => {
    const finished = login.finished()
    if (!inside && !finished) {
      connection.end()
      return
    }
    onLogin()
    if (inside) {
      visitor = inside.visitor
      named = inside.addressee.asset
    } else if (finished) {
      visitor = { ...finished.login, source }
      named = finished.addressee.asset
    }
    const forwarding = visitor && openStreams(visitor)
    connection.on('session', (accept, reject) => {
      const leave = takePlace()
      if (leave === null) {
        reject()
        refuse('too-many-channels', null)
        return
      }
      const channel = accept()
      channel.once('close', leave)
      answerEarlyClose(connection, channel)
      serveChannel(channel, host)
    })
    connection.on('tcpip', (accept, reject, info) => {
      if (forwarding) forwarding.asked(accept, reject, info)
      else reject()
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
    // After the watcher: what is taken on a channel is not unknown.
    takeChannelRequests(connection, taken)
    holdToWindow(connection, () => overran('client'))
    refuseTinyPackets(connection, () => void refuse('channel-packet-size', null))
  })
  connection.on('close', clientLeft)

  /**
   * Nothing crosses any more. Also where its carrier has not told its end: a stream of another connection does so only when
   * the client has answered, and neither a seal nor the target's leg waits for that.
   */
  function clientLeft(): void {
    if (isOver) return
    isOver = true
    gone.abort()
    const undoing = [...relays].flatMap((relay) => relay.clientGone() ?? [])
    forwards.cut()
    tunnels?.gone()
    login.gone().catch((err: unknown) => log.error({ err }, 'An abandoned login could not be kept as evidence'))
    session?.ending(closedBy)
    if (undoing.length === 0) return leaveTarget()
    void Promise.allSettled(undoing).then(leaveTarget)
  }

  /** Among the channels of this connection; it is given back by calling what comes, null where there is none. */
  function takePlace(): (() => void) | null {
    if (channels >= deps.maxChannels) return null
    channels++
    return () => channels--
  }

  /** The streams this client may ask for. */
  function openStreams(who: Visitor) {
    const legs = new TunnelLegs({
      context,
      visitor: who,
      log,
      dialTimeoutMs: dial.readyTimeoutMs,
      notice,
      onEnded: tunnelsEnded,
    })
    tunnels = legs
    const { openJump } = deps
    return openForwarding({
      context,
      tunnels: legs,
      log,
      refuseOpening: speakRefusals(connection),
      keepRefused: (detail) => void refuse('direct-tcpip', detail),
      named: () => named,
      visitor: who,
      barred: () => forwardingBar(who.certificate) ?? (isLocked() ? lockedText : null),
      place: takePlace,
      async toLoopback(to, port, accept) {
        const shared = named === null ? null : await shareLeg(who, named)
        return shared === null
          ? { kind: 'refused', text: 'no asset was named' }
          : forwards.open(shared, to, port, accept)
      },
      jump:
        inside || !openJump
          ? null
          : (stream, asset, account) => {
              const within = {
                visitor: { ...who, through: 'jump' },
                addressee: { login: who.person.login, account, asset },
              } as const
              jumped.enter(stream, openJump, (inner, onInnerLogin) =>
                serveConnection(inner, stream, source, onInnerLogin, { ...deps, inside: within }),
              )
            },
    })
  }

  const isLocked = (): boolean => session?.flow().locked === true || jumped.isLocked

  /** Do other sessions live on this connection, which the end of this one is nothing to? */
  const hasOthers = (): boolean => (tunnels?.live ?? 0) > 0 || jumped.count > 0

  /** A session of tunnels has ended. Where nothing else is left the client is told and let go. */
  function tunnelsEnded(text: string): void {
    if (leaving || leg !== null || hasOthers()) return
    leaving = true
    const last = setTimeout(() => socket.destroy(), farewellMs)
    socket.once('close', () => clearTimeout(last))
    try {
      disconnect(connection, text)
    } catch (err) {
      log.error({ err }, 'A connection ended without words')
    }
  }

  /** Nothing is left to be said to it. */
  function leaveTarget(): void {
    target?.destroy()
    if (session) seal(session)
  }

  function seal(one: BrokeredSession | TelnetSession): void {
    one
      .closed()
      .catch((err: unknown) => log.error({ err, sessionId: one.id }, 'Session not sealed; the next start does'))
  }

  /**
   * The session ends from the gateway's side: say why, then close everything, whatever the client does. Where other
   * sessions live on the connection, only what is this one's is closed.
   */
  async function farewell(text: string, withinMs = farewellMs, alone = false): Promise<void> {
    if (leaving) return
    const ended = session
    const stays = !alone && ended !== null && hasOthers()
    leaving = true
    let last: NodeJS.Timeout | undefined
    const late = new Promise<void>((resolve) => {
      last = setTimeout(() => {
        if (!stays) socket.destroy()
        resolve()
      }, withinMs)
    })
    socket.once('close', () => clearTimeout(last))
    forwards.cut()
    const told = [waiting.turnAway(text), ...[...relays].map((relay) => relay.cut(text, gatewayExit, withinMs / 2))]
    // After the words: who waits for the target is told these, and not that it was not reached.
    dialling.abort()
    await Promise.race([Promise.all(told), new Promise<void>((resolve) => socket.once('close', () => resolve())), late])
    target?.destroy()
    if (!stays || ended === null) {
      connection.end()
      clientLeft()
      return
    }
    clearTimeout(last)
    for (const relay of relays) void relay.clientGone()
    session = null
    leg = null
    target = null
    closedBy = 'client'
    leaving = false
    seal(ended)
    // They may have ended meanwhile.
    if (!hasOthers()) tunnelsEnded(text)
  }

  /** A peer that ignores flow control would fill the memory of a gateway that others use, too. */
  function overran(by: 'client' | 'target', what = 'sent more at a time than SSH flow control allows'): void {
    log.warn({ source, by, sessionId: session?.id, asset: session?.asset }, 'SSH peer overran its window')
    session?.ending('flow-violation')
    if (by === 'target') target?.destroy()
    else tunnels?.overran()
    const text = `the session ended because the ${by} ${what}`
    void farewell(text, farewellMs, by === 'client')
  }

  /** What the target had said belongs to the user, who may read it later than it came. Then there is nothing left. */
  async function targetLeft(admitted: BrokeredSession): Promise<void> {
    if (leaving || session !== admitted) return
    closedBy = 'target'
    void waiting.turnAway(targetClosed)
    let longest: NodeJS.Timeout | undefined
    await Promise.race([
      Promise.all([...relays].map((relay) => relay.targetGone(targetClosed, gatewayExit))),
      new Promise((resolve) => (longest = setTimeout(resolve, deliveryMs))),
    ])
    clearTimeout(longest)
    admitted.ending('target')
    // It may have been ended meanwhile, and another have begun.
    if (session === admitted) await farewell(targetClosed)
  }

  async function open(who: Visitor, asset: string): Promise<Leg> {
    const admission = (await context.admitInClear(who, asset)) ?? (await context.admit(who, asset))
    if (admission.kind === 'refused') return refusedLeg(admission.text)
    const admitted = admission.session
    session = admitted
    dialling = new AbortController()
    const { signal } = dialling
    admitted.listen({
      warn: notice,
      flow: (flow) => {
        for (const relay of relays) relay.flow(flow)
        forwards.flow(flow)
      },
      tunnels: ({ loopback }) => (loopback ? undefined : forwards.withdraw(admitted)),
      end: (reason, text) => void farewell(text, reason === 'recorder-failed' ? unhurriedMs : farewellMs),
    })
    // Nobody is left who could leave: it would wait alone, and hold a place.
    if (gone.signal.aborted) {
      admitted.ending('client')
      await admitted.closed()
      return refusedLeg('the connection was closed')
    }
    if (!(await waiting.begun(admitted))) return refusedLeg('the session ended before it began')
    if (admission.kind === 'in-clear') return lineLeg(admission.session)
    const { session: secure } = admission
    const dialled = await dialSession(secure, agreed, dial, AbortSignal.any([gone.signal, signal]), log)
    if (dialled.kind === 'failed') {
      log.info({ sessionId: admitted.id, asset: admitted.asset, reason: dialled.reason }, 'Target not reached')
      admitted.ending(dialled.reason)
      await admitted.closed()
      forget(admitted)
      return refusedLeg(dialled.text)
    }
    // It was ended when the target had just let it in.
    if (session !== admitted) {
      dialled.client.destroy()
      return refusedLeg('the session ended before it began')
    }
    target = dialled.client
    target.on('error', (err) => log.debug({ err, sessionId: admitted.id }, 'SSH target connection failed'))
    target.once('close', () => void targetLeft(secure))
    guardTarget(dialled, secure, (what) => {
      if (session === admitted) overran('target', what)
    })
    if (gone.signal.aborted) target.destroy()
    return { kind: 'ready', client: dialled.client, session: secure }
  }

  async function lineLeg(admitted: TelnetSession): Promise<Leg> {
    const { openTelnet } = deps
    if (openTelnet === undefined) {
      admitted.ending('target-unreachable')
      await admitted.closed()
      forget(admitted)
      return refusedLeg('the gateway speaks no telnet here')
    }
    return lineLegOf({
      session: admitted,
      openTelnet,
      client: agreed,
      dialTimeoutMs: dial.readyTimeoutMs,
      number: () => lines++,
      isUsed: () => relays.size > 0 || leaving || session !== admitted,
      async onLeft(reason) {
        admitted.ending(reason)
        if (session === admitted) leg = null
        forget(admitted)
        await admitted.closed()
      },
    })
  }

  /** It is over; another may have begun on this connection meanwhile. */
  function forget(one: BrokeredSession | TelnetSession): void {
    if (session === one) session = null
  }

  /** The leg to the asset, which the first one opens and the others share. */
  async function shareLeg(who: Visitor, asset: string): Promise<Leg> {
    // What began now would be taken for what is ending.
    if (leaving) return refusedLeg('the session on this connection is ending: try again')
    // INVARIANT: from this look at the leg until it is set nothing is awaited, or two channels that come together
    // would open two sessions on one connection, and only one of them would be ended with it.
    if (leg) {
      const shared = await leg
      if (shared.kind === 'refused') return shared
      const again = await shared.session.admitChannel()
      return again.kind === 'admitted' ? shared : refusedLeg(again.text)
    }
    const own = open(who, asset)
    leg = own
    const result = await own
    // A refusal is not for ever: the next channel of the connection may ask again.
    if (result.kind === 'refused' && leg === own) leg = null
    return result
  }

  const host: ChannelHost = {
    log,
    refuse,
    takes: (ssh, requests) => void taken.set(ssh, requests),
    bounds: () => visitor?.certificate,
    typedAhead: (channel) => waiting.typedAhead(channel),
    async reach(channel, interactive) {
      if (!visitor) return refusedLeg('no login')
      waiting.add(channel)
      if (named === null) {
        const choice = await chooseTarget(context, channel, interactive, visitor)
        if (choice.kind === 'refused') return choice
        named ??= choice.asset
        if (named !== choice.asset) return refusedLeg(`this connection leads to ${named} already: open another one`)
      }
      return shareLeg(visitor, named)
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

  return {
    overran(why) {
      log.warn({ source, why, sessionId: session?.id }, 'SSH connection asked too much')
      overran('client')
    },
    isLocked,
  }
}
