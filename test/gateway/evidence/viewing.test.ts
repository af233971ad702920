// Who is shown a recording, by the rules of handling.yaml, and how a second person agrees to it.

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Actor } from '../../../gateway/access/authorize.ts'
import { openViewingGate, type ViewingGate, type ViewingPurpose } from '../../../gateway/evidence/viewing.ts'
import { answerMs, openViewings, viewMs, type ViewingRequests } from '../../../gateway/evidence/viewings.ts'
import { planExport } from '../../../gateway/evidence/export-plan.ts'
import type { StoredSession } from '../../../gateway/store/sessions.ts'
import { standardRetention, type HandlingRule, type SessionId, type ViewingId } from '../../../policy/index.ts'
import { codeOf, openStandingScene, type StandingScene } from '../../support/standing-scene.ts'

let scene: StandingScene
let gate: ViewingGate
let viewings: ViewingRequests
let vendor: Actor
let auditor: Actor
let manager: Actor
let escort: Actor
let session: StoredSession

function rules(...given: readonly Partial<HandlingRule>[]): void {
  const all = given.map((rule, i) => ({ id: `rule-${i}`, text: `The rule ${i}.`, ...rule }))
  scene.setBundle({ handling: { classes: [standardRetention], default: standardRetention, rules: all } })
}

async function sessionOf(by: Actor, change: Partial<StoredSession> = {}): Promise<StoredSession> {
  const grant = await scene.grant(by, 'ews-1')
  const id = await scene.session(by, grant, 'ews-1')
  await scene.store.bookkeep((tx) => tx.sessions.update(id, { seal: 'f'.repeat(64), sealIndex: 0, ...change }))
  const stored = await scene.store.sessions.byId(id)
  if (!stored) throw new Error('the session has no row')
  return stored
}

const ask = (actor: Actor, purpose: ViewingPurpose = 'replay', of = session) => gate.permitView(actor, of, purpose)
const kindOf = async (actor: Actor, purpose?: ViewingPurpose, of?: StoredSession) =>
  (await ask(actor, purpose, of)).kind
const textOf = async (actor: Actor, purpose?: ViewingPurpose) => {
  const answer = await ask(actor, purpose)
  return answer.kind === 'permitted' ? 'permitted' : answer.text
}

beforeEach(async () => {
  scene = await openStandingScene()
  const bundle = () => scene.bundle()
  const world = { now: scene.standing.world.now }
  gate = openViewingGate({ ...scene, bundle })
  viewings = openViewings({ ...scene, gate, bundle, world })
  await scene.person('approver', ['approver'], ['north'])
  vendor = await scene.person('vendor', ['vendor'], ['north'], 'acme-drives')
  auditor = await scene.person('auditor', ['auditor'], [])
  manager = await scene.person('manager', ['isms-manager'], [])
  escort = await scene.person('escort', ['escort'], ['north'])
  rules()
  session = await sessionOf(vendor)
})
afterEach(() => scene.store.close())

describe('a recording that no rule is about', () => {
  it('is looked at by auditors and isms-managers, and by nobody else', async () => {
    expect(await kindOf(auditor)).toBe('permitted')
    expect(await kindOf(manager, 'export')).toBe('permitted')
    expect(await kindOf(escort)).toBe('refused')
    expect(await kindOf(vendor)).toBe('refused')
    expect(await textOf(escort)).toBe(
      'looking at this session needs one of the roles auditor, isms-manager, for its plant',
    )
  })

  it('is followed while it lives by who may come along in its plant, too', async () => {
    const far = await scene.person('far', ['escort'], ['south'])
    expect(await kindOf(escort, 'follow')).toBe('permitted')
    expect(await kindOf(auditor, 'follow')).toBe('permitted')
    expect(await kindOf(far, 'follow')).toBe('refused')
    expect(await kindOf(vendor, 'follow')).toBe('refused')
  })
})

