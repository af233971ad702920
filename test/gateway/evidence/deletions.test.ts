// Deleting recordings: past their day, not held, by two people, and gone for good, however often a crash comes between.

import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { verifyDeleted } from '../../../gateway/evidence/deleted-recording.ts'
import type { DeletionId, SessionId } from '../../../policy/index.ts'
import { codeOf } from '../../support/access-scene.ts'
import { dayMs, openCustodyScene, type CustodyScene } from '../../support/custody-scene.ts'
import { idOf } from '../../support/ids.ts'

let stage: CustodyScene
const folders = () => readdir(stage.scene.recordings)
const statusOf = async (id: SessionId) => (await stage.scene.store.sessions.byId(id))?.recording
const past = (days = 401): void => void (stage.scene.clock.at += days * dayMs)
const dueNow = async () =>
  (await stage.custody.deletions.due({ limit: 50, after: null })).items.map((one) => one.session.id)

async function confirmed(...sessions: SessionId[]): Promise<DeletionId> {
  const { deletions } = stage.custody
  const { id } = await deletions.propose(stage.manager, sessions, 'past their day')
  await deletions.confirm(stage.auditor, id, 'agreed')
  return id
}

beforeEach(async () => {
  stage = await openCustodyScene()
})
afterEach(() => stage.close())

describe('what may be deleted', () => {
  it('is what is older than its class keeps, to the millisecond', async () => {
    const id = await stage.sealed()
    const ended = (await stage.scene.store.sessions.byId(id))?.endedAt ?? 0
    stage.scene.clock.at = ended + 400 * dayMs - 1
    expect(await dueNow()).toEqual([])
    expect(await codeOf(stage.custody.deletions.propose(stage.manager, [id], 'too early'))).toBe('evidence-kept')
    stage.scene.clock.at += 1
    expect(await dueNow()).toEqual([id])
  })

  it('is kept as long as the longer class of its labels says, then and now', async () => {
    const id = await stage.sealed()
    const long = { id: 'long', text: 'ten years', keepDays: 3650 }
    const { handling } = stage.scene.door.bundle()
    const rules = [{ id: 'all', text: 'kept long', retention: 'long' }]
    stage.scene.setBundle({ handling: { ...handling, classes: [...handling.classes, long], rules } })
    past()
    expect(await dueNow()).toEqual([])
    past(3650)
    expect(await dueNow()).toEqual([id])
  })

  it('is not what a legal hold covers', async () => {
    const id = await stage.sealed()
    past()
    const target = { kind: 'session', id } as const
    const held = await stage.custody.holds.hold(stage.manager, {
      target,
      span: null,
      reason: 'claim',
      reference: 'C-1',
    })
    expect(await dueNow()).toEqual([])
    expect(await codeOf(stage.custody.deletions.propose(stage.manager, [id], 'away'))).toBe('evidence-kept')
    expect(await codeOf(stage.custody.holds.release(stage.manager, held.id, 'mine'))).toBe('policy-denied')
    await stage.custody.holds.release(stage.auditor, held.id, 'settled')
    expect(await dueNow()).toEqual([id])
    expect(await stage.events('evidence.step_refused')).toMatchObject([
      { step: 'propose-deletion', code: 'held', subject: id },
      { step: 'release-hold', code: 'own-hold', subject: held.id },
    ])
  })

  it('comes in pages, each once', async () => {
    const ids = [await stage.sealed(), await stage.sealed(), await stage.sealed()]
    past()
    const first = await stage.custody.deletions.due({ limit: 2, after: null })
    const rest = await stage.custody.deletions.due({ limit: 2, after: first.next })
    expect([...first.items, ...rest.items].map(({ session }) => session.id)).toEqual(ids)
    expect(rest.next).toBeNull()
  })
})

