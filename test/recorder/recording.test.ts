// A recording from its first frame to its seal, read back and opened with tools nobody here wrote.

import { execFileSync } from 'node:child_process'
import { createDecipheriv, hkdfSync } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { sha256Hex } from '../../recorder/digest.ts'
import {
  createRecording,
  type Disk,
  type Frame,
  readFrames,
  readManifest,
  readSeal,
  realDisk,
  unsealedSessions,
  unwrapSessionKey,
  verifyRecording,
} from '../../recorder/index.ts'
import { describeWith } from '../support/describe-with.ts'
import { partPath } from '../support/parts.ts'
import { makeFaultyDisk } from './faulty-disk.ts'
import {
  fillRecording,
  makeEscrow,
  makeFolder,
  openRecording,
  sealedRecording,
  sessionA,
  sessionB,
  signer,
  signerOf,
  trust,
  trustIn,
} from './sample.ts'

async function framesOf(dir: string, key: Uint8Array, channel: number): Promise<Frame[]> {
  return Array.fromAsync(readFrames(dir, key, channel))
}

describe('a recording', () => {
  it('keeps of a secret how long it was, and nothing else', async () => {
    const escrow = await makeEscrow()
    const recording = await openRecording(makeFolder(), escrow)
    const terminal = recording.openChannel({ kind: 'pty', cols: 80, rows: 24 })
    terminal.masked(8)
    await recording.seal({ status: 'complete', reason: 'client' })
    const key = await unwrapSessionKey(recording.dir, [escrow.identity])
    expect((await framesOf(recording.dir, key, 0))[1]).toMatchObject({ kind: 'masked', count: 8 })
    const verdict = await verifyRecording(recording.dir, { verifiers: trust.verifiers, key })
    expect(verdict.recording.holds).toBe(true)
  })

  it('gives back what was recorded, in order, with time and direction', async () => {
    const { recording, key } = await sealedRecording(makeFolder(), await makeEscrow())
    const frames = await framesOf(recording.dir, key, 0)
    expect(frames.map(({ kind }) => kind)).toEqual([
      'open',
      'data',
      'data',
      'data',
      'resize',
      'notice',
      'signal',
      'event',
      'exit',
      'close',
    ])
    expect(frames[0]).toMatchObject({ index: 0, meta: { kind: 'pty', term: 'xterm-256color', cols: 100, rows: 30 } })
    expect(frames[2]).toMatchObject({ direction: 'in', bytes: Buffer.from('whoami\r') })
    expect(frames[4]).toMatchObject({ cols: 120, rows: 40 })
    expect(frames[5]).toMatchObject({ text: '\r\n*** access ends in 5 minutes ***\r\n' })
    expect(frames[7]).toMatchObject({ event: { refused: 'x11-req' } })
    expect(frames[8]).toMatchObject({ status: { signal: 'HUP' } })
    const times = frames.map(({ monotonic }) => monotonic)
    expect(times).toEqual(times.toSorted((a, b) => Number(a - b)))
    expect(await framesOf(recording.dir, key, 1)).toMatchObject([
      { meta: { kind: 'exec', command: 'plc-read --all' } },
      { direction: 'out' },
      { direction: 'err', bytes: Buffer.from('warning\n') },
      { status: { code: 3 } },
      { kind: 'close' },
    ])
  })

  it('keeps its content from whoever has the files but not the key', async () => {
    const { recording } = await sealedRecording(makeFolder(), await makeEscrow())
    const stream = readFileSync(join(recording.dir, '0000.stream'))
    expect(stream.includes('whoami')).toBe(false)
    await expect(framesOf(recording.dir, Buffer.alloc(32), 0)).rejects.toMatchObject({ code: 'wrong-key' })
    const stranger = await makeEscrow()
    await expect(unwrapSessionKey(recording.dir, [stranger.identity])).rejects.toMatchObject({ code: 'wrong-key' })
  })

  it('gives back any bytes in any pieces, splitting what is longer than a frame', async () => {
    const escrow = await makeEscrow()
    const big = fc.integer({ min: (1 << 20) - 2, max: (2 << 20) + 2 }).map((size) => Buffer.alloc(size, size % 251))
    const piece = fc.oneof({ weight: 9, arbitrary: fc.uint8Array({ maxLength: 200 }) }, { weight: 1, arbitrary: big })
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.constantFrom('in', 'out', 'err'), piece), { maxLength: 12 }),
        async (pieces) => {
          const recording = await openRecording(makeFolder(), escrow)
          const writer = recording.openChannel({ kind: 'exec' })
          for (const [direction, bytes] of pieces) writer.data(direction, bytes)
          await recording.seal({ status: 'complete', reason: 'client' })
          const frames = await framesOf(recording.dir, await unwrapSessionKey(recording.dir, [escrow.identity]), 0)
          for (const direction of ['in', 'out', 'err'] as const) {
            const read = frames.flatMap((frame) =>
              frame.kind === 'data' && frame.direction === direction ? [frame.bytes] : [],
            )
            const written = pieces.filter(([at]) => at === direction).map(([, bytes]) => bytes)
            expect(Buffer.concat(read).equals(Buffer.concat(written))).toBe(true)
            expect(read.every((bytes) => bytes.length <= 1 << 20)).toBe(true)
          }
        },
      ),
      { numRuns: 15 },
    )
  })

  it('can be followed while it is written: each frame is in the file when the call returns', async () => {
    const escrow = await makeEscrow()
    const recording = await openRecording(makeFolder(), escrow)
    const writer = recording.openChannel({ kind: 'pty' })
    writer.data('out', Buffer.from('now'))
    const key = await unwrapSessionKey(recording.dir, [escrow.identity])
    expect((await framesOf(recording.dir, key, 0)).at(-1)).toMatchObject({ kind: 'data', bytes: Buffer.from('now') })
    expect(unsealedSessions(join(recording.dir, '..'))).toEqual([sessionA])
    await recording.seal({ status: 'complete', reason: 'client' })
    expect(unsealedSessions(join(recording.dir, '..'))).toEqual([])
  })

  it('has private files and folders, and nothing but what FORMAT.md names once sealed', async () => {
    const { recording } = await sealedRecording(makeFolder(), await makeEscrow())
    expect(readdirSync(recording.dir).sort()).toEqual([
      '0000.stream',
      '0001.stream',
      'key.age',
      'manifest.json',
      'seal',
    ])
    expect(statSync(recording.dir).mode & 0o777).toBe(0o700)
    for (const name of readdirSync(recording.dir)) expect(statSync(join(recording.dir, name)).mode & 0o777).toBe(0o600)
  })

  it('is sealed with the digests anybody can compute', async () => {
    const { recording, sealed } = await sealedRecording(makeFolder(), await makeEscrow())
    const { seal } = await readSeal(recording.dir)
    const manifest = await readManifest(recording.dir)
    expect(sealed).toEqual({
      sealDigest: sha256Hex(readFileSync(join(recording.dir, 'seal'))),
      status: 'complete',
      channels: 2,
      frames: 15,
    })
    expect(seal).toMatchObject({
      session: sessionA,
      manifest: manifest.digest,
      status: 'complete',
      reason: 'client',
      cuts: [],
    })
    for (const [channel, stream] of seal.streams.entries()) {
      const bytes = readFileSync(join(recording.dir, `000${channel}.stream`))
      expect(stream).toMatchObject({ length: bytes.length, head: sha256Hex(bytes) })
    }
    expect(recording.manifestDigest).toBe(manifest.digest)
    expect(manifest.manifest.meta).toEqual({ asset: 'ews-1', plant: 'plant-1' })
    expect((await verifyRecording(recording.dir, trust)).recording).toMatchObject({ holds: true, decrypted: false })
  })

  it('can be read by the byte table of FORMAT.md alone', async () => {
    const { recording, key } = await sealedRecording(makeFolder(), await makeEscrow())
    const stream = readFileSync(join(recording.dir, '0001.stream'))
    const manifest = sha256Hex(readFileSync(join(recording.dir, 'manifest.json')))
    expect(stream.subarray(0, 121).toString()).toBe(`sallyport-stream/v1 ${sessionA} 0001 ${manifest}\n`)
    const channelKey = Buffer.from(hkdfSync('sha256', key, '', 'sallyport/recording/v1/channel/1', 32))
    const texts: string[] = []
    for (let at = 121, index = 0; at < stream.length; index++) {
      const length = stream.readUInt32BE(at)
      const nonce = Buffer.alloc(12)
      nonce.writeBigUInt64BE(BigInt(index), 4)
      const decipher = createDecipheriv('aes-256-gcm', channelKey, nonce)
      decipher.setAAD(stream.subarray(at, at + 22))
      decipher.setAuthTag(stream.subarray(at + 4 + length - 16, at + 4 + length))
      texts.push(
        Buffer.concat([decipher.update(stream.subarray(at + 22, at + 4 + length - 16)), decipher.final()]).toString(),
      )
      at += 4 + length
    }
    expect(texts).toEqual(['{"command":"plc-read --all","kind":"exec"}', 'one\ntwo\n', 'warning\n', '{"code":3}', ''])
  })

  it('takes nothing after it was sealed, nor a second seal', async () => {
    const { recording } = await sealedRecording(makeFolder(), await makeEscrow())
    const closed = expect.objectContaining({ code: 'closed' })
    expect(() => recording.openChannel({ kind: 'pty' })).toThrow(closed)
    await expect(recording.seal({ status: 'complete', reason: 'client' })).rejects.toEqual(closed)
    await expect(recording.sync()).resolves.toBeUndefined()
  })

  it('takes nothing on a channel after it was closed, and closes open channels when sealed', async () => {
    const escrow = await makeEscrow()
    const recording = await openRecording(makeFolder(), escrow)
    const one = recording.openChannel({ kind: 'pty' })
    const two = recording.openChannel({ kind: 'pty' })
    one.close()
    one.close()
    expect(() => one.data('in', Buffer.from('x'))).toThrow(expect.objectContaining({ code: 'closed' }))
    await recording.seal({ status: 'complete', reason: 'killed' })
    expect(() => two.data('in', Buffer.from('x'))).toThrow(expect.objectContaining({ code: 'closed' }))
    const key = await unwrapSessionKey(recording.dir, [escrow.identity])
    expect((await framesOf(recording.dir, key, 0)).map(({ kind }) => kind)).toEqual(['open', 'close'])
    expect((await framesOf(recording.dir, key, 1)).map(({ kind }) => kind)).toEqual(['open', 'close'])
  })

  it('gives heads while it runs that its prefix has for ever', async () => {
    const recording = await openRecording(makeFolder(), await makeEscrow())
    const writer = recording.openChannel({ kind: 'pty' })
    writer.data('out', Buffer.from('a'))
    const [head] = recording.heads()
    fillRecording(recording)
    await recording.seal({ status: 'complete', reason: 'client' })
    const prefix = readFileSync(join(recording.dir, '0000.stream')).subarray(0, head?.length)
    expect(head).toMatchObject({ frames: 2, head: sha256Hex(prefix) })
  })

  it('keeps room for the seal, and more of it with many channels', async () => {
    const recording = await openRecording(makeFolder(), await makeEscrow())
    const reserve = join(recording.dir, '.reserve')
    expect(statSync(reserve).size).toBe(64 << 10)
    for (let i = 0; i < 257; i++) recording.openChannel({ kind: 'exec' }).close()
    expect(statSync(reserve).size).toBe(128 << 10)
    // Descriptors of closed channels are given back.
    const before = readdirSync('/proc/self/fd').length
    await recording.sync()
    expect(readdirSync('/proc/self/fd').length).toBeLessThan(before - 200)
    expect(await recording.seal({ status: 'complete', reason: 'client' })).toMatchObject({ channels: 257, frames: 514 })
    expect((await verifyRecording(recording.dir, trust)).recording.holds).toBe(true)
  })

  it('shares one waiting sync among all who ask while one runs', async () => {
    const recording = await openRecording(makeFolder(), await makeEscrow())
    recording.openChannel({ kind: 'pty' })
    const [first, second, third] = [recording.sync(), recording.sync(), recording.sync()]
    expect(second).toBe(third)
    expect(first).not.toBe(second)
    await Promise.all([first, second, third])
  })

  it('asks nothing of the disk where nothing was recorded since, and syncs the folder for new channels alone', async () => {
    const { disk, counts } = makeFaultyDisk(null)
    const recording = await openRecording(makeFolder(), await makeEscrow(), { disk })
    const syncs = async (): Promise<readonly number[]> => {
      const [files, folders] = [counts.sync, counts.syncDir]
      await recording.sync()
      return [counts.sync - files, counts.syncDir - folders]
    }
    expect(await syncs()).toEqual([0, 0])
    const first = recording.openChannel({ kind: 'pty' })
    const second = recording.openChannel({ kind: 'exec' })
    expect(await syncs()).toEqual([2, 1])
    expect(await syncs()).toEqual([0, 0])
    second.data('out', Buffer.from('a'))
    expect(await syncs()).toEqual([1, 0])
    first.close()
    expect(await syncs()).toEqual([1, 0])
    recording.openChannel({ kind: 'exec' })
    expect(await syncs()).toEqual([1, 1])
  })

  it('waits for its files and their names side by side', async () => {
    let [running, most] = [0, 0]
    const counted = async (sync: Promise<void>): Promise<void> => {
      most = Math.max(most, ++running)
      await sync.finally(() => running--)
    }
    const disk: Disk = {
      ...realDisk,
      sync: (fd) => counted(realDisk.sync(fd)),
      syncDir: (path) => counted(realDisk.syncDir(path)),
    }
    const recording = await openRecording(makeFolder(), await makeEscrow(), { disk })
    expect(most).toBe(4)
    most = 0
    for (let i = 0; i < 5; i++) recording.openChannel({ kind: 'exec' })
    await recording.sync()
    expect(most).toBe(6)
    expect(running).toBe(0)
  })

  it('has no sync under way any more when one has failed', async () => {
    let running = 0
    let fails = false
    const disk: Disk = {
      ...realDisk,
      async sync(fd) {
        if (fails) {
          fails = false
          throw new Error('EIO')
        }
        running++
        await realDisk.sync(fd)
        // Slower than the one that failed.
        await nextTurn()
        running--
      },
    }
    const recording = await openRecording(makeFolder(), await makeEscrow(), { disk })
    for (let i = 0; i < 3; i++) recording.openChannel({ kind: 'exec' })
    fails = true
    await expect(recording.sync()).rejects.toThrow('EIO')
    expect(running).toBe(0)
    expect(await recording.seal({ status: 'complete', reason: 'client' })).toMatchObject({ status: 'interrupted' })
  })

  it('records a clock that stepped back as standing still, and one that is broken as 0', async () => {
    const escrow = await makeEscrow()
    const times = [0n, 5n, 3n, 9n]
    const walls = [1, 1, Number.NaN, -4, 2.7]
    const root = makeFolder()
    const recording = await createRecording({
      root,
      sessionId: sessionA,
      meta: {},
      recipients: [escrow.recipient],
      now: () => walls.shift() ?? 0,
      monotonic: () => times.shift() ?? 9n,
      signer,
    })
    const writer = recording.openChannel({ kind: 'pty' })
    writer.data('in', Buffer.from('a'))
    writer.data('in', Buffer.from('b'))
    await recording.seal({ status: 'complete', reason: 'client' })
    const frames = await framesOf(recording.dir, await unwrapSessionKey(recording.dir, [escrow.identity]), 0)
    expect(frames.map(({ monotonic }) => monotonic)).toEqual([5n, 5n, 9n, 9n])
    expect(frames.map(({ wall }) => wall)).toEqual([1, 0, 0, 2])
    expect((await verifyRecording(recording.dir, trust)).recording.holds).toBe(true)
  })

  it('notes a file that somebody else wrote to and seals it as interrupted', async () => {
    const recording = await openRecording(makeFolder(), await makeEscrow())
    fillRecording(recording)
    truncateSync(join(recording.dir, '0000.stream'), 300)
    expect(await recording.seal({ status: 'complete', reason: 'client' })).toMatchObject({ status: 'interrupted' })
    expect(recording.failure).toMatchObject({ message: expect.stringContaining('stream 0000: changed by others') })
  })

  it('only verifies under the key that sealed it', async () => {
    const { recording } = await sealedRecording(makeFolder(), await makeEscrow())
    expect((await verifyRecording(recording.dir, trustIn(signerOf(2)))).recording.holds).toBe(false)
    expect((await verifyRecording(recording.dir, trustIn(signerOf(2), signer))).recording.holds).toBe(true)
  })
})

