// Channel requests that ssh2 (1.17) has no call for, or takes only by names of its own choice: breaks (RFC 4335), signals
// and exit signals by any name (RFC 4254 sections 6.9 and 6.10), the end of reading that OpenSSH tells. Nothing of what
// they mean is decided here.

import './packet-limit.ts'
import { createRequire } from 'node:module'
import type { Channel, Connection, Session } from 'ssh2'
import { standBefore } from './message-handlers.ts'

interface Writer {
  readonly allocStart: number
  alloc(length: number): Buffer
  finalize(packet: Buffer): unknown
}
interface Protocol {
  readonly _packetRW: { readonly write: Writer }
  channelSuccess(recipient: number): void
  channelFailure(recipient: number): void
}
interface ChannelInside {
  readonly _client?: { readonly _protocol?: Protocol }
  readonly outgoing?: { readonly id: number; readonly state: string }
}
interface SessionInside {
  readonly _chanInfo?: { readonly outgoing: { readonly id: number } }
}
interface ConnectionInside {
  readonly _protocol?: Protocol
  readonly _chanMgr?: { get(id: number): unknown }
}
/** As ssh2 sends everything: what comes during a key exchange waits for its end (RFC 4253 section 7.1). */
type SendPacket = (protocol: Protocol, packet: unknown) => void

const elsewhere = 'ssh2 sends channel requests elsewhere than in 1.17'
const messageNumber = 98

function sender(): SendPacket {
  const inside: unknown = createRequire(import.meta.url)('ssh2/lib/protocol/utils.js')
  if (typeof inside !== 'object' || inside === null || !('sendPacket' in inside)) throw new Error(elsewhere)
  if (typeof inside.sendPacket !== 'function') throw new Error(elsewhere)
  return inside.sendPacket as SendPacket
}
const sendPacket = sender()

/** An SSH `string` (RFC 4251 section 5). */
export function wireString(text: string | Uint8Array): Buffer {
  const bytes = Buffer.from(text)
  const length = Buffer.alloc(4)
  length.writeUInt32BE(bytes.length)
  return Buffer.concat([length, bytes])
}

/**
 * Sends a request that wants no reply; on a channel whose end was sent already it goes nowhere, as ssh2 does.
 *
 *     byte      SSH_MSG_CHANNEL_REQUEST (98)       RFC 4254 section 5.4
 *     uint32    recipient channel
 *     string    request type
 *     boolean   want reply: false
 *     ....      type-specific data
 *
 * @throws when this ssh2 is not the one this was written for.
 */
export function sendChannelRequest(channel: Channel, type: string, data: Uint8Array): void {
  const { _client, outgoing } = channel as unknown as ChannelInside
  const protocol = _client?._protocol
  if (!protocol?._packetRW?.write || outgoing?.id === undefined) throw new Error(elsewhere)
  if (outgoing.state !== 'open' && outgoing.state !== 'eof') return
  const recipient = Buffer.alloc(4)
  recipient.writeUInt32BE(outgoing.id)
  const body = Buffer.concat([Buffer.of(messageNumber), recipient, wireString(type), Buffer.of(0), data])
  const { write } = protocol._packetRW
  const packet = write.alloc(body.length)
  packet.set(body, write.allocStart)
  sendPacket(protocol, write.finalize(packet))
}

/** Takes the data of a request; true where it was done. */
export type TakeRequest = (data: Uint8Array) => boolean

/** What is taken on each channel of a connection, by the name of the request. */
export type Taken = WeakMap<Session, Readonly<Record<string, TakeRequest>>>

/**
 * Hands the requests named in `taken` over, and answers them where an answer is wanted; all others stay ssh2's.
 * @throws when this ssh2 is not the one this was written for; the connection must not be served then.
 */
export function takeChannelRequests(connection: Connection, taken: Taken): void {
  const { _protocol: protocol, _chanMgr: channels } = connection as unknown as ConnectionInside
  if (!protocol?.channelSuccess || !protocol.channelFailure || !channels?.get)
    throw new Error('ssh2 answers channel requests elsewhere than in 1.17')
  standBefore(connection, 'CHANNEL_REQUEST', (original) => (self, recipient, type, wantsReply, data) => {
    const session: unknown = channels.get(recipient as number)
    const take = typeof session === 'object' && session !== null && taken.get(session as Session)
    const taker = take && typeof type === 'string' && Object.hasOwn(take, type) ? take[type] : undefined
    if (!taker) return original(self, recipient, type, wantsReply, data)
    const isDone = taker(data instanceof Uint8Array ? data : new Uint8Array())
    const id = (session as SessionInside)._chanInfo?.outgoing.id
    if (wantsReply !== true || id === undefined) return
    if (isDone) protocol.channelSuccess(id)
    else protocol.channelFailure(id)
  })
}
