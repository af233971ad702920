import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import type { Outgoing } from '../../../gateway/outbox/channel.ts'
import { checkRelay, openMail, type SmtpSettings } from '../../../gateway/outbox/mail.ts'
import { Secret } from '../../../gateway/secret.ts'
import { startRelay, type MailRelay, type RelayWish } from '../../support/mail-relay.ts'
import { eventually } from '../../support/eventually.ts'

const password = 'relay-password-of-the-test'
const base = 'https://gateway.example'
const running: MailRelay[] = []
afterEach(async () => {
  for (const relay of running.splice(0)) await relay.stop()
})

async function relayWith(wish: RelayWish = {}): Promise<MailRelay> {
  const relay = await startRelay(wish)
  running.push(relay)
  return relay
}

const settingsFor = (relay: MailRelay, over: Partial<SmtpSettings> = {}): SmtpSettings => ({
  host: 'localhost',
  port: relay.port,
  security: 'starttls',
  login: null,
  from: 'sallyport@plant.example',
  ca: [relay.ca],
  ...over,
})

const mailTo = (to: string, over: Partial<NonNullable<Outgoing['mail']>['letter']> = {}): Outgoing => ({
  id: 'msg_00000000000000000000000001',
  type: 'request.submitted',
  at: 0,
  facts: {},
  mail: { to, letter: { subject: 'approve or deny', lines: ['Somebody asks.'], open: '/approvals', ...over } },
})

const still = new AbortController().signal
const channelTo = (settings: SmtpSettings) => openMail(settings, 'gateway.example', () => base)