describe('creating a recording', () => {
  it.each([
    '../ses_0123456789abcdefghjkmnpqrs',
    '',
    'ses_',
    'ses_0123456789ABCDEFGHJKMNPQRS',
    `${sessionA}/x`,
    `${sessionA}\0`,
  ])('refuses the session id %j before it touches a path', async (session) => {
    const root = makeFolder()
    await expect(openRecording(root, await makeEscrow(), { session })).rejects.toMatchObject({
      code: 'invalid-argument',
    })
    expect(readdirSync(root)).toEqual([])
  })

  it('refuses a folder that is there, a file, and a link', async () => {
    const root = makeFolder()
    const escrow = await makeEscrow()
    mkdirSync(join(root, sessionA))
    await expect(openRecording(root, escrow)).rejects.toMatchObject({ code: 'exists' })
    symlinkSync(makeFolder(), join(root, sessionB))
    await expect(openRecording(root, escrow, { session: sessionB })).rejects.toMatchObject({ code: 'exists' })
    expect(readdirSync(root).sort()).toEqual([sessionB, sessionA].sort())
    expect(unsealedSessions(root)).toEqual([sessionA])
  })

  it.each([
    ['no recipient', []],
    ['a recipient that is none', ['age1nothing']],
    ['a recipient with a wrong checksum', [`age1${'q'.repeat(58)}`]],
    ['an identity in place of a recipient', ['AGE-SECRET-KEY-1QQQ']],
  ])('refuses %s', async (_, recipients) => {
    const root = makeFolder()
    const options = { root, sessionId: sessionA, meta: {}, recipients, now: () => 0, monotonic: () => 0n, signer }
    await expect(createRecording(options)).rejects.toMatchObject({ code: 'invalid-argument' })
    expect(readdirSync(root)).toEqual([])
  })

  it('says which root it could not write to', async () => {
    await expect(openRecording(join(makeFolder(), 'missing'), await makeEscrow())).rejects.toMatchObject({
      code: 'open-failed',
    })
  })

  it('refuses a reason that could not stand in a seal', async () => {
    const recording = await openRecording(makeFolder(), await makeEscrow())
    await expect(recording.seal({ status: 'complete', reason: 'two words' })).rejects.toMatchObject({
      code: 'invalid-argument',
    })
    expect(await recording.seal({ status: 'complete', reason: 'client' })).toMatchObject({ channels: 0, frames: 0 })
  })
})

