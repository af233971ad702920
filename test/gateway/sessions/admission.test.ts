import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ledgerOf } from '../../support/memory-store.ts'
import { openSessionScene, type SessionScene } from '../../support/session-scene.ts'

let scene: SessionScene
beforeEach(async () => {
  scene = await openSessionScene()
})
afterEach(() => scene.close())

/** Ends what was admitted, as its broker does. */
async function closeAll(): Promise<void> {
  await Promise.all(scene.registry.all().map((session) => session.closed()))
}
const refusals = async (type: string) =>
  (await ledgerOf(scene.store)).filter((event) => event.type === type).map(({ data }) => data)

describe('the sessions of one person', () => {
  it('stay within the limit however many begin at the same time', async () => {
    const context = scene.admission()
    const answers = await Promise.all(Array.from({ length: 8 }, () => context.admit(scene.visitor, 'ews-1')))
    expect(answers.filter(({ kind }) => kind === 'admitted')).toHaveLength(3)
    expect(scene.registry.ofPerson(scene.visitor.person.id)).toBe(3)
    const { id: person, supplier } = scene.visitor.person
    const refusal = { person, asset: 'ews-1', supplier, limit: 'person', most: 3 }
    expect(await refusals('session.refused_concurrency')).toEqual(Array.from({ length: 5 }, () => refusal))
    await closeAll()
    expect((await context.admit(scene.visitor, 'ews-1')).kind).toBe('admitted')
    await closeAll()
  })

  it('give their place back when one could not begin', async () => {
    const nowhere = scene.admission({ recordedWith: { recordings: join(scene.recordings, 'away') } })
    for (let i = 0; i < 5; i++) expect((await nowhere.admit(scene.visitor, 'ews-1')).kind).toBe('refused')
    expect((await refusals('session.refused')).map(({ reason }) => reason)).toEqual(
      Array(5).fill('recording-not-opened'),
    )
    expect((await scene.admission().admit(scene.visitor, 'ews-1')).kind).toBe('admitted')
    await closeAll()
  })
})

describe('a refused feature', () => {
  it('of a name the client made up stands in the ledger as a commitment', async () => {
    const admission = await scene.admission().admit(scene.visitor, 'ews-1')
    if (admission.kind === 'refused') throw new Error(admission.text)
    admission.session.refusedFeature('my secret word', null)
    await closeAll()
    const events = await ledgerOf(scene.store)
    expect(JSON.stringify(events)).not.toContain('my secret word')
    const refused = events.find(({ type }) => type === 'session.feature_refused')
    expect(refused?.data['feature']).toBe('other')
    const detail = String(refused?.data['detail'])
    expect((await scene.store.evidence.disclosed([detail])).get(detail)).toBe('my secret word')
  })
})
