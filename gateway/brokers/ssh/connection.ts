// One client connection: login, then channels. The first channel that needs the target asks the door and dials; every
// further one is decided anew and shares the session. Whatever is not a pty, shell or exec is refused and recorded.

import type { Client, Connection, ServerChannel } from 'ssh2'
import type { EndReason } from '../../../policy/index.ts'
import type { Log } from '../../log.ts'
import type { BrokerContext, BrokeredSession, Negotiated, TelnetSession, Visitor } from '../broker.ts'
import type { OpenLine } from '../terminal-line.ts'
import { gatewayExit, serveChannel, turnAway, type ChannelHost, type Leg } from './channel.ts'
import { forwardingBar } from './certificate-bounds.ts'
import { takeChannelRequests, type Taken } from './channel-requests.ts'
import { dialSession } from './dial-session.ts'
import { answerEarlyClose } from './early-close.ts'
import { startLogin, type LoginJudge } from './login.ts'
import { terminalsOnly, type LineLeg } from './line-channel.ts'
import { chooseAsset, nothingReachable } from './menu.ts'
import { limitMessages } from './message-limits.ts'
import { negotiatedOf } from './negotiated.ts'
import { holdOpenings } from './opening-bar.ts'
import { refuseTinyPackets, watchPacketSize } from './packet-size.ts'
import { holdToWindow } from './receive-window.ts'
import type { Relay } from './relay.ts'
import { takeOwn } from './scp/own-commands.ts'
import { disconnect } from './disconnect.ts'
import { openForwarding } from './forwarding.ts'
import type { InsideJump, OpenJump } from './jump.ts'
import { startJumpLogin } from './jump-login.ts'
import { openLoopback } from './loopback-forward.ts'
import { speakRefusals } from './open-failure.ts'
import type { Tunnel } from './tunnel.ts'
import { lockedText, TunnelLegs, withdrawnText, type AcceptTunnel, type Opened } from './tunnel-legs.ts'
import { watchUnknown } from './unknown-requests.ts'
import type { DialOptions } from './upstream.ts'

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
const notOffered =
  'the gateway carries terminals, commands, files and streams to declared assets, as far as an access goes, and nothing else'
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
  /** Streams to the target's own loopback, through the leg below. */
  const forwards = new Set<Tunnel>()
  /** Connections that came by a jump and stand inside this one. */
  let jumps = 0
  const jumped = new Set<ServedConnection>()
  let tunnels: TunnelLegs | null = null
  const relays = new Set<Relay>()
  /** Channels that wait for the target: who waits is told why it ends, too. */
  const waiting = new Set<ServerChannel>()
  /** What was typed on a channel while it waited for somebody of the plant to come along, in bytes. */
  const typedAhead = new WeakMap<ServerChannel, number>()
  const refused = new Set<string>()
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
  /** Who closed first, where nobody was told to. */
  let closedBy: EndReason = 'client'

  connection.on('handshake', (negotiated) => (agreed = negotiatedOf(negotiated)))
  connection.on('error', (err) => log.debug({ err, source }, 'SSH client connection failed'))
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
  connection.on('close', () => {
    gone.abort()
    const undoing = [...relays].flatMap((relay) => relay.clientGone() ?? [])
    for (const forward of forwards) forward.cut()
    tunnels?.gone()
    if (undoing.length === 0) target?.destroy()
    login.gone().catch((err: unknown) => log.error({ err }, 'An abandoned login could not be kept as evidence'))
    session?.ending(closedBy)
    if (undoing.length === 0) return closed()
    void Promise.allSettled(undoing).then(() => {
      target?.destroy()
      closed()
    })
  })

  /** The streams this client may ask for. */
  function openStreams(who: Visitor) {
    const legs = new TunnelLegs({
      context,
      visitor: who,
      log,
      dialTimeoutMs: dial.readyTimeoutMs,
      notice: (text) => {
        for (const relay of relays) relay.notice(text)
      },
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
      place() {
        if (channels >= deps.maxChannels) return null
        channels++
        return () => channels--
      },
      toLoopback: (to, port, accept) => forward(who, to, port, accept),
      jump:
        inside || !openJump
          ? null
          : (stream, asset, account) => {
              jumps++
              stream.once('close', () => jumps--)
              const within = {
                visitor: { ...who, through: 'jump' },
                addressee: { login: who.person.login, account, asset },
              } as const
              openJump(stream, (inner, onInnerLogin) => {
                const served = serveConnection(inner, stream, source, onInnerLogin, { ...deps, inside: within })
                jumped.add(served)
                stream.once('close', () => jumped.delete(served))
                return served
              })
            },
    })
  }

  /** A stream to the loopback of the asset this connection leads to. */
  async function forward(who: Visitor, to: string, port: number, accept: AcceptTunnel): Promise<Opened> {
    const shared = named === null ? null : await shareLeg(who, named)
    if (shared === null) return { kind: 'refused', text: 'no asset was named' }
    if (shared.kind === 'refused') return { kind: 'refused', text: shared.text }
    if (shared.kind === 'line') {
      refuse('direct-tcpip', `${to}:${port}`)
      return { kind: 'refused', text: terminalsOnly }
    }
    const { session: of, client } = shared
    const opened = await openLoopback({
      session: of,
      client,
      host: to,
      port,
      accept,
      onRecorderFailure: (err) => log.error({ err, sessionId: of.id }, 'Recording failed; the session ends'),
    })
    if ('kind' in opened) {
      if (opened.kind === 'refused') refuse('direct-tcpip', `${to}:${port}`)
      return opened
    }
    forwards.add(opened)
    void opened.ended.then(() => forwards.delete(opened))
    // It may have been stopped while this one was on its way.
    opened.flow(of.flow())
    return { kind: 'open' }
  }

  /** Streams through the asset's own SSH are no longer declared: they end, and everything else goes on. */
  function withdrawForwards(of: BrokeredSession | TelnetSession): void {
    if (forwards.size === 0) return
    const cut = [...forwards]
    for (const one of cut) one.cut(withdrawnText)
    of.withdrawn(cut.map(() => `${of.asset}:loopback`))
    for (const relay of relays) relay.notice(`streams to ports of ${of.asset} were closed: ${withdrawnText}`)
  }

  const isLocked = (): boolean => session?.flow().locked === true || [...jumped].some((one) => one.isLocked())

  /** Do other sessions live on this connection, which the end of this one is nothing to? */
  const hasOthers = (): boolean => (tunnels?.live ?? 0) > 0 || jumps > 0

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

  function closed(): void {
    session
      ?.closed()
      .catch((err: unknown) => log.error({ err, sessionId: session?.id }, 'Session not sealed; the next start does'))
  }

  /**
   * Once a feature and connection, and once a command or a place to reach: a client that asks a thousand times is one
   * fact, not a thousand, and one that tries a thousand places is seen to.
   * Where input is stopped, terminals are told why: the refusal of a forward has no words of its own.
   */
  function refuse(feature: string, detail: string | null): string {
    const why = session?.flow().why ?? null
    const text = why === null ? notOffered : `${notOffered}; ${why}`
    const fact = feature === 'exec' || feature === 'direct-tcpip' ? `${feature} ${detail ?? ''}` : feature
    if (!visitor || refused.has(fact) || refused.size >= 64) return text
    refused.add(fact)
    if (session) session.refusedFeature(feature, detail)
    else context.refusedFeature(visitor, feature, detail)
    // A command has a channel of its own to be told on.
    if (why !== null && feature !== 'exec') for (const relay of relays) relay.notice(`refused: ${text}`)
    return text
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
    for (const one of forwards) one.cut()
    const told = [...waiting].map(
      (channel) =>
        new Promise<void>((resolve) => {
          channel.once('close', resolve)
          turnAway(channel, text)
        }),
    )
    await Promise.race([
      Promise.all([...told, ...[...relays].map((relay) => relay.cut(text, gatewayExit, withinMs / 2))]),
      new Promise<void>((resolve) => socket.once('close', () => resolve())),
      late,
    ])
    target?.destroy()
    if (!stays || ended === null) {
      connection.end()
      return
    }
    clearTimeout(last)
    for (const relay of relays) void relay.clientGone()
    session = null
    leg = null
    target = null
    closedBy = 'client'
    leaving = false
    ended
      .closed()
      .catch((err: unknown) => log.error({ err, sessionId: ended.id }, 'Session not sealed; the next start does'))
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
    const admission = (await context.admitInClear(who, asset)) ?? (await context.admit(who, asset))
    if (admission.kind === 'refused') return refusedLeg(admission.text)
    const admitted = admission.session
    session = admitted
    admitted.listen({
      warn: (text) => {
        for (const relay of relays) relay.notice(text)
      },
      flow: (flow) => {
        for (const relay of relays) relay.flow(flow)
        for (const one of forwards) one.flow(flow)
      },
      tunnels: ({ loopback }) => (loopback ? undefined : withdrawForwards(admitted)),
      end: (reason, text) => void farewell(text, reason === 'recorder-failed' ? unhurriedMs : farewellMs),
    })
    // Nobody is left who could leave: it would wait alone, and hold a place.
    if (gone.signal.aborted) {
      admitted.ending('client')
      await admitted.closed()
      return refusedLeg('the connection was closed')
    }
    if (!(await hasBegun(admitted))) return refusedLeg('the session ended before it began')
    if (admission.kind === 'in-clear') return lineLeg(admission.session)
    const { session: secure } = admission
    const dialled = await dialSession(secure, agreed, dial, gone.signal, log)
    if (dialled.kind === 'failed') {
      log.info({ sessionId: admitted.id, asset: admitted.asset, reason: dialled.reason }, 'Target not reached')
      admitted.ending(dialled.reason)
      await admitted.closed()
      session = null
      return refusedLeg(dialled.text)
    }
    target = dialled.client
    target.on('error', (err) => log.debug({ err, sessionId: admitted.id }, 'SSH target connection failed'))
    target.once('close', () => void targetLeft(secure))
    holdToWindow(target, () => overran('target'))
    watchPacketSize(target, () => overran('target', 'takes packets on a channel that nothing fits into'))
    const { client, carried } = dialled
    limitMessages(
      client,
      carried,
      () => false,
      () => overran('target', 'asked for more than one peer may'),
    )
    const barOf = (command: string | null) =>
      takeOwn(client, command) ? secure.barsFiles() : secure.barsOpening(command)
    holdOpenings(target, barOf, () => secure.barsFiles())
    if (gone.signal.aborted) target.destroy()
    return { kind: 'ready', client: dialled.client, session: secure }
  }

  /** Nothing is dialled yet: each terminal does so by itself. */
  async function lineLeg(admitted: TelnetSession): Promise<Leg> {
    const { openTelnet } = deps
    if (openTelnet === undefined) {
      admitted.ending('target-unreachable')
      await admitted.closed()
      session = null
      return refusedLeg('the gateway speaks no telnet here')
    }
    let opening = 0
    const made: LineLeg = {
      kind: 'line',
      session: admitted,
      async open(call) {
        opening++
        try {
          return await openTelnet(call)
        } finally {
          opening--
        }
      },
      client: agreed,
      dialTimeoutMs: dial.readyTimeoutMs,
      number: () => lines++,
      async failed(reason) {
        // Another terminal of the session goes on, or may yet.
        if (opening > 0 || relays.size > 0 || leaving || session !== admitted) return
        admitted.ending(reason)
        session = null
        leg = null
        await admitted.closed()
      },
    }
    return made
  }

  /** Whoever waits is told for what. A user who leaves while waiting ends it. */
  async function hasBegun(admitted: BrokeredSession | TelnetSession): Promise<boolean> {
    const { waitsFor } = admitted
    if (waitsFor === null) return admitted.begun()
    for (const channel of waiting)
      if (!channel.stderr.writableEnded) channel.stderr.write(`[sallyport] ${waitsFor}\r\n`)
    const began = await admitted.begun()
    for (const channel of waiting) typedAhead.set(channel, channel.readableLength)
    return began
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

  /** The leg to the asset, which the first one opens and the others share. */
  async function shareLeg(who: Visitor, asset: string): Promise<Leg> {
    // INVARIANT: from this look at the leg until it is set nothing is awaited, or two channels that come together
    // would open two sessions on one connection, and only one of them would be ended with it.
    if (leg) {
      const shared = await leg
      if (shared.kind === 'refused') return shared
      const again = await shared.session.admitChannel()
      return again.kind === 'admitted' ? shared : refusedLeg(again.text)
    }
    leg = open(who, asset)
    const result = await leg
    // A refusal is not for ever: the next channel of the connection may ask again.
    if (result.kind === 'refused') leg = null
    return result
  }

  const host: ChannelHost = {
    log,
    refuse,
    takes: (ssh, requests) => void taken.set(ssh, requests),
    bounds: () => visitor?.certificate,
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