describe('mail through a relay', () => {
  it('arrives over STARTTLS, with a stable id, a subject that says what to do, and a link', async () => {
    const relay = await relayWith()
    const channel = channelTo(settingsFor(relay))
    expect(await channel.send(mailTo('lead@plant.example'), still)).toEqual({ kind: 'delivered' })
    const [mail] = relay.received
    expect(mail).toMatchObject({
      from: 'sallyport@plant.example',
      to: ['lead@plant.example'],
      secure: true,
      subject: 'Sallyport: approve or deny',
    })
    expect(mail?.text).toContain(`${base}/approvals\n`)
    expect(mail?.headers).toContainEqual(['message-id', '<msg_00000000000000000000000001@gateway.example>'])
    expect(mail?.headers).toContainEqual(['auto-submitted', 'auto-generated'])
    expect(mail?.headers.find(([name]) => name === 'content-type')?.[1]).toContain('text/plain')
  })

  it('logs in, also over TLS from the first byte', async () => {
    const login = { user: 'gateway', password }
    const relay = await relayWith({ secure: true, login })
    const secret = { user: 'gateway', password: new Secret(password) }
    const channel = channelTo(settingsFor(relay, { security: 'tls', login: secret }))
    expect(await channel.send(mailTo('a@b'), still)).toEqual({ kind: 'delivered' })
  })

  it('does not show a wrong password in what it says, and waits for the relay as a whole', async () => {
    const relay = await relayWith({ login: { user: 'gateway', password: 'another' } })
    const channel = channelTo(settingsFor(relay, { login: { user: 'gateway', password: new Secret(password) } }))
    const outcome = await channel.send(mailTo('a@b'), still)
    expect(outcome).toMatchObject({ kind: 'failed', scope: 'destination' })
    expect(JSON.stringify(outcome)).not.toContain(password)
    expect(relay.received).toEqual([])
  })

  it('sends no password to a relay that offers no login', async () => {
    const relay = await relayWith()
    const channel = channelTo(settingsFor(relay, { login: { user: 'gateway', password: new Secret(password) } }))
    expect(await channel.send(mailTo('a@b'), still)).toMatchObject({ kind: 'failed', scope: 'destination' })
    expect(relay.received).toEqual([])
  })

  it('trusts no certificate of a CA it was not told of, nor one for another name', async () => {
    const relay = await relayWith()
    const stranger = await relayWith()
    const misnamed = await relayWith({ hostnames: ['other.example'] })
    for (const settings of [
      settingsFor(relay, { ca: [stranger.ca] }),
      settingsFor(relay, { ca: null }),
      settingsFor(misnamed),
    ])
      expect(await channelTo(settings).send(mailTo('a@b'), still)).toMatchObject({
        kind: 'failed',
        scope: 'destination',
      })
    expect([...relay.received, ...misnamed.received]).toEqual([])
  })

  it('sends nothing in clear when STARTTLS is not offered', async () => {
    const relay = await relayWith({ options: { disabledCommands: ['STARTTLS', 'AUTH'] } })
    const channel = channelTo(settingsFor(relay))
    expect(await channel.send(mailTo('a@b'), still)).toMatchObject({ kind: 'failed', scope: 'destination' })
    expect(relay.received).toEqual([])
  })

  it('gives up a reader whom the relay refuses for good, and says so without the address', async () => {
    const relay = await relayWith({
      options: {
        onRcptTo: ({ address }, _session, done) =>
          done(Object.assign(new Error(`no such user ${address}`), { responseCode: 550 })),
      },
    })
    const outcome = await channelTo(settingsFor(relay)).send(mailTo('gone@plant.example'), still)
    expect(outcome.kind).toBe('refused')
    expect(JSON.stringify(outcome)).not.toContain('gone@')
  })

  it('gives up a message that is refused for good, and tries again what is refused for now', async () => {
    const relay = await relayWith({ onData: () => 'refuse' })
    expect((await channelTo(settingsFor(relay)).send(mailTo('a@b'), still)).kind).toBe('refused')
    const busy = await relayWith({
      options: {
        onMailFrom: (_address, _session, done) => done(Object.assign(new Error('later'), { responseCode: 451 })),
      },
    })
    expect((await channelTo(settingsFor(busy)).send(mailTo('a@b'), still)).kind).toBe('failed')
  })

  it('takes a sender that is refused for a fault of ours, not of the message', async () => {
    const relay = await relayWith({
      options: {
        onMailFrom: (_address, _session, done) => done(Object.assign(new Error('not you'), { responseCode: 553 })),
      },
    })
    expect(await channelTo(settingsFor(relay)).send(mailTo('a@b'), still)).toMatchObject({
      kind: 'failed',
      scope: 'destination',
    })
  })

  it('survives a relay that dies in the middle of a message, and one that is not there', async () => {
    const relay = await relayWith({ onData: () => 'die' })
    expect((await channelTo(settingsFor(relay)).send(mailTo('a@b'), still)).kind).toBe('failed')
    await relay.stop()
    running.splice(0)
    expect(await channelTo(settingsFor(relay)).send(mailTo('a@b'), still)).toMatchObject({
      kind: 'failed',
      scope: 'destination',
    })
  })

  it('lets go of a relay that does not answer when the gateway stops', async () => {
    const relay = await relayWith({ options: { onConnect: () => undefined } })
    const silent = await relayWith({ options: { onMailFrom: () => undefined } })
    for (const each of [relay, silent]) {
      const stopping = new AbortController()
      const sending = channelTo(settingsFor(each)).send(mailTo('a@b'), stopping.signal)
      stopping.abort()
      expect((await sending).kind).toBe('failed')
    }
  })

  it('keeps names from adding a header, whatever they hold', async () => {
    const relay = await relayWith()
    const channel = channelTo(settingsFor(relay))
    const unit = fc.constantFrom('\r\n', '\n', '\r', 'Bcc: x@y', ' ', 'é', '李', '\0', '\u2028', ':', '=?utf-8?Q?', 'a')
    await fc.assert(
      fc.asyncProperty(fc.string({ unit, maxLength: 60 }), async (name) => {
        const before = relay.received.length
        const letter = { subject: `asks ${name}`, lines: [`Who: ${name}`] }
        expect(await channel.send(mailTo('a@b', letter), still)).toEqual({ kind: 'delivered' })
        const mail = relay.received[before]
        expect(mail?.to).toEqual(['a@b'])
        expect(mail?.headers.map(([each]) => each).toSorted()).toEqual([
          'auto-submitted',
          'content-transfer-encoding',
          'content-type',
          'date',
          'from',
          'message-id',
          'mime-version',
          'subject',
          'to',
        ])
        expect(mail?.subject).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u)
      }),
      { numRuns: 25 },
    )
  })
})

describe('looking at a relay', () => {
  it('connects, starts TLS and logs in, and sends nothing', async () => {
    const relay = await relayWith({ login: { user: 'gateway', password } })
    const right = { user: 'gateway', password: new Secret(password) }
    expect(await checkRelay(settingsFor(relay, { login: right }))).toBeNull()
    const wrong = { user: 'gateway', password: new Secret('no') }
    expect(await checkRelay(settingsFor(relay, { login: wrong }))).toMatch(/\S/)
    await eventually('both were seen', () => relay.connections === 2)
    expect(relay.received).toEqual([])
  })
})
