import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Actor } from '../../../gateway/access/authorize.ts'
import type { ItemAnswer } from '../../../gateway/access/campaigns.ts'
import type { CampaignId } from '../../../policy/index.ts'
import { codeOf, openStandingScene, type StandingScene } from '../../support/standing-scene.ts'
import { idOf } from '../../support/ids.ts'

const day = 24 * 3_600_000
let scene: StandingScene
let isms: Actor
let second: Actor
let approver: Actor
let vendor: Actor
let id: CampaignId

beforeEach(async () => {
  scene = await openStandingScene()
  isms = await scene.person('isms', ['isms-manager'], [])
  second = await scene.person('second', ['isms-manager', 'auditor'], [])
  approver = await scene.person('approver', ['approver', 'escort'], ['north'])
  vendor = await scene.person('vendor', ['vendor'], ['north', 'south'], 'acme-drives')
  await scene.person('gone', ['engineer'], ['north'])
  const gone = await personOf('gone')
  if (gone === null) throw new Error('expected `gone` to be there')
  await scene.store.bookkeep((tx) => tx.people.setDisabled(gone.id, true))
  id = await scene.standing.campaigns.start(isms, { title: 'spring 2026', dueAt: scene.clock.at + 14 * day })
})
afterEach(() => scene.store.close())

const decide = (by: Actor, person: string, verdict: ItemAnswer['verdict'], left: Partial<ItemAnswer> = {}) =>
  scene.standing.campaigns.decide(by, id, { person, verdict, reason: 'as agreed', ...left })
const personOf = async (login: string) => scene.store.people.byLogin(idOf.login(login))

