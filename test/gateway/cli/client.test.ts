// The client against a small HTTPS server that answers as a gateway does, or as one must not.

import { existsSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

import { createCa, issueServer, type Issued } from '../../../certs-dev/pki.ts'
import { Gateway } from '../../../gateway/cli/client.ts'
import { Failure } from '../../../gateway/cli/failure.ts'
import { readSession, writeSession } from '../../../gateway/cli/session-file.ts'
import { parseServer } from '../../../gateway/cli/server-url.ts'
import { scratch } from './run-sallyport.ts'

type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => void

let ca: Issued
let server: Server
let url: string
let routes: Record<string, Answer>
let seen: { readonly key: string; readonly headers: IncomingMessage['headers']; readonly body: string }[]

const person = {
  id: 'per_1',
  login: 'shift-lead',
  displayName: 'Shift',
  roles: ['approver'],
  supplier: null,
  supplierName: null,
  plants: [],
}
const me = { person, reads: [], csrf: 'c1' }

function send(response: ServerResponse, status: number, value: unknown, cookies: readonly string[] = []): void {
  response.writeHead(status, { 'content-type': 'application/json', 'set-cookie': [...cookies] })
  response.end(JSON.stringify(value))
}

const cookies = (token: string): string[] => [
  `access=a-${token}; Path=/api/v1; HttpOnly; Secure; SameSite=Strict`,
  `refresh=${token}; Path=/api/v1/auth; HttpOnly; Secure; SameSite=Strict`,
]

beforeAll(async () => {
  ca = await createCa('test CA', Date.now())
  const { certificate: cert, key } = await issueServer(ca, { hostnames: ['localhost'], ips: [] }, Date.now())
  server = createServer({ cert, key }, (request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (text: string) => (body += text))
    request.on('end', () => {
      const key = `${request.method} ${request.url}`
      seen.push({ key, headers: request.headers, body })
      const answer = routes[key]
      if (answer) answer(request, response, body)
      else send(response, 404, { code: 'not-found', message: 'there is no such route' })
    })
  })
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))
  url = `https://localhost:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})
beforeEach(() => {
  seen = []
  let tokens = 0
  routes = {
    'POST /api/v1/auth/login': (_request, response) => send(response, 200, me, cookies(`r${++tokens}`)),
    'POST /api/v1/auth/refresh': (request, response) => {
      if (request.headers.cookie !== `refresh=r${tokens}`)
        return send(response, 401, { code: 'not-logged-in', message: 'log in' })
      send(response, 200, { ...me, csrf: `c${tokens}` }, cookies(`r${++tokens}`))
    },
    'GET /api/v1/auth/me': (_request, response) => send(response, 200, me),
  }
})

function open(given: { state?: string; ca?: string | null } = {}): { gateway: Gateway; state: string } {
  const state = given.state ?? join(scratch(), 'state')
  return { gateway: new Gateway({ url, ca: given.ca === undefined ? ca.certificate : given.ca, state }), state }
}

const credentials = { login: 'shift-lead', password: 'secret', totp: '123456' }

/** What the call was refused with. */
async function refusal(call: Promise<unknown>): Promise<Failure> {
  const thrown: unknown = await call.then(
    () => null,
    (error: unknown) => error,
  )
  if (!(thrown instanceof Failure)) throw new Error(`expected a Failure, got ${String(thrown)}`)
  return thrown
}

describe('a login', () => {
  it('is kept with its refresh cookie only, and taken up by the next command', async () => {
    const { gateway, state } = open()
    await gateway.login(credentials)
    gateway.close()
    expect(await readSession(state, url)).toEqual({
      url,
      ca: ca.certificate,
      login: 'shift-lead',
      refresh: { name: 'refresh', value: 'r1', path: '/api/v1/auth' },
    })
    const next = open({ state }).gateway
    await next.resume()
    await next.call('me')
    next.close()
    expect(seen.at(-1)?.headers.cookie).toBe('access=a-r2; refresh=r2')
    expect((await readSession(state, url))?.refresh?.value).toBe('r2')
  })

  it('has the new refresh token on disk before the answer to it is used', async () => {
    const { gateway, state } = open()
    await gateway.login(credentials)
    let kept: string | undefined
    routes['GET /api/v1/auth/me'] = (_request, response) => {
      void readSession(state, url).then((session) => {
        kept = session?.refresh?.value
        send(response, 200, me)
      })
    }
    await gateway.resume()
    await gateway.call('me')
    gateway.close()
    expect(kept).toBe('r2')
  })

  it('is used by one command at a time: none of several at once looks like a thief', async () => {
    const { gateway, state } = open()
    await gateway.login(credentials)
    gateway.close()
    const others = Array.from({ length: 5 }, () => open({ state }).gateway)
    await Promise.all(others.map((other) => other.resume()))
    for (const other of others) other.close()
    expect((await readSession(state, url))?.refresh?.value).toBe('r6')
  })

  it('that has ended says so, is forgotten, and keeps the address', async () => {
    const { gateway, state } = open()
    await writeSession(state, {
      url,
      ca: ca.certificate,
      login: 'shift-lead',
      refresh: { name: 'refresh', value: 'old', path: '/' },
    })
    const failure = await refusal(gateway.resume())
    gateway.close()
    expect(failure.message).toBe(`the login at \`${url}\` has ended: run \`sallyport login\``)
    expect(await readSession(state, url)).toMatchObject({ url, refresh: null })
  })

  it('that was never made says what to do', async () => {
    const { gateway } = open()
    expect((await refusal(gateway.resume())).message).toBe(`not logged in to \`${url}\`: run \`sallyport login\``)
    gateway.close()
  })

  it('is renewed once when the access cookie runs out in between', async () => {
    const { gateway } = open()
    await gateway.login(credentials)
    let refused = 0
    routes['GET /api/v1/auth/me'] = (request, response) => {
      if (request.headers.cookie?.includes('a-r2') === true) return send(response, 200, me)
      refused++
      send(response, 401, { code: 'not-logged-in', message: 'no valid login' })
    }
    expect(await gateway.call('me')).toEqual(me)
    gateway.close()
    expect(refused).toBe(1)
  })

  it('is refused without being tried again', async () => {
    routes['POST /api/v1/auth/login'] = (_request, response) =>
      send(response, 401, { code: 'login-failed', message: 'check all three' })
    const { gateway, state } = open()
    expect((await refusal(gateway.login(credentials))).details).toMatchObject({ code: 'login-failed' })
    gateway.close()
    expect(seen).toHaveLength(1)
    expect(existsSync(state)).toBe(false)
  })
})

