// A ledger that goes on from one that was restored too old (FORMAT.md section 2.6): what its exports prove, and what does not
// get past a verifier.

import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import {
  entryBytes,
  type JsonObject,
  type LedgerEnd,
  parseTrust,
  type Report,
  signCheckpoint,
  TileTree,
  type Trust,
  publishedIn,
  publishLedger,
  trustTextOf,
  verifyExport,
  verifyLog,
  writeExport,
} from '../../recorder/index.ts'
import { ledgerOf } from './memory-ledger.ts'
import { makeEscrow, makeFolder, openedAt, origin, sealedRecording, sessionA, signerOf } from './sample.ts'

const second = `${origin}/2`
const [before, after, foreign] = [signerOf(1), signerOf(1, second), signerOf(9)]
const kept = 5
const had = 8

const noted = (i: number): Buffer => entryBytes({ v: 1, at: openedAt + i, type: 'gateway.noted', data: { i } })
const firstEntries = Array.from({ length: kept }, (_, i) => noted(i))

function treeOf(entries: readonly Uint8Array[]): TileTree {
  const tree = new TileTree()
  for (const entry of entries) tree.append(entry)
  return tree
}

const end: LedgerEnd = { size: kept, root: treeOf(firstEntries).root() }
const checkpointOf = (name: string, size: number, root: Uint8Array, by = before): string =>
  signCheckpoint({ origin: name, size, root, extensions: [] }, [by]).toString('utf8')
const lostNote = checkpointOf(origin, had, Buffer.alloc(32, 3))

const lossOf = (change: JsonObject = {}): JsonObject => ({
  key: after.vkey,
  lost: { note: lostNote, size: had, witness: null },
  origin: second,
  previous: { key: before.vkey, origin, root: Buffer.from(end.root).toString('base64'), size: kept },
  reason: `sha256:${'0'.repeat(64)}`,
  reference: `sha256:${'1'.repeat(64)}`,
  ...change,
})

const entry = (type: string, data: JsonObject): Buffer => entryBytes({ v: 1, at: openedAt, type, data })
const declared = (change: JsonObject = {}): Buffer => entry('ledger.loss_declared', lossOf(change))

/** Trust in both ledgers. */
function trustIn(ended: LedgerEnd | null = end): Trust {
  const keysOf = (vkey: string) => [{ vkey, from: 0, until: null }]
  const parsed = parseTrust(
    JSON.parse(
      trustTextOf([
        ...(ended === null ? [] : [{ origin, keys: keysOf(before.vkey), end: ended }]),
        { origin: second, keys: keysOf(after.vkey), end: null },
      ]),
    ),
  )
  if (parsed.kind === 'malformed') throw new Error(parsed.problems.join('; '))
  return parsed.trust
}

async function reportOn(
  entries: readonly Uint8Array[],
  trust: Trust = trustIn(),
  recordings: Parameters<typeof writeExport>[0]['recordings'] = [],
): Promise<Report> {
  const tree = treeOf(entries)
  const out = join(makeFolder(), 'export')
  const checkpoint = Buffer.from(checkpointOf(second, tree.size, tree.root(), after))
  const scope = { version: '1', covered: 'line 1', notCovered: [] }
  const header = { origin: second, createdAt: openedAt, purpose: 'audit', scope }
  await writeExport({ out, signer: after, header, ledger: { entries, checkpoint }, recordings, disclosures: [] })
  return verifyExport(out, trust)
}

const faultsOf = ({ findings }: Report): string[] =>
  findings.filter(({ holds }) => !holds).map(({ where, what }) => `${where}: ${what}`)

