// A living session on the real door, store and bus, under a clock that is moved by hand: everything that stops it, brings
// it back and ends it.

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Flow } from '../../../gateway/brokers/broker.ts'
import { codeAt } from '../../../gateway/identity/totp.ts'
import { Secret } from '../../../gateway/secret.ts'
import type { LiveSession } from '../../../gateway/sessions/session.ts'
import type { EndReason, Obligation } from '../../../policy/index.ts'
import { eventually } from '../../support/eventually.ts'
import { ledgerOf } from '../../support/memory-store.ts'
import { openSessionScene, type SessionScene } from '../../support/session-scene.ts'
import { recordNow } from '../../support/recording-now.ts'
import { idOf } from '../../support/ids.ts'

const minute = 60_000
const hour = 60 * minute
let scene: SessionScene
let opened: LiveSession[]

beforeEach(async () => {
  scene = await openSessionScene()
  opened = []
})
afterEach(async () => {
  await Promise.all(opened.map((session) => session.closed()))
  await scene.close()
})

/** A session and what its broker was told. */
async function open(asset = 'ews-1') {
  const admission = await scene.admission().admit(scene.visitor, asset)
  if (admission.kind === 'refused') throw new Error(admission.text)
  const { session: brokered } = admission
  const session = scene.registry.get(brokered.id)
  if (!session) throw new Error('the session does not live')
  opened.push(session)
  const told: { flows: Flow[]; warnings: string[]; ends: EndReason[] } = { flows: [], warnings: [], ends: [] }
  brokered.listen({
    warn: (text) => told.warnings.push(text),
    flow: (flow) => told.flows.push(flow),
    end: (reason) => {
      told.ends.push(reason)
      void brokered.closed()
    },
  })
  return { session, brokered, told }
}

async function passes(ms: number): Promise<void> {
  scene.clock.at += ms
  await scene.registry.sweep()
}

async function changes(): Promise<void> {
  scene.bus.publish({ kind: 'reevaluate', because: 'world' })
  await scene.registry.settled()
}

const types = async () => (await ledgerOf(scene.store)).map(({ type }) => type)
const dataOf = async (type: string) => (await ledgerOf(scene.store)).findLast((event) => event.type === type)?.data
const seen = (type: string) => eventually(`${type} is written`, () => dataOf(type).then((data) => data ?? null))
const drain = { expiry: { kind: 'drain', hardLimitMinutes: 10 } } as const

describe('at the end of its window', () => {
  it('a session is cut where the asset says so, after its warnings', async () => {
    scene.setAsset('ews-1', { expiry: { kind: 'cut' } })
    const { told } = await open()
    await passes(46 * minute)
    await passes(13.9 * minute)
    expect(told.warnings.map((text) => text.split(',')[0])).toEqual([
      'access ends in 15 minutes',
      'access ends in 10 seconds',
    ])
    await passes(minute)
    expect(told.ends).toEqual(['expired'])
    expect(await types()).not.toContain('session.degraded')
  })

  it('one only observes where the asset drains, takes no further channel, and is closed at the hard limit', async () => {
    scene.setAsset('ews-1', drain)
    const { session, brokered, told } = await open()
    const until = session.windowUntil
    await passes(hour)
    expect(told.flows.map(({ input }) => input)).toEqual([false])
    expect(told.flows[0]?.why).toContain('the access window is over')
    expect(session.standing).toBe('observing')
    expect(await brokered.admitChannel()).toMatchObject({ kind: 'refused' })
    expect((await scene.admission().admit(scene.visitor, 'ews-1')).kind).toBe('refused')
    const limits = { windowUntil: until, hardUntil: until + 10 * minute }
    expect(await seen('session.degraded')).toMatchObject({ stops: ['window'], ...limits })
    await passes(9 * minute)
    expect(told.ends).toEqual([])
    await passes(minute)
    expect(told.ends).toEqual(['expired'])
    expect(await seen('session.terminated_expiry')).toMatchObject(limits)
    expect(await seen('session.ended')).toMatchObject({ reason: 'expired', ...limits })
  })

  it('an extension is offered once, and brings input back while it drains', async () => {
    scene.setAsset('ews-1', drain)
    const offers: unknown[] = []
    scene.bus.subscribe((signal) => signal.kind === 'extension-offered' && offers.push(signal))
    const { session, told } = await open()
    const until = session.windowUntil
    await passes(46 * minute)
    await passes(10 * minute)
    expect(offers).toEqual([{ kind: 'extension-offered', session: session.facts.id, grant: scene.grant, until }])
    await passes(5 * minute)
    expect(session.standing).toBe('observing')
    const approver = { person: scene.approver, mfa: ['totp'] as const, source: null }
    await scene.access.extend(approver, scene.grant, until + 30 * minute, 'needs longer')
    await eventually('input flows', () => told.flows.at(-1)?.input === true)
    expect(session.standing).toBe('active')
    expect(await seen('session.restored')).toMatchObject({ windowUntil: until + 30 * minute })
    await passes(40 * minute)
    expect(told.ends).toEqual(['expired'])
  })

  it('a change by people while it drains ends it at once, and the window alone does not', async () => {
    scene.setAsset('ews-1', drain)
    const { told } = await open()
    await passes(hour)
    await changes()
    expect(told.ends).toEqual([])
    scene.setAsset('ews-1', { ...drain, labels: [] })
    await changes()
    expect(told.ends).toEqual(['policy-changed'])
  })
})

