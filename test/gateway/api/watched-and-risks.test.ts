// Rules that are only watched, and the risks of the register, over the API of a whole gateway and as typed.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { GrantView, ProblemView, RequestView, RisksView, WatchedView } from '../../../gateway/contract/views.ts'
import { stageGateway, type GatewayStage } from '../../support/gateway-stage.ts'
import { sallyport } from '../cli/run-sallyport.ts'

const rule = 'suppliers-say-how-to-go-back'
let stage: GatewayStage

beforeAll(async () => {
  stage = await stageGateway({ targets: [], logLevel: 'error' })
})
afterAll(() => stage.stop())

async function read<T>(login: string, path: string): Promise<T> {
  return (await stage.api(login)).ok<T>('GET', path)
}
async function refusal(login: string, path: string): Promise<string> {
  const answer = await (await stage.api(login)).call<ProblemView>('GET', path)
  return `${answer.status} ${answer.json().code}`
}

async function typed(...args: string[]): Promise<string> {
  const env = { XDG_STATE_HOME: join(stage.folder, 'state') }
  const { status, stdout, stderr } = await sallyport(args, { env })
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  return stdout
}

describe('a rule that is only watched', () => {
  it('lets through what it will refuse, and says so to the approver, in evidence, and in its count', async () => {
    const before = await read<WatchedView>('auditor', '/bundle/watched')
    expect(before.rules).toMatchObject([{ rule, effect: 'forbid', enforceFrom: '2027-12-01', struck: 0, latest: null }])
    expect(before.rules[0]?.plants.map(({ plant, holds }) => [plant, holds])).toEqual([
      ['north', false],
      ['south', false],
    ])

    const grant: GrantView = await stage.grant('ews-1')
    const request = await read<RequestView>('approver', `/requests/${grant.request}`)
    expect(request.decision).toMatchObject({
      kind: 'permit',
      watched: [{ rule, would: 'refuse', from: '2027-12-01', text: expect.stringContaining('From 2027-12-01 on') }],
    })

    const after = await read<WatchedView>('approver', '/bundle/watched?days=1')
    expect(after.rules).toMatchObject([
      { rule, struck: 1, ofPermits: 1, people: 1, assets: 1, latest: { asset: 'ews-1', action: 'request' } },
    ])
    expect(after.rules[0]?.latest?.person.login).toBe('vendor')
    const { items } = await read<{ items: { data: Record<string, unknown> }[] }>(
      'auditor',
      '/evidence?types=policy.decision',
    )
    expect(items.map(({ data }) => data['watched'])).toContainEqual([
      expect.objectContaining({ rule, would: 'refuse' }),
    ])
  })

  it('counts for an approver what it would have struck in their plants, and in no other', async () => {
    const approver = { supplier: null, displayName: 'Shift lead, plant South', roles: ['approver'], plants: ['south'] }
    await stage.enrol({ ...approver, login: 'approver-south' })
    const { rules, decisions } = await read<WatchedView>('approver-south', '/bundle/watched?days=1')
    expect(decisions).toBe(0)
    expect(rules).toMatchObject([{ rule, struck: 0, people: 0, latest: null }])
  })

  it('counts nothing of what a drill asked', async () => {
    const before = await read<WatchedView>('auditor', '/bundle/watched?days=1')
    await (await stage.api('approver')).ok('POST', '/drills/boundary/runs')
    expect((await stage.evidence({ types: ['policy.decision'] })).some(({ data }) => data['drill'] !== undefined)).toBe(
      true,
    )
    const { decisions, rules } = await read<WatchedView>('auditor', '/bundle/watched?days=1')
    expect([decisions, rules]).toEqual([before.decisions, before.rules])
  })

  it('is nobody but those who answer for the rules or decide by them', async () => {
    expect(await refusal('vendor', '/bundle/watched')).toBe('403 role-missing')
    expect(await refusal('auditor', '/bundle/watched?days=0')).toBe('400 malformed-query')
  })
})

describe('the risks of the register', () => {
  it('come with what could harm people first, measured, and with who bears what', async () => {
    const { items, committeeAbove } = await read<RisksView>('auditor', '/risks')
    expect(committeeAbove).toBe('high')
    expect(items.slice(0, 2).map(({ id, safety, sil }) => [id, safety, sil])).toEqual([
      ['R-09', 'several-deaths', 3],
      ['R-04', 'minor-injury', null],
    ])
    expect(items.find(({ id }) => id === 'R-07')).toMatchObject({
      level: 'very-high',
      scale: '2026-1',
      committee: true,
    })
    expect(items.find(({ id }) => id === 'R-11')).toMatchObject({
      level: 'medium',
      state: 'accepted',
      acceptance: { by: 'ISMS manager', state: 'in-force' },
    })
  })

  it('are not for a supplier\u2019s people, who would read where the plant is weak', async () => {
    expect(await refusal('vendor', '/risks')).toBe('403 role-missing')
  })

  it('that are accepted stand beside a request for what they touch, for the plant\u2019s people alone', async () => {
    const grant = await stage.grant('ews-2', { by: 'engineer' })
    const seen = await read<RequestView>('approver', `/requests/${grant.request}`)
    expect(seen.acceptedRisks).toMatchObject([{ id: 'R-11', until: '2027-12-31' }])
    expect(seen.decision.acceptedRisks).toEqual(['R-11'])
  })
})

describe('sallyport for the register and its rules', () => {
  it('lists risks and watched rules', async () => {
    const file = join(stage.folder, 'auditor.password')
    writeFileSync(file, `${stage.person('auditor').password.expose()}\n`, { mode: 0o600 })
    const url = `https://localhost:${stage.gateway.https.port}`
    const where = ['--url', url, '--ca', stage.stage.pki.paths['ca.pem']]
    await typed('login', ...where, '--user', 'auditor', '--password-file', file, '--code', stage.code('auditor'))
    expect(await typed('risks')).toMatch(/^RISK +SAFETY +SIL +LEVEL[^\n]*\nR-09 +several-deaths +3 +very-high/)
    expect(await typed('risks', '--accepted')).toMatch(/^R-11 +none +- +medium .* accepted +2027-12-31/m)
    expect(await typed('register', 'controls', '--plant', 'north')).toMatch(/^plants +north$/m)
    const decided = await typed('evidence', '--type', 'policy.decision', '--plant', 'north')
    expect(decided).toMatch(/^\d+ .* policy\.decision +.*asset ews-1/m)
    expect(await typed('evidence', '--type', 'policy.decision', '--plant', 'south')).toMatch(/^No entry of this kind/)
    expect(await typed('bundle', 'watched')).toMatch(new RegExp(`^${rule} +2027-12-01 +watched`, 'm'))
  })
})
