// The tunnels of one connection that lead to declared ports of assets, `ssh -L 1502:plc-7:502`: one session for each
// asset, each tunnel decided anew, recorded, and connected only then. Where a tunnel leads comes from the bundle and from
// nothing else; what the client says is no more than the name of an asset and a port.

import type { ServerChannel } from 'ssh2'
import type { Log } from '../../log.ts'
import type { BrokerContext, Flow, TunnelSession, TunnelsTo, Visitor } from '../broker.ts'
import { dialTcp } from '../tcp-dial.ts'
import { startTunnel, type Tunnel } from './tunnel.ts'

export interface TunnelLegsDeps {
  readonly context: Pick<BrokerContext, 'admitTunnel'>
  readonly visitor: Visitor
  readonly log: Log
  readonly dialTimeoutMs: number
  /** A line for whoever has a terminal on this connection. */
  readonly notice: (text: string) => void
  /** A session has ended from the gateway's side, and its tunnels with it. */
  readonly onEnded: (text: string) => void
}

/** Opens the client's side, which may be gone by now. */
export type AcceptTunnel = () => ServerChannel | null

export type Opened = { readonly kind: 'open' } | { readonly kind: 'refused' | 'unreachable'; readonly text: string }

const closedText = 'the connection was closed'
const refused = (text: string): Opened => ({ kind: 'refused', text })

/** What was dialled. */
interface Address {
  readonly host: string
  readonly port: number
}

interface Leg {
  readonly session: TunnelSession
  /** Each with the address it leads to. */
  readonly tunnels: Map<Tunnel, Address>
  /** Where they may lead, once that was told. */
  to: TunnelsTo | null
  /** Aborted when the session ends: what is being dialled for it is given up. */
  readonly over: AbortController
}

type LegOpening = Promise<Leg | { readonly text: string }>

export class TunnelLegs {
  readonly #deps: TunnelLegsDeps
  /** By asset, from the first question to the door until the session has ended. */
  readonly #legs = new Map<string, LegOpening>()
  readonly #live = new Set<Leg>()
  #isGone = false
  #dials = 0

  constructor(deps: TunnelLegsDeps) {
    this.#deps = deps
  }

  /** Sessions that stand now. */
  get live(): number {
    return this.#live.size
  }