describe('two people', () => {
  it('delete it: the intent is in the ledger first, then the folder goes, then the ledger says so', async () => {
    const id = await stage.sealed()
    past()
    const seal = (await stage.scene.store.sessions.byId(id))?.seal
    const seen: string[] = []
    stage.elsewhere = async () => {
      const { length } = await stage.events('evidence.deletion_confirmed')
      seen.push(`${length} confirmed, ${(await folders()).length} folder`)
    }
    await confirmed(id)
    await stage.custody.removal.round()
    expect(seen[0]).toBe('1 confirmed, 1 folder')
    expect(await folders()).toEqual([])
    expect(await statusOf(id)).toBe('deleted')
    const proposedBy = stage.manager.person.id
    const confirmedBy = stage.auditor.person.id
    expect(await stage.events('recording.deleted')).toMatchObject([
      { session: id, seal, proposedBy, confirmedBy, retention: 'standard' },
    ])
    const [finding] = await verifyDeleted(stage.scene.store.evidence, id)
    expect(finding).toMatchObject({ holds: true })
    expect(finding?.what).toContain(`its seal digest was \`${seal}\``)
  })

  it('read how much it is, though nobody has measured it yet', async () => {
    const id = await stage.sealed()
    past()
    expect((await stage.scene.store.storage.bytesOf([id])).has(id)).toBe(false)
    await stage.custody.deletions.propose(stage.manager, [id], 'past its day')
    const [proposed] = await stage.events('evidence.deletion_proposed')
    const measured = await stage.scene.store.storage.bytesOf([id])
    expect(proposed?.['bytes']).toBe(measured.get(id))
    expect(Number(proposed?.['bytes'])).toBeGreaterThan(500)
  })

  it('are two: who proposed does not confirm, nor the other way round who was recorded', async () => {
    const id = await stage.sealed()
    past()
    const { deletions } = stage.custody
    const { id: deletion } = await deletions.propose(stage.manager, [id], 'past its day')
    expect(await codeOf(deletions.confirm(stage.manager, deletion, 'me again'))).toBe('policy-denied')
    const { person } = stage.scene.visitor
    expect(await codeOf(deletions.confirm({ person, mfa: ['totp'], source: null }, deletion, 'mine'))).toBe(
      'policy-denied',
    )
    expect((await stage.events('evidence.step_refused')).map(({ code }) => code)).toEqual([
      'own-proposal',
      'own-recording',
    ])
    expect(await statusOf(id)).toBe('complete')
  })

  it('may take it back, once', async () => {
    const id = await stage.sealed()
    past()
    const { deletions } = stage.custody
    const { id: deletion } = await deletions.propose(stage.manager, [], 'all that is due')
    expect(await dueNow()).toEqual([])
    expect(await codeOf(deletions.propose(stage.manager, [id], 'twice'))).toBe('state-conflict')
    await deletions.withdraw(stage.manager, deletion, 'not yet')
    expect(await codeOf(deletions.withdraw(stage.auditor, deletion, 'again'))).toBe('state-conflict')
    expect(await codeOf(deletions.confirm(stage.auditor, deletion, 'late'))).toBe('state-conflict')
    expect(await dueNow()).toEqual([id])
  })

  it('do not win over a hold that was set since', async () => {
    const id = await stage.sealed()
    past()
    const { deletions, holds } = stage.custody
    const { id: deletion } = await deletions.propose(stage.manager, [id], 'past its day')
    const target = { kind: 'asset', id: idOf.asset('ews-1') } as const
    await holds.hold(stage.auditor, { target, span: null, reason: 'claim', reference: 'C-1' })
    expect(await codeOf(deletions.confirm(stage.auditor, deletion, 'agreed'))).toBe('evidence-kept')
    expect(await statusOf(id)).toBe('complete')
  })
})

describe('a deletion that only the rows of the store know as confirmed', () => {
  it('removes nothing, and says why', async () => {
    const id = await stage.sealed()
    past()
    const { store, clock } = stage.scene
    const { id: deletion } = await stage.custody.deletions.propose(stage.manager, [id], 'past its day')
    const decided = { by: stage.auditor.person.id, at: clock.now(), words: 'never said' }
    await store.bookkeep((tx) => tx.deletions.decide(deletion, 'confirmed', decided))
    await stage.custody.removal.round()
    expect(await folders()).toEqual([id])
    expect(await store.deletions.items(deletion)).toMatchObject([
      { state: 'waiting', problem: expect.stringContaining('no entry of the ledger') },
    ])
  })
})

