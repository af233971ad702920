// A witness behind HTTP: `POST /add-checkpoint`, and `GET /checkpoint/<origin>` for monitors that want to see what was
// cosigned last. Without TLS: it listens on the loopback, behind a proxy, or inside a network of its own; what it answers
// is signed, and what it is asked is judged by its signature.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { isOrigin } from '../checkpoint.ts'
import { messageOf } from '../errors.ts'
import { maxSubmissionBytes } from './submission.ts'
import type { Reply, Witness } from './witness.ts'

type Answer = Omit<Reply, 'status'> & { readonly status: number }

const plain = 'text/plain; charset=utf-8'

/** A server for a witness, not yet listening. `failed` is told of what is the witness's own fault. */
export function serveWitness(witness: Witness, failed: (reason: string) => void): Server {
  const server = createServer((request, response) => {
    answer(witness, request).then(
      (reply) => send(response, reply),
      (cause: unknown) => {
        failed(messageOf(cause))
        send(response, { status: 500, type: plain, body: 'the witness cannot answer now\n' })
      },
    )
  })
  server.requestTimeout = 30_000
  server.headersTimeout = 10_000
  server.maxConnections = 100
  return server
}

async function answer(witness: Witness, request: IncomingMessage): Promise<Answer> {
  const { pathname } = new URL(request.url ?? '/', 'http://witness')
  if (pathname === '/add-checkpoint') {
    if (request.method !== 'POST') return { status: 405, type: plain, body: 'expected POST\n' }
    const body = await bodyOf(request)
    if (body === null) return { status: 413, type: plain, body: `expected at most ${maxSubmissionBytes} bytes\n` }
    return witness.add(body)
  }
  const [, encoded] = /^\/checkpoint\/([^/]+)$/.exec(pathname) ?? []
  if (encoded !== undefined && request.method === 'GET') {
    const origin = decoded(encoded)
    const note = origin === null ? null : await witness.latest(origin)
    if (note !== null) return { status: 200, type: plain, body: note.toString('utf8') }
  }
  return { status: 404, type: plain, body: 'expected POST /add-checkpoint or GET /checkpoint/<origin>\n' }
}

function decoded(encoded: string): string | null {
  try {
    const origin = decodeURIComponent(encoded)
    return isOrigin(origin) ? origin : null
  } catch (cause) {
    if (cause instanceof URIError) return null
    throw cause
  }
}

/** Null where it is too long. */
async function bodyOf(request: IncomingMessage): Promise<Buffer | null> {
  const parts: Buffer[] = []
  let length = 0
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length
    if (length > maxSubmissionBytes) return null
    parts.push(part)
  }
  return Buffer.concat(parts)
}

function send(response: ServerResponse, { status, type, body }: Answer): void {
  response.writeHead(status, { 'content-type': type, 'x-content-type-options': 'nosniff' })
  response.end(body)
}
