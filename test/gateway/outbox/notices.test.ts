import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Outgoing } from '../../../gateway/outbox/channel.ts'
import { isTold } from '../../../gateway/outbox/mapper.ts'
import { subjectOf, textOf } from '../../../gateway/outbox/letter.ts'
import { toldTypes } from '../../../gateway/told-events.ts'
import type { StoredRequest } from '../../../gateway/store/requests.ts'
import type { ConduitId, Events, EventType, Grant, Person, PlantId, SupplierId, ZoneId } from '../../../policy/index.ts'
import { mint } from '../../../gateway/clock.ts'
import { keepingChannel, openScene, vendorOf, type Scene } from './scene.ts'

const hour = 3_600_000
let scene: Scene
let vendor: Person
let lead: Person
let chief: Person
let stored: StoredRequest
beforeEach(async () => {
  scene = await openScene()
  vendor = await scene.person('vendor', { ...vendorOf('acme-drives'), displayName: 'Vera\r\nBcc: x@y' })
  lead = await scene.person('lead', {})
  chief = await scene.person('chief', { roles: ['isms-manager'], plants: [] })
  await scene.person('elsewhere', { plants: ['south' as PlantId] })
  stored = await scene.request(vendor)
  // The request itself is told and out of the way.
  await told()
})
afterEach(() => scene.store.close())

/** What is sent for the events written since: by whom it is read, and the message to webhooks. */
async function told(): Promise<{ readonly mails: Map<string, Outgoing>; readonly hook: Outgoing | undefined }> {
  const mail = keepingChannel('mail')
  const hook = keepingChannel('webhook:siem')
  const outbox = scene.outbox(mail, hook)
  await outbox.expand()
  await outbox.deliver()
  return { mails: new Map(mail.sent.map((each) => [each.mail?.to.split('@')[0] ?? '', each])), hook: hook.sent[0] }
}

async function happens<T extends EventType>(type: T, data: Events[T]): Promise<Awaited<ReturnType<typeof told>>> {
  await scene.store.change((tx) => tx.ledger.append(type, scene.clock.at, data))
  return told()
}

const subjectTo = (mails: ReadonlyMap<string, Outgoing>, login: string): string => {
  const letter = mails.get(login)?.mail?.letter
  return letter === undefined ? 'nothing' : subjectOf(letter)
}

/** An approved request with its grant, as the approver `by` left it. */
async function approved(by: Person): Promise<Grant> {
  const { id, set, by: person, ask, submittedAt } = stored.request
  const grant: Grant = {
    id: mint.grant(scene.clock.at),
    request: id,
    person,
    asset: ask.asset,
    protocol: 'ssh',
    operationClass: 'operate',
    window: ask.window,
    schedule: ask.schedule,
    tier: ask.tier,
    escort: false,
    conditions: '',
    kind: 'open',
  }
  const yes = { by: by.id, onBehalfOf: by.id, at: scene.clock.at, verdict: 'approve', comment: '' } as const
  const approvals = [{ ...yes, requestDigest: stored.digest }]
  stored = await scene.move(stored, {
    request: { id, set, by: person, ask, submittedAt, kind: 'approved', approvals, grant: grant.id },
  })
  await scene.store.bookkeep((tx) => tx.grants.insert({ grant, plant: stored.plant }))
  return grant
}

const commitment = `sha256:${'a'.repeat(64)}` as const

