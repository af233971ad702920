// People over a whole gateway, as an operator, a newcomer and a leaver meet it: a feed taken on the command line while the
// gateway runs, an account taken into use in the browser, a session that ends with its person, and roles kept apart.

import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'

import type { AccountsView } from '../../gateway/contract/views.ts'
import { codeAt } from '../../gateway/identity/totp.ts'
import { exchange } from '../../gateway/outbound.ts'
import { signWebhook } from '../../gateway/outbox/webhook.ts'
import { Secret } from '../../gateway/secret.ts'
import { keyOfSecret } from '../../gateway/signed-message.ts'
import { sallyport } from '../gateway/cli/run-sallyport.ts'
import { describeWith } from '../support/describe-with.ts'
import { stageGateway, type GatewayStage } from '../support/gateway-stage.ts'
import { openSsh } from '../support/ssh-session.ts'
import { openWebVisit, type WebVisit } from '../support/web-visit.ts'

const head = 'id,login,name,status,plants,department,job,employment,supplier'
const vendorRow = '7,vendor,Service engineer,,north|south,,,supplier,acme-drives'
const annaRow = '8,anna,Anna,,north,,Operator,,'

describeWith(['ssh', 'sshd', 'ssh-keygen', 'script', 'chromium'], 'people of a gateway', () => {
  let stage: GatewayStage
  let visit: WebVisit
  let files = 0

  beforeAll(async () => {
    const demo = await readFile(join(import.meta.dirname, '../../gateway/demo/bundle/access.yaml'), 'utf8')
    const apart =
      '\n  - { id: admin-apart, text: Who runs the gateway does not answer for it., roles: [admin, isms-manager], from: 2020-01-01 }\n'
    stage = await stageGateway({ files: { 'access.yaml': `${demo.trimEnd()}${apart}` }, logLevel: 'error' })
    await stage.enrol({ login: 'chief', displayName: 'Chief', roles: ['admin'], supplier: null, plants: [] })
    await stage.enrol({
      login: 'both',
      displayName: 'Both',
      roles: ['admin', 'isms-manager', 'engineer'],
      supplier: null,
      plants: ['north'],
    })
    visit = await openWebVisit(stage)
  })
  afterAll(async () => {
    await visit?.browser.close()
    await stage?.stop()
  })

  const local = (...args: readonly string[]) => sallyport([...args, '--config', join(stage.folder, 'sallyport.yaml')])

  /** Each feed tells of a later state than the one before. */
  function textOf(rows: readonly string[]): string {
    files += 1
    const at = new Date(Date.now() - 3_600_000 + files * 60_000).toISOString()
    return [head, ...rows, `#end,${rows.length},${at}`].join('\n')
  }

  async function feed(rows: readonly string[], ...options: readonly string[]) {
    const file = join(await mkdtemp(join(stage.folder, 'feed-')), 'people.csv')
    await writeFile(file, textOf(rows))
    return local('people', 'feed', file, '--source', 'hr', ...options)
  }

  it('come by a feed, which is shown first', async () => {
    const shown = await feed([vendorRow, annaRow], '--adopt', 'vendor', '--dry-run')
    expect(shown).toMatchObject({ status: 0, stderr: '' })
    expect(shown.stdout).toMatch(/^vendor +would be taken over from by hand +vendor for north,south$/m)
    expect(shown.stdout).toMatch(/^anna +would be prepared +engineer for north$/m)
    const asked = await feed([vendorRow, annaRow], '--dry-run')
    expect(asked).toMatchObject({ status: 1 })
    expect(asked.stdout).toMatch(/made by hand.*--adopt vendor/)
    const taken = await feed([vendorRow, annaRow], '--adopt', 'vendor')
    expect(taken.stdout).toMatch(/^anna +prepared +engineer for north$/m)
    const { items } = await (await stage.api('chief')).ok<AccountsView>('GET', '/people')
    expect(items.find(({ person }) => person.login === 'anna')).toMatchObject({
      state: 'prepared',
      feed: 'hr',
      roles: [{ role: 'engineer', feed: 'hr', mapping: 'operator' }],
    })
    expect((await feed(['9,', annaRow])).stderr).toMatch(/refused whole, nobody was changed/)
  })

  it('come by a feed that a machine sends, if it is signed', async () => {
    const made = await local('people', 'feed-secret', 'hr')
    const key = keyOfSecret(/whsec_\S+/.exec(made.stdout)?.[0] ?? '')
    if (key === null) throw new Error(`no secret: ${made.stdout}${made.stderr}`)
    const body = textOf([vendorRow, annaRow, annaRow.replaceAll('anna', 'bert').replace('8', '9')])
    const send = (headers: Readonly<Record<string, string>>) =>
      exchange({
        method: 'POST',
        url: new URL(`https://localhost:${stage.gateway.https.port}/api/v1/people-feeds/hr`),
        headers: { 'content-type': 'text/csv', ...headers },
        body,
        timeoutMs: 30_000,
        maxBytes: 64 * 1024,
        ca: [stage.stage.pki.contents['ca.pem']],
      })
    expect(await send({})).toMatchObject({ status: 401 })
    const signature = signWebhook([new Secret(key)], { id: 'msg_1', at: stage.clock.now(), body })
    const taken = await send(signature)
    expect(taken).toMatchObject({ status: 200 })
    expect(JSON.parse('body' in taken ? String(taken.body) : '')).toEqual({
      rows: 3,
      changed: 1,
      unchanged: 2,
      unmapped: 0,
      problems: [],
    })
    expect((await feed([vendorRow, annaRow])).stdout).toMatch(/^bert +closed +not in the feed any more$/m)
  })

  it('take a prepared account into use with a secret of their own, and log in', async () => {
    const invited = await local('people', 'invite', 'anna')
    expect(invited.status).toBe(0)
    const secret = /^ {2}(\S{43})$/m.exec(invited.stdout)?.[1] ?? ''
    const context = await visit.browser.newContext({ ignoreHTTPSErrors: true })
    const page = await context.newPage()
    await page.goto(visit.at('/enrol'))
    const begin = async (given: string): Promise<void> => {
      await page.getByLabel('Login name').fill('anna')
      await page.getByLabel('One-time secret', { exact: true }).fill(given)
      await page.getByRole('button', { name: 'Go on' }).click()
    }
    await begin('a guess')
    await page.getByRole('alert').getByText('do not go together').waitFor()
    await begin(secret)
    await page.getByText('Welcome, Anna').waitFor()
    const seed = new Secret(await page.getByRole('textbox', { name: 'Key of the authenticator' }).inputValue())
    const password = 'a password of her own'
    await page.getByLabel('Your password', { exact: true }).fill(password)
    await page.getByLabel('The same again', { exact: true }).fill(password)
    await page.getByLabel('One-time code').fill(codeAt(seed, stage.clock.now()))
    await page.getByRole('button', { name: 'Take the account into use' }).click()
    await page.getByText('Your account is ready').waitFor()
    await page.getByRole('link', { name: 'To the login' }).click()
    stage.clock.advance(60_000)
    await page.getByLabel('Login name').fill('anna')
    await page.getByLabel('Password', { exact: true }).fill(password)
    await page.getByLabel('One-time code').fill(codeAt(seed, stage.clock.now()))
    await page.getByRole('button', { name: 'Log in' }).click()
    await page.getByRole('navigation').waitFor()
    await context.close()
    expect(visit.faults).toEqual([])
    expect((await local('people', 'invite', 'anna')).stderr).toContain('has enrolled already')
  })

  it('leave, and their session ends with them', async () => {
    await stage.grant('ews-1')
    const run = await openSsh(await stage.sshLogin('vendor%ews-1'), { command: 'echo begun; sleep 600' })
    await run.sees('begun')
    const left = await feed([vendorRow.replace(',,north', ',left,north'), annaRow])
    expect(left.stdout).toMatch(/^vendor +closed +said to have left$/m)
    await run.ended
    expect(run.shown()).toMatch(/the account was disabled|the access was revoked/)
    await stage.quiet()
    const leavers = await stage.evidence({ types: ['person.left'] })
    expect(leavers.at(-1)?.data['sessions']).toHaveLength(1)
    const [revoked] = await stage.evidence({ types: ['grant.revoked'] })
    expect(revoked?.data['by']).toBeNull()
  })

  it('are told what is withheld from them, on every page, and read by others who it is', async () => {
    const both = await visit.enter('both')
    await both.getByText('Some of your roles are of no use').waitFor()
    expect(await both.getByRole('navigation').getByText('Evidence', { exact: true }).count()).toBe(0)
    await both.getByRole('navigation').getByText('Assets', { exact: true }).waitFor()
    await both.context().close()
    expect((await (await stage.api('both')).call('GET', '/register')).status).toBe(403)
    const chief = await visit.enter('chief')
    await chief.goto(visit.at('/people'))
    await chief.getByText('Against a rule', { exact: true }).click()
    await chief.getByRole('row', { name: /Both/ }).getByText('Roles withheld').waitFor()
    await chief.context().close()
  })
})
