// Ending a connection in words. ssh2 (1.17, lib/protocol/Protocol.js, disconnect) sends SSH_MSG_DISCONNECT with an empty
// text; where a connection carries nothing but tunnels that text (RFC 4253 section 11.1) is the only place to say why.
//
//   byte    1            SSH_MSG_DISCONNECT
//   uint32  reason code  11, SSH_DISCONNECT_BY_APPLICATION
//   string  description  UTF-8
//   string  language     empty

import type { Connection } from 'ssh2'

interface PacketWriter {
  readonly allocStartKEX?: number
  alloc(length: number, force: boolean): Buffer
  finalize(packet: Buffer, force: boolean): Buffer
}

interface Inside {
  readonly _protocol?: {
    readonly _packetRW?: { readonly write?: PacketWriter }
    readonly _cipher?: { encrypt(packet: Buffer): void }
    /** Set while keys are exchanged: then ssh2 would hold a message back. */
    readonly _kexinit?: unknown
  }
}

/** Characters of a text; a client shows it in one line. */
const longest = 400

/** Ends the connection and says why. During a key exchange the words are left out: the end itself does not wait. */
export function disconnect(connection: Connection, text: string): void {
  try {
    sayDisconnect(connection, Buffer.from(text.slice(0, longest), 'utf8'))
  } finally {
    connection.end()
  }
}

/** @throws when this ssh2 builds its packets elsewhere. */
function sayDisconnect(connection: Connection, words: Buffer): void {
  const { _protocol: protocol } = connection as unknown as Inside
  const writer = protocol?._packetRW?.write
  const cipher = protocol?._cipher
  if (writer?.allocStartKEX === undefined || !cipher) throw new Error('ssh2 builds its packets elsewhere than in 1.17')
  if (protocol?._kexinit !== undefined) return
  const start = writer.allocStartKEX
  const packet = writer.alloc(1 + 4 + 4 + words.length + 4, true)
  packet[start] = 1
  packet.writeUInt32BE(11, start + 1)
  packet.writeUInt32BE(words.length, start + 5)
  packet.set(words, start + 9)
  packet.writeUInt32BE(0, start + 9 + words.length)
  cipher.encrypt(writer.finalize(packet, true))
}
