// A client that has logged in and answers no more: a suspended machine, a network that is gone. Nobody waits for it.

import { createServer, type AddressInfo, type Server } from 'node:net'
import { afterEach, beforeEach, expect, it } from 'vitest'

import { generateOpensshKey } from '../../../../certs-dev/openssh-key.ts'
import type { ConnectionDeps } from '../../../../gateway/brokers/ssh/connection.ts'
import { standBefore } from '../../../../gateway/brokers/ssh/message-handlers.ts'
import { openSshService } from '../../../../gateway/brokers/ssh/ssh-service.ts'
import { openLog } from '../../../../gateway/log.ts'
import { eventually } from '../../../support/eventually.ts'
import { enter } from '../../../support/library-client.ts'
import { arrivalAt, type TestArrival } from '../../../support/test-arrival.ts'

let server: Server
let arrival: TestArrival

beforeEach(async () => {
  arrival = arrivalAt('192.0.2.7')
  const person = { id: 'per_1', login: 'vendor' }
  const take = openSshService(
    {
      hostKeys: [generateOpensshKey('gateway').private],
      banner: '',
      loginGraceMs: 60_000,
      keepalive: { everyMs: 50, most: 3 },
    },
    {
      context: {},
      authenticator: {
        password: async () => ({ kind: 'good', proof: {} }),
        totp: async () => ({ person, mfa: ['totp'] }),
        wrongMethod: async () => undefined,
        abandoned: async () => undefined,
      },
      dial: { readyTimeoutMs: 5_000, keepaliveMs: 5_000 },
      log: openLog('silent'),
      maxChannels: 10,
    } as unknown as ConnectionDeps,
  )
  server = createServer((socket) => void take(socket, arrival))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterEach(() => new Promise((resolve) => server.close(resolve)))

async function loggedIn() {
  const { port } = server.address() as AddressInfo
  const entry = await enter({ port, username: 'vendor%ews-1', password: 'any', code: '123456' })
  if (entry.kind === 'refused') throw new Error(entry.text)
  await eventually('the gateway has let it in', () => arrival.entries === 1)
  return entry.client
}

it('is let go, and is not waited for', async () => {
  const client = await loggedIn()
  const { _sock: socket } = client as unknown as { _sock: { pause(): void; destroy(): void } }
  socket.pause()
  await eventually('its connection is closed', () => arrival.lefts === 1)
  expect(arrival.away).toEqual([])
  socket.destroy()
})

it('stays as long as it answers, if it says nothing else', async () => {
  const client = await loggedIn()
  let asked = 0
  standBefore(client, 'GLOBAL_REQUEST', (original) => (...args) => {
    asked++
    original(...args)
  })
  await eventually('it was asked more often than it may be silent', () => asked > 6)
  expect(arrival.lefts).toBe(0)
  client.end()
  await eventually('it has left', () => arrival.lefts === 1)
})