describe('roles named by a rule', () => {
  it('are the ones that look, at their plants; the refusal says the rule', async () => {
    rules({ labels: ['drives'], view: { roles: ['escort', 'auditor'] } })
    const far = await scene.person('far', ['escort'], ['south'])
    expect(await kindOf(escort)).toBe('permitted')
    expect(await kindOf(auditor)).toBe('permitted')
    expect(await kindOf(far)).toBe('refused')
    expect(await textOf(manager)).toBe(
      'looking at this session needs one of the roles escort, auditor, for its plant: rule `rule-0`: The rule 0',
    )
  })

  it('are none where two rules have none in common', async () => {
    rules({ view: { roles: ['escort'] } }, { view: { roles: ['auditor'] } })
    for (const actor of [escort, auditor]) expect(await kindOf(actor)).toBe('refused')
    expect(await textOf(auditor)).toContain('nobody may look at recordings of this session: rule `rule-0`')
  })

  it('never let somebody of a supplier look at what others did, nor take anything out', async () => {
    const every = ['vendor', 'auditor', 'isms-manager', 'escort']
    const colleague = await scene.person('colleague', every, ['north'], 'acme-drives')
    const rival = await scene.person('rival', every, ['north'], 'robot-cell-service')
    rules({ view: { roles: ['vendor', 'auditor', 'escort'] } })
    for (const actor of [colleague, rival])
      for (const purpose of ['replay', 'search', 'follow', 'export'] as const)
        expect(await kindOf(actor, purpose)).toBe('refused')
    // Their own: only with another person, as everybody's own.
    expect(await kindOf(vendor)).toBe('second-person')
    expect(await kindOf(vendor, 'export')).toBe('refused')
  })

  it('hold by the labels at the start as well as by those of today', async () => {
    rules({ labels: ['secret'], view: { roles: ['escort'] } })
    expect(await kindOf(auditor)).toBe('permitted')
    scene.setAsset('ews-1', { labels: ['secret'] })
    expect(await kindOf(auditor)).toBe('refused')
    scene.setAsset('ews-1', { labels: [] })
    expect(await kindOf(auditor, 'replay', { ...session, labels: ['secret'] })).toBe('refused')
  })
})

describe('an export', () => {
  it('is refused with the rule where a rule refuses it', async () => {
    rules({ export: 'refused' }, { export: 'without-keys' })
    expect(await textOf(auditor, 'export')).toBe(
      'recordings of this session are not exported: rule `rule-0`: The rule 0',
    )
    expect(await kindOf(auditor, 'replay')).toBe('permitted')
  })

  it('without keys needs no second person: nobody sees anything of it', async () => {
    rules({ export: 'without-keys', view: { secondPerson: true } })
    expect(await kindOf(auditor, 'export')).toBe('permitted')
    expect(await kindOf(auditor, 'replay')).toBe('second-person')
    rules({ view: { secondPerson: true } })
    expect(await kindOf(auditor, 'export')).toBe('second-person')
  })

  it('of everything keeps back what may not leave, and shuts what stands in its entries', async () => {
    const secret: StoredSession = { ...session, id: `ses_${'z'.repeat(26)}` as SessionId, labels: ['secret'] }
    await scene.store.bookkeep((tx) => tx.sessions.insert(secret))
    const [open, shut] = await scene.store.change(async (tx) => {
      const entered = []
      for (const { id } of [session, secret]) {
        const purpose = await tx.ledger.commit(`why ${id}`)
        await tx.ledger.append('session.replayed', scene.clock.now(), { session: id, by: auditor.person.id, purpose })
        entered.push(purpose)
      }
      return entered
    })
    const plan = (...asked: readonly SessionId[]) =>
      planExport({ store: scene.store, gate, bundle: scene.door.bundle() }, auditor, asked)
    const withKey = (id: SessionId) => ({ id, withKey: true })

    const whole = await plan()
    expect(whole).toMatchObject({ sessions: [withKey(secret.id), withKey(session.id)], keptBack: [], rules: [] })
    expect(whole.shut).toEqual(new Set())

    rules({ labels: ['secret'], export: 'refused' })
    expect(await plan()).toMatchObject({ sessions: [withKey(session.id)], keptBack: [secret.id], rules: [] })
    expect((await plan()).shut).toEqual(new Set([shut]))
    expect(await codeOf(plan(secret.id))).toBe('viewing-refused')

    rules({ labels: ['secret'], export: 'without-keys' })
    expect(await plan(secret.id)).toMatchObject({ sessions: [{ id: secret.id, withKey: false }], rules: ['rule-0'] })
    // Also in an export of another session: the ledger that goes with it is whole.
    expect((await plan(session.id)).shut).toEqual(new Set([shut]))
    expect((await plan(session.id)).shut.has(open ?? '')).toBe(false)
  })
})

describe('what was refused', () => {
  it('is evidence, with the rules and the bundle, and only where somebody asked for it', async () => {
    rules({ view: { roles: ['escort'] } })
    await ask(auditor)
    expect(await scene.events('recording.view_refused')).toEqual([])
    expect(await codeOf(gate.needView(auditor, session, 'replay'))).toBe('viewing-refused')
    expect(await scene.events('recording.view_refused')).toEqual([
      {
        session: session.id,
        viewer: auditor.person.id,
        for: 'replay',
        why: 'rules',
        viewing: null,
        by: null,
        reason: null,
        rules: ['rule-0'],
        bundle: scene.bundle().digest,
      },
    ])
  })
})

