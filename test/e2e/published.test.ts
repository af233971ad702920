// The ledger of a running gateway as others see it who trust nobody: published as static files, served tile by tile, and attested
// by a time-stamping authority.

import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { extract } from 'tar'
import { afterAll, beforeAll, expect, it } from 'vitest'

import { readTimeAuthorities, verifyTimestamp } from '../../recorder/timestamp/token.ts'
import { parseCheckpoint, parseNote, parseTrust, TileReader, type Trust, verifyExport } from '../../recorder/index.ts'
import { tilePath } from '../../recorder/tiles.ts'
import { sallyport } from '../gateway/cli/run-sallyport.ts'
import { describeWith } from '../support/describe-with.ts'
import { eventually } from '../support/eventually.ts'
import { stageGateway, type GatewayStage } from '../support/gateway-stage.ts'
import { makeTimeAuthority, serveTimeAuthority, type TimeServer } from '../support/time-authority.ts'

describeWith(['openssl'], 'a ledger that is published', () => {
  let folder: string
  let stage: GatewayStage
  let server: TimeServer
  let ca: string
  let trust: Trust
  const inFolder = (name: string): string => join(folder, name)

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sallyport-published-'))
    const authority = makeTimeAuthority(inFolder('authority'))
    ca = authority.ca
    server = await serveTimeAuthority(authority)
    stage = await stageGateway({
      targets: [],
      overrides: {
        'evidence.checkpointSeconds': 1,
        'evidence.publishFolder': inFolder('published'),
        'evidence.timestamps': [{ name: 'one', url: server.url, ca, everyHours: 24 }],
      },
    })
    const answer = await (await stage.api('auditor')).call('GET', '/evidence/trust')
    await writeFile(inFolder('trust.json'), answer.bytes)
    const parsed = parseTrust(answer.json())
    if (parsed.kind === 'malformed') throw new Error(parsed.problems.join('; '))
    trust = parsed.trust
  })
  afterAll(async () => {
    await stage.stop()
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  })

  it('stands in the folder and verifies there with nothing but the trust file', async () => {
    await eventually('publication', () => existsSync(inFolder('published/checkpoint')))
    const verified = await sallyport(['verify', '--log', inFolder('published'), '--trust', inFolder('trust.json')])
    expect(verified).toMatchObject({ status: 0, stderr: '' })
    expect(verified.stdout).toMatch(/ \d+ entries, root `.*` and tiles made again\n.*VERIFIED: everything holds$/ms)
  })

  it('is served tile by tile, each shown to be under the checkpoint, and entries only to who may read evidence', async () => {
    const [auditor, approver, vendor] = [
      await stage.api('auditor'),
      await stage.api('approver'),
      await stage.api('vendor'),
    ]
    const note = parseNote((await auditor.call('GET', '/ledger/checkpoint')).bytes)
    const checkpoint = note.kind === 'ok' ? parseCheckpoint(note.value.text) : note
    if (checkpoint.kind === 'malformed') throw new Error(checkpoint.reason)
    const { size } = checkpoint.value
    const reader = new TileReader(
      checkpoint.value,
      async (path) => (await auditor.call('GET', `/ledger/${path}`)).bytes,
    )
    const entry: unknown = JSON.parse((await reader.entry(size - 1)).toString('utf8'))
    const listed = (await stage.evidence()).find(({ index }) => index === size - 1)
    expect(entry).toMatchObject({ type: listed?.type, at: listed?.at })

    const width = size % 256
    const [entries, hashes] = [tilePath('entries', 0, width), tilePath(0, 0, width)]
    expect((await approver.call('GET', `/ledger/${hashes}`)).status).toBe(200)
    expect((await approver.call('GET', `/ledger/${entries}`)).status).toBe(403)
    for (const path of ['checkpoint', hashes, entries])
      expect((await vendor.call('GET', `/ledger/${path}`)).status).toBe(403)
    for (const path of [tilePath(0, 9), 'tile/0/000.p/0', 'tile/7/000', 'tile/0/000.p/255'])
      expect((await auditor.call('GET', `/ledger/${path}`)).status).toBe(404)
  })

  it('has its checkpoints time-stamped, and the export lets an auditor see it', async () => {
    await eventually('timestamp', () => server.queries.length > 0)
    await eventually('entry', async () => (await stage.evidence({ types: ['ledger.timestamped'] })).length > 0)
    const tar = await (await stage.api('auditor')).call('POST', '/exports', { sessions: [], purpose: 'audit' })
    await writeFile(inFolder('export.tar'), tar.bytes)
    await extract({ file: inFolder('export.tar'), cwd: folder })
    const authorities = readTimeAuthorities(readFileSync(ca, 'utf8'))
    if (authorities === null) throw new Error('no authority')
    const report = await verifyExport(inFolder('export'), trust, null, {
      judgeTimestamp: (response, document) => verifyTimestamp(response, document, authorities, null),
    })
    expect(report.findings.filter(({ holds }) => !holds)).toEqual([])
    expect(report.findings.map(({ what }) => what)).toContainEqual(
      expect.stringMatching(/^was there at 20.* says `CN=Test time signer`/),
    )
    const verified = await sallyport(['verify', inFolder('export'), '--trust', inFolder('trust.json'), '--tsa-ca', ca])
    expect(verified).toMatchObject({ status: 0, stderr: '' })
    const foreign = makeTimeAuthority(inFolder('foreign')).ca
    expect(
      (await sallyport(['verify', inFolder('export'), '--trust', inFolder('trust.json'), '--tsa-ca', foreign])).status,
    ).toBe(1)
  })
})
