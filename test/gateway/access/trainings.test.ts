// Trainings of people and expectations of suppliers: attested, withdrawn, called out before their end, and what decisions
// make of them, now and of a moment of the past.

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Actor } from '../../../gateway/access/authorize.ts'
import { readAttestedThen } from '../../../gateway/access/attested-then.ts'
import type { SupplierId } from '../../../policy/index.ts'
import { codeOf, openStandingScene, type StandingScene } from '../../support/standing-scene.ts'
import { wantedOf } from '../../support/wanted.ts'

const day = 24 * 3_600_000
const acme = 'acme-drives' as SupplierId
let scene: StandingScene
let isms: Actor
let admin: Actor
let vendor: Actor
let approver: Actor

beforeEach(async () => {
  scene = await openStandingScene()
  const { access } = scene.bundle()
  scene.setBundle({
    access: {
      ...access,
      trainings: [{ id: 'induction', title: 'Induction', for: { population: 'supplier' }, validDays: 365 }],
    },
    expectations: [
      { id: 'contact', text: 'Names a contact.', tiers: ['low', 'medium', 'high'], validDays: 180 },
      { id: 'assessment', text: 'Was assessed.', tiers: ['high'], validDays: 180 },
    ],
  })
  isms = await scene.person('isms', ['isms-manager'], ['north'])
  admin = await scene.person('chief', ['admin'], ['north'])
  approver = await scene.person('approver', ['approver'], ['north'])
  vendor = await scene.person('vendor', ['vendor'], ['north'], acme)
})
afterEach(() => scene.store.close())

const proof = (days: number) => ({ until: scene.clock.at + days * day, reference: 'file 4711' })
const train = (by: Actor, days = 90, person = 'vendor', training = 'induction') =>
  scene.standing.attestations.attest(by, { kind: 'training', person, training }, proof(days))
const expected = (by: Actor, days = 90, expectation = 'contact', supplier: string = acme) =>
  scene.standing.attestations.attest(by, { kind: 'expectation', supplier, expectation }, proof(days))

/** The rules that stand in the way of the vendor’s asking; none where it is permitted. */
async function inTheWay(): Promise<readonly unknown[]> {
  const now = scene.clock.now()
  const window = { from: now, until: now + 3_600_000 }
  await codeOf(scene.access.submit(vendor, wantedOf('ews-1', window)))
  const last = (await scene.events('policy.decision')).at(-1)
  return last?.['outcome'] === 'deny' && Array.isArray(last['rules']) ? last['rules'] : []
}

