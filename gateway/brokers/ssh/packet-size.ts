// The largest packet a peer says it takes on a channel (RFC 4254 section 5.1). ssh2 (1.17, lib/Channel.js) cuts what it sends
// into pieces of that size, in one call: where it is 0 that call never returns, and where it is a few bytes each kilobyte
// costs hundreds of packets. One client, or one target, would stop a gateway that all use.

import type { Client, Connection } from 'ssh2'
import { standBefore } from './message-handlers.ts'

/** Bytes. What programs say is 16 KiB and more; the smallest devices some hundreds. */
export const smallestPacket = 256

const prohibited = 1

interface Opening {
  readonly sender: number
  readonly packetSize: number
}
interface Refusing {
  channelOpenFail(recipient: number, reason: number, text: string): void
}

const isTiny = ({ packetSize }: Opening): boolean => packetSize < smallestPacket

/**
 * Refuses channels that a client opens so, in words.
 * @param onRefused told of each.
 * @throws when ssh2 is not the version this was written for.
 */
export function refuseTinyPackets(connection: Connection, onRefused: () => void): void {
  standBefore(connection, 'CHANNEL_OPEN', (original) => (protocol, info) => {
    const opening = info as Opening
    if (!isTiny(opening)) return original(protocol, info)
    const text = `packets on a channel are of ${smallestPacket} bytes at least`
    const refusing = protocol as Refusing
    refusing.channelOpenFail(opening.sender, prohibited, text)
    onRefused()
  })
}

/**
 * Looks at what a target answers to the channels opened on it.
 * @param onTiny called instead of opening one; the caller ends the connection.
 * @throws when ssh2 is not the version this was written for.
 */
export function watchPacketSize(target: Client, onTiny: () => void): void {
  standBefore(target, 'CHANNEL_OPEN_CONFIRMATION', (original) => (protocol, info) => {
    if (isTiny(info as Opening)) onTiny()
    else original(protocol, info)
  })
}
