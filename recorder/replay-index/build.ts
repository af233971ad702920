// Making the replay index of one channel: its frames are read once, in order, in constant memory. Goes on where an earlier run
// stopped, so it serves living sessions too. Draws what a hostile target wrote, and so runs in a process of its own
// (replay-index-process.ts), never where sessions are.

import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { castKinds } from '../asciicast.ts'
import { RecorderError } from '../errors.ts'
import type { ChannelMeta, ExitStatus } from '../frame.ts'
import { sealFile } from '../layout.ts'
import { readManifest } from '../manifest.ts'
import { type PlacedFrame, readFramesFrom } from '../replay.ts'
import { openingSize, type ScreenEvent, ScreenEvents, type Tracks } from '../screen-events.ts'
import type { FramePosition } from '../stream.ts'
import { Activity, noActivity } from './activity.ts'
import type { Emulator } from './emulator.ts'
import { type IndexWriter, maxScreenBytes, openIndexWriter, readIndex, readScreen, type Screen } from './index-files.ts'
import type { Keyframe, Point, ReplayIndex } from './replay-index.ts'

/** Bytes of a stream between two points, and of output between two screens. Both grow with the recording, so that their number does not. */
const leastSpacing = 64 << 10
const leastScreenSpacing = 128 << 10
const mostPoints = 16_384
/** A screen may take one byte for so many of the stream. */
const streamPerScreen = 8

type Opening = { readonly meta: ChannelMeta; readonly monotonic: bigint; readonly wall: number }
export type MakeEmulator = (cols: number, rows: number) => Emulator

export interface IndexJob {
  /** The recording's folder. */
  readonly dir: string
  readonly key: Uint8Array
  readonly channel: number
  /** Folder of the recording's indexes. */
  readonly folder: string
}

/**
 * Makes the index of a channel, or brings it up to what is there now; null where the channel has no opening frame yet.
 * @param emulator makes the terminal that screens are drawn on; null makes an index without screens.
 * @throws RecorderError `wrong-key`, `unreadable`, `corrupt` where the opening frame cannot be read.
 */
export async function buildIndex(job: IndexJob, emulator: MakeEmulator | null): Promise<ReplayIndex | null> {
  const { digest: manifest } = await readManifest(job.dir)
  const place = { folder: job.folder, manifest, channel: job.channel, key: job.key }
  const before = await readIndex(place)
  // An index without screens is not gone on with where screens are wanted: what led to it may be over.
  const usable = before !== null && before.unreadable === null && before.drawn === (emulator !== null)
  if (usable && before.complete) return before
  if (usable) {
    const last = before.keyframes.at(-1)
    const screen = last === undefined ? null : await readScreen(place, last)
    // Where there is a terminal, its last screen is the one to go on from.
    const hasScreen = screen !== null && last?.index === before.next.index
    if (hasScreen || emulator === null || !castKinds.has(before.meta.kind)) {
      const kept = keptOf(before.keyframes)
      const end = kept.at(-1)
      const writer = await openIndexWriter(place, end === undefined ? 0 : end.box.offset + end.box.length)
      const build = new Build(job, emulator, writer)
      await build.resume(
        { ...before, keyframes: kept },
        last === undefined || screen === null ? null : { ...last, screen },
      )
      const done = await run(job, build, writer, before.next)
      // The stream no longer continues what the index knows: it was cut. The index is made anew.
      if (done !== 'changed') return done
    }
  }
  const writer = await openIndexWriter(place, 0)
  const done = await run(job, new Build(job, emulator, writer), writer, null)
  return done === 'changed' ? null : done
}

