// Witnesses of ours over HTTP and a ledger in a real store: cosignatures come, one that is away delays nothing, and one that
// has seen more than the ledger holds says so.

import { generateKeyPairSync } from 'node:crypto'
import { type AddressInfo } from 'node:net'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { openWitnesses } from '../../../gateway/evidence/witnesses.ts'
import { openLog } from '../../../gateway/log.ts'
import { openSqlite } from '../../../gateway/store/sqlite.ts'
import { openStore, type Store } from '../../../gateway/store/store.ts'
import {
  cosignerFrom,
  judgeCheckpoint,
  leafHash,
  openWitness,
  parseLogPolicy,
  parseVerifierKey,
  serveWitness,
  signCheckpoint,
  signerFrom,
  verifyInclusion,
} from '../../../recorder/index.ts'

const origin = 'plant.example/ledger'
const signer = signerFrom(origin, generateKeyPairSync('ed25519').privateKey)
let folder: string
let store: Store
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sallyport-witnesses-'))
  store = await openStore(openSqlite(join(folder, 'store')))
})
afterEach(async () => {
  await store.close()
  await rm(folder, { recursive: true })
})

const write = (count: number): Promise<void> =>
  store.change(async ({ ledger }) => {
    for (let i = 0; i < count; i++) await ledger.append('gateway.stopped', i, { reason: 'test' })
  })

async function checkpoint() {
  const size = await store.evidence.size()
  const root = await store.evidence.root(size)
  return { size, at: 0, note: signCheckpoint({ origin, size, root, extensions: [] }, [signer]).toString('utf8') }
}

/** A witness that runs; its line of a trust policy. */
async function runWitness(name: string): Promise<string> {
  const memory = await mkdtemp(join(folder, 'memory-'))
  const key = cosignerFrom(`${name}.example`, generateKeyPairSync('ml-dsa-44').privateKey)
  const log = parseVerifierKey(signer.vkey)
  if (log.kind === 'malformed') throw new Error(log.reason)
  const witness = openWitness({ logs: [log.value], key, folder: memory, now: Date.now })
  const server = serveWitness(witness, () => undefined)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return `witness ${name} ${key.vkey} http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function policyOf(lines: readonly string[]) {
  const parsed = parseLogPolicy(Buffer.from([`log ${signer.vkey}`, ...lines].join('\n')))
  if (parsed.kind === 'malformed') throw new Error(parsed.problems.join('\n'))
  return parsed.policy
}

const asking = (policy: ReturnType<typeof policyOf>) =>
  openWitnesses({ witnesses: policy.witnesses, evidence: store.evidence, log: openLog('silent'), ca: null })

describe('witnesses', () => {
  it('cosign each checkpoint as the ledger grows, also after the gateway forgot where they were', async () => {
    const policy = policyOf([await runWitness('one'), await runWitness('two'), 'group both all one two', 'quorum both'])
    let witnesses = asking(policy)
    for (const more of [3, 1, 300, 0, 45]) {
      if (more > 0) await write(more)
      const found = await witnesses.cosign(await checkpoint())
      expect(found).toMatchObject({ by: ['one', 'two'], missing: [], ahead: [] })
      expect(judgeCheckpoint(Buffer.from(found.note), policy)).toMatchObject({
        kind: 'trusted',
        cosignatures: [{}, {}],
      })
      if (more === 300) witnesses = asking(policy)
    }
  })

  it('that are away or strange are named, and the others cosign', async () => {
    const away = (await runWitness('away')).replace(/:\d+$/, ':1')
    const nowhere = (await runWitness('nowhere')).replace(/ http.*/, '')
    const other = (await runWitness('other')).split(' ')
    const strange = `witness strange ${cosignerFrom('s', generateKeyPairSync('ed25519').privateKey).vkey} ${other[3] ?? ''}`
    const policy = policyOf([away, nowhere, strange, await runWitness('one'), 'quorum one'])
    await write(5)
    const found = await asking(policy).cosign(await checkpoint())
    expect(found.by).toEqual(['one'])
    expect(found.missing).toEqual([
      { name: 'away', reason: 'ECONNREFUSED' },
      { name: 'nowhere', reason: 'the policy gives no address' },
      { name: 'strange', reason: 'answered with no cosignature of a known witness' },
    ])
  })

  it('say that entries were lost where they have seen more than there are', async () => {
    const policy = policyOf([await runWitness('one'), 'quorum one'])
    await write(20)
    await asking(policy).cosign(await checkpoint())
    await store.close()
    store = await openStore(openSqlite(join(folder, 'restored')))
    await write(12)
    const found = await asking(policy).cosign(await checkpoint())
    expect(found).toMatchObject({ by: [], ahead: [{ name: 'one', size: 20 }] })
  })

  it('refuse a ledger that was restored and written on', async () => {
    const policy = policyOf([await runWitness('one'), 'quorum one'])
    await write(20)
    await asking(policy).cosign(await checkpoint())
    await store.close()
    store = await openStore(openSqlite(join(folder, 'restored')))
    await store.change(async ({ ledger }) => {
      for (let i = 0; i < 25; i++) await ledger.append('gateway.stopped', i, { reason: 'another' })
    })
    const found = await asking(policy).cosign(await checkpoint())
    expect(found.missing).toEqual([{ name: 'one', reason: 'answered 422: the proof did not convince it' }])
  })
})

describe('the store’s proofs', () => {
  it('of inclusion hold for every entry at every size', async () => {
    await write(70)
    const entries: Uint8Array[] = []
    for await (const entry of store.evidence.entries(70)) entries.push(entry)
    for (const size of [1, 2, 3, 31, 64, 65, 70]) {
      const root = await store.evidence.root(size)
      for (const index of [0, Math.floor(size / 2), size - 1]) {
        const proof = await store.evidence.inclusion(index, size)
        expect(verifyInclusion(index, size, leafHash(entries[index] ?? Buffer.alloc(0)), proof, root)).toBe(true)
      }
    }
  })
})