describe('an occurrence', () => {
  /** Every day from now for so many hours, and again when they are over. */
  async function recur(hours: number): Promise<void> {
    const stored = await scene.store.grants.byId(scene.grant)
    if (stored?.grant.kind !== 'open') throw new Error('the grant is not open')
    const clockOf = (at: number): string => new Date(at).toISOString().slice(11, 16)
    const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
    const from = scene.clock.at - (scene.clock.at % minute)
    const recurrence = { days, from: clockOf(from), until: clockOf(from + hours * hour) }
    const schedule = { kind: 'recurring', recurrence, timeZone: 'UTC' } as const
    const grant = { ...stored.grant, window: { from, until: from + 14 * 24 * hour }, schedule }
    await scene.store.bookkeep(({ grants }) => grants.update(grant))
  }

  it('that was extended takes further channels until its new end', async () => {
    scene.setAsset('ews-1', drain)
    await recur(1)
    const { session, brokered } = await open()
    const until = session.windowUntil
    await passes(59 * minute)
    const approver = { person: scene.approver, mfa: ['totp'] as const, source: null }
    await scene.access.extend(approver, scene.grant, until + 30 * minute, 'needs longer')
    await passes(15 * minute)
    expect(session.standing).toBe('active')
    expect(await brokered.admitChannel()).toEqual({ kind: 'admitted' })
    await passes(16 * minute)
    expect(session.standing).toBe('observing')
    expect(await brokered.admitChannel()).toMatchObject({ kind: 'refused' })
  })

  it('ends its session at the hard limit, also where the next one has begun by then', async () => {
    scene.setAsset('ews-1', { expiry: { kind: 'drain', hardLimitMinutes: 24 * 60 } })
    await recur(1)
    const { session, told } = await open()
    const until = session.windowUntil
    await passes(24 * hour + 5 * minute)
    await changes()
    expect([session.windowUntil, session.standing]).toEqual([until, 'observing'])
    await passes(hour)
    expect(told.ends).toEqual(['expired'])
  })
})