async function run(
  job: IndexJob,
  build: Build,
  writer: IndexWriter,
  from: FramePosition | null,
): Promise<ReplayIndex | null | 'changed'> {
  // Before reading: what is sealed while we read is looked at again next time.
  const isSealed = existsSync(join(job.dir, sealFile))
  try {
    let read = 0
    try {
      for await (const frame of readFramesFrom(job.dir, job.key, job.channel, from)) {
        await build.visit(frame)
        read++
      }
    } catch (cause) {
      if (!(cause instanceof RecorderError) || cause.code !== 'corrupt') throw cause
      if (from !== null && read === 0) return 'changed'
      if (!build.isOpen) throw cause
      build.unreadable = cause.message
    }
    if (!build.isOpen) return null
    let index: ReplayIndex
    try {
      index = await build.finish(isSealed)
    } catch (cause) {
      // What an earlier run read is damaged since. What stands before the damage is to be seen all the same.
      if (from !== null && cause instanceof RecorderError && cause.code === 'corrupt') return 'changed'
      throw cause
    }
    await writer.finish(index)
    return index
  } finally {
    build.dispose()
    await writer.close()
  }
}

/** One reading: what it has gathered so far. */
class Build {
  readonly #job: IndexJob
  readonly #makeEmulator: MakeEmulator | null
  readonly #writer: IndexWriter
  #opening: Opening | null = null
  #events: ScreenEvents | null = null
  /** Null where the channel shows no text, or nothing is to be drawn. */
  #emulator: Emulator | null = null
  #activity = new Activity(noActivity, 0)
  #next: FramePosition = { index: 0, offset: 0 }
  #duration = 0
  #isClosed = false
  #exit: ExitStatus | null = null
  #crossed = { in: 0, out: 0, err: 0 }
  #points: Point[] = []
  #spacing = leastSpacing
  #keyframes: Keyframe[] = []
  #screenSpacing = leastScreenSpacing
  unreadable: string | null = null

  constructor(job: IndexJob, emulator: MakeEmulator | null, writer: IndexWriter) {
    this.#job = job
    this.#makeEmulator = emulator
    this.#writer = writer
  }