describeWith('age', 'the age tool', () => {
  it('opens the session key with the escrow identity', async () => {
    const escrow = await makeEscrow()
    const { recording, key } = await sealedRecording(makeFolder(), escrow)
    const identity = join(makeFolder(), 'escrow.txt')
    writeFileSync(identity, `${escrow.identity}\n`)
    const opened = execFileSync(partPath('age'), ['-d', '-i', identity, join(recording.dir, 'key.age')])
    expect(opened.toString('ascii')).toBe(`${key.toString('hex')}\n`)
  })

  it('opens it for each of several recipients', async () => {
    const [service, escrow] = [await makeEscrow(), await makeEscrow()]
    const recipients = [service.recipient, escrow.recipient]
    const options = {
      root: makeFolder(),
      sessionId: sessionA,
      meta: {},
      recipients,
      now: () => 0,
      monotonic: () => 0n,
      signer,
    }
    const { dir } = await createRecording(options)
    const identity = join(makeFolder(), 'escrow.txt')
    writeFileSync(identity, `${escrow.identity}\n`)
    const opened = execFileSync(partPath('age'), ['-d', '-i', identity, join(dir, 'key.age')])
    expect(opened.toString('ascii')).toBe(`${(await unwrapSessionKey(dir, [service.identity])).toString('hex')}\n`)
  })
})
