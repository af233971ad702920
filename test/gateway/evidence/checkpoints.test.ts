import { generateKeyPairSync } from 'node:crypto'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openCheckpoints, type Checkpoints } from '../../../gateway/evidence/checkpoints.ts'
import type { Witnesses } from '../../../gateway/evidence/witnesses.ts'
import type { Checkpoint } from '../../../gateway/store/evidence.ts'
import { openLog } from '../../../gateway/log.ts'
import { openSqlite } from '../../../gateway/store/sqlite.ts'
import { openStore, type Store } from '../../../gateway/store/store.ts'
import { parseCheckpoint, parseNote, parseVerifierKey, signerFrom, type Signer } from '../../../recorder/index.ts'
import { checkContinuity, lostEntries } from '../../../gateway/evidence/continuity.ts'
import { handClock, ledgerOf } from '../../support/memory-store.ts'

const origin = 'plant.example/ledger'
const signerNamed = (name: string): Signer => signerFrom(name, generateKeyPairSync('ed25519').privateKey)
const signer = signerNamed(origin)

let folder: string
let open: Store[]
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sallyport-checkpoints-'))
  open = []
})
afterEach(async () => {
  for (const store of open) await store.close()
  await rm(folder, { recursive: true })
})

async function gateway(
  name = 'store',
  by = signer,
  under = origin,
  witnesses: Witnesses | null = null,
): Promise<{ store: Store; checkpoints: Checkpoints; problems(): Promise<string> }> {
  const store = await openStore(openSqlite(join(folder, name)))
  open.push(store)
  const verifier = parseVerifierKey(by.vkey)
  if (verifier.kind === 'malformed') throw new Error(verifier.reason)
  const checkpoints = openCheckpoints({
    store,
    origin: under,
    signer: by,
    clock: handClock(),
    log: openLog('silent'),
    copies: [join(folder, 'published')],
    witnesses,
  })
  const problems = async (): Promise<string> => {
    const ledger = { evidence: store.evidence, verifier: verifier.value, origin: under }
    const found = await checkContinuity(ledger, [join(folder, 'published')])
    return found.problems.map((problem) => `${problem.field}: ${problem.found}`).join('\n')
  }
  return { store, checkpoints, problems }
}

const write = (store: Store, count: number, reason = 'test'): Promise<void> =>
  store.change(async ({ ledger }) => {
    for (let i = 0; i < count; i++) await ledger.append('gateway.stopped', i, { reason })
  })

/** What a backup holds: the database whole, without its write-ahead log lying beside it. */
async function backUp(store: Store, to: string): Promise<void> {
  await store.close()
  open.splice(open.indexOf(store), 1)
  await cp(join(folder, 'store'), join(folder, to))
}

