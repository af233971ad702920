// The life of a bundle as people type it against a real gateway: proposed, looked at, activated by another, reviewed,
// rolled back, found again after a restart, and put in force from the folder by who has the machine.

import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import type { ActivationView, BundleView, DryRunView, ProposalView } from '../../../gateway/contract/bundle-views.ts'
import type { DossierView } from '../../../gateway/contract/release-views.ts'
import { stageGateway, type GatewayStage } from '../../support/gateway-stage.ts'
import { eventually } from '../../support/eventually.ts'
import { sallyport, type Run } from './run-sallyport.ts'

let stage: GatewayStage
let copies = 0

/** Each person has a machine of their own. */
const as = (login: string, ...args: string[]): Promise<Run> =>
  sallyport(args, { env: { XDG_STATE_HOME: join(stage.folder, `state-${login}`) } })

async function json<T>(login: string, ...args: string[]): Promise<T> {
  const { status, stdout, stderr } = await as(login, ...args, '--json')
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  return JSON.parse(stdout) as T
}

async function logIn(login: string): Promise<void> {
  const file = join(stage.folder, `${login}.password`)
  writeFileSync(file, `${stage.person(login).password.expose()}\n`, { mode: 0o600 })
  const url = `https://localhost:${stage.gateway.https.port}`
  const ca = stage.stage.pki.paths['ca.pem']
  const args = [
    'login',
    '--url',
    url,
    '--ca',
    ca,
    '--user',
    login,
    '--password-file',
    file,
    '--code',
    stage.code(login),
  ]
  const { status, stderr } = await as(login, ...args)
  if (status !== 0) throw new Error(stderr)
}

/** A copy of the bundle the gateway was configured with, with one file changed. */
function folderWith(file: string, change: (text: string) => string): string {
  const folder = join(stage.folder, `bundle-${copies++}`)
  cpSync(stage.stage.config.bundleFolder, folder, { recursive: true })
  const before = readFileSync(join(folder, file), 'utf8')
  expect(change(before)).not.toBe(before)
  writeFileSync(join(folder, file), change(before))
  return folder
}

const longer = (text: string): string => text.replace('maxWindowMinutes: 540', 'maxWindowMinutes: 600')
const shorter = (text: string): string => text.replace('maxWindowMinutes: 540', 'maxWindowMinutes: 30')
const people = ['keeper', 'second', 'third', 'auditor', 'vendor', 'safety'] as const

beforeAll(async () => {
  stage = await stageGateway({ targets: [], logLevel: 'error' })
  for (const login of ['keeper', 'second', 'third'])
    await stage.enrol({
      login,
      displayName: `ISMS ${login}`,
      roles: ['isms-manager'],
      supplier: null,
      plants: ['north'],
    })
  for (const login of people) await logIn(login)
})
afterAll(() => stage.stop())

