// What the gateway tells its clients about itself (RFC 8308): which signatures of users it takes, and that a signature may
// be bound to the host key. ssh2 (1.17, lib/protocol/Protocol.js, sendExtInfo) sends a list in which two names have run
// into one and SHA-1 is offered; this sends what is true, in its place.

import type { Connection } from 'ssh2'
import { wireString } from '../../identity/certificates/wire.ts'
import { userSignatures } from './algorithms.ts'

const extInfo = 7

interface Inside {
  readonly _protocol?: {
    _onHandshakeComplete?: (...args: unknown[]) => void
    readonly _kex?: { remoteExtInfoEnabled: boolean }
    readonly _cipher: { encrypt(packet: unknown): void }
    readonly _packetRW: {
      readonly write: { allocStart: number; alloc(length: number): Buffer; finalize(packet: Buffer): unknown }
    }
  }
}

//  byte     SSH_MSG_EXT_INFO
//  uint32   nr-extensions
//  string   extension-name, string extension-value; for each
function extensionInfo(): Buffer {
  const extensions = [
    ['server-sig-algs', userSignatures.join(',')],
    // PROTOCOL of OpenSSH, section 1.12: the version of it.
    ['publickey-hostbound@openssh.com', '0'],
  ]
  const count = Buffer.alloc(4)
  count.writeUInt32BE(extensions.length)
  return Buffer.concat([Buffer.from([extInfo]), count, ...extensions.flat().map(wireString)])
}

/**
 * Has it sent as the first message under the new keys, to clients that asked for it.
 * @throws when this ssh2 is not the version this was written for.
 */
export function announceExtensions(connection: Connection): void {
  const protocol = (connection as unknown as Inside)._protocol
  const complete = protocol?._onHandshakeComplete
  if (!protocol || !complete) throw new Error('ssh2 ends a key exchange elsewhere than in 1.17')
  let isFirst = true
  protocol._onHandshakeComplete = (...args) => {
    const exchange = protocol._kex
    if (typeof exchange?.remoteExtInfoEnabled !== 'boolean')
      throw new Error('ssh2 keeps whether a client wants extensions elsewhere than in 1.17')
    if (isFirst && exchange.remoteExtInfoEnabled) {
      const { write } = protocol._packetRW
      const message = extensionInfo()
      const packet = write.alloc(message.length)
      packet.set(message, write.allocStart)
      protocol._cipher.encrypt(write.finalize(packet))
    }
    exchange.remoteExtInfoEnabled = false
    isFirst = false
    complete(...args)
  }
}
