// The release dossier: what the evidence holds of a bundle's release, and what is missing of it.

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { dossierOf, keepDryRun, type Dossier } from '../../../gateway/access/dossier.ts'
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
const propose = (files = stricter, more: typeof notes | undefined = notes): Promise<ProposalId> =>
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
