import { createServer, type AddressInfo, type Server } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { dialTcp, isDialable } from '../../../gateway/brokers/tcp-dial.ts'

describe('what a name server says of an asset', () => {
  it.each([
    ['127.0.0.1', false],
    ['127.8.8.8', false],
    ['::1', false],
    ['::', false],
    ['0.0.0.0', false],
    ['169.254.169.254', false],
    ['fe80::1', false],
    ['::ffff:127.0.0.1', false],
    ['::ffff:169.254.169.254', false],
    ['224.0.0.1', false],
    ['255.255.255.255', false],
    ['ff02::1', false],
    ['no address', false],
    ['10.20.1.11', true],
    ['192.0.2.7', true],
    ['2001:db8::7', true],
    ['fd00::7', true],
  ])('%s may be dialled: %s', (address, may) => {
    expect(isDialable(address)).toBe(may)
  })
})

describe('dialling a port of an asset', () => {
  let server: Server
  const port = (): number => (server.address() as AddressInfo).port
  const never = new AbortController().signal

  beforeAll(async () => {
    server = createServer((socket) => socket.on('error', () => socket.destroy()).end('hello'))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  })
  afterAll(() => new Promise((resolve) => server.close(resolve)))

  it('gives both ends of the connection, as the kernel knows them', async () => {
    const dialled = await dialTcp('127.0.0.1', port(), 5_000, never)
    if (dialled.kind !== 'connected') throw new Error(dialled.text)
    expect(dialled.leg.remote).toEqual({ address: '127.0.0.1', port: port() })
    expect(dialled.leg.local.port).toBeGreaterThan(0)
    dialled.socket.destroy()
  })

  it('dials nothing for a name that means this machine', async () => {
    expect(await dialTcp('localhost', port(), 5_000, never)).toEqual({
      kind: 'failed',
      text: 'the name of the asset leads to an address that is no target: tell the plant',
    })
  })

  it('dials nothing any more once the session is over', async () => {
    const dialled = await dialTcp('127.0.0.1', port(), 5_000, AbortSignal.abort())
    expect(dialled).toEqual({ kind: 'failed', text: 'the connection was closed while dialling' })
  })
})
