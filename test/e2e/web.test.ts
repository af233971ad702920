// The web application in a real browser: the path of a vendor, an approver and an auditor, and every page looked at by
// axe in both colour schemes.

import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { runSsh } from '../../gateway/demo/ssh-client.ts'
import { describeWith } from '../support/describe-with.ts'
import { stageGateway, type GatewayStage } from '../support/gateway-stage.ts'
import { openWebVisit, type WebVisit } from '../support/web-visit.ts'

describeWith(['chromium', 'sshd', 'ssh'], 'the web application', () => {
  let stage: GatewayStage
  let visit: WebVisit

  beforeAll(async () => {
    stage = await stageGateway()
    visit = await openWebVisit(stage)
  })
  afterAll(async () => {
    await visit?.browser.close()
    await stage?.stop()
  })

  it('says the same for a wrong password and an unknown login', async () => {
    const page = await (await visit.browser.newContext({ ignoreHTTPSErrors: true })).newPage()
    const answers: string[] = []
    for (const login of ['vendor', 'nobody']) {
      await page.goto(visit.at('/'))
      await page.getByLabel('Login name').fill(login)
      await page.getByLabel('Password', { exact: true }).fill('wrong password')
      await page.getByLabel('One-time code').fill('000000')
      await page.getByRole('button', { name: 'Log in' }).click()
      answers.push(await page.getByRole('alert').innerText())
    }
    expect(answers[0]).toContain('wrong')
    expect(answers[1]).toBe(answers[0])
    await page.context().close()
  })

  it('takes a vendor, an approver and an auditor through the main job', async () => {
    const vendor = await visit.enter('vendor')
    await vendor.getByRole('link', { name: 'Ask for access', exact: true }).click()
    await vendor.getByLabel('Asset', { exact: true }).selectOption('ews-1')
    await vendor.getByLabel('Purpose').fill('exchange the drive of line 1')
    await vendor.getByRole('button', { name: 'Ask for access' }).click()
    await vendor.getByText('on its way to the approvers').waitFor()

    const approver = await visit.enter('approver')
    await approver.goto(visit.at('/approvals'))
    await approver.getByText('exchange the drive of line 1').waitFor()
    await approver.getByRole('button', { name: /^Approve access to Engineering workstation/ }).click()
    await approver.getByLabel('Comment').fill('go ahead')
    await approver.getByRole('button', { name: 'Grant access' }).click()
    await approver.getByText('is granted').waitFor()

    await vendor.goto(visit.at('/assets'))
    const command = await vendor.getByLabel('Command').first().inputValue()
    expect(command).toBe(`ssh -p ${stage.gateway.ssh.port} vendor+ews-1@localhost`)
    const result = await runSsh(await stage.sshLogin('vendor%ews-1'), { command: ['echo drive exchanged'] })
    expect(result.stdout.toString()).toBe('drive exchanged\n')

    const auditor = await visit.enter('auditor')
    await auditor.goto(visit.at('/recordings'))
    await auditor.getByRole('region', { name: 'List of recordings' }).getByRole('link').first().click()
    await auditor.getByRole('button', { name: 'Verify now' }).click()
    await auditor.getByText('of the ledger holds the digest of this seal').waitFor()
    await auditor.getByRole('button', { name: 'Open replay' }).click()
    await auditor.getByLabel('Purpose').fill('quarterly sample')
    await auditor.getByRole('button', { name: 'Start replay' }).click()
    await auditor.getByRole('slider', { name: 'Position' }).waitFor()
    await auditor.goto(visit.at('/register'))
    await auditor.getByText('Every session is recorded and replayable').waitFor()

    const seen = await stage.evidence({
      types: ['request.submitted', 'request.approved', 'session.ended', 'session.replayed'],
    })
    expect(seen.map(({ type }) => type)).toEqual([
      'request.submitted',
      'request.approved',
      'session.ended',
      'session.replayed',
    ])
    for (const page of [vendor, approver, auditor]) await page.context().close()
  })

  it('lets an approver kill a live session with a reason', async () => {
    await stage.grant('ews-1')
    const client = runSsh(await stage.sshLogin('vendor%ews-1'), { command: ['echo up; sleep 60'] })
    const approver = await visit.enter('approver', 'dark', 390)
    await approver.goto(visit.at('/access'))
    await approver.getByRole('button', { name: /^Kill the session of/ }).click()
    await approver.getByLabel('Reason').fill('line 1 starts')
    await approver.getByRole('button', { name: 'Kill session' }).click()
    const result = await client
    expect(result.exit).toBe(255)
    expect(result.stderr.toString()).toContain('line 1 starts')
    await approver.context().close()
  })

  it('shows a vendor nothing of the plant’s pages', async () => {
    const vendor = await visit.enter('vendor')
    await vendor.goto(visit.at('/register'))
    await vendor.getByRole('heading', { name: 'Nothing here' }).waitFor()
    expect(await vendor.getByRole('link', { name: 'Control register' }).count()).toBe(0)
    expect(await vendor.getByText('Every session is recorded and replayable').count()).toBe(0)
    await vendor.context().close()
  })

  const pages = {
    vendor: ['/assets', '/ask', '/requests'],
    approver: ['/approvals', '/access', '/register'],
    safety: ['/approvals', '/access'],
    escort: ['/access'],
    manager: ['/access', '/suppliers', '/suppliers/acme-drives', '/reviews', '/rules'],
    auditor: ['/recordings', '/evidence', '/register'],
  }
  it.each(Object.entries(pages))(
    'has no accessibility fault axe can find on the pages of the %s',
    async (login, paths) => {
      const page = await visit.enter(login)
      for (const path of paths) {
        await page.goto(visit.at(path))
        await page.getByRole('heading', { level: 1 }).waitFor()
        await page.waitForLoadState('networkidle')
        expect(await faultsOf(page, path)).toEqual([])
      }
      await page.context().close()
    },
  )

  const dialogs: readonly (readonly [string, string, (page: Page) => Promise<void>])[] = [
    ['vendor', '/ask?asset=ews-1', (page) => page.getByRole('radio', { name: 'On several days' }).check()],
    ['approver', '/access', (page) => page.getByRole('button', { name: 'Stop access' }).click()],
    ['approver', '/access', (page) => page.getByRole('button', { name: 'I am on site' }).click()],
    ['approver', '/access', (page) => page.getByRole('button', { name: 'Hand over' }).click()],
    ['manager', '/rules', (page) => page.getByRole('button', { name: 'Propose a bundle' }).click()],
    ['manager', '/reviews', (page) => page.getByRole('button', { name: 'Attest' }).click()],
    ['manager', '/reviews', (page) => page.getByRole('button', { name: 'Begin one' }).click()],
  ]
  it.each([...new Set(dialogs.map(([who]) => who))])(
    'has no accessibility fault axe can find on the dialogs of the %s',
    async (login) => {
      const found: string[] = []
      const page = await visit.enter(login)
      for (const [, path, open] of dialogs.filter(([who]) => who === login)) {
        await page.goto(visit.at(path), { waitUntil: 'networkidle' })
        await open(page)
        await page.getByRole('dialog').or(page.getByText('Days of the week')).first().waitFor()
        found.push(...(await faultsOf(page, path)))
      }
      await page.context().close()
      expect(found).toEqual([])
    },
  )

  it('raised no script error and no content-security-policy violation on the way', () => {
    expect(visit.faults).toEqual([])
  })
})

/** What axe finds on the page as it stands: everything in light, and what dark changes, which is its colours. */
async function faultsOf(page: Page, path: string): Promise<string[]> {
  const found: string[] = []
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme })
    await page.locator(`html[data-mantine-color-scheme=${scheme}]`).waitFor()
    await settled(page)
    const axe = new AxeBuilder({ page })
    const { violations } = await (scheme === 'light' ? axe : axe.withRules(['color-contrast'])).analyze()
    found.push(...violations.map(({ id, nodes }) => `${path} in ${scheme}: ${id}: ${nodes[0]?.html}`))
  }
  return found
}

/** Resolves when what moves now has come to rest: a dialog that fades in has not its colours yet. A live mark never rests. */
const settled = (page: Page): Promise<unknown> =>
  page.evaluate(`Promise.allSettled(
    document
      .getAnimations()
      .filter(({ effect }) => effect.getTiming().iterations !== Infinity)
      .map(({ finished }) => finished),
  ).then(({ length }) => length)`)
