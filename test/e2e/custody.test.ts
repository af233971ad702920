// The life of a recording to its end, on the running gateway: recorded through OpenSSH, held, past its day, deleted by two
// people in the web application, and told of by an export that verifies. And personal data that is erased.

import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type {
  DeletionView,
  ErasureView,
  HoldView,
  RecordingView,
  StorageView,
  VerificationView,
} from '../../gateway/contract/views.ts'
import { parseTrust, verifyExport } from '../../recorder/index.ts'
import { unpack } from '../../gateway/cli/unpack.ts'
import { Readable } from 'node:stream'
import { describeWith } from '../support/describe-with.ts'
import { eventually } from '../support/eventually.ts'
import { stageGateway, type GatewayStage } from '../support/gateway-stage.ts'
import { runSsh } from '../support/ssh-session.ts'
import { openWebVisit, type WebVisit } from '../support/web-visit.ts'

const day = 86_400_000
const handling = `
retention:
  classes: [{ id: short, text: One day, keepDays: 1 }]
  default: short
rules: []
`

describeWith(['ssh', 'sshd', 'ssh-keygen', 'chromium'], 'the custody of evidence', () => {
  let stage: GatewayStage
  let visit: WebVisit
  let session: string
  const folders = () => readdir(join(stage.stage.config.dataFolder, 'recordings'))

  beforeAll(async () => {
    stage = await stageGateway({ files: { 'handling.yaml': handling }, logLevel: 'warn' })
    const plain = { supplier: null, plants: [] }
    await stage.enrol({ ...plain, login: 'isms', displayName: 'ISMS manager', roles: ['isms-manager'] })
    await stage.grant('ews-1')
    await runSsh(await stage.sshLogin('vendor%ews-1'), { command: 'echo coil 1 on' })
    await stage.quiet()
    ;[session = ''] = await folders()
    visit = await openWebVisit(stage)
  })
  afterAll(async () => {
    await visit?.browser.close()
    await stage?.stop()
  })

  it('shows what is kept until when, holds it, and refuses to delete it before', async () => {
    const isms = await stage.api('isms')
    const recording = await isms.ok<RecordingView>('GET', `/recordings/${session}`)
    expect(recording).toMatchObject({ handling: { retention: { id: 'short' } }, holds: [], deleted: null })
    expect(recording.keptUntil).toBe((recording.session.endedAt ?? 0) + day)
    const early = await isms.call('POST', '/deletions', { sessions: [session], reason: 'too early' })
    expect(early.status).toBe(409)
    const held = await isms.ok<HoldView>('POST', '/holds', {
      target: { kind: 'person', id: 'vendor' },
      reason: 'warranty claim',
      reference: 'INC-17',
    })
    stage.clock.advance(2 * day)
    await stage.gateway.stop()
    await stage.restart()
    const later = await stage.api('isms')
    expect((await later.ok<{ items: unknown[] }>('GET', '/recordings-due')).items).toEqual([])
    expect((await later.call('POST', `/holds/${held.id}/release`, { reason: 'mine' })).status).toBe(403)
    const auditor = await stage.api('auditor')
    await auditor.ok('POST', `/holds/${held.id}/release`, { reason: 'settled' })
    expect((await later.ok<{ items: unknown[] }>('GET', '/recordings-due')).items).toHaveLength(1)
  })

  it('says how much space there is and what comes in', async () => {
    const storage = await (await stage.api('isms')).ok<StorageView>('GET', '/storage')
    expect(storage.level).toBe('enough')
    expect(storage.totalBytes).toBeGreaterThan(storage.freeBytes)
  })

  it('deletes it by two people in the web application, and says so from then on', async () => {
    const isms = await visit.enter('isms')
    await isms.goto(visit.at('/storage'))
    await isms.getByRole('button', { name: 'Propose to delete' }).click()
    await isms.getByLabel('Reason').fill('retention plan, class short')
    await isms.getByRole('button', { name: 'Propose', exact: true }).click()
    await isms.getByText('Waits for a second person').waitFor()
    expect(await isms.getByRole('button', { name: 'Confirm deletion' }).count()).toBe(0)
    expect(await folders()).toEqual([session])

    const auditor = await visit.enter('auditor', 'dark')
    await auditor.goto(visit.at('/storage'))
    // Who confirms reads what goes.
    await auditor
      .getByRole('link', { name: 'Service engineer (Acme Drives) on Engineering workstation, line 1' })
      .waitFor()
    await auditor.getByRole('button', { name: 'Confirm deletion' }).click()
    await auditor.getByLabel('Reason').fill('compared with the plan')
    await auditor.getByRole('button', { name: 'Delete for good' }).click()
    await auditor.getByText('Deleted', { exact: true }).first().waitFor()
    await eventually('the folder is gone', async () => (await folders()).length === 0)
    expect(visit.faults).toEqual([])

    await auditor.goto(visit.at(`/recordings/${session}`))
    await auditor.getByText('The ledger keeps its seal digest.').waitFor()
    await isms.context().close()
    await auditor.context().close()

    const api = await stage.api('auditor')
    const { deleted, seal } = await api.ok<RecordingView>('GET', `/recordings/${session}`)
    expect(deleted?.reason).toBe('retention plan, class short')
    const verified = await api.ok<VerificationView>('POST', `/recordings/${session}/verify`)
    expect(verified.holds).toBe(true)
    expect(verified.findings[0]?.what).toContain(`its seal digest was \`${seal}\``)
    expect((await api.call('POST', `/recordings/${session}/replay`, { purpose: 'gone' })).status).toBe(404)
    const deletions = await api.ok<{ items: DeletionView[] }>('GET', '/deletions')
    expect(deletions.items).toMatchObject([{ state: 'done', items: [{ session, state: 'deleted' }] }])
  })

  it('exports a ledger that verifies and tells of the deletion', async () => {
    const api = await stage.api('auditor')
    const answer = await api.call('POST', '/exports', { sessions: [], purpose: 'audit' })
    expect(answer.status).toBe(200)
    const dir = join(stage.folder, 'evidence')
    await unpack(Readable.from([answer.bytes]), dir)
    const trust = parseTrust((await api.call('GET', '/evidence/trust')).json())
    if (trust.kind === 'malformed') throw new Error(trust.problems.join())
    const report = await verifyExport(dir, trust.trust)
    expect(report.findings.filter(({ holds }) => !holds)).toEqual([])
    expect(report.deleted).toMatchObject([{ session }])
  })

  it('erases what is kept of a person, by two people', async () => {
    const isms = await stage.api('isms')
    const auditor = await stage.api('auditor')
    const before = await stage.evidence({ types: ['session.started'] })
    expect(Object.keys(before[0]?.meaning ?? {})).toContain(String(before[0]?.data['source']))
    const body = { subject: { kind: 'person', id: 'vendor' }, reason: 'request of a former employee' }
    const proposed = await isms.ok<ErasureView>('POST', '/erasures', body)
    expect((await isms.call('POST', `/erasures/${proposed.id}/confirm`, { reason: 'me' })).status).toBe(403)
    const done = await auditor.ok<ErasureView>('POST', `/erasures/${proposed.id}/confirm`, { reason: 'checked' })
    expect(done).toMatchObject({ state: 'done' })
    expect(done.values).toBeGreaterThan(0)
    const after = await stage.evidence({ types: ['session.started'] })
    expect(Object.keys(after[0]?.meaning ?? {})).not.toContain(String(after[0]?.data['source']))
    expect((await auditor.ok<RecordingView>('GET', `/recordings/${session}`)).session.source).toBe('erased')
  })
})