  /** Opens one more. Never waits for the client; a session that waits for somebody of the plant lets it wait. */
  async open(asset: string, port: number, accept: AcceptTunnel): Promise<Opened> {
    const found = await this.#reach(asset, port)
    if ('text' in found) return refused(found.text)
    const { leg, host } = found
    const { session, tunnels, over } = leg
    const address = { host, port }
    // The first one may have waited long for its session to begin.
    const barred = undeclared(leg, address) ?? barredBy(session.flow())
    if (barred !== null) return refused(barred)
    const record = session.record({ kind: 'tunnel', command: null, terminal: null, to: `${asset}:${port}` })
    if (record === null) return refused(session.unrecorded())
    const fail = (kind: 'refused' | 'unreachable', text: string): Opened => {
      record.event({ refused: text })
      record.close()
      return { kind, text }
    }
    const dialled = await dialTcp(host, port, this.#deps.dialTimeoutMs, over.signal)
    if (dialled.kind === 'failed')
      return over.signal.aborted ? { kind: 'refused', text: closedText } : fail('unreachable', dialled.text)
    const { socket, leg: ends } = dialled
    const number = ++this.#dials
    session.connected(ends, number)
    socket.once('close', () => session.connected(null, number))
    // What was decided may have changed while it was dialled.
    const late = over.signal.aborted ? closedText : (undeclared(leg, address) ?? barredBy(session.flow()))
    const channel = late === null ? accept() : null
    if (channel === null) {
      socket.destroy()
      return over.signal.aborted ? refused(closedText) : fail('refused', late ?? closedText)
    }
    record.event({ connected: { local: ends.local, remote: ends.remote } })
    const tunnel = startTunnel(channel, socket, record, session.flow(), (err) =>
      this.#deps.log.error({ err, sessionId: session.id }, 'Recording failed; the session ends'),
    )
    tunnels.set(tunnel, address)
    void tunnel.ended.then(() => tunnels.delete(tunnel))
    return { kind: 'open' }
  }

  /** A peer broke the rules of the connection: every session on it ends. */
  overran(): void {
    for (const { session } of this.#live) session.ending('flow-violation')
  }

  /** The client is gone. */
  gone(): void {
    this.#isGone = true
    for (const leg of this.#live) this.#close(leg, 'client')
  }

  async #reach(asset: string, port: number): Promise<{ leg: Leg; host: string } | { text: string }> {
    // INVARIANT: from this look at the leg until it is set nothing is awaited, or two tunnels that come together would
    // open two sessions, and only one of them would be ended with it.
    const known = this.#legs.get(asset)
    if (known) {
      const leg = await known
      if ('text' in leg) return leg
      const again = await leg.session.reach(port)
      return again.kind === 'admitted' ? { leg, host: again.host } : again
    }
    const opening = this.#begin(asset, port)
    const kept = opening.then((begun) => ('text' in begun ? begun : begun.leg))
    this.#legs.set(asset, kept)
    try {
      const begun = await opening
      // A refusal is not for ever: the next tunnel may ask again.
      if ('text' in begun) this.#forget(asset, kept)
      return begun
    } catch (error) {
      this.#forget(asset, kept)
      throw error
    }
  }

  /** Another one may have begun since. */
  #forget(asset: string, opening: LegOpening): void {
    if (this.#legs.get(asset) === opening) this.#legs.delete(asset)
  }

  async #begin(asset: string, port: number): Promise<{ leg: Leg; host: string } | { text: string }> {
    const { context, visitor } = this.#deps
    const admission = await context.admitTunnel(visitor, asset, port)
    if (admission.kind === 'refused') return admission
    const { session, host } = admission
    const leg: Leg = { session, tunnels: new Map(), to: null, over: new AbortController() }
    this.#live.add(leg)
    session.listen({
      warn: (text) => this.#deps.notice(`${session.asset}: ${text}`),
      flow: (flow) => {
        for (const tunnel of leg.tunnels.keys()) tunnel.flow(flow)
      },
      tunnels: (to) => this.#withdraw(leg, to),
      end: (_reason, text) => {
        this.#close(leg, null)
        this.#legs.delete(asset)
        this.#deps.onEnded(`${session.asset}: ${text}`)
      },
    })
    if (this.#isGone) {
      this.#close(leg, 'client')
      return { text: closedText }
    }
    return (await session.begun()) ? { leg, host } : { text: 'the session ended before it began' }
  }

  /** What is declared has changed: tunnels to any other port or host end, and the others go on. */
  #withdraw(leg: Leg, to: TunnelsTo): void {
    leg.to = to
    const { session } = leg
    const cut = [...leg.tunnels].filter(([, address]) => undeclared(leg, address) !== null)
    if (cut.length === 0) return
    for (const [tunnel] of cut) tunnel.cut(withdrawnText)
    session.withdrawn(cut.map(([, { port }]) => `${session.asset}:${port}`))
    const ports = [...new Set(cut.map(([, { port }]) => port))].join(', ')
    this.#deps.notice(`${session.asset}: tunnels to port ${ports} were closed: ${withdrawnText}`)
  }

  #close(leg: Leg, reason: 'client' | null): void {
    if (!this.#live.delete(leg)) return
    const { session, tunnels, over } = leg
    over.abort()
    for (const tunnel of tunnels.keys()) tunnel.cut()
    if (reason !== null) session.ending(reason)
    session
      .closed()
      .catch((err: unknown) =>
        this.#deps.log.error({ err, sessionId: session.id }, 'Session not sealed; the next start does'),
      )
  }
}

/** Why a tunnel ends though its session goes on. */
export const withdrawnText = 'the plant no longer declares where they lead'

/** Why this may not be reached by what was told last, or null. */
function undeclared({ to }: Pick<Leg, 'to'>, { host, port }: Address): string | null {
  if (to === null) return null
  if (!to.ports.includes(port)) return `the plant no longer declares port ${port}`
  // Which address it was is not the client's to know.
  return to.host === host ? null : 'the plant declares another address for it now: open the tunnel again'
}

export const lockedText = 'the session is locked: unlock it in its terminal first'

/** Nothing is opened on a target that may not be spoken to, or while what it says cannot be recorded. */
export function barredBy({ input, locked, held, why }: Flow): string | null {
  if (locked) return lockedText
  return input && !held ? null : (why ?? 'the session may not be spoken to now')
}
