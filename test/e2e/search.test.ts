// Search over real sessions of a whole gateway: what is found, who finds it, what of it is evidence, and that a process of
// search that dies takes nothing with it.

import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { afterAll, beforeAll, expect, it } from 'vitest'

import type { ProblemView, SearchIndexView, SearchOpenedView, SearchView } from '../../gateway/contract/views.ts'
import { descendantsOf } from '../bench/process-trees.ts'
import { sallyport } from '../gateway/cli/run-sallyport.ts'
import { describeWith } from '../support/describe-with.ts'
import { eventually } from '../support/eventually.ts'
import { stageGateway, type GatewayStage } from '../support/gateway-stage.ts'
import { openSsh, runSsh } from '../support/ssh-session.ts'
import { openWebVisit } from '../support/web-visit.ts'

const handling = `
rules:
  - id: drives-for-auditors
    text: What the drives do is for auditors.
    labels: [drives]
    view: { roles: [auditor] }
`
/** A round of the index comes every few seconds. */
const patience = 40_000

/** The processes of this kind that a gateway has started. */
const processesOf = (pid: number, name: string): number[] =>
  descendantsOf(pid).filter((each) => {
    const path = `/proc/${each}/cmdline`
    return existsSync(path) && readFileSync(path, 'utf8').includes(name)
  })

describeWith(['ssh', 'sshd', 'ssh-keygen', 'script'], 'search in recordings', () => {
  let stage: GatewayStage
  let token: string

  beforeAll(async () => {
    stage = await stageGateway({ targets: ['ews-1'], apart: true, files: { 'handling.yaml': handling } })
    await stage.grant('ews-1')
    await runSsh(await stage.sshLogin('vendor%ews-1'), { command: 'echo drive FB_Axis_12 at 10.2.3.4 parametrised' })
    token = await open('auditor')
  })
  afterAll(() => stage.stop())

  async function open(login: string): Promise<string> {
    const visitor = await stage.api(login)
    return (await visitor.ok<SearchOpenedView>('POST', '/searches', { purpose: 'incident 17' })).token
  }
  const ask = async (query: string, more: object = {}) =>
    (await stage.api('auditor')).ok<SearchView>('POST', `/searches/${token}/hits`, { query, ...more })
  const found = (query: string, side: string) =>
    eventually(
      `\`${query}\` is found`,
      async () => {
        const hit = (await ask(query)).hits.find((each) => each.side === side)
        return hit ?? null
      },
      patience,
    )

  it('finds what a command was and what it showed, and by whom and where', async () => {
    const shown = await found('FB_Axis_12 in:shown', 'shown')
    expect(shown).toMatchObject({ asset: 'ews-1', channel: 0, person: { login: 'vendor' } })
    expect(shown.snippet.filter(({ hit }) => hit).map(({ text }) => text)).toEqual(['FB_Axis_12'])
    expect((await ask('"10.2.3.4 parametrised" in:command person:vendor plant:north')).hits).toMatchObject([
      { session: shown.session, side: 'command' },
    ])
    expect((await ask('asset:ews-1')).hits).toMatchObject([{ session: shown.session, side: 'about' }])
    expect((await ask('axis asset:plc-7')).hits).toEqual([])
    expect(await ask('axis*', { limit: 1 })).toMatchObject({ hits: [{}], next: expect.stringMatching(/^\d+$/) })
  })

  it('writes each answer as evidence, with purpose and query as commitments only', async () => {
    await ask('parametrised')
    const entry = (await stage.evidence({ types: ['evidence.searched'] })).at(-1)
    expect(entry?.data).toMatchObject({
      hits: 2,
      sessions: [expect.stringMatching(/^ses_/)],
      purpose: expect.stringMatching(/^sha256:/),
      query: expect.stringMatching(/^sha256:/),
      rules: ['drives-for-auditors'],
      bundle: stage.stage.bundle.digest,
      viewings: [],
    })
    expect(JSON.stringify(entry?.data)).not.toMatch(/parametrised|incident/)
  })

  it('is for who may view, with their own stated purpose, and says what is wrong with a query', async () => {
    for (const login of ['vendor', 'approver'])
      expect((await (await stage.api(login)).call('POST', '/searches', { purpose: 'mine' })).status).toBe(403)
    const manager = await stage.api('manager')
    expect((await manager.call('POST', `/searches/${token}/hits`, { query: 'axis' })).status).toBe(404)
    // A rule keeps the manager out of what the auditor finds, and nothing tells that there is something.
    const own = await manager.ok<SearchView>('POST', `/searches/${await open('manager')}/hits`, { query: 'axis' })
    expect(own).toEqual({ hits: [], next: null })
    const auditor = await stage.api('auditor')
    const wrong = await auditor.call<ProblemView>('POST', `/searches/${token}/hits`, { query: 'in:nowhere axis' })
    expect(wrong.json()).toMatchObject({ code: 'malformed-query', message: expect.stringContaining('`in:nowhere`') })
  })

  it('follows a living session, and finds typed lines as they were put together', async () => {
    const run = await openSsh(await stage.sshLogin('vendor%ews-1'), { terminal: { cols: 100, rows: 30 } })
    run.write('echo serial nummber\u007f\u007f\u007f\u007fber SN-40\u007f711\r')
    await run.sees('SN-4711')
    const typed = await found('"serial number SN-4711" in:typed', 'typed')
    expect(typed.at).toBeGreaterThanOrEqual(0)
    expect((await (await stage.api('auditor')).ok<SearchIndexView>('GET', '/search-index')).partial).toBe(1)
    run.write('exit\r')
    await run.ended
    await stage.quiet()
    await eventually(
      'the recording is indexed whole',
      async () => (await (await stage.api('auditor')).ok<SearchIndexView>('GET', '/search-index')).partial === 0,
      patience,
    )
    expect((await ask('"serial number SN-4711" in:typed')).hits).toHaveLength(1)
  })

  it('answers the terminal, with the clock of the replay, and what the shell kept together as a phrase', async () => {
    const password = join(stage.folder, 'auditor.password')
    writeFileSync(password, `${stage.person('auditor').password.expose()}\n`, { mode: 0o600 })
    const env = { XDG_STATE_HOME: join(stage.folder, 'state') }
    const where = ['--url', `https://localhost:${stage.gateway.https.port}`, '--ca', stage.stage.pki.paths['ca.pem']]
    const who = ['--user', 'auditor', '--password-file', password, '--code', stage.code('auditor')]
    expect(await sallyport(['login', ...where, ...who], { env })).toMatchObject({ status: 0 })
    const run = await sallyport(['search', '--purpose', 'incident 17', 'at 10.2.3.4 param*', 'in:shown'], { env })
    expect(run).toMatchObject({ status: 0, stderr: '' })
    expect(run.stdout).toMatch(
      /^ses_\w{26} .* on .* shown, channel 0 at 0:00:\d\d\n {4}.*FB_Axis_12 \[at 10\.2\.3\.4 parametrised\]/,
    )
    const status = await sallyport(['search', '--status', '--json'], { env })
    expect(JSON.parse(status.stdout)).toMatchObject({ on: true, failed: 0, cut: 0 })
  })

  it('goes on after its processes were killed, and after the gateway was', async () => {
    await ask('axis')
    for (const name of ['index-process.ts', 'query-process.ts'])
      for (const pid of processesOf(stage.gateway.pid, name)) process.kill(pid, 'SIGKILL')
    expect((await found('FB_Axis_12 in:shown', 'shown')).asset).toBe('ews-1')
    await runSsh(await stage.sshLogin('vendor%ews-1'), { command: 'echo after the kill zirconium' })
    await found('zirconium in:shown', 'shown')
    await stage.gateway.kill()
    await stage.restart()
    token = await open('auditor')
    expect((await ask('zirconium in:shown')).hits).toHaveLength(1)
  }, 120_000)

  it('is built anew on demand, as evidence', async () => {
    const auditor = await stage.api('auditor')
    await auditor.ok('POST', '/search-index/rebuild')
    expect((await stage.evidence({ types: ['evidence.search_rebuilt'] })).length).toBe(1)
    await found('zirconium in:shown', 'shown')
    expect((await found('"serial number SN-4711" in:typed', 'typed')).asset).toBe('ews-1')
  })

  it('leaves no word of a session readable in its folder', () => {
    for (const name of ['index.sqlite', 'index.sqlite-wal']) {
      const file = join(stage.stage.config.dataFolder, 'search', name)
      const bytes = existsSync(file) ? readFileSync(file).toString('latin1') : ''
      expect(/zirconium|parametrised|SN-4711/i.test(bytes), name).toBe(false)
    }
  })
})

