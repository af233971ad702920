// What is told of the custody of evidence: to who could be the second person, and where space runs out.

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { mint } from '../../../gateway/clock.ts'
import { subjectOf, textOf } from '../../../gateway/outbox/letter.ts'
import type { Events, EventType, Person } from '../../../policy/index.ts'
import { keepingChannel, openScene, type Scene } from './scene.ts'

let scene: Scene
let auditor: Person
let manager: Person
beforeEach(async () => {
  scene = await openScene()
  auditor = await scene.person('audit', { roles: ['auditor'], plants: [] })
  manager = await scene.person('isms', { roles: ['isms-manager'], plants: [] })
  await scene.person('chief', { roles: ['admin'], plants: [] })
  await scene.person('lead', {})
})
afterEach(() => scene.store.close())

/** Who reads what, after this has happened. */
async function told<T extends EventType>(type: T, data: Events[T]): Promise<Record<string, string>> {
  await scene.store.change((tx) => tx.ledger.append(type, scene.clock.at, data))
  const mail = keepingChannel('mail')
  const outbox = scene.outbox(mail)
  await outbox.expand()
  await outbox.deliver()
  return Object.fromEntries(
    mail.sent.flatMap(({ mail: sent }) => {
      if (!sent) return []
      const text = textOf(sent.letter, 'https://gateway.example')
      expect(text).toContain('https://gateway.example/storage')
      return [[sent.to.split('@')[0] ?? '', subjectOf(sent.letter)]]
    }),
  )
}
const commitment = `sha256:${'a'.repeat(64)}` as const

describe('a proposal to delete', () => {
  const propose = async () => {
    const { at } = scene.clock
    const deletion = { id: mint.deletion(at), by: manager.id, at, reason: 'plan' }
    await scene.store.bookkeep((tx) => tx.deletions.insert(deletion, []))
    return deletion.id
  }
  const event = (deletion: Events['evidence.deletion_proposed']['deletion']) =>
    ({ deletion, by: manager.id, reason: commitment, sessions: [mint.session(scene.clock.at)], bytes: 1 }) as const

  it('is told to who could confirm it, and not to who made it', async () => {
    expect(await told('evidence.deletion_proposed', event(await propose()))).toEqual({
      audit: 'Sallyport: decide on the deletion of 1 recordings',
    })
  })

  it('is told to nobody once it is decided', async () => {
    const id = await propose()
    const decided = { by: auditor.id, at: scene.clock.at, words: 'no' }
    await scene.store.bookkeep((tx) => tx.deletions.decide(id, 'withdrawn', decided))
    expect(await told('evidence.deletion_proposed', event(id))).toEqual({})
  })
})

it.each([
  ['low', 'make room: space for recordings runs out'],
  ['full', 'make room now: no new session begins'],
  ['enough', 'for your information: there is space for recordings again'],
] as const)('tells who runs it that space is %s', async (level, subject) => {
  const space = { freeBytes: 1e9, totalBytes: 1e12, warnPercent: 15, refusePercent: 5 }
  expect(await told('ledger.storage_threshold', { level, ...space })).toEqual({
    chief: `Sallyport: ${subject}`,
    isms: `Sallyport: ${subject}`,
  })
})
