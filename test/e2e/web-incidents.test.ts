// Incidents in a real browser: opened, contained and noted on its page, and read by the committee.

import { createHash } from 'node:crypto'

import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeWith } from '../support/describe-with.ts'
import { stageGateway, type GatewayStage } from '../support/gateway-stage.ts'
import { openWebVisit, type WebVisit } from '../support/web-visit.ts'

describeWith(['chromium'], 'incidents in the web application', () => {
  let stage: GatewayStage
  let visit: WebVisit

  beforeAll(async () => {
    stage = await stageGateway({ targets: [], logLevel: 'error' })
    const plain = { supplier: null, plants: [] }
    await stage.enrol({ ...plain, login: 'isms', displayName: 'ISMS manager', roles: ['isms-manager'] })
    visit = await openWebVisit(stage)
  }, 120_000)
  afterAll(async () => {
    await visit?.browser.close()
    await stage?.stop()
  })

  it('opens one, says whom to tell outside, and keeps what was done in its timeline', async () => {
    const page = await visit.enter('isms')
    await page.goto(visit.at('/incidents'))
    await page.getByRole('button', { name: 'Open an incident' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('What happened, in a line').fill('Unknown writes')
    await dialog.getByLabel('What is known of it').fill('setpoints moved twice')
    await dialog.getByLabel('How grave it is').selectOption('high')
    await dialog.getByLabel('Assets it touches').fill('ews-1')
    await dialog.getByRole('button', { name: 'Open incident' }).click()
    await page.getByRole('heading', { level: 1, name: 'Unknown writes' }).waitFor()
    await page.getByText('Early warning to the CSIRT').waitFor()
    await page.getByRole('button', { name: 'Contained' }).click()
    await page.getByLabel('How it was stopped').fill('the account is off')
    await page.getByRole('dialog').getByRole('button', { name: 'Contained' }).click()
    await page.getByText('Incident contained').waitFor()
    expect(await page.getByText('the account is off').count()).toBe(1)
    await page.goto(visit.at('/committee'))
    await page.getByText(/Unknown writes: opened/).waitFor()
    await page.context().close()
  })

  it('rates, names what else is touched, and follows a file that came from hand to hand', async () => {
    const page = await visit.enter('isms', 'dark', 390)
    await page.goto(visit.at('/incidents'))
    await page.getByRole('link', { name: 'Unknown writes' }).click()
    const dialog = page.getByRole('dialog')
    const take = async (open: string, confirm: string, fields: Readonly<Record<string, string>>, words: string) => {
      await page.getByRole('button', { name: open, exact: true }).click()
      for (const [label, value] of Object.entries(fields)) {
        const field = dialog.getByLabel(label)
        if ((await field.evaluate((each) => each.tagName)) === 'SELECT') await field.selectOption(value)
        else await field.fill(value)
      }
      await dialog.locator('textarea:not([aria-hidden])').fill(words)
      await dialog.getByRole('button', { name: confirm, exact: true }).click()
      await dialog.waitFor({ state: 'detached' })
    }
    await take('Rate', 'Rate', { 'How grave it is': 'very-high' }, 'a second line')
    await page.getByText('high to very-high').waitFor()
    await take('Touches more', 'Add', { Suppliers: 'acme-drives' }, 'their laptop')
    await page.getByText('suppliers acme-drives').waitFor()
    const asked = { 'Who is asked': 'Acme', 'What is asked for': 'VPN log', 'Days they have': '5' }
    await take('Ask for evidence', 'Ask', asked, 'contract 4.2')

    await page.getByRole('button', { name: 'Received from Acme' }).click()
    const chooser = page.waitForEvent('filechooser')
    await dialog.getByLabel('Files that came').click()
    await (await chooser).setFiles({ name: 'vpn.log', mimeType: 'text/plain', buffer: Buffer.from('from Acme') })
    await dialog.getByLabel('Who has it now').fill('ISMS manager')
    await dialog.getByLabel('Where it is kept').fill('safe 2')
    await dialog.getByRole('button', { name: 'Received', exact: true }).click()
    await dialog.waitFor({ state: 'detached' })
    const sha256 = createHash('sha256').update('from Acme').digest('hex')
    await page.locator('code').getByText(sha256).waitFor()
    const handed = { 'What is done': 'handed-over', 'Who gets it': 'laboratory', 'Where it is then': 'vault' }
    await take('vpn.log changes hands', 'Keep this step', handed, 'analysis')
    await page.getByText('with laboratory, vault').waitFor()
    await take('Nothing more comes from Acme', 'End', { 'How it ended': 'complete' }, 'all of it')
    await page.getByText('complete: all of it').waitFor()
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0)
    expect(visit.faults).toEqual([])
    await page.context().close()
  })
})
