import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { mint } from '../../../gateway/clock.ts'
import type { SendOutcome } from '../../../gateway/outbox/channel.ts'
import type { Person, PlantId } from '../../../policy/index.ts'
import { duty, keepingChannel, openScene, role, roster, vendorOf, type Scene } from './scene.ts'

const hour = 3_600_000
const day = 24 * hour
let scene: Scene
let vendor: Person
beforeEach(async () => {
  scene = await openScene()
  vendor = await scene.person('vendor', { ...vendorOf('acme-drives'), displayName: 'Vera Vendor' })
})
afterEach(() => scene.store.close())

const told = ({ sent }: { sent: readonly { mail: { to: string } | null }[] }): string[] =>
  sent.map(({ mail }) => mail?.to.split('@')[0] ?? '').toSorted()
const failed = (scope: 'message' | 'destination'): SendOutcome => ({ kind: 'failed', problem: 'not now', scope })

/** Reads the ledger on and sends what is due, once. */
async function work(outbox: { expand(): Promise<void>; deliver(): Promise<void> }): Promise<void> {
  await outbox.expand()
  await outbox.deliver()
}

describe('who is told of a request', () => {
  it('asks everybody who can answer, and neither the requester, nor their supplier, nor other plants', async () => {
    await scene.person('lead', {})
    await scene.person('second', {})
    await scene.person('south', { plants: ['south' as PlantId] })
    await scene.person('colleague', { roles: ['approver'], supplier: vendor.supplier })
    await scene.person('gone', { disabled: true })
    await scene.person('unreachable', { email: null })
    await scene.person('reader', { roles: ['auditor'] })
    await scene.request(vendor)
    const mail = keepingChannel('mail')
    await work(scene.outbox(mail))
    expect(told(mail)).toEqual(['lead', 'second'])
  })

  it('asks first who is on duty now', async () => {
    await scene.person('lead', {})
    await scene.person('asleep', {})
    scene.bundle = {
      ...scene.bundle,
      calendars: { ...scene.bundle.calendars, rosters: [roster('shift-lead', ['lead'])] },
    }
    await scene.request(vendor)
    const mail = keepingChannel('mail')
    await work(scene.outbox(mail))
    expect(told(mail)).toEqual(['lead'])
  })

  it('asks one for each need, by role and by duty', async () => {
    await scene.person('lead', { roles: ['engineer'] })
    await scene.person('safe', { roles: ['safety-engineer'] })
    await scene.person('other', {})
    scene.bundle = {
      ...scene.bundle,
      calendars: { ...scene.bundle.calendars, rosters: [roster('shift-lead', ['lead'])] },
    }
    await scene.request(vendor, { needs: [duty('shift-lead'), role('safety-engineer')] })
    const mail = keepingChannel('mail')
    await work(scene.outbox(mail))
    expect(told(mail)).toEqual(['lead', 'safe'])
  })

  it('asks the person too who decides in somebody\u2019s name just now', async () => {
    const lead = await scene.person('lead', {})
    const deputy = await scene.person('deputy', { roles: ['engineer'] })
    const window = { from: 0, until: scene.clock.at + day }
    scene.world = { ...scene.world, delegations: [{ from: lead, to: deputy.id, window }] }
    await scene.request(vendor)
    const mail = keepingChannel('mail')
    await work(scene.outbox(mail))
    expect(told(mail)).toEqual(['deputy', 'lead'])
  })

  it('says who asks for what and when, and keeps the free text out of the mail', async () => {
    await scene.person('lead', {})
    await scene.request(vendor)
    const mail = keepingChannel('mail')
    const hook = keepingChannel('webhook:siem')
    await work(scene.outbox(mail, hook))
    const letter = mail.sent[0]?.mail?.letter
    expect(letter?.subject).toMatch(/^approve or deny: Vera Vendor of .+ asks for /)
    expect(letter?.lines.join('\n')).toMatch(
      /When: {2}Mon, 1 Jun 2026, 10:00 GMT\+2 to Mon, 1 Jun 2026, 14:00 GMT\+2 \(Europe\/Berlin\)/,
    )
    expect(letter?.open).toMatch(/^\/approve\?token=lnk_/)
    expect(JSON.stringify([mail.sent, hook.sent])).not.toContain('secret drive')
    expect(hook.sent[0]).toMatchObject({
      type: 'request.submitted',
      mail: null,
      facts: { requester: { id: vendor.id, name: 'Vera Vendor' }, plant: 'north' },
    })
  })

  it('holds no address and no text in its rows', async () => {
    await scene.person('lead', {})
    await scene.request(vendor)
    await scene.outbox(keepingChannel('mail')).expand()
    const rows = JSON.stringify(await scene.store.outbox.list({ failed: false, limit: 10 }))
    expect(rows).not.toMatch(/@|Vera|drive/)
  })
})

