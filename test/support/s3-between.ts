// Stands between a client and an S3 server, passes everything on unchanged, the Host header too, which is signed, and does
// harm where a test says so: answers 503, flips a byte, cuts an answer short, or lets nothing through for a while.

import { once } from 'node:events'
import { createServer, request as requestHttp, type IncomingMessage, type ServerResponse } from 'node:http'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'

export interface Asked {
  readonly method: string
  /** Path and query. */
  readonly path: string
}

export type Harm =
  | { readonly kind: 'none' }
  | { readonly kind: 'status'; readonly status: number }
  /** The byte at this place of the answer's body is another one. */
  | { readonly kind: 'flip'; readonly at: number }
  /** The connection breaks after so many bytes of the answer's body. */
  | { readonly kind: 'cut'; readonly after: number }
  /** It is kept waiting until this resolves. */
  | { readonly kind: 'wait'; readonly for: Promise<unknown> }

export interface Between {
  readonly endpoint: string
  /** Asked for every request, from now on. */
  harm(judge: (asked: Asked) => Harm): void
  /** What was passed on or refused so far. */
  readonly asked: readonly Asked[]
  stop(): Promise<void>
}

function flipAt(place: number): Transform {
  let seen = 0
  return new Transform({
    transform(chunk: Buffer, _, done) {
      const at = place - seen
      seen += chunk.length
      const out = Buffer.from(chunk)
      if (at >= 0 && at < out.length) out.writeUInt8(out.readUInt8(at) ^ 1, at)
      done(null, out)
    },
  })
}

function cutAfter(bytes: number, answer: ServerResponse): Transform {
  let seen = 0
  return new Transform({
    transform(chunk: Buffer, _, done) {
      const room = bytes - seen
      seen += chunk.length
      if (seen < bytes) return done(null, chunk)
      answer.write(chunk.subarray(0, room), () => answer.destroy())
      done()
    },
  })
}

export async function standBetween(server: string): Promise<Between> {
  const to = new URL(server)
  const asked: Asked[] = []
  let judge: (asked: Asked) => Harm = () => ({ kind: 'none' })

  async function pass(came: IncomingMessage, answer: ServerResponse): Promise<void> {
    const what = { method: came.method ?? '', path: came.url ?? '' }
    asked.push(what)
    const harm = judge(what)
    if (harm.kind === 'wait') await harm.for
    if (harm.kind === 'status') {
      came.resume()
      await once(came, 'end')
      answer.writeHead(harm.status, { 'content-type': 'application/xml' })
      answer.end('<?xml version="1.0"?><Error><Code>SlowDown</Code></Error>')
      return
    }
    const sent = requestHttp({
      host: to.hostname,
      port: to.port,
      method: what.method,
      path: what.path,
      headers: came.headers,
      setHost: false,
    })
    const [[reply]] = (await Promise.all([once(sent, 'response'), pipeline(came, sent)])) as unknown as [
      [IncomingMessage],
    ]
    answer.writeHead(reply.statusCode ?? 502, reply.headers)
    if (harm.kind === 'flip') await pipeline(reply, flipAt(harm.at), answer)
    else if (harm.kind === 'cut') await pipeline(reply, cutAfter(harm.after, answer), answer)
    else await pipeline(reply, answer)
  }

  const between = createServer((came, answer) => {
    // Either side may break off; then so does the other.
    pass(came, answer).catch(() => answer.destroy())
  })
  between.listen(0, '127.0.0.1')
  await once(between, 'listening')
  const address = between.address()
  if (address === null || typeof address === 'string') throw new Error('no port was given')
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    harm: (by) => {
      judge = by
    },
    asked,
    async stop() {
      between.closeAllConnections()
      between.close()
      await once(between, 'close')
    },
  }
}
