// Speaks to clamd (clamd(8), section COMMANDS) over its Unix socket or TCP: what it is, and what it says of a stream. One
// connection a question. What its answer is worth is verdict.ts's.

import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import type { ClamdAddress } from '../clamd-address.ts'
import { systemCode } from '../start-problem.ts'

export type ClamdAnswer =
  | { readonly kind: 'answered'; readonly text: string }
  /** `text`: one clause. */
  | { readonly kind: 'unavailable'; readonly text: string }

export interface Clamd {
  /** `ClamAV 1.4.6/27500/Sat Nov 21 09:00:00 2026`. */
  version(): Promise<ClamdAnswer>
  /** What it says of these bytes: `OK`, `Name FOUND` or `... ERROR`. */
  scan(content: AsyncIterable<Uint8Array>): Promise<ClamdAnswer>
}

/** An answer is one line. */
const mostAnswer = 4_096
/** A chunk's length stands before it, four bytes, the most significant first. */
const lengthBytes = 4

/** @param timeoutMs without a sign of life, after which it is given up. */
export function openClamd(address: ClamdAddress, timeoutMs: number): Clamd {
  const reach = (): Socket =>
    address.kind === 'socket' ? connect({ path: address.path }) : connect({ host: address.host, port: address.port })

  async function ask(command: string, content: AsyncIterable<Uint8Array> | null): Promise<ClamdAnswer> {
    const socket = reach()
    const { promise: over, resolve } = Promise.withResolvers<ClamdAnswer>()
    let answer = ''
    let failure = 'it closed the connection without an answer'
    socket.setTimeout(timeoutMs, () => {
      failure = `no answer within ${timeoutMs / 1_000} s`
      socket.destroy()
    })
    // It may answer before it has all, and close: what it said counts, whatever became of what was still to be sent.
    socket.on('error', (error) => {
      failure = `cannot be reached (${systemCode(error) || 'unknown reason'})`
    })
    socket.on('data', (piece) => {
      answer = (answer + piece.toString('latin1')).slice(0, mostAnswer)
      if (answer.includes('\0')) socket.destroy()
    })
    socket.on('close', () => {
      const end = answer.indexOf('\0')
      resolve(
        end === -1 ? { kind: 'unavailable', text: failure } : { kind: 'answered', text: answer.slice(0, end).trim() },
      )
    })
    const sent = content === null ? put(socket, Buffer.from(`z${command}\0`)) : stream(socket, command, content)
    try {
      await sent
    } catch (error) {
      // The content could not be read: the half of it is no file.
      socket.destroy()
      await over
      throw error
    }
    return over
  }

  async function stream(socket: Socket, command: string, content: AsyncIterable<Uint8Array>): Promise<void> {
    await put(socket, Buffer.from(`z${command}\0`))
    for await (const piece of content) {
      if (socket.destroyed) return
      const length = Buffer.alloc(lengthBytes)
      length.writeUInt32BE(piece.length)
      socket.write(length)
      await put(socket, piece)
    }
    await put(socket, Buffer.alloc(lengthBytes))
  }

  return { version: () => ask('VERSION', null), scan: (content) => ask('INSTREAM', content) }
}

/** Resolves when there is room for more, or nobody takes any more. */
async function put(socket: Socket, bytes: Uint8Array): Promise<void> {
  if (socket.destroyed || socket.write(bytes)) return
  const gone = new AbortController()
  const { signal } = gone
  try {
    await Promise.race([once(socket, 'drain', { signal }), once(socket, 'close', { signal })])
  } catch (error) {
    // An error of the socket is told by its end.
    if (!socket.destroyed && systemCode(error) === '') throw error
  } finally {
    gone.abort()
  }
}