describe('when something changes', () => {
  it('a permit is not written, and the denial that ends a session is', async () => {
    const { told } = await open()
    const before = (await types()).length
    await changes()
    expect((await types()).length).toBe(before)
    const { id, supplier } = scene.visitor.person
    if (!supplier) throw new Error('the vendor has no supplier')
    const target = { kind: 'supplier', id: supplier } as const
    const suspension = {
      id: idOf.suspension('sus_00000000000000000000000001'),
      target,
      by: id,
      at: scene.clock.at,
      reason: 'incident',
    }
    scene.setWorld({ suspensions: [suspension] })
    await changes()
    expect(told.ends).toEqual(['suspended'])
    // The session ends first, and what denies it is written as it does.
    const denial = await eventually('the denial is written', async () => {
      const decision = await dataOf('policy.decision')
      return decision?.['outcome'] === 'deny' ? decision : null
    })
    expect(denial).toMatchObject({ action: 'connect', grant: scene.grant })
  })

  it('a suspension ends a session that drains at once, also where time notices it first', async () => {
    scene.setAsset('ews-1', drain)
    const { session, told } = await open()
    const target = { kind: 'asset', id: session.facts.asset } as const
    const by = scene.approver.id
    scene.setWorld({
      suspensions: [
        { id: idOf.suspension('sus_00000000000000000000000001'), target, by, at: scene.clock.at, reason: 'incident' },
      ],
    })
    await passes(hour)
    await eventually('it ends', () => told.ends.length > 0)
    expect(told.ends).toEqual(['suspended'])
  })

  it('a grant that a suspension revoked ends its session as suspended', async () => {
    const { session, told } = await open()
    const target = { kind: 'asset', id: session.facts.asset } as const
    const [by, at] = [scene.approver.id, scene.clock.at]
    const suspension = { id: idOf.suspension('sus_00000000000000000000000000'), target, by, at, reason: 'incident' }
    await scene.store.bookkeep(async (tx) => {
      const stored = await tx.grants.byId(scene.grant)
      if (!stored) throw new Error('the grant is gone')
      await tx.suspensions.insert(suspension)
      await tx.grants.update({ ...stored.grant, kind: 'revoked', by, at, reason: 'incident' })
    })
    await passes(1_000)
    expect(told.ends).toEqual(['suspended'])
  })

  it('a presence that runs out stops input first, and brings it back when somebody is there again', async () => {
    const zone = scene.door.bundle().assets.get(idOf.asset('ews-1'))?.zone
    if (!zone) throw new Error('the asset has no zone')
    const presence = (minutes: number) => [
      { zone, person: scene.approver.id, until: scene.clock.at + minutes * minute },
    ]
    scene.setAsset('ews-1', { ...drain, localPresence: true })
    scene.setWorld({ presences: presence(5) })
    const { session, told } = await open()
    scene.setWorld({ presences: presence(5) })
    await passes(5 * minute)
    await eventually('input is stopped', () => session.standing === 'observing')
    expect(told.ends).toEqual([])
    scene.setWorld({ presences: presence(20) })
    await changes()
    expect(session.standing).toBe('active')
    scene.setWorld({ presences: [] })
    await changes()
    expect(session.standing).toBe('observing')
    await passes(10 * minute)
    expect(told.ends).toEqual(['presence-gone'])
  })

  it('whose key switch is turned back drains, and goes on when it is turned on again', async () => {
    const zone = scene.door.bundle().assets.get(idOf.asset('ews-1'))?.zone
    if (!zone) throw new Error('the asset has no zone')
    const key = { id: idOf.physicalSource('key'), kind: 'key-switch', zone, asset: null } as const
    scene.setBundle({
      physicalSourcesIn: new Map([[zone, [{ ...key, name: 'Key', owner: 'Production lead', silentAfterMinutes: 10 }]]]),
    })
    scene.setAsset('ews-1', { ...drain, localEnable: 'key-switch' })
    const presences = [{ zone, person: scene.approver.id, until: scene.clock.at + 10 * hour }]
    const says = (state: 'on' | 'off', minutes: number) => {
      const { id: source, kind, asset } = key
      const until = scene.clock.at + minutes * minute
      const fact = { source, kind, zone, asset, state, since: scene.clock.at, until, message: 'evt-1' }
      scene.setWorld({ presences, physical: new Map([[source, fact]]) })
    }
    says('on', 10)
    const { session, told } = await open()
    expect(session.standing).toBe('active')
    says('off', 10)
    await changes()
    expect(session.standing).toBe('observing')
    says('on', 10)
    await changes()
    expect(session.standing).toBe('active')
    // Nobody says anything any more: silent is off.
    await passes(10 * minute)
    await eventually('input is stopped', () => session.standing === 'observing')
    await passes(10 * minute)
    expect(told.ends).toEqual(['presence-gone'])
  })

  it('a presence that runs out while it drains leaves it to its hard limit, and an extension does not bring it back', async () => {
    const zone = scene.door.bundle().assets.get(idOf.asset('ews-1'))?.zone
    if (!zone) throw new Error('the asset has no zone')
    const here = { zone, person: scene.approver.id, until: scene.clock.at + 10 * hour }
    scene.setAsset('ews-1', { ...drain, localPresence: true })
    scene.setWorld({ presences: [here] })
    const { session, told } = await open()
    const until = session.windowUntil
    await passes(hour)
    await eventually('it is known to be over', () => session.terms.lapse !== null)
    scene.setWorld({ presences: [] })
    await changes()
    await changes()
    expect({ ends: told.ends, standing: session.standing }).toEqual({ ends: [], standing: 'observing' })
    expect(session.terms.lapse?.rules.toSorted((a, b) => (a < b ? -1 : 1))).toEqual([
      'grant-outside-window',
      'local-presence',
    ])
    expect(session.hardUntil).toBe(until + 10 * minute)

    const approver = { person: scene.approver, mfa: ['totp'] as const, source: null }
    await scene.access.extend(approver, scene.grant, until + 30 * minute, 'needs longer')
    await eventually('what is missing now is the presence', () => session.terms.lapse?.reason === 'presence-gone')
    expect(session.standing).toBe('observing')
    expect(session.hardUntil).toBe(until + 10 * minute)
    scene.setWorld({ presences: [here] })
    await changes()
    expect(session.standing).toBe('active')
    scene.setWorld({ presences: [] })
    await changes()
    await passes(10 * minute)
    expect(told.ends).toEqual(['presence-gone'])
  })

  it('a window that ends where nobody is on site any more leaves it to the limit it has', async () => {
    const zone = scene.door.bundle().assets.get(idOf.asset('ews-1'))?.zone
    if (!zone) throw new Error('the asset has no zone')
    scene.setAsset('ews-1', { ...drain, localPresence: true })
    scene.setWorld({ presences: [{ zone, person: scene.approver.id, until: scene.clock.at + 10 * hour }] })
    const { session, told } = await open()
    await passes(hour - 5 * minute)
    const gone = scene.clock.at
    scene.setWorld({ presences: [] })
    await changes()
    await passes(6 * minute)
    await changes()
    expect({ ends: told.ends, hardUntil: session.hardUntil }).toEqual({ ends: [], hardUntil: gone + 10 * minute })
    await passes(4 * minute)
    expect(told.ends).toEqual(['presence-gone'])
  })

  it('revocation wins whenever it comes while somebody connects', async () => {
    const approver = { person: scene.approver, mfa: ['totp'] as const, source: null }
    const context = scene.admission()
    await scene.access.revoke(approver, scene.grant, 'not this one')
    for (let turns = 0; turns < 40; turns++) {
      const grant = await scene.grantAgain()
      const connecting = context.admit(scene.visitor, 'ews-1')
      for (let i = 0; i < turns; i++) await new Promise((resolve) => setImmediate(resolve))
      await scene.access.revoke(approver, grant, 'stop')
      const admission = await connecting
      if (admission.kind === 'admitted') {
        const ends: EndReason[] = []
        admission.session.listen({ warn: () => undefined, flow: () => undefined, end: (reason) => ends.push(reason) })
        expect(ends).toEqual(['revoked'])
        await admission.session.closed()
      }
      expect(scene.registry.all()).toEqual([])
    }
    const revoked = new Set<unknown>()
    for (const { type, data } of await ledgerOf(scene.store)) {
      if (type === 'grant.revoked') revoked.add(data['grant'])
      if (type === 'session.started') expect(revoked.has(data['grant'])).toBe(false)
    }
  })
})

