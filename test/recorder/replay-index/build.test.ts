// The replay index of a channel: whatever time is asked for, the screen is the one a replay from the beginning comes to.

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createHash, randomBytes } from 'node:crypto'
import { join } from 'node:path'

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import {
  partLines,
  partStart,
  positionOf,
  readFrames,
  readFramesFrom,
  readManifest,
  toAsciicast,
} from '../../../recorder/index.ts'
import { buildIndex, type MakeEmulator } from '../../../recorder/replay-index/build.ts'
import { Emulator } from '../../../recorder/replay-index/emulator.ts'
import { readIndex } from '../../../recorder/replay-index/index-files.ts'
import type { ReplayIndex } from '../../../recorder/replay-index/replay-index.ts'
import { openScene, screenAfter, type ChannelScene } from './channel-scene.ts'

const emulator: MakeEmulator = (cols, rows) => new Emulator(cols, rows)
const pty = { kind: 'pty', term: 'xterm-256color', cols: 40, rows: 12 }

async function build(scene: ChannelScene, make: MakeEmulator | null = emulator): Promise<ReplayIndex> {
  const index = await buildIndex(scene, make)
  if (index === null) throw new Error('the channel has nothing')
  return index
}

async function placeOf(scene: ChannelScene) {
  const { digest: manifest } = await readManifest(scene.dir)
  return { folder: scene.folder, manifest, channel: scene.channel, key: scene.key }
}

/** The lines of a cast from a time on, read with an index. */
async function castFrom(scene: ChannelScene, index: ReplayIndex, seconds: number): Promise<string[]> {
  const from = Math.round(seconds * 1e6)
  const start = await partStart(scene, from, { index, place: await placeOf(scene) })
  if (start === null) throw new Error('nothing to start with')
  const part = { title: 't', format: 'v2', from, until: null, input: false, clipped: false } as const
  const frames = readFramesFrom(scene.dir, scene.key, scene.channel, positionOf(start))
  return Array.fromAsync(partLines(start, frames, part))
}

/** Things that programs on terminals write. */
const drawing = fc.oneof(
  fc.string({ maxLength: 30 }),
  // Wide characters do not meet the edge, which would push them to the next line and leave a gap behind: of that the
  // emulator's screens know as little as of a line that is full.
  fc.constantFrom('\r\n', '\r', '\n', '\b\b', '\t', '\rGrüße 機械 😀', 'x'.repeat(300)),
  fc.tuple(fc.integer({ min: 1, max: 14 }), fc.integer({ min: 1, max: 44 })).map(([y, x]) => `\u001b[${y};${x}H`),
  fc.integer({ min: 0, max: 107 }).map((style) => `\u001b[${style}m`),
  fc.constantFrom(
    '\u001b[2J',
    '\u001b[K',
    '\u001b[1K',
    '\u001b[3L',
    '\u001b[2M',
    '\u001b[5@',
    '\u001b[4P',
    '\u001b[1;31;7m',
  ),
  fc.constantFrom(
    '\u001b[?1049h',
    '\u001b[?1049l\u001b[m\u001b(B\u000f',
    '\u001b[?25l',
    '\u001b[?25h',
    '\u001b[2;9r',
    '\u001b[r',
    '\u001b[?7l',
    '\u001b[?7h',
  ),
  fc.constantFrom(
    '\u001b(0lqk',
    '\u001b(B',
    '\u000elq',
    '\u000f',
    '\u001b[4h',
    '\u001b[4l',
    '\u001bM',
    '\u001bD',
    '\u001bc',
  ),
  fc.constantFrom('\u001b]0;title\u0007', '\u001b]52;c;aGk=\u0007', '\u001b[6n', '\u001bP1$r', '\u009b31m'),
)

