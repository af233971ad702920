// The web application in a real browser, beyond one asset and one approval: a set of assets, an approval with changes, a
// quorum, access that is stopped and lifted by another person, and rules that one proposes and another activates.

import { cp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { GrantView, ListView } from '../../gateway/contract/views.ts'
import { askFor } from '../../gateway/demo/asking.ts'
import { runSsh } from '../../gateway/demo/ssh-client.ts'
import { describeWith } from '../support/describe-with.ts'
import { stageGateway, type GatewayStage } from '../support/gateway-stage.ts'
import { openWebVisit, type WebVisit } from '../support/web-visit.ts'

describeWith(['chromium', 'sshd', 'ssh'], 'the life of access in the web application', () => {
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

  it('lets a vendor ask for several assets and keep those that policy permits', async () => {
    const vendor = await visit.enter('vendor')
    await vendor.goto(visit.at('/ask?asset=ews-1'))
    const others = vendor.getByRole('listbox', { name: 'Further assets' })
    await vendor.getByRole('combobox', { name: 'Further assets' }).click()
    await others.getByRole('option', { name: /^Process historian/ }).click()
    await others.getByRole('option', { name: /^Operator station, line 3/ }).click()
    await vendor.keyboard.press('Escape')
    await vendor.getByRole('radio', { name: 'Engineer' }).check()
    await vendor.getByLabel('Kind of change').selectOption('Normal')
    await vendor.getByLabel('Purpose').fill('read the drive trends')
    await vendor.getByLabel('Rollback').fill('nothing is changed')
    await vendor.locator('input[type=file]').setInputFiles({
      name: 'trend-settings.txt',
      mimeType: 'text/plain',
      buffer: Buffer.from('abc'),
    })
    // SHA-256 of `abc`: FIPS 180-4, example 1.
    await vendor.getByTitle('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad').waitFor()
    await vendor.getByRole('button', { name: 'Ask for access' }).click()
    await vendor.getByText('Policy refuses Operator station, line 3').waitFor()
    await vendor.getByRole('button', { name: 'Keep only these' }).click()
    await vendor.getByRole('button', { name: 'Ask for access' }).click()
    await vendor.getByRole('heading', { level: 1, name: 'My requests' }).waitFor()
    await vendor.getByRole('link', { name: 'Process historian' }).waitFor()
    await vendor.getByRole('link', { name: 'Engineering workstation, line 1' }).waitFor()
    expect(await vendor.getByRole('link', { name: /^Operator station/ }).count()).toBe(0)
    await vendor.context().close()
  })

  it('lets an approver permit less than was asked, and tells the vendor', async () => {
    const approver = await visit.enter('approver')
    await approver.goto(visit.at('/approvals'))
    await approver.getByRole('button', { name: /^Approve access to Process historian/ }).click()
    await approver.getByLabel('Allowed').selectOption('operate only')
    await approver.getByLabel('Conditions').fill('with the operator beside you')
    await approver.getByRole('button', { name: 'Grant access' }).click()
    await approver.getByText('Access to Process historian is granted.').waitFor()

    const vendor = await visit.enter('vendor')
    await vendor.goto(visit.at('/requests'))
    await vendor.getByRole('link', { name: 'Process historian' }).click()
    await vendor.getByText('with the operator beside you').waitFor()
    await vendor.getByText('Access: open now').waitFor()
    const [grant] = (await (await stage.api('approver')).ok<ListView<GrantView>>('GET', '/grants?state=open')).items
    expect(grant).toMatchObject({ asset: 'hist-1', operationClass: 'operate' })
    for (const page of [approver, vendor]) await page.context().close()
  })

  it('shows which approvals of several are given, and by whom', async () => {
    const now = stage.clock.now()
    await askFor(await stage.api('engineer'), {
      assets: ['hmi-3'],
      protocol: 'ssh',
      operationClass: 'engineer',
      when: { kind: 'window', from: now, until: now + 3_600_000 },
      tier: 'emergency',
      criteria: ['line-down', 'no-other-way'],
      purpose: 'the interlock display shows wrong states',
      ticket: '',
      rollback: 'load the project before',
    })
    const approver = await visit.enter('approver')
    await approver.goto(visit.at('/approvals'))
    const card = approver.getByRole('article').filter({ hasText: 'the interlock display shows wrong states' })
    await card.getByText('on duty now: Shift lead, plant North').waitFor()
    await card.getByRole('button', { name: /^Approve access/ }).click()
    await approver.getByRole('button', { name: 'Grant access' }).click()
    await approver.getByText('others are still needed').waitFor()
    await card.getByText('given by Shift lead, plant North').waitFor()
    // Whose yes is given approves no second time; less may still be granted.
    expect(await card.getByRole('button', { name: /^Approve access/ }).count()).toBe(0)
    expect(await card.getByRole('button', { name: /^Grant less than before/ }).isEnabled()).toBe(true)

    const safety = await visit.enter('safety')
    await safety.getByRole('heading', { level: 1, name: 'Approvals' }).waitFor()
    const same = safety.getByRole('article').filter({ hasText: 'the interlock display shows wrong states' })
    expect(await same.getByRole('button', { name: /^Approve access/ }).isEnabled()).toBe(true)
    for (const page of [approver, safety]) await page.context().close()
  })

  it('stops the access to an asset at once, until another person lifts it', async () => {
    await stage.grant('ews-1')
    const client = runSsh(await stage.sshLogin('vendor%ews-1'), { command: ['echo up; sleep 60'] })
    const approver = await visit.enter('approver')
    await approver.goto(visit.at('/access'))
    await approver.getByRole('button', { name: /^Kill the session of/ }).waitFor()
    await approver.getByRole('button', { name: 'Stop access' }).click()
    const dialog = approver.getByRole('dialog')
    await dialog.getByLabel('Of what').selectOption('An asset')
    await dialog.getByLabel('Which').selectOption('Engineering workstation, line 1 (ews-1)')
    await dialog.getByLabel('Reason').fill('smoke at the drive of line 1')
    await dialog.getByRole('button', { name: 'Stop access' }).click()
    await approver.getByText('Ended: 1 session, 1 grant.').waitFor()
    expect((await client).stderr.toString()).toContain('smoke at the drive of line 1')
    await approver.getByRole('region', { name: 'Suspended' }).getByText('somebody else lifts it').waitFor()

    const manager = await visit.enter('manager')
    await manager.goto(visit.at('/access'))
    await manager.getByRole('button', { name: 'Lift the suspension of Engineering workstation, line 1' }).click()
    await manager.getByLabel('Reason').fill('the drive is cool and was looked at')
    await manager.getByRole('button', { name: 'Lift suspension' }).click()
    await manager.getByText('Nothing is suspended').waitFor()
    for (const page of [approver, manager]) await page.context().close()
  })

  it('lets one person hand over to another, and take it back', async () => {
    const approver = await visit.enter('approver', 'dark', 390)
    await approver.goto(visit.at('/access'))
    await approver.getByRole('button', { name: 'Hand over' }).click()
    const dialog = approver.getByRole('dialog')
    await dialog.getByLabel('To', { exact: false }).first().fill('security')
    await dialog.getByLabel('Reason').fill('night shift')
    await dialog.getByRole('button', { name: 'Hand over' }).click()
    await approver.getByText('OT security on call decides for you in that time.').waitFor()
    await approver.getByRole('button', { name: /^End the hand-over from Shift lead, plant North/ }).click()
    await approver.getByText('Nobody decides for somebody else').waitFor()
    const seen = await stage.evidence({ types: ['delegation.created', 'delegation.ended'] })
    expect(seen.map(({ type }) => type)).toEqual(['delegation.created', 'delegation.ended'])
    await approver.context().close()
  })

  it('puts rules in force that one person proposes and another activates', async () => {
    const folder = join(stage.folder, 'changed-bundle')
    await cp(stage.stage.config.bundleFolder, folder, { recursive: true })
    const duties = join(folder, 'policies', 'duties.cedar')
    await writeFile(duties, (await readFile(duties, 'utf8')).replace('> 240', '> 120'))
    await stage.enrol({
      login: 'second-manager',
      displayName: 'Deputy of the ISMS manager',
      roles: ['isms-manager'],
      supplier: null,
      plants: ['north'],
    })

    const manager = await visit.enter('manager')
    await manager.goto(visit.at('/rules'))
    await manager.getByRole('button', { name: 'Propose a bundle' }).click()
    const dialog = manager.getByRole('dialog')
    await dialog.locator('input[type=file]').setInputFiles(folder)
    await dialog.getByText('rule engineering-in-short-windows changed').waitFor()
    await dialog.getByLabel('What changes and why').fill('two hours are enough')
    await dialog.getByRole('button', { name: 'Propose', exact: true }).click()
    await manager.getByText('Another person activates what you proposed.').waitFor()

    const second = await visit.enter('second-manager')
    await second.goto(visit.at('/rules'))
    const proposal = second.getByRole('article', { name: 'Proposal: two hours are enough' })
    await proposal.getByText('rule engineering-in-short-windows changed').waitFor()
    await proposal.getByRole('button', { name: 'Activate' }).click()
    await second.getByText('activated by Deputy of the ISMS manager, proposed by ISMS manager').waitFor()
    expect(
      await second
        .getByText('No proposal waits')
        .or(second.getByText(/Found in the configured folder/))
        .count(),
    ).toBe(1)
    for (const page of [manager, second]) await page.context().close()
  })

  it('lists the people of an access review, each decided by somebody else', async () => {
    const manager = await visit.enter('manager')
    await manager.goto(visit.at('/reviews'))
    await manager.getByRole('button', { name: 'Begin one' }).click()
    await manager.getByLabel('Title').fill('fourth quarter')
    await manager.getByRole('button', { name: 'Begin', exact: true }).click()
    await manager.getByRole('link', { name: 'fourth quarter' }).click()
    await manager.getByRole('button', { name: 'Keep the access of Safety engineer' }).click()
    await manager.getByLabel('Reason').fill('still with us')
    await manager.getByRole('button', { name: 'Keep', exact: true }).last().click()
    await manager.getByText('ISMS manager: still with us').waitFor()
    await manager.getByText('somebody else decides').waitFor()
    expect(await manager.getByRole('button', { name: 'Keep the access of ISMS manager' }).count()).toBe(0)
    await manager.context().close()
  })

  it('raised no script error and no content-security-policy violation on the way', () => {
    expect(visit.faults).toEqual([])
  })
})
