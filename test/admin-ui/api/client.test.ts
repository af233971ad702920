import { describe, expect, it } from 'vitest'

import { createClient, type ClientParts } from '../../../admin-ui/src/api/client.ts'
import { ApiProblem } from '../../../admin-ui/src/api/problem.ts'
import { openGateway } from './gateway-double.ts'

function open(parts: Partial<ClientParts> = {}) {
  const gateway = openGateway()
  const signedOut: string[] = []
  const client = createClient({
    fetch: gateway.fetch,
    exclusively: (work) => work(),
    onSignedOut: () => signedOut.push('out'),
    ...parts,
  })
  return { gateway, signedOut, client }
}

const problemOf = async (work: Promise<unknown>): Promise<ApiProblem> => {
  const thrown: unknown = await work.then(
    () => null,
    (problem: unknown) => problem,
  )
  if (!(thrown instanceof ApiProblem)) throw new Error(`expected an ApiProblem, got ${String(thrown)}`)
  return thrown
}

describe('a change', () => {
  it('repeats the anti-forgery value of the login', async () => {
    const { gateway, client } = open()
    await client.call('me', {})
    await client.call('withdraw', { params: { id: 'req_1' } })
    expect(gateway.calls).toEqual(['GET /auth/me', 'POST /requests/req_1/withdraw'])
  })

  it('learns the new value when another tab has renewed the login, and is sent once more', async () => {
    const { gateway, client } = open()
    await client.call('me', {})
    gateway.renewElsewhere()
    await client.call('withdraw', { params: { id: 'req_1' } })
    expect(gateway.calls.slice(1)).toEqual([
      'POST /requests/req_1/withdraw',
      'GET /auth/me',
      'POST /requests/req_1/withdraw',
    ])
  })
})

describe('a login that has run out', () => {
  it('is renewed once for all calls that meet it, and each call is repeated', async () => {
    const { gateway, signedOut, client } = open()
    gateway.expire()
    await Promise.all([client.call('assets', {}), client.call('requests', {}), client.call('grants', {})])
    expect(gateway.calls.filter((call) => call === 'POST /auth/refresh')).toHaveLength(1)
    expect(gateway.calls.filter((call) => call === 'GET /assets')).toHaveLength(2)
    expect(signedOut).toEqual([])
  })

  it('is renewed inside the lock between tabs', async () => {
    const order: string[] = []
    const { gateway, client } = open({
      exclusively: async (work) => {
        order.push(`lock after ${gateway.calls.length}`)
        return work()
      },
    })
    gateway.expire()
    await client.call('assets', {})
    expect(order).toEqual(['lock after 1'])
  })

  it('that cannot be renewed is reported, and the call fails with the gateway’s words', async () => {
    const { gateway, signedOut, client } = open()
    await client.call('me', {})
    gateway.end()
    const problem = await problemOf(client.call('assets', {}))
    expect(problem).toMatchObject({ status: 401, code: 'not-logged-in' })
    expect(signedOut).toEqual(['out'])
  })

  it('is not what somebody hears who was never logged in', async () => {
    const { gateway, signedOut, client } = open()
    gateway.end()
    expect(await problemOf(client.call('me', {}))).toMatchObject({ status: 401 })
    expect(signedOut).toEqual([])
  })

  it('is renewed again the next time', async () => {
    const { gateway, client } = open()
    gateway.expire()
    await client.call('assets', {})
    gateway.expire()
    await client.call('assets', {})
    expect(gateway.calls.filter((call) => call === 'POST /auth/refresh')).toHaveLength(2)
  })
})

describe('a failure', () => {
  it('carries the decision of a policy that refused', async () => {
    const { gateway, client } = open()
    const decision = {
      kind: 'deny',
      reasons: [{ rule: 'out-of-scope', text: 'the asset is out of scope', controls: ['GW-SCP-01'] }],
      obligations: [],
      bundle: 'b',
      scopeVersion: '1',
      scope: 'out',
    }
    gateway.answer('/requests', () =>
      Response.json({ code: 'policy-denied', message: 'policy refuses this', decision }, { status: 403 }),
    )
    const problem = await problemOf(client.call('requests', {}))
    expect(problem.decision).toEqual(decision)
  })

  it('without the gateway’s words gets some of its own', async () => {
    const { gateway, client } = open()
    gateway.answer('/assets', () => new Response('<html>bad gateway</html>', { status: 502 }))
    expect(await problemOf(client.call('assets', {}))).toMatchObject({ status: 502, code: 'unexpected-answer' })
  })

  it('to reach the gateway says so', async () => {
    const { client } = open({ fetch: () => Promise.reject(new TypeError('fetch failed')) })
    expect(await problemOf(client.call('assets', {}))).toMatchObject({ status: 0, code: 'unreachable' })
  })

  it('in the middle of an answer counts as not reaching it', async () => {
    const { gateway, client } = open()
    gateway.answer('/assets', () => new Response('{"items":[', { status: 200 }))
    expect(await problemOf(client.call('assets', {}))).toMatchObject({ code: 'unreachable' })
  })

  it('because somebody left the page is not dressed up', async () => {
    const leaving = new AbortController()
    const { client } = open({
      fetch: (_, init) => {
        leaving.abort()
        return Promise.reject(init.signal?.reason as Error)
      },
    })
    await expect(client.call('assets', { signal: leaving.signal })).rejects.toMatchObject({ name: 'AbortError' })
  })
})
