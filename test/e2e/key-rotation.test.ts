// A gateway whose signing key is changed between two sessions, with the key before retired: both recordings verify, there and in
// an export by the new trust file; the old one proves nothing any more. And one whose replay identity was changed.

import { execFileSync } from 'node:child_process'
import { appendFile, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { generateX25519Identity, identityToRecipient } from 'age-encryption'
import { extract } from 'tar'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { parseDocument } from 'yaml'

import { loadConfig } from '../../gateway/config.ts'
import type { ListView, RecordingView, VerificationView } from '../../gateway/contract/views.ts'
import { parseTrust, type Report, type Trust, verifyExport } from '../../recorder/index.ts'
import { sallyport, type Run } from '../gateway/cli/run-sallyport.ts'
import { describeWith } from '../support/describe-with.ts'
import { stageGateway, type GatewayStage } from '../support/gateway-stage.ts'
import { partPath } from '../support/parts.ts'
import { openSsh } from '../support/ssh-session.ts'

describeWith(['ssh', 'sshd', 'openssl'], 'a ledger whose key is changed', () => {
  let stage: GatewayStage
  let firstTrust: Trust
  let config: string
  beforeAll(async () => {
    stage = await stageGateway({ logLevel: 'warn' })
    config = join(stage.folder, 'sallyport.yaml')
    await stage.grant('ews-1')
    await session('echo before')
    firstTrust = await trustNow()
  })
  afterAll(() => stage.stop())

  async function session(command: string): Promise<void> {
    const run = await openSsh(await stage.sshLogin('vendor%ews-1'), { command })
    expect((await run.ended).exit).toBe(0)
    await stage.quiet()
  }
  async function trustNow(): Promise<Trust> {
    const parsed = parseTrust(await (await stage.api('auditor')).ok('GET', '/evidence/trust'))
    if (parsed.kind === 'malformed') throw new Error(parsed.problems.join('; '))
    return parsed.trust
  }
  const ledger = (...args: readonly string[]): Promise<Run> => sallyport(['ledger', ...args, '--config', config])

  /** What an operator does between stop and start: the file is changed, and the gateway reads it anew. */
  async function configure(change: Readonly<Record<string, unknown>>): Promise<void> {
    const document = parseDocument(await readFile(config, 'utf8'))
    for (const [name, value] of Object.entries(change)) document.setIn(['evidence', name], value)
    await writeFile(config, document.toString())
    const loaded = await loadConfig(config, {})
    if (loaded.kind !== 'ok') throw new Error(JSON.stringify(loaded.problems))
    Object.assign(stage.stage.config.evidence, loaded.config.evidence)
  }

  async function verdicts(): Promise<readonly boolean[]> {
    const auditor = await stage.api('auditor')
    const { items } = await auditor.ok<ListView<RecordingView>>('GET', '/recordings')
    const found = []
    for (const { session } of items)
      found.push((await auditor.ok<VerificationView>('POST', `/recordings/${session.id}/verify`, {})).holds)
    return found
  }

  async function exported(name: string): Promise<string> {
    const answer = await (await stage.api('auditor')).call('POST', '/exports', { sessions: [], purpose: name })
    expect(answer.status).toBe(200)
    const tar = join(stage.folder, `${name}.tar`)
    await writeFile(tar, answer.bytes)
    const folder = join(stage.folder, name)
    execFileSync('mkdir', [folder])
    await extract({ file: tar, cwd: folder })
    return join(folder, 'export')
  }
  const faults = ({ findings }: Report): string[] => findings.filter(({ holds }) => !holds).map(({ what }) => what)

  it('verifies what was sealed before and after by the new trust file, and nothing new by the old key', async () => {
    const before = await exported('before')
    expect(faults(await verifyExport(before, firstTrust))).toEqual([])
    await stage.gateway.stop()
    const second = join(stage.folder, 'second.pem')
    execFileSync(partPath('openssl'), ['genpkey', '-algorithm', 'ed25519', '-out', second])
    const rotated = await ledger('rotate-key', '--to', second, '--retire', '--reason', 'a copy was stolen')
    expect(rotated).toMatchObject({ status: 0, stderr: '' })
    await expect(stage.restart()).rejects.toThrow('evidence.key')

    await configure({ key: second })
    await stage.restart()
    await session('echo after')
    expect(await verdicts()).toEqual([true, true])
    const after = await exported('after')
    const trust = await trustNow()
    expect(trust.ledger.keys).toMatchObject([{ from: 0 }, { until: null }])
    expect(faults(await verifyExport(after, trust))).toEqual([])
    expect(faults(await verifyExport(after, firstTrust))).not.toEqual([])
    // Whoever stole the first key could have made the export of before, today.
    expect(faults(await verifyExport(before, trust))).toContainEqual(expect.stringContaining('signed only by'))
  })

  it('goes on replaying what was recorded for a replay identity of before', async () => {
    await stage.gateway.stop()
    const identity = await generateX25519Identity()
    const file = stage.stage.config.evidence.replayIdentity
    const older = await readFile(file, 'utf8')
    await writeFile(file, `${identity}\n`)
    await appendFile(file, older)
    await configure({ recipients: [await identityToRecipient(identity)] })
    await stage.restart()
    await session('echo later')
    expect(await verdicts()).toEqual([true, true, true])
  })
})