describe('a set of assets asked for together', () => {
  it('is one mail to each who can answer some of it, and one event each to webhooks', async () => {
    await scene.person('lead', {})
    await scene.person('safe', { roles: ['safety-engineer'] })
    const set = mint.requestSet(scene.clock.at)
    for (const needs of [[role('approver')], [role('approver')], [role('safety-engineer')]])
      await scene.request(vendor, { needs, set })
    const mail = keepingChannel('mail')
    const hook = keepingChannel('webhook:siem')
    await work(scene.outbox(mail, hook))
    expect(told(mail)).toEqual(['lead', 'safe'])
    expect(mail.sent[0]?.mail?.letter.lines.join('\n')).toContain('together with other assets')
    expect(hook.sent).toHaveLength(3)
  })
})

describe('a message', () => {
  it('goes out once, whatever is read again', async () => {
    await scene.person('lead', {})
    await scene.request(vendor)
    const mail = keepingChannel('mail')
    for (const outbox of [scene.outbox(mail), scene.outbox(mail)]) {
      await work(outbox)
      await work(outbox)
    }
    expect(mail.sent).toHaveLength(1)
    expect(await scene.store.outbox.counts()).toMatchObject({ waiting: 0, delivered: 1 })
  })

  it('is not made of what was rolled back', async () => {
    await scene.person('lead', {})
    const undone = scene.store.change(async (tx) => {
      const request = mint.request(scene.clock.at)
      await tx.ledger.append('request.withdrawn', scene.clock.at, { request, person: vendor.id })
      await tx.ledger.append('exception.expired', scene.clock.at, {
        exception: 'EX-1',
        until: '2026-01-01',
        bundle: '',
      })
      throw new Error('undone')
    })
    await expect(undone).rejects.toThrow('undone')
    const hook = keepingChannel('webhook:siem')
    await work(scene.outbox(hook))
    expect(hook.sent).toEqual([])
  })

  it('has one id over all its tries, waits longer each time, and goes out in the end', async () => {
    await scene.person('lead', {})
    await scene.request(vendor)
    let tries = 0
    const mail = keepingChannel('mail', () => (++tries < 4 ? failed('destination') : { kind: 'delivered' }))
    const outbox = scene.outbox(mail)
    await outbox.expand()
    const waits: number[] = []
    for (let before = scene.clock.at; tries < 4; scene.clock.at += 500) {
      const seen = tries
      await outbox.deliver()
      if (tries > seen && seen > 0) waits.push(scene.clock.at - before)
      if (tries > seen) before = scene.clock.at
    }
    expect(new Set(mail.sent.map(({ id }) => id)).size).toBe(1)
    expect(waits).toEqual(waits.toSorted((a, b) => a - b))
    expect(waits[2]).toBeGreaterThan(waits[0] ?? Infinity)
    expect(await scene.store.outbox.counts()).toMatchObject({ delivered: 1, waiting: 0 })
  })

  it('is given up and shown after its days, and can be sent again by hand', async () => {
    await scene.person('lead', {})
    await scene.request(vendor)
    let isBack = false
    const mail = keepingChannel('mail', () => (isBack ? { kind: 'delivered' } : failed('destination')))
    const outbox = scene.outbox(mail)
    await work(outbox)
    scene.clock.at += 3 * day
    await outbox.deliver()
    const [row] = await scene.store.outbox.list({ failed: true, limit: 10 })
    expect(row).toMatchObject({ state: 'failed', problem: 'not now' })
    isBack = true
    expect(await scene.store.outbox.retry(row?.id ?? '', scene.clock.at)).toBe(1)
    const asked = mail.sent.length
    await scene.outbox(mail).deliver()
    expect(mail.sent.length).toBe(asked + 1)
  })

  it('that is refused for good is given up at once and holds up nobody behind it', async () => {
    await scene.person('bounced', {})
    await scene.person('lead', {})
    await scene.request(vendor)
    const mail = keepingChannel('mail', ({ mail: to }) =>
      to?.to.startsWith('bounced') === true ? { kind: 'refused', problem: 'no such user' } : { kind: 'delivered' },
    )
    await work(scene.outbox(mail))
    expect(told(mail)).toEqual(['bounced', 'lead'])
    expect(await scene.store.outbox.counts()).toMatchObject({ failed: 1, delivered: 1, waiting: 0 })
  })

  it('waits for a destination that is down without knocking for every message, while others go on', async () => {
    for (const login of ['one', 'two', 'three']) await scene.person(login, {})
    await scene.request(vendor)
    const mail = keepingChannel('mail', () => failed('destination'))
    const hook = keepingChannel('webhook:siem')
    const outbox = scene.outbox(mail, hook)
    await work(outbox)
    await outbox.deliver()
    expect([mail.sent.length, hook.sent.length]).toEqual([1, 1])
  })

  it('becomes moot when somebody has answered before it went out', async () => {
    await scene.person('lead', {})
    const stored = await scene.request(vendor)
    const mail = keepingChannel('mail')
    const outbox = scene.outbox(mail)
    await outbox.expand()
    const { id, set, by, ask, submittedAt } = stored.request
    const withdrawn = { id, set, by, ask, submittedAt, kind: 'withdrawn', at: scene.clock.at } as const
    await scene.move(stored, { request: withdrawn })
    await outbox.deliver()
    expect(mail.sent).toEqual([])
    expect(await scene.store.outbox.counts()).toMatchObject({ moot: 1, waiting: 0 })
  })

  it('goes nowhere when its reader was disabled or took the address back', async () => {
    const lead = await scene.person('lead', {})
    const second = await scene.person('second', {})
    await scene.request(vendor)
    const mail = keepingChannel('mail')
    const outbox = scene.outbox(mail)
    await outbox.expand()
    await scene.store.people.setDisabled(lead.id, true)
    await scene.store.people.setEmail(second.id, null)
    await outbox.deliver()
    expect(mail.sent).toEqual([])
    expect(await scene.store.outbox.counts()).toMatchObject({ moot: 2, waiting: 0 })
  })

  it('to a webhook that is no longer configured is given up and shown', async () => {
    await scene.request(vendor)
    await scene.outbox(keepingChannel('webhook:old')).expand()
    await scene.outbox(keepingChannel('webhook:new')).deliver()
    const [row] = await scene.store.outbox.list({ failed: true, limit: 10 })
    expect(row).toMatchObject({ destination: 'webhook:old', problem: 'its destination is no longer configured' })
  })

  it('is not made of what happened longer ago than anything is retried', async () => {
    await scene.person('lead', {})
    await scene.request(vendor)
    scene.clock.at += 3 * day + 1
    const mail = keepingChannel('mail')
    await work(scene.outbox(mail))
    expect(await scene.store.outbox.counts()).toEqual({ waiting: 0, delivered: 0, moot: 0, failed: 0 })
    expect(await scene.store.outbox.cursor()).toBe(await scene.store.evidence.size())
  })

  it('is forgotten some time after it was settled', async () => {
    await scene.person('lead', {})
    await scene.request(vendor)
    const outbox = scene.outbox(keepingChannel('mail'))
    await work(outbox)
    scene.clock.at += 29 * day
    await outbox.prune()
    expect(await scene.store.outbox.list({ failed: false, limit: 10 })).toHaveLength(1)
    scene.clock.at += 2 * day
    await outbox.prune()
    expect(await scene.store.outbox.list({ failed: false, limit: 10 })).toEqual([])
  })
})

