// Who is told of an incident and of what is late about it, and what stands in the message.

import { afterEach, beforeEach, expect, it } from 'vitest'

import { mint } from '../../../gateway/clock.ts'
import { subjectOf, textOf } from '../../../gateway/outbox/letter.ts'
import type { Outgoing } from '../../../gateway/outbox/channel.ts'
import type { Events, EventType, IncidentId, PlantId } from '../../../policy/index.ts'
import { keepingChannel, openScene, vendorOf, type Scene } from './scene.ts'
import { idOf } from '../../support/ids.ts'

let scene: Scene
let id: IncidentId
beforeEach(async () => {
  scene = await openScene()
  const chief = await scene.person('chief', { roles: ['isms-manager'], plants: [] })
  await scene.person('lead', {})
  await scene.person('elsewhere', { plants: ['south' as PlantId] })
  await scene.person('vendor', vendorOf('acme-drives'))
  id = mint.incident(scene.clock.at)
  await scene.store.bookkeep((tx) =>
    tx.incidents.insert({
      id,
      title: 'Writes\r\nBcc: x@y',
      words: 'only for who may read it',
      severity: 'high',
      gravest: 'high',
      by: chief.id,
      at: scene.clock.at,
      concern: null,
      touched: { plants: ['north' as PlantId], assets: [], sessions: [], suppliers: [] },
      assignedTo: null,
      hands: [],
      containBy: null,
      containedAt: null,
      assessed: [],
      closing: null,
      action: null,
    }),
  )
})
afterEach(() => scene.store.close())

/** Mails by who reads them, of one event. */
async function told<T extends EventType>(type: T, data: Events[T]): Promise<ReadonlyMap<string, Outgoing>> {
  await scene.store.change((tx) => tx.ledger.append(type, scene.clock.at, data))
  const mail = keepingChannel('mail')
  const outbox = scene.outbox(mail)
  await outbox.expand()
  await outbox.deliver()
  return new Map(mail.sent.map((each) => [each.mail?.to.split('@')[0] ?? '', each]))
}

function letterTo(mails: ReadonlyMap<string, Outgoing>, login: string): string {
  const letter = mails.get(login)?.mail?.letter
  if (letter === undefined) throw new Error(`nothing was sent to ${login}`)
  return `${subjectOf(letter)}\n${textOf(letter, 'https://gateway.example')}`
}

it('tells who may write to it that a report is late, and nobody else', async () => {
  const dueAt = scene.clock.at
  const mails = await told('incident.report_overdue', { incident: id, report: 'early-warning', dueAt })
  expect([...mails.keys()].toSorted()).toEqual(['chief', 'lead'])
  const letter = letterTo(mails, 'lead')
  expect(letter).toContain('overdue, report: early-warning of an incident')
  // A title writes no line of its own, and what was said of it stays where it is read.
  expect(letter).not.toMatch(/^Bcc:/m)
  expect(letter).not.toContain('only for who may read it')
})

it('tells them that evidence did not come', async () => {
  const request = mint.evidenceRequest(scene.clock.at)
  const mails = await told('evidence.request_overdue', { request, incident: id, dueAt: scene.clock.at })
  expect([...mails.keys()].toSorted()).toEqual(['chief', 'lead'])
  expect(letterTo(mails, 'chief')).toContain('ask again: evidence that others were asked for')
})

it('tells whom it is assigned to, unless they took it themselves', async () => {
  const [chief, lead] = await Promise.all(
    ['chief', 'lead'].map((login) => scene.store.people.byLogin(idOf.login(login))),
  )
  if (!chief || !lead) throw new Error('the scene has no such people')
  const mails = await told('incident.assigned', { incident: id, by: chief.id, to: lead.id })
  expect([...mails.keys()]).toEqual(['lead'])
  expect([...(await told('incident.assigned', { incident: id, by: lead.id, to: lead.id })).keys()]).toEqual([])
})
