// Replay indexes, made in a process of their own: once, ahead where it is worth it, without screens where a recording exhausts
// the process, and never of what cannot be read.

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { expect, it, onTestFinished } from 'vitest'

import { openReplayBuilder, type BuilderLimits, type ReplayBuilder } from '../../../gateway/evidence/replay-builder.ts'
import { openReplayIndexes, type ReadableRecording } from '../../../gateway/evidence/replay-indexes.ts'
import { openLog } from '../../../gateway/log.ts'
import type { SessionId } from '../../../policy/index.ts'
import { readIndex, readManifest } from '../../../recorder/index.ts'
import { makeFolder, sessionA } from '../../recorder/sample.ts'
import { openScene, type ChannelScene } from '../../recorder/replay-index/channel-scene.ts'
import { movableClock } from '../../support/movable-clock.ts'

const pty = { kind: 'pty', term: 'xterm', cols: 80, rows: 24 }
const log = openLog('silent')

function indexesIn(root: string, limits?: BuilderLimits) {
  const builder = openReplayBuilder(log, limits)
  let built = 0
  const counted: ReplayBuilder = {
    build: (job) => {
      built++
      return builder.build(job)
    },
    close: builder.close,
  }
  const clock = movableClock()
  const indexes = openReplayIndexes({ root, clock, log, builders: { asked: counted, ahead: counted } })
  onTestFinished(() => indexes.close())
  return { indexes, clock, built: () => built }
}

const readable = ({ dir, key }: ChannelScene, lives: boolean): ReadableRecording => ({
  session: sessionA as SessionId,
  dir,
  key,
  lives,
})

it('makes an index once, keeps it beside the recordings, and forgets it', async () => {
  const scene = await openScene(pty)
  scene.writer.data('out', Buffer.from('hello'))
  await scene.seal()
  const root = makeFolder()
  const { indexes, built } = indexesIn(root)
  const recording = readable(scene, false)
  const [first, second] = await Promise.all([indexes.of(recording, 0), indexes.of(recording, 0)])
  expect(first?.index).toMatchObject({ complete: true, crossed: { out: 5 } })
  expect(second).toBe(first)
  expect(await indexes.of(recording, 0)).toBe(first)
  expect(built()).toBe(1)
  // A gateway that was started anew finds it on the disk.
  const later = indexesIn(root)
  expect((await later.indexes.of(recording, 0))?.index.complete).toBe(true)
  expect(later.built()).toBe(0)
  await indexes.forget(sessionA as SessionId)
  expect(existsSync(join(root, sessionA))).toBe(false)
  expect(readdirSync(scene.dir).toSorted()).toEqual(['0000.stream', 'key.age', 'manifest.json', 'seal'])
})

it('goes on with a living recording, at most every few seconds', async () => {
  const scene = await openScene(pty)
  scene.writer.data('out', Buffer.from('one'))
  const { indexes, clock, built } = indexesIn(makeFolder())
  expect((await indexes.of(readable(scene, true), 0))?.index.crossed.out).toBe(3)
  scene.writer.data('out', Buffer.from('two'))
  expect((await indexes.of(readable(scene, true), 0))?.index.crossed.out).toBe(3)
  clock.advance(3_000)
  expect((await indexes.of(readable(scene, true), 0))?.index.crossed.out).toBe(6)
  expect(built()).toBe(2)
  await scene.seal()
  expect((await indexes.of(readable(scene, false), 0))?.index.complete).toBe(true)
})

it('makes those of long channels ahead, and goes on past one that cannot be read', async () => {
  const scene = await openScene(pty)
  const second = scene.recording.openChannel({ kind: 'raw' })
  second.data('in', Buffer.alloc(1 << 20))
  second.close()
  scene.writer.data('out', Buffer.from('short'))
  await scene.seal()
  const { indexes, built } = indexesIn(makeFolder())
  await indexes.prepare(readable(scene, false), [0, 1, 2])
  expect(built()).toBe(1)
})

it('has screens only where drawing them does not exhaust the process', { timeout: 60_000 }, async () => {
  const scene = await openScene(pty)
  // All in one cell, which keeps them.
  for (let i = 0; i < 40; i++) scene.writer.data('out', Buffer.from(`a${'\u0301'.repeat(120_000)}`))
  await scene.seal()
  const { indexes } = indexesIn(makeFolder(), { megabytes: 64, seconds: 30, bytesPerSecond: 1 << 20 })
  const found = await indexes.of(readable(scene, false), 0)
  expect(found?.index).toMatchObject({ complete: true, drawn: false, keyframes: [] })
  expect(found?.index.points.length).toBeGreaterThan(5)
})

it('tries to draw a living channel that cannot be drawn once and not at each look, and draws the next one', async () => {
  const hostile = await openScene({ ...pty, cols: 1000, rows: 1000 })
  // Each of these costs a screen of a million cells.
  hostile.writer.data('out', Buffer.from('\u001b[999S'.repeat(20_000)))
  const harmless = await openScene(pty)
  harmless.writer.data('out', Buffer.from('hello'))
  await harmless.seal()
  const told: string[] = []
  const builder = openReplayBuilder(
    { ...log, warn: (_: unknown, text: string) => told.push(text) } as unknown as typeof log,
    { megabytes: 384, seconds: 8, bytesPerSecond: 1 << 20 },
  )
  onTestFinished(() => builder.close())
  const job = ({ dir, key, folder }: ChannelScene) => ({ dir, key, folder, channel: 0, bytes: 1 })
  const [first, other] = await Promise.all([builder.build(job(hostile)), builder.build(job(harmless))])
  expect([first, other]).toEqual(['built', 'built'])
  hostile.writer.data('out', Buffer.from('more'))
  await builder.build(job(hostile))
  expect(told).toHaveLength(1)
  const indexIn = async ({ dir, key, folder }: ChannelScene) =>
    readIndex({ folder, manifest: (await readManifest(dir)).digest, channel: 0, key })
  expect(await indexIn(hostile)).toMatchObject({ drawn: false, crossed: { out: 120_004 } })
  expect(await indexIn(harmless)).toMatchObject({ drawn: true, keyframes: [] })
}, 60_000)

it('says that a recording cannot be read', async () => {
  const scene = await openScene(pty)
  await scene.seal()
  const file = join(scene.dir, '0000.stream')
  const bytes = readFileSync(file)
  bytes[130] = (bytes[130] ?? 0) ^ 1
  writeFileSync(file, bytes)
  const { indexes } = indexesIn(makeFolder())
  await expect(indexes.of(readable(scene, false), 0)).rejects.toMatchObject({ name: 'RecorderError', code: 'corrupt' })
  await expect(indexes.of(readable(scene, false), 5)).rejects.toMatchObject({ code: 'unreadable' })
})
