// Web logins that are not good: forged, copied, logged out, without the anti-forgery value, or too many at once.

import { createHmac } from 'node:crypto'

import { afterAll, beforeAll, expect, it } from 'vitest'

import { prefix } from '../../gateway/contract/routes.ts'
import type { ProblemView } from '../../gateway/contract/views.ts'
import { openVisitor, send, type ApiVisitor } from '../../gateway/demo/api-visitor.ts'
import { describeWith } from '../support/describe-with.ts'
import { stageGateway, type GatewayStage } from '../support/gateway-stage.ts'

const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

describeWith(['sshd', 'ssh-keygen'], 'a web login is worth nothing', () => {
  let stage: GatewayStage

  beforeAll(async () => {
    stage = await stageGateway({ overrides: { 'https.loginsPerMinute': 1000 } })
    await stage.api('auditor')
  })
  afterAll(() => stage.stop())

  const address = () => ({ port: stage.gateway.https.port, ca: stage.stage.pki.contents['ca.pem'] })

  /** The approver logged in once more, on a login of its own. */
  async function fresh(): Promise<ApiVisitor> {
    const visitor = openVisitor(address())
    await visitor.login('approver', stage.person('approver').password.expose(), stage.code('approver'))
    return visitor
  }

  it.each(['', 'not the value', 'of another login'])('without its anti-forgery value: `%s`', async (value) => {
    const visitor = await fresh()
    visitor.csrf = value === 'of another login' ? (await fresh()).csrf : value
    const before = (await stage.doings()).length
    const path = `/grants/gra_${'0'.repeat(26)}/revoke`
    const answer = await visitor.call<ProblemView>('POST', path, { reason: 'forged' })
    expect([answer.status, answer.json().code]).toEqual([403, 'csrf-missing'])
    const fresher = (await stage.doings()).slice(before)
    const refusal = { type: 'input.refused', data: { code: 'csrf-missing' } }
    expect(fresher.filter(({ type }) => type !== 'auth.succeeded')).toMatchObject([refusal])
  })

  function sign(head: object, claims: object, key: string): string {
    const body = `${base64url(head)}.${base64url(claims)}`
    return `${body}.${key === '' ? '' : createHmac('sha256', key).update(body).digest('base64url')}`
  }

  it.each(['unsigned', 'signed by a guess', 'altered', 'no token at all'])('when its token is %s', async (kind) => {
    const visitor = await fresh()
    const good = visitor.cookies.get('sallyport_access') ?? ''
    const [head = '', payload = '', signature = ''] = good.split('.')
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object
    const auditor = { ...claims, sub: stage.person('auditor').person.id }
    const forged = {
      unsigned: sign({ alg: 'none', typ: 'JWT' }, auditor, ''),
      'signed by a guess': sign({ alg: 'HS256', typ: 'JWT' }, auditor, 'secret'),
      altered: `${head}.${base64url(auditor)}.${signature}`,
    }[kind]
    visitor.cookies.set('sallyport_access', forged ?? 'not.a.token')
    const answer = await visitor.call<ProblemView>('GET', '/evidence')
    expect([answer.status, answer.json().code]).toEqual([401, 'not-logged-in'])
  })

  it('when its token comes in a header, where a script could have put it', async () => {
    const visitor = await fresh()
    const authorization = `Bearer ${visitor.cookies.get('sallyport_access')}`
    const answer = await send(address(), { method: 'GET', path: `${prefix}/auth/me`, headers: { authorization } })
    expect(answer.status).toBe(401)
  })

  it('when its refresh token was used twice, and so is everything that came of it', async () => {
    const visitor = await fresh()
    const thief = openVisitor(address())
    for (const [name, value] of visitor.cookies) thief.cookies.set(name, value)
    expect((await visitor.call('POST', '/auth/refresh')).status).toBe(200)
    expect((await visitor.call('GET', '/auth/me')).status).toBe(200)
    expect((await thief.call('POST', '/auth/refresh')).status).toBe(401)
    expect((await visitor.call('GET', '/auth/me')).status).toBe(401)
    expect((await visitor.call('POST', '/auth/refresh')).status).toBe(401)
    const reused = await stage.evidence({ types: ['auth.token_reused'] })
    expect(reused).toMatchObject([{ data: { person: stage.person('approver').person.id, via: 'https' } }])
  })

  it('after the logout, at once, even to somebody who kept its cookies', async () => {
    const visitor = await fresh()
    const kept = new Map(visitor.cookies)
    expect((await visitor.call('POST', '/auth/logout')).status).toBe(204)
    expect([...visitor.cookies]).toEqual([])
    for (const [name, value] of kept) visitor.cookies.set(name, value)
    expect((await visitor.call('GET', '/auth/me')).status).toBe(401)
    expect((await visitor.call('POST', '/auth/refresh')).status).toBe(401)
  })

  it('after the logout, whatever renews it at the same moment', async () => {
    for (let i = 0; i < 5; i++) {
      const [tab, other] = [await fresh(), openVisitor(address())]
      for (const [name, value] of tab.cookies) other.cookies.set(name, value)
      other.csrf = tab.csrf
      const [, left] = await Promise.all([tab.call('POST', '/auth/refresh'), other.call('POST', '/auth/logout')])
      expect(left.status).toBe(204)
      expect((await tab.call('GET', '/auth/me')).status).toBe(401)
    }
  })

  it('to either of two who hold the same renewal and use it at the same moment', async () => {
    for (let i = 0; i < 5; i++) {
      const [owner, thief] = [await fresh(), openVisitor(address())]
      for (const [name, value] of owner.cookies) thief.cookies.set(name, value)
      const answers = await Promise.all([owner, thief].map((each) => each.call('POST', '/auth/refresh')))
      expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 401])
      for (const each of [owner, thief]) expect((await each.call('GET', '/auth/me')).status).toBe(401)
    }
  })

  it('shows its cookies to no script and to no other site', async () => {
    const visitor = openVisitor(address())
    const { password } = stage.person('approver')
    const answer = await visitor.login('approver', password.expose(), stage.code('approver'))
    const lines = [answer.headers['set-cookie'] ?? []].flat()
    expect(lines).toHaveLength(2)
    for (const line of lines) expect(line).toMatch(/; HttpOnly; Secure; SameSite=Strict$/)
  })

  it('when the address it comes from asks too often: the one too many waits', async () => {
    const small = await stageGateway({ overrides: { 'https.requestsPerMinute': 10 } })
    const visitor = openVisitor({ port: small.gateway.https.port, ca: small.stage.pki.contents['ca.pem'] })
    const answers = []
    for (let i = 0; i < 11; i++) answers.push(await visitor.call<ProblemView>('GET', '/auth/me'))
    expect(answers.map(({ status }) => status)).toEqual([...Array.from({ length: 10 }, () => 401), 429])
    expect(answers.at(-1)?.json().code).toBe('too-many-requests')
    await small.stop()
  })

  it('once its hours are over, however often it was renewed', async () => {
    const visitor = await fresh()
    const hour = 3_600_000
    stage.clock.advance(11 * hour)
    const renewed = await visitor.call('POST', '/auth/refresh')
    expect(renewed.status).toBe(200)
    const kept = [renewed.headers['set-cookie'] ?? []].flat().find((line) => line.startsWith('sallyport_refresh='))
    expect(Number(/Max-Age=(\d+)/i.exec(kept ?? '')?.[1])).toBeLessThanOrEqual(3_600)
    stage.clock.advance(2 * hour)
    expect((await visitor.call('GET', '/auth/me')).status).toBe(401)
    expect((await visitor.call('POST', '/auth/refresh')).status).toBe(401)
  })
})
