// A whole gateway with a real mail relay, a webhook's receiver and a change system: who is told, the way from the mail to
// the request, and what a restart in the middle loses, which is nothing.

import { createHmac } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { askFor } from '../../gateway/demo/asking.ts'
import { systemClock } from '../../gateway/clock.ts'
import { setAddress } from '../../gateway/identity/contact.ts'
import { describeWith } from '../support/describe-with.ts'
import { eventually } from '../support/eventually.ts'
import { stageGateway, type GatewayStage } from '../support/gateway-stage.ts'
import { startReceiver, type HttpReceiver } from '../support/http-receiver.ts'
import { startRelay, type MailRelay, type ReceivedMail } from '../support/mail-relay.ts'

const key = Buffer.alloc(32, 9)
const password = 'relay-password-of-the-test'
const hour = 3_600_000

describeWith(['ssh-keygen'], 'notifications', () => {
  let folder: string
  let stage: GatewayStage
  let relay: MailRelay
  let receiver: HttpReceiver
  let changes: HttpReceiver

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sp-notify-'))
    relay = await startRelay({ login: { user: 'gateway', password } })
    receiver = await startReceiver(() => ({ status: 204 }))
    changes = await startReceiver(({ path }) =>
      path.endsWith('/CHG-1') ? { status: 200, body: '{"state":"open","title":"Drive"}' } : { status: 404 },
    )
    const file = async (name: string, text: string): Promise<string> => {
      await writeFile(join(folder, name), text, { mode: 0o600 })
      return join(folder, name)
    }
    const passwordFile = await file('password', password)
    const secretFile = await file('secret', `whsec_${key.toString('base64')}`)
    const smtp = { host: 'localhost', port: relay.port, user: 'gateway', passwordFile, from: 'sallyport@plant.example' }
    const webhooks = [
      { name: 'siem', url: receiver.url, secretFile, events: ['request.submitted', 'request.approved'] },
    ]
    stage = await stageGateway({
      targets: [],
      apart: true,
      overrides: {
        // Fields at the top have no section.
        '.outboundCa': await file('ca.pem', relay.ca),
        '.notify': { smtp, webhooks },
        '.tickets': { url: changes.url },
      },
    })
    await stage.withStore(async (store) => {
      for (const login of ['approver', 'vendor']) {
        const { person } = stage.person(login)
        await setAddress({ store, clock: systemClock }, person, null, `${login}@plant.example`)
      }
    })
  })
  afterAll(async () => {
    await stage.stop()
    for (const each of [relay, receiver, changes]) await each.stop()
    await rm(folder, { recursive: true, force: true })
  })

  async function submit(ticket = 'CHG-1') {
    const from = stage.clock.now()
    return askFor(await stage.api('vendor'), {
      assets: ['ews-1'],
      protocol: 'ssh',
      operationClass: 'operate',
      when: { kind: 'window', from, until: from + hour },
      purpose: 'replace the drive parameter set',
      ticket,
    })
  }
  const mailTo = (login: string, about: RegExp): Promise<ReceivedMail> =>
    eventually(
      `a mail to ${login}`,
      () => relay.received.find(({ to, subject }) => to[0]?.startsWith(login) === true && about.test(subject)) ?? null,
    )
  const tokenIn = ({ text }: ReceivedMail): string => /\/approve\?token=(\S+)/.exec(text)?.[1] ?? 'none'

  it('bring the approver from the mail to the request, once, and the requester the answer', async () => {
    const asked = await submit()
    const mail = await mailTo('approver', /approve or deny/)
    expect(mail.secure).toBe(true)
    expect(mail.text).not.toContain('drive parameter set')
    expect(mail.text).toContain('(Europe/Berlin)')
    const link = `/approval-links/${tokenIn(mail)}`
    const vendor = await stage.api('vendor')
    expect(await vendor.call('GET', link)).toMatchObject({ status: 403 })
    const approver = await stage.api('approver')
    expect(await approver.ok('GET', link)).toEqual({ request: asked.id })
    expect(await approver.call('GET', link)).toMatchObject({ status: 410 })
    expect(await approver.call('GET', '/approval-links/lnk_nonsense')).toMatchObject({ status: 404 })
    expect(await vendor.ok('GET', `/requests/${asked.id}`)).toMatchObject({ state: 'submitted' })
    await approver.ok('POST', `/requests/${asked.id}/approve`, { digest: asked.digest, comment: 'agreed' })
    await mailTo('vendor', /you can connect/)
    const types = ['approval.link_used', 'approval.link_refused']
    const links = await stage.evidence({ types })
    expect(links.map(({ type }) => type)).toEqual([
      'approval.link_refused',
      'approval.link_used',
      'approval.link_refused',
      'approval.link_refused',
    ])
  })

  it('reach the webhook signed, and only what it asked for', async () => {
    await eventually('both events came', () => receiver.received.length === 2)
    expect(receiver.received.map(({ body }) => (JSON.parse(body) as { type: string }).type)).toEqual([
      'request.submitted',
      'request.approved',
    ])
    for (const { headers, body } of receiver.received) {
      const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`
      const expected = createHmac('sha256', key).update(signed).digest('base64')
      expect(headers['webhook-signature']).toBe(`v1,${expected}`)
      expect(body).not.toMatch(/@|drive parameter set/)
    }
  })

  it('keep what the change system said of the ticket', async () => {
    expect(changes.received.every(({ path }) => path === '/tickets/CHG-1')).toBe(true)
    const [linked] = await stage.evidence({ types: ['change.linked'] })
    expect(linked?.data).toMatchObject({ state: 'open', snapshot: expect.stringMatching(/^[0-9a-f]{64}$/) })
    expect(JSON.stringify(linked?.data)).not.toContain('CHG-1')
  })

  it('wait for a relay that is down, over a kill -9, without holding up anybody', async () => {
    const { port } = relay
    await relay.stop()
    const before = (await submit()).id
    await eventually('the relay was tried', () =>
      stage.withStore(async ({ outbox }) => {
        const rows = await outbox.list({ failed: false, limit: 10 })
        return rows.some(
          ({ destination, attempts, state }) => destination === 'mail' && state === 'waiting' && attempts > 0,
        )
      }),
    )
    await stage.gateway.kill()
    await stage.restart()
    relay = await startRelay({ port, login: { user: 'gateway', password } })
    // Its certificate is of another CA now, and the gateway goes on waiting until it trusts that too.
    await writeFile(join(folder, 'ca.pem'), relay.ca)
    await stage.gateway.stop()
    await stage.restart()
    stage.clock.advance(hour / 60)
    await mailTo('approver', /approve or deny/)
    await eventually('nothing waits', () =>
      stage.withStore(async ({ outbox }) => (await outbox.counts()).waiting === 0),
    )
    const asked = relay.received.filter(({ subject }) => /approve or deny/.test(subject))
    expect(asked).toHaveLength(1)
    const approver = await stage.api('approver')
    expect(await approver.ok('GET', `/approval-links/${tokenIn(asked[0] as ReceivedMail)}`)).toEqual({
      request: before,
    })
  })

  it('show no secret in the log', async () => {
    const log = await stage.log()
    for (const secret of [password, key.toString('base64'), '@plant.example']) expect(log).not.toContain(secret)
  })
})
