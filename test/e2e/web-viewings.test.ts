// The web application in a real browser: a recording that is looked at by two, from asking to the replay.

import { AxeBuilder } from '@axe-core/playwright'
import { afterAll, beforeAll, expect, it } from 'vitest'

import { describeWith } from '../support/describe-with.ts'
import { eventually } from '../support/eventually.ts'
import { stageGateway, type GatewayStage } from '../support/gateway-stage.ts'
import { runSsh } from '../support/ssh-session.ts'
import { openWebVisit, type WebVisit } from '../support/web-visit.ts'

const handling = `
rules:
  - id: drives-by-two
    text: What the drives do is looked at by two people.
    labels: [drives]
    view: { roles: [auditor, isms-manager, safety-engineer], secondPerson: true }
    export: without-keys
`

describeWith(['chromium', 'ssh', 'sshd', 'ssh-keygen'], 'viewings in the web application', () => {
  let stage: GatewayStage
  let visit: WebVisit
  let session: string

  beforeAll(async () => {
    stage = await stageGateway({ targets: ['ews-1'], files: { 'handling.yaml': handling } })
    await stage.grant('ews-1')
    await runSsh(await stage.sshLogin('vendor%ews-1'), { command: 'echo the secret of the drives' })
    session = await eventually('the recording is sealed', async () => {
      const [sealed] = await stage.evidence({ types: ['session.recording_sealed'] })
      return sealed === undefined ? null : String(sealed.data['session'])
    })
    visit = await openWebVisit(stage)
  })
  afterAll(async () => {
    await visit?.browser.close()
    await stage?.stop()
  })

  it('takes the place of the replay until another person has agreed', async () => {
    const auditor = await visit.enter('auditor')
    await auditor.goto(visit.at(`/recordings/${session}`))
    await auditor.getByText('Looked at by two', { exact: true }).waitFor()
    expect(await auditor.getByRole('button', { name: 'Open replay' }).count()).toBe(0)
    await auditor.getByText('only without its keys').waitFor()
    await auditor.getByRole('button', { name: 'Ask for a second person' }).click()
    await auditor.getByLabel('Purpose').fill('incident 17')
    await auditor.getByRole('button', { name: 'Ask', exact: true }).click()
    await auditor.getByText('You have asked').waitFor()

    const safety = await visit.enter('safety')
    await safety.goto(visit.at('/viewings'))
    await safety.getByText('incident 17').waitFor()
    await safety.getByText('What the drives do is looked at by two people.').waitFor()
    await safety.getByRole('button', { name: /^Agree that Internal auditor looks at/ }).press('Enter')
    await safety.getByText('Agreed', { exact: true }).waitFor()

    await auditor.getByRole('button', { name: 'Open replay' }).click()
    await auditor.getByLabel('Purpose').fill('incident 17')
    await auditor.getByRole('button', { name: 'Start replay' }).click()
    await auditor.getByText('the secret of the drives').first().waitFor()
    for (const page of [auditor, safety]) await page.context().close()
  })

  it('can be refused, with a reason the other reads', async () => {
    await (await stage.api('manager')).ok('POST', `/recordings/${session}/viewings`, { purpose: 'curious' })
    const auditor = await visit.enter('auditor')
    await auditor.goto(visit.at('/viewings'))
    await auditor.getByRole('button', { name: /^Refuse that ISMS manager looks at/ }).click()
    await auditor.getByLabel('Reason').fill('the incident is closed')
    await auditor.getByRole('button', { name: 'Refuse', exact: true }).last().click()
    await auditor.getByText('the incident is closed').waitFor()
    const [refused] = await stage.evidence({ types: ['recording.view_refused'] })
    expect(refused?.data).toMatchObject({ why: 'second-person', by: stage.person('auditor').person.id })
    await auditor.context().close()
  })

  it('fits a phone, and has no accessibility fault axe can find', async () => {
    for (const scheme of ['light', 'dark'] as const) {
      const page = await visit.enter('auditor', scheme, 390)
      for (const path of ['/viewings', `/recordings/${session}`]) {
        await page.goto(visit.at(path), { waitUntil: 'networkidle' })
        expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
        expect((await new AxeBuilder({ page }).analyze()).violations.map(({ id }) => id)).toEqual([])
      }
      await page.context().close()
    }
    expect(visit.faults).toEqual([])
  })
})
