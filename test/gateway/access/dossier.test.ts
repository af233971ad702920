// The release dossier: what the evidence holds of a bundle's release, and what is missing of it.

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { activateFolder } from '../../../gateway/access/activate-folder.ts'
import { dossierOf, keepDryRun, type Dossier } from '../../../gateway/access/dossier.ts'
import type { ReleaseNotes } from '../../../gateway/access/bundle-life.ts'
import { dryRun } from '../../../gateway/access/dry-run.ts'
import type { ProposalId } from '../../../policy/index.ts'
import { filesWith, openBundleScene, type BundleScene } from '../../support/bundle-scene.ts'

let scene: BundleScene
beforeEach(async () => (scene = await openBundleScene()))
afterEach(() => scene.store.close())

/** Operator stations are only looked at: it ends a grant to operate, and touches the safety path. */
const stricter = filesWith({
  'zones.yaml': (text) => text.replaceAll('operationClass: engineer', 'operationClass: observe'),
})
const notes = { change: 'CHG-2041', rollback: 'bundle rollback, at once' }

const base = (): string => scene.inForce.bundle().digest
const propose = (files = stricter, more: ReleaseNotes = notes): Promise<ProposalId> =>
  scene.life.propose(scene.people.proposer, files, 'observe only', more)

async function read(id: ProposalId): Promise<Dossier> {
  const row = await scene.store.proposals.byId(id)
  return dossierOf(scene.store, row ?? expect.fail('the proposal is gone'))
}

async function tryOut(id: ProposalId): Promise<void> {
  const files = (await scene.store.proposals.files(id)) ?? new Map<string, string>()
  const taken = await scene.shelf.take(files)
  if (taken.kind === 'invalid') throw new Error('the proposal is not valid')
  for await (const step of dryRun(scene, taken.bundle, 7))
    if (step.kind === 'report') await keepDryRun(scene, id, scene.people.third.person.id, 7, step.report)
  taken.giveBack()
}

describe('a release dossier', () => {
  it('holds impact, dry run, safety review, approval and way back, each with its entry', async () => {
    await scene.grant('ews-1')
    const id = await propose()
    await tryOut(id)
    await scene.reviewSafety(id)
    await scene.life.activate(scene.people.activator, id, base())

    const { entries, ...dossier } = await read(id)
    expect(dossier).toMatchObject({
      proposal: { state: 'activated', ...notes },
      impact: { effects: { changes: 3, grants: { open: 1, ended: 1, sessions: 0 } } },
      test: { by: scene.people.third.person.id, found: { days: 7, decisions: 1 } },
      reviews: [{ verdict: 'approved', reference: 'VAL-7' }],
      approval: { by: scene.people.activator.person.id },
      rolledBack: null,
      missing: [],
    })
    expect(dossier.safetyTouches).toBeGreaterThan(0)
    expect(entries.map(({ type }) => type)).toEqual([
      'policy.proposed',
      'policy.dry_run',
      'safety.review_approved',
      'policy.changed',
    ])
    for (const { index, type } of entries)
      expect((await scene.store.evidence.event(index))?.type, `entry ${index}`).toBe(type)
  })

  it('says what is missing while the proposal waits, and after it was put in force without', async () => {
    const harmless = filesWith({ 'suppliers.yaml': (text) => text.replace('maxSessions: 4', 'maxSessions: 2') })
    const id = await scene.life.propose(scene.people.proposer, harmless, 'fewer sessions')
    const waiting = [
      'a change reference',
      'the impact, counted when it is put in force',
      'a dry run against the decisions of the last days',
      "the second person's approval",
      'a rollback plan',
    ]
    expect((await read(id)).missing).toEqual(waiting)
    await scene.life.activate(scene.people.activator, id, base())
    expect((await read(id)).missing).toEqual([waiting[0], waiting[2], waiting[4]])
    expect((await read(await propose())).missing).toContain("a safety engineer's yes")
  })

  it('takes the dry run before the activation and not one after it', async () => {
    const id = await propose()
    await tryOut(id)
    await scene.reviewSafety(id)
    await scene.life.activate(scene.people.activator, id, base())
    const before = (await read(id)).test
    await tryOut(id)
    expect((await read(id)).test).toEqual(before)
  })

  it('holds the rollback that followed, and that of no other release', async () => {
    const id = await propose()
    await scene.reviewSafety(id)
    await scene.life.activate(scene.people.activator, id, base())
    await scene.life.rollback(scene.people.third, base(), 'nobody can operate the presses')
    const first = await read(id)
    expect(first.rolledBack).toMatchObject({ by: scene.people.third.person.id })
    expect(first.entries.at(-1)?.index).toBe(first.rolledBack?.index)

    // The same bundle once more, which stays.
    const again = await propose()
    await scene.reviewSafety(again)
    await scene.life.activate(scene.people.activator, again, base())
    expect((await read(again)).rolledBack).toBeNull()
    expect((await read(id)).rolledBack).toEqual(first.rolledBack)
  })

  it('keeps the steps that were refused', async () => {
    const id = await propose()
    await expect(scene.life.activate(scene.people.activator, id, base())).rejects.toThrow('safety')
    expect((await read(id)).entries.map(({ type }) => type)).toEqual(['policy.proposed', 'policy.step_refused'])
  })
})

