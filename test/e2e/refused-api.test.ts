// What the API must refuse: input that is not what a route takes, and people without the right. Each with its status and a clear message; nothing changes, and the refusal is evidence.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { csrfHeader, prefix } from '../../gateway/contract/routes.ts'
import type { ProblemView, RequestView } from '../../gateway/contract/views.ts'
import { askFor } from '../../gateway/demo/asking.ts'
import { send, type ApiVisitor } from '../../gateway/demo/api-visitor.ts'
import { describeWith } from '../support/describe-with.ts'
import { stageGateway, type GatewayStage } from '../support/gateway-stage.ts'

const hour = 3_600_000

describeWith(['sshd', 'ssh-keygen'], 'the API refuses', () => {
  let stage: GatewayStage

  beforeAll(async () => {
    stage = await stageGateway({ overrides: { 'https.loginsPerMinute': 1000 } })
    const plain = { displayName: 'Somebody', supplier: null }
    await stage.enrol({ login: 'south', ...plain, roles: ['approver'], plants: ['south'] })
    await stage.enrol({ login: 'both', ...plain, roles: ['engineer', 'approver'], plants: ['north'] })
    const supplier = { displayName: 'Supplier lead', supplier: 'acme-drives', plants: ['north'] }
    await stage.enrol({ login: 'mixed', ...supplier, roles: ['vendor', 'approver'] })
    for (const login of ['vendor', 'approver', 'auditor']) await stage.api(login)
  })
  afterAll(() => stage.stop())

  const asking = (more: object = {}) => ({
    assets: ['ews-1'],
    protocol: 'ssh' as const,
    operationClass: 'operate' as const,
    when: { kind: 'window' as const, from: stage.clock.now(), until: stage.clock.now() + hour },
    purpose: 'replace the drive parameter set',
    ticket: '',
    ...more,
  })

  const nights = {
    kind: 'recurring',
    days: ['mon'],
    from: '20:00',
    until: '22:00',
    firstDay: '2026-03-02',
    lastDay: '2026-03-13',
  }

  /** Everything that can change by a request: what the refusals below must leave as it is. */
  const state = () =>
    stage.withStore(async (store) => {
      const page = { limit: 200, before: null }
      const requests = await store.requests.list({ kind: null, person: null }, page)
      const grants = await store.grants.list({ open: false, person: null }, page)
      return { requests, grants, sessions: await store.sessions.list({ person: null, live: false }, page) }
    })

  /** Calls, and expects a refusal that changes nothing. Gives the problem and what the ledger learnt. */
  async function expectRefused(visitor: ApiVisitor, path: string, body: unknown, status: number, code: string) {
    const [before, known] = [await state(), (await stage.doings()).length]
    const answer = await visitor.call<ProblemView>('POST', path, body)
    const problem = answer.json()
    expect({ status: answer.status, code: problem.code }).toEqual({ status, code })
    expect(problem.message).toMatch(/^[^\n]{10,}[^.]$/)
    expect(await state()).toEqual(before)
    const events = (await stage.doings()).slice(known)
    return { problem, events }
  }

  describe('input', () => {
    const cases: readonly (readonly [what: string, body: () => unknown, status: number, code: string])[] = [
      ['without a field', () => ({ ...asking(), purpose: undefined }), 400, 'malformed-body'],
      ['with a field too many', () => asking({ approved: true }), 400, 'malformed-body'],
      [
        'with text for a number',
        () => asking({ when: { kind: 'window', from: '1', until: '2' } }),
        400,
        'malformed-body',
      ],
      [
        'with a fraction of a millisecond',
        () => asking({ when: { kind: 'window', from: 1.5, until: 2.5 } }),
        400,
        'malformed-body',
      ],
      ['with another protocol', () => asking({ protocol: 'rdp' }), 400, 'malformed-body'],
      ['with no asset', () => asking({ assets: [] }), 400, 'malformed-body'],
      ['with an asset twice', () => asking({ assets: ['ews-1', 'ews-1'] }), 400, 'malformed-body'],
      [
        'with 21 assets',
        () => asking({ assets: Array.from({ length: 21 }, (_, i) => `a-${i}`) }),
        400,
        'malformed-body',
      ],
      ['with a time of day that is none', () => asking({ when: { ...nights, from: '24:00' } }), 400, 'malformed-body'],
      ['with a file without its digest', () => asking({ files: [{ name: 'fw.bin' }] }), 400, 'malformed-body'],
      ['with an endless purpose', () => asking({ purpose: 'x'.repeat(501) }), 400, 'malformed-body'],
      ['that is a list', () => [asking()], 400, 'malformed-body'],
      ['that is null', () => null, 400, 'malformed-body'],
      ['that is far too large', () => asking({ purpose: 'x'.repeat(70_000) }), 413, 'body-too-large'],
    ]
    it.each(cases)('%s', async (_what, body, status, code) => {
      const { events } = await expectRefused(await stage.api('vendor'), '/requests', body(), status, code)
      const person = stage.person('vendor').person.id
      const data = { route: `POST ${prefix}/requests`, code, person }
      expect(events).toMatchObject([{ type: 'input.refused', data }])
    })

    const raw: readonly (readonly [what: string, type: string, body: string | Buffer, status: number, code: string])[] =
      [
        ['JSON that ends too early', 'application/json', '{"asset": ', 400, 'malformed-body'],
        ['bytes that are no text', 'application/json', Buffer.from([0xff, 0xfe, 0x00]), 400, 'malformed-body'],
        ['a poisoned prototype', 'application/json', '{"__proto__": {"roles": ["admin"]}}', 400, 'malformed-body'],
        ['a form', 'application/x-www-form-urlencoded', 'asset=ews-1', 415, 'unsupported-media'],
        ['text', 'text/plain', '{"asset":"ews-1"}', 415, 'unsupported-media'],
      ]
    it.each(raw)('that is %s', async (_what, type, body, status, code) => {
      const vendor = await stage.api('vendor')
      const headers = { cookie: cookieOf(vendor), [csrfHeader]: vendor.csrf, 'content-type': type }
      const before = (await stage.evidence({ types: ['input.refused'] })).length
      const answer = await send<ProblemView>(address(), { method: 'POST', path: `${prefix}/requests`, headers, body })
      expect([answer.status, answer.json().code]).toEqual([status, code])
      expect(answer.json().message).not.toMatch(/JSON\.parse|SyntaxError|node_modules|position \d/)
      expect((await stage.evidence({ types: ['input.refused'] })).length).toBe(before + 1)
    })

    it('of strangers, before reading it', async () => {
      const before = (await stage.doings()).length
      for (const [body, type] of [
        ['x'.repeat(100_000), 'application/json'],
        ['{', 'application/json'],
        ['a=b', 'text/plain'],
      ] as const) {
        const answer = await send<ProblemView>(address(), {
          method: 'POST',
          path: `${prefix}/requests`,
          headers: { 'content-type': type },
          body,
        })
        expect([answer.status, answer.json().code]).toEqual([401, 'not-logged-in'])
      }
      expect((await stage.doings()).length).toBe(before)
    })

    it.each(['/requests/..%2f..%2fauth/approve', '/requests/req_1/approve', `/requests/req_${'0'.repeat(26)}/approve`])(
      'for an id that is none: %s',
      async (path) => {
        const approver = await stage.api('approver')
        const answer = await approver.call<ProblemView>('POST', path, { digest: 'x', comment: '' })
        expect([400, 404]).toContain(answer.status)
        expect(['malformed-id', 'not-found']).toContain(answer.json().code)
      },
    )

    it.each(['limit=0', 'limit=201', 'limit=ten', 'state=open', 'mine=1', 'cursor=../x'])(
      'for a list with a query that makes no sense: %s',
      async (query) => {
        const answer = await (await stage.api('approver')).call<ProblemView>('GET', `/requests?${query}`)
        expect([answer.status, answer.json().code]).toEqual([400, 'malformed-query'])
      },
    )
  })

  describe('windows', () => {
    const cases: readonly (readonly [what: string, from: number, until: number])[] = [
      ['that are over', -3 * hour, -2 * hour],
      ['that begin long ago', -hour, hour],
      ['that end before they begin', hour, 0],
      ['of no length', hour, hour],
      ['longer than the plant allows', 0, 10 * hour],
    ]
    it.each(cases)('%s', async (_what, from, until) => {
      const now = stage.clock.now()
      const body = asking({ when: { kind: 'window', from: now + from, until: now + until } })
      const { problem, events } = await expectRefused(
        await stage.api('vendor'),
        '/requests',
        body,
        403,
        'policy-denied',
      )
      expect(problem.message).toMatch(/window|minutes/)
      expect(events).toMatchObject([{ type: 'policy.decision', data: { action: 'request', outcome: 'deny' } }])
    })
  })

  describe('people without the right', () => {
    let request: RequestView
    beforeAll(async () => {
      request = await askFor(await stage.api('vendor'), asking())
    })
    const answer = () => ({ digest: request.digest, comment: 'yes' })

    it('a vendor who approves, even their own request', async () => {
      const { events } = await expectRefused(
        await stage.api('vendor'),
        `/requests/${request.id}/approve`,
        answer(),
        403,
        'policy-denied',
      )
      expect(events).toMatchObject([{ type: 'policy.decision', data: { action: 'approve', outcome: 'deny' } }])
    })

    it('an approver of another plant, to whom the request is not there', async () => {
      const south = await stage.api('south')
      const { events } = await expectRefused(south, `/requests/${request.id}/approve`, answer(), 404, 'not-found')
      const data = { code: 'not-found', person: stage.person('south').person.id }
      expect(events).toMatchObject([{ type: 'input.refused', data }])
    })

    it('an approver of the requester’s own supplier, who reads no requests but their own', async () => {
      await expectRefused(await stage.api('mixed'), `/requests/${request.id}/approve`, answer(), 404, 'not-found')
    })

    it('an approver who asks and answers alone', async () => {
      const both = await stage.api('both')
      const own = await askFor(both, asking())
      const { problem } = await expectRefused(
        both,
        `/requests/${own.id}/approve`,
        { digest: own.digest, comment: '' },
        403,
        'policy-denied',
      )
      expect(problem.message).toMatch(/own request/)
    })

    it('an approval of something else than was read', async () => {
      const approver = await stage.api('approver')
      const stale = { digest: '0'.repeat(64), comment: '' }
      await expectRefused(approver, `/requests/${request.id}/approve`, stale, 409, 'digest-mismatch')
    })

    it('an approval for longer than was asked', async () => {
      const window = { from: request.window.from, until: request.window.until + hour }
      await expectRefused(
        await stage.api('approver'),
        `/requests/${request.id}/approve`,
        { ...answer(), changes: { window } },
        422,
        'invalid-window',
      )
    })

    const vendorMust: readonly (readonly [path: string, body: unknown])[] = [
      ['/exports', { sessions: [], purpose: 'curiosity' }],
      [`/recordings/ses_${'0'.repeat(26)}/replay`, { purpose: 'curiosity' }],
      [`/recordings/ses_${'0'.repeat(26)}/verify`, {}],
    ]
    it.each(vendorMust)('a vendor at %s', async (path, body) => {
      const { events } = await expectRefused(await stage.api('vendor'), path, body, 403, 'role-missing')
      expect(events).toMatchObject([{ type: 'input.refused', data: { code: 'role-missing' } }])
    })

    it('a supplier whose contract is over', async () => {
      const former = await stage.api('former')
      const { problem, events } = await expectRefused(former, '/requests', asking(), 403, 'policy-denied')
      expect(problem.message).toMatch(/contract/)
      expect(events).toMatchObject([{ type: 'policy.decision', data: { outcome: 'deny' } }])
    })

    const enders: readonly (readonly [who: string, status: number, revoking: string, extending: string])[] = [
      ['vendor', 404, 'not-found', 'not-found'],
      ['south', 404, 'not-found', 'not-found'],
      ['auditor', 403, 'role-missing', 'policy-denied'],
    ]
    it.each(enders)('%s, who would end another person’s access, or lengthen it', async (who, status, ...codes) => {
      const { id, window } = await stage.grant('ews-1', { by: 'engineer' })
      const visitor = await stage.api(who)
      await expectRefused(visitor, `/grants/${id}/revoke`, { reason: 'because' }, status, codes[0])
      const longer = { until: window.until + hour, comment: '' }
      await expectRefused(visitor, `/grants/${id}/extend`, longer, status, codes[1])
    })

    it.each(['/evidence', '/register', '/recordings'])('a vendor reading %s', async (path) => {
      expect((await (await stage.api('vendor')).call('GET', path)).status).toBe(403)
    })

    it.each(['approve', 'deny'])('a second decision: %s', async (verb) => {
      const approver = await stage.api('approver')
      const asked = await askFor(await stage.api('vendor'), asking())
      const body = { digest: asked.digest, comment: 'no' }
      await approver.ok('POST', `/requests/${asked.id}/deny`, body)
      await expectRefused(approver, `/requests/${asked.id}/${verb}`, body, 409, 'state-conflict')
    })
  })

  function address() {
    return { port: stage.gateway.https.port, ca: stage.stage.pki.contents['ca.pem'] }
  }

  function cookieOf(visitor: ApiVisitor): string {
    return [...visitor.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  }
})
