// `kill -9` of the gateway. What a client got is in the recording, what was answered is in the ledger, the next start
// seals what was left behind, and the work goes on.

import { mkdtemp, writeFile } from 'node:fs/promises'
import { createHash } from 'node:crypto'
import { join } from 'node:path'

import { extract } from 'tar'
import { afterAll, beforeAll, expect, it } from 'vitest'

import type { EvidenceView } from '../../gateway/contract/views.ts'
import { parseTrust, verifyExport, type Report } from '../../recorder/index.ts'
import { describeWith } from '../support/describe-with.ts'
import { eventually } from '../support/eventually.ts'
import { stageGateway, type GatewayStage } from '../support/gateway-stage.ts'
import { readRecorded } from '../support/recorded.ts'
import { openSsh, runSsh } from '../support/ssh-session.ts'

/** RFC 6962 section 2.1, over all entries: slow, and nobody's but this test's. */
function rootOf(entries: readonly Uint8Array[]): Buffer {
  const sha256 = (...parts: readonly Uint8Array[]): Buffer => createHash('sha256').update(Buffer.concat(parts)).digest()
  const [first] = entries
  if (first === undefined) return sha256()
  if (entries.length === 1) return sha256(Buffer.from([0]), first)
  let split = 1
  while (split * 2 < entries.length) split *= 2
  return sha256(Buffer.from([1]), rootOf(entries.slice(0, split)), rootOf(entries.slice(split)))
}

describeWith(['ssh', 'sshd', 'ssh-keygen'], 'after a kill -9 of the gateway', () => {
  let stage: GatewayStage

  beforeAll(async () => {
    stage = await stageGateway({ apart: true })
    await stage.grant('ews-1')
  })
  afterAll(() => stage.stop())

  /** What an auditor takes home and what `sallyport verify` says of it. */
  async function verifiedExport(): Promise<Report> {
    const auditor = await stage.api('auditor')
    const answer = await auditor.call('POST', '/exports', { sessions: [], purpose: 'after the crash' })
    expect(answer.status).toBe(200)
    const folder = await mkdtemp(join(stage.folder, 'export-'))
    await writeFile(join(folder, 'export.tar'), answer.bytes)
    await extract({ file: join(folder, 'export.tar'), cwd: folder })
    const trust = parseTrust(await auditor.ok('GET', '/evidence/trust'))
    if (trust.kind === 'malformed') throw new Error(trust.problems.join('; '))
    return verifyExport(join(folder, 'export'), trust.trust)
  }

  async function expectWholeLedger(): Promise<void> {
    await stage.withStore(async ({ evidence }) => {
      const size = await evidence.size()
      const entries: Uint8Array[] = []
      for await (const entry of evidence.entries(size)) entries.push(entry)
      expect(entries.length).toBe(size)
      expect(Buffer.from(await evidence.root(size))).toEqual(rootOf(entries))
      const checkpoint = await evidence.latestCheckpoint()
      const [, signedSize, signedRoot] = checkpoint?.note.split('\n') ?? []
      expect(signedRoot).toBe(rootOf(entries.slice(0, Number(signedSize))).toString('base64'))
    })
  }

  it('the recording holds all that the client got, sealed as interrupted, and verifies', async () => {
    const command = 'i=0; while :; do i=$((i+1)); echo "line $i"; sleep 0.002; done'
    const run = await openSsh(await stage.sshLogin('vendor%ews-1'), { command })
    run.write('typed before the crash\n')
    await run.sees('line 100\n')
    await stage.gateway.kill()
    expect((await run.ended).exit).toBe(255)
    await stage.restart()

    const events = await stage.evidence()
    const session = String(events.findLast(({ type }) => type === 'session.started')?.data['session'])
    const of = (type: string): EvidenceView | undefined =>
      events.find((event) => event.type === type && event.data['session'] === session)
    expect(of('session.ended')?.data).toMatchObject({ reason: 'interrupted' })
    expect(of('session.recording_sealed')?.data).toMatchObject({ status: 'interrupted', channels: 1 })

    const recorded = await readRecorded(stage.stage, session)
    expect(recorded.out.subarray(0, run.stdout().length)).toEqual(run.stdout())
    expect(recorded.in.toString()).toBe('typed before the crash\n')

    const report = await verifiedExport()
    expect(report.findings.filter(({ holds }) => !holds)).toEqual([])
    expect(report.recordings).toMatchObject([{ session, holds: true, status: 'interrupted', decrypted: true }])
    await expectWholeLedger()
  })

  it('the target’s side of the session is gone, and a new one works', async () => {
    const { exit, stdout } = await runSsh(await stage.sshLogin('vendor%ews-1'), { command: 'echo again' })
    expect({ exit, stdout: stdout.toString() }).toEqual({ exit: 0, stdout: 'again\n' })
    await stage.quiet()
    await eventually('the target serves nobody', async () => (await stage.targets['ews-1']?.connections()) === 0)
  })

  it.each([20, 60, 100])(
    'every refusal that was answered is in the ledger, killed after %i answers',
    async (answers) => {
      const vendor = await stage.api('vendor')
      const known = (await stage.evidence({ types: ['policy.decision'] })).length
      let answered = 0
      const asked = Array.from({ length: 150 }, async (_, i) => {
        const when = { kind: 'window', from: stage.clock.now(), until: stage.clock.now() + 60_000 }
        const rest = { protocol: 'ssh', operationClass: 'observe', when, purpose: 'find out', ticket: '' }
        const answer = await vendor.call('POST', '/requests', { assets: [`nothing-${i}`], ...rest }).catch(() => null)
        if (answer?.status === 403 && ++answered === answers) await stage.gateway.kill()
      })
      await Promise.all(asked)
      await stage.restart()
      const decisions = (await stage.evidence({ types: ['policy.decision'] })).length - known
      expect(decisions).toBeGreaterThanOrEqual(answered)
      expect(decisions).toBeLessThanOrEqual(150)
      expect(answered).toBeGreaterThanOrEqual(answers)
      await expectWholeLedger()
      expect((await verifiedExport()).holds).toBe(true)
    },
  )
})
