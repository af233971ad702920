import { once } from 'node:events'
import { createServer as createHttp } from 'node:http'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { openProbe, type LookedAt } from '../../../gateway/dependencies/probe.ts'

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

async function listen<T extends Server>(server: T): Promise<number> {
  servers.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

const never = new AbortController().signal
const probe = openProbe({
  targetAt: (host) => (host === 'plc-7.example' || host === '127.0.0.9' ? 'plc-7' : null),
  ca: null,
})
const times = { everySeconds: 60, timeoutSeconds: 2 }
const connectTo = (host: string, port: number): LookedAt => ({ kind: 'connect', host, port, ...times })
const get = (url: string): LookedAt => ({ kind: 'get', url, ...times })

describe('a look at a dependency', () => {
  it('opens a connection and closes it, and sends nothing', async () => {
    const heard: string[] = []
    const { promise: closed, resolve } = Promise.withResolvers<void>()
    const port = await listen(
      createServer((socket) => {
        socket.on('data', (bytes) => heard.push(bytes.toString()))
        socket.on('error', () => undefined)
        socket.on('close', () => resolve())
      }),
    )
    expect(await probe(connectTo('127.0.0.1', port), never)).toEqual({ kind: 'good' })
    await closed
    expect(heard).toEqual([])
  })

  it('says why nobody is there', async () => {
    const server = createServer()
    const port = await listen(server)
    server.close()
    await once(server, 'close')
    expect(await probe(connectTo('127.0.0.1', port), never)).toEqual({
      kind: 'failed',
      problem: 'cannot be connected to (ECONNREFUSED)',
    })
  })

  it('asks without credentials, takes 200 to 299 for good, and follows no redirect', async () => {
    const asked: string[] = []
    const port = await listen(
      createHttp((request, answer) => {
        asked.push(`${request.method} ${request.url} ${request.headers.authorization ?? 'nobody'}`)
        if (request.url === '/elsewhere') answer.writeHead(302, { location: '/health' })
        else answer.writeHead(request.url === '/health' ? 204 : 503)
        answer.end()
      }),
    )
    expect(await probe(get(`http://127.0.0.1:${port}/health`), never)).toEqual({ kind: 'good' })
    expect(await probe(get(`http://127.0.0.1:${port}/elsewhere`), never)).toMatchObject({
      problem: 'answers with status 302',
    })
    expect(await probe(get(`http://127.0.0.1:${port}/down`), never)).toMatchObject({
      problem: 'answers with status 503',
    })
    expect(asked).toEqual(['GET /health nobody', 'GET /elsewhere nobody', 'GET /down nobody'])
  })

  it('goes to no target of process control, by its name or by its address', async () => {
    const problem = expect.stringContaining('plc-7') as string
    expect(await probe(connectTo('plc-7.example', 443), never)).toEqual({ kind: 'failed', problem })
    expect(await probe(get('http://127.0.0.9:8080/'), never)).toEqual({ kind: 'failed', problem })
    // Other ways to write the same address, and the same name.
    for (const way of [
      'http://0x7f000009/',
      'http://[::ffff:127.0.0.9]/',
      'http://[::ffff:7f00:9]/',
      'http://PLC-7.example./',
    ])
      expect(await probe(get(way), never)).toEqual({ kind: 'failed', problem })
    expect(await probe(connectTo('::ffff:127.0.0.9', 443), never)).toEqual({ kind: 'failed', problem })
  })

  it.each(['169.254.169.254', '0.0.0.0', '224.0.0.1', 'fe80::1', '::', 'ff02::1'])(
    'goes to no address of the link or of a group: %s',
    async (address) => {
      expect(await probe(connectTo(address, 80), never)).toMatchObject({
        problem: expect.stringContaining('no service'),
      })
    },
  )

  it('goes to the very address a name was resolved to', async () => {
    const hosts: (string | undefined)[] = []
    const port = await listen(
      createHttp((request, answer) => {
        hosts.push(request.headers.host)
        answer.end()
      }),
    )
    expect(await probe(get(`http://localhost:${port}/`), never)).toEqual({ kind: 'good' })
    expect(hosts).toEqual([`localhost:${port}`])
  })

  it('ends when its time is over, or when the gateway stops', async () => {
    const port = await listen(createHttp(() => undefined))
    const late: LookedAt = { kind: 'get', url: `http://127.0.0.1:${port}/`, everySeconds: 60, timeoutSeconds: 1 }
    expect(await probe(late, never)).toMatchObject({ problem: expect.stringContaining('no answer within 1 s') })
    expect(await probe({ ...late, timeoutSeconds: 30 }, AbortSignal.abort())).toMatchObject({ kind: 'failed' })
  })
})
