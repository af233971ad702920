import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Actor } from '../../../gateway/access/authorize.ts'
import { codeOf, openStandingScene, type StandingScene } from '../../support/standing-scene.ts'

const day = 24 * 3_600_000
const label = 'export-controlled'
let scene: StandingScene
let isms: Actor
let vendor: Actor
let approver: Actor

beforeEach(async () => {
  scene = await openStandingScene()
  const { scope } = scene.bundle()
  scene.setBundle({
    scope: { ...scope, controlledLabels: [{ label, countries: ['DE'], reason: 'export licence' }] },
  })
  isms = await scene.person('isms', ['isms-manager'], [])
  approver = await scene.person('approver', ['approver'], ['north'])
  vendor = await scene.person('vendor', ['vendor'], ['north'], 'acme-drives')
})
afterEach(() => scene.store.close())

const attest = (by: Actor, person = 'vendor', of = label, until = 90 * day) =>
  scene.standing.attestations.attest(
    by,
    { kind: 'label', person, label: of },
    { until: scene.clock.at + until, reference: 'personnel file 4711' },
  )
const inForce = () => scene.standing.world.now().attestations

describe('an attestation', () => {
  it('holds until its day, and its reference stands in the ledger as a commitment only', async () => {
    await attest(isms)
    expect(inForce()).toMatchObject([{ person: vendor.person.id, label }])
    const [entry] = await scene.events('eligibility.attested')
    expect(entry).toMatchObject({ person: vendor.person.id, label, by: isms.person.id })
    expect(JSON.stringify(entry)).not.toContain('4711')
    scene.clock.at += 90 * day
    expect(inForce()).toEqual([])
  })

  it('is withdrawn at once, and sessions are decided anew', async () => {
    const { id } = await attest(isms)
    scene.signals.length = 0
    expect(await codeOf(scene.standing.attestations.withdraw(approver, 'label', id, 'x'))).toBe('role-missing')
    await scene.standing.attestations.withdraw(isms, 'label', id, 'changed employer')
    expect(inForce()).toEqual([])
    expect(scene.signals).toEqual([{ kind: 'reevaluate', because: 'world' }])
    expect(await codeOf(scene.standing.attestations.withdraw(isms, 'label', id, 'again'))).toBe('state-conflict')
  })

  it('is given by who answers for the whole, to somebody else, for a label there is, within a year', async () => {
    expect(await codeOf(attest(approver))).toBe('role-missing')
    expect(await codeOf(attest(vendor))).toBe('role-missing')
    expect(await codeOf(attest(isms, 'isms'))).toBe('policy-denied')
    expect(await codeOf(attest(isms, 'vendor', 'drives'))).toBe('not-found')
    expect(await codeOf(attest(isms, 'nobody'))).toBe('not-found')
    expect(await codeOf(attest(isms, 'vendor', label, 0))).toBe('invalid-window')
    expect(await codeOf(attest(isms, 'vendor', label, 367 * day))).toBe('invalid-window')
    expect(inForce()).toEqual([])
  })
})