describe('what has to be attested', () => {
  it('stands in the way until all of it is, and again when one of it ends', async () => {
    expect(await inTheWay()).toEqual(['supplier-expectation', 'training-missing'])
    await train(isms, 30)
    expect(await inTheWay()).toEqual(['supplier-expectation'])
    await expected(isms, 90)
    expect(await inTheWay()).toEqual([])
    expect((await scene.events('policy.decision')).at(-1)).toMatchObject({
      outcome: 'permit',
      attestable: { supplier: acme, trainings: ['induction'], expectations: ['contact'] },
    })
    scene.clock.at += 30 * day
    expect(await inTheWay()).toEqual(['training-missing'])
  })

  it('is kept as evidence, its reference and reason as commitments only, and sessions are decided anew', async () => {
    const training = await train(isms)
    const expectation = await expected(isms)
    scene.signals.length = 0
    await scene.standing.attestations.withdraw(isms, 'training', training.id, 'failed the test')
    expect(scene.signals).toEqual([{ kind: 'reevaluate', because: 'world' }])
    await scene.standing.attestations.withdraw(isms, 'expectation', expectation.id, 'unanswered')
    expect(await inTheWay()).toEqual(['supplier-expectation', 'training-missing'])
    const all = [
      ...(await scene.events('training.attested')),
      ...(await scene.events('training.withdrawn')),
      ...(await scene.events('supplier.expectation_attested')),
      ...(await scene.events('supplier.expectation_withdrawn')),
    ]
    const ofPerson = { person: vendor.person.id, training: 'induction', by: isms.person.id }
    const ofSupplier = { supplier: acme, expectation: 'contact', by: isms.person.id }
    expect(all).toMatchObject([ofPerson, ofPerson, ofSupplier, ofSupplier])
    expect(JSON.stringify(all)).not.toMatch(/4711|failed|unanswered/)
  })

  it('is attested by who answers for the whole, of others, for what is declared, within its days', async () => {
    expect(await codeOf(train(approver))).toBe('role-missing')
    expect(await codeOf(train(isms, 90, 'isms'))).toBe('policy-denied')
    expect(await codeOf(train(admin, 90, 'isms'))).toBe('done')
    expect(await codeOf(train(isms, 90, 'vendor', 'juggling'))).toBe('not-found')
    expect(await codeOf(train(isms, 366))).toBe('invalid-window')
    expect(await codeOf(train(isms, 0))).toBe('invalid-window')
    expect(await codeOf(expected(approver))).toBe('role-missing')
    expect(await codeOf(expected(isms, 181))).toBe('invalid-window')
    expect(await codeOf(expected(isms, 90, 'assessment'))).toBe('not-found')
    expect(await codeOf(expected(isms, 90, 'contact', 'nobody'))).toBe('not-found')
    // Whatever their roles are: nobody for their own supplier.
    const rival = await scene.person('rival', ['vendor', 'isms-manager', 'admin'], ['north'], acme)
    expect(await codeOf(expected(rival))).toBe('policy-denied')
    const refused = await scene.events('standing.step_refused')
    expect(refused.map(({ code }) => code)).toEqual(['role-missing', 'own-training', 'role-missing', 'own-supplier'])
  })

  it('is withdrawn as what it is, once, by who may attest it', async () => {
    const { id } = await train(isms)
    const { withdraw } = scene.standing.attestations
    expect(await codeOf(withdraw(isms, 'expectation', id, 'x'))).toBe('not-found')
    expect(await codeOf(withdraw(vendor, 'training', id, 'x'))).toBe('role-missing')
    expect(await codeOf(withdraw(admin, 'training', id, 'x'))).toBe('done')
    expect(await codeOf(withdraw(admin, 'training', id, 'x'))).toBe('state-conflict')
  })

  it('holds as long as the longest of several, and its end is called out once, a month before', async () => {
    await train(isms, 40)
    await train(isms, 80)
    await expected(isms, 40)
    const called = async () => {
      await scene.standing.attestations.sweep()
      const trainings = await scene.events('training.expiring')
      const expectations = await scene.events('supplier.expectation_expiring')
      return [...trainings.map(({ training }) => training), ...expectations.map(({ expectation }) => expectation)]
    }
    expect(await called()).toEqual([])
    scene.clock.at += 11 * day
    // The shorter one of the training ends, and the longer one goes on.
    expect(await called()).toEqual(['contact'])
    scene.clock.at += 30 * day
    expect(await inTheWay()).toEqual(['supplier-expectation'])
    expect(await called()).toEqual(['contact'])
    scene.clock.at += 10 * day
    expect(await called()).toEqual(['induction', 'contact'])
    expect(await called()).toEqual(['induction', 'contact'])
  })

  it('is known of a moment of the past, though it was withdrawn or is over since', async () => {
    const { at } = scene.clock
    const training = await train(isms, 10)
    await expected(isms, 20)
    scene.clock.at += day
    await scene.standing.attestations.withdraw(isms, 'training', training.id, 'x')
    const then = await readAttestedThen(scene.store)
    const held = (when: number) => {
      const { trainings, expectations } = then([vendor.person], when)
      return [trainings.get(vendor.person.id)?.has('induction'), expectations.get(acme)?.has('contact')]
    }
    expect(held(at - 1)).toEqual([false, false])
    expect(held(at)).toEqual([true, true])
    expect(held(at + day)).toEqual([false, true])
    expect(held(at + 20 * day)).toEqual([false, false])
  })
})
