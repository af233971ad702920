// Recordings drawn at random: from a seed nobody knew before, repeatable by hand, each with a review that somebody else closes.

import { createHash, generateKeyPairSync } from 'node:crypto'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Actor } from '../../../gateway/access/authorize.ts'
import { openCheckpoints } from '../../../gateway/evidence/checkpoints.ts'
import { openPlaces } from '../../../gateway/evidence/places.ts'
import { openSamples, type Samples } from '../../../gateway/evidence/samples.ts'
import { openLog } from '../../../gateway/log.ts'
import { signerFrom } from '../../../recorder/index.ts'
import type { PlantId, SessionId } from '../../../policy/index.ts'
import { codeOf, openStandingScene, type StandingScene } from '../../support/standing-scene.ts'
import { idOf } from '../../support/ids.ts'

const origin = 'plant.example/ledger'
const day = 24 * 3_600_000
let scene: StandingScene
let samples: Samples
let auditor: Actor
let engineer: Actor
let sessions: SessionId[]

beforeEach(async () => {
  scene = await openStandingScene()
  await scene.person('approver', ['approver'], ['north'])
  engineer = await scene.person('engineer', ['engineer'], ['north'])
  auditor = await scene.person('auditor', ['auditor'], [])
  const { store, clock } = scene
  const signer = signerFrom(origin, generateKeyPairSync('ed25519').privateKey)
  const log = openLog('silent')
  const checkpoints = openCheckpoints({ store, origin, signer, clock, log, copies: [], witnesses: null })
  samples = openSamples({ store, checkpoints, clock })
  const grant = await scene.grant(engineer, 'ews-1')
  sessions = []
  for (let each = 0; each < 12; each++) sessions.push(await sealed(await scene.session(engineer, grant, 'ews-1')))
})
afterEach(() => scene.store.close())

async function sealed(id: SessionId): Promise<SessionId> {
  await scene.store.change(async (tx) => {
    const at = scene.clock.now()
    const seal = 'ab'
    const entry = { session: id, status: 'complete', seal, channels: 0, frames: 0 } as const
    const sealIndex = await tx.ledger.append('session.recording_sealed', at, entry)
    await tx.sessions.update(id, { state: 'sealed', recording: 'complete', endedAt: at, seal, sealIndex })
  })
  return id
}

const wanted = () => ({ count: 3, since: scene.clock.now() - day, until: scene.clock.now() + 1, plant: null })

it('are those that anybody finds who takes the seed out of the ledger', async () => {
  const sample = await samples.draw(auditor, wanted())
  const rank = (session: string) => createHash('sha256').update(`${sample.checkpoint.root}\n${session}`).digest('hex')
  const again = sessions.toSorted((a, b) => (rank(a) < rank(b) ? -1 : 1)).slice(0, 3)
  expect(sample).toMatchObject({ population: 12, plants: null, checkpoint: { origin } })
  expect(sample.drawn.map(({ session }) => session)).toEqual(again)
  const root = Buffer.from(await scene.store.evidence.root(sample.checkpoint.size)).toString('base64')
  expect(sample.checkpoint.root).toBe(root)

  // What was drawn from stood below the seed.
  const [asked] = await scene.store.evidence.list(
    { types: ['recording.sample_asked'], session: null },
    { limit: 1, before: null },
  )
  expect(asked?.data).toMatchObject({ sample: sample.sample, count: 3 })
  expect(asked?.index).toBeLessThan(sample.checkpoint.size)
  expect(await samples.latest(auditor)).toEqual([sample])
})

it('are looked at by somebody who looks at recordings and did not make them, each once', async () => {
  const first = await samples.draw(auditor, { ...wanted(), count: 12 })
  const [drawn] = first.drawn
  if (drawn === undefined) throw new Error('nothing was drawn')
  const answer = { verdict: 'justified', comment: 'replayed: as asked' } as const
  const close = (by: Actor) => codeOf(scene.standing.reviews.close(by, drawn.review, answer))
  const approver = await scene.store.people.byLogin(idOf.login('approver'))
  if (approver === null) throw new Error('the scene has no `approver`')
  expect(await close(engineer)).toBe('policy-denied')
  expect(await close({ ...auditor, person: approver })).toBe('role-missing')
  expect(await close(auditor)).toBe('done')
  const [reviewed] = await scene.events('session.reviewed')
  expect(reviewed).toMatchObject({ ...drawn, by: auditor.person.id, verdict: 'justified', inTime: true })
  expect(JSON.stringify(reviewed)).not.toContain('replayed: as asked')

  const second = await samples.draw(auditor, { ...wanted(), count: 12 })
  const byId = (one: { readonly session: string }, other: { readonly session: string }) =>
    one.session < other.session ? -1 : 1
  expect(second.drawn.toSorted(byId)).toEqual(first.drawn.toSorted(byId))
  expect(await scene.store.reviews.list(false)).toHaveLength(12)
  scene.clock.at += 15 * day
  await scene.standing.reviews.sweep()
  expect(await scene.events('review.overdue')).toHaveLength(11)
})

it('are of sealed and kept recordings of the time and the plant that were asked for', async () => {
  const [gone, live] = sessions
  if (gone === undefined || live === undefined) throw new Error('the scene has no sessions')
  await scene.store.bookkeep((tx) => tx.sessions.update(gone, { recording: 'deleted' }))
  await scene.store.bookkeep((tx) => tx.sessions.update(live, { recording: 'live', sealIndex: null }))
  const of = async (change: object) => (await samples.draw(auditor, { ...wanted(), count: 100, ...change })).population
  expect(await of({})).toBe(10)
  expect(await of({ plant: 'north' as PlantId })).toBe(10)
  expect(await of({ plant: 'south' as PlantId })).toBe(0)
  expect(await of({ until: scene.clock.now() - 3_600_000 })).toBe(0)
})

it('are drawn by those who look over the plant, and by nobody else', async () => {
  const enrolled = await scene.person('north-auditor', ['auditor'], ['north'])
  const northerner: Actor = { ...enrolled, person: { ...enrolled.person, oversight: 'plants' } }
  expect(await codeOf(samples.draw(engineer, wanted()))).toBe('role-missing')
  expect(await codeOf(samples.draw(northerner, { ...wanted(), plant: 'south' as PlantId }))).toBe('role-missing')
  expect(await scene.events('standing.step_refused')).toMatchObject([
    { step: 'draw-sample', subject: 'all' },
    { step: 'draw-sample', subject: 'south' },
  ])
  expect(await codeOf(samples.draw(auditor, { ...wanted(), until: 0 }))).toBe('malformed-body')
  const theirs = await samples.draw(northerner, wanted())
  expect(theirs).toMatchObject({ plants: ['north'], population: 12 })
  const all = await samples.draw(auditor, wanted())
  // One of all plants names sessions of plants that are not theirs.
  expect(await samples.latest(northerner)).toEqual([theirs])
  const entries = await scene.store.evidence.list(
    { types: ['recording.sampled'], session: null },
    { limit: 1, before: null },
  )
  expect(entries[0]?.data).toMatchObject({ sample: all.sample })
  const [place] = await openPlaces({ store: scene.store, bundle: scene.bundle }).of(entries)
  expect(place).toMatchObject({ kind: 'plants', plants: new Set(['north']) })
})