describe('an export of a ledger that goes on after a declared loss', () => {
  it('verifies, and says plainly which entries are lost', async () => {
    const report = await reportOn([...firstEntries, declared(), noted(9)])
    expect(faultsOf(report)).toEqual([])
    expect(report.findings).toContainEqual({
      where: `ledger entry ${kept}`,
      holds: true,
      what: expect.stringContaining(`entries ${kept} to ${had - 1} of the ledger \`${origin}\` are lost`),
    })
    expect(report.findings).toContainEqual({
      where: 'ledger',
      holds: true,
      what: `its first ${kept} entries are what is left of the ledger \`${origin}\``,
    })
  })

  it('verifies where only a witness knew of the loss', async () => {
    const lost = { note: null, size: had, witness: 'w1' }
    expect(faultsOf(await reportOn([...firstEntries, declared({ lost })]))).toEqual([])
  })

  it('verifies a restored ledger that held nothing', async () => {
    const none = { size: 0, root: treeOf([]).root() }
    const previous = { key: before.vkey, origin, root: Buffer.from(none.root).toString('base64'), size: 0 }
    expect(faultsOf(await reportOn([declared({ previous })], trustIn(none)))).toEqual([])
  })

  it('holds a found recording, sealed by the former key, against the entry that names it anew', async () => {
    const folder = makeFolder()
    const { recording, sealed, key } = await sealedRecording(folder, await makeEscrow())
    const { sealDigest: seal, status, channels, frames } = sealed
    const said = { session: sessionA, seal, status, channels, frames, manifest: recording.manifestDigest }
    const included = [{ dir: recording.dir, key }]
    const found = (data: JsonObject): Buffer => entry('session.recording_found', data)
    expect(faultsOf(await reportOn([...firstEntries, declared(), found(said)], trustIn(), included))).toEqual([])
    const other = { ...said, manifest: '0'.repeat(64) }
    expect(faultsOf(await reportOn([...firstEntries, declared(), found(other)], trustIn(), included))).toEqual([
      `recordings/${sessionA}: ledger entry ${kept + 1} names another manifest`,
    ])
  })

  const changedFirst = [noted(77), ...firstEntries.slice(1)]
  const previous = { key: before.vkey, origin, root: Buffer.from(end.root).toString('base64'), size: kept }
  it.each<[string, readonly Uint8Array[], RegExp]>([
    [
      'entries before the loss were changed',
      [...changedFirst, declared()],
      /are not the ledger `.*` as the trust file says/,
    ],
    ['the loss is not declared', [...firstEntries, noted(9)], /expected it to declare the loss/],
    ['it is declared elsewhere', [...firstEntries, noted(9), declared()], /names no ledger that ended there/],
    [
      'it speaks of another ledger',
      [...firstEntries, declared({ previous: { ...previous, origin: 'x.example/y' } })],
      /previous/,
    ],
    ['it gives another size', [...firstEntries, declared({ previous: { ...previous, size: 4 } })], /previous/],
    ['it names the new ledger otherwise', [...firstEntries, declared({ origin: `${origin}/3` })], /origin: expected/],
    [
      'nothing is lost by it',
      [...firstEntries, declared({ lost: { note: null, size: kept, witness: 'w' } })],
      /expected more than/,
    ],
    [
      'nobody knows of the loss',
      [...firstEntries, declared({ lost: { note: null, size: had, witness: null } })],
      /a checkpoint or a witness/,
    ],
    [
      'a foreign key signed the lost checkpoint',
      [
        ...firstEntries,
        declared({ lost: { note: checkpointOf(origin, had, end.root, foreign), size: had, witness: null } }),
      ],
      /no key of the ledger/,
    ],
    [
      'the lost checkpoint is of another size',
      [...firstEntries, declared({ lost: { note: lostNote, size: had + 1, witness: null } })],
      /another ledger or size/,
    ],
    ['a field is missing', [...firstEntries, entry('ledger.loss_declared', { origin: second })], /expected the fields/],
  ])('fails where %s', async (_, entries, message) => {
    const faults = faultsOf(await reportOn(entries))
    expect(faults.length).toBeGreaterThan(0)
    expect(faults.join('\n')).toMatch(message)
  })

  it('verifies where the entry has a time that is no date: it is said as it stands', async () => {
    const at = Number.MAX_SAFE_INTEGER
    const loss = entryBytes({ v: 1, at, type: 'ledger.loss_declared', data: lossOf() })
    const report = await reportOn([...firstEntries, loss])
    expect(faultsOf(report)).toEqual([])
    expect(report.findings.map(({ what }) => what)).toContainEqual(
      expect.stringContaining(`DECLARED LOSS at ${at} ms: `),
    )
  })

  it('fails for who trusts the new ledger alone: a loss could be made up', async () => {
    const faults = faultsOf(await reportOn([...firstEntries, declared()], trustIn(null)))
    expect(faults).toEqual([
      `ledger entry ${kept}: declares a loss, and the trust file names no ledger that ended there`,
    ])
  })
})

describe('a published ledger that goes on after a declared loss', () => {
  async function faultsIn(entries: readonly Buffer[]): Promise<readonly string[]> {
    const folder = makeFolder()
    const tree = treeOf(entries)
    await publishLedger(folder, Buffer.from(checkpointOf(second, tree.size, tree.root(), after)), ledgerOf(entries))
    const { findings } = await verifyLog(publishedIn(folder), trustIn())
    return findings.filter(({ holds }) => !holds).map(({ where, what }) => `${where}: ${what}`)
  }

  it('verifies only where it begins as the former one ended, and says what was lost', async () => {
    expect(await faultsIn([...firstEntries, declared(), noted(9)])).toEqual([])
    const rewritten = [...firstEntries.slice(1), noted(7), declared(), noted(9)]
    expect(await faultsIn(rewritten)).toEqual([expect.stringContaining('as the trust file says it ended')])
    expect(await faultsIn([...firstEntries, noted(8)])).toEqual([expect.stringContaining('expected it to declare')])
  })
})
