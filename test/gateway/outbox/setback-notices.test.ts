// Who is told that evidence is in trouble, and what they read.

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

const session = 'ses_01h2xcejqtf2nbrexx3vqjhp41' as SessionId
const reason = `sha256:${'a'.repeat(64)}` as const

it('tells admins that the disk is slow, with how long and how many wait', async () => {
  const { subjects, text } = await told('recording.disk_slow', { since: 1, longestMs: 2_340, sessions: 7 })
  expect(subjects).toEqual({ chief: 'Sallyport: look at the disk of recordings: it is slow, and sessions wait for it' })
  expect(text).toContain('took 2.3 s, and 7 sessions wait')
})

it('tells auditors too of a recording that is not what was sealed, and where to look', async () => {
  const data = { session, by: 'verification', where: '0000.stream', what: 'its digest is not the sealed one' } as const
  const { subjects, text } = await told('recording.found_corrupt', data)
  expect(Object.keys(subjects).toSorted()).toEqual(['audit', 'chief'])
  expect(text).toContain('0000.stream: its digest is not the sealed one.')
  expect(text).toContain(`/recordings/${session}`)
})

it('tells of a recording that cannot be sealed, and that its session should be looked at', async () => {
  const data = { session, by: 'sealing', where: 'recording', what: 'the recording is gone' } as const
  const { subjects, text } = await told('recording.found_corrupt', data)
  expect(subjects).toMatchObject({ chief: 'Sallyport: look at a session whose recording cannot be sealed' })
  expect(text).toContain('recording: the recording is gone.')
  expect(text).toContain('may have been taken over')
})

it('tells what has not been brought out, and for how long that was borne', async () => {
  const data = { what: 'publication', to: '/srv/ledger', since: 1, hours: 4, reason } as const
  const { subjects, text } = await told('evidence.delivery_failing', data)
  expect(subjects).toEqual({
    chief: 'Sallyport: look at what cannot be brought out of the gateway: the published ledger',
  })
  expect(text).toContain('/srv/ledger: it has failed for more than 4 hours')
})

it('tells of missing recordings by name, and nothing where none is missing', async () => {
  const found = { recordings: 9, held: 0, due: 1 }
  expect((await told('evidence.retention_checked', { ...found, missing: 0, names: [] })).subjects).toEqual({})
  const { subjects, text } = await told('evidence.retention_checked', { ...found, missing: 1, names: [session] })
  expect(subjects['audit']).toBe('Sallyport: look for 1 recording that has to be kept and is not there')
  expect(text).toContain(`Session ${session}`)
})

it('tells at once that somebody wrote in the store', async () => {
  const { subjects } = await told('ledger.rewrite_found', { size: 12, root: 'AAAA', found: null })
  expect(subjects['audit']).toBe('Sallyport: act now: somebody wrote in the evidence store')
})
