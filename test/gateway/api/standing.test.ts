// What touches many decisions, over the API of a whole gateway: who may do and read what, and what it does.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { enrolPresence } from '../../../gateway/access/presences.ts'
import { suspend } from '../../../gateway/access/suspensions.ts'
import { loadBundle } from '../../../gateway/access/bundles.ts'
import type {
  CampaignView,
  DelegationView,
  ExceptionView,
  PresenceView,
  RevokedView,
  SupplierDossierView,
  SupplierView,
  SuspendedView,
  SuspensionView,
} from '../../../gateway/contract/standing-views.ts'
import type {
  ExpectationView,
  GrantView,
  PersonTrainingsView,
  ProblemView,
  TrainingsView,
} from '../../../gateway/contract/views.ts'
import { codeAt } from '../../../gateway/identity/totp.ts'
import { openVault } from '../../../gateway/identity/vault.ts'
import { readVaultKey } from '../../../gateway/keys.ts'
import type { ZoneId } from '../../../policy/index.ts'
import { eventually } from '../../support/eventually.ts'
import { stageGateway, type GatewayStage } from '../../support/gateway-stage.ts'

const hour = 3_600_000
let stage: GatewayStage

beforeAll(async () => {
  stage = await stageGateway({ targets: [], logLevel: 'error' })
  const plain = { supplier: null, plants: [] }
  await stage.enrol({ ...plain, login: 'chief', displayName: 'Administrator', roles: ['admin'] })
  await stage.enrol({ ...plain, login: 'isms', displayName: 'ISMS manager', roles: ['isms-manager'] })
  await stage.enrol({
    login: 'night',
    displayName: 'Night shift',
    roles: ['approver'],
    supplier: null,
    plants: ['north'],
  })
})
afterAll(() => stage.stop())

async function as<T>(login: string, method: 'GET' | 'POST', path: string, body?: unknown): Promise<T> {
  return (await stage.api(login)).ok<T>(method, path, body)
}
/** Status and code of a refusal. */
async function refusal(login: string, method: 'GET' | 'POST', path: string, body?: unknown): Promise<string> {
  const answer = await (await stage.api(login)).call<ProblemView>(method, path, body)
  return `${answer.status} ${answer.json().code}`
}

describe('suspending a supplier over the API', () => {
  it('ends its grants, keeps it off, and is lifted by another person', async () => {
    const grant = await stage.grant('ews-1')
    const body = { target: { kind: 'supplier', id: 'acme-drives' }, reason: 'their laptop was stolen' }
    expect(await refusal('vendor', 'POST', '/suspensions', body)).toBe('403 role-missing')
    const done = await as<SuspendedView>('chief', 'POST', '/suspensions', body)
    expect(done.ended.grants).toContain(grant.id)
    expect(done.suspension).toMatchObject({ target: { kind: 'supplier' }, mayLift: false, lifted: null })
    const [seen] = (await as<{ items: SuspensionView[] }>('isms', 'GET', '/suspensions')).items
    expect(seen).toMatchObject({ id: done.suspension.id, mayLift: true, reason: 'their laptop was stolen' })
    expect(await refusal('vendor', 'GET', '/suspensions')).toBe('403 role-missing')
    await expect(stage.grant('ews-1')).rejects.toThrow(/suspended/)
    const lift = `/suspensions/${done.suspension.id}/lift`
    expect(await refusal('chief', 'POST', lift, { reason: 'found' })).toBe('403 policy-denied')
    const lifted = await as<SuspensionView>('isms', 'POST', lift, { reason: 'found, keys replaced' })
    expect(lifted.lifted).toMatchObject({ reason: 'found, keys replaced', by: { login: 'isms' } })
    expect((await as<{ items: unknown[] }>('isms', 'GET', '/suspensions')).items).toEqual([])
    expect((await as<{ items: unknown[] }>('isms', 'GET', '/suspensions?state=all')).items).toHaveLength(1)
    expect((await stage.grant('ews-1')).state).toBe('active')
  })

  it('refuses what is no target', async () => {
    const suspendWith = (target: unknown) => refusal('chief', 'POST', '/suspensions', { target, reason: 'x' })
    expect(await suspendWith({ kind: 'grant', id: 'gra_1' })).toBe('400 malformed-body')
    expect(await suspendWith({ kind: 'zone', id: 'no-such-zone' })).toBe('404 not-found')
    expect(await suspendWith({ kind: 'all', id: '', more: 1 })).toBe('400 malformed-body')
    expect(await refusal('chief', 'POST', '/suspensions/sus_x/lift', { reason: 'x' })).toBe('400 malformed-id')
  })
})

