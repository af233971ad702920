// A witness over HTTP, and a ledger that tries to be believed.

import { type AddressInfo } from 'node:net'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'

import { signCheckpoint } from '../../../recorder/checkpoint.ts'
import { consistencyProof, leafHash, nodesForAppend, treeRoot } from '../../../recorder/merkle.ts'
import { parseNote } from '../../../recorder/note.ts'
import { cosignaturesOn } from '../../../recorder/witness/cosignature.ts'
import { serveWitness } from '../../../recorder/witness/http.ts'
import { readAnswer, writeSubmission } from '../../../recorder/witness/submission.ts'
import { openWitness, type Witness } from '../../../recorder/witness/witness.ts'
import { parseVerifierKey, type Signer } from '../../../recorder/note.ts'
import { makeFolder } from '../sample.ts'
import { newLog, newWitness, origin } from './keys.ts'

function verifierOf({ vkey }: Signer) {
  const parsed = parseVerifierKey(vkey)
  if (parsed.kind === 'malformed') throw new Error(parsed.reason)
  return parsed.value
}

/** A ledger in memory; `fork` makes its entries others from that number on. */
function ledgerOf(log: Signer, most: number, fork = Number.POSITIVE_INFINITY) {
  const nodes = new Map<string, Uint8Array>()
  const readNode = (level: number, index: number) => nodes.get(`${level}/${index}`)
  for (let i = 0; i < most; i++)
    for (const node of nodesForAppend(i, leafHash(Buffer.from(i < fork ? `${i}` : `other ${i}`)), readNode))
      nodes.set(`${node.level}/${node.index}`, node.hash)
  const checkpoint = (size: number) =>
    signCheckpoint({ origin, size, root: treeRoot(size, readNode), extensions: [] }, [log])
  return {
    checkpoint,
    body: (old: number, size: number) =>
      writeSubmission({
        old,
        proof: old > size ? [] : consistencyProof(old, size, readNode),
        checkpoint: checkpoint(size),
      }),
  }
}

function newSetting() {
  const log = newLog()
  const { key, cosigner } = newWitness('witness.example/w1')
  const folder = makeFolder()
  const open = (): Witness => openWitness({ logs: [verifierOf(log)], key, folder, now: () => 1_700_000_000_123 })
  return { log, cosigner, folder, open, ledger: ledgerOf(log, 120) }
}