describe('a gateway that dies while sending', () => {
  it('sends again after its start what it could not note as sent, under the same id', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sp-outbox-'))
    try {
      const first = await openScene(join(folder, 'store.sqlite'))
      const asker = await first.person('vendor', vendorOf('acme-drives'))
      await first.person('lead', {})
      await first.request(asker)
      const before = keepingChannel('mail', async () => {
        // The relay has taken it, and the machine goes down before that is written.
        await first.store.close()
        return { kind: 'delivered' }
      })
      const outbox = first.outbox(before)
      await outbox.expand()
      await expect(outbox.deliver()).rejects.toThrow(/./)
      const second = await openScene(join(folder, 'store.sqlite'))
      const after = keepingChannel('mail')
      await work(second.outbox(after))
      expect(after.sent.map(({ id }) => id)).toEqual(before.sent.map(({ id }) => id))
      expect(await second.store.outbox.counts()).toMatchObject({ delivered: 1, waiting: 0 })
      await second.store.close()
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })

  it('does not send the same message every second when the store cannot be written', async () => {
    await scene.person('lead', {})
    await scene.request(vendor)
    const { store } = scene
    const mail = keepingChannel('mail')
    const outbox = scene.outbox(mail)
    await outbox.expand()
    const { settle } = store.outbox
    Object.assign(store.outbox, { settle: () => Promise.reject(new Error('disk full')) })
    for (let second = 0; second < 5; second++) {
      await outbox.deliver().catch((error: unknown) => expect(error).toMatchObject({ message: 'disk full' }))
      scene.clock.at += 1_000
    }
    Object.assign(store.outbox, { settle })
    expect(mail.sent).toHaveLength(1)
  })
})
