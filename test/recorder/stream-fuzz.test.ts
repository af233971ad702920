// Streams, seals and manifests with any bytes changed: a reader ends or throws a typed error, and never makes up a frame.

import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { type Frame, readFrames, RecorderError, verifyRecording } from '../../recorder/index.ts'
import { parseManifest } from '../../recorder/manifest.ts'
import { parseSeal, sealText } from '../../recorder/seal.ts'
import { scanStream, streamHeader } from '../../recorder/stream.ts'
import { parseBundle } from '../../recorder/tiles.ts'
import { makeEscrow, makeFolder, sealedRecording, sessionA, trust } from './sample.ts'

/** What can happen to bytes: some are replaced, cut out, put in, or the end is gone. */
const damage = fc.oneof(
  fc.record({ at: fc.nat(), bytes: fc.uint8Array({ minLength: 1, maxLength: 8 }), remove: fc.nat({ max: 8 }) }),
  fc.record({ at: fc.nat(), bytes: fc.constant(new Uint8Array()), remove: fc.nat({ max: 2000 }) }),
)

function damaged(whole: Buffer, { at, bytes, remove }: { at: number; bytes: Uint8Array; remove: number }): Buffer {
  const place = at % (whole.length + 1)
  return Buffer.concat([whole.subarray(0, place), bytes, whole.subarray(place + remove)])
}

describe('a damaged stream', () => {
  it('gives a true prefix of its frames, or a typed error behind one', async () => {
    const { recording, key } = await sealedRecording(makeFolder(), await makeEscrow())
    const original = await Array.fromAsync(readFrames(recording.dir, key, 0))
    const dir = join(makeFolder(), sessionA)
    cpSync(recording.dir, dir, { recursive: true })
    const whole = readFileSync(join(dir, '0000.stream'))
    await fc.assert(
      fc.asyncProperty(damage, async (change) => {
        const bytes = damaged(whole, change)
        writeFileSync(join(dir, '0000.stream'), bytes)
        const read: Frame[] = []
        try {
          for await (const frame of readFrames(dir, key, 0)) read.push(frame)
        } catch (cause) {
          expect(cause).toBeInstanceOf(RecorderError)
        }
        expect(read).toEqual(original.slice(0, read.length))
        const { recording: verdict } = await verifyRecording(dir, { ...trust, key })
        expect(verdict.holds).toBe(bytes.equals(whole))
      }),
      { numRuns: 200 },
    )
  })

  it('ends the scan of any bytes at all', async () => {
    const path = join(makeFolder(), '0000.stream')
    const header = streamHeader(sessionA, 0, 'a'.repeat(64))
    const frameLike = fc
      .tuple(fc.integer({ min: 0, max: 120 }), fc.uint8Array({ minLength: 0, maxLength: 120 }))
      .map(([length, bytes]) => Buffer.concat([Buffer.of(0, 0, 0, length), bytes]))
    await fc.assert(
      fc.asyncProperty(fc.boolean(), fc.array(frameLike, { maxLength: 10 }), async (good, parts) => {
        const bytes = Buffer.concat([good ? header : Buffer.from('x'), ...parts])
        writeFileSync(path, bytes)
        let frames = 0
        const scanned = await scanStream(path, header, () => (frames++, null))
        expect(scanned.frames).toBe(frames)
        expect(scanned.length).toBeLessThanOrEqual(bytes.length)
        if (scanned.end.kind === 'whole') expect(scanned.length).toBe(bytes.length)
      }),
      { numRuns: 300 },
    )
  })
})

describe('damaged documents', () => {
  it('are read as malformed or give back the very same bytes', async () => {
    const { recording } = await sealedRecording(makeFolder(), await makeEscrow())
    const manifest = readFileSync(join(recording.dir, 'manifest.json'))
    const seal = readFileSync(join(recording.dir, 'seal'), 'utf8').split('\n\n')[0] ?? ''
    expect(parseSeal(`${seal}\n`).kind).toBe('ok')
    fc.assert(
      fc.property(damage, (change) => {
        expect(['ok', 'malformed']).toContain(parseManifest(damaged(manifest, change)).kind)
        const text = damaged(Buffer.from(`${seal}\n`), change).toString('utf8')
        const parsed = parseSeal(text)
        if (parsed.kind === 'ok') expect(sealText(parsed.value)).toBe(text)
      }),
      { numRuns: 1000 },
    )
  })

  it('do not pass as bundles of entries', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat({ max: 5 }), (bytes, count) => {
        const parsed = parseBundle(Buffer.from(bytes), count)
        if (parsed.kind === 'malformed') return
        expect(parsed.value).toHaveLength(count)
        expect(parsed.value.reduce((sum, entry) => sum + 2 + entry.length, 0)).toBe(bytes.length)
      }),
    )
  })
})