  /** Takes up what an earlier run gathered. `stand` is where it stopped, where that was on a terminal. */
  async resume(before: ReplayIndex, stand: (Keyframe & { readonly screen: Screen }) | null): Promise<void> {
    const { meta, monotonic, wall } = before
    this.#open({ meta, monotonic, wall }, stand?.screen.tracks ?? null)
    this.#activity = new Activity(before.activity, before.duration)
    this.#next = before.next
    this.#duration = before.duration
    this.#exit = before.exit
    this.#crossed = { ...before.crossed }
    this.#points = [...before.points]
    this.#spacing =
      leastSpacing * 2 ** Math.max(0, Math.ceil(Math.log2(before.next.offset / leastSpacing / mostPoints)))
    this.#keyframes = [...before.keyframes]
    const last = before.keyframes.at(-1)
    if (last !== undefined) this.#screenSpacing = spacingAfter(last)
    if (this.#emulator === null || stand === null) return
    await this.#emulator.resize(stand.cols, stand.rows)
    await this.#emulator.write(stand.screen.text)
  }

  get isOpen(): boolean {
    return this.#opening !== null
  }

  async visit(frame: PlacedFrame): Promise<void> {
    if (frame.kind === 'open' && this.#opening === null) {
      this.#open({ meta: frame.meta, monotonic: frame.monotonic, wall: frame.wall }, null)
      this.#next = { index: frame.index + 1, offset: frame.end }
      return
    }
    if (this.#events === null) return
    this.#point()
    const at = this.#events.timeOf(frame)
    this.#activity.note(frame, at)
    if (frame.kind === 'data') this.#crossed[frame.direction] += frame.bytes.length
    if (frame.kind === 'exit') this.#exit = frame.status
    if (frame.kind === 'close') this.#isClosed = true
    const event = this.#events.next(frame)
    if (event !== null && this.#emulator !== null) await draw(this.#emulator, event)
    this.#duration = at
    this.#next = { index: frame.index + 1, offset: frame.end }
    const last = this.#keyframes.at(-1)
    if (this.#emulator === null || frame.end - (last?.offset ?? 0) < this.#screenSpacing) return
    if (!(await this.#emulator.isLineFull())) await this.#keyframe()
  }

  async finish(isSealed: boolean): Promise<ReplayIndex> {
    const opening = this.#opening
    if (opening === null) throw new RecorderError('corrupt', 'replay index: the channel has no opening frame')
    const complete = this.unreadable === null && (this.#isClosed || isSealed)
    // The next run goes on from this screen.
    const last = this.#keyframes.at(-1)
    if (!complete && this.#emulator !== null && last?.index !== this.#next.index) await this.#keyframe()
    return {
      ...opening,
      next: this.#next,
      duration: this.#duration,
      complete,
      unreadable: this.unreadable,
      exit: this.#exit,
      crossed: { ...this.#crossed },
      digests: complete ? await digestsOf(this.#job) : null,
      activity: this.#activity.state,
      points: this.#points,
      keyframes: this.#keyframes,
      drawn: this.#makeEmulator !== null,
    }
  }

  dispose(): void {
    this.#emulator?.dispose()
  }

  #open(opening: Opening, tracks: Tracks | null): void {
    this.#opening = opening
    this.#events = new ScreenEvents(opening, tracks)
    const { cols, rows } = openingSize(opening.meta)
    if (castKinds.has(opening.meta.kind)) this.#emulator = this.#makeEmulator?.(cols, rows) ?? null
  }

  /** Notes the place of the frame that comes now, where the last one noted is far enough behind. */
  #point(): void {
    const last = this.#points.at(-1)
    if (last !== undefined && this.#next.offset - last.offset < this.#spacing) return
    this.#points.push({ ...this.#next, at: this.#duration, crossed: { ...this.#crossed } })
    if (this.#points.length <= mostPoints) return
    this.#points = this.#points.filter((_, i) => i % 2 === 0)
    this.#spacing *= 2
  }

  async #keyframe(): Promise<void> {
    if (this.#emulator === null || this.#events === null) return
    const { cols, rows } = this.#emulator
    const screen = { text: await this.#emulator.screen(), tracks: this.#events.tracks }
    const box = await this.#writer.screen(screen, this.#next.index)
    if (box !== null) this.#keyframes.push({ ...this.#next, at: this.#duration, cols, rows, box })
    this.#screenSpacing = spacingAfter({ box: box ?? { offset: 0, length: maxScreenBytes }, offset: this.#next.offset })
  }
}

/** How much of a stream stands between this screen and the next. */
const spacingAfter = ({ box, offset }: Pick<Keyframe, 'box' | 'offset'>): number =>
  Math.max(leastScreenSpacing, streamPerScreen * box.length, offset / mostPoints)

/**
 * Of the screens of an unfinished index those that stay. The last is where its run stopped, wherever that was: a living channel
 * that is looked at every few seconds would keep one for each look.
 */
function keptOf(keyframes: readonly Keyframe[]): readonly Keyframe[] {
  const [last, before] = [keyframes.at(-1), keyframes.at(-2)]
  if (last === undefined) return keyframes
  const spacing = before === undefined ? leastScreenSpacing : spacingAfter(before)
  return last.offset - (before?.offset ?? 0) < spacing ? keyframes.slice(0, -1) : keyframes
}

async function draw(emulator: Emulator, event: ScreenEvent): Promise<void> {
  if (event.kind === 'output' || event.kind === 'notice') await emulator.write(event.text)
  else if (event.kind === 'resize') await emulator.resize(event.cols, event.rows)
}

/** In a reading of its own: a hash cannot be put away and taken up again, as an index can. */
async function digestsOf({ dir, key, channel }: IndexJob): Promise<ReplayIndex['digests']> {
  const hashes = { in: createHash('sha256'), out: createHash('sha256'), err: createHash('sha256') }
  for await (const frame of readFramesFrom(dir, key, channel, null))
    if (frame.kind === 'data') hashes[frame.direction].update(frame.bytes)
  return { in: hashes.in.digest('hex'), out: hashes.out.digest('hex'), err: hashes.err.digest('hex') }
}
