// A real HTTP server on a free port of this machine that keeps what it is sent and answers as the test says.

import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface ReceivedCall {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export interface Reply {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

export interface HttpReceiver {
  readonly url: string
  readonly port: number
  readonly received: readonly ReceivedCall[]
  stop(): Promise<void>
}

/** @param answer what it says to a call; `hang` says nothing, ever. */
export async function startReceiver(
  answer: (call: ReceivedCall, count: number) => Reply | 'hang',
  port = 0,
): Promise<HttpReceiver> {
  const received: ReceivedCall[] = []
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      const { method = '', url = '', headers } = request
      const call = { method, path: url, headers, body: Buffer.concat(parts).toString('utf8') }
      const reply = answer(call, received.length)
      received.push(call)
      if (reply === 'hang') return
      response.writeHead(reply.status, reply.headers)
      response.end(reply.body ?? '')
    })
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const { port: taken } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${taken}`,
    port: taken,
    received,
    async stop() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