describe('a session at rest', () => {
  const resting: readonly Obligation[] = [
    { kind: 'record' },
    { kind: 'idle-lock', minutes: 5 },
    { kind: 'idle-end', minutes: 20 },
  ]
  const allowed = { obligations: resting, decidedUntil: null }
  const terminal = { term: 'xterm', cols: 80, rows: 24 }

  it('is locked, says nothing to further channels, and a code unlocks it once', async () => {
    const { session, brokered, told } = await open()
    session.permitted(allowed)
    const record = recordNow(brokered, { kind: 'pty', command: null, terminal })
    await passes(4 * minute)
    record.data('in', 'x')
    record.data('out', 'by itself')
    await passes(4 * minute)
    expect(session.standing).toBe('active')
    await passes(minute)
    expect(session.standing).toBe('locked')
    expect(told.flows.at(-1)).toMatchObject({ locked: true, input: true })
    expect(await brokered.admitChannel()).toMatchObject({ kind: 'refused' })
    expect(await brokered.unlock(new Secret('000000'))).toBe('wrong')
    const code = codeAt(scene.vendorSecret, scene.clock.at)
    expect(await brokered.unlock(new Secret(code))).toBe('unlocked')
    expect(session.standing).toBe('active')
    expect(await brokered.unlock(new Secret(code))).toBe('wrong')
    const written = (await types()).filter((type) => /idle|unlocked|mfa|rejected/.test(type))
    expect(written).toEqual(['session.idle_locked', 'auth.mfa_failed', 'session.unlocked', 'auth.assertion_rejected'])
  })

  it('locks the account out after too many wrong codes, as at login', async () => {
    const { session, brokered } = await open()
    session.permitted(allowed)
    brokered.record({ kind: 'pty', command: null, terminal })
    await passes(5 * minute)
    for (let i = 0; i < 3; i++) expect(await brokered.unlock(new Secret('000000'))).toBe('wrong')
    expect(await brokered.unlock(new Secret(codeAt(scene.vendorSecret, scene.clock.at)))).toBe('wrong')
    expect(session.standing).toBe('locked')
    expect(await types()).toContain('auth.locked_out')
  })

  it('ends with a warning a minute before, and a program without a terminal counts both ways', async () => {
    const { session, brokered, told } = await open()
    session.permitted(allowed)
    const record = recordNow(brokered, { kind: 'exec', command: 'backup', terminal: null })
    await passes(19 * minute)
    expect(told.warnings.at(-1)).toContain('ends in 1 minute')
    expect(session.standing).toBe('active')
    record.data('out', 'still here')
    await passes(19 * minute)
    expect(told.ends).toEqual([])
    await passes(minute)
    expect(told.ends).toEqual(['idle'])
    expect(await seen('session.terminated_idle')).toMatchObject({ session: session.facts.id })
  })
})

describe('places', () => {
  it('are counted by asset and by supplier, and a refusal names which was full', async () => {
    scene.setAsset('ews-1', { maxSessions: 1 })
    const first = await open()
    expect(await scene.admission().admit(scene.visitor, 'ews-1')).toMatchObject({
      kind: 'refused',
      text: expect.stringContaining('takes 1 session at a time'),
    })
    expect(await dataOf('session.refused_concurrency')).toMatchObject({ limit: 'asset', most: 1 })
    await first.brokered.closed()
    expect((await open()).session.state).toBe('active')
  })
})

describe('clocks', () => {
  it('that are set back do not keep a session open: its own time goes on', async () => {
    scene.setAsset('ews-1', { expiry: { kind: 'cut' } })
    const { session, told } = await open()
    const passed = scene.clock.at + hour
    scene.clock.monotonic = () => BigInt(passed) * 1_000_000n
    scene.clock.at -= 12 * hour
    session.look()
    expect(told.ends).toEqual(['expired'])
  })
})
