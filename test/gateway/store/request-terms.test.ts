// Migration 2: what was asked for and granted before it is still there, and can still be answered; and what time ends is
// found by its index.

import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { grantsIn } from '../../../gateway/store/grants.ts'
import { up as first } from '../../../gateway/store/migrations/first.ts'
import { up as grantFiles } from '../../../gateway/store/migrations/grant-files.ts'
import { up as requestTerms } from '../../../gateway/store/migrations/request-terms.ts'
import { up as requestsAndConcerns } from '../../../gateway/store/migrations/requests-and-concerns.ts'
import { requestsIn } from '../../../gateway/store/requests.ts'
import { openSqlite } from '../../../gateway/store/sqlite.ts'
import { approve, leastNeeds, type GrantId, type RequestId } from '../../../policy/index.ts'
import { person } from '../../policy/people.ts'

const window = { from: 1_000, until: 9_000 }
const requester = person('supplier-engineer')
const approver = person('approver')
let db: ReturnType<typeof openSqlite>

const id = (n: number): RequestId => `req_${String(n).padStart(26, '0')}` as RequestId

beforeEach(async () => {
  db = openSqlite(':memory:')
  await first(db as never)
  await sql`insert into person values (${requester.id}, 'v', 'V', '[]', null, '[]', 0, '', x'', 0, 0, 0, 0)`.execute(db)
  const ask = { asset: 'ews-1', protocol: 'ssh', operationClass: 'operate', window, purpose: 'p', ticket: '' }
  const decision = { kind: 'permit', reasons: [], obligations: ['record', 'mfa'], bundle: 'b', scopeVersion: '1' }
  const yes = { by: approver.id, at: 2_000, verdict: 'approve', comment: '', requestDigest: 'd' }
  for (const [n, kind, approvals] of [
    [1, 'submitted', []],
    [2, 'approved', [yes]],
  ] as const) {
    const values = [id(n), requester.id, 'ews-1', 'north', JSON.stringify(ask), 'old digest', 1_000, kind]
    const more = [JSON.stringify(decision), JSON.stringify(approvals), null, kind === 'approved' ? 'gra_1' : null]
    await sql`insert into request values (${sql.join([...values, ...more])})`.execute(db)
  }
  const grant = [
    'gra_1',
    id(2),
    requester.id,
    'ews-1',
    'north',
    'ssh',
    'operate',
    1_000,
    9_000,
    'open',
    null,
    null,
    null,
  ]
  await sql`insert into access_grant values (${sql.join(grant)})`.execute(db)
  await requestTerms(db as never)
  // What is read today has the columns of later versions as well.
  await requestsAndConcerns(db as never)
  await grantFiles(db as never)
})
afterEach(() => db.destroy())

describe('what was there before', () => {
  it('is a request for the whole window, which can be approved', async () => {
    const stored = await requestsIn(db).byId(id(1))
    if (stored === null) throw new Error('the request is gone')
    const ask = { schedule: { kind: 'whole' }, tier: 'normal', criteria: [], rollback: '', files: [] }
    expect(stored).toMatchObject({
      request: { kind: 'submitted', set: null, ask, approvals: [] },
      terms: { window, operationClass: 'operate', escort: false, conditions: '' },
      decision: { obligations: [{ kind: 'record' }, { kind: 'mfa' }], exceptions: [] },
      expiresAt: 9_000,
      needs: [],
      version: 0,
    })
    const outcome = approve({
      request: stored.request,
      requester,
      approver,
      owner: approver,
      digest: stored.digest,
      comment: '',
      now: 2_000,
      grant: 'gra_2' as GrantId,
      needs: leastNeeds,
      duties: [],
      voices: [],
    })
    expect(outcome.kind).toBe('ok')
  })

  it('is an approval in one’s own name, and a grant for its whole window', async () => {
    expect((await requestsIn(db).byId(id(2)))?.request).toMatchObject({
      kind: 'approved',
      approvals: [{ by: approver.id, onBehalfOf: approver.id }],
    })
    expect((await grantsIn(db).byId('gra_1' as GrantId))?.grant).toMatchObject({
      kind: 'open',
      schedule: { kind: 'whole' },
      tier: 'normal',
      escort: false,
      conditions: '',
    })
  })
})

describe('the sweep of every second', () => {
  it.each([
    ['overdue requests', sql`select * from request where kind = 'submitted' and expires_at <= 5`, 'request_expiry'],
    ['alarms', sql`select * from request where alarm_at <= 5`, 'request_alarm'],
    ['overdue grants', sql`select * from access_grant where kind = 'open' and until_at <= 5`, 'grant_kind'],
  ])('finds %s by an index', async (_what, query, index) => {
    const { rows } = await sql<{ detail: string }>`explain query plan ${query}`.execute(db)
    expect(rows.map(({ detail }) => detail).join()).toContain(`USING INDEX ${index}`)
  })
})
