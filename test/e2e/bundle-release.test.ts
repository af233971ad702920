// The release of rules that touch the safety path, from the proposal to the dossier, with the pages people use: nothing
// comes into force before a safety engineer has said yes against a validation record.

import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import { afterAll, beforeAll, expect, it } from 'vitest'

import type { BundleView, ProposalView } from '../../gateway/contract/bundle-views.ts'
import type { DossierView } from '../../gateway/contract/release-views.ts'
import type { ProblemView } from '../../gateway/contract/views.ts'
import { describeWith } from '../support/describe-with.ts'
import { stageGateway, type GatewayStage } from '../support/gateway-stage.ts'
import { openWebVisit, type WebVisit } from '../support/web-visit.ts'

describeWith(['chromium', 'sshd'], 'the release of rules on the safety path', () => {
  let stage: GatewayStage
  let visit: WebVisit
  let proposal: ProposalView

  beforeAll(async () => {
    stage = await stageGateway()
    visit = await openWebVisit(stage)
    proposal = await (
      await stage.api('manager')
    ).ok<ProposalView>('POST', '/proposals', {
      files: changed(),
      comment: 'emergency shutdowns answer for less',
      change: 'CHG-2041',
      rollback: 'roll back one step, a minute',
    })
  })
  afterAll(async () => {
    await visit?.browser.close()
    await stage?.stop()
  })

  /** The stage's bundle, with a safety system and a rule about safety changed. */
  function changed(): Record<string, string> {
    const { bundleFolder } = stage.stage.config
    const names = readdirSync(bundleFolder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.name.endsWith('.md'))
      .map((entry) => join(entry.parentPath, entry.name).slice(bundleFolder.length + 1))
    const files = Object.fromEntries(names.map((name) => [name, readFileSync(join(bundleFolder, name), 'utf8')]))
    const edit = (file: string, from: string | RegExp, to: string): void => {
      const text = files[file] ?? ''
      expect(text.replace(from, to)).not.toBe(text)
      files[file] = text.replace(from, to)
    }
    edit('assets.yaml', /name: Emergency shutdown, line 1/, 'name: Emergency shutdown of line 1')
    edit('policies/safety.cedar', 'review:24', 'review:12')
    return files
  }

  const base = async (): Promise<string> => (await (await stage.api('admin')).ok<BundleView>('GET', '/bundle')).digest
  const activate = async () =>
    (await stage.api('admin')).call<ProblemView>('POST', `/proposals/${proposal.proposal.id}/activate`, {
      base: await base(),
    })
  it('says what the proposal touches, and is refused without a review', async () => {
    expect(proposal.safety).toMatchObject({ touches: 2, plants: ['north'], mayReview: false })
    expect(proposal.comparison?.rules).toMatchObject([{ rule: 'safety-systems-need-everything', kind: 'changed' }])
    const refused = await activate()
    expect([refused.status, refused.json().code]).toEqual([409, 'safety-review-missing'])
    const vendor = await (await stage.api('vendor')).call('GET', `/proposals/${proposal.proposal.id}/dossier`)
    expect(vendor.status).toBe(403)
  })

  it('is not reviewed by who is no safety engineer, nor with a yes that names no record', async () => {
    const path = `/proposals/${proposal.proposal.id}/safety-review`
    const body = { base: await base(), verdict: 'approved', comment: 'looks fine' }
    const admin = await (await stage.api('admin')).call('POST', path, { ...body, reference: 'VAL-1' })
    expect(admin.status).toBe(403)
    const bare = await (await stage.api('safety')).call<ProblemView>('POST', path, body)
    expect([bare.status, bare.json().code]).toEqual([400, 'malformed-body'])
  })

  it('is reviewed by the safety engineer, on the page', async () => {
    const page = await visit.enter('safety')
    await page.goto(visit.at('/rules'))
    await page.getByText('A safety engineer has to review what it changes on the safety path.').waitFor()
    await page.getByText('asset sis-1 changed: it is a safety system').waitFor()
    await page.getByText('@obligation("approvals:safety-engineer+duty=shift-lead, escort:1').first().waitFor()
    expect(await page.getByRole('button', { name: 'Activate' }).count()).toBe(0)
    expect((await new AxeBuilder({ page }).analyze()).violations.map(({ id }) => id)).toEqual([])

    await page.getByRole('button', { name: 'Say yes' }).click()
    const dialog = page.getByRole('dialog', { name: 'Say yes to what it changes?' })
    await dialog.getByLabel('What you looked at, and your judgement').fill('trip times measured on line 1')
    expect(await dialog.getByRole('button', { name: 'Say yes' }).isDisabled()).toBe(true)
    await dialog.getByLabel('Validation record').fill('VAL-2026-7')
    await dialog.getByRole('button', { name: 'Say yes' }).click()
    await page.getByText('A safety engineer has reviewed it.').waitFor()
    await page.getByText('VAL-2026-7').waitFor()
    await page.context().close()
  })

  it('is tried out and put in force by another person, and its dossier is whole', async () => {
    const page = await visit.enter('admin', 'dark')
    await page.goto(visit.at('/rules'))
    await page.getByRole('button', { name: 'Ask the decisions again' }).click()
    await page.getByText(/recorded decisions asked again/).waitFor()
    await page.getByRole('button', { name: /^Release dossier of emergency/ }).click()
    await page.getByText(/^Missing: the impact/).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Activate' }).click()
    await page.getByText('The bundle is in force.').waitFor()

    await page.getByRole('button', { name: /^Release dossier of [0-9a-f]{12}/ }).click()
    const dialog = page.getByRole('dialog', { name: 'Release dossier' })
    await dialog.getByText('No record is missing.').waitFor()
    await dialog.getByText('against VAL-2026-7').waitFor()
    await page.context().close()

    const path = `/proposals/${proposal.proposal.id}/dossier`
    const dossier = await (await stage.api('auditor')).ok<DossierView>('GET', path)
    expect(dossier).toMatchObject({
      state: 'activated',
      change: 'CHG-2041',
      impact: { changes: 2 },
      test: { days: 7 },
      safety: { touches: 2, reviews: [{ verdict: 'approved', reference: 'VAL-2026-7', void: false }] },
      rollback: { plan: 'roll back one step, a minute', done: null },
      missing: [],
    })
    const evidence = await stage.evidence({ types: ['policy.changed'] })
    expect(evidence.at(-1)?.data).toMatchObject({ effects: { safety: { touches: 2 } } })
  })

  it('fits a phone, and has no accessibility fault axe can find', async () => {
    await (
      await stage.api('manager')
    ).ok<ProposalView>('POST', '/proposals', {
      files: { ...changed(), 'policies/drill.cedar': drill },
      comment: 'a drill',
    })
    for (const scheme of ['light', 'dark'] as const) {
      const page = await visit.enter('admin', scheme, 390)
      await page.goto(visit.at('/rules'), { waitUntil: 'networkidle' })
      await page.getByText('rule drill added', { exact: true }).waitFor()
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
      expect((await new AxeBuilder({ page }).analyze()).violations.map(({ id }) => id)).toEqual([])
      await page.context().close()
    }
    expect(visit.faults).toEqual([])
  })
})

const drill = `@id("drill")
@text("A drill: nobody opens the emergency shutdown.")
forbid (principal, action, resource == Asset::"sis-1");
`
