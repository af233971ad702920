// The first line of a client (RFC 4253 section 4.2): its version, 255 bytes at most, and nothing before it. ssh2 (1.17,
// lib/protocol/Protocol.js, parseHeader) takes any number of bytes for it, and loses some of a line that comes in more
// than two pieces; this gathers the line, bounded, and hands it on whole.

import type { Socket } from 'node:net'

const longest = 255
const start = Buffer.from('SSH-', 'latin1')
const newline = 10

type Listener = (part: Buffer) => void
type On = (event: string | symbol, listener: (...args: never[]) => void) => Socket

/** What is wrong with the beginning of a line; null where nothing is yet. */
export function faultOf(line: Uint8Array): string | null {
  const begun = line.subarray(0, start.length)
  if (!start.subarray(0, begun.length).equals(begun)) return 'it does not begin with an SSH version'
  const end = line.indexOf(newline)
  return (end === -1 ? line.length : end) >= longest ? 'its version is longer than SSH allows' : null
}

/**
 * Whoever listens to the socket's data from now on gets the first line whole, and then everything as it comes.
 * @param refuse called once instead, with the reason, where it is no such line.
 */
export function gatherIdentification(socket: Socket, refuse: (why: string) => void): void {
  const on = socket.on.bind(socket) as On
  function listen(event: string | symbol, listener: (...args: never[]) => void): Socket {
    if (event !== 'data') return on(event, listener)
    socket.on = on as Socket['on']
    const feed = listener as Listener
    let line: Buffer = Buffer.alloc(0)
    const first: Listener = (part) => {
      line = line.length === 0 ? part : Buffer.concat([line, part])
      const fault = faultOf(line)
      if (fault === null && !line.includes(newline)) return
      socket.off('data', first)
      if (fault !== null) return refuse(fault)
      on('data', feed)
      feed(line)
    }
    return on('data', first)
  }
  socket.on = listen as Socket['on']
}