describe('ending access over the API', () => {
  it('says what it ended, and keeps nobody off', async () => {
    const grant = await stage.grant('ews-1')
    const body = { target: { kind: 'zone', id: 'north-operations' }, reason: 'line 2 starts' }
    expect(await refusal('vendor', 'POST', '/revocations', body)).toBe('403 role-missing')
    const done = await as<RevokedView>('approver', 'POST', '/revocations', body)
    expect(done.ended.grants).toContain(grant.id)
    expect(done.target.name).not.toBe('')
    expect((await stage.grant('ews-1')).state).toBe('active')
  })

  it('works from the gateway’s own machine while the API is not asked', async () => {
    await stage.grant('ews-1')
    const loaded = await loadBundle(stage.stage.config.bundleFolder)
    if (loaded.kind === 'invalid') throw new Error('the bundle is not valid')
    const { person } = stage.person('chief')
    const done = await stage.withStore((store) =>
      suspend(
        { store, clock: stage.clock, bundle: () => loaded.bundle },
        { person, via: 'local' },
        { kind: 'person', id: 'vendor' },
        'the API is down',
      ),
    )
    expect(done.ended.grants.length).toBeGreaterThan(0)
    await expect(stage.grant('ews-1')).rejects.toThrow(/suspended/)
    await as('isms', 'POST', `/suspensions/${done.suspension.id}/lift`, { reason: 'over' })
    await eventually('the gateway has noticed', async () => {
      const grants = (await as<{ items: GrantView[] }>('vendor', 'GET', '/grants?state=open')).items
      return grants.length === 0
    })
  })
})

describe('delegations over the API', () => {
  it('are lent, seen by who is part of them, and ended', async () => {
    const now = stage.clock.now()
    const body = { to: 'night', window: { from: now, until: now + 8 * hour }, reason: 'night shift' }
    const made = await as<DelegationView>('approver', 'POST', '/delegations', body)
    expect(made).toMatchObject({ state: 'in-force', to: { login: 'night' } })
    expect(await refusal('vendor', 'POST', '/delegations', body)).toBe('403 role-missing')
    const listed = async (login: string): Promise<number> =>
      (await as<{ items: unknown[] }>(login, 'GET', '/delegations')).items.length
    expect([await listed('night'), await listed('chief')]).toEqual([1, 1])
    expect((await as<DelegationView>('night', 'POST', `/delegations/${made.id}/end`)).state).toBe('ended')
  })
})

describe('presence over the API', () => {
  it('is asserted with the code of the zone, listed, and ended', async () => {
    const vault = openVault(await readVaultKey(stage.stage.config.dataFolder))
    const zone = 'north-operations'
    const { secret } = await stage.withStore((store) =>
      enrolPresence({ store, vault, clock: stage.clock }, zone as ZoneId),
    )
    const code = codeAt(secret, stage.clock.now())
    expect(await refusal('vendor', 'POST', '/presences', { zone, code, minutes: 60 })).toBe('403 role-missing')
    expect(await refusal('night', 'POST', '/presences', { zone, code, minutes: 481 })).toBe('400 malformed-body')
    const made = await as<PresenceView>('night', 'POST', '/presences', { zone, code, minutes: 60 })
    expect(made.endedAt).toBeNull()
    expect(await refusal('night', 'POST', '/presences', { zone, code, minutes: 60 })).toBe('403 policy-denied')
    expect((await as<{ items: PresenceView[] }>('approver', 'GET', '/presences')).items).toMatchObject([
      { id: made.id },
    ])
    expect((await as<PresenceView>('night', 'POST', `/presences/${made.id}/end`)).endedAt).not.toBeNull()
    expect((await as<{ items: unknown[] }>('approver', 'GET', '/presences')).items).toEqual([])
  })
})

describe('a campaign over the API', () => {
  it('is started, decided and closed past its day', async () => {
    const dueAt = stage.clock.now() + 24 * hour
    expect(await refusal('approver', 'POST', '/campaigns', { title: 'spring', dueAt })).toBe('403 role-missing')
    const started = await as<CampaignView>('isms', 'POST', '/campaigns', { title: 'spring', dueAt })
    expect(started.items.find(({ person }) => person.login === 'isms')?.mayDecide).toBe(false)
    expect(started.items.find(({ person }) => person.login === 'vendor')).toMatchObject({
      person: { supplier: 'acme-drives', supplierName: 'Acme Drives' },
      before: { supplierName: 'Acme Drives', plants: ['north', 'south'], plantNames: ['Plant North', 'Plant South'] },
    })
    const decide = `/campaigns/${started.id}/decide`
    const item = { person: 'vendor', verdict: 'keep', reason: 'still our contact' }
    const decided = await as<CampaignView>('isms', 'POST', decide, item)
    expect(decided.counts).toMatchObject({ kept: 1, undecided: started.counts.people - 1 })
    expect(await refusal('isms', 'POST', `/campaigns/${started.id}/close`)).toBe('409 state-conflict')
    expect(await refusal('vendor', 'GET', `/campaigns/${started.id}`)).toBe('403 role-missing')
    expect((await as<{ items: CampaignView[] }>('auditor', 'GET', '/campaigns')).items).toMatchObject([{ items: [] }])
  })
})

