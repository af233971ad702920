// The web application in a real browser: standard changes, a set taken back, granting less after one's own yes, parts of
// an eligibility taken away, a review with what it is about, and concerns.

import { afterAll, beforeAll, expect, it } from 'vitest'
import type { CampaignView } from '../../gateway/contract/standing-views.ts'
import type { RequestView } from '../../gateway/contract/views.ts'
import { askFor } from '../../gateway/demo/asking.ts'
import { describeWith } from '../support/describe-with.ts'
import { stageGateway, type GatewayStage } from '../support/gateway-stage.ts'
import { openWebVisit, type WebVisit } from '../support/web-visit.ts'

const hour = 3_600_000
const day = 24 * hour

describeWith(['chromium'], 'requests and what comes after, in the web application', () => {
  let stage: GatewayStage
  let visit: WebVisit

  beforeAll(async () => {
    stage = await stageGateway({ targets: [], logLevel: 'error' })
    const plain = { supplier: null, plants: [] }
    await stage.enrol({ ...plain, login: 'isms', displayName: 'ISMS manager', roles: ['isms-manager'] })
    await stage.enrol({
      login: 'night',
      displayName: 'Night shift',
      roles: ['approver', 'safety-engineer'],
      supplier: null,
      plants: ['north'],
    })
    visit = await openWebVisit(stage)
  })
  afterAll(async () => {
    await visit?.browser.close()
    await stage?.stop()
  })

  it('says which changes are approved beforehand, and brings their rollback plan', async () => {
    const vendor = await visit.enter('vendor')
    await vendor.goto(visit.at('/ask?asset=hist-1'))
    await vendor.getByLabel('Kind of change').selectOption('Standard')
    await vendor.getByText('Approved beforehand for what you chose').waitFor()
    await vendor.getByLabel('Purpose').fill('restart the service')
    await vendor.getByRole('button', { name: 'Ask for access' }).click()
    await vendor.getByRole('heading', { level: 1, name: 'Access to Process historian' }).waitFor()
    await vendor.getByText('Restart the service of the historian and look at its log.').waitFor()
    const plan = vendor.getByText('Start the service again by hand; the collectors buffer two hours.')
    await plan.waitFor()
    expect(await plan.count()).toBe(1)
    await vendor.context().close()
  })

  it('takes a whole set back at once', async () => {
    const now = stage.clock.now()
    await (
      await stage.api('vendor')
    ).ok('POST', '/requests', {
      assets: ['ews-1', 'hist-1'],
      protocol: 'ssh',
      operationClass: 'operate',
      when: { kind: 'window', from: now, until: now + hour },
      purpose: 'several at once',
      ticket: '',
    })
    const vendor = await visit.enter('vendor')
    await vendor.goto(visit.at('/requests'))
    await vendor.getByRole('link', { name: 'Engineering workstation, line 1' }).click()
    await vendor.getByRole('button', { name: 'Withdraw all 2 that wait of this set' }).click()
    await vendor.getByText('You took it back.').waitFor()
    await vendor.goto(visit.at('/requests'))
    await vendor.getByText('Withdrawn').nth(1).waitFor()
    expect(await vendor.getByText('Withdrawn').count()).toBe(2)
    await vendor.context().close()
  })

  it('lets who said yes grant less still, and keeps the earlier yes in sight with the reason', async () => {
    const onDay = (days: number): string => new Date(stage.clock.now() + days * day).toISOString().slice(0, 10)
    const { requests } = await (
      await stage.api('engineer')
    ).ok<{ requests: RequestView[] }>('POST', '/requests', {
      assets: ['ews-2'],
      protocol: 'ssh',
      operationClass: 'operate',
      when: {
        kind: 'recurring',
        days: ['mon', 'tue', 'wed'],
        from: '09:00',
        until: '17:00',
        firstDay: onDay(1),
        lastDay: onDay(12),
      },
      purpose: 'commissioning',
      ticket: '',
    })
    const path = visit.at(`/approvals/${requests[0]?.id ?? ''}`)
    const approver = await visit.enter('approver', 'dark', 420)
    await approver.goto(path)
    await approver.getByRole('button', { name: /^Approve access to/ }).click()
    await approver.getByRole('button', { name: 'Grant access' }).click()
    await approver.getByRole('button', { name: /^Grant less than before to/ }).click()
    const dialog = approver.getByRole('dialog')
    // The focus is on what makes it less, not on the comment.
    await dialog.locator('input:focus').and(dialog.getByLabel('Grant a shorter window')).waitFor()
    // With nothing less there is nothing to say.
    expect(await dialog.getByRole('button', { name: 'Grant less' }).isDisabled()).toBe(true)
    await dialog.getByLabel('Conditions').fill('call the shift lead first')
    await dialog.getByRole('button', { name: 'Grant less' }).click()
    await approver.getByText('and it no longer counts: what would be granted was changed after it').waitFor()

    const security = await visit.enter('security')
    await security.goto(path)
    await security.getByRole('button', { name: /^Approve access to/ }).click()
    await security.getByRole('button', { name: 'Grant access' }).click()
    await security.getByText('counted no longer: what would be granted was changed after it').waitFor()
    for (const page of [approver, security]) await page.context().close()
  })

  it('takes a part of an eligibility away in an access review', async () => {
    const campaign = await (
      await stage.api('isms')
    ).ok<CampaignView>('POST', '/campaigns', { title: 'spring', dueAt: stage.clock.now() + day })
    const isms = await visit.enter('isms')
    await isms.goto(visit.at(`/reviews/${campaign.id}`))
    await isms.getByRole('button', { name: 'Change the access of Night shift' }).click()
    const dialog = isms.getByRole('dialog')
    // What is taken away comes first, then why.
    await dialog.locator('input:focus').and(dialog.getByLabel('approver')).waitFor()
    await dialog.getByLabel('Reason').fill('no longer trained for it')
    expect(await dialog.getByRole('button', { name: 'Change', exact: true }).isDisabled()).toBe(true)
    await dialog.getByLabel('safety-engineer').uncheck()
    await dialog.getByRole('button', { name: 'Change', exact: true }).click()
    await isms.getByText('Left: approver, Plant North').waitFor()
    await isms.context().close()
  })

  it('shows a review with what it is about', async () => {
    const { id } = await askFor(await stage.api('vendor'), {
      assets: ['ews-1'],
      protocol: 'ssh',
      operationClass: 'operate',
      when: { kind: 'window', from: stage.clock.now(), until: stage.clock.now() + hour },
      tier: 'emergency',
      criteria: ['line-down', 'no-other-way'],
      purpose: 'line 1 is down',
      ticket: '',
    })
    const approver = await stage.api('approver')
    const { digest } = await approver.ok<RequestView>('GET', `/requests/${id}`)
    await approver.ok('POST', `/requests/${id}/approve`, { digest, comment: '' })
    const isms = await visit.enter('isms')
    await isms.goto(visit.at('/reviews'))
    await isms.getByRole('cell', { name: /Plant North$/ }).waitFor()
    await isms.getByRole('link', { name: 'Service engineer (Acme Drives)' }).click()
    await isms.getByRole('heading', { name: 'What was asked' }).waitFor()
    await isms.getByText('line 1 is down').waitFor()
    await isms.getByText('No session was opened on it.').waitFor()
    await isms.getByRole('button', { name: 'Review', exact: true }).click()
    await isms.getByLabel('What you looked at and found').fill('as described, nobody connected')
    await isms.getByRole('button', { name: 'Close review' }).click()
    await isms.getByText('ISMS manager: as described, nobody connected').waitFor()
    expect(await isms.getByRole('button', { name: 'Review', exact: true }).count()).toBe(0)
    await isms.context().close()
  })

  it('takes a concern without blame, and tells what was learned', async () => {
    const vendor = await visit.enter('vendor')
    await vendor.goto(visit.at('/concerns'))
    await vendor.getByRole('button', { name: 'Report a concern' }).click()
    await vendor.getByLabel('What happened, or could have').fill('two plugs look the same')
    await vendor.getByRole('button', { name: 'Report', exact: true }).click()
    await vendor.getByText('To be looked at').waitFor()

    const isms = await visit.enter('isms')
    await isms.goto(visit.at('/concerns'))
    await isms.getByText('Service engineer (Acme Drives)').waitFor()
    await isms.getByRole('button', { name: /^Say what was learned/ }).click()
    await isms.getByLabel('What was learned, and what changes').fill('they are coloured now')
    await isms.getByRole('button', { name: 'Close concern' }).click()
    await vendor.reload()
    await vendor.getByText('they are coloured now').waitFor()
    expect(visit.faults).toEqual([])
    for (const page of [vendor, isms]) await page.context().close()
  })
})