describe('a replay index', () => {
  it(
    'comes to the screen of a whole replay, at any time, also when it was made piece by piece',
    { timeout: 60_000 },
    async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.array(drawing, { minLength: 1, maxLength: 12 }), { minLength: 2, maxLength: 5 }),
          fc.boolean(),
          async (rounds, resized) => {
            const scene = await openScene(pty)
            let second = 0
            let index = await build(scene)
            for (const [round, texts] of rounds.entries()) {
              for (const text of texts) {
                scene.at(++second)
                scene.writer.data('out', Buffer.from(text))
              }
              if (resized && round === 1) scene.writer.resize(50, 10)
              // No line is left full: that is a known gap of the emulator's screens.
              scene.writer.data('out', Buffer.from('\u001b[D'))
              // Goes on from the screen that the round before ended with, which is one that can be begun with.
              index = await build(scene)
              expect(index.keyframes).toHaveLength(1)
              const soFar = await Array.fromAsync(toAsciicast(readFrames(scene.dir, scene.key, 0), { title: 't' }))
              expect(await screenAfter(await castFrom(scene, index, second))).toBe(await screenAfter(soFar))
            }
            const whole = await Array.fromAsync(toAsciicast(readFrames(scene.dir, scene.key, 0), { title: 't' }))
            for (let at = 1; at <= second; at += 3)
              expect(await screenAfter(await castFrom(scene, index, at), at)).toBe(await screenAfter(whole, at))
          },
        ),
        { numRuns: 25, endOnFailure: true },
      )
    },
  )

  it('has points and screens every so many bytes, and reads on from each of them', async () => {
    const scene = await openScene(pty)
    for (let i = 1; i <= 400; i++) {
      scene.at(i)
      scene.writer.data('out', Buffer.from(`${`line ${i} `.repeat(120)}\r\n`))
    }
    await scene.seal()
    const index = await build(scene)
    expect(index).toMatchObject({ complete: true, unreadable: null, drawn: true, duration: 400e6 })
    expect(index.points.length).toBeGreaterThan(4)
    expect(index.keyframes.length).toBeGreaterThan(2)
    for (const point of [...index.points, ...index.keyframes]) {
      const first = await readFramesFrom(scene.dir, scene.key, 0, point).next()
      expect(first.value?.index).toBe(point.index)
    }
    const output = await Array.fromAsync(readFrames(scene.dir, scene.key, 0))
    const sent = Buffer.concat(output.flatMap((frame) => (frame.kind === 'data' ? [frame.bytes] : [])))
    expect(index.crossed.out).toBe(sent.length)
    expect(index.digests?.out).toBe(createHash('sha256').update(sent).digest('hex'))
  })

  it('is in step with what is recorded, and is not made again once it is whole', async () => {
    const scene = await openScene(pty)
    scene.writer.data('out', Buffer.from('one'))
    expect(await build(scene)).toMatchObject({ complete: false, crossed: { out: 3 } })
    scene.at(2)
    scene.writer.data('out', Buffer.from('two'))
    expect(await build(scene)).toMatchObject({ complete: false, crossed: { out: 6 }, duration: 2e6 })
    await scene.seal()
    expect(await build(scene)).toMatchObject({ complete: true, crossed: { out: 6 } })
    const file = join(scene.folder, '0000.index')
    const before = readFileSync(file)
    await build(scene)
    expect(readFileSync(file).equals(before)).toBe(true)
  })

  it('of a living channel keeps no more screens for being looked at often, however large these are', async () => {
    const scene = await openScene({ ...pty, cols: 400, rows: 200 })
    const styled = Array.from({ length: 39_990 }, (_, i) => `\u001b[38;5;${i % 255}mx`).join('')
    scene.writer.data('out', Buffer.from(styled))
    const first = await build(scene)
    for (let look = 1; look <= 6; look++) {
      scene.at(look)
      scene.writer.data('out', Buffer.from('.'))
      await build(scene)
    }
    const index = await build(scene)
    expect(index.keyframes.length).toBeLessThanOrEqual(first.keyframes.length + 1)
    const kept = index.keyframes.reduce((sum, { box }) => sum + box.length, 0)
    expect(readFileSync(join(scene.folder, '0000.screens'))).toHaveLength(kept)
    // Who still has the index of before begins with the screen before that.
    const stale = await castFrom(
      scene,
      { ...index, keyframes: [...index.keyframes.slice(0, -1), ...first.keyframes.slice(-1)] },
      6,
    )
    const whole = await Array.fromAsync(toAsciicast(readFrames(scene.dir, scene.key, 0), { title: 't' }))
    expect(await screenAfter(stale)).toBe(await screenAfter(whole))
  })

  it('is made anew where what it was made of is damaged since, and serves what stands before', async () => {
    const scene = await openScene(pty)
    for (let i = 1; i <= 20; i++) {
      scene.at(i)
      scene.writer.data('out', Buffer.from('x'.repeat(100)))
    }
    await build(scene)
    scene.writer.data('out', Buffer.from('the end'))
    await scene.seal()
    const file = join(scene.dir, '0000.stream')
    const bytes = readFileSync(file)
    bytes[1_000] = (bytes[1_000] ?? 0) ^ 1
    writeFileSync(file, bytes)
    const index = await build(scene)
    expect(index.unreadable).toMatch(/frame does not authenticate/)
    expect(index.crossed.out).toBeGreaterThan(0)
  })

  it('keeps nothing that can be read without the session key', async () => {
    const scene = await openScene(pty)
    scene.writer.data('out', Buffer.from('the recipe of the plant'))
    await build(scene)
    for (const name of readdirSync(scene.folder))
      expect(readFileSync(join(scene.folder, name)).includes('recipe')).toBe(false)
    expect(await readIndex({ ...(await placeOf(scene)), key: randomBytes(32) })).toBeNull()
  })

  it.each(['0000.index', '0000.screens'])('is made again where %s was damaged', async (name) => {
    const scene = await openScene(pty)
    scene.writer.data('out', Buffer.from('kept'))
    await build(scene)
    const file = join(scene.folder, name)
    const bytes = readFileSync(file)
    bytes[bytes.length - 20] = (bytes[bytes.length - 20] ?? 0) ^ 1
    writeFileSync(file, bytes)
    scene.at(5)
    scene.writer.data('out', Buffer.from(' and more'))
    const index = await build(scene)
    expect(index.crossed.out).toBe(13)
    expect(await screenAfter(await castFrom(scene, index, 5))).toContain('kept and more')
  })

  it('says where a damaged recording cannot be read, and serves what stands before', async () => {
    const scene = await openScene(pty)
    scene.writer.data('out', Buffer.from('sound'))
    scene.at(3)
    scene.writer.data('out', Buffer.from('damaged'))
    await scene.seal()
    const file = join(scene.dir, '0000.stream')
    const bytes = readFileSync(file)
    const at = bytes.length - 80
    bytes[at] = (bytes[at] ?? 0) ^ 1
    writeFileSync(file, bytes)
    const index = await build(scene)
    expect(index).toMatchObject({ complete: false, crossed: { out: 5 }, digests: null })
    expect(index.unreadable).toMatch(/frame does not authenticate/)
  })

  it('is made without screens where nothing is to be drawn', async () => {
    const scene = await openScene({ kind: 'tunnel' })
    scene.writer.data('in', Buffer.from([0, 1, 2]))
    expect(await build(scene)).toMatchObject({ keyframes: [], drawn: true, crossed: { in: 3 } })
    const drawn = await openScene(pty)
    drawn.writer.data('out', Buffer.from('text'))
    expect(await build(drawn, null)).toMatchObject({ keyframes: [], drawn: false })
    // What could not be drawn then is drawn once it can be.
    expect((await build(drawn)).keyframes).toHaveLength(1)
  })

  it('gives nothing for a channel without a frame, and leaves no file outside of its folder', async () => {
    const scene = await openScene(pty)
    writeFileSync(join(scene.dir, '0000.stream'), readFileSync(join(scene.dir, '0000.stream')).subarray(0, 121))
    expect(await buildIndex(scene, emulator)).toBeNull()
    expect(existsSync(join(scene.dir, '0000.index'))).toBe(false)
  })
})