describe('an access review campaign', () => {
  it('takes up everybody enabled, with what they may do', async () => {
    const items = await scene.store.campaigns.items(id)
    const people = await scene.store.people.byIds(items.map(({ person }) => person))
    expect([...people.values()].map(({ login }) => login).toSorted()).toEqual(['approver', 'isms', 'second', 'vendor'])
    expect(items.find(({ person }) => person === vendor.person.id)?.before).toEqual({
      roles: ['vendor'],
      supplier: 'acme-drives',
      plants: ['north', 'south'],
    })
    expect(await scene.events('review.access_campaign_started')).toMatchObject([{ campaign: id, people: 4 }])
  })

  it('is started by who answers for the whole, one at a time', async () => {
    const start = (by: Actor) => codeOf(scene.standing.campaigns.start(by, { title: 'x', dueAt: scene.clock.at + day }))
    expect(await start(approver)).toBe('role-missing')
    expect(await start(second)).toBe('state-conflict')
  })

  it('has everybody decided on once, by somebody else', async () => {
    expect(await codeOf(decide(isms, 'isms', 'keep'))).toBe('policy-denied')
    expect(await codeOf(decide(approver, 'isms', 'keep'))).toBe('role-missing')
    expect(await codeOf(decide(approver, 'vendor', 'keep'))).toBe('role-missing')
    expect(await codeOf(decide(vendor, 'approver', 'keep'))).toBe('role-missing')
    expect(await codeOf(decide(second, 'isms', 'keep'))).toBe('done')
    expect(await codeOf(decide(second, 'isms', 'keep'))).toBe('state-conflict')
    expect(await codeOf(decide(second, 'gone', 'keep'))).toBe('not-found')
    const codes = (await scene.events('standing.step_refused')).map((data) => data['code'])
    expect(codes).toEqual(['own-item', 'role-missing', 'role-missing', 'role-missing'])
  })

  it('that removes somebody ends their logins, grants and sessions at once', async () => {
    const grant = await scene.grant(vendor, 'ews-1')
    const session = await scene.session(vendor, grant, 'ews-1')
    const { ended } = await decide(isms, 'vendor', 'remove')
    expect(ended).toMatchObject({ grants: [grant], sessions: [{ id: session }] })
    expect((await personOf('vendor'))?.disabled).toBe(true)
    expect((await scene.store.grants.byId(grant))?.grant.kind).toBe('revoked')
    expect(scene.signals).toContainEqual({ kind: 'person-disabled', person: vendor.person.id })
    expect(await scene.events('identity.disabled')).toMatchObject([{ person: vendor.person.id, by: isms.person.id }])
    expect(await scene.events('review.item_decided')).toMatchObject([{ verdict: 'remove', after: null }])
  })

  it('that takes a plant away ends what is open there, and decides the rest anew', async () => {
    const grant = await scene.grant(vendor, 'ews-1')
    const { ended } = await decide(isms, 'vendor', 'change', { plants: ['south'] })
    expect(ended.grants).toEqual([grant])
    expect((await personOf('vendor'))?.plants).toEqual(['south'])
    expect(scene.signals).toContainEqual({ kind: 'reevaluate', because: 'person' })
    expect(await scene.events('identity.changed')).toMatchObject([
      { roles: ['vendor'], plants: ['south'], campaign: id },
    ])
  })

  it('only takes away', async () => {
    const change = (login: string, left: Partial<ItemAnswer>) => codeOf(decide(isms, login, 'change', left))
    expect(await change('approver', { roles: ['approver', 'admin'] })).toBe('malformed-body')
    expect(await change('approver', { plants: ['north', 'south'] })).toBe('malformed-body')
    expect(await change('approver', { roles: [] })).toBe('malformed-body')
    expect(await change('approver', {})).toBe('malformed-body')
    expect(await change('vendor', { roles: [] })).toBe('malformed-body')
    expect(await change('approver', { roles: ['escort'] })).toBe('done')
    expect((await personOf('approver'))?.roles).toEqual(['escort'])
  })

  it('closes when all is decided', async () => {
    await decide(isms, 'vendor', 'keep')
    await decide(isms, 'second', 'keep')
    await decide(second, 'isms', 'keep')
    expect(await codeOf(scene.standing.campaigns.close(isms, id))).toBe('state-conflict')
    await decide(isms, 'approver', 'change', { roles: ['approver'] })
    expect(await codeOf(scene.standing.campaigns.close(approver, id))).toBe('role-missing')
    expect(await scene.standing.campaigns.close(isms, id)).toEqual({ kept: 3, changed: 1, removed: 0, undecided: [] })
    expect(await codeOf(scene.standing.campaigns.close(isms, id))).toBe('state-conflict')
    expect(await codeOf(decide(isms, 'vendor', 'keep'))).toBe('state-conflict')
  })

  it('past its day is evidence once, closes all the same, and names those nobody decided on', async () => {
    await decide(isms, 'vendor', 'keep')
    scene.clock.at += 14 * day
    await scene.standing.campaigns.sweep()
    await scene.standing.campaigns.sweep()
    expect(await scene.events('review.overdue')).toMatchObject([{ campaign: id, undecided: 3 }])
    const { undecided } = await scene.standing.campaigns.close(isms, id)
    expect([...undecided].toSorted()).toEqual([isms, second, approver].map(({ person }) => person.id).toSorted())
    expect(await scene.events('review.closed')).toMatchObject([{ kept: 1, undecided }])
  })
})

describe('an approver in a campaign', () => {
  it('does not decide on who answers for the whole or audits it, though they act for the same plant', async () => {
    const admin = await scene.person('admin', ['admin'], ['north'])
    await scene.person('checker', ['auditor'], ['north'])
    for (const person of ['approver', 'vendor', 'isms', 'second'])
      await decide(person === 'isms' ? second : isms, person, 'keep')
    await scene.standing.campaigns.close(isms, id)
    id = await scene.standing.campaigns.start(isms, { title: 'autumn 2026', dueAt: scene.clock.at + 14 * day })
    expect(await codeOf(decide(approver, 'admin', 'remove'))).toBe('role-missing')
    expect(await codeOf(decide(approver, 'checker', 'remove'))).toBe('role-missing')
    expect(await personOf(admin.person.login)).toMatchObject({ disabled: false })
  })

  it('does not decide on somebody who has come to act for another plant meanwhile', async () => {
    const engineer = await scene.person('engineer', ['engineer'], ['north'])
    for (const person of ['approver', 'vendor', 'isms', 'second'])
      await decide(person === 'isms' ? second : isms, person, 'keep')
    await scene.standing.campaigns.close(isms, id)
    id = await scene.standing.campaigns.start(isms, { title: 'autumn 2026', dueAt: scene.clock.at + 14 * day })
    await scene.store.people.setEligibility(
      engineer.person.id,
      ['engineer'],
      [idOf.plant('north'), idOf.plant('south')],
    )
    expect(await codeOf(decide(approver, 'engineer', 'remove'))).toBe('role-missing')
  })
})
