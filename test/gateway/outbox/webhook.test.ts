import { createHmac, randomBytes } from 'node:crypto'
import { afterEach, describe, expect, it } from 'vitest'
import type { Outgoing } from '../../../gateway/outbox/channel.ts'
import { openWebhook, parseWebhookKeys, signWebhook } from '../../../gateway/outbox/webhook.ts'
import { Secret } from '../../../gateway/secret.ts'
import { startReceiver, type HttpReceiver, type ReceivedCall } from '../../support/http-receiver.ts'
import { handClock } from '../../support/memory-store.ts'

const key = randomBytes(32)
const still = new AbortController().signal
const running: HttpReceiver[] = []
afterEach(async () => {
  for (const receiver of running.splice(0)) await receiver.stop()
})

async function receiverWith(answer: Parameters<typeof startReceiver>[0]): Promise<HttpReceiver> {
  const receiver = await startReceiver(answer)
  running.push(receiver)
  return receiver
}

const event: Outgoing = {
  id: 'msg_00000000000000000000000001',
  type: 'request.submitted',
  at: Date.UTC(2026, 5, 1, 8),
  mail: null,
  facts: { request: 'req_1', requester: { id: 'per_1', name: 'Zoë' } },
}

function channelTo(url: string, keys: readonly Uint8Array[] = [key], events: readonly string[] = []) {
  const settings = { name: 'siem', url, keys: keys.map((each) => new Secret(each)), events }
  return openWebhook(settings, { clock: handClock(), ca: null })
}

/** As a receiver checks it: over the bytes as they came, against any of the signatures shown. */
function isSigned({ headers, body }: ReceivedCall, by: Uint8Array): boolean {
  const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`
  const expected = `v1,${createHmac('sha256', by).update(signed).digest('base64')}`
  return String(headers['webhook-signature']).split(' ').includes(expected)
}

describe('a webhook', () => {
  it('signs as the specification\u2019s own example does', () => {
    const keys = parseWebhookKeys('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw') ?? []
    const message = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', at: 1_614_265_330_000, body: '{"test": 2432232314}' }
    expect(
      signWebhook(
        keys.map((each) => new Secret(each)),
        message,
      ),
    ).toEqual({
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    })
  })

  it('brings type, time and data, signed for who has the secret and nobody else', async () => {
    const receiver = await receiverWith(() => ({ status: 204 }))
    expect(await channelTo(`${receiver.url}/hook`).send(event, still)).toEqual({ kind: 'delivered' })
    const [call] = receiver.received
    if (call === undefined) throw new Error('nothing came')
    expect(call).toMatchObject({ method: 'POST', path: '/hook' })
    expect(call.headers['content-type']).toBe('application/json')
    expect(call.headers['webhook-id']).toBe(event.id)
    expect(JSON.parse(call.body)).toEqual({
      type: 'request.submitted',
      timestamp: '2026-06-01T08:00:00.000Z',
      data: event.facts,
    })
    expect(isSigned(call, key)).toBe(true)
    expect(isSigned(call, randomBytes(32))).toBe(false)
    expect(isSigned({ ...call, body: `${call.body} ` }, key)).toBe(false)
  })

  it('signs with the old and the new secret while one replaces the other', async () => {
    const receiver = await receiverWith(() => ({ status: 200 }))
    const next = randomBytes(24)
    await channelTo(receiver.url, [key, next]).send(event, still)
    const [call] = receiver.received
    expect(call && isSigned(call, key) && isSigned(call, next)).toBe(true)
  })

  it('follows no redirect', async () => {
    const elsewhere = await receiverWith(() => ({ status: 200 }))
    const receiver = await receiverWith(() => ({ status: 307, headers: { location: elsewhere.url } }))
    expect(await channelTo(receiver.url).send(event, still)).toMatchObject({ kind: 'failed', scope: 'destination' })
    expect(elsewhere.received).toEqual([])
  })

  it.each([
    [410, { kind: 'refused' }],
    [400, { kind: 'failed', scope: 'message' }],
    [429, { kind: 'failed', scope: 'destination' }],
    [503, { kind: 'failed', scope: 'destination' }],
  ])('takes status %i as %j', async (status, expected) => {
    const receiver = await receiverWith(() => ({ status, body: 'why' }))
    expect(await channelTo(receiver.url).send(event, still)).toMatchObject(expected)
  })

  it('reads no more than a little of an answer', async () => {
    const receiver = await receiverWith(() => ({ status: 200, body: 'x'.repeat(5_000_000) }))
    expect(await channelTo(receiver.url).send(event, still)).toEqual({ kind: 'delivered' })
  })

  it('lets go of a receiver that does not answer when the gateway stops', async () => {
    const receiver = await receiverWith(() => 'hang')
    const stopping = new AbortController()
    const sending = channelTo(receiver.url).send(event, stopping.signal)
    stopping.abort()
    expect(await sending).toMatchObject({ kind: 'failed', problem: 'the gateway stops' })
  })

  it('says that nobody is there', async () => {
    const receiver = await startReceiver(() => ({ status: 200 }))
    await receiver.stop()
    expect(await channelTo(receiver.url).send(event, still)).toMatchObject({
      kind: 'failed',
      scope: 'destination',
      problem: 'ECONNREFUSED',
    })
  })

  it('hears of what it asked for, or of everything', () => {
    const some = channelTo('https://siem.example', [key], ['request.denied'])
    expect([some.wants('request.denied'), some.wants('request.approved')]).toEqual([true, false])
    expect(channelTo('https://siem.example').wants('request.approved')).toBe(true)
  })
})

describe('the file of a webhook\u2019s secrets', () => {
  const fresh = (bytes: number): string => `whsec_${randomBytes(bytes).toString('base64')}`

  it('holds one secret a line, four at most', () => {
    expect(parseWebhookKeys(`${fresh(24)}\n${fresh(64)}\n`)?.map(({ length }) => length)).toEqual([24, 64])
    expect(parseWebhookKeys(Array.from({ length: 5 }, () => fresh(32)).join('\n'))).toBeNull()
  })

  it.each(['', '\n', 'secret', fresh(23), fresh(65), `${fresh(32)}\nx`, fresh(32).replace('whsec_', '')])(
    'refuses %j',
    (text) => expect(parseWebhookKeys(text)).toBeNull(),
  )
})
