// Recordings in a real object store (Ceph's RADOS Gateway): what goes there, what comes back, and what happens when the
// store is gone, slow, wrong, or keeps what it was told to keep.

import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { parseVerifierKey, verifyRecording } from '../../recorder/index.ts'
import type { SessionId } from '../../policy/index.ts'
import { openCopiesScene, type CopiesScene } from '../support/copies-scene.ts'
import { describeWith } from '../support/describe-with.ts'
import { eventually } from '../support/eventually.ts'
import { startRadosgw, type Radosgw } from '../support/radosgw.ts'
import { standBetween, type Between } from '../support/s3-between.ts'

const mebibyte = 1024 * 1024
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')

describeWith(['ceph-mon', 'ceph-osd', 'radosgw'], 'recordings in an object store', () => {
  let folder: string
  let server: Radosgw
  let at: CopiesScene
  let between: Between

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sp-rgw-'))
    server = await startRadosgw(folder)
  }, 180_000)
  afterAll(async () => {
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  })
  beforeEach(async () => {
    at = await openCopiesScene(server)
    between = await standBetween(server.endpoint)
  })
  afterEach(async () => {
    await at.close()
    await between.stop()
  })

  const local = (session: SessionId, name: string): string => join(at.scene.recordings, session, name)
  const keyOf = (session: SessionId, name: string): string => `plant/${session}/${name}`
  const stateOf = async (session: SessionId) => (await at.scene.store.copies.of(session))?.state ?? null

  it('has every file of a sealed recording, each as the seal says, and the ledger names them', async () => {
    const session = await at.record(3_000)
    const copies = await at.open({ keepLocalMs: 86_400_000 })
    await copies.round()
    const names = ['0000.stream', 'key.age', 'manifest.json', 'seal']
    const files = await Promise.all(names.map((name) => readFile(local(session, name))))
    expect((await at.listed()).map(({ key, bytes }) => ({ key, bytes }))).toEqual(
      names.map((name, i) => ({ key: keyOf(session, name), bytes: files[i]?.length })),
    )
    const [uploaded] = await at.events('recording.uploaded')
    expect(uploaded).toMatchObject({ session, bucket: at.bucket, part: 1, parts: 1, lockedUntil: null })
    expect(uploaded?.['seal']).toBe(sha256(files[3] ?? Buffer.alloc(0)))
    const objects = (uploaded?.['objects'] ?? []) as readonly { readonly name: string; readonly sha256: string }[]
    expect(objects.map(({ name, sha256: digest }) => [name, digest])).toEqual(
      [...names.entries()].map(([i, name]) => [name, sha256(files[i] ?? Buffer.alloc(0))]),
    )
    // Nothing is due any more, and nothing went from the disk before its time.
    expect(await copies.state()).toMatchObject({ due: 0, stored: 1, away: 0, outage: null })
    expect((await readdir(join(at.scene.recordings, session))).sort()).toEqual(names)
  })

  it('gets nothing of a recording that may not stand in its region, says so once, and gets it when it may', async () => {
    const session = await at.record(3_000)
    let allowed: readonly string[] | null = ['de-1']
    const copies = await at.open({
      keptFrom: () => (allowed === null ? null : { region: 'us-east-1', allowed, rules: ['export-controlled'] }),
    })
    const day = 86_400_000
    for (let n = 0; n < 2; n++) {
      await copies.round()
      at.scene.clock.at += day
    }
    expect(await at.listed()).toEqual([])
    expect(await at.events('recording.copy_withheld')).toEqual([
      { session, region: 'us-east-1', allowed: ['de-1'], rules: ['export-controlled'] },
    ])
    expect(await copies.state()).toMatchObject({ due: 1, stored: 0, outage: null })
    expect((await at.scene.store.copies.of(session))?.problem).toContain('may stand in de-1 only')
    expect((await readdir(join(at.scene.recordings, session))).sort()).toContain('0000.stream')
    allowed = null
    await copies.round()
    expect(await at.events('recording.uploaded')).toHaveLength(1)
  })

  it('gives a recording back whole after its local streams went, and verification holds', async () => {
    const session = await at.record(200_000)
    const before = await readFile(local(session, '0000.stream'))
    const copies = await at.open()
    await copies.round()
    expect((await readdir(join(at.scene.recordings, session))).sort()).toEqual(['key.age', 'manifest.json', 'seal'])
    expect(await at.events('recording.local_removed')).toEqual([{ session, bytes: before.length }])
    const held = await copies.hold(session)
    expect(await readFile(join(held.dir, '0000.stream'))).toEqual(before)
    const key = parseVerifierKey(at.scene.signer.vkey)
    if (key.kind === 'malformed') throw new Error(key.reason)
    const { recording, findings } = await verifyRecording(held.dir, { verifiers: [key.value] })
    expect(findings.filter(({ holds }) => !holds)).toEqual([])
    expect(recording.holds).toBe(true)
    held.release()
  })

  it('goes on with the parts that are there after the process was killed in the middle of a large file', async () => {
    const session = await at.record(17 * mebibyte)
    const first = await at.open({ endpoint: between.endpoint, settings: { parallel: 1 } })
    const never = new Promise(() => undefined)
    const isPart = (n: number) => (path: string) =>
      path.includes(`partNumber=${n}&`) || path.endsWith(`partNumber=${n}`)
    between.harm(({ method, path }) =>
      method === 'PUT' && isPart(3)(path) ? { kind: 'wait', for: never } : { kind: 'none' },
    )
    const round = first.round()
    await eventually('the third part is under way', () => between.asked.some(({ path }) => isPart(3)(path)))
    await first.close()
    await round
    expect(await stateOf(session)).toBe('due')
    expect(await at.events('recording.store_unreachable')).toEqual([])

    const already = between.asked.length
    between.harm(() => ({ kind: 'none' }))
    const second = await at.open({ endpoint: between.endpoint })
    await second.round()
    const sent = between.asked
      .slice(already)
      .filter(({ method, path }) => method === 'PUT' && path.includes('partNumber'))
    const numbers = sent.map(({ path }) => Number(/partNumber=(\d+)/.exec(path)?.[1]))
    expect(numbers.toSorted((a, b) => a - b)).toEqual([3, 4])
    expect(await stateOf(session)).toBe('away')
    const held = await second.hold(session)
    expect((await stat(join(held.dir, '0000.stream'))).size).toBeGreaterThan(17 * mebibyte)
    held.release()
  })

  it('keeps recordings on the disk while the store answers 503, says so once, and takes them up when it is back', async () => {
    const session = await at.record(1_000)
    const copies = await at.open({ endpoint: between.endpoint })
    between.harm(() => ({ kind: 'status', status: 503 }))
    await copies.round()
    await copies.round()
    at.scene.clock.at += 60_000
    await copies.round()
    const told = await at.events('recording.store_unreachable')
    expect(told).toHaveLength(1)
    expect(told[0]).toMatchObject({ reason: expect.stringContaining('answered 503') })
    expect((await copies.state())?.outage).not.toBeNull()
    expect(await readdir(join(at.scene.recordings, session))).toContain('0000.stream')
    between.harm(() => ({ kind: 'none' }))
    at.scene.clock.at += 3_600_000
    await copies.round()
    expect(await at.events('recording.store_reached')).toHaveLength(1)
    expect(await stateOf(session)).toBe('away')
  })

  it('gives up on a store that says nothing, without waiting for ever', async () => {
    const session = await at.record(1_000)
    const { promise: later, resolve } = Promise.withResolvers<void>()
    between.harm(() => ({ kind: 'wait', for: later }))
    const copies = await at.open({ endpoint: between.endpoint, settings: { quietMs: 500 } })
    await copies.round()
    expect((await at.events('recording.store_unreachable'))[0]).toMatchObject({ reason: 'no answer in time' })
    expect(await stateOf(session)).toBe('due')
    resolve()
  })

  it('does not take a copy for one that reads back otherwise, and sends it again', async () => {
    const session = await at.record(5_000)
    const copies = await at.open({ endpoint: between.endpoint })
    between.harm(({ method }) => (method === 'GET' ? { kind: 'flip', at: 700 } : { kind: 'none' }))
    await copies.round()
    expect(await stateOf(session)).toBe('due')
    expect(await at.events('recording.copy_damaged')).toMatchObject([{ session, file: '0000.stream', where: 'store' }])
    expect(await readdir(join(at.scene.recordings, session))).toContain('0000.stream')
    between.harm(() => ({ kind: 'none' }))
    at.scene.clock.at += 60_000
    await copies.round()
    expect(await stateOf(session)).toBe('away')
  })

  it('comes through an answer that breaks off while it is read back', async () => {
    const session = await at.record(300_000)
    const copies = await at.open({ endpoint: between.endpoint })
    let breaks = 1
    between.harm(({ method }) =>
      method === 'GET' && breaks-- > 0 ? { kind: 'cut', after: 100_000 } : { kind: 'none' },
    )
    await copies.round()
    at.scene.clock.at += 60_000
    await copies.round()
    expect(await stateOf(session)).toBe('away')
    expect(await at.events('recording.copy_damaged')).toEqual([])
  })

  it.each([
    ['was cut short', (right: Buffer) => right.subarray(0, right.length - 1)],
    [
      'has another byte',
      (right: Buffer) => Buffer.concat([right.subarray(0, -1), Buffer.from([(right.at(-1) ?? 0) ^ 1])]),
    ],
    ['is longer', (right: Buffer) => Buffer.concat([right, Buffer.alloc(1)])],
  ])('gives nothing out of an object that %s, and reports it once', async (_, spoil) => {
    const session = await at.record(40_000)
    const right = await readFile(local(session, '0000.stream'))
    const copies = await at.open()
    await copies.round()
    await at.replace(keyOf(session, '0000.stream'), spoil(right), sha256(right))
    for (let times = 0; times < 2; times++)
      await expect(copies.hold(session)).rejects.toMatchObject({ code: 'recording-away' })
    expect(await at.events('recording.copy_damaged')).toMatchObject([{ session, file: '0000.stream', where: 'store' }])
    // Put right by hand from another copy, it is given out again.
    await at.replace(keyOf(session, '0000.stream'), right, sha256(right))
    const held = await copies.hold(session)
    expect(await readFile(join(held.dir, '0000.stream'))).toEqual(right)
    held.release()
  })

  it('keeps the local streams where the store has lost the copy meanwhile, and copies them again', async () => {
    const session = await at.record(10_000)
    const copies = await at.open({ keepLocalMs: 86_400_000 })
    await copies.round()
    const right = await readFile(local(session, '0000.stream'))
    await at.replace(keyOf(session, '0000.stream'), Buffer.from('nothing'), '')
    at.scene.clock.at += 86_400_000
    await copies.round()
    expect(await readFile(local(session, '0000.stream'))).toEqual(right)
    expect(await at.events('recording.local_removed')).toEqual([])
    at.scene.clock.at += 60_000
    await copies.round()
    expect(await stateOf(session)).toBe('stored')
    expect((await at.listed()).find(({ key }) => key.endsWith('0000.stream'))?.bytes).toBe(right.length)
  })

  it('does not copy a local file that was changed after it was sealed', async () => {
    const session = await at.record(10_000)
    const stream = await readFile(local(session, '0000.stream'))
    stream.writeUInt8(stream.readUInt8(5_000) ^ 4, 5_000)
    await writeFile(local(session, '0000.stream'), stream)
    const other = await at.record(10_000)
    const copies = await at.open()
    await copies.round()
    expect(await at.events('recording.copy_damaged')).toMatchObject([{ session, file: '0000.stream', where: 'local' }])
    expect((await at.listed()).filter(({ key }) => key.includes(session))).toEqual([])
    // One damaged recording keeps none of the others waiting.
    expect(await stateOf(other)).toBe('away')
  })

  it('does not take local streams away from who reads them', async () => {
    const session = await at.record(10_000)
    const copies = await at.open({ keepLocalMs: 1_000 })
    await copies.round()
    at.scene.clock.at += 2_000
    const held = await copies.hold(session)
    await copies.round()
    expect(await readdir(held.dir)).toContain('0000.stream')
    held.release()
    await copies.round()
    expect(await readdir(join(at.scene.recordings, session))).not.toContain('0000.stream')
  })

  it('keeps what was fetched only as long as the room for it lasts', async () => {
    const sessions = [await at.record(300_000), await at.record(300_000), await at.record(300_000)]
    const copies = await at.open({ cacheBytes: 700_000 })
    await copies.round()
    let last = ''
    for (const session of sessions) {
      const held = await copies.hold(session)
      last = held.dir
      held.release()
    }
    expect((await readdir(join(last, '..'))).sort()).toEqual(sessions.slice(1).sort())
  })

  it('removes a copy with the parts of an unfinished try, and again where nothing is left', async () => {
    const session = await at.record(17 * mebibyte)
    const never = new Promise(() => undefined)
    between.harm(({ path }) => (path.includes('partNumber=2') ? { kind: 'wait', for: never } : { kind: 'none' }))
    const first = await at.open({ endpoint: between.endpoint, settings: { parallel: 1 } })
    const round = first.round()
    await eventually('a part is under way', () => between.asked.some(({ path }) => path.includes('partNumber=2')))
    await first.close()
    await round
    const copies = await at.open()
    await copies.remove(session)
    await copies.remove(session)
    expect(await at.listed()).toEqual([])
    await copies.round()
    expect(await stateOf(session)).toBe('removed')
    expect(await at.listed()).toEqual([])
  })

  it('locks every version, reads its own whatever is written over it, and says who keeps what cannot be removed', async () => {
    const locked = await openCopiesScene(server, { locks: true })
    try {
      const session = await locked.record(17 * mebibyte)
      const until = Date.now() + 3_600_000
      const copies = await locked.open({ lock: () => ({ mode: 'compliance', until }) })
      expect(await copies.check()).toEqual({ kind: 'ready', versioned: true, lockable: true })
      await copies.round()
      expect(await locked.events('recording.uploaded')).toMatchObject([{ lockedUntil: until }])
      await locked.replace(keyOf(session, '0000.stream'), Buffer.from('something else'), '')
      const held = await copies.hold(session)
      expect((await stat(join(held.dir, '0000.stream'))).size).toBeGreaterThan(17 * mebibyte)
      held.release()
      await expect(copies.remove(session)).rejects.toThrow(/locked until 20/)
      const kept = (await locked.listed()).filter(({ key, bytes }) => key.endsWith('.stream') && bytes > 100)
      expect(kept).toHaveLength(1)
    } finally {
      await locked.close()
    }
  })

  it('is told plainly what a bucket lacks', async () => {
    const copies = await at.open()
    expect(await copies.check()).toEqual({ kind: 'ready', versioned: false, lockable: false })
    const none = await at.open({ settings: { bucket: 'not-there' } })
    expect(await none.check()).toEqual({ kind: 'refused', reason: 'there is no bucket `not-there`' })
    const session = await at.record(100)
    const until = Date.now() + 3_600_000
    const wishful = await at.open({ lock: () => ({ mode: 'governance', until }) })
    await wishful.round()
    expect(await stateOf(session)).toBe('due')
    expect(await at.events('recording.store_unreachable')).toMatchObject([
      { reason: expect.stringContaining('answered 4') },
    ])
  })
})
