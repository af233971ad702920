// Attacks on who may do what: tokens that are forged, verbs and lists nobody thought of, ids of other plants, approvers who
// approve themselves, permission that was taken away, addresses that are not assets, keys and backups that lie around, and
// guessing.

import { createHmac } from 'node:crypto'
import { readdir, readFile, stat, chmod } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { csrfHeader, prefix, routes } from '../../gateway/contract/routes.ts'
import type { MeView, ProblemView, RequestView } from '../../gateway/contract/views.ts'
import { askFor } from '../../gateway/demo/asking.ts'
import { openVisitor, send, type ApiVisitor } from '../../gateway/demo/api-visitor.ts'
import { disablePerson } from '../../gateway/identity/disable.ts'
import { sallyport } from '../gateway/cli/run-sallyport.ts'
import { describeWith } from '../support/describe-with.ts'
import { stageGateway, type GatewayStage } from '../support/gateway-stage.ts'
import { openSsh, runSsh, shareConnection } from '../support/ssh-session.ts'
import { startController, tunnelConduits, type Controller } from '../support/tunnel-stage.ts'

const hour = 3_600_000
const reason = { reason: 'because' }

describeWith(['ssh', 'sshd', 'ssh-keygen'], 'attacks on authorisation', () => {
  let stage: GatewayStage
  let controller: Controller
  let live = ''

  beforeAll(async () => {
    controller = await startController((socket) => socket.end('controller\n'))
    stage = await stageGateway({
      targets: ['ews-1', 'ews-2'],
      tunnels: { 'hist-1': { host: '127.0.0.1', ports: [controller.port] } },
      files: { 'zones.yaml': await tunnelConduits() },
      overrides: { 'https.loginsPerMinute': 10_000 },
    })
    const plain = { displayName: 'Somebody', supplier: null }
    await stage.enrol({ login: 'south', ...plain, roles: ['approver', 'escort'], plants: ['south'] })
    await stage.enrol({ login: 'audit-south', ...plain, roles: ['auditor'], plants: ['south'], oversight: 'plants' })
    await stage.enrol({ login: 'both', ...plain, roles: ['engineer', 'approver'], plants: ['north'] })
    await stage.enrol({ login: 'leaver', ...plain, roles: ['engineer'], plants: ['north'] })
    const vendor = { displayName: 'Vendor', supplier: 'acme-drives', roles: ['vendor'], plants: ['north'] }
    await stage.enrol({ login: 'clumsy', ...vendor })
    for (const login of ['vendor', 'approver', 'auditor', 'both', 'south', 'audit-south', 'leaver'])
      await stage.api(login)
    await stage.grant('ews-1')
    await stage.grant('hist-1', { protocol: 'tcp' })
  }, 120_000)
  afterAll(async () => {
    await stage.stop()
    await controller.stop()
  })

  const address = () => ({ port: stage.gateway.https.port, ca: stage.stage.pki.contents['ca.pem'] })
  const visitor = (): ApiVisitor => openVisitor(address())
  const person = (login: string): string => stage.person(login).person.id
  const asking = (asset: string) => ({
    assets: [asset],
    protocol: 'ssh' as const,
    operationClass: 'operate' as const,
    when: { kind: 'window' as const, from: stage.clock.now(), until: stage.clock.now() + hour },
    purpose: 'replace the drive parameter set',
    ticket: '',
  })
  /** Everything that could have been changed. */
  const state = () =>
    stage.withStore(async (store) => {
      const page = { limit: 200, before: null }
      return {
        requests: await store.requests.list({ kind: null, person: null }, page),
        grants: await store.grants.list({ open: false, person: null }, page),
        suspensions: await store.suspensions.inForce(),
      }
    })
  const kept = async (types = ['input.refused', 'policy.decision']) => stage.evidence({ types })

  /** Calls, and expects a refusal that changes nothing and is evidence with the name of who tried. */
  async function refused(login: string, path: string, body: unknown): Promise<string> {
    const [before, known] = [await state(), (await stage.doings()).length]
    const answer = await (await stage.api(login)).call<ProblemView>('POST', path, body)
    expect([403, 404, 409, 422], `${login} ${path}`).toContain(answer.status)
    expect(await state()).toEqual(before)
    const found = (await stage.doings()).slice(known).filter(({ data }) => Object.values(data).includes(person(login)))
    return `${answer.json().code} ${found.length > 0 ? 'kept' : 'not kept'}`
  }

  describe('attack 24: a login is forged', () => {
    const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

    it('by tokens without a signature, with another’s claims, or signed by what anybody knows', async () => {
      const vendor = await stage.api('vendor')
      const token = vendor.cookies.get('sallyport_access') ?? ''
      const [head = '', body = '', signature = ''] = token.split('.')
      const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as Record<string, unknown>
      const raised = encode({ ...claims, sub: person('auditor') })
      const hmac = (key: string): string => {
        const text = `${encode({ alg: 'HS256', typ: 'JWT' })}.${raised}`
        return `${text}.${createHmac('sha256', key).update(text).digest('base64url')}`
      }
      const forged = [
        `${head}.${raised}.${signature}`,
        `${encode({ alg: 'none', typ: 'JWT' })}.${raised}.`,
        `${encode({ alg: 'none' })}.${body}.`,
        `${encode({ alg: 'NonE' })}.${raised}.${signature}`,
        hmac(''),
        hmac('secret'),
        hmac(stage.stage.pki.contents['ca.pem']),
        hmac(stage.stage.pki.contents['server.pem']),
        vendor.cookies.get('sallyport_refresh') ?? 'x',
        `${token}x`,
        '',
      ]
      const [before, known] = [await state(), (await kept(['auth.succeeded'])).length]
      // As it is it says who comes: what is refused below is refused for what was done to it.
      const whole = { cookie: `sallyport_access=${token}` }
      expect((await send(address(), { method: 'GET', path: `${prefix}/auth/me`, headers: whole })).status).toBe(200)
      for (const each of forged)
        for (const [method, path] of [
          ['GET', '/evidence'],
          ['GET', '/auth/me'],
          ['POST', '/suspensions'],
        ] as const) {
          const headers = { cookie: `sallyport_access=${each}`, [csrfHeader]: vendor.csrf }
          const answer = await send<ProblemView>(address(), { method, path: `${prefix}${path}`, headers })
          expect(`${each.slice(0, 40)} ${path} ${answer.status}`).toBe(`${each.slice(0, 40)} ${path} 401`)
        }
      expect([await state(), (await kept(['auth.succeeded'])).length]).toEqual([before, known])
    })

    it('by headers that other programs believe: whoever asks is who logged in', async () => {
      const vendor = await stage.api('vendor')
      const cookie = [...vendor.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
      for (const name of [
        'x-forwarded-user',
        'x-remote-user',
        'remote-user',
        'x-auth-request-email',
        'x-warpgate-username',
      ]) {
        const headers = { cookie, [name]: 'auditor', authorization: 'Bearer auditor' }
        const me = await send<MeView>(address(), { method: 'GET', path: `${prefix}/auth/me`, headers })
        expect([name, me.json().person?.login]).toEqual([name, 'vendor'])
        const evidence = await send(address(), { method: 'GET', path: `${prefix}/evidence`, headers })
        expect(evidence.status).toBe(403)
      }
    })

    it('by a refresh token that was copied: its second use ends the login, and is evidence', async () => {
      const thief = visitor()
      const code = stage.code('both')
      await thief.login('both', stage.person('both').password.expose(), code)
      const stolen = thief.cookies.get('sallyport_refresh') ?? ''
      await thief.ok('POST', '/auth/refresh')
      const headers = { cookie: `sallyport_refresh=${stolen}` }
      const again = await send(address(), { method: 'POST', path: `${prefix}/auth/refresh`, headers })
      expect(again.status).toBe(401)
      expect((await thief.call('GET', '/auth/me')).status).toBe(401)
      expect((await kept(['auth.token_reused'])).at(-1)?.data).toMatchObject({ person: person('both'), via: 'https' })
    })
  })

  describe('attack 25: one verb, or one list, asks for less than the others', () => {
    it(
      'no route answers to another verb than its own, whatever says which verb is meant',
      { timeout: 120_000 },
      async () => {
        const vendor = await stage.api('vendor')
        const cookie = [...vendor.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
        const before = await state()
        const own = new Set<string>(
          Object.values(routes).map(({ method, path }) => `${method} ${path.replaceAll(/:\w+/g, ':')}`),
        )
        const paths = [...new Set<string>(Object.values(routes).map(({ path }) => path))]
        for (const path of paths)
          for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'PROPFIND']) {
            if (own.has(`${method} ${path.replaceAll(/:\w+/g, ':')}`)) continue
            // A name in place of an id may be a route of its own, as `seen` of assets.
            const where = `${prefix}${path.replaceAll(/:\w+/g, 'x').replace('*', 'x')}`
            const headers = { cookie, [csrfHeader]: vendor.csrf, 'x-http-method-override': 'POST' }
            const { status } = await send(address(), { method, path: where, headers })
            expect([400, 401, 403, 404, 405, 501], `${method} ${path} ${status}`).toContain(status)
          }
        expect(await state()).toEqual(before)
      },
    )

    it('nothing is changed without the anti-forgery value, and that it was tried is evidence', async () => {
      const vendor = await stage.api('vendor')
      const cookie = [...vendor.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
      const before = (await kept()).length
      for (const value of ['', 'x', (await stage.api('approver')).csrf]) {
        const headers = { cookie, 'content-type': 'application/json', ...(value && { [csrfHeader]: value }) }
        const body = JSON.stringify(asking('ews-1'))
        const answer = await send<ProblemView>(address(), { method: 'POST', path: `${prefix}/requests`, headers, body })
        expect([answer.status, answer.json().code]).toEqual([403, 'csrf-missing'])
      }
      expect((await kept()).slice(before).map(({ data }) => data['code'])).toEqual([
        'csrf-missing',
        'csrf-missing',
        'csrf-missing',
      ])
    })

    it('many at once are judged one by one: a set with one that is forbidden makes nothing', async () => {
      for (const asset of ['sis-ews-1', 'cam-9', 'ews-2'])
        expect(await refused('vendor', '/requests', { ...asking('ews-1'), assets: ['ews-1', asset] })).toMatch(/ kept$/)
    })
  })

  describe('attack 26: what is of another plant is named in a request', () => {
    it('by its people, over the API: it is not there, or not theirs, and that they asked is evidence', async () => {
      const shell = await openSsh(await stage.sshLogin('vendor%ews-1'), { command: 'echo up; cat' })
      await shell.sees('up')
      const [started] = (await kept(['session.started'])).slice(-1)
      live = String(started?.data['session'])
      const grant = String(started?.data['grant'])
      const request = await askFor(await stage.api('vendor'), asking('ews-1'))
      const answer = { digest: request.digest, comment: 'from the other plant' }
      const target = { kind: 'person', id: 'vendor' }
      const tries: readonly (readonly [who: string, path: string, body: unknown])[] = [
        ['south', `/requests/${request.id}/approve`, answer],
        ['south', `/requests/${request.id}/deny`, answer],
        ['south', `/requests/${request.id}/withdraw`, undefined],
        ['south', `/grants/${grant}/revoke`, reason],
        ['south', `/grants/${grant}/extend`, { until: stage.clock.now() + 2 * hour, comment: '' }],
        ['south', `/sessions/${live}/kill`, { ...reason, insist: true }],
        ['south', `/sessions/${live}/escort`, undefined],
        ['south', `/recordings/${live}/replay`, { purpose: 'to look' }],
        ['audit-south', `/recordings/${live}/replay`, { purpose: 'to look' }],
        ['audit-south', `/recordings/${live}/verify`, undefined],
        ['audit-south', `/recordings/${live}/viewings`, { purpose: 'to look' }],
        ['south', '/suspensions', { target: { kind: 'plant', id: 'north' }, ...reason }],
        ['audit-south', '/suspensions', { target, ...reason }],
      ]
      for (const [who, path, body] of tries)
        expect(`${who} ${path}: ${await refused(who, path, body)}`).toMatch(/: [a-z-]+ kept$/)
      shell.child.stdin?.end('still here\n')
      expect((await shell.ended).exit).toBe(0)
      expect(shell.stdout().toString()).toContain('still here')
      await stage.quiet()
      const exported = { sessions: [live], purpose: 'to have' }
      expect(await refused('audit-south', '/exports', exported)).toMatch(/^[a-z-]+ kept$/)
    })

    it('by a grant for something else, over SSH: the decision names what is missing', async () => {
      for (const asset of ['ews-2', 'south-ews-1', 'hmi-3', 'hist-1']) {
        const before = (await kept(['policy.decision'])).length
        const run = await runSsh(await stage.sshLogin(`vendor%${asset}`), { command: 'echo in' })
        expect([asset, run.exit, run.stdout.toString()]).toEqual([asset, 255, ''])
        const [decision] = (await kept(['policy.decision'])).slice(before)
        expect(decision?.data).toMatchObject({ outcome: 'deny', action: 'connect', person: person('vendor') })
      }
    })
  })

  describe('attack 27: an approver gives it to themselves', () => {
    it('by approving, by a colleague’s lent right, by widening, by extending, or by other rules', async () => {
      const both = await stage.api('both')
      const request = await askFor(both, asking('ews-2'))
      const answer = { digest: request.digest, comment: 'to myself' }
      const approve = `/requests/${request.id}/approve`
      expect(await refused('both', approve, answer)).toBe('policy-denied kept')

      const window = { from: stage.clock.now(), until: stage.clock.now() + hour }
      const lent = await (await stage.api('approver')).call('POST', '/delegations', { to: 'both', window, ...reason })
      expect(lent.status).toBeLessThan(500)
      expect(await refused('both', approve, answer)).toBe('policy-denied kept')
      expect(await refused('both', '/delegations', { to: 'both', window, ...reason })).toMatch(/kept$/)

      const approver = await stage.api('approver')
      const wider = { from: request.window.from, until: request.window.until + hour }
      const widened = await approver.call<ProblemView>('POST', approve, { ...answer, changes: { window: wider } })
      expect([widened.status, widened.json().code]).toEqual([422, 'invalid-window'])
      const raised = await approver.call('POST', approve, { ...answer, changes: { operationClass: 'engineer' } })
      expect(raised.status).toBeGreaterThanOrEqual(400)
      const { grant } = await approver.ok<RequestView>('POST', approve, answer)
      const longer = { until: (grant?.window.until ?? 0) + hour, comment: 'longer' }
      expect(await refused('both', `/grants/${grant?.id}/extend`, longer)).toBe('policy-denied kept')

      const more = {
        'policies/mine.cedar': '@id("mine") @text("mine") @control("GW-ACC-01") permit (principal, action, resource);',
      }
      expect(await refused('both', '/proposals', { files: more, comment: 'mine' })).toBe('role-missing kept')
      const campaign = { title: 'mine', dueAt: window.until }
      expect(await refused('both', '/campaigns', campaign)).toBe('role-missing kept')
    })
  })

  describe('attack 28: what was given goes on after it was taken away', () => {
    it('on a connection that stood before: no further channel after the grant is revoked', async () => {
      const login = await stage.sshLogin('leaver%ews-2', 'password')
      const grant = await stage.grant('ews-2', { by: 'leaver' })
      const shared = await shareConnection(login)
      const first = await runSsh(login, { options: shared.options, command: 'echo in' })
      expect(first.stdout.toString()).toBe('in\n')
      await (await stage.api('approver')).ok('POST', `/grants/${grant.id}/revoke`, reason)
      const before = (await kept(['policy.decision'])).length
      const late = await runSsh(login, { options: shared.options, command: 'echo in' })
      expect([late.exit === 0, late.stdout.toString()]).toEqual([false, ''])
      // Where the session had ended the connection went with it; a new one is decided anew.
      const anew = await runSsh(await stage.sshLogin('leaver%ews-2', 'password'), { command: 'echo in' })
      expect([anew.exit, anew.stdout.toString()]).toEqual([255, ''])
      expect((await kept(['policy.decision'])).slice(before).at(-1)?.data).toMatchObject({
        outcome: 'deny',
        action: 'connect',
      })
      shared.master.child.kill()
      await shared.master.ended
    })

    it('on a connection and on a page that stood before: nothing for who is disabled since', async () => {
      const grant = await stage.grant('ews-2', { by: 'leaver' })
      const login = await stage.sshLogin('leaver%ews-2', 'password')
      const shared = await shareConnection(login)
      const api = await stage.api('leaver')
      expect((await api.call('GET', '/auth/me')).status).toBe(200)
      const { person: leaver } = stage.person('leaver')
      await stage.withStore((store) => disablePerson({ store, clock: stage.clock }, leaver, null, 'has left'))
      const late = await runSsh(login, { options: shared.options, command: 'echo in' })
      expect([late.exit === 0, late.stdout.toString()]).toEqual([false, ''])
      expect((await api.call('GET', '/auth/me')).status).toBe(401)
      expect((await api.call('POST', '/requests', asking('ews-2'))).status).toBe(401)
      const headers = { cookie: `sallyport_refresh=${api.cookies.get('sallyport_refresh')}` }
      expect((await send(address(), { method: 'POST', path: `${prefix}/auth/refresh`, headers })).status).toBe(401)
      expect((await kept(['identity.disabled'])).at(-1)?.data).toMatchObject({ person: person('leaver') })
      expect(grant.id).toMatch(/^gra_/)
      shared.master.child.kill()
      await shared.master.ended
    })
  })

  describe('attack 29: a tunnel leads to where the gateway can go and its user cannot', () => {
    const elsewhere: readonly (readonly [what: string, where: () => string, words: RegExp])[] = [
      ['an address', () => `127.0.0.1:${controller.port}`, /name the asset/],
      ['an address of the link', () => '169.254.169.254:80', /dials no addresses/],
      ['an address of version 6', () => '[fe80::1]:80', /dials no addresses/],
      [
        'one of version 4 in version 6',
        () => `[::ffff:127.0.0.1]:${controller.port}`,
        /dials no addresses|name the asset/,
      ],
      ['an address in one number', () => `2130706433:${controller.port}`, /dials no addresses|no asset/],
      ['an address in hexadecimal', () => `0x7f000001:${controller.port}`, /dials no addresses|no asset/],
      ['an address in octal', () => `0177.0.0.1:${controller.port}`, /dials no addresses|no asset/],
      ['an address cut short', () => `127.1:${controller.port}`, /dials no addresses|no asset/],
      ['every address', () => `0.0.0.0:${controller.port}`, /dials no addresses|no asset/],
      ['the gateway itself', () => `localhost:${stage.gateway.ssh.port}`, /name the asset/],
      ['its pages', () => `localhost:${stage.gateway.https.port}`, /name the asset/],
      ['a name that resolves', () => `ip6-localhost:${controller.port}`, /no asset is called/],
      ['a name with an end', () => `hist-1.:${controller.port}`, /no asset/],
      ['a port that is not declared', () => 'hist-1:9', /declares no port 9/],
      ['an asset without tunnels', () => `ews-1:${controller.port}`, /access refused/],
    ]
    it.each(elsewhere)('never to %s', async (_what, where, words) => {
      const { served } = controller
      const before = (await kept(['session.feature_refused', 'policy.decision'])).length
      const run = await runSsh(await stage.sshLogin('vendor'), { logLevel: 'INFO', options: ['-W', where()] })
      expect(run.exit).not.toBe(0)
      expect(run.stderr).toMatch(words)
      expect(controller.served).toBe(served)
      const tried = (await kept(['session.feature_refused', 'policy.decision'])).slice(before)
      expect(tried.map(({ data }) => data['person'])).toContain(person('vendor'))
    })

    it('and to the port that is declared it does lead', async () => {
      const where = `hist-1:${controller.port}`
      const run = await runSsh(await stage.sshLogin('vendor'), { options: ['-W', where] })
      expect([run.exit, run.stdout.toString()]).toEqual([0, 'controller\n'])
    })
  })

  describe('attack 33: backups and keys lie where others can take them', () => {
    it('no path of the gateway makes, gives or takes a backup', async () => {
      const vendor = await stage.api('vendor')
      const cookie = [...vendor.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
      for (const word of [
        'backup',
        'backups',
        'restore',
        'export',
        'download',
        'config',
        'keys',
        'vault',
        'debug',
        'metrics',
      ])
        for (const base of [prefix, '', '/api', '/admin'])
          for (const method of ['GET', 'POST', 'PUT'])
            for (const who of [{}, { cookie, [csrfHeader]: vendor.csrf }]) {
              const { status, bytes } = await send(address(), { method, path: `${base}/${word}`, headers: who })
              const isPage = status === 200 && method === 'GET' && bytes.includes('<!doctype html')
              expect(
                isPage || [400, 401, 403, 404, 405, 415].includes(status),
                `${method} ${base}/${word} ${status}`,
              ).toBe(true)
            }
    })

    it('every file of the gateway is its user’s alone, and the doctor fails where a key is not', async () => {
      const { dataFolder, evidence } = stage.stage.config
      const entries = await readdir(dataFolder, { recursive: true, withFileTypes: true })
      const open: string[] = []
      for (const entry of entries) {
        const path = join(entry.parentPath, entry.name)
        if (((await stat(path)).mode & 0o077) !== 0) open.push(path)
      }
      // In a folder that is closed, what lies in it is closed too; the folder itself is no exception.
      expect((await stat(dataFolder)).mode & 0o077).toBe(0)
      expect(open.filter((path) => /key|vault|\.db|sqlite/.test(path))).toEqual([])
      await chmod(evidence.key, 0o644)
      try {
        const doctor = await sallyport(['doctor', '--config', join(stage.folder, 'sallyport.yaml')])
        expect(doctor.stdout).toMatch(/evidence key.*others may read it/)
        expect(doctor.status).not.toBe(0)
        expect(doctor.stdout).not.toContain((await readFile(evidence.key, 'utf8')).split('\n')[1])
      } finally {
        await chmod(evidence.key, 0o600)
      }
    })
  })

  describe('attack 34: tokens and codes are guessed', () => {
    it('what stands for a login is long, and never follows from another', async () => {
      const api = visitor()
      await api.login('approver', stage.person('approver').password.expose(), stage.code('approver'))
      const seen: Buffer[] = []
      for (let n = 0; n < 24; n++) {
        const { csrf } = await api.ok<MeView>('POST', '/auth/refresh')
        seen.push(Buffer.from(csrf, 'base64url'), Buffer.from(api.cookies.get('sallyport_refresh') ?? '', 'base64url'))
      }
      const length = Math.min(...seen.map((token) => token.length))
      expect(length).toBeGreaterThanOrEqual(16)
      expect(new Set(seen.map((token) => token.toString('hex'))).size).toBe(seen.length)
      // No byte of it counts up or stays.
      for (let at = 0; at < length; at++) expect(new Set(seen.map((token) => token[at])).size).toBeGreaterThan(20)
    })

    it('forty at a time are no more tries than one after the other: the account is locked, on every way in', async () => {
      const password = stage.person('clumsy').password.expose()
      const right = stage.code('clumsy')
      const wrong = Array.from({ length: 40 }, (_, n) => String(100_000 + n * 7919)).filter((code) => code !== right)
      const before = (await kept(['auth.succeeded'])).length
      const answers = await Promise.all(wrong.map((code) => visitor().login('clumsy', password, code)))
      expect(answers.map(({ status }) => status).filter((status) => status === 200)).toEqual([])
      // Locked now: the right code is of no use, and the answer is the same as ever.
      const late = await visitor().login('clumsy', password, right)
      expect(late.status).toBe(401)
      const ssh = await runSsh(await stage.sshLogin('clumsy%ews-1', 'password'), { command: 'true' })
      expect(ssh.exit).toBe(255)
      expect((await kept(['auth.succeeded'])).length).toBe(before)
      const locked = (await kept(['auth.locked_out'])).filter(({ data }) => data['person'] === person('clumsy'))
      expect(locked.length).toBeGreaterThan(0)
      const tried = (await kept(['auth.mfa_failed'])).filter(({ data }) => data['person'] === person('clumsy'))
      // So many codes were looked at, and no more: what comes while it is locked is not held against the code at all.
      expect(tried.length).toBeLessThanOrEqual(stage.stage.config.login.lockoutAfter)
    })
  })
})