describeWith(['chromium'], 'the search page', () => {
  it('asks for a purpose, answers from the keyboard, and leads to the replay at its second', async () => {
    const stage = await stageGateway({ targets: ['ews-1'] })
    try {
      await stage.grant('ews-1')
      await runSsh(await stage.sshLogin('vendor%ews-1'), { command: 'echo the drive says rhododendron' })
      await stage.quiet()
      const auditor = await stage.api('auditor')
      await eventually(
        'the recording is indexed',
        async () => {
          const { recordings, partial } = await auditor.ok<SearchIndexView>('GET', '/search-index')
          return recordings === 1 && partial === 0
        },
        patience,
      )
      const visit = await openWebVisit(stage)
      try {
        const page = await visit.enter('auditor')
        page.setDefaultTimeout(20_000)
        await page.getByRole('link', { name: 'Search', exact: true }).click()
        await page.getByRole('button', { name: 'State the purpose' }).click()
        await page.getByLabel('Purpose').fill('incident 17')
        await page.getByRole('button', { name: 'Begin' }).click()
        const field = page.getByLabel('Search for')
        await field.waitFor()
        await field.fill('rhododendron in:shown')
        await field.press('Enter')
        await page.locator('mark').first().waitFor()
        expect(await page.locator('mark').first().innerText()).toBe('rhododendron')
        const shot = process.env['SALLYPORT_TEST_SCREENSHOT']
        if (shot !== undefined) await page.screenshot({ path: shot, fullPage: true })
        await page.getByRole('region', { name: 'Hits' }).getByRole('link').first().click()
        await page.getByRole('button', { name: 'Open replay' }).click()
        expect(await page.getByLabel('Purpose').inputValue()).toBe('incident 17')
        expect(new URL(page.url()).searchParams.get('channel')).toBe('0')
        expect(visit.faults).toEqual([])
      } finally {
        await visit.browser.close()
      }
    } finally {
      await stage.stop()
    }
  }, 120_000)
})

describeWith(['ssh', 'sshd', 'ssh-keygen'], 'search that is off', () => {
  it('indexes nothing and says so', async () => {
    const stage = await stageGateway({ targets: ['ews-1'], overrides: { 'evidence.search': 'off' } })
    try {
      const auditor = await stage.api('auditor')
      const refused = await auditor.call<ProblemView>('POST', '/searches', { purpose: 'incident 17' })
      expect(refused.json()).toMatchObject({
        code: 'state-conflict',
        message: expect.stringContaining('evidence.search'),
      })
      expect(await auditor.ok<SearchIndexView>('GET', '/search-index')).toMatchObject({ on: false })
      expect(existsSync(join(stage.stage.config.dataFolder, 'search'))).toBe(false)
    } finally {
      await stage.stop()
    }
  })
})
