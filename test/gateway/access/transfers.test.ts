// Files in requests and grants: asked for, made less, granted and kept, and never in clear in the ledger.

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Actor } from '../../../gateway/access/authorize.ts'
import type { FileTerms } from '../../../policy/index.ts'
import { codeOf, openAccessScene, type AccessScene } from '../../support/access-scene.ts'
import { ledgerOf } from '../../support/memory-store.ts'

let scene: AccessScene
let engineer: Actor
let approver: Actor
beforeEach(async () => {
  scene = await openAccessScene()
  engineer = await scene.person('engineer', { roles: ['engineer'] })
  approver = await scene.person('approver', { roles: ['approver'] })
})
afterEach(() => scene.close())

const transfer: FileTerms = { allow: ['list', 'read', 'write'], paths: ['/opt/drives/line-1/secret-recipe/**'] }
const ask = (over: Partial<FileTerms> = {}) =>
  scene.ask(engineer, 'ews-1', { tier: 'standard', transfer: { ...transfer, ...over } })
const grantOf = async (id: Awaited<ReturnType<typeof scene.granted>>) => (await scene.store.grants.byId(id))?.grant

describe('files that are asked for', () => {
  it('stand in the request and the grant as they were read, and survive the store', async () => {
    const id = await ask({ allow: ['write', 'list', 'read'] })
    expect((await scene.store.requests.byId(id))?.terms.transfer).toEqual(transfer)
    expect((await grantOf(await scene.granted(approver, id)))?.transfer).toEqual(transfer)
  })

  it('are none in a grant without: nothing about files is kept', async () => {
    const id = await scene.ask(engineer, 'ews-1', { tier: 'standard' })
    expect(await grantOf(await scene.granted(approver, id))).not.toHaveProperty('transfer')
    const [submitted] = await scene.events('request.submitted')
    expect(submitted).not.toHaveProperty('transfer')
  })

  it('are evidence with every step, their paths as commitments only', async () => {
    await scene.granted(approver, await ask())
    const events = await ledgerOf(scene.store)
    expect(JSON.stringify(events)).not.toContain('secret-recipe')
    const paths = expect.stringMatching(/^sha256:[0-9a-f]{64}$/)
    const [submitted] = await scene.events('request.submitted')
    expect(submitted?.['transfer']).toEqual({ allow: transfer.allow, paths })
    const [approved] = await scene.events('request.approved')
    expect(approved?.['transfer']).toEqual({ allow: transfer.allow, paths })
    const decided = await scene.events('policy.decision')
    expect(decided.map(({ asked }) => asked)).toEqual([
      expect.objectContaining({ files: transfer.allow }),
      expect.objectContaining({ files: transfer.allow }),
    ])
    const said = String(Reflect.get(Object(submitted?.['transfer']), 'paths'))
    expect((await scene.store.evidence.disclosed([said])).get(said)).toBe(transfer.paths[0])
  })

  it('are refused where no rule lets them through, and what was typed stays out of the answer', async () => {
    expect(await codeOf(ask({ paths: ['/home/anna/secret-recipe'] }))).toBe('policy-denied')
    const [decided] = await scene.events('policy.decision')
    expect(decided).toMatchObject({ outcome: 'deny', rules: ['files-not-allowed'] })
    expect(JSON.stringify(decided)).not.toContain('secret-recipe')
  })

  it('are made less by an approver, which is evidence, and never more', async () => {
    const id = await ask()
    const approve = async (given: FileTerms | null) =>
      scene.access.approve(approver, id, { digest: await scene.digest(id), comment: '', changes: { transfer: given } })
    expect(await codeOf(approve({ ...transfer, paths: ['/opt/drives/**'] }))).toBe('invalid-terms')
    expect(await codeOf(approve({ ...transfer, allow: [...transfer.allow, 'delete'] }))).not.toBe('done')
    const less: FileTerms = { allow: ['list', 'read'], paths: ['/opt/drives/line-1/secret-recipe/a.par'] }
    const before = await scene.digest(id)
    const answer = await approve(less)
    if (answer.kind !== 'granted') throw new Error('expected a grant')
    expect((await grantOf(answer.grant))?.transfer).toEqual(less)
    const [changed] = await scene.events('request.terms_changed')
    expect(changed).toMatchObject({ from: before, transfer: { allow: less.allow } })
    expect(await scene.digest(id)).not.toBe(before)
  })

  it('are taken away whole by an approver who wants none', async () => {
    const id = await ask()
    const given = { digest: await scene.digest(id), comment: '', changes: { transfer: null } }
    const answer = await scene.access.approve(approver, id, given)
    if (answer.kind !== 'granted') throw new Error('expected a grant')
    expect(await grantOf(answer.grant)).not.toHaveProperty('transfer')
  })

  it('are refused as a body where they are malformed: nothing is asked for', async () => {
    // What policy would let through is asked of the form, too.
    const paths = Array.from({ length: 21 }, (_, i) => `/opt/drives/${i}`)
    expect(await codeOf(ask({ paths }))).toBe('malformed-body')
    expect(await scene.store.requests.list({ kind: null, person: null }, { limit: 9, before: null })).toEqual([])
  })
})
