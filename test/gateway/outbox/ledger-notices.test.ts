// What is told of the ledger itself, and to whom.

import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Events, EventType, SessionId } from '../../../policy/index.ts'
import { lettersAfter, openScene, type Scene } from './scene.ts'

let scene: Scene
beforeEach(async () => {
  scene = await openScene()
  await scene.person('audit', { roles: ['auditor'], plants: [] })
  await scene.person('chief', { roles: ['admin'], plants: [] })
  await scene.person('lead', {})
})
afterEach(() => scene.store.close())

const told = <T extends EventType>(type: T, data: Events[T]) => lettersAfter(scene, type, data)

const reason = `sha256:${'a'.repeat(64)}` as const

it.each([
  ['signs-along', true],
  ['retired', false],
  ['lost', false],
] as const)(
  'tells those who hand out trust files that the key was changed, with the old one %s',
  async (old, along) => {
    const { subjects, text } = await told('ledger.key_rotated', { previous: 'a', next: 'b', old, reason })
    const subject = 'Sallyport: hand out the new trust file: the ledger has another signing key'
    expect(subjects).toEqual({ audit: subject, chief: subject })
    expect(text.includes('signs checkpoints along')).toBe(along)
  },
)

it('tells them of a key that was retired', async () => {
  const { subjects } = await told('ledger.key_retired', { key: 'a', reason })
  expect(Object.keys(subjects).sort()).toEqual(['audit', 'chief'])
})

it('tells who runs the gateway that an authority is away, by its name', async () => {
  const { subjects } = await told('ledger.timestamp_missed', { authority: 'corporate', size: 4, reason })
  expect(subjects).toEqual({ chief: 'Sallyport: look at time-stamping authority corporate: it gives no timestamp' })
})

const session = 'ses_0123456789abcdefghjkmnpqrs' as SessionId

it.each([
  ['store', 'look at a recording that was changed in the object store'],
  ['local', 'look at a recording that was changed on the disk'],
] as const)('tells who checks evidence that a copy was damaged: %s', async (where, words) => {
  const event = { session, file: '0000.stream', where, found: 'another SHA-256' }
  const { subjects, text } = await told('recording.copy_damaged', event)
  expect(subjects).toEqual({ audit: `Sallyport: ${words}`, chief: `Sallyport: ${words}` })
  expect(text).toContain('0000.stream')
  expect(text).toContain(`/recordings/${session}`)
})

it('tells who runs it that the object store does not answer', async () => {
  const { subjects } = await told('recording.store_unreachable', { since: 1, reason: 'ECONNREFUSED' })
  expect(subjects).toEqual({ chief: 'Sallyport: look at the object store of recordings: it does not answer' })
})

it('tells who runs it what is different in its configuration, and how much more there is', async () => {
  const changes = Array.from({ length: 23 }, (_, n) => `field-${n}: from 1 to 2`)
  const { subjects, text } = await told('gateway.configuration_changed', {
    before: 'a',
    digest: 'b',
    since: 1,
    changes,
  })
  expect(subjects).toEqual({ chief: 'Sallyport: look at what is different in the configuration of the gateway' })
  expect(text).toContain('field-19 from 1 to 2')
  expect(text).not.toContain('field-20')
  expect(text).toContain('and 3 more')
})