describe('a bundle at a gateway', () => {
  it('is compared with what is in force, without changing it', async () => {
    const { status, stdout } = await as('auditor', 'bundle', 'diff', folderWith('scope.yaml', longer))
    expect(status).toBe(0)
    expect(stdout).toMatch(/^from [0-9a-f]{12} \(scope 2026-1\) to [0-9a-f]{12} \(scope 2026-1\)\n/)
    expect(stdout).toContain('gives access:\n- plant north changed: maxWindowMinutes from 540 to 600\n')
    expect(stdout).toContain('ends no grant and no session: ')
  })

  it('is refused with every problem, file and line', async () => {
    const folder = folderWith('zones.yaml', (text) =>
      text.replace(/level: \d/, 'level: 9').replace(/reviewBy: .*/, 'reviewBy: soon'),
    )
    const { status, stdout, stderr } = await as('keeper', 'bundle', 'propose', folder, '--comment', 'x')
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    expect(stderr).toMatch(/^sallyport: the bundle is not valid: [2-9] problems\n {2}- zones\.yaml:\d+: .*level.*\n/s)
  })

  it('is proposed by one and activated by another, and ends what it forbids', async () => {
    const grant = await stage.grant('ews-1')
    const { digest } = await json<BundleView>('keeper', 'bundle', 'show')
    const folder = folderWith('scope.yaml', (text) =>
      text
        .replace('version: 2026-1', 'version: 2026-2')
        .replace('exclude:', 'exclude:\n  - { id: no-ews-1, plant: north, assets: [ews-1], reason: being replaced }'),
    )
    const { proposal } = await json<ProposalView>(
      'keeper',
      'bundle',
      'propose',
      folder,
      '--comment',
      'ews-1 is replaced',
    )
    const shown = await as('second', 'bundle', 'show', proposal.id)
    expect(shown.stdout).toContain(
      'asset ews-1 (Engineering workstation, line 1): was in scope by rule north-operations, will be out of scope by rule no-ews-1',
    )
    expect(shown.stdout).toMatch(
      new RegExp(`ends 1 of \\d+ open grants, with 0 living sessions:\n- ${grant.id} of Service engineer`),
    )

    const own = await as('keeper', 'bundle', 'activate', proposal.id, '--yes')
    expect(own).toMatchObject({ status: 1, stdout: '' })
    expect(own.stderr).toContain('another person has to')
    expect(await as('second', 'bundle', 'activate', proposal.id)).toMatchObject({ status: 2, stdout: '' })
    const now = await json<BundleView>('second', 'bundle', 'activate', proposal.id, '--yes')
    expect(now).toMatchObject({ scopeVersion: '2026-2', rollsBackTo: digest, activation: { kind: 'activate' } })
    const denied = await as('keeper', 'explain', '--remote', '--person', 'vendor', '--asset', 'ews-1')
    expect(denied.status).toBe(1)
    expect(denied.stdout).toContain('being replaced')
  })

  it('is still in force after a restart, and every decision since cites it', async () => {
    const before = await json<BundleView>('auditor', 'bundle', 'show')
    await stage.gateway.stop()
    await stage.restart()
    for (const login of people) await logIn(login)
    const after = await json<BundleView>('auditor', 'bundle', 'show')
    expect(after).toMatchObject({ digest: before.digest, folderDiffers: true, openProposals: 0 })
    expect((await as('auditor', 'status')).stdout).toContain(`bundle ${before.digest}`)
  })

  it('is asked again of the recorded decisions, there and on the machine itself', async () => {
    const folder = folderWith('scope.yaml', shorter)
    const report = await json<DryRunView>('auditor', 'bundle', 'dry-run', folder, '--days', '30')
    expect(report.decisions).toBeGreaterThan(0)
    expect(report.nowDenied.count).toBeGreaterThan(0)
    expect(report.nowDenied.groups.flatMap(({ rules }) => rules)).toContain('window-too-long')
    const config = join(stage.folder, 'sallyport.yaml')
    const here = await json<DryRunView>(
      'auditor',
      'bundle',
      'dry-run',
      folder,
      '--days',
      '30',
      '--local',
      '--config',
      config,
    )
    expect(here.nowDenied.count).toBe(report.nowDenied.count)
  })

  it('is rolled back one step by one person', async () => {
    const base = await json<BundleView>('keeper', 'bundle', 'show')
    const { stdout } = await as('third', 'bundle', 'rollback', '--reason', 'ews-1 is still needed', '--yes')
    expect(stdout).toContain(`in force       ${base.rollsBackTo}`)
    const again = await as('third', 'bundle', 'rollback', '--reason', 'more', '--yes')
    expect(again.status).toBe(1)
    expect(again.stderr).toContain('one step is all it goes')
    const history = await json<{ items: ActivationView[] }>('auditor', 'bundle', 'history')
    expect(history.items.map(({ kind }) => kind)).toEqual(['rollback', 'activate', 'start'])
    const refused = await stage.evidence({ types: ['policy.step_refused'] })
    expect(refused.map(({ data }) => [data['step'], data['code']])).toEqual([
      ['propose', 'bundle-invalid'],
      ['activate', 'own-proposal'],
      ['rollback', 'nothing-to-roll-back'],
    ])
  })

  it('that another activation has outdated is refused and can be put on what is in force', async () => {
    const first = await json<ProposalView>(
      'keeper',
      'bundle',
      'propose',
      folderWith('scope.yaml', longer),
      '--comment',
      'longer',
    )
    const second = await json<ProposalView>(
      'second',
      'bundle',
      'propose',
      folderWith('suppliers.yaml', (text) => text.replace('labels: [drives]', 'labels: [drives, robots]')),
      '--comment',
      'robots',
    )
    await json('third', 'bundle', 'activate', second.proposal.id, '--yes')
    const refused = await as('third', 'bundle', 'activate', first.proposal.id, '--yes')
    expect(refused.status).toBe(1)
    expect(refused.stderr).toContain('read what changed')
    expect((await as('third', 'bundle', 'proposals')).stdout).toContain('outdated')
    const shown = await as('third', 'bundle', 'show', first.proposal.id)
    expect(shown.stdout).toContain(
      'changed since it was made:\ngives access:\n- supplier acme-drives changed: labels from drives to drives, robots',
    )
    await json('keeper', 'bundle', 'rebase', first.proposal.id)
    expect(await json<BundleView>('third', 'bundle', 'activate', first.proposal.id, '--yes')).toMatchObject({
      openProposals: 0,
    })
  })

  it('whose attribute moves an asset holds the stricter outcome until a third person accepts', async () => {
    const folder = folderWith('assets.yaml', (text) => text.replace('type: camera', 'type: hmi'))
    const { proposal } = await json<ProposalView>('keeper', 'bundle', 'propose', folder, '--comment', 'inventory')
    await json('second', 'bundle', 'activate', proposal.id, '--yes')
    const list = await as('third', 'scope-change', 'list')
    expect(list.stdout).toMatch(/^scc_\w+ +open +cam-9 +undetermined +in +undetermined +type /m)
    expect((await as('auditor', 'scope', 'report')).stdout).toMatch(/^cam-9 .* undetermined \(held; in after review\)/m)
    const id = /scc_\w+/.exec(list.stdout)?.[0] ?? ''
    expect((await as('second', 'scope-change', 'accept', id, '--comment', 'fine')).stderr).toContain(
      'a third person has to',
    )
    expect((await as('third', 'scope-change', 'accept', id, '--comment', 'it is an operator panel')).stdout).toBe(
      `cam-9: scope change ${id} accepted\n`,
    )
    expect((await as('auditor', 'scope', 'report')).stdout).toMatch(/^cam-9 .* in +north-control/m)
  })

  it('is put in force from the folder by who has the machine, and the gateway notices', async () => {
    const config = join(stage.folder, 'sallyport.yaml')
    const { status, stdout } = await as('keeper', 'bundle', 'activate', '--folder', '--config', config)
    expect({ status }).toEqual({ status: 0 })
    const digest = /[0-9a-f]{64}/.exec(stdout)?.[0]
    await eventually('the gateway has taken it over', async () => {
      const view = await json<BundleView>('auditor', 'bundle', 'show')
      return view.digest === digest && view.activation?.kind === 'folder'
    })
    expect((await as('keeper', 'bundle', 'activate', '--folder', '--config', config)).stdout).toContain(
      'in force already',
    )
  })

  it('is written out again, into a new folder only', async () => {
    const out = join(stage.folder, 'fetched')
    expect((await as('auditor', 'bundle', 'fetch', '--out', out)).status).toBe(0)
    const checked = await sallyport(['bundle', 'check', out, '--json'])
    const { digest } = await json<BundleView>('auditor', 'bundle', 'show')
    expect(JSON.parse(checked.stdout)).toMatchObject({ digest })
    expect((await as('auditor', 'bundle', 'fetch', '--out', out)).stderr).toContain('give one that is not there yet')
  })

  it('that touches the safety path waits for a safety engineer, and its dossier says what is there', async () => {
    const folder = folderWith('policies/safety.cedar', (text) => text.replace('review:24', 'review:12'))
    const notes = ['--comment', 'looked at sooner', '--change', 'CHG-2041', '--rollback', 'one step, at once']
    const { proposal, comparison, safety } = await json<ProposalView>('keeper', 'bundle', 'propose', folder, ...notes)
    const shown = (await as('safety', 'bundle', 'show', proposal.id)).stdout
    expect(shown).toMatch(/^change +CHG-2041\nway back +one step, at once$/m)
    expect(shown).toMatch(/^ {2}- @obligation\(.*review:24"\)\n {2}\+ @obligation\(.*review:12"\)$/m)
    expect(shown).toContain('- rule safety-systems-need-everything changed: it speaks of safety')

    const early = await as('second', 'bundle', 'activate', proposal.id, '--yes')
    expect(early).toMatchObject({ status: 1, stdout: '' })
    expect(early.stderr).toContain('a safety engineer has to review what it changes on the safety path')
    const bare = await as('safety', 'bundle', 'safety-review', proposal.id, '--approve', '--comment', 'fine')
    expect(bare).toMatchObject({ status: 2, stdout: '' })
    const given = ['--approve', '--reference', 'VAL-2026-7', '--comment', 'nobody is let in who was not before']
    const reviewed = await as('safety', 'bundle', 'safety-review', proposal.id, ...given)
    expect(reviewed.stdout).toContain('safety review: there\n- approved by Safety engineer (safety), ')
    expect(reviewed.stdout).toContain('against VAL-2026-7: nobody is let in who was not before')

    const report = await json<DryRunView>('second', 'bundle', 'dry-run', '--proposal', proposal.id)
    await json<BundleView>('second', 'bundle', 'activate', proposal.id, '--yes')
    const dossier = await json<DossierView>('auditor', 'bundle', 'dossier', proposal.id)
    expect(dossier).toMatchObject({
      change: 'CHG-2041',
      impact: { changes: comparison?.changes.count },
      test: { days: 7, decisions: report.decisions },
      safety: { touches: safety?.touches, reviews: [{ reference: 'VAL-2026-7' }] },
      missing: [],
    })
    const text = (await as('auditor', 'bundle', 'dossier', proposal.id)).stdout
    expect(text).toMatch(/^approval +ISMS second \(second\), .* \(entry \d+\)$/m)
    expect(text).toMatch(/\ncomplete: no record is missing\n?$/)
  })
})

describe('who may not', () => {
  it.each([
    ['vendor', ['bundle', 'show'], 'this is for people of the plants'],
    ['vendor', ['bundle', 'history'], 'this is for people of the plants'],
    ['vendor', ['scope-change', 'list'], 'this is for people of the plants'],
    ['auditor', ['bundle', 'rollback', '--reason', 'x', '--yes'], 'this needs one of the roles isms-manager, admin'],
  ])('%s: %j', async (login, args, why) => {
    const { status, stderr } = await as(login, ...args)
    expect(status).toBe(1)
    expect(stderr).toContain(why)
  })

  it('send a bundle: refused before it is read', async () => {
    const vendor = await stage.api('vendor')
    const answer = await vendor.call<{ code: string }>('POST', '/proposals', {
      files: { 'scope.yaml': 'x'.repeat(200_000) },
      comment: 'x',
    })
    expect([answer.status, answer.json().code]).toEqual([403, 'role-missing'])
  })

  it('explain for others than themselves', async () => {
    const { status, stderr } = await as('vendor', 'explain', '--remote', '--person', 'approver', '--asset', 'ews-1')
    expect({ status }).toEqual({ status: 1 })
    expect(stderr).toContain('this is for people of the plants')
  })
})
