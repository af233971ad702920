// Concerns over the API of a whole gateway: anybody tells, only an ISMS manager learns who it was, and the ledger never.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import type { ConcernView, ListView, ProblemView } from '../../../gateway/contract/views.ts'
import { concernDueMs } from '../../../gateway/access/concerns.ts'
import { mint } from '../../../gateway/clock.ts'
import type { Store } from '../../../gateway/store/store.ts'
import { stageGateway, type GatewayStage } from '../../support/gateway-stage.ts'

let stage: GatewayStage

beforeAll(async () => {
  stage = await stageGateway({ targets: [], logLevel: 'error' })
  const plain = { supplier: null, plants: [] }
  await stage.enrol({ ...plain, login: 'chief', displayName: 'Administrator', roles: ['admin'] })
  await stage.enrol({ ...plain, login: 'isms', displayName: 'ISMS manager', roles: ['isms-manager'] })
})
afterAll(() => stage.stop())

async function as<T>(login: string, method: 'GET' | 'POST', path: string, body?: unknown): Promise<T> {
  return (await stage.api(login)).ok<T>(method, path, body)
}
async function refusal(login: string, method: 'GET' | 'POST', path: string, body?: unknown): Promise<string> {
  const answer = await (await stage.api(login)).call<ProblemView>(method, path, body)
  return `${answer.status} ${answer.json().code}`
}
const listOf = async (login: string, state = 'open') =>
  (await as<ListView<ConcernView>>(login, 'GET', `/concerns?state=${state}`)).items
const told = () => stage.evidence({ types: ['incident.near_miss', 'incident.near_miss_closed'] })

describe('a concern over the API', () => {
  it('is told by anybody, and read by an ISMS manager with who told it', async () => {
    const what = 'the valve moved although I only read the trend'
    const made = await as<ConcernView>('vendor', 'POST', '/concerns', { what, asset: 'ews-1' })
    expect(made).toMatchObject({ what, asset: 'ews-1', plant: 'north', by: { login: 'vendor' }, closed: null })
    expect(made.dueAt - made.at).toBe(concernDueMs)
    expect(await listOf('isms')).toMatchObject([{ id: made.id, by: { login: 'vendor' } }])
    expect(await listOf('vendor')).toMatchObject([{ id: made.id }])
    // Neither who runs the gateway, nor who checks it, nor the plant's approvers.
    for (const login of ['chief', 'auditor', 'approver']) expect(await listOf(login)).toEqual([])
  })

  it('leaves no name in the ledger, and none anywhere when it is told without', async () => {
    const made = await as<ConcernView>('approver', 'POST', '/concerns', { what: 'no time to read', anonymous: true })
    expect(made.by).toBeNull()
    const [seen] = (await listOf('isms')).filter(({ id }) => id === made.id)
    expect(seen).toMatchObject({ by: null, what: 'no time to read' })
    expect(await listOf('approver')).toEqual([])
    const entries = await told()
    expect(entries.map(({ data }) => data['named'])).toEqual([true, false])
    for (const login of ['vendor', 'approver'])
      expect(JSON.stringify(entries)).not.toContain(stage.person(login).person.id)
    const row = await stage.withStore((store) => store.concerns.list({ open: true, person: null }))
    expect(row.find(({ id }) => id === made.id)?.person).toBeNull()
  })

  it('is closed once, by an ISMS manager, with what was learned', async () => {
    const made = await as<ConcernView>('vendor', 'POST', '/concerns', { what: 'two plugs look the same' })
    const close = `/concerns/${made.id}/close`
    expect(await refusal('chief', 'POST', close, { learned: 'x' })).toBe('403 role-missing')
    expect(await refusal('vendor', 'POST', close, { learned: 'x' })).toBe('403 role-missing')
    expect(await refusal('isms', 'POST', close, { learned: '  ' })).toBe('400 malformed-body')
    const closed = await as<ConcernView>('isms', 'POST', close, { learned: 'plugs are coloured now' })
    expect(closed.closed).toMatchObject({ learned: 'plugs are coloured now' })
    expect(await refusal('isms', 'POST', close, { learned: 'again' })).toBe('409 state-conflict')
    const [mine] = (await listOf('vendor', 'all')).filter(({ id }) => id === made.id)
    expect(mine?.closed?.learned).toBe('plugs are coloured now')
    expect((await told()).at(-1)).toMatchObject({
      type: 'incident.near_miss_closed',
      data: { concern: made.id, by: stage.person('isms').person.id, inTime: true },
    })
    const refused = await stage.evidence({ types: ['standing.step_refused'] })
    expect(refused.filter(({ data }) => data['step'] === 'close-concern')).toHaveLength(2)
  })

  it('is overdue when its month is over', async () => {
    const now = stage.clock.now()
    const about = { plant: null, asset: null, session: null }
    const overdueBy = (ms: number) => async (store: Store) => {
      const row = { id: mint.concern(now), ...about, words: 'seen late', person: null, at: 0, dueAt: now - ms }
      await store.change(async (tx) => {
        await tx.concerns.insert(row)
        const words = await tx.ledger.commit(row.words)
        const entry = { concern: row.id, ...about, words, named: false, dueAt: row.dueAt }
        await tx.ledger.append('incident.near_miss', now, entry)
      })
      return row.id
    }
    const late = await stage.withStore(overdueBy(0))
    const early = await stage.withStore(overdueBy(-60 * 60_000))
    const seen = new Map((await listOf('isms')).map(({ id, overdue }) => [id, overdue]))
    expect([seen.get(late), seen.get(early)]).toEqual([true, false])
  })

  it('is about what the person may read: anything else is not there', async () => {
    const about = (login: string, over: object) => refusal(login, 'POST', '/concerns', { what: 'x', ...over })
    expect(await about('vendor', { asset: 'ews-2' })).toBe('404 not-found')
    expect(await about('vendor', { asset: 'no-such' })).toBe('404 not-found')
    expect(await about('vendor', { session: 'ses_00000000000000000000000000' })).toBe('404 not-found')
    expect(await about('vendor', { session: 'x' })).toBe('400 malformed-id')
    expect(await about('vendor', { what: ' ' })).toBe('400 malformed-body')
  })
})
