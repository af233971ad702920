// From a broken disk to a running gateway: backup while it runs, restore, the refused start, the declared loss, and what an
// auditor's verifier says of it afterwards.

import { cp, mkdtemp, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { extract } from 'tar'
import { afterAll, beforeAll, expect, it } from 'vitest'

import { prefix } from '../../gateway/contract/routes.ts'
import type { ListView, RecordingView, ReplayView } from '../../gateway/contract/views.ts'
import type { SessionId } from '../../policy/index.ts'
import { parseTrust, verifyExport, type Report, type Trust } from '../../recorder/index.ts'
import { sallyport, type Run } from '../gateway/cli/run-sallyport.ts'
import { describeWith } from '../support/describe-with.ts'
import { stageGateway, type GatewayStage } from '../support/gateway-stage.ts'
import { openSsh, runSsh } from '../support/ssh-session.ts'

describeWith(['ssh', 'sshd', 'ssh-keygen'], 'a gateway that lost its disk', () => {
  let stage: GatewayStage
  let configFile: string
  let backup: string
  let aside: string
  let oldTrust: Trust
  let lostSession: string

  beforeAll(async () => {
    stage = await stageGateway({ apart: true })
    configFile = join(stage.stage.folder, 'sallyport.yaml')
    await configure({ publish: join(stage.folder, 'published-checkpoint') })
    await stage.gateway.stop()
    await stage.restart()
    backup = join(stage.folder, 'backup')
    aside = join(stage.folder, 'aside')
    await stage.grant('ews-1')
  })
  afterAll(() => stage.stop())

  const local = (...args: string[]): Promise<Run> => sallyport([...args, '--config', configFile])

  async function configure(evidence: Readonly<Record<string, string>>): Promise<void> {
    const document = JSON.parse(await readFile(configFile, 'utf8')) as { evidence: Record<string, string> }
    await writeFile(configFile, JSON.stringify({ ...document, evidence: { ...document.evidence, ...evidence } }))
  }

  async function trustNow(): Promise<Trust> {
    const auditor = await stage.api('auditor')
    const trust = parseTrust(await auditor.ok('GET', '/evidence/trust'))
    if (trust.kind === 'malformed') throw new Error(trust.problems.join('; '))
    return trust.trust
  }

  async function takeExport(of: readonly string[] = []): Promise<string> {
    const auditor = await stage.api('auditor')
    const answer = await auditor.call('POST', '/exports', { sessions: of, purpose: 'after the restore' })
    expect(answer.status).toBe(200)
    const folder = await mkdtemp(join(stage.folder, 'export-'))
    await writeFile(join(folder, 'export.tar'), answer.bytes)
    await extract({ file: join(folder, 'export.tar'), cwd: folder })
    return join(folder, 'export')
  }

  const faults = ({ findings }: Report): unknown[] => findings.filter(({ holds }) => !holds)
  const sessions = async (): Promise<string[]> =>
    (await stage.evidence({ types: ['session.started'] })).map(({ data }) => String(data['session']))

  it('was backed up while a session ran', async () => {
    await runSsh(await stage.sshLogin('vendor%ews-1'), { command: 'echo before' })
    const run = await openSsh(await stage.sshLogin('vendor%ews-1'), { command: 'echo during; cat' })
    await run.sees('during\n')
    const { escrow } = stage.stage.pki.recipients
    const made = await local('backup', backup, '--with-keys', escrow, '--json')
    expect(made).toMatchObject({ status: 0, stderr: '' })
    expect(JSON.parse(made.stdout)).toMatchObject({ recordings: { count: 2 }, copied: 2, damaged: [], vanished: [] })
    expect((await stage.evidence({ types: ['ledger.backed_up'] })).at(-1)?.data).toMatchObject({
      recordings: 2,
      withKeys: true,
    })
    run.child.stdin?.end()
    expect((await run.ended).exit).toBe(0)

    await runSsh(await stage.sshLogin('vendor%ews-1'), { command: 'echo after the backup' })
    await stage.quiet()
    lostSession = (await sessions()).at(-1) ?? ''
    oldTrust = await trustNow()
    await stage.gateway.stop()
  })

  it('is restored into an empty data folder, and told that the start will want more', async () => {
    const { dataFolder } = stage.stage.config
    const full = await local('restore', backup)
    expect(full.status).toBe(1)
    expect(full.stderr).toContain('empty it, or move it aside')
    await rename(dataFolder, aside)
    const identity = stage.stage.pki.paths['escrow.agekey']
    const done = await local('restore', backup, '--identity', identity, '--keys-to', join(stage.folder, 'keys'))
    expect(done).toMatchObject({ status: 0, stderr: '' })
    expect(done.stdout).toContain('`sallyport ledger declare-loss` if it was')
    const vaultKey = await readFile(join(aside, 'vault.key'), 'utf8')
    expect(await readFile(join(dataFolder, 'vault.key'), 'utf8')).toBe(vaultKey)
    // What else was saved of the old disk: the recording of a session that the backup does not know.
    await cp(join(aside, 'recordings', lostSession), join(dataFolder, 'recordings', lostSession), { recursive: true })
  })

  it('does not start on a ledger that is older than what was published', async () => {
    await expect(stage.restart()).rejects.toThrow('the gateway ended')
    const doctor = await local('doctor')
    expect(doctor.stdout).toContain('entries were lost')
    expect(doctor.stdout).toContain('sallyport ledger declare-loss')
  })

  it('goes on under another name once the loss is declared', async () => {
    const declared = await local('ledger', 'declare-loss', '--reason', 'the disk broke', '--reference', 'INC-204')
    expect(declared).toMatchObject({ status: 0, stderr: '' })
    expect(declared.stdout).toContain(`recording ${lostSession} found on disk and named anew`)
    await expect(stage.restart()).rejects.toThrow('the gateway ended')
    await configure({ origin: 'demo.sallyport.example/ledger/2' })
    await stage.restart()

    const [loss] = await stage.evidence({ types: ['ledger.loss_declared'] })
    expect(loss?.data).toMatchObject({
      previous: { origin: 'demo.sallyport.example/ledger', size: loss?.index },
      origin: 'demo.sallyport.example/ledger/2',
      lost: { note: expect.stringContaining('demo.sallyport.example/ledger\n') },
    })
    expect((await stage.evidence({ types: ['session.recording_found'] })).map(({ data }) => data['session'])).toEqual([
      lostSession,
    ])
    // Found again, it is a session like others.
    const row = await stage.withStore((store) => store.sessions.byId(lostSession as SessionId))
    expect(row).toMatchObject({ asset: 'ews-1', state: 'sealed', recording: 'complete', source: 'lost' })
    const again = await local('ledger', 'declare-loss', '--reason', 'x', '--reference', 'y')
    expect(again.status).toBe(1)
    expect(again.stderr).toContain('another gateway runs')
    const { stdout } = await runSsh(await stage.sshLogin('vendor%ews-1'), { command: 'echo goes on' })
    expect(stdout.toString()).toBe('goes on\n')
    await stage.quiet()
  })

  it('gives an export that verifies with the new trust file, says what is lost, and fails with the old one', async () => {
    const folder = await takeExport()
    const trust = await trustNow()
    expect(trust.ledgers.map(({ origin }) => origin)).toEqual([
      'demo.sallyport.example/ledger',
      'demo.sallyport.example/ledger/2',
    ])
    const report = await verifyExport(folder, trust)
    expect(faults(report)).toEqual([])
    // Of two sessions before the loss, the one that was found after it, and the one since.
    expect(report.recordings.map(({ status }) => String(status)).toSorted()).toEqual([
      'complete',
      'complete',
      'complete',
      'interrupted',
    ])
    expect(report.recordings.map(({ session }) => session)).toContain(lostSession)
    const [loss] = await stage.evidence({ types: ['ledger.loss_declared'] })
    const told = report.findings.filter(({ what }) => what.startsWith('DECLARED LOSS'))
    expect(told).toMatchObject([{ where: `ledger entry ${loss?.index ?? 0}`, holds: true }])
    expect((await verifyExport(folder, oldTrust)).holds).toBe(false)
  })

  it('replays and exports through its API what was found', async () => {
    const auditor = await stage.api('auditor')
    const listed = await auditor.ok<ListView<RecordingView>>('GET', '/recordings')
    expect(listed.items.find(({ session }) => session.id === lostSession)).toMatchObject({ status: 'complete' })
    const replay = await auditor.ok<ReplayView>('POST', `/recordings/${lostSession}/replay`, {
      purpose: 'what was lost',
    })
    const cast = await auditor.call('GET', replay.channels[0]?.cast.slice(prefix.length) ?? '')
    expect(cast.bytes.toString('utf8')).toContain('after the backup')
    expect((await stage.evidence({ types: ['session.replayed'] })).at(-1)?.data).toMatchObject({ session: lostSession })

    const report = await verifyExport(await takeExport([lostSession]), await trustNow())
    expect(faults(report)).toEqual([])
    expect(report.recordings.map(({ session, status }) => [session, String(status)])).toEqual([
      [lostSession, 'complete'],
    ])
  })

  it('starts again on what it wrote since, and knows of no further loss', async () => {
    await stage.gateway.stop()
    const again = await local('ledger', 'declare-loss', '--reason', 'x', '--reference', 'y')
    expect(again.stderr).toContain('nothing is known to be lost')
    await stage.restart()
    expect(faults(await verifyExport(await takeExport(), await trustNow()))).toEqual([])
  })
})
