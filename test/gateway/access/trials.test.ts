// Tests of a proposed bundle outside production: what the dossier holds of them, and what `testedFirst` demands.

import { afterEach, beforeEach, expect, it } from 'vitest'

import { activateFolder } from '../../../gateway/access/activate-folder.ts'
import { dossierOf, type Dossier } from '../../../gateway/access/dossier.ts'
import { keepTrial, type TrialResult } from '../../../gateway/access/trials.ts'
import type { ProposalId } from '../../../policy/index.ts'
import { filesWith, openBundleScene, type BundleScene } from '../../support/bundle-scene.ts'

let scene: BundleScene
beforeEach(async () => (scene = await openBundleScene()))
afterEach(() => scene.store.close())

const demanding = filesWith({ 'scope.yaml': (text) => `${text}\ntestedFirst: true\n` })
const fewer = filesWith({ 'suppliers.yaml': (text) => text.replace('maxSessions: 4', 'maxSessions: 2') })

const base = (): string => scene.inForce.bundle().digest
const activate = (id: ProposalId) => scene.life.activate(scene.people.activator, id, base())

async function propose(files: ReadonlyMap<string, string>): Promise<ProposalId> {
  const id = await scene.life.propose(scene.people.proposer, files, 'as tried')
  await scene.reviewSafety(id)
  return id
}

async function read(id: ProposalId): Promise<Dossier> {
  return dossierOf(scene.store, (await scene.store.proposals.byId(id)) ?? expect.fail('the proposal is gone'))
}

const tried = (id: ProposalId, result: TrialResult, reference = 'FAT-11') =>
  keepTrial(scene, scene.people.third, id, { result, site: 'line 4 mirror', reference, findings: '12 cases' })

it('keeps where it was tested and what came of it, as part of the dossier', async () => {
  const id = await scene.life.propose(scene.people.proposer, fewer, 'as tried')
  expect((await read(id)).trial).toBeNull()
  await tried(id, 'passed')
  const { trial, entries, missing } = await read(id)
  expect(trial).toMatchObject({
    by: scene.people.third.person.id,
    result: 'passed',
    site: 'line 4 mirror',
    reference: 'FAT-11',
    findings: '12 cases',
  })
  expect(entries.map(({ type }) => type)).toEqual(['policy.proposed', 'policy.tested'])
  expect(missing.join()).not.toContain('outside production')
  expect((await scene.store.evidence.event(trial?.index ?? -1))?.data).toMatchObject({
    proposal: id,
    bundle: (await read(id)).proposal.digest,
    result: 'passed',
  })
})

it('takes the last test, and says that it failed', async () => {
  const id = await scene.life.propose(scene.people.proposer, fewer, 'as tried')
  await tried(id, 'passed')
  await tried(id, 'failed', 'FAT-12')
  const { trial, missing } = await read(id)
  expect(trial).toMatchObject({ result: 'failed', reference: 'FAT-12' })
  expect(missing).toContain('a passed test outside production, because the last one failed')
})

it('is demanded by the bundle that would be in force, and then by the one that is', async () => {
  const first = await propose(demanding)
  await expect(activate(first)).rejects.toThrow(
    'its release dossier lacks a passed test outside production (`bundle tested`)',
  )
  await tried(first, 'failed')
  await expect(activate(first)).rejects.toThrow('because the last one failed')
  await tried(first, 'passed')
  await activate(first)
  expect(scene.inForce.bundle().scope.testedFirst).toBe(true)

  // Neither the rule nor anything else goes without a test of its own.
  const back = await propose(fewer)
  await expect(activate(back)).rejects.toMatchObject({ code: 'dossier-incomplete' })
  const taken = await scene.shelf.take(fewer)
  if (taken.kind === 'invalid') throw new Error('the small bundle is not valid')
  expect(await activateFolder(scene, taken.bundle, fewer)).toBe('dossier-demanded')
  taken.giveBack()
  await tried(back, 'passed')
  await activate(back)
  expect(scene.inForce.bundle().scope.testedFirst).toBe(false)
})

it('holds for the files, whatever they are put on', async () => {
  const id = await propose(demanding)
  await tried(id, 'passed')
  const other = await propose(fewer)
  await activate(other)
  await scene.life.rebase(scene.people.proposer, id, base())
  await scene.reviewSafety(id)
  await activate(id)
  expect((await read(id)).trial?.result).toBe('passed')
})

it('is not kept of a proposal that is decided, or of none, and that is evidence', async () => {
  const id = await propose(fewer)
  await activate(id)
  await expect(tried(id, 'passed')).rejects.toMatchObject({ code: 'state-conflict' })
  expect((await read(id)).trial).toBeNull()
  await expect(tried('pro_01hzy8x5r2k3m4n5p6q7r8s9t0' as ProposalId, 'passed')).rejects.toMatchObject({
    code: 'not-found',
  })
  const refused = await scene.store.evidence.list(
    { types: ['policy.step_refused'], session: null },
    { limit: 2, before: null },
  )
  expect(refused.map(({ data }) => [data['step'], data['proposal']])).toEqual([
    ['test', null],
    ['test', id],
  ])
})
