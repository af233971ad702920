// What a client asks a stream to (direct-tcpip, RFC 4254 section 7.2), and which of three it is: SSH to an asset, taken in
// here (`ssh -J`); a declared port of an asset (`ssh -L 1502:plc-7:502`); a port of the very asset this connection leads
// to, through that asset's own SSH (`ssh -L 8080:localhost:80`). Everything else is refused in words and kept. The
// originator's address is whatever the client writes there, and nothing rests on it.

import { isIP } from 'node:net'
import type { ServerChannel } from 'ssh2'
import type { Log } from '../../log.ts'
import type { BrokerContext, Visitor } from '../broker.ts'
import { loopbackOf } from './loopback.ts'
import type { RefuseOpening } from './open-failure.ts'
import type { AcceptTunnel, Opened, TunnelLegs } from './tunnel-legs.ts'

export interface ForwardingDeps {
  readonly visitor: Visitor
  readonly context: Pick<BrokerContext, 'destination'>
  readonly tunnels: TunnelLegs
  readonly log: Log
  readonly refuseOpening: RefuseOpening
  /** Keeps a refusal that no door has written. */
  readonly keepRefused: (detail: string) => void
  /** The asset this connection leads to; null where none was named. */
  readonly named: () => string | null
  /** Why nothing further may be opened on this connection now, or null. */
  readonly barred: () => string | null
  /** Takes a place among the connection's channels; null where there is none. It is given back by calling what came. */
  readonly place: () => (() => void) | null
  /** Opens a stream to the asset's own loopback. */
  readonly toLoopback: (host: string, port: number, accept: AcceptTunnel) => Promise<Opened>
  /** Takes in an SSH connection to this asset; null where this connection itself came so. */
  readonly jump: ((stream: ServerChannel, asset: string, account: string | null) => void) | null
}

/** What ssh2 gives for one such channel. */
export interface Asked {
  readonly destIP: string
  readonly destPort: number
}

const failed = 'the gateway could not go on with this stream; its operators have the details'

export function openForwarding(deps: ForwardingDeps) {
  const { context, tunnels, refuseOpening } = deps

  async function open(host: string, port: number, accept: AcceptTunnel): Promise<Opened> {
    const refuse = (text: string): Opened => {
      deps.keepRefused(`${host}:${port}`)
      return { kind: 'refused', text }
    }
    const barred = deps.barred()
    if (barred !== null) return refuse(barred)
    const loopback = loopbackOf(host)
    if (loopback !== null && deps.named() === null)
      return refuse(
        `${loopback} is nobody's here: name the asset, as in \`ssh -L 8080:localhost:80 login+asset@gateway\``,
      )
    if (loopback !== null) return deps.toLoopback(loopback, port, accept)
    if (isIP(host) !== 0 || host.includes(':'))
      return refuse('the gateway dials no addresses: name a declared asset, as in `ssh -L 1502:plc-7:502`')
    const destination = await context.destination(deps.visitor, host, port)
    if (destination.kind === 'other') return tunnels.open(host, port, accept)
    if (deps.jump === null)
      return refuse('a connection that came by a jump leads no further: jump from the gateway itself')
    const stream = accept()
    if (stream !== null) deps.jump(stream, host, destination.account)
    return { kind: 'open' }
  }

  return {
    /** One request. `accept` and `reject` are ssh2's own. */
    asked(accept: () => ServerChannel | undefined, reject: () => void, { destIP, destPort }: Asked): void {
      const leave = deps.place()
      if (leave === null) {
        deps.keepRefused(`${destIP}:${destPort}`)
        refuseOpening(reject, 'prohibited', 'too many channels on this connection')
        return
      }
      let isOpen = false
      const opened: AcceptTunnel = () => {
        const stream = accept() ?? null
        stream?.on('error', (err: Error) => deps.log.debug({ err }, 'SSH channel failed'))
        stream?.once('close', leave)
        isOpen = stream !== null
        return stream
      }
      const turnAway = (why: 'prohibited' | 'unreachable', text: string): void => {
        if (isOpen) return
        leave()
        refuseOpening(reject, why, text)
      }
      open(destIP, destPort, opened)
        .then((result) => {
          if (result.kind === 'open') return
          turnAway(result.kind === 'refused' ? 'prohibited' : 'unreachable', result.text)
        })
        .catch((err: unknown) => {
          deps.log.error({ err }, 'Stream failed inside the gateway')
          turnAway('prohibited', failed)
        })
    },
  }
}