describe('checkpoints', () => {
  it('are signed once for a size, and copied out', async () => {
    const { store, checkpoints, problems } = await gateway()
    await write(store, 3)
    const first = await checkpoints.sign()
    expect(await checkpoints.sign()).toEqual(first)
    const note = parseNote(await readFile(join(folder, 'published')))
    const parsed = note.kind === 'ok' ? parseCheckpoint(note.value.text) : note
    expect(parsed).toMatchObject({ kind: 'ok', value: { origin, size: 3 } })
    expect(await problems()).toBe('')
  })

  it('are signed no more once somebody has rewritten the ledger under the running gateway', async () => {
    const { store, checkpoints } = await gateway()
    await write(store, 3)
    await checkpoints.sign()
    await write(store, 1)
    const other = await openStore(openSqlite(join(folder, 'other')))
    open.push(other)
    await write(other, 4, 'another history')
    const db = new DatabaseSync(join(folder, 'store'))
    db.exec(`attach '${join(folder, 'other')}' as other`)
    for (const table of ['evidence', 'evidence_node'])
      db.exec(`delete from main.${table}; insert into main.${table} select * from other.${table}`)
    db.exec('delete from checkpoint')
    db.close()
    await expect(checkpoints.sign()).rejects.toThrow('its first 3 entries were changed')
    await expect(checkpoints.sign()).rejects.toThrow('its first 3 entries were changed')
    const told = (await ledgerOf(store)).filter(({ type }) => type === 'ledger.rewrite_found')
    expect(told.map(({ data }) => data)).toEqual([{ size: 3, root: expect.any(String), found: expect.any(String) }])
    expect(await store.evidence.latestCheckpoint()).toBeNull()
  })

  it('of a ledger that was restored from an older backup stop the gateway', async () => {
    const before = await gateway()
    await write(before.store, 3)
    await before.checkpoints.sign()
    await backUp(before.store, 'backup')
    const after = await gateway()
    await write(after.store, 2)
    await after.checkpoints.sign()
    const restored = await gateway('backup')
    expect(await restored.problems()).toContain('entries were lost')
  })

  it('of a ledger that was restored and written on stop the gateway', async () => {
    const before = await gateway()
    await write(before.store, 3)
    await backUp(before.store, 'backup')
    const after = await gateway()
    await write(after.store, 2)
    await after.checkpoints.sign()
    const restored = await gateway('backup')
    await write(restored.store, 9, 'another history')
    expect(await restored.problems()).toContain('is not the one whose first 5 entries were signed')
  })

  it('of another key or ledger stop the gateway', async () => {
    const { store, checkpoints } = await gateway()
    await write(store, 1)
    await checkpoints.sign()
    const stranger = await gateway('store', signerNamed(origin))
    expect(await stranger.problems()).toContain('evidence.key: is not the key')
    const renamed = await gateway('store', signerNamed('other.example/ledger'), 'other.example/ledger')
    expect(await renamed.problems()).toContain('evidence.origin: expected `plant.example/ledger`')
  })

  it('that are no checkpoints stop the gateway, and say which file', async () => {
    const { problems } = await gateway()
    await writeFile(join(folder, 'published'), 'hello\n')
    expect(await problems()).toContain(join(folder, 'published'))
  })
})

describe('witnesses at the start', () => {
  const ahead = (size: number) => ({
    cosign: async ({ note }: { note: string }) => ({ note, by: [], missing: [], ahead: [{ name: 'corporate', size }] }),
  })

  it('tell of entries that a restored store does not hold any more', async () => {
    const { store, checkpoints } = await gateway()
    await write(store, 4)
    await checkpoints.sign()
    await write(store, 2)
    const last = await store.evidence.latestCheckpoint()
    const found = await lostEntries({ problems: [], size: 6, last }, ahead(7))
    expect(found.map((problem) => problem.found)).toEqual([
      'the ledger holds 6 entries, and witness `corporate` has cosigned 7: entries were lost',
    ])
    // More than the last checkpoint, and not more than there is: the checkpoint itself was lost, the entries were not.
    expect(await lostEntries({ problems: [], size: 6, last }, ahead(6))).toEqual([])
  })

  it('are not asked about a ledger that was never signed', async () => {
    expect(await lostEntries({ problems: [], size: 0, last: null }, ahead(7))).toEqual([])
    expect(await lostEntries({ problems: [], size: 0, last: null }, null)).toEqual([])
  })
})

describe('checkpoints that witnesses cosign', () => {
  it('keep what came, also for a size that was signed before, and copy the newest out', async () => {
    const asked: number[] = []
    const witnesses = {
      cosign: async ({ size, note }: Checkpoint) => {
        asked.push(size)
        const added = note.includes('w1.example') ? '' : '\u2014 w1.example AAAAAAAA\n'
        return { note: `${note}${added}`, by: ['w1'], missing: [], ahead: [] }
      },
    }
    const { store, checkpoints } = await gateway('store', signer, origin, witnesses)
    await write(store, 3)
    const signed = await checkpoints.sign()
    expect(signed.note).not.toContain('w1.example')
    const cosigned = await checkpoints.cosigned()
    expect(cosigned).toMatchObject({ size: 3, note: `${signed.note}\u2014 w1.example AAAAAAAA\n` })
    expect(await checkpoints.latest()).toEqual(cosigned)
    expect(await readFile(join(folder, 'published'), 'utf8')).toBe(cosigned.note)
    expect((await checkpoints.cosigned()).note).toBe(cosigned.note)
    expect(asked).toEqual([3, 3])
  })
})
