// The processes that carry SSH in the browser: how they stand and which died, for the plant; why a session ended, for who
// was working in it.

import { AxeBuilder } from '@axe-core/playwright'
import { afterAll, beforeAll, expect, it } from 'vitest'

import { describeWith } from '../support/describe-with.ts'
import { eventually } from '../support/eventually.ts'
import { stageGateway, type GatewayStage } from '../support/gateway-stage.ts'
import { openSsh } from '../support/ssh-session.ts'
import { openWebVisit, type WebVisit } from '../support/web-visit.ts'
import { workerOf } from '../support/worker-processes.ts'

describeWith(['chromium', 'ssh', 'sshd', 'ssh-keygen'], 'processes that carry SSH, in the browser', () => {
  let stage: GatewayStage
  let visit: WebVisit
  let request = ''

  beforeAll(async () => {
    stage = await stageGateway({ overrides: { 'ssh.workers': 2 } })
    const grant = await stage.grant('ews-1')
    request = String(grant.request)
    const run = await openSsh(await stage.sshLogin('vendor%ews-1'), { command: 'echo begun; cat' })
    await run.sees('begun\n')
    const [started] = await stage.evidence({ types: ['session.started'] })
    process.kill(await workerOf(stage.gateway.pid, String(started?.data['session'])), 'SIGKILL')
    await run.ended
    await eventually('its end is evidence', async () => {
      const [died] = await stage.evidence({ types: ['session.recording_sealed'] })
      return died !== undefined
    })
    visit = await openWebVisit(stage)
  }, 120_000)
  afterAll(async () => {
    await visit?.browser.close()
    await stage?.stop()
  })

  const sides = [
    ['light', 1280],
    ['dark', 1280],
    ['light', 390],
    ['dark', 390],
  ] as const

  it.each(sides)('show the plant how they stand, and that one died, %s and %i wide', async (scheme, width) => {
    const page = await visit.enter('approver', scheme, width)
    await page.goto(visit.at('/status'))
    const panel = page.getByRole('region', { name: 'What carries SSH' })
    await panel.getByText('died since', { exact: false }).waitFor()
    expect(await panel.innerText()).toContain('One process died since the gateway started')
    const { violations } = await new AxeBuilder({ page }).include('[aria-label="What carries SSH"]').analyze()
    expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([])
    await page.context().close()
  })

  it('lead who may read evidence to why it died', async () => {
    const page = await visit.enter('auditor')
    await page.goto(visit.at('/status'))
    await page.getByRole('link', { name: 'Show why in the ledger' }).click()
    await page.getByRole('heading', { name: 'Evidence', level: 1 }).waitFor()
    await page.getByText('Process of the gateway died').locator('visible=true').first().waitFor()
    expect(new URL(page.url()).searchParams.get('type')).toBe('gateway.worker_died')
    await page.context().close()
  })

  it.each(sides)('tell who was working why the session ended, %s and %i wide', async (scheme, width) => {
    const page = await visit.enter('vendor', scheme, width)
    await page.goto(visit.at(`/requests/${request}`))
    const panel = page.getByRole('region', { name: 'Your sessions' })
    await panel.getByText('Ended:', { exact: false }).first().waitFor()
    expect(await panel.innerText()).toMatch(/process of the gateway/)
    const wider = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')
    expect(wider).toBe(0)
    await page.context().close()
  })

  it('break no rule of the pages', () => expect(visit.faults).toEqual([]))
})