describe('a bundle that demands a complete dossier', () => {
  const demanding = filesWith({ 'scope.yaml': (text) => `${text}\ncompleteDossier: true\n` })
  const codeOf = (step: Promise<unknown>): Promise<unknown> =>
    step.then(
      () => 'done',
      (error: { code?: string }) => error.code,
    )
  const activate = (id: ProposalId) => scene.life.activate(scene.people.activator, id, base())

  it('is itself put in force only with one, and refused with what is lacking, as evidence', async () => {
    const id = await propose(demanding, { change: 'CHG-1', rollback: null })
    await scene.reviewSafety(id)
    await expect(activate(id)).rejects.toThrow(
      'its release dossier lacks a dry run of it as it stands (`bundle dry-run --proposal`), a rollback plan (`--rollback`)',
    )
    expect(await codeOf(activate(id))).toBe('dossier-incomplete')
    const last = (
      await scene.store.evidence.list({ types: ['policy.step_refused'], session: null }, { limit: 1, before: null })
    )[0]
    expect(last?.data).toMatchObject({ step: 'activate', code: 'dossier-incomplete', proposal: id })
    expect(scene.inForce.bundle().scope.completeDossier).toBe(false)
  })

  it('is not taken out of force without one, and is with one', async () => {
    const first = await propose(demanding)
    await tryOut(first)
    await scene.reviewSafety(first)
    await activate(first)
    expect(scene.inForce.bundle().scope.completeDossier).toBe(true)

    const back = await propose(
      filesWith({ 'suppliers.yaml': (text) => text.replace('maxSessions: 4', 'maxSessions: 2') }),
    )
    await scene.reviewSafety(back)
    expect(await codeOf(activate(back))).toBe('dossier-incomplete')
    await tryOut(back)
    expect(await codeOf(activate(back))).toBe('done')
  })

  it('asks for a dry run since the proposal was put on another base', async () => {
    const id = await propose(demanding)
    await tryOut(id)
    const other = await propose(
      filesWith({ 'suppliers.yaml': (text) => text.replace('maxSessions: 4', 'maxSessions: 2') }),
    )
    await scene.reviewSafety(other)
    await activate(other)
    await scene.life.rebase(scene.people.proposer, id, base())
    await scene.reviewSafety(id)
    await expect(activate(id)).rejects.toThrow('lacks a dry run of it as it stands')
    await tryOut(id)
    expect(await codeOf(activate(id))).toBe('done')
  })

  it('does not hold up a rollback, and is not gone around with the folder', async () => {
    const id = await propose(demanding)
    await tryOut(id)
    await scene.reviewSafety(id)
    await activate(id)
    const taken = await scene.shelf.take(filesWith({}))
    if (taken.kind === 'invalid') throw new Error('the small bundle is not valid')
    expect(await activateFolder(scene, taken.bundle, filesWith({}))).toBe('dossier-demanded')
    taken.giveBack()
    const [refused] = await scene.store.evidence.list(
      { types: ['policy.step_refused'], session: null },
      { limit: 1, before: null },
    )
    expect(refused?.data).toMatchObject({ step: 'activate', code: 'dossier-incomplete', person: null })
    await scene.life.rollback(scene.people.third, base(), 'nobody can operate the presses')
    expect(scene.inForce.bundle().scope.completeDossier).toBe(false)
  })
})
