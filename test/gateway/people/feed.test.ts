// Feeds of people on a store in memory: who comes, moves, comes back and leaves, and what is refused whole.

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Actor } from '../../../gateway/access/authorize.ts'
import { changeRoles } from '../../../gateway/people/by-hand.ts'
import { takeFeed, type FeedOutcome } from '../../../gateway/people/feed.ts'
import type { SeparationRule } from '../../../policy/index.ts'
import { openStandingScene, type StandingScene } from '../../support/standing-scene.ts'
import { idOf } from '../../support/ids.ts'

let scene: StandingScene
let approver: Actor

const hour = 3_600_000
const machine = {
  displayName: 'Machine',
  purpose: 'x',
  supplier: null,
  plants: ['north'],
  until: '2099-01-01',
  sources: ['192.0.2.0/24'],
  keys: ['ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'],
}
const apart: SeparationRule = { id: 'apart', text: 'x', roles: ['escort', 'auditor'], duties: [], from: '2020-01-01' }

beforeEach(async () => {
  scene = await openStandingScene()
  approver = await scene.person('approver', ['approver'], ['north'])
})
afterEach(() => scene.store.close())

interface Row {
  readonly id: string
  readonly login?: string
  readonly plants?: readonly string[]
  readonly status?: string
  readonly attributes?: Readonly<Record<string, string>>
}
const technician = { department: 'Maintenance', job: 'Technician' }
const row = (id: string, change: Partial<Row> = {}): Row => ({
  id,
  login: `p${id}`,
  plants: ['north'],
  attributes: technician,
  ...change,
})

function feedOf(people: readonly Row[], change: object = {}): string {
  scene.clock.at += 60_000
  const named = people.map((one) => ({ name: `Person ${one.id}`, ...one }))
  const asOf = new Date(scene.clock.at).toISOString()
  return JSON.stringify({ format: 'sallyport-people-feed/v1', asOf, count: people.length, people: named, ...change })
}

const take = (text: string, change: object = {}): Promise<FeedOutcome> =>
  takeFeed({ ...scene, bus: scene.bus }, { feed: 'hr', text, via: 'local', dryRun: false, ...change })
const said = (outcome: FeedOutcome): readonly string[] =>
  outcome.kind === 'refused'
    ? [`refused ${outcome.code}`]
    : [
        ...outcome.changes.map(({ kind, login, roles, because }) => `${kind} ${login} ${because ?? roles.join()}`),
        ...outcome.problems.map(({ id, text }) => `not ${id}: ${text}`),
      ]
const personOf = async (login: string) => {
  const person = await scene.store.people.byLogin(idOf.login(login))
  if (!person) throw new Error(`nobody is ${login}`)
  return person
}