describe('a witness', () => {
  it('cosigns what goes on from what it cosigned before, and remembers it over a restart', async () => {
    const { open, ledger, cosigner } = newSetting()
    for (const [old, size] of [
      [0, 3],
      [3, 3],
      [3, 64],
      [64, 120],
    ] as const) {
      const reply = await open().add(ledger.body(old, size))
      expect(reply, `${old} to ${size}`).toMatchObject({ status: 200 })
      const answer = { status: reply.status, type: reply.type, body: Buffer.from(reply.body) }
      expect(readAnswer(answer, ledger.checkpoint(size), [cosigner]).kind).toBe('cosigned')
    }
    const kept = parseNote((await open().latest(origin)) ?? Buffer.alloc(0))
    expect(kept.kind === 'ok' && cosignaturesOn(kept.value, [cosigner]).held).toMatchObject([{ at: 1_700_000_000 }])
  })

  it('says which size it knows, and cosigns nothing that does not begin there', async () => {
    const { open, ledger } = newSetting()
    const witness = open()
    await witness.add(ledger.body(0, 50))
    for (const old of [0, 49, 51])
      expect(await witness.add(ledger.body(old, 60))).toEqual({ status: 409, type: 'text/x.tlog.size', body: '50\n' })
  })

  it('refuses another history, and what is older than what it has seen', async () => {
    const { log, open, ledger } = newSetting()
    const witness = open()
    await witness.add(ledger.body(0, 50))
    const forked = ledgerOf(log, 120, 20)
    expect(await witness.add(forked.body(50, 50))).toMatchObject({ status: 409, type: /plain/, body: /another root/ })
    expect(await witness.add(forked.body(50, 70))).toMatchObject({ status: 422 })
    expect(await witness.add(ledger.body(50, 40))).toMatchObject({ status: 400 })
    expect(await witness.add(ledger.body(50, 51))).toMatchObject({ status: 200 })
  })

  it('knows its ledgers and their keys', async () => {
    const { log, open, ledger } = newSetting()
    const witness = open()
    const stranger = ledgerOf(newLog(), 10)
    expect(await witness.add(stranger.body(0, 10))).toMatchObject({ status: 403 })
    const other = signCheckpoint({ origin: 'plant2.example/l', size: 0, root: Buffer.alloc(32), extensions: [] }, [log])
    expect(await witness.add(writeSubmission({ old: 0, proof: [], checkpoint: other }))).toMatchObject({ status: 404 })
    expect(await witness.add(Buffer.from('old 0\n\nnothing'))).toMatchObject({ status: 400 })
    expect(await witness.latest(origin)).toBeNull()
    expect(await witness.add(ledger.body(0, 10))).toMatchObject({ status: 200 })
  })

  it('never rolls back, whatever comes at once', async () => {
    const { open, ledger } = newSetting()
    const witness = open()
    await witness.add(ledger.body(0, 10))
    const replies = await Promise.all([20, 30, 40, 25, 35].map((size) => witness.add(ledger.body(10, size))))
    expect(replies.map(({ status }) => status)).toEqual([200, 409, 409, 409, 409])
  })

  it('never cosigns two histories, by any order of submissions', async () => {
    const { log, open, ledger } = newSetting()
    const histories = [ledger, ledgerOf(log, 120, 7)]
    const witness = open()
    const cosigned: [number, number][] = []
    const step = fc.tuple(fc.nat(1), fc.integer({ min: 0, max: 20 }), fc.integer({ min: 1, max: 20 }))
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
        for (const [which, old, size] of steps) {
          const reply = await witness.add(histories[which]?.body(old, size) ?? Buffer.alloc(0))
          if (reply.status === 200) cosigned.push([which, size])
        }
        const beyond = new Set(cosigned.filter(([, size]) => size > 7).map(([which]) => which))
        expect(beyond.size).toBeLessThanOrEqual(1)
        const sizes = cosigned.map(([, size]) => size)
        expect(sizes).toEqual(sizes.toSorted((a, b) => a - b))
      }),
      { numRuns: 30 },
    )
  })

  it('stops rather than begin anew where its memory was damaged', async () => {
    const { open, ledger, folder } = newSetting()
    await open().add(ledger.body(0, 10))
    const [file = ''] = readdirSync(folder)
    writeFileSync(join(folder, file), readFileSync(join(folder, file)).subarray(10))
    await expect(open().add(ledger.body(0, 10))).rejects.toThrow(/memory of .*checkpoint/)
  })
})

describe('a witness behind HTTP', () => {
  it('answers submissions, shows what it cosigned, and nothing else', async () => {
    const { open, ledger, cosigner } = newSetting()
    const server = serveWitness(open(), () => undefined)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const response = await fetch(`${url}/add-checkpoint`, { method: 'POST', body: new Uint8Array(ledger.body(0, 9)) })
    const answer = {
      status: response.status,
      type: response.headers.get('content-type')?.split(';')[0] ?? '',
      body: Buffer.from(await response.arrayBuffer()),
    }
    expect(readAnswer(answer, ledger.checkpoint(9), [cosigner])).toMatchObject({ kind: 'cosigned' })
    const again = await fetch(`${url}/add-checkpoint`, { method: 'POST', body: new Uint8Array(ledger.body(0, 9)) })
    expect([again.status, again.headers.get('content-type'), await again.text()]).toEqual([
      409,
      'text/x.tlog.size',
      '9\n',
    ])
    const shown = await fetch(`${url}/checkpoint/${encodeURIComponent(origin)}`)
    expect(await shown.text()).toContain('witness.example/w1')
    expect((await fetch(`${url}/add-checkpoint`)).status).toBe(405)
    expect((await fetch(`${url}/checkpoint/%ff`)).status).toBe(404)
    const long = await fetch(`${url}/add-checkpoint`, { method: 'POST', body: new Uint8Array(2 << 20) })
    expect(long.status).toBe(413)
  })
})
