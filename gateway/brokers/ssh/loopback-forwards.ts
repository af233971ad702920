// The streams of a connection to the loopback of the asset it leads to, those there are: opened through the leg its channels
// share, stopped and cut with its session, or alone where they are no longer declared.

import type { Log } from '../../log.ts'
import type { BrokeredSession, Flow, TelnetSession } from '../broker.ts'
import type { Leg } from './channel.ts'
import { terminalsOnly } from './line-channel.ts'
import { openLoopback } from './loopback-forward.ts'
import { withdrawnText, type AcceptTunnel, type Opened } from './tunnel-legs.ts'
import type { Tunnel } from './tunnel.ts'

export interface LoopbackForwardsDeps {
  readonly log: Log
  /** Keeps a refusal that no door has written. */
  readonly keepRefused: (detail: string) => void
  /** A line for whoever has a terminal on this connection. */
  readonly notice: (text: string) => void
}

export class LoopbackForwards {
  readonly #deps: LoopbackForwardsDeps
  readonly #open = new Set<Tunnel>()

  constructor(deps: LoopbackForwardsDeps) {
    this.#deps = deps
  }

  /** Opens one more, through this leg. */
  async open(leg: Leg, host: string, port: number, accept: AcceptTunnel): Promise<Opened> {
    const { log, keepRefused } = this.#deps
    if (leg.kind === 'refused') return { kind: 'refused', text: leg.text }
    if (leg.kind === 'line') {
      keepRefused(`${host}:${port}`)
      return { kind: 'refused', text: terminalsOnly }
    }
    const { session, client } = leg
    const onRecorderFailure = (err: unknown): void =>
      log.error({ err, sessionId: session.id }, 'Recording failed; the session ends')
    const opened = await openLoopback({ session, client, host, port, accept, onRecorderFailure })
    if ('kind' in opened) {
      if (opened.kind === 'refused') keepRefused(`${host}:${port}`)
      return opened
    }
    this.#open.add(opened)
    void opened.ended.then(() => this.#open.delete(opened))
    // It may have been stopped while this one was on its way.
    opened.flow(session.flow())
    return { kind: 'open' }
  }

  flow(flow: Flow): void {
    for (const one of this.#open) one.flow(flow)
  }

  cut(): void {
    for (const one of this.#open) one.cut()
  }

  /** They are no longer declared: they end, and everything else of the session goes on. */
  withdraw(session: BrokeredSession | TelnetSession): void {
    if (this.#open.size === 0) return
    const cut = [...this.#open]
    for (const one of cut) one.cut(withdrawnText)
    session.withdrawn(cut.map(() => `${session.asset}:loopback`))
    this.#deps.notice(`streams to ports of ${session.asset} were closed: ${withdrawnText}`)
  }
}
