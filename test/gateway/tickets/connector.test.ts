import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { isTicketReference, openTicketConnector, parseTicket } from '../../../gateway/tickets/connector.ts'
import { Secret } from '../../../gateway/secret.ts'
import { startReceiver, type HttpReceiver, type Reply } from '../../support/http-receiver.ts'

const running: HttpReceiver[] = []
afterEach(async () => {
  for (const receiver of running.splice(0)) await receiver.stop()
})

async function systemThat(answers: () => Reply | 'hang', timeoutMs = 5_000) {
  const system = await startReceiver(answers)
  running.push(system)
  const token = new Secret('token-of-the-test')
  return { system, connector: openTicketConnector({ url: `${system.url}/api/`, token, timeoutMs, ca: null }) }
}

const json = (document: unknown): Reply => ({ status: 200, body: JSON.stringify(document) })

describe('the change system', () => {
  it('is asked for one ticket, with the token, and what it says is kept as it came', async () => {
    const body = '{"state":"open","title":"Exchange drive 3","assets":["ews-1"], "window": null}'
    const { system, connector } = await systemThat(() => ({ status: 200, body }))
    expect(await connector.look('CHG-4711')).toEqual({
      state: 'open',
      title: 'Exchange drive 3',
      assets: ['ews-1'],
      window: null,
      snapshot: createHash('sha256').update(body).digest('hex'),
      problem: '',
    })
    expect(system.received).toHaveLength(1)
    expect(system.received[0]).toMatchObject({ method: 'GET', path: '/api/tickets/CHG-4711' })
    expect(system.received[0]?.headers.authorization).toBe('Bearer token-of-the-test')
  })

  it('says that a ticket is closed, and when it is to be done', async () => {
    const window = { from: '2026-06-01T08:00:00Z', until: '2026-06-01T10:00:00+00:00' }
    const { connector } = await systemThat(() => json({ state: 'closed', window }))
    expect(await connector.look('4711')).toMatchObject({
      state: 'closed',
      window: { from: Date.UTC(2026, 5, 1, 8), until: Date.UTC(2026, 5, 1, 10) },
    })
  })

  it('does not know a ticket', async () => {
    const { connector } = await systemThat(() => ({ status: 404 }))
    expect(await connector.look('CHG-1')).toMatchObject({ state: 'unknown', title: '', assets: null })
  })

  it.each([
    ['an error', { status: 500 }],
    ['a wrong token', { status: 401 }],
    ['a page instead of JSON', { status: 200, body: '<html>' }],
    ['a state of its own', json({ state: 'in review' })],
    ['no object', json([1])],
    ['a window that runs backwards', json({ state: 'open', window: { from: '2026-06-02', until: '2026-06-01' } })],
    ['assets that are no names', json({ state: 'open', assets: [1] })],
    ['an answer without end', { status: 200, body: `{"state":"open","title":"${'x'.repeat(70_000)}"}` }],
  ] satisfies [string, Reply][])('counts as unreachable with %s', async (_, reply) => {
    const { connector } = await systemThat(() => reply)
    expect(await connector.look('CHG-1')).toMatchObject({ state: 'unreachable', problem: expect.stringMatching(/\S/) })
  })

  it('counts as unreachable when it is not there, or does not answer in time', async () => {
    const { connector } = await systemThat(() => 'hang', 50)
    expect(await connector.look('CHG-1')).toMatchObject({ state: 'unreachable', snapshot: null })
    const { connector: gone, system } = await systemThat(() => 'hang')
    await system.stop()
    running.pop()
    expect(await gone.look('CHG-1')).toMatchObject({ state: 'unreachable', problem: 'ECONNREFUSED' })
  })

  it('does not send the token where a redirect points', async () => {
    const { system: elsewhere } = await systemThat(() => json({ state: 'open' }))
    const { connector } = await systemThat(() => ({ status: 302, headers: { location: elsewhere.url } }))
    expect(await connector.look('CHG-1')).toMatchObject({ state: 'unreachable', problem: 'status 302' })
    expect(elsewhere.received).toEqual([])
  })

  it.each([
    '',
    '..',
    '../admin',
    'a/b',
    'a\\b',
    'a?b',
    'a b',
    'a%2fb',
    '.a',
    'a.',
    'a..b',
    '//host',
    'a\nb',
    'ü'.repeat(2),
  ])('is not asked about %j', async (reference) => {
    const { system, connector } = await systemThat(() => json({ state: 'open' }))
    expect(await connector.look(reference)).toMatchObject({ state: 'unknown', snapshot: null })
    expect(system.received).toEqual([])
  })

  it('is only ever asked below its own address, whatever is typed', () => {
    const unit = fc.constantFrom('.', '/', '\\', '?', '#', '%', '2', 'f', ':', '@', '-', 'A', ' ', '\n')
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 12 }), (reference) => {
        fc.pre(isTicketReference(reference))
        const url = new URL(`https://change.example/api/tickets/${encodeURIComponent(reference)}`)
        expect([url.origin, url.search, url.hash]).toEqual(['https://change.example', '', ''])
        expect(url.pathname.split('/')).toHaveLength(4)
        expect(decodeURIComponent(url.pathname)).toBe(`/api/tickets/${reference}`)
      }),
    )
  })
})

describe('an answer of the change system', () => {
  it('is taken or refused, and never thrown on', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), (body) => {
        const parsed = parseTicket(body)
        if (!('problem' in parsed)) expect(['open', 'closed']).toContain(parsed.state)
      }),
    )
  })
})