describe('a call', () => {
  async function loggedIn(): Promise<Gateway> {
    const { gateway } = open()
    await gateway.login(credentials)
    return gateway
  }

  it('repeats the anti-forgery value where it changes something', async () => {
    const gateway = await loggedIn()
    await refusal(gateway.call('withdraw', { id: 'req_1' }))
    await gateway.call('me')
    gateway.close()
    const [, withdraw, read] = seen
    expect(withdraw).toMatchObject({
      key: 'POST /api/v1/requests/req_1/withdraw',
      headers: { 'x-sallyport-csrf': 'c1' },
    })
    expect(read?.headers).not.toHaveProperty('x-sallyport-csrf')
  })

  it('cannot leave its route by the id it is given', async () => {
    const gateway = await loggedIn()
    await refusal(gateway.call('request', { id: '../auth/me?x=#' }))
    gateway.close()
    expect(seen.at(-1)?.key).toBe('GET /api/v1/requests/..%2Fauth%2Fme%3Fx%3D%23')
  })

  it('that policy refuses shows each reason, with the rule and its controls', async () => {
    const decision = {
      kind: 'deny',
      reasons: [{ rule: 'contract-over', text: 'the contract\u001b[2J ended', controls: ['GW-1', 'GW-2'] }],
      obligations: [],
      remedies: [],
      exceptions: [],
      acceptedRisks: [],
      watched: [],
      leansOn: [],
      unavailable: [],
      bundle: 'b',
      scopeVersion: '1',
      scope: 'in',
    }
    routes['POST /api/v1/requests/req_1/withdraw'] = (_request, response) =>
      send(response, 403, { code: 'policy-denied', message: 'policy refuses this: …', decision })
    const gateway = await loggedIn()
    const failure = await refusal(gateway.call('withdraw', { id: 'req_1' }))
    gateway.close()
    expect(failure.message).toBe('policy refuses this')
    expect(failure.lines).toEqual([
      '- the contract\\u{1b}[2J ended (rule contract-over, control GW-1, GW-2)',
      '  `sallyport explain --remote` says what the rules would permit',
    ])
    expect(failure.details).toMatchObject({ code: 'policy-denied', status: 403, decision })
  })

  it('that policy refuses says what is needed once, where a reason has not said it', async () => {
    const reasons = [{ rule: 'window-too-long', text: 'at most 480 minutes: ask for 480 minutes', controls: [] }]
    const remedies = [
      { kind: 'window', text: 'ask for 480 minutes' },
      { kind: 'ticket', text: 'name a change that is open' },
    ]
    const decision = {
      kind: 'deny',
      reasons,
      obligations: [],
      remedies,
      exceptions: [],
      acceptedRisks: [],
      watched: [],
      leansOn: [],
      unavailable: [],
      bundle: 'b',
      scopeVersion: '1',
    }
    routes['POST /api/v1/requests/req_1/withdraw'] = (_request, response) =>
      send(response, 403, { code: 'policy-denied', message: '…', decision: { ...decision, scope: 'in' } })
    const gateway = await loggedIn()
    const failure = await refusal(gateway.call('withdraw', { id: 'req_1' }))
    gateway.close()
    expect(failure.lines).toEqual([
      '- at most 480 minutes: ask for 480 minutes (rule window-too-long)',
      '  needed: name a change that is open',
    ])
  })

  it('lets go of fields that a newer gateway adds', async () => {
    routes['GET /api/v1/auth/me'] = (_request, response) => send(response, 200, { ...me, more: { of: 'it' } })
    const gateway = await loggedIn()
    expect(await gateway.call('me')).toEqual(me)
    gateway.close()
  })

  it.each<[string, number, string]>([
    ['JSON of another shape', 200, '{"person":"shift-lead"}'],
    ['no JSON', 200, '<html>'],
    ['an error page of a proxy', 502, '<html>\u001b[31mBad Gateway'],
  ])('answered with %s says that this is no gateway of this version', async (_what, status, text) => {
    routes['GET /api/v1/auth/me'] = (_request, response) => void response.writeHead(status).end(text)
    const gateway = await loggedIn()
    const failure = await refusal(gateway.call('me'))
    gateway.close()
    expect(failure.message).toContain(`answered ${status} with what is no answer of this version`)
    expect(failure.message).not.toContain('\u001b')
  })

  it('that breaks off in the middle says so', async () => {
    routes['GET /api/v1/auth/me'] = (_request, response) => {
      response.writeHead(200, { 'content-length': 1000 })
      response.write('{"person":')
      response.socket?.destroy()
    }
    const gateway = await loggedIn()
    expect((await refusal(gateway.call('me'))).message).toMatch(/broke off|was cut/)
    gateway.close()
  })

  it('reads a list page by page up to the limit, and does not go round for ever', async () => {
    const session = { items: [{}], next: 'more' }
    const grant = {
      id: 'gra_1',
      request: 'req_1',
      person: { id: 'p', login: 'l', displayName: 'd', supplier: null, supplierName: null },
      asset: 'a',
      assetName: 'A',
      protocol: 'ssh',
      operationClass: 'operate',
      window: { from: 1, until: 2 },
      state: 'active',
      reason: null,
      schedule: { kind: 'whole' },
      scheduleText: 'the whole window',
      timeZone: 'UTC',
      usable: null,
      tier: 'normal',
      escort: false,
      conditions: '',
      hints: [],
      connect: null,
      transfer: null,
    }
    routes['GET /api/v1/grants?limit=5'] = (_request, response) =>
      send(response, 200, { ...session, items: [grant, grant, grant] })
    routes['GET /api/v1/grants?limit=2&cursor=more'] = (_request, response) =>
      send(response, 200, { items: [grant, grant], next: 'again' })
    const gateway = await loggedIn()
    expect(await gateway.list('grants', {}, 5)).toHaveLength(5)
    routes['GET /api/v1/grants?limit=9'] = (_request, response) => send(response, 200, { items: [], next: 'again' })
    expect(await gateway.list('grants', {}, 9)).toEqual([])
    gateway.close()
  })

  it('follows the address of a cast only inside the API of its own gateway', async () => {
    const gateway = await loggedIn()
    for (const address of [
      'https://evil.example/api/v1/x',
      '//evil.example/api/v1/x',
      '/elsewhere',
      'file:///etc/passwd',
      '/api/v1/../x',
    ]) {
      expect((await refusal(gateway.cast(address))).details).toMatchObject({ code: 'not-understood' })
    }
    gateway.close()
    expect(seen).toHaveLength(1)
  })
})