describe('reading', () => {
  it('shows the exceptions of the register with their age', async () => {
    const { items } = await as<{ items: ExceptionView[] }>('auditor', 'GET', '/exceptions')
    expect(items.length).toBeGreaterThan(0)
    for (const { compensating, controls } of items) {
      expect(controls.map(({ id }) => id)).toEqual(compensating)
      for (const { reason } of controls) expect(reason).not.toBe('')
    }
    expect(items.map(({ endsAt }) => endsAt)).toEqual(items.map(({ endsAt }) => endsAt).toSorted((a, b) => a - b))
    expect(await refusal('vendor', 'GET', '/exceptions')).toBe('403 role-missing')
  })

  it('shows the dossier of a supplier to those who decide or check', async () => {
    const grant = await stage.grant('ews-1')
    const { items } = await as<{ items: SupplierView[] }>('approver', 'GET', '/suppliers')
    expect(items.find(({ id }) => id === 'acme-drives')).toMatchObject({ contractState: 'active', suspended: false })
    expect(items.some(({ contractState }) => contractState === 'expired')).toBe(true)
    const dossier = await as<SupplierDossierView>('approver', 'GET', '/suppliers/acme-drives')
    expect(dossier.people.find(({ person }) => person.login === 'vendor')).toMatchObject({
      plants: ['north', 'south'],
      plantNames: ['Plant North', 'Plant South'],
    })
    expect(dossier.grants.map(({ id }) => id)).toContain(grant.id)
    expect(dossier.suspensions.length).toBeGreaterThan(0)
    expect(await refusal('vendor', 'GET', '/suppliers/acme-drives')).toBe('403 role-missing')
    expect(await refusal('approver', 'GET', '/suppliers/nobody')).toBe('404 not-found')
  })

  it('attests a training and an expectation, and shows them to whom they concern', async () => {
    const until = stage.clock.now() + 24 * hour
    const everybody = await as<TrainingsView>('isms', 'GET', '/trainings')
    expect(everybody.mayAttest).toBe(true)
    expect(everybody.declared.find(({ id }) => id === 'process-engineering')?.for).toBe(
      'roles vendor or engineer, class engineer, in \u201cNorth, process control\u201d',
    )
    const vendor = everybody.people.find(({ person }) => person.login === 'vendor')
    expect(vendor?.trainings.find(({ training }) => training === 'site-induction')?.state).toBe('in-force')
    const own = await as<TrainingsView>('vendor', 'GET', '/trainings')
    expect(own.people.map(({ person }) => person.login)).toEqual(['vendor'])
    expect(own.mayAttest).toBe(false)
    const body = { person: 'vendor', training: 'process-engineering', until, reference: 'record 7' }
    expect(await refusal('approver', 'POST', '/trainings', body)).toBe('403 role-missing')
    const made = await as<PersonTrainingsView>('isms', 'POST', '/trainings', body)
    const held = made.trainings.find(({ training }) => training === 'process-engineering')
    // The one that was attested before goes on for longer.
    expect(held?.state).toBe('in-force')
    const withdraw = `/trainings/${held?.proof?.attestation}/withdraw`
    expect(await refusal('approver', 'POST', withdraw, { reason: 'x' })).toBe('403 role-missing')
    const left = await as<PersonTrainingsView>('isms', 'POST', withdraw, { reason: 'failed' })
    expect(left.trainings.find(({ training }) => training === 'process-engineering')).toMatchObject({
      state: 'ending',
      proof: { until, reference: 'record 7' },
    })

    const expectation = { expectation: 'security-assessment', until, reference: 'report 3' }
    const path = '/suppliers/robot-cell-service/expectations'
    expect(await refusal('approver', 'POST', path, expectation)).toBe('403 role-missing')
    const attested = await as<ExpectationView>('isms', 'POST', path, expectation)
    expect(attested).toMatchObject({ id: 'security-assessment', state: 'ending', proof: { reference: 'report 3' } })
    const dossier = await as<SupplierDossierView>('approver', 'GET', '/suppliers/robot-cell-service')
    expect(dossier).toMatchObject({ mayAttest: false, supplier: { riskTier: 'high' } })
    expect(dossier.supplier.unmet).not.toContain('security-assessment')
    expect(dossier.expectations.find(({ id }) => id === 'incident-contact')).toMatchObject({ state: 'missing' })
    const back = `/expectations/${attested.proof?.attestation}/withdraw`
    expect(await as('isms', 'POST', back, { reason: 'x' })).toMatchObject({ state: 'missing', proof: null })
    expect(await refusal('isms', 'POST', back.replace('expectations', 'trainings'), { reason: 'x' })).toBe(
      '404 not-found',
    )
  })

  it('shows reviews and attestations to whom they concern', async () => {
    expect((await as<{ items: unknown[] }>('approver', 'GET', '/reviews?state=all')).items).toEqual([])
    expect((await as<{ items: unknown[] }>('vendor', 'GET', '/attestations')).items).toEqual([])
    const close = { verdict: 'justified', comment: 'looked' }
    expect(await refusal('approver', 'POST', '/reviews/rev_00000000000000000000000000/close', close)).toBe(
      '404 not-found',
    )
    const attest = { person: 'vendor', label: 'no-such-label', until: stage.clock.now() + hour, reference: 'file' }
    expect(await refusal('approver', 'POST', '/attestations', attest)).toBe('403 role-missing')
    expect(await refusal('isms', 'POST', '/attestations', attest)).toBe('404 not-found')
  })
})