describe('a deletion that was not carried out', () => {
  /** Confirmed, and then the gateway was gone: nothing was claimed. */
  async function left(): Promise<{ readonly id: SessionId; readonly deletion: DeletionId }> {
    const id = await stage.sealed()
    past()
    const { store, clock } = stage.scene
    const { id: deletion } = await stage.custody.deletions.propose(stage.manager, [id], 'past its day')
    const decided = { by: stage.auditor.person.id, at: clock.now(), words: 'agreed' }
    const proposedBy = stage.manager.person.id
    await store.change(async (tx) => {
      await tx.deletions.decide(deletion, 'confirmed', decided)
      const said = { deletion, proposedBy, by: decided.by, sessions: [id] }
      await tx.ledger.append('evidence.deletion_confirmed', decided.at, said)
    })
    return { id, deletion }
  }
  const claim = (deletion: DeletionId, id: SessionId) =>
    stage.scene.store.bookkeep((tx) => tx.deletions.setItem(deletion, id, { state: 'removing', problem: null }))

  async function expectGone(id: SessionId, deletion: DeletionId): Promise<void> {
    expect(await folders()).toEqual([])
    expect(await statusOf(id)).toBe('deleted')
    expect(await stage.events('recording.deleted')).toHaveLength(1)
    expect((await stage.scene.store.deletions.byId(deletion))?.state).toBe('done')
  }

  it('is carried out by the next start', async () => {
    const { id, deletion } = await left()
    await stage.custody.removal.round()
    await expectGone(id, deletion)
    await stage.custody.removal.round()
    await expectGone(id, deletion)
  })

  it('is carried out after a crash between the claim and the folder', async () => {
    const { id, deletion } = await left()
    await claim(deletion, id)
    await stage.custody.removal.round()
    await expectGone(id, deletion)
  })

  it('is carried out after a crash in the middle of removing the folder', async () => {
    const { id, deletion } = await left()
    await claim(deletion, id)
    const leaving = join(stage.scene.recordings, `.removing-${id}`)
    await rename(join(stage.scene.recordings, id), leaving)
    await rm(join(leaving, 'seal'))
    await stage.custody.removal.round()
    await expectGone(id, deletion)
  })

  it('is carried out after a crash between the folder and the ledger', async () => {
    const { id, deletion } = await left()
    await claim(deletion, id)
    await rm(join(stage.scene.recordings, id), { recursive: true })
    await stage.custody.removal.round()
    await expectGone(id, deletion)
  })

  it('keeps what was put on hold before it was claimed, and says so', async () => {
    const { id, deletion } = await left()
    await stage.custody.holds.hold(stage.manager, {
      target: { kind: 'all' },
      span: null,
      reason: 'claim',
      reference: 'C-2',
    })
    await stage.custody.removal.round()
    expect(await statusOf(id)).toBe('complete')
    expect(await stage.events('recording.deletion_stopped')).toEqual([{ session: id, deletion, because: 'held' }])
    expect((await stage.scene.store.deletions.byId(deletion))?.state).toBe('done')
  })

  it('is tried again where another place does not let go, with the reason told', async () => {
    const { id, deletion } = await left()
    stage.elsewhere = async () => Promise.reject(new Error('object lock until 2030'))
    await stage.custody.removal.round()
    const [item] = await stage.scene.store.deletions.items(deletion)
    expect(item).toMatchObject({ state: 'removing', problem: 'object lock until 2030' })
    expect(await folders()).toEqual([id])
    stage.elsewhere = async () => undefined
    await stage.custody.removal.round()
    await expectGone(id, deletion)
  })

  it('does not touch what is beside it', async () => {
    const { id, deletion } = await left()
    const other = await stage.sealed()
    await mkdir(join(stage.scene.recordings, 'lost+found'))
    await stage.custody.removal.round()
    expect((await folders()).toSorted()).toEqual(['lost+found', other].toSorted())
    expect(await statusOf(other)).toBe('complete')
    expect((await stage.scene.store.deletions.byId(deletion))?.state).toBe('done')
    expect(await statusOf(id)).toBe('deleted')
  })
})
