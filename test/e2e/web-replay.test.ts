// Replays in a real browser: a recorded terminal is seen at any moment, by keys, by a click and from an address; a living one is
// watched as it goes on; and what a hostile target wrote stays text.

import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeWith } from '../support/describe-with.ts'
import { eventually } from '../support/eventually.ts'
import { stageGateway, type GatewayStage } from '../support/gateway-stage.ts'
import { openSsh, runSsh, type SshRun } from '../support/ssh-session.ts'
import { openWebVisit, type WebVisit } from '../support/web-visit.ts'

const size = { cols: 100, rows: 30 }

describeWith(['chromium', 'sshd', 'ssh', 'ssh-keygen'], 'a replay in the browser', () => {
  let stage: GatewayStage
  let visit: WebVisit
  let auditor: Page
  let recorded: string

  beforeAll(async () => {
    stage = await stageGateway()
    visit = await openWebVisit(stage)
    await stage.grant('ews-1')
    const run = await openSsh(await stage.sshLogin('vendor%ews-1'), { terminal: size })
    await run.sees(/[$#] $/)
    run.write("printf 'first \\033[31mpart\\033[0m\\n'\r")
    await run.sees('first \u001b[31mpart')
    // What an attacker writes: a title, a link, the clipboard, a question, and markup.
    run.write(
      "printf '\\033]0;owned\\007\\033]8;;https://evil.example/\\007link\\033]8;;\\007\\033]52;c;aGk=\\007\\033[c<img src=x>\\n'\r",
    )
    await run.sees('<img src=x>\r\n')
    run.write('echo last pa""ge; exit 3\r')
    await run.ended
    await stage.quiet()
    recorded = await lastSession()
    auditor = await visit.enter('auditor')
  }, 120_000)
  afterAll(async () => {
    await visit?.browser.close()
    await stage?.stop()
  })

  async function lastSession(): Promise<string> {
    return String((await stage.evidence({ types: ['session.started'] })).at(-1)?.data['session'])
  }

  async function openReplay(page: Page, path: string, purpose: string | null = 'quarterly sample'): Promise<void> {
    await page.goto(visit.at(path))
    await page.getByRole('button', { name: 'Open replay' }).click()
    if (purpose !== null) await page.getByLabel('Purpose').fill(purpose)
    await page.getByRole('button', { name: 'Start replay' }).click()
    await page.getByRole('slider', { name: 'Position' }).waitFor()
  }

  const shown = (page: Page): Promise<string> => page.locator('.xterm-rows').innerText()
  const shows = (page: Page, text: string) =>
    eventually(`the replay shows ${text}`, async () => (await shown(page)).includes(text))

  it('plays a terminal, and is at any moment of it by a key', async () => {
    await openReplay(auditor, `/recordings/${recorded}`)
    await auditor.keyboard.press('End')
    await shows(auditor, 'last page')
    await auditor.keyboard.press('Home')
    await eventually('the end is gone', async () => !(await shown(auditor)).includes('last page'))
    await auditor.keyboard.press('Space')
    await auditor.getByRole('button', { name: 'Play', exact: true }).waitFor()
    const exit = auditor.getByRole('list', { name: 'Moments' }).getByRole('listitem').filter({ hasText: 'exit 3' })
    await exit.getByRole('button').click()
    await shows(auditor, 'last page')
    expect(await auditor.getByRole('slider', { name: 'Position' }).getAttribute('aria-valuetext')).toContain('of')
  })

  it('shows what a hostile target wrote as text, and does nothing that it asks for', async () => {
    const title = await auditor.title()
    await shows(auditor, '<img src=x>')
    expect(await auditor.locator('.xterm img, .xterm a').count()).toBe(0)
    expect(title).not.toContain('owned')
    expect(await auditor.title()).toBe(title)
  })

  it('begins at the moment an address names', async () => {
    await openReplay(auditor, `/recordings/${recorded}?channel=0&at=9999&purpose=from%20a%20hit`, null)
    await shows(auditor, 'last page')
    const [viewed] = (await stage.evidence({ types: ['session.replayed'] })).slice(-1)
    expect(viewed?.data['session']).toBe(recorded)
  })

  it('gives the transcript, and what crossed as files', async () => {
    const link = auditor.getByRole('link', { name: 'Transcript' })
    const answer = await auditor.request.get(visit.at((await link.getAttribute('href')) ?? ''))
    expect(await answer.text()).toContain('last page')
    const file = auditor.getByRole('link', { name: /^Shown or received/ })
    const bytes = await auditor.request.get(visit.at((await file.getAttribute('href')) ?? ''))
    expect((await bytes.body()).toString()).toContain('first \u001b[31mpart')
  })

  it('follows a living session as it goes on, and stops where it is told to', async () => {
    const run: SshRun = await openSsh(await stage.sshLogin('vendor%ews-1'), { terminal: size })
    await run.sees(/[$#] $/)
    run.write('echo before the vis""it\r')
    await run.sees('before the visit')
    const approver = await visit.enter('approver')
    await approver.goto(visit.at('/access'))
    await approver.getByRole('link', { name: /^Watch the session of/ }).click()
    await approver.getByRole('button', { name: 'Watch the session' }).click()
    await approver.getByLabel('Purpose').fill('watch the work')
    await approver.getByRole('button', { name: 'Start watching' }).click()
    await shows(approver, 'before the visit')
    run.write('echo while it is wat""ched\r')
    await shows(approver, 'while it is watched')
    await approver.getByRole('button', { name: 'Pause', exact: true }).click()
    await approver.getByRole('button', { name: 'Play', exact: true }).waitFor()
    run.write('exit\r')
    await run.ended
    const watched = await stage.evidence({ types: ['session.watched'] })
    expect(watched.map(({ data }) => data['session'])).toEqual([await lastSession()])
    await approver.context().close()
  })

  it('plays a command without a terminal', async () => {
    await runSsh(await stage.sshLogin('vendor%ews-1'), { command: 'echo plain; echo wrong >&2' })
    await stage.quiet()
    await openReplay(auditor, `/recordings/${await lastSession()}`)
    await auditor.keyboard.press('End')
    await shows(auditor, 'plain')
    expect(await shown(auditor)).toContain('wrong')
  })

  it.each(['light', 'dark'] as const)('has nothing that axe finds wrong, in %s', async (colorScheme) => {
    await auditor.emulateMedia({ colorScheme })
    await openReplay(auditor, `/recordings/${recorded}`)
    const { violations } = await new AxeBuilder({ page: auditor }).analyze()
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([])
    const folder = process.env['SCREENSHOTS']
    if (folder !== undefined)
      for (const width of [1280, 390]) {
        await auditor.setViewportSize({ width, height: 900 })
        await auditor.screenshot({ path: `${folder}/replay-${colorScheme}-${width}.png`, fullPage: true })
      }
    await auditor.setViewportSize({ width: 1280, height: 900 })
  })

  it('broke no rule of the page’s content security policy, and threw nothing', () => {
    expect(visit.faults).toEqual([])
  })
})
