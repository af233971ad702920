// A socket as ssh2 should use it. ssh2 writes each packet by itself, ignoring what the socket answers; here the packets
// of one turn of the event loop leave in one system call, and the memory of a large one is given back when it has left.

import type { Socket } from 'node:net'
import type { Carried } from './message-limits.ts'
import { giveBack, worthGivingBack } from './own-memory.ts'

type Written = (error?: Error | null) => void

/**
 * Changes how this socket writes. Whoever writes to it must not look at a packet again after handing it over: ssh2 makes
 * a new buffer for each, encrypts it in place, and forgets it.
 * @returns what crosses it.
 */
export function writeInBatches(socket: Socket): Carried {
  const write = socket.write.bind(socket)
  let gathering = false
  let handed = 0

  function leave(): void {
    gathering = false
    socket.uncork()
  }

  function writeGathered(packet: Uint8Array | string, encoding?: BufferEncoding | Written, written?: Written): boolean {
    if (!gathering) {
      gathering = true
      socket.cork()
      process.nextTick(leave)
    }
    const done = typeof encoding === 'function' ? encoding : written
    handed += packet.length
    if (typeof packet === 'string') return write(packet, typeof encoding === 'string' ? encoding : 'utf8', done)
    if (packet.length < worthGivingBack) return write(packet, done)
    return write(packet, (error) => {
      giveBack(packet)
      done?.(error)
    })
  }

  socket.write = writeGathered
  return {
    get bytesRead() {
      return socket.bytesRead
    },
    get bytesWritten() {
      return handed
    },
    get writableLength() {
      return socket.writableLength
    },
  }
}
