// What is told over time of people who hold together what a rule keeps apart, and what it does to what they may do.

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Actor } from '../../../gateway/access/authorize.ts'
import { enrol } from '../../../gateway/identity/enrol.ts'
import { changeRoles } from '../../../gateway/people/by-hand.ts'
import { openSeparations, type Separations } from '../../../gateway/people/separations.ts'
import type { Person, SeparationRule } from '../../../policy/index.ts'
import { codeOf, openStandingScene, type StandingScene } from '../../support/standing-scene.ts'
import { wantedOf } from '../../support/wanted.ts'
import { idOf } from '../../support/ids.ts'

const day = 24 * 3_600_000
let scene: StandingScene
let separations: Separations
let both: Actor

const rule = (from: number): SeparationRule => ({
  id: 'apart',
  text: 'who checks does not decide',
  roles: ['approver', 'auditor'],
  duties: [],
  from: new Date(from).toISOString().slice(0, 10),
})
const setRules = (...separation: readonly SeparationRule[]): void =>
  scene.setBundle({ digest: `d${separation.length}`, access: { ...scene.bundle().access, separation } })

beforeEach(async () => {
  scene = await openStandingScene()
  separations = openSeparations(scene)
  both = await scene.person('both', ['approver', 'auditor', 'escort'], ['north'])
})
afterEach(() => scene.store.close())

const told = async (): Promise<readonly string[]> => {
  await separations.sweep()
  const all = await Promise.all(
    ['breached', 'enforced', 'ended'].map(async (what) => (await scene.events(`separation.${what}`)).map(() => what)),
  )
  return all.flat()
}

describe('a breach of separation', () => {
  it('is told once when it is noticed, and once more on its day', async () => {
    setRules(rule(scene.clock.at + 2 * day))
    expect(await told()).toEqual(['breached'])
    expect(await told()).toEqual(['breached'])
    scene.clock.at += 3 * day
    expect(await told()).toEqual(['breached', 'enforced'])
    expect(await scene.events('separation.enforced')).toMatchObject([
      { person: both.person.id, rule: 'apart', roles: ['approver', 'auditor'], withheld: ['approver', 'auditor'] },
    ])
    separations = openSeparations(scene)
    scene.clock.at += day
    expect(await told()).toEqual(['breached', 'enforced'])
  })

  it('ends when one of the roles is gone, and when the rule is', async () => {
    setRules(rule(scene.clock.at))
    expect(await told()).toEqual(['breached', 'enforced'])
    const to = { roles: ['auditor'], plants: [] }
    await changeRoles({ ...scene, bundle: scene.bundle() }, both.person, to, null, 'mended')
    scene.clock.at += day
    expect(await told()).toEqual(['breached', 'enforced', 'ended'])
    await scene.person('other', ['approver', 'auditor'], ['north'])
    scene.clock.at += day
    expect(await told()).toContain('breached')
    setRules()
    expect((await told()).filter((what) => what === 'ended')).toHaveLength(2)
  })

  it('takes the right to decide from who has it, from the first instant of its day', async () => {
    const vendor = await scene.person('vendor', ['vendor'], ['north'], 'acme-drives')
    const window = () => ({ from: scene.clock.at, until: scene.clock.at + 3_600_000 })
    const { ids } = await scene.access.submit(vendor, wantedOf('ews-1', window()))
    const [id] = ids
    if (id === undefined) throw new Error('expected a request')
    const stored = await scene.store.requests.byId(id)
    const yes = { digest: stored?.digest ?? '', comment: '' }
    setRules(rule(scene.clock.at))
    expect(await codeOf(scene.access.approve(both, id, yes))).toBe('policy-denied')
    setRules(rule(scene.clock.at + 2 * day))
    expect(await codeOf(scene.access.approve(both, id, yes))).toBe('done')
  })

  it('is not got around by a right that is lent', async () => {
    const vendor = await scene.person('vendor', ['vendor'], ['north'], 'acme-drives')
    const lender = await scene.person('lender', ['approver'], ['north'])
    const checker = await scene.person('checker', ['auditor'], ['north'])
    const window = { from: scene.clock.at, until: scene.clock.at + day }
    await scene.standing.delegations.create(lender, { to: 'checker', window, reason: 'holiday' })
    const wanted = wantedOf('ews-1', { from: scene.clock.at, until: scene.clock.at + 3_600_000 })
    const { ids } = await scene.access.submit(vendor, wanted)
    const [id] = ids
    if (id === undefined) throw new Error('expected a request')
    const stored = await scene.store.requests.byId(id)
    const yes = { digest: stored?.digest ?? '', comment: '' }
    setRules(rule(scene.clock.at))
    expect(await codeOf(scene.access.approve(checker, id, yes))).toBe('policy-denied')
    setRules()
    expect(await codeOf(scene.access.approve(checker, id, yes))).toBe('done')
  })
})

describe('a role that a rule keeps apart', () => {
  const fresh = { displayName: 'x', supplier: null, plants: [], password: null, keys: [] }

  it('is not given to somebody new from the day of the rule on, and that is evidence', async () => {
    const bundle = () => scene.bundle()
    const add = (login: string) =>
      enrol({ ...scene, bundle: bundle() }, { ...fresh, login, roles: ['auditor', 'approver'] })
    setRules(rule(scene.clock.at + 2 * day))
    expect((await add('early')).kind).toBe('ok')
    scene.clock.at += 3 * day
    const late = await add('late')
    expect(late).toMatchObject({ kind: 'invalid', problems: [expect.stringContaining('rule `apart` keeps apart')] })
    expect(await scene.store.people.byLogin(idOf.login('late'))).toBeNull()
    expect(await scene.events('separation.refused')).toMatchObject([{ person: null, rule: 'apart', step: 'enrol' }])
  })

  it('is not given by hand either, and nobody changes their own', async () => {
    setRules(rule(scene.clock.at))
    const auditor: Person = (await scene.person('auditor', ['auditor'], [])).person
    const deps = { ...scene, bundle: scene.bundle() }
    const to = { roles: ['auditor', 'approver'], plants: ['north'] }
    expect(await changeRoles(deps, auditor, to, null, 'x')).toMatchObject({ kind: 'invalid' })
    expect(await changeRoles(deps, auditor, { ...to, roles: ['auditor'] }, auditor.id, 'x')).toMatchObject({
      kind: 'invalid',
      problems: ['nobody changes their own roles'],
    })
    expect(
      await changeRoles(deps, both.person, { roles: ['approver', 'escort'], plants: ['north'] }, null, 'x'),
    ).toMatchObject({
      kind: 'ok',
    })
    expect(await scene.events('separation.refused')).toMatchObject([{ person: auditor.id, step: 'role-change' }])
  })
})
