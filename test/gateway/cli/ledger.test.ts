// The ledger's keys as an operator changes them: on a stopped gateway's data folder, with real key files.

import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { parseDocument } from 'yaml'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { loadConfig } from '../../../gateway/config.ts'
import { buildStage, type Stage } from '../../../gateway/demo/stage.ts'
import { checkContinuity } from '../../../gateway/evidence/continuity.ts'
import { openCheckpoints } from '../../../gateway/evidence/checkpoints.ts'
import { openLog } from '../../../gateway/log.ts'
import { readMaterial, type Material } from '../../../gateway/material.ts'
import { lockFolder } from '../../../gateway/store/folder-lock.ts'
import { openSqlite } from '../../../gateway/store/sqlite.ts'
import { openStore, type Store } from '../../../gateway/store/store.ts'
import { judgeByLedger, parseTrust, type Trust } from '../../../recorder/index.ts'
import { sallyport, type Run } from './run-sallyport.ts'

let root: string
let stage: Stage
let config: string
let firstKey: string

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'sallyport-ledger-'))
  const folder = join(root, 'gateway')
  mkdirSync(folder)
  stage = await buildStage(folder, { places: [], sshPort: 0, httpsPort: 0, vendorKeys: [], logLevel: 'error' })
  config = join(folder, 'sallyport.yaml')
  firstKey = stage.config.evidence.key
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const ledger = (...args: string[]): Promise<Run> => sallyport(['ledger', ...args, '--config', config])

function newKey(name: string): string {
  const file = join(root, name)
  execFileSync('openssl', ['genpkey', '-algorithm', 'ed25519', '-out', file])
  return file
}

/** Writes what the command says has to be set. */
function configure(key: string, former: readonly string[]): void {
  const document = parseDocument(readFileSync(config, 'utf8'))
  document.setIn(['evidence', 'key'], key)
  document.setIn(['evidence', 'formerKeys'], former)
  writeFileSync(config, document.toString())
}

/** What a start would do with the ledger: problems, or the checkpoint it signs first. */
async function start(): Promise<{ problems: readonly string[]; note: string }> {
  const loaded = await loadConfig(config, {})
  if (loaded.kind !== 'ok') throw new Error(JSON.stringify(loaded.problems))
  const read = await readMaterial(loaded.config, Date.now())
  if (read.kind !== 'ok') throw new Error(JSON.stringify(read.problems))
  const store = await openStore(openSqlite(join(stage.config.dataFolder, 'store.sqlite')))
  try {
    return await sign(store, read.material)
  } finally {
    await store.close()
  }
}

async function sign(store: Store, { signer, verifier, along }: Material) {
  const { origin } = stage.config.evidence
  const copies = [join(stage.config.dataFolder, 'checkpoint')]
  const { problems } = await checkContinuity({ evidence: store.evidence, verifier, origin }, copies)
  if (problems.length > 0) return { problems: problems.map(({ field, found }) => `${field}: ${found}`), note: '' }
  const clock = { now: Date.now, monotonic: process.hrtime.bigint }
  await store.change((tx) => tx.ledger.append('gateway.stopped', clock.now(), { reason: 'test' }))
  const checkpoints = openCheckpoints({
    store,
    origin,
    signer,
    along,
    clock,
    log: openLog('silent'),
    copies,
    witnesses: null,
  })
  return { problems: [], note: (await checkpoints.sign()).note }
}

async function trustNow(): Promise<Trust> {
  const parsed = parseTrust(JSON.parse((await ledger('trust')).stdout))
  if (parsed.kind === 'malformed') throw new Error(parsed.problems.join('; '))
  return parsed.trust
}

const judge = (note: string, trust: Trust) => judgeByLedger(Buffer.from(note), trust.ledger)

describe('sallyport ledger', () => {
  it('hands the ledger over, lets the old key sign along, and retires it', async () => {
    const before = await start()
    const firstTrust = await trustNow()
    const second = newKey('second.pem')
    const rotated = await ledger('rotate-key', '--to', second, '--reason', 'yearly change')
    expect(rotated).toMatchObject({ status: 0, stderr: '' })
    expect(rotated.stdout).toContain(`set evidence.key to ${second} and evidence.formerKeys to [${firstKey}]`)
    // The old configuration signs no more.
    expect((await start()).problems).toEqual([
      expect.stringContaining('evidence.key: is not the key that the ledger was handed over to'),
    ])

    configure(second, [firstKey])
    const along = await start()
    expect(along.problems).toEqual([])
    expect(judge(along.note, firstTrust).kind).toBe('trusted')
    expect(judge(along.note, await trustNow()).kind).toBe('trusted')

    const [old] = firstTrust.verifiers
    const listed = await ledger('keys')
    expect(listed.stdout).toMatch(new RegExp(`^${old?.keyId}  from entry 0, signs along$`, 'm'))
    expect(await ledger('retire-key', old?.keyId ?? '', '--reason', 'all have it')).toMatchObject({ status: 0 })
    const alone = await start()
    expect(judge(alone.note, firstTrust).kind).toBe('untrusted')
    const now = await trustNow()
    expect(judge(alone.note, now).kind).toBe('trusted')
    // What was signed under the first key alone could be made by whoever has it today.
    expect(judge(before.note, now).kind).toBe('untrusted')
    expect(await ledger('retire-key', old?.keyId ?? '', '--reason', 'again')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('was retired before'),
    })
  })

  it('ends a stolen key with the change itself', async () => {
    await start()
    const second = newKey('second.pem')
    expect(await ledger('rotate-key', '--to', second, '--retire', '--reason', 'stolen')).toMatchObject({ status: 0 })
    configure(second, [firstKey])
    const { note } = await start()
    // Named as a former key it still signs nothing: the ledger says that it was retired.
    expect(note.match(/^\u2014 /gm)).toHaveLength(1)
    expect(judge(note, await trustNow()).kind).toBe('trusted')
  })

  it('goes on without a key that is lost, where the trust file names it', async () => {
    await start()
    const trustFile = join(root, 'trust.json')
    writeFileSync(trustFile, (await ledger('trust')).stdout)
    rmSync(firstKey)
    const second = newKey('second.pem')
    const rotated = await ledger('rotate-key', '--to', second, '--lost', trustFile, '--reason', 'disk broke')
    expect(rotated).toMatchObject({ status: 0, stderr: '' })
    configure(second, [])
    const { problems, note } = await start()
    expect(problems).toEqual([])
    expect(judge(note, await trustNow()).kind).toBe('trusted')
  })

  it('refuses a key that signs already or signed before, and a gateway that runs', async () => {
    await start()
    const second = newKey('second.pem')
    expect((await ledger('rotate-key', '--to', firstKey, '--reason', 'x')).stderr).toContain('signs already')
    const lock = lockFolder(stage.config.dataFolder)
    expect((await ledger('rotate-key', '--to', second, '--reason', 'x')).stderr).toContain('another gateway runs')
    lock.release()
    expect(await ledger('rotate-key', '--to', second, '--reason', 'x')).toMatchObject({ status: 0 })
    configure(second, [])
    expect((await ledger('rotate-key', '--to', firstKey, '--reason', 'x')).stderr).toContain('was given up')
  })

  it('refuses to hand over a ledger that another key signed', async () => {
    await start()
    const [second, third] = [newKey('second.pem'), newKey('third.pem')]
    configure(second, [])
    const refused = await ledger('rotate-key', '--to', third, '--reason', 'x')
    expect(refused).toMatchObject({ status: 1 })
    expect(refused.stderr).toContain('evidence.key: is not the key that signed the last checkpoint')
  })
})
