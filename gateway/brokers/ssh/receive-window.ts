// Holds a peer to the window it was given (RFC 4254 section 5.2). ssh2 (1.17) counts the window but refuses only when it
// is exactly zero, and otherwise keeps what comes: a peer that ignores flow control would fill the gateway's memory.
// And ssh2 opens the window of a channel as soon as one of its two streams has room, however full the other is. What to
// do with a peer that overran is left to the caller.
//
// And to its end of file (section 5.3): ssh2 pushes what comes after it into streams that have ended. The one of a target's
// standard error then raises an error that nobody takes, which would end the process and everybody it carries.

import type { Readable } from 'node:stream'
import type { Client, Connection } from 'ssh2'
import { standBefore } from './message-handlers.ts'

interface Receiver extends Readable {
  readonly incoming: { window: number; readonly state: 'open' | 'eof' | 'closed' }
  /** True for a client's channel: its standard error is ours to write, not to read. */
  readonly server: boolean
  readonly stderr: Readable
  _waitChanDrain: boolean
}

interface Inside {
  readonly _chanMgr: { get(id: number): unknown }
}

/** SSH_EXTENDED_DATA_STDERR; ssh2 drops every other type, and from a client this one, too. */
const stderrType = 1

const isFull = (stream: Readable): boolean => stream.readableLength >= stream.readableHighWaterMark

/** The channel that receives, or null where there is none yet: what comes for it is dropped by ssh2. */
function receiverOf(known: unknown): Receiver | null {
  if (typeof known !== 'object' || known === null) return null
  const channel: unknown = 'incoming' in known ? known : '_channel' in known ? known._channel : null
  return channel ? (channel as Receiver) : null
}

/** A stream that is full asks for more when it has room again: each waits for the other's room here. */
function askOnlyWithRoom(channel: Receiver): void {
  const { stderr } = channel
  const read = channel._read.bind(channel)
  const readStderr = stderr._read.bind(stderr)
  channel._read = (size) => {
    if (!isFull(stderr)) read(size)
  }
  stderr._read = (size) => {
    if (!isFull(channel)) readStderr(size)
  }
}

/**
 * Watches every channel of this connection. What comes on one after its end of file is dropped. From the first message that
 * is larger than the window left for it, all data of the peer is.
 * @param onOverrun called once; the caller ends the connection.
 * @throws when ssh2 is not the version this was written for.
 */
export function holdToWindow(connection: Client | Connection, onOverrun: () => void): void {
  const channels = (connection as unknown as Inside)._chanMgr
  const known = new WeakSet<Receiver>()
  let overrun = false

  function receive(name: 'CHANNEL_DATA' | 'CHANNEL_EXTENDED_DATA'): void {
    const extended = name === 'CHANNEL_EXTENDED_DATA'
    standBefore(connection, name, (original) => (protocol, recipient, data, type) => {
      if (overrun) return
      const channel = receiverOf(channels.get(recipient as number))
      if (!channel) return original(protocol, recipient, data, type)
      const { length } = data as Buffer
      if (length > channel.incoming.window) {
        overrun = true
        return onOverrun()
      }
      if (channel.incoming.state !== 'open' || (extended && (channel.server || type !== stderrType))) {
        // Dropped, but sent: it counts like any other. After the end of file nothing is read that would open the window
        // again, so whoever goes on and on overruns it.
        channel.incoming.window -= length
        return
      }
      if (channel.server) return original(protocol, recipient, data, type)
      if (!known.has(channel)) {
        known.add(channel)
        askOnlyWithRoom(channel)
      }
      const [stream, other] = extended ? [channel.stderr, channel] : [channel, channel.stderr]
      if (!isFull(other)) return original(protocol, recipient, data, type)
      channel.incoming.window -= length
      channel._waitChanDrain = true
      stream.push(data)
    })
  }
  receive('CHANNEL_DATA')
  receive('CHANNEL_EXTENDED_DATA')
}