describe('a feed of people', () => {
  it('prepares an account for who is new, which nothing logs in', async () => {
    expect(said(await take(feedOf([row('1'), row('2', { attributes: { job: 'Cook' } })])))).toEqual(['join p1 escort'])
    const person = await personOf('p1')
    expect(person).toMatchObject({ roles: ['escort'], plants: ['north'], disabled: false })
    expect(await scene.store.people.authenticators(person.id)).toBeNull()
    expect(await scene.events('identity.prepared')).toMatchObject([{ person: person.id, feed: 'hr' }])
    expect(await scene.events('person.role_source')).toMatchObject([
      { cause: 'joined', byFeed: [{ role: 'escort', mapping: 'maintenance-technician' }], byHand: [] },
    ])
    expect(await scene.events('people.feed_applied')).toMatchObject([{ rows: 2, joined: 1, unmapped: 1, left: 0 }])
  })

  it('shows first and changes nothing, not even the ledger', async () => {
    const size = await scene.store.evidence.size()
    expect(said(await take(feedOf([row('1')]), { dryRun: true }))).toEqual(['join p1 escort'])
    expect(said(await take('', { dryRun: true }))).toEqual(['refused empty'])
    expect(await scene.store.evidence.size()).toBe(size)
    expect(await scene.store.people.byLogin(idOf.login('p1'))).toBeNull()
  })

  it('changes nothing more when it comes again', async () => {
    const text = feedOf([row('1'), row('2')])
    await take(text)
    const before = await scene.store.people.list()
    expect(said(await take(text))).toEqual([])
    expect(said(await take(feedOf([row('1'), row('2')])))).toEqual([])
    expect(await scene.store.people.list()).toEqual(before)
  })

  it('moves who has another job, and keeps what was given by hand', async () => {
    await take(feedOf([row('1')]))
    const bundle = scene.bundle()
    const both = { roles: ['escort', 'engineer'], plants: ['north', 'south'] }
    await changeRoles({ ...scene, bundle }, await personOf('p1'), both, null, 'stands in')
    const moved = feedOf([row('1', { attributes: { job: 'Safety engineer' }, plants: ['south'] })])
    expect(said(await take(moved))).toEqual(['move p1 engineer,safety-engineer'])
    expect((await personOf('p1')).plants.toSorted()).toEqual(['south'])
    expect((await scene.events('person.role_source')).at(-1)).toMatchObject({
      cause: 'moved',
      byHand: ['engineer'],
      byFeed: [{ role: 'safety-engineer', mapping: 'safety-engineer' }],
    })
    expect(scene.signals).toContainEqual({ kind: 'reevaluate', because: 'person' })
  })

  it('does not give back what a hand or a review has taken away', async () => {
    await take(feedOf([row('1', { attributes: { ...technician, job: 'Technician' } })]))
    const person = await personOf('p1')
    await changeRoles({ ...scene, bundle: scene.bundle() }, person, { roles: ['engineer'], plants: [] }, null, 'no')
    expect(said(await take(feedOf([row('1')])))).toEqual([])
    expect(await personOf('p1')).toMatchObject({ roles: ['engineer'], plants: [] })
  })

  it('closes who left at once, with their grants and sessions, and says which sessions somebody has to look at', async () => {
    await scene.person('p1', ['engineer'], ['north'])
    const engineer: Actor = { person: await personOf('p1'), mfa: ['totp'], source: null }
    const adopting = feedOf([row('1', { attributes: { job: 'Operator' } }), row('2')])
    expect(said(await take(adopting, { adopt: ['p1'] }))).toEqual(['adopt p1 engineer', 'join p2 escort'])
    scene.setAsset('ews-1', { expiry: { kind: 'confirm-safe-state', hardLimitMinutes: 30 } })
    const grant = await scene.grant(engineer, 'ews-1')
    const session = await scene.session(engineer, grant, 'ews-1')
    expect(said(await take(feedOf([row('2')])))).toEqual(['leave p1 absent'])
    expect(await personOf('p1')).toMatchObject({ disabled: true })
    expect(await scene.events('person.left')).toMatchObject([
      { person: engineer.person.id, because: 'absent', grants: [grant], sessions: [session], unconfirmed: [session] },
    ])
    expect(await scene.events('grant.revoked')).toMatchObject([{ grant, by: null }])
    expect(scene.signals).toContainEqual({ kind: 'person-disabled', person: engineer.person.id })
    expect(scene.signals).toContainEqual({ kind: 'grant-revoked', grant, reason: 'feed of people hr' })
  })

  it('closes who is said to have left, and who has no role left', async () => {
    await take(feedOf([row('1'), row('2'), row('3')]))
    expect(said(await take(feedOf([row('1', { status: 'left' }), row('2'), row('3')])))).toEqual(['leave p1 said'])
    const cook = row('2', { attributes: { job: 'Cook' } })
    expect(said(await take(feedOf([row('1', { status: 'left' }), cook, row('3')])))).toEqual(['leave p2 no-role'])
  })

  it('prepares who is back anew: their old password and keys are worth nothing', async () => {
    await scene.person('p1', ['escort'], ['north'])
    await take(feedOf([row('1'), row('2')]), { adopt: ['p1'] })
    await take(feedOf([row('2')]))
    expect(said(await take(feedOf([row('1'), row('2')])))).toEqual(['return p1 escort'])
    const person = await personOf('p1')
    expect(person.disabled).toBe(false)
    expect(await scene.store.people.authenticators(person.id)).toBeNull()
    expect(await scene.events('identity.prepared')).toHaveLength(2)
  })

  it('takes over no account made by hand at its own word, so that it neither widens nor closes it', async () => {
    await scene.person('p1', ['admin'], [])
    const asked = await take(feedOf([row('1'), row('2')]))
    expect(said(asked)).toEqual(['join p2 escort', expect.stringMatching(/^not 1: .*made by hand.*--adopt p1/)])
    expect(said(await take(feedOf([row('2')])))).toEqual([])
    expect(await personOf('p1')).toMatchObject({ roles: ['admin'], disabled: false })
    expect(said(await take(feedOf([row('1'), row('2')]), { adopt: ['p1'] }))).toEqual(['adopt p1 admin,escort'])
  })

  it('closes everybody who has left, also where their rows name no login or one that is somebody else\u2019s now', async () => {
    const five = ['1', '2', '3', '4', '5'].map((id) => row(id))
    await take(feedOf(five))
    const gone = (id: string, login: string): Row => row(id, { login, status: 'left' })
    const text = feedOf([gone('1', ''), gone('2', ''), gone('3', 'p4'), ...five.slice(3)])
    expect(said(await take(text, { acceptLeavers: 3 }))).toEqual(['leave p1 said', 'leave p2 said', 'leave p3 said'])
  })

  it('takes neither of two rows with one login: nobody can say which is meant', async () => {
    expect(said(await take(feedOf([row('1', { login: 'anna' }), row('2', { login: 'anna' })])))).toEqual([
      'not 1: login `anna` stands in line 2 too',
      'not 2: login `anna` stands in line 1 too',
    ])
  })

  it('of a supplier makes nobody one of the plant\u2019s people, nor of another supplier', async () => {
    const { access } = scene.bundle()
    const [feed] = access.peopleFeeds
    if (feed === undefined) throw new Error('the bundle has no feed')
    scene.setBundle({ access: { ...access, peopleFeeds: [{ ...feed, supplier: idOf.supplier('acme-drives') }] } })
    const lead = row('1', { attributes: { job: 'Shift lead' } })
    const other = row('2', { attributes: { employment: 'supplier', supplier: 'someone' } })
    const theirs = row('3', { attributes: { employment: 'supplier' } })
    expect(said(await take(feedOf([lead, other, theirs])))).toEqual([
      'join p3 vendor',
      'not 1: a vendor has a supplier, and only a vendor has one: look at the columns and at `roleMapping`',
      'not 2: supplier `someone`: feed `hr` is of supplier `acme-drives` alone',
    ])
    expect((await personOf('p3')).supplier).toBe('acme-drives')
  })

  it('lets nobody back whose machine account would run again unasked', async () => {
    await scene.person('p1', ['engineer'], ['north'])
    await take(feedOf([row('1'), row('2')]), { adopt: ['p1'] })
    const { registerMachine } = await import('../../../gateway/identity/machines.ts')
    const made = await registerMachine(scene, { ...machine, login: 'bot', owner: 'p1' }, null)
    expect(made).toMatchObject({ kind: 'ok' })
    await take(feedOf([row('2')]))
    expect(said(await take(feedOf([row('1'), row('2')])))).toEqual([
      expect.stringMatching(/^not 1: `p1` is back and answered for machine account `bot`: .*hand-over/),
    ])
    expect((await personOf('p1')).disabled).toBe(true)
  })

  it('opens no account that somebody here has closed', async () => {
    await take(feedOf([row('1'), row('2')]))
    const { id } = await personOf('p1')
    await scene.store.bookkeep((tx) => tx.people.setDisabled(id, true))
    expect(said(await take(feedOf([row('1'), row('2')])))).toEqual([])
    expect((await personOf('p1')).disabled).toBe(true)
  })

  it('says every row that cannot be, leaves those people as they are, and takes the rest', async () => {
    await take(feedOf([row('1'), row('2'), row('3')]))
    const text = feedOf([
      row('1', { plants: ['nowhere'] }),
      row('2', { login: 'renamed' }),
      row('4', { attributes: { ...technician, supplier: 'nobody' } }),
      row('5', { attributes: { employment: 'supplier' } }),
      row('6', { login: 'p3' }),
    ])
    expect(said(await take(text))).toEqual([
      'leave p3 absent',
      'not 1: plant `nowhere` is not declared in the bundle',
      'not 2: login `renamed`: the account is `p2`, and a login never changes',
      'not 4: supplier `nobody` is not declared in the bundle',
      'not 5: a vendor has a supplier, and only a vendor has one: look at the columns and at `roleMapping`',
      'not 6: login `p3` is `3` of feed `hr`: a person has one source',
    ])
    expect((await personOf('p1')).disabled).toBe(false)
  })

  it('gives nobody what a rule keeps apart from what they hold, as evidence', async () => {
    const { access } = scene.bundle()
    scene.setBundle({ access: { ...access, separation: [apart] } })
    const audit = { ...technician, department: 'Internal audit' }
    await scene.person('p1', ['auditor'], [])
    expect(said(await take(feedOf([row('1'), row('2', { attributes: audit })])))).toEqual([
      'join p2 auditor',
      'not 1: would hold escort and auditor, which rule `apart` keeps apart from 2020-01-01 on',
    ])
    expect(await scene.events('separation.refused')).toMatchObject([{ rule: 'apart', step: 'feed' }])
    expect(await personOf('p1')).toMatchObject({ roles: ['auditor'] })
  })
})