describe('a viewing with a second person', () => {
  beforeEach(() => rules({ view: { roles: ['auditor', 'escort', 'isms-manager'], secondPerson: true } }))

  const askFor = async (actor = auditor): Promise<ViewingId> => (await viewings.ask(actor, session, 'incident 17')).id

  it('is not opened by a row that somebody wrote into the store', async () => {
    const id = await askFor()
    const at = scene.clock.now()
    const yes = { state: 'confirmed', by: manager.person.id, at, reason: null, viewUntil: at + viewMs } as const
    await scene.store.bookkeep((tx) => tx.viewings.answer(id, yes))
    expect(await kindOf(auditor)).toBe('second-person')
  })

  it('is asked for, agreed to by another, and open for half an hour', async () => {
    expect(await codeOf(gate.needView(auditor, session, 'replay'))).toBe('second-person-needed')
    const id = await askFor()
    expect(await kindOf(auditor)).toBe('second-person')
    const done = await viewings.confirm(manager, id)
    const until = scene.clock.now() + viewMs
    expect(done).toMatchObject({ state: 'confirmed', viewUntil: until })
    expect(await ask(auditor)).toMatchObject({ kind: 'permitted', until, applied: { viewing: id, rules: ['rule-0'] } })
    expect(await kindOf(manager)).toBe('second-person')
    scene.clock.at += viewMs
    expect(await kindOf(auditor)).toBe('second-person')
    const [asked] = await scene.events('recording.view_asked')
    expect(asked).toMatchObject({
      viewing: id,
      by: auditor.person.id,
      rules: ['rule-0'],
      bundle: scene.bundle().digest,
    })
    expect(await scene.events('recording.view_confirmed')).toMatchObject([
      { viewing: id, viewer: auditor.person.id, by: manager.person.id, viewUntil: until },
    ])
  })

  it('ends with a rule that has become stricter', async () => {
    await viewings.confirm(manager, await askFor())
    rules({ view: { roles: ['escort'] } })
    expect(await kindOf(auditor)).toBe('refused')
  })

  it('is never agreed to by who looks, was part of the session, or may not look', async () => {
    await scene.store.change((tx) =>
      tx.ledger.append('session.attached_observer', scene.clock.now(), {
        session: session.id,
        observer: escort.person.id,
      }),
    )
    const far = await scene.person('far', ['escort'], ['south'])
    const colleague = await scene.person('colleague', ['vendor', 'auditor'], ['north'], 'acme-drives')
    const id = await askFor()
    for (const actor of [auditor, escort, far, colleague, vendor]) {
      expect(await codeOf(viewings.confirm(actor, id))).toBe('role-missing')
      expect(await codeOf(viewings.refuse(actor, id, 'no'))).toBe('role-missing')
    }
    expect(await kindOf(auditor)).toBe('second-person')
    const refused = await scene.events('recording.view_answer_refused')
    expect(refused.map(({ why }) => why)).toEqual(
      ['own-viewing', 'party', 'not-a-viewer', 'not-a-viewer', 'not-a-viewer'].flatMap((why) => [why, why]),
    )
  })

  it('is not agreed to by somebody who is suspended', async () => {
    const id = await askFor()
    const admin = await scene.person('admin', ['admin'], [])
    await scene.standing.suspensions.suspend(admin, { kind: 'person', id: manager.person.id }, 'under suspicion')
    expect(await codeOf(viewings.confirm(manager, id))).toBe('role-missing')
  })

  it('is refused with a reason, which shuts it, and may be asked for again', async () => {
    const id = await askFor()
    expect(await codeOf(askFor())).toBe('state-conflict')
    await viewings.refuse(manager, id, 'the incident is closed')
    expect(await codeOf(viewings.confirm(manager, id))).toBe('state-conflict')
    expect(await kindOf(auditor)).toBe('second-person')
    expect(await scene.events('recording.view_refused')).toMatchObject([{ why: 'second-person', viewing: id }])
    expect(await askFor()).not.toBe(id)
  })

  it('is over when nobody answers in time, once, as evidence', async () => {
    const id = await askFor()
    await viewings.sweep()
    expect(await scene.events('recording.view_refused')).toEqual([])
    scene.clock.at += answerMs
    expect(await codeOf(viewings.confirm(manager, id))).toBe('state-conflict')
    await viewings.sweep()
    await viewings.sweep()
    expect(await scene.events('recording.view_refused')).toMatchObject([{ why: 'unanswered', viewing: id, by: null }])
    expect((await scene.store.viewings.byId(id))?.state).toBe('expired')
  })

  it('is not asked for where none is needed, or the rules refuse anyhow', async () => {
    expect(await codeOf(viewings.ask(vendor, session, 'mine'))).toBe('viewing-refused')
    rules()
    expect(await codeOf(askFor())).toBe('state-conflict')
  })

  it('is needed for one’s own session whatever the rules say', async () => {
    rules()
    const own = await sessionOf(await scene.person('tech', ['engineer', 'auditor'], ['north']))
    const tech = await scene.store.people.byId(own.person)
    if (!tech) throw new Error('nobody works in the session')
    expect(await kindOf({ ...auditor, person: tech }, 'replay', own)).toBe('second-person')
    expect(await kindOf({ ...auditor, person: tech }, 'search', own)).toBe('second-person')
    expect(await kindOf(auditor, 'replay', own)).toBe('permitted')
  })
})
