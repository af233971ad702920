// Who is told that somebody left while their hand was on a process, and what each reads of it.

import { afterEach, beforeEach, expect, it } from 'vitest'
import { mint } from '../../../gateway/clock.ts'
import { subjectOf, textOf } from '../../../gateway/outbox/letter.ts'
import type { StoredSession } from '../../../gateway/store/sessions.ts'
import type { Asset, AssetId, ExpiryBehaviour, Grant, Person, PlantId, SessionId } from '../../../policy/index.ts'
import { keepingChannel, openScene, type Scene } from './scene.ts'

let scene: Scene
let gone: Person
beforeEach(async () => {
  scene = await openScene()
  gone = await scene.person('gone', { roles: ['engineer', 'approver'], displayName: 'Gone' })
  await scene.person('lead', {})
  await scene.person('south', { plants: ['south' as PlantId] })
  await scene.person('chief', { roles: ['admin'], plants: [] })
})
afterEach(() => scene.store.close())

function asset(id: string, safety: Asset['safety'], kind: ExpiryBehaviour['kind']): AssetId {
  const [like] = scene.bundle.assets.values()
  if (like === undefined) throw new Error('the bundle has no asset')
  const expiry = { kind, hardLimitMinutes: 30 } as ExpiryBehaviour
  const made = { ...like, id: id as AssetId, name: id, safety, expiry }
  scene.bundle = { ...scene.bundle, assets: new Map([...scene.bundle.assets, [made.id, made]]) }
  return made.id
}

async function living(on: AssetId, plant: string): Promise<SessionId> {
  const id = mint.session(scene.clock.at)
  const { request } = await scene.request(gone)
  const { asset: _, ...ask } = request.ask
  const grant: Grant = {
    ...ask,
    id: mint.grant(scene.clock.at),
    request: request.id,
    person: gone.id,
    asset: on,
    protocol: 'ssh',
    escort: false,
    conditions: '',
    kind: 'open',
  }
  await scene.store.bookkeep((tx) => tx.grants.insert({ grant, plant: plant as PlantId }))
  const row: StoredSession = {
    id,
    grant: grant.id,
    person: gone.id,
    asset: on,
    plant: plant as PlantId,
    protocol: 'ssh',
    state: 'active',
    startedAt: scene.clock.at,
    windowUntil: scene.clock.at + 3_600_000,
    endedAt: null,
    endReason: null,
    channels: 0,
    bytesIn: 0,
    bytesOut: 0,
    source: '192.0.2.9',
    recording: 'live',
    seal: null,
    sealIndex: null,
    assetType: 'engineering-workstation',
    labels: [],
  }
  await scene.store.bookkeep((tx) => tx.sessions.insert(row))
  return id
}

async function told(sessions: readonly SessionId[], unconfirmed: readonly SessionId[]) {
  const entry = { person: gone.id, feed: 'hr', because: 'absent', asOf: 1, grants: [], sessions, unconfirmed } as const
  await scene.store.change((tx) => tx.ledger.append('person.left', scene.clock.at, entry))
  const mail = keepingChannel('mail')
  const outbox = scene.outbox(mail)
  await outbox.expand()
  await outbox.deliver()
  const ofLeaver = mail.sent.filter(({ mail: sent }) => sent?.letter.subject.startsWith('look at the process'))
  return new Map(
    ofLeaver.flatMap(({ mail: sent }) =>
      sent
        ? [[sent.to.split('@')[0] ?? '', `${subjectOf(sent.letter)}\n${textOf(sent.letter, 'https://g.example')}`]]
        : [],
    ),
  )
}

it('tells the approvers of the plant and who answers for the whole that somebody has to look at the process', async () => {
  const press = await living(asset('press', 'none', 'confirm-safe-state'), 'north')
  const robot = await living(asset('robot', 'related', 'drain'), 'south')
  const mails = await told([press, robot], [press])
  expect([...mails.keys()].toSorted()).toEqual(['chief', 'lead', 'south'])
  expect(mails.get('lead')).toContain('look at the process: Gone has left the house')
  expect(mails.get('lead')).toContain('the asset asks for a safe state first')
  // Each reads of their own plant alone.
  expect(mails.get('lead')).not.toContain('robot')
  expect(mails.get('south')).toContain('closed at the hard limit')
  expect(mails.get('south')).not.toContain('press')
  expect(mails.get('chief')).toMatch(/press[^]*robot/)
})

it('tells nobody where nothing hangs on how the sessions end', async () => {
  expect(await told([await living(asset('office', 'none', 'drain'), 'north')], [])).toEqual(new Map())
  expect(await told([], [])).toEqual(new Map())
})