describe('what is told', () => {
  it('is told for exactly the types a webhook may name', () => {
    for (const type of toldTypes) expect(isTold(type)).toBe(true)
    for (const type of ['policy.decision', 'auth.failed', 'toString', '']) expect(isTold(type)).toBe(false)
  })

  it('of an interface that is overdue: who answers for the plants, while it still is', async () => {
    const [first] = scene.bundle.interfaces.values()
    if (first === undefined) throw new Error('the demo has no interfaces')
    const { id, type } = first
    const entry = { interface: id, type, fault: 'removal-overdue', since: 1, digest: 'd', bundle: 'b' } as const
    const stands = (day: string): void => {
      const late = { ...first, name: 'Modem\r\nBcc: x@y', state: { kind: 'remove-by', day } } as const
      scene.bundle = { ...scene.bundle, interfaces: new Map([[id, late]]) }
    }
    stands('2020-01-31')
    const { mails, hook } = await happens('interface.overdue', entry)
    expect([...mails.keys()]).toContain('chief')
    expect([...mails.keys()]).not.toContain('vendor')
    expect(subjectTo(mails, 'chief')).toMatch(/look at interface Modem/)
    expect(subjectTo(mails, 'chief')).not.toContain('\n')
    expect(mails.get('chief')?.mail?.letter.lines.join(' ')).toContain('it was to be removed by 2020-01-31')
    expect(hook?.facts).toMatchObject({ interface: id, fault: 'removal-overdue' })
    // Put right by the time it is told.
    stands('2099-12-31')
    expect((await happens('interface.overdue', entry)).mails.size).toBe(0)
  })

  it('of an approval: the requester, with the window that was granted', async () => {
    const { id, ask } = stored.request
    const grant = await approved(lead)
    const window = { from: ask.window.from, until: ask.window.from + hour }
    const { mails, hook } = await happens('request.approved', {
      request: id,
      grant: grant.id,
      requester: vendor.id,
      approver: lead.id,
      approvals: [],
      needs: [],
      asset: ask.asset,
      reach: { assets: 3, zones: 2 },
      operationClass: 'operate',
      window,
      schedule: ask.schedule,
      tier: ask.tier,
      escort: false,
      conditions: null,
      digest: stored.digest,
      comment: commitment,
    })
    expect([...mails.keys()]).toEqual(['vendor'])
    expect(subjectTo(mails, 'vendor')).toMatch(/^Sallyport: you can connect: your request for .+ is approved$/)
    const letter = mails.get('vendor')?.mail?.letter
    expect(letter?.lines.join('\n')).toContain('11:00 GMT+2 (Europe/Berlin)')
    expect(letter?.lines.join('\n')).toContain('not the window you asked for')
    expect(hook?.facts).toMatchObject({ request: id, grant: grant.id })
  })

  it('of a denial: the requester, to whom the page says why', async () => {
    const { mails } = await happens('request.denied', {
      request: stored.request.id,
      requester: vendor.id,
      approver: lead.id,
      onBehalfOf: lead.id,
      digest: stored.digest,
      comment: commitment,
    })
    expect([...mails.keys()]).toEqual(['vendor'])
    expect(mails.get('vendor')?.mail?.letter.open).toBe(`/requests/${stored.request.id}`)
  })

  it('of an expiry: the requester that it is over, the others that there is nothing to do', async () => {
    const { mails } = await happens('request.expired', { request: stored.request.id })
    expect([...mails.keys()].toSorted()).toEqual(['lead', 'vendor'])
    expect(subjectTo(mails, 'vendor')).toContain('ask again')
    expect(subjectTo(mails, 'lead')).toContain('nothing to do')
  })

  it('of changed terms: the requester, and whoever has to decide again', async () => {
    const terms = await happens('request.terms_changed', {
      request: stored.request.id,
      by: lead.id,
      from: stored.digest,
      to: stored.digest,
      window: stored.request.ask.window,
      operationClass: 'observe',
      escort: false,
      conditions: null,
    })
    expect([...terms.mails.keys()]).toEqual(['vendor'])
    const because = 'terms-changed'
    const lapsed = await happens('request.approval_lapsed', { request: stored.request.id, approver: lead.id, because })
    expect(subjectTo(lapsed.mails, 'lead')).toMatch(/^Sallyport: decide again/)
    expect(lapsed.mails.get('lead')?.mail?.letter.open).toMatch(/^\/approve\?token=/)
  })

  it('of break-glass and of a late emergency: an alarm to the plant\u2019s approvers and who answers for the whole', async () => {
    const { id, ask } = stored.request
    const grant = await approved(lead)
    const glass = await happens('request.break_glass', {
      request: id,
      grant: grant.id,
      person: vendor.id,
      supplier: vendor.supplier,
      asset: ask.asset,
      plant: stored.plant,
      window: ask.window,
      criteria: [],
      reason: commitment,
      digest: stored.digest,
    })
    expect([...glass.mails.keys()].toSorted()).toEqual(['chief', 'lead'])
    expect(subjectTo(glass.mails, 'chief')).toContain('ALARM')
    const late = await happens('request.emergency_overdue', { request: id, submittedAt: 0, alarmMinutes: 120 })
    expect([...late.mails.keys()].toSorted()).toEqual(['chief', 'lead'])
    expect(late.mails.get('lead')?.mail?.letter.lines[0]).toContain('It was answered, and no session has begun')
  })

  it('of a session: its approver, and only where policy obliges to it', async () => {
    const grant = await approved(lead)
    const { id, ask } = stored.request
    const session = mint.session(scene.clock.at)
    const begins = { session, grant: grant.id, request: id, person: vendor.id, asset: ask.asset, plant: stored.plant }
    const data: Events['session.started'] = {
      ...begins,
      window: ask.window,
      supplier: vendor.supplier,
      zone: 'north-cell-1' as ZoneId,
      conduit: 'north-cell-1' as ConduitId,
      leansOn: [],
      unavailable: [],
      protocol: 'ssh',
      mfa: ['totp'],
      source: commitment,
      safety: 'none',
      levels: { from: 3.5, to: 2 },
      contractUntil: null,
      escortGraceMinutes: null,
      idleEndMinutes: null,
      most: { person: 2, asset: null, supplier: null },
    }
    expect((await happens('session.started', data)).mails.size).toBe(0)
    const asker = await scene.request(vendor, {
      decision: { ...stored.decision, kind: 'permit', obligations: [{ kind: 'record' }, { kind: 'notify-approver' }] },
    })
    await told()
    stored = asker
    const noted = await approved(lead)
    const { mails } = await happens('session.started', { ...data, grant: noted.id, request: asker.request.id })
    expect([...mails.keys()]).toEqual(['lead'])
    expect(subjectTo(mails, 'lead')).toContain('is working on')
  })

  it('of an extension that is offered: who approved, as long as the window lasts', async () => {
    const grant = await approved(lead)
    const offer = { session: mint.session(scene.clock.at), grant: grant.id, until: grant.window.until }
    expect(subjectTo((await happens('session.extension_offered', offer)).mails, 'lead')).toContain(
      'extend or let it end',
    )
    scene.clock.at = grant.window.until
    expect((await happens('session.extension_offered', offer)).mails.size).toBe(0)
  })

  it('of a suspension: those it concerns, and the person themselves', async () => {
    const core = {
      suspension: mint.suspension(scene.clock.at),
      by: chief.id,
      via: 'https',
      reason: commitment,
    } as const
    const none = { grants: [], sessions: [] }
    const person = { kind: 'person', id: vendor.id } as const
    const own = await happens('suspension.created', { ...core, ...none, target: person })
    expect([...own.mails.keys()].toSorted()).toEqual(['chief', 'elsewhere', 'lead', 'vendor'])
    const plant = { kind: 'plant', id: 'north' as PlantId } as const
    const north = await happens('suspension.created', { ...core, ...none, target: plant })
    expect([...north.mails.keys()].toSorted()).toEqual(['chief', 'lead'])
    const supplier = { kind: 'supplier', id: 'acme-drives' as SupplierId } as const
    const lifted = {
      suspension: core.suspension,
      target: supplier,
      suspendedBy: chief.id,
      by: lead.id,
      reason: commitment,
    }
    const back = await happens('suspension.lifted', lifted)
    expect(back.hook?.facts).toEqual({ suspension: core.suspension, target: supplier })
  })

  it('of a review: who may look, and never who used the access', async () => {
    await approved(lead)
    const user = await scene.person('user', { roles: ['approver', 'engineer'] })
    const data = {
      review: mint.review(scene.clock.at),
      kind: 'break-glass',
      request: stored.request.id,
      grant: mint.grant(scene.clock.at),
      person: user.id,
      asset: stored.request.ask.asset,
      plant: stored.plant,
      dueAt: scene.clock.at + 24 * hour,
    } as const
    const opened = await happens('review.opened', data)
    expect([...opened.mails.keys()].toSorted()).toEqual(['chief', 'lead'])
    const { review, kind, request, grant, dueAt } = data
    const late = await happens('review.overdue', { review, kind, request, grant, dueAt })
    expect([...late.mails.keys()]).toEqual(['chief'])
  })

  it('of a proposed bundle: another one than its proposer', async () => {
    const second = await scene.person('second', { roles: ['admin'], plants: [] })
    const proposed = {
      proposal: mint.proposal(scene.clock.at),
      bundle: 'b',
      base: 'a',
      scopeVersion: '2',
      by: second.id,
      comment: commitment,
      rebased: false,
      change: null,
      rollback: null,
      safetyTouches: 0,
    } as const
    const { mails } = await happens('policy.proposed', proposed)
    expect([...mails.keys()]).toEqual(['chief'])

    await scene.person('trip', { roles: ['safety-engineer'], plants: [] })
    const safety = await happens('policy.proposed', { ...proposed, safetyTouches: 2 })
    expect([...safety.mails.keys()].toSorted()).toEqual(['chief', 'trip'])
  })

  it('of what ends soon: whose training it is, and who can attest it anew; nobody where nothing asks for it', async () => {
    const until = scene.clock.at + 20 * 24 * hour
    const training = {
      attestation: mint.attestation(scene.clock.at),
      person: vendor.id,
      training: 'site-induction',
      until,
    }
    const { mails } = await happens('training.expiring', training)
    expect([...mails.keys()].toSorted()).toEqual(['chief', 'vendor'])
    expect(subjectTo(mails, 'vendor')).toContain('renew your training')
    expect(subjectTo(mails, 'chief')).toContain('attest anew or let it end')
    expect((await happens('training.expiring', { ...training, training: 'juggling' })).mails.size).toBe(0)

    const ofSupplier = { attestation: training.attestation, supplier: 'acme-drives' as SupplierId, until }
    const expected = await happens('supplier.expectation_expiring', { ...ofSupplier, expectation: 'incident-contact' })
    expect([...expected.mails.keys()]).toEqual(['chief'])
    expect(expected.mails.get('chief')?.mail?.letter.open).toBe('/suppliers/acme-drives')
    // Of a supplier of medium risk no assessment is expected.
    const none = await happens('supplier.expectation_expiring', { ...ofSupplier, expectation: 'security-assessment' })
    expect(none.mails.size).toBe(0)
  })

  it('of a viewing: those who may agree, and what became of it who asked', async () => {
    const auditor = await scene.person('auditor', { roles: ['auditor'], plants: [] })
    const grant = await approved(lead)
    const { asset } = grant
    const session = mint.session(scene.clock.at)
    const row = {
      id: session,
      grant: grant.id,
      person: vendor.id,
      asset,
      plant: stored.plant,
      protocol: 'ssh' as const,
    }
    const over = { endedAt: null, endReason: null, channels: 0, bytesIn: 0, bytesOut: 0, source: '192.0.2.9' }
    const labels = { assetType: 'engineering-workstation', labels: [] }
    const at = scene.clock.at
    const viewing = mint.viewing(at)
    const asked = { viewing, session, answerBy: at + hour, rules: ['two'], bundle: 'b' }
    await scene.store.bookkeep(async (tx) => {
      const live = { state: 'sealed', recording: 'complete', seal: 'f', sealIndex: 0 } as const
      const times = { startedAt: at, windowUntil: at + hour }
      await tx.sessions.insert({ ...row, ...over, ...labels, ...live, ...times })
      const waits = { state: 'asked', answered: null, viewUntil: null } as const
      const of = { id: viewing, session, viewer: auditor.id, purpose: 'a secret', askedAt: at, answerBy: at + hour }
      await tx.viewings.insert({ ...of, ...waits })
    })
    const ask = await happens('recording.view_asked', { ...asked, by: auditor.id, purpose: commitment })
    expect([...ask.mails.keys()]).toEqual(['chief'])
    expect(subjectTo(ask.mails, 'chief')).toContain('agree or refuse')
    expect(JSON.stringify([ask.hook, ...ask.mails.values()])).not.toContain('a secret')

    const { answerBy: _, ...of } = asked
    const yes = await happens('recording.view_confirmed', {
      ...of,
      viewer: auditor.id,
      by: chief.id,
      viewUntil: at + hour,
    })
    expect([...yes.mails.keys()]).toEqual(['auditor'])
    const no = {
      ...of,
      viewer: auditor.id,
      for: 'replay',
      why: 'second-person',
      by: chief.id,
      reason: commitment,
    } as const
    expect([...(await happens('recording.view_refused', no)).mails.keys()]).toEqual(['auditor'])
    // Who was refused on the spot has read it already.
    const onTheSpot = { ...no, viewing: null, by: null, reason: null, why: 'rules' } as const
    expect((await happens('recording.view_refused', onTheSpot)).mails.size).toBe(0)
  })

  it('holds no address of a person in what webhooks get, and no second header in what people get', async () => {
    const { mails, hook } = await happens('request.denied', {
      request: stored.request.id,
      requester: vendor.id,
      approver: lead.id,
      onBehalfOf: lead.id,
      digest: stored.digest,
      comment: commitment,
    })
    expect(JSON.stringify(hook)).not.toMatch(/@plant\.example|purpose|secret drive/)
    const letter = mails.get('vendor')?.mail?.letter
    if (letter === undefined) throw new Error('nothing came')
    expect(textOf(letter, 'https://gateway')).not.toMatch(/^Bcc:/m)
    expect(textOf(letter, 'https://gateway')).not.toContain('x@y')
  })
})
