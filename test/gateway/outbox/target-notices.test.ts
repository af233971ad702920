// Who is told that a host key waits for a person, and that nobody is told the same twice.

import { afterEach, beforeEach, expect, it } from 'vitest'
import type { StoredHostKey } from '../../../gateway/store/target-host-keys.ts'
import type { Events, EventType, Person } from '../../../policy/index.ts'
import { idOf } from '../../support/ids.ts'
import { lettersAfter, openScene, type Scene } from './scene.ts'

let scene: Scene
let chief: Person
beforeEach(async () => {
  scene = await openScene()
  chief = await scene.person('chief', { roles: ['admin'], plants: [] })
  await scene.person('deputy', { roles: ['isms-manager'], plants: [] })
  await scene.person('lead', {})
})
afterEach(() => scene.store.close())

const told = <T extends EventType>(type: T, data: Events[T]) => lettersAfter(scene, type, data)

const [asset, plant, key, kind] = [idOf.asset('ews-1'), idOf.plant('north'), `SHA256:${'A'.repeat(43)}`, 'ssh-ed25519']
const hash = `sha256:${'a'.repeat(64)}` as const
const seen = {
  session: idOf.session('ses_01h2xcejqtf2nbrexx3vqjhp41'),
  asset,
  plant,
  key,
  kind,
  known: [],
  by: 'enrolment',
  address: hash,
} as const

async function stands(state: StoredHostKey['state'], by: Person | null = null): Promise<void> {
  const proposed = by && { by: by.id, at: 1 }
  const entry = {
    asset,
    fingerprint: key,
    key: `${kind} AAAA`,
    state,
    address: 'x',
    seenAt: 1,
    proposed,
    decided: null,
  }
  await scene.store.bookkeep((tx) => tx.targetHostKeys.put(entry))
}

it('tells admins of a key that a target showed for the first time, and what to do about it', async () => {
  await stands('seen')
  const { subjects, text } = await told('target.host_key_seen', { ...seen, first: true })
  expect(subjects).toEqual({ chief: 'Sallyport: look at ews-1: it shows a host key that nobody accepted' })
  expect(text).toContain(key)
  expect(text).toContain('https://gateway.example/targets')
})

it('tells nobody a second time, nor when somebody has dealt with it', async () => {
  await stands('seen')
  expect((await told('target.host_key_seen', seen)).subjects).toEqual({})
  await stands('proposed', chief)
  expect((await told('target.host_key_seen', { ...seen, first: true })).subjects).toEqual({})
})

it('tells those who may accept a proposed key, and not who proposed it', async () => {
  await stands('proposed', chief)
  const data = { asset, plant, key, kind, replaces: null, by: chief.id, address: hash, comment: hash }
  const { subjects, text } = await told('target.host_key_proposed', data)
  expect(subjects).toEqual({ deputy: 'Sallyport: accept or reject a host key of ews-1' })
  expect(text).toContain('Nobody reaches it before.')
  await stands('accepted', chief)
  expect((await told('target.host_key_proposed', data)).subjects).toEqual({})
})
