import { generateKeyPairSync } from 'node:crypto'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openCheckpoints, type Checkpoints } from '../../../gateway/evidence/checkpoints.ts'
import { openLog } from '../../../gateway/log.ts'
import { openSqlite } from '../../../gateway/store/sqlite.ts'
import { openStore, type Store } from '../../../gateway/store/store.ts'
import { parseCheckpoint, parseNote, parseVerifierKey, signerFrom, type Signer } from '../../../recorder/index.ts'
import { handClock } from '../../support/memory-store.ts'

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
): Promise<{ store: Store; checkpoints: Checkpoints }> {
  const store = await openStore(openSqlite(join(folder, name)))
  open.push(store)
  const verifier = parseVerifierKey(by.vkey)
  if (verifier.kind === 'malformed') throw new Error(verifier.reason)
  const checkpoints = openCheckpoints({
    store,
    origin: under,
    signer: by,
    verifier: verifier.value,
    clock: handClock(),
    log: openLog('silent'),
    copies: [join(folder, 'published')],
  })
  return { store, checkpoints }
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
    const { store, checkpoints } = await gateway()
    await write(store, 3)
    const first = await checkpoints.sign()
    expect(await checkpoints.sign()).toEqual(first)
    const note = parseNote(await readFile(join(folder, 'published')))
    const parsed = note.kind === 'ok' ? parseCheckpoint(note.value.text) : note
    expect(parsed).toMatchObject({ kind: 'ok', value: { origin, size: 3 } })
    await checkpoints.resume()
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
    await expect(restored.checkpoints.resume()).rejects.toThrow('entries were lost')
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
    await expect(restored.checkpoints.resume()).rejects.toThrow('is not the one whose first 5 entries were signed')
  })

  it('of another key or ledger stop the gateway', async () => {
    const { store, checkpoints } = await gateway()
    await write(store, 1)
    await checkpoints.sign()
    const stranger = await gateway('store', signerNamed(origin))
    await expect(stranger.checkpoints.resume()).rejects.toThrow('another ledger or key')
    const renamed = await gateway('store', signerNamed('other.example/ledger'), 'other.example/ledger')
    await expect(renamed.checkpoints.resume()).rejects.toThrow('another ledger or key')
  })

  it('that are no checkpoints stop the gateway, and say which file', async () => {
    const { checkpoints } = await gateway()
    await writeFile(join(folder, 'published'), 'hello\n')
    await expect(checkpoints.resume()).rejects.toThrow(`${join(folder, 'published')}: no checkpoint`)
  })
})
