// Who is told that a process which carried SSH died, and what they are to do.

import { afterEach, beforeEach, expect, it } from 'vitest'
import { subjectOf, textOf } from '../../../gateway/outbox/letter.ts'
import type { Events } from '../../../policy/index.ts'
import { keepingChannel, openScene, type Scene } from './scene.ts'

let scene: Scene
beforeEach(async () => {
  scene = await openScene()
  await scene.person('chief', { roles: ['admin'], plants: [] })
  await scene.person('lead', {})
})
afterEach(() => scene.store.close())

async function told(data: Events['gateway.worker_died']) {
  await scene.store.change((tx) => tx.ledger.append('gateway.worker_died', scene.clock.at, data))
  const mail = keepingChannel('mail')
  const outbox = scene.outbox(mail)
  await outbox.expand()
  await outbox.deliver()
  const [sent, ...others] = mail.sent.flatMap((message) => (message.mail ? [message.mail] : []))
  expect(others).toEqual([])
  if (sent === undefined) return null
  return {
    to: sent.to.split('@')[0],
    subject: subjectOf(sent.letter),
    text: textOf(sent.letter, 'https://gateway.example'),
  }
}
const died = { worker: 3, detail: null }

it('tells who answers for the gateway how many sessions ended, that the rest went on, and what to look for', async () => {
  const letter = await told({ ...died, because: 'signal', sessions: 2, connections: 3 })
  expect(letter).toMatchObject({
    to: 'chief',
    subject: 'Sallyport: look at the gateway: a process that carried 2 sessions died',
  })
  expect(letter?.text).toContain('2 sessions ended with it, and no others.')
  expect(letter?.text).toContain('sealed as interrupted')
  expect(letter?.text).toContain('killed from outside')
})

it('tells of connections that had not come as far as a session, which a stranger may have ended it by', async () => {
  const letter = await told({ ...died, because: 'exit', sessions: 0, connections: 1 })
  expect(letter?.subject).toContain('a process that carried 1 connection died')
  expect(letter?.text).not.toContain('sealed')
})

it('tells in any case of one that did what a sound one never does, and calls it an attack', async () => {
  const letter = await told({ ...died, because: 'fault', sessions: 0, connections: 0 })
  expect(letter?.text).toContain('take it for an attack')
})

it.each(['exit', 'signal', 'memory', 'silent'] as const)(
  'tells nobody of one that carried nobody (%s)',
  async (because) => {
    expect(await told({ ...died, because, sessions: 0, connections: 0 })).toBeNull()
  },
)