describe('the certificate of the gateway', () => {
  it('must be of the CA that was given', async () => {
    const other = await createCa('another CA', Date.now())
    const { gateway } = open({ ca: other.certificate })
    expect((await refusal(gateway.login(credentials))).message).toMatch(/certificate is not .* --ca/)
    gateway.close()
    expect(seen).toEqual([])
  })

  it('must be of a CA that this machine trusts where none was given', async () => {
    const { gateway } = open({ ca: null })
    expect((await refusal(gateway.login(credentials))).message).toContain(
      'give the gateway\u2019s CA certificate with --ca FILE',
    )
    gateway.close()
  })

  it('must be for the name that was asked for', async () => {
    const gateway = new Gateway({ url: url.replace('localhost', '127.0.0.1'), ca: ca.certificate, state: scratch() })
    const { message } = await refusal(gateway.login(credentials))
    gateway.close()
    // The server may listen on ::1 alone, where localhost is that.
    expect(message).toMatch(/its certificate is for DNS:localhost, not for `127\.0\.0\.1`|nothing listens there/)
  })

  it('is nothing to compare with when the CA file holds none', () => {
    expect(() => open({ ca: 'not PEM' })).toThrow('CA file: expected a PEM certificate')
  })
})

describe('the address of a gateway', () => {
  it.each([
    ['https://Gateway.Example:8443/', 'https://gateway.example:8443'],
    ['https://gateway.example:443', 'https://gateway.example'],
    ['https://[::1]:8443', 'https://[::1]:8443'],
  ])('%s is %s', (given, value) => {
    expect(parseServer(given)).toEqual({ kind: 'ok', value })
  })

  it.each([
    'gateway',
    'http://gateway',
    'https://',
    'https://a:b@gateway',
    'https://gateway/x',
    'https://gateway?x',
    'ssh://gateway',
  ])('%s is none', (given) => {
    expect(parseServer(given).kind).toBe('malformed')
  })

  it('where nothing listens says so', async () => {
    const gateway = new Gateway({ url: 'https://localhost:1', ca: ca.certificate, state: scratch() })
    expect((await refusal(gateway.login(credentials))).message).toContain('nothing listens there')
    gateway.close()
  })
})
