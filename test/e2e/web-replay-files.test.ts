// The replay of a channel on which files were carried: no terminal, but what was brought, fetched, done and refused.

import { spawn } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { AxeBuilder } from '@axe-core/playwright'
import { afterAll, beforeAll, expect, it } from 'vitest'

import { prepareSsh } from '../../gateway/demo/ssh-client.ts'
import { describeWith } from '../support/describe-with.ts'
import { stageGateway, type GatewayStage } from '../support/gateway-stage.ts'
import { partPath } from '../support/parts.ts'
import { shareConnection } from '../support/ssh-session.ts'
import { openWebVisit, type WebVisit } from '../support/web-visit.ts'

const rules = `
rules:
  - id: drop
    text: whoever maintains it
    paths: ['/**/drop/**']
    allow: [list, read, write, rename]
    upload: pass
    download: pass
`

describeWith(['chromium', 'sshd', 'ssh', 'sftp', 'ssh-keygen'], 'a replay of files in the browser', () => {
  let stage: GatewayStage
  let visit: WebVisit
  let drop: string

  beforeAll(async () => {
    stage = await stageGateway({
      spoil: (place) => Promise.resolve({ ...place, endpoint: { features: ['sftp'] } }),
      files: { 'files.yaml': rules },
    })
    visit = await openWebVisit(stage)
    await stage.grant('ews-1', { transfer: { allow: ['list', 'read', 'write', 'rename'], paths: ['/**'] } })
    drop = join(stage.folder, 'drop')
    await mkdir(drop)
    await writeFile(join(stage.folder, 'a'), 'parameters')
    const login = await stage.sshLogin('vendor%ews-1')
    const shared = await shareConnection(login)
    const argv = (await prepareSsh(login)).argv.map((word) => (word === '-p' ? '-P' : word))
    const child = spawn(partPath('sftp'), ['-b', '-', ...shared.options, ...argv], { cwd: stage.folder })
    child.stdin.end(`put a ${drop}/a\nrename ${drop}/a ${drop}/<b>\n-rm ${drop}/<b>\n`)
    await new Promise((resolve) => child.once('close', resolve))
    shared.master.child.kill()
    await stage.quiet()
  }, 120_000)
  afterAll(async () => {
    await visit?.browser.close()
    await stage?.stop()
  })

  it.each([
    ['light', 1280],
    ['dark', 390],
  ] as const)('lists what was done, %s and %i wide', async (scheme, width) => {
    const session = String((await stage.evidence({ types: ['session.started'] })).at(-1)?.data['session'])
    const page = await visit.enter('auditor', scheme, width)
    await page.goto(visit.at(`/recordings/${session}`))
    await page.getByRole('button', { name: 'Open replay' }).click()
    await page.getByLabel('Purpose').fill('quarterly sample')
    await page.getByRole('button', { name: 'Start replay' }).click()
    const list = page.getByRole('list', { name: 'Files and steps' })
    await list.waitFor()
    const text = await list.innerText()
    expect(text).toMatch(/brought 10 bytes \(whole, SHA-256 [0-9a-f]{64}\)/)
    expect(text).toContain(`renamed ${drop}/a to ${drop}/<b>`)
    expect(text).toContain('refused: delete')
    expect(await page.locator('.xterm-rows').count()).toBe(0)
    const { violations } = await new AxeBuilder({ page }).analyze()
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([])
    await list.scrollIntoViewIfNeeded()
    const shots = process.env['SHOTS']
    if (shots !== undefined) await page.screenshot({ path: join(shots, `sftp-replay-${width}.png`) })
    expect(visit.faults).toEqual([])
  })
})
