// What is recorded of a machine account is also the own affair of who answers for it, and handing it over changes nothing
// about what it did: they look at it, delete it and take it off hold only with other people.

import { afterEach, beforeEach, expect, it } from 'vitest'
import { generateOpensshKey } from '../../../certs-dev/openssh-key.ts'
import type { Actor } from '../../../gateway/access/authorize.ts'
import { openErasures } from '../../../gateway/evidence/erasures.ts'
import { planExport } from '../../../gateway/evidence/export-plan.ts'
import { openViewingGate } from '../../../gateway/evidence/viewing.ts'
import { answerFault } from '../../../gateway/evidence/second-person.ts'
import { enrol } from '../../../gateway/identity/enrol.ts'
import { handOver, registerMachine } from '../../../gateway/identity/machines.ts'
import type { StoredSession } from '../../../gateway/store/sessions.ts'
import type { Events, HoldTarget, Person, SessionId } from '../../../policy/index.ts'
import { codeOf } from '../../support/access-scene.ts'
import { dayMs, openCustodyScene, type CustodyScene } from '../../support/custody-scene.ts'

let stage: CustodyScene
let owner: Actor
let machine: Person
let session: StoredSession

const gate = () =>
  openViewingGate({ store: stage.scene.store, bundle: () => stage.scene.door.bundle(), clock: stage.scene.clock })
const kindFor = async (actor: Actor) => (await gate().permitView(actor, session, 'replay')).kind
const past = (days = 401): void => void (stage.scene.clock.at += days * dayMs)
const refusals = async () =>
  (await stage.events('evidence.step_refused')).map(({ step, code }) => `${String(step)} ${String(code)}`)

/** Somebody else answers for the machine from now on. */
async function giveAway(): Promise<void> {
  const next = await member('next', ['engineer'])
  expect((await handOver(stage.scene, machine, next.person, null, 'took over')).kind).toBe('ok')
}

async function member(login: string, roles: readonly string[]): Promise<Actor> {
  const given = { login, displayName: login, roles, supplier: null, plants: ['north'], password: null, keys: [] }
  const enrolled = await enrol(stage.scene, given)
  if (enrolled.kind === 'invalid') throw new Error(enrolled.problems.join())
  return { person: enrolled.person, mfa: ['totp'], source: null }
}

beforeEach(async () => {
  stage = await openCustodyScene()
  const { store, clock } = stage.scene
  owner = await member('owner', ['engineer', 'auditor', 'isms-manager'])
  const made = await registerMachine(
    stage.scene,
    {
      login: 'svc-mes-erp',
      displayName: 'MES to ERP',
      owner: 'owner',
      purpose: 'counters of the night',
      supplier: null,
      plants: ['north'],
      until: '2099-12-31',
      sources: ['10.20.0.0/24'],
      keys: [generateOpensshKey('svc').public],
    },
    null,
  )
  if (made.kind === 'invalid') throw new Error(made.problems.join())
  machine = made.person
  const like = await store.sessions.byId(await stage.sealed())
  const [begun] = await stage.events('session.started')
  if (!like || !begun) throw new Error('no session was recorded')
  session = { ...like, id: `ses_${'z'.repeat(26)}` as SessionId, person: machine.id }
  const said = begun as unknown as Events['session.started']
  await store.change(async (tx) => {
    await tx.sessions.insert(session)
    const started = { ...said, session: session.id, person: machine.id, owner: owner.person.id }
    await tx.ledger.append('session.started', clock.now(), started)
  })
})
afterEach(() => stage.close())

it('is looked at by its owner with a second person only, also by the owner of then', async () => {
  expect([await kindFor(owner), await kindFor(stage.auditor)]).toEqual(['second-person', 'permitted'])
  await giveAway()
  expect(await kindFor(owner)).toBe('second-person')
  const { store, door } = stage.scene
  const answering = await answerFault(store, door.bundle(), owner.person, stage.auditor.person.id, session)
  expect(answering).toBe('party')
})

