// A stream to the loopback of the asset a connection leads to, through the asset's own SSH, as editors that work on a far
// machine use it. A channel of that session like any other: decided, recorded, and only then asked for on the target.

import type { Client, ClientChannel } from 'ssh2'
import type { BrokeredSession, ChannelRecord } from '../broker.ts'
import { barredBy, type AcceptTunnel, type Opened } from './tunnel-legs.ts'
import { startTunnel, type Tunnel } from './tunnel.ts'

export interface LoopbackForward {
  readonly session: BrokeredSession
  readonly client: Client
  readonly host: string
  readonly port: number
  readonly accept: AcceptTunnel
  readonly onRecorderFailure: (error: unknown) => void
}

function openOnTarget(client: Client, host: string, port: number): Promise<ClientChannel | string> {
  return new Promise((resolve) => {
    try {
      // Where it comes from is nothing the target needs to know, and nothing it could believe.
      client.forwardOut('127.0.0.1', 0, host, port, (error, channel) =>
        resolve(
          error ? 'the target refused the stream: nothing listens there, or its SSH server allows none' : channel,
        ),
      )
    } catch {
      // ssh2 throws when the connection ended between our look and this call.
      resolve('the target closed the connection')
    }
  })
}

/** Why this session opens no such stream now, or null. */
export function barsLoopback(session: BrokeredSession): string | null {
  if (session.isMachine) return 'a machine account runs the commands declared for it, and opens no stream'
  if (!session.features().includes('forward')) return 'this access opens no streams to ports of the asset'
  return barredBy(session.flow())
}

/** Opens one. Gives the tunnel, or why there is none; keeping that as evidence is left to the caller. */
export async function openLoopback(wish: LoopbackForward): Promise<Tunnel | Exclude<Opened, { kind: 'open' }>> {
  const { session, client, host, port } = wish
  const barred = barsLoopback(session)
  if (barred !== null) return { kind: 'refused', text: barred }
  const record = session.record({ kind: 'tunnel', command: null, terminal: null, to: `${host}:${port}` })
  if (record === null) return { kind: 'refused', text: session.unrecorded() }
  const target = await openOnTarget(client, host, port)
  if (typeof target === 'string') return given(record, 'unreachable', target)
  target.on('error', () => target.destroy())
  // What was decided may have changed while the target thought about it: nothing has been said to it yet.
  const late = barsLoopback(session)
  const channel = late === null ? wish.accept() : null
  if (channel === null) {
    target.destroy()
    target.resume()
    return given(record, 'refused', late ?? 'the connection was closed')
  }
  return startTunnel(channel, target, record, session.flow(), wish.onRecorderFailure)
}

function given(record: ChannelRecord, kind: 'refused' | 'unreachable', text: string) {
  record.event({ refused: text })
  record.close()
  return { kind, text }
}
