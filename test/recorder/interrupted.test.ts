// Sealing what a crash left: the prefix is kept and said to be one, damage is left alone, and nothing is thrown.

import { appendFileSync, cpSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import {
  type Disk,
  type InterruptedOutcome,
  readFrames,
  sealInterrupted,
  unwrapSessionKey,
  verifyRecording,
} from '../../recorder/index.ts'
import { faultyCalls, makeFaultyDisk } from './faulty-disk.ts'
import {
  type Escrow,
  fillRecording,
  makeEscrow,
  makeFolder,
  openedAt,
  openRecording,
  sealedRecording,
  sessionA,
  sessionB,
  signer,
  trust,
} from './sample.ts'

interface Left {
  readonly root: string
  readonly dir: string
  readonly escrow: Escrow
  readonly key: Buffer
  readonly stream: string
}

/** A recording that was written and never sealed, as the kernel has it after `kill -9`. */
async function leftBehind(): Promise<Left> {
  const root = makeFolder()
  const escrow = await makeEscrow()
  const recording = await openRecording(root, escrow)
  fillRecording(recording)
  await recording.sync()
  const key = await unwrapSessionKey(recording.dir, [escrow.identity])
  return { root, dir: recording.dir, escrow, key, stream: join(recording.dir, '0000.stream') }
}

function seal(
  root: string,
  options: { key?: Uint8Array; disk?: Disk; session?: string } = {},
): Promise<InterruptedOutcome> {
  const { session = sessionA, ...rest } = options
  return sealInterrupted({ root, sessionId: session, signer, now: () => openedAt + 60_000, ...rest })
}

describe('sealing an interrupted recording', () => {
  it('seals all whole frames, as interrupted, and the result verifies', async () => {
    const { root, dir, key } = await leftBehind()
    const outcome = await seal(root)
    expect(outcome).toMatchObject({ kind: 'sealed', status: 'interrupted', channels: 2, frames: 15, cuts: [] })
    const { recording, findings } = await verifyRecording(dir, { ...trust, key })
    expect(recording).toMatchObject({
      holds: true,
      status: 'interrupted',
      reason: 'interrupted',
      frames: 15,
      decrypted: true,
    })
    expect(findings.map(({ what }) => what)).toContainEqual(expect.stringContaining('what stands is a prefix'))
  })

  it('removes a torn last frame and tells where and how much', async () => {
    const { root, dir, key, stream } = await leftBehind()
    const whole = readFileSync(stream)
    for (const torn of [1, 3, 4, 5, 21, 22, 37, 38]) {
      writeFileSync(stream, whole)
      // The beginning of one more frame of 40 bytes.
      appendFileSync(stream, Buffer.concat([Buffer.of(0, 0, 0, 36, 2, 1), Buffer.alloc(34, 9)]).subarray(0, torn))
      rmSync(join(dir, 'seal'), { force: true })
      const outcome = await seal(root)
      expect(outcome).toMatchObject({
        kind: 'sealed',
        frames: 15,
        cuts: [{ channel: 0, offset: whole.length, bytes: torn }],
      })
      expect(readFileSync(stream).equals(whole)).toBe(true)
      expect((await verifyRecording(dir, { ...trust, key })).recording.holds).toBe(true)
    }
  })

  it('keeps exactly the whole frames wherever the file was cut', async () => {
    const { root, dir, key, stream } = await leftBehind()
    const whole = readFileSync(stream)
    const ends: number[] = []
    for (let at = 121; at < whole.length; at += 4 + whole.readUInt32BE(at)) ends.push(at)
    ends.push(whole.length)
    for (let length = 0; length <= whole.length; length += 7) {
      writeFileSync(stream, whole.subarray(0, length))
      rmSync(join(dir, 'seal'), { force: true })
      const kept = ends.filter((end) => end <= length)
      expect(await seal(root), `cut at ${length}`).toMatchObject({
        kind: 'sealed',
        frames: 5 + Math.max(0, kept.length - 1),
      })
      expect(statSync(stream).size).toBe(kept.at(-1) ?? 0)
      const verdict = await verifyRecording(dir, { ...trust, key })
      expect(
        verdict.findings.filter(({ holds }) => !holds),
        `cut at ${length}`,
      ).toEqual([])
      const frames = await Array.fromAsync(readFrames(dir, key, 0))
      expect(frames).toHaveLength(Math.max(0, kept.length - 1))
    }
  })

  it('removes zeros of any length: blocks that never reached the disk', async () => {
    const { root, dir, stream } = await leftBehind()
    const { size } = statSync(stream)
    appendFileSync(stream, Buffer.alloc(3 << 20))
    expect(await seal(root)).toMatchObject({ kind: 'sealed', cuts: [{ offset: size, bytes: 3 << 20 }] })
    expect((await verifyRecording(dir, trust)).recording.holds).toBe(true)
  })

  it('leaves a damaged stream and its neighbours as they stand', async () => {
    const { root, dir, stream } = await leftBehind()
    const { size } = statSync(stream)
    appendFileSync(stream, Buffer.alloc(2 << 20, 1))
    appendFileSync(join(dir, '0001.stream'), 'torn')
    expect(await seal(root)).toEqual({
      kind: 'corrupt',
      reason: `stream 0000: byte ${size}: frame length: expected 34–1048610, got 16843009: ${2 << 20} bytes follow`,
    })
    expect(statSync(stream).size).toBe(size + (2 << 20))
    expect(readFileSync(join(dir, '0001.stream')).subarray(-4).toString()).toBe('torn')
  })

  it('with the session key also removes a last frame that does not authenticate', async () => {
    const { root, dir, key, stream } = await leftBehind()
    const whole = readFileSync(stream)
    // The last frame is the closing one: 38 bytes, of which the power took the tag.
    writeFileSync(stream, Buffer.concat([whole.subarray(0, -16), Buffer.alloc(16)]))
    expect(await seal(root, { key })).toMatchObject({ kind: 'sealed', frames: 14, cuts: [{ bytes: 38 }] })
    expect((await verifyRecording(dir, { ...trust, key })).recording.holds).toBe(true)
  })

  it('says when it was sealed already, with what the ledger needs', async () => {
    const root = makeFolder()
    const { sealed } = await sealedRecording(root, await makeEscrow())
    expect(await seal(root)).toEqual({ kind: 'already-sealed', ...sealed })
  })

  it.each([
    ['a manifest that is none', 'manifest.json', '{}', 'manifest: expected the keys'],
    ['another header line', '0001.stream', 'x'.repeat(2 << 20), 'stream 0001: byte 0: not the header line'],
    ['a seal that is none', 'seal', 'x', 'signed note: expected an empty line'],
  ])('reports %s', async (_, file, content, reason) => {
    const { root, dir } = await leftBehind()
    writeFileSync(join(dir, file), content)
    expect(await seal(root)).toMatchObject({ kind: 'corrupt', reason: expect.stringContaining(reason) })
  })

  it('reports a missing stream, another session\u2019s manifest, and a wrong key', async () => {
    const { root, dir } = await leftBehind()
    expect(await seal(root, { key: Buffer.alloc(32) })).toMatchObject({
      kind: 'corrupt',
      reason: expect.stringContaining('session key'),
    })
    cpSync(dir, join(root, sessionB), { recursive: true })
    expect(await seal(root, { session: sessionB })).toEqual({ kind: 'corrupt', reason: 'manifest: of another session' })
    rmSync(join(dir, '0000.stream'))
    expect(await seal(root)).toEqual({ kind: 'corrupt', reason: 'stream 0000: is missing' })
  })

  it('does not follow links, of the folder or of a stream', async () => {
    const { root, dir } = await leftBehind()
    symlinkSync(dir, join(root, sessionB))
    expect(await seal(root, { session: sessionB })).toEqual({ kind: 'corrupt', reason: 'recording: expected a folder' })
    const elsewhere = join(root, 'elsewhere')
    writeFileSync(elsewhere, 'precious')
    rmSync(join(dir, '0001.stream'))
    symlinkSync(elsewhere, join(dir, '0001.stream'))
    expect(await seal(root)).toMatchObject({ kind: 'failed' })
    expect(readFileSync(elsewhere, 'utf8')).toBe('precious')
  })

  it('finds nothing where there is nothing, and refuses an id that is none', async () => {
    expect(await seal(makeFolder())).toEqual({ kind: 'missing' })
    await expect(seal(makeFolder(), { session: '..' })).rejects.toMatchObject({ code: 'invalid-argument' })
  })

  it('reports an empty folder as unreadable, and goes on with the next recording', async () => {
    const { root } = await leftBehind()
    mkdirSync(join(root, sessionB))
    expect(await seal(root, { session: sessionB })).toMatchObject({ kind: 'failed', error: { code: 'unreadable' } })
    expect(await seal(root)).toMatchObject({ kind: 'sealed' })
  })

  it('can be tried again after any of its calls to the disk failed', async () => {
    const prepare = async (): Promise<Left> => {
      const left = await leftBehind()
      appendFileSync(left.stream, 'torn')
      return left
    }
    const counting = makeFaultyDisk(null)
    expect(await seal((await prepare()).root, { disk: counting.disk })).toMatchObject({ kind: 'sealed' })
    let tried = 0
    for (const call of faultyCalls) {
      for (let nth = 0; nth < counting.counts[call]; nth++) {
        for (const mode of ['before', 'after'] as const) {
          const { root, dir, key } = await prepare()
          const first = await seal(root, { disk: makeFaultyDisk({ call, nth, mode }).disk })
          const name = `${call} ${nth} ${mode}: ${JSON.stringify(first)}`
          // Taking away a draft that is not there may fail without anybody noticing: there was nothing to do.
          if (first.kind !== 'failed') expect(call, name).toBe('remove')
          expect(['sealed', 'already-sealed'], name).toContain((await seal(root)).kind)
          expect((await verifyRecording(dir, { ...trust, key })).recording, name).toMatchObject({
            holds: true,
            frames: 15,
          })
          tried++
        }
      }
    }
    expect(tried).toBeGreaterThan(20)
  }, 60_000)
})
