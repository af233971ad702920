// Secrets stay where they are used. The gateway runs at its most talkative, good and bad things are done to it, and then
// everything it wrote or answered is searched: the log, the ledger and what its commitments stand for, the texts of
// errors, and every byte of the data folder.

import { once } from 'node:events'
import { connect } from 'node:net'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { afterAll, beforeAll, expect, it } from 'vitest'

import { csrfHeader, prefix } from '../../gateway/contract/routes.ts'
import { openVisitor, send, type ApiVisitor } from '../../gateway/demo/api-visitor.ts'
import { vaultKeyFile } from '../../gateway/keys.ts'
import { Secret } from '../../gateway/secret.ts'
import { describeWith } from '../support/describe-with.ts'
import { stageGateway, type GatewayStage } from '../support/gateway-stage.ts'
import { runSsh } from '../support/ssh-session.ts'

const typed = 'what-the-engineer-typed-4711'

describeWith(
  ['ssh', 'sshd', 'ssh-keygen'],
  'attack 37: secrets in debug logs, in what is kept and in what is answered: a secret',
  () => {
    let stage: GatewayStage
    const answers: string[] = []
    const codes = new Set<string>()
    const cookies = new Set<string>()

    beforeAll(async () => {
      stage = await stageGateway({
        logLevel: 'debug',
        targets: ['ews-1', 'hist-1', 'ews-2'],
        async spoil(place) {
          if (place.asset === 'ews-1') return place
          const text = place.asset === 'hist-1' ? brokenKey : wrongPassword
          const kind = place.asset === 'hist-1' ? 'private-key' : 'password'
          return { ...place, credential: { kind, secret: new Secret(text) } }
        },
      })
      await stage.grant('ews-1')
      await stage.grant('hist-1')
      await stage.grant('ews-2', { by: 'engineer' })
      await useItWell()
      await useItBadly()
      await stage.evidence()
      for (const login of ['vendor', 'engineer', 'approver', 'auditor']) keepCookies(await stage.api(login))
    })
    afterAll(() => stage.stop())

    const brokenKey =
      '-----BEGIN OPENSSH PRIVATE KEY-----\nbm90LWEta2V5LWF0LWFsbC1idXQtc2VjcmV0\n-----END OPENSSH PRIVATE KEY-----\n'
    const wrongPassword = 'a-target-password-nobody-may-see'

    function keepCookies(visitor: ApiVisitor): void {
      for (const value of visitor.cookies.values()) cookies.add(value)
      if (visitor.csrf !== '') cookies.add(visitor.csrf)
    }

    async function useItWell(): Promise<void> {
      for (const by of ['key', 'password'] as const) {
        const login = await stage.sshLogin('vendor%ews-1', by)
        codes.add(login.code)
        expect((await runSsh(login, { command: 'cat', input: `${typed}\n` })).exit).toBe(0)
      }
      for (const user of ['vendor%hist-1', 'engineer%ews-2']) {
        const login = await stage.sshLogin(user, 'password')
        codes.add(login.code)
        const { exit, stderr } = await runSsh(login, { command: 'true' })
        expect(exit).toBe(255)
        answers.push(stderr)
      }
    }

    async function useItBadly(): Promise<void> {
      const { person, password, totpSecret } = stage.person('vendor')
      const code = stage.code('vendor')
      codes.add(code)
      const login = await stage.sshLogin('vendor%ews-1', 'password')
      for (const spoilt of [
        { ...login, code: '000000' },
        { ...login, password: 'wrong', code },
      ])
        answers.push((await runSsh(spoilt, { command: 'true' })).stderr)

      const visitor = openVisitor({ port: stage.gateway.https.port, ca: stage.stage.pki.contents['ca.pem'] })
      await visitor.login('vendor', password.expose(), code)
      keepCookies(visitor)
      const secrets = { login: 'vendor', password: password.expose(), totp: totpSecret.expose() }
      for (const [path, body] of [
        ['/auth/login', secrets],
        ['/auth/login', { ...secrets, again: password.expose() }],
        ['/auth/login', { ...secrets, password: [password.expose()] }],
        ['/requests', { password: password.expose(), person: person.id }],
        [`/requests/req_${'0'.repeat(26)}/approve`, { digest: totpSecret.expose(), comment: 1 }],
      ] as const) {
        const answer = await visitor.call('POST', path, body)
        expect(answer.status).toBeGreaterThanOrEqual(400)
        answers.push(answer.bytes.toString())
      }
      // Something that is no SSH: what a connection fails of is told at this level only.
      const stranger = connect(stage.gateway.ssh.port, '127.0.0.1', () =>
        stranger.end(`SSH-2.0-none\r\n${'x'.repeat(200)}`),
      )
      stranger.resume()
      await once(stranger, 'close')
      const cookie = [...visitor.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
      const half = `{"login":"vendor","password":"${password.expose()}"`
      const headers = { cookie, [csrfHeader]: visitor.csrf, 'content-type': 'application/json' }
      const address = { port: stage.gateway.https.port, ca: stage.stage.pki.contents['ca.pem'] }
      const cut = await send(address, { method: 'POST', path: `${prefix}/auth/login`, headers, body: half })
      answers.push(cut.bytes.toString())
    }

    /** Every secret of this stage, by what it is. Keys are looked for by a line from their middle. */
    function secrets(): ReadonlyMap<string, RegExp> {
      const literal = (text: string): RegExp => new RegExp(text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      const middleOf = (key: string): string => key.split('\n')[2] ?? key
      const found = new Map<string, RegExp>()
      for (const login of ['vendor', 'engineer', 'approver', 'auditor', 'former']) {
        found.set(`password of ${login}`, literal(stage.person(login).password.expose()))
        found.set(`authenticator seed of ${login}`, literal(stage.person(login).totpSecret.expose()))
      }
      for (const code of codes) found.set(`code ${code}`, new RegExp(`(?<![0-9a-f])${code}(?![0-9a-f])`))
      for (const [i, value] of [...cookies].entries()) found.set(`cookie ${i}`, literal(value))
      found.set('key of the target', literal(middleOf(stage.targets['ews-1']?.credential.expose() ?? '')))
      found.set('broken key of a target', literal('bm90LWEta2V5LWF0LWFsbC1idXQtc2VjcmV0'))
      found.set('password of a target', literal(wrongPassword))
      const { contents } = stage.stage.pki
      for (const name of ['evidence.key', 'server.key', 'ssh_host_ed25519_key'] as const)
        found.set(name, literal(contents[name].split('\n')[1] ?? ''))
      found.set('replay identity', /AGE-SECRET-KEY-1[0-9A-Z]{20}/)
      return found
    }

    function leaksIn(text: string): string[] {
      return [...secrets()].flatMap(([what, pattern]) => (pattern.test(text) ? [what] : []))
    }

    it('is known to this test, or it would find none', () => {
      expect(secrets().size).toBeGreaterThan(25)
      const all = `${stage.person('vendor').password.expose()} ${[...codes][0]} ${[...cookies][0]}`
      expect(leaksIn(all)).toHaveLength(3)
    })

    it('is not in the log', async () => {
      const log = await stage.log()
      expect(log).toContain('"level":20')
      expect(leaksIn(log)).toEqual([])
      expect(log).not.toContain(typed)
    })

    it('is not in the ledger, nor in what its commitments stand for', async () => {
      const values = await stage.withStore(async ({ evidence }) => {
        const found: string[] = []
        for await (const { value } of evidence.disclosures()) found.push(value)
        return found
      })
      expect(leaksIn(JSON.stringify(await stage.evidence()))).toEqual([])
      expect(leaksIn(values.join('\n'))).toEqual([])
    })

    it('is not in what was answered', () => {
      expect(answers.length).toBeGreaterThan(8)
      expect(answers.filter((answer) => leaksIn(answer).length > 0)).toEqual([])
    })

    it('is nowhere in the data folder, and neither is what was typed', async () => {
      const folder = stage.stage.config.dataFolder
      const entries = await readdir(folder, { recursive: true, withFileTypes: true })
      const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
      expect(files.some((file) => file.endsWith('.stream'))).toBe(true)
      const leaks: string[] = []
      for (const file of files.filter((path) => path !== vaultKeyFile(folder))) {
        const text = await readFile(file, 'latin1')
        leaks.push(
          ...[...leaksIn(text), ...(text.includes(typed) ? ['what was typed'] : [])]
            .filter((what) => !what.startsWith('code'))
            .map((what) => `${file}: ${what}`),
        )
      }
      expect(leaks).toEqual([])
    })
  },
)