it('is deleted by two people who are not its owner, nor were when it was recorded', async () => {
  past()
  const { deletions } = stage.custody
  expect(await codeOf(deletions.propose(owner, [session.id], 'past its day'))).toBe('policy-denied')
  const { id } = await deletions.propose(stage.manager, [session.id], 'past its day')
  await giveAway()
  expect(await codeOf(deletions.confirm(owner, id, 'agreed'))).toBe('policy-denied')
  expect(await refusals()).toEqual(['propose-deletion own-recording', 'confirm-deletion own-recording'])
})

it('is left out where its owner proposes everything that is due', async () => {
  past()
  const { id } = await stage.custody.deletions.propose(owner, [], 'all that is due')
  const items = await stage.scene.store.deletions.items(id)
  expect(items.map((item) => item.session)).not.toContain(session.id)
  expect(items).toHaveLength(1)
})

it('is taken off hold by nobody it is about', async () => {
  const targets: readonly HoldTarget[] = [
    { kind: 'person', id: owner.person.id },
    { kind: 'person', id: machine.id },
    { kind: 'session', id: session.id },
  ]
  const tried = async (): Promise<void> => {
    for (const target of targets) {
      const wanted = { target, span: null, reason: 'claim', reference: 'C-1' }
      const { id } = await stage.custody.holds.hold(stage.manager, wanted)
      expect(await codeOf(stage.custody.holds.release(owner, id, 'nothing there'))).toBe('policy-denied')
      expect(await codeOf(stage.custody.holds.release(stage.auditor, id, 'settled'))).toBe('done')
    }
  }
  await tried()
  await giveAway()
  await tried()
  expect(await refusals()).toEqual([...targets, ...targets].map(() => 'release-hold own-data'))
})

it('keeps from its owner what is known of the machine, and from everybody the value they left themselves', async () => {
  const purpose = await stage.scene.store.change(async (tx) => {
    const why = await tx.ledger.commit('private curiosity')
    const by = stage.auditor.person.id
    const seen = { session: session.id, by, purpose: why, rules: [], bundle: '0'.repeat(64), viewing: null }
    await tx.ledger.append('session.replayed', stage.scene.clock.now(), seen)
    return why
  })
  past()
  const { erasures } = stage.custody
  const looked = { kind: 'commitment', commitment: purpose } as const
  expect(await codeOf(erasures.propose(stage.auditor, looked, 'tidy'))).toBe('policy-denied')
  expect(await codeOf(erasures.propose(owner, { kind: 'person', id: machine.id }, 'tidy'))).toBe('policy-denied')
  const { id } = await erasures.propose(stage.manager, looked, 'tidy')
  expect(await codeOf(erasures.confirm(stage.auditor, id, 'agreed'))).toBe('policy-denied')
  await giveAway()
  expect(await codeOf(erasures.propose(owner, { kind: 'person', id: machine.id }, 'tidy'))).toBe('policy-denied')
  const own = 'propose-erasure own-data'
  expect(await refusals()).toEqual([own, own, 'confirm-erasure own-data', own])
})

it('is erased and exported by the rules of one bundle: one that comes into force meanwhile has it asked anew', async () => {
  past()
  const { store, clock, door } = stage.scene
  const before = door.bundle()
  let asked = 0
  const bundle = () => (asked++ === 0 ? before : { ...before, digest: 'f'.repeat(64) })
  const about = { kind: 'person', id: machine.id } as const
  const { id } = await stage.custody.erasures.propose(stage.manager, about, 'tidy')
  const changing = openErasures({ store, clock, bundle })
  expect(await codeOf(changing.confirm(stage.auditor, id, 'agreed'))).toBe('state-conflict')
  expect((await store.erasures.byId(id))?.state).toBe('open')

  const gate = openViewingGate({ store, bundle, clock })
  expect(await codeOf(planExport({ store, gate, bundle: before }, stage.auditor, []))).toBe('state-conflict')
})