describe('two feeds at once', () => {
  it('leave the state that the later one tells of, whoever ends last', async () => {
    const [older, newer] = [feedOf([row('1')]), feedOf([row('1'), row('2')])]
    const slow = { ...scene.store, change: scene.store.change.bind(scene.store) }
    // The newer one is taken by somebody else just as the older one begins to be carried out.
    let isFirst = true
    const late: typeof scene.store = {
      ...slow,
      change: async (work) => {
        if (isFirst) {
          isFirst = false
          await take(newer)
        }
        return slow.change(work)
      },
    }
    const deps = { ...scene, store: late, bus: null }
    const outcome = await takeFeed(deps, { feed: 'hr', text: older, via: 'local', dryRun: false })
    expect(said(outcome)).toEqual(['not 1: `p1` was changed meanwhile: the next feed takes it up'])
    expect((await scene.store.peopleSources.feeds())[0]?.asOf).toBe(scene.clock.at)
  })
})

describe('a feed that cannot be right', () => {
  const many = (count: number): readonly Row[] => Array.from({ length: count }, (_, at) => row(String(at + 1)))

  it('is refused whole where it would close more than its share, unless that number is meant', async () => {
    await take(feedOf(many(20)))
    const less = feedOf(many(17))
    expect(said(await take(less))).toEqual(['refused too-many-leavers'])
    expect(await scene.events('people.feed_refused')).toMatchObject([
      { code: 'too-many-leavers', leavers: 3, rows: 17 },
    ])
    expect((await scene.store.people.list()).filter(({ disabled }) => disabled)).toEqual([])
    expect(said(await take(less, { acceptLeavers: 4 }))).toEqual(['refused too-many-leavers'])
    expect(said(await take(less, { acceptLeavers: 3 }))).toHaveLength(3)
    expect(said(await take(feedOf(many(16))))).toEqual(['leave p17 absent'])
  })

  it.each([
    ['older than the last one', () => feedOf(many(2), { asOf: '2020-01-01T00:00:00Z' }), 'stale'],
    ['of tomorrow', () => feedOf(many(2), { asOf: new Date(scene.clock.at + 24 * hour).toISOString() }), 'malformed'],
    ['cut off', () => feedOf(many(2), { count: 3 }), 'truncated'],
    ['of nobody', () => feedOf([]), 'empty'],
  ])('is refused whole when it is %s', async (_what, text, code) => {
    await take(feedOf(many(2)))
    expect(said(await take(text()))).toEqual([`refused ${code}`])
    expect(await scene.events('people.feed_refused')).toMatchObject([{ feed: 'hr', code }])
  })

  it('is refused where the bundle knows no feed of that name', async () => {
    expect(said(await take(feedOf(many(1)), { feed: 'directory' }))).toEqual(['refused unknown-feed'])
    expect(await scene.events('people.feed_refused')).toMatchObject([{ feed: null, code: 'unknown-feed' }])
  })

  it('adopts no machine account', async () => {
    expect(approver.person.machine).toBeUndefined()
    const { registerMachine } = await import('../../../gateway/identity/machines.ts')
    const made = await registerMachine(scene, { ...machine, login: 'p1', owner: 'approver' }, null)
    expect(made.kind).toBe('ok')
    expect(said(await take(feedOf([row('1')])))).toEqual(['not 1: login `p1` is a machine account'])
  })
})
