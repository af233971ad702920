// The replay part of the bench: what it takes to come to any time of a long terminal recording, with its replay index and
// without, and what the index costs.

import { statSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { generateX25519Identity, identityToRecipient } from 'age-encryption'
import {
  createRecording,
  partLines,
  partStart,
  positionOf,
  readFramesFrom,
  readIndex,
  readManifest,
  unwrapSessionKey,
  type IndexPlace,
  type ReplayIndex,
} from '../../../recorder/index.ts'
import { buildIndex } from '../../../recorder/replay-index/build.ts'
import { Emulator } from '../../../recorder/replay-index/emulator.ts'
import { signerOf } from '../../recorder/sample-keys.ts'
import { median, quantile } from '../figures.ts'

export interface ReplayPlan {
  readonly hours: number
  /** Bytes of output in all. */
  readonly bytes: number
  readonly seeks: number
}

export interface Times {
  readonly median: number
  readonly p99: number
  readonly longest: number
}

export interface ReplayFindings {
  readonly hours: number
  readonly streamBytes: number
  readonly frames: number
  readonly index: { readonly ms: number; readonly bytes: number; readonly screens: number }
  /** The index read from its file for each seek. */
  readonly cold: Times
  /** The index in memory, as a gateway has it while somebody looks. */
  readonly warm: Times
  /** Reading from the beginning, as without an index: to the end of the recording. */
  readonly withoutMs: number
}

interface Recorded {
  readonly dir: string
  readonly key: Buffer
  readonly channel: number
}

/** A person at work: a command every second or so, colours, a full screen redrawn now and then, pauses. */
async function recordSession({ hours, bytes }: ReplayPlan, folder: string): Promise<Recorded> {
  const identity = await generateX25519Identity()
  let elapsed = 0n
  const recording = await createRecording({
    root: folder,
    sessionId: `ses_${'0'.repeat(26)}`,
    meta: {},
    recipients: [await identityToRecipient(identity)],
    now: () => 1_750_000_000_000 + Number(elapsed / 1_000_000n),
    monotonic: () => elapsed,
    signer: signerOf(1),
  })
  const channel = recording.openChannel({ kind: 'pty', term: 'xterm-256color', cols: 120, rows: 40 })
  const seconds = hours * 3600
  for (let second = 0; second < seconds; second++) {
    elapsed = BigInt(second) * 1_000_000_000n
    for (const key of 'ls -l\r') channel.data('in', Buffer.from(key))
    if (second % 60 === 0) channel.data('out', Buffer.from('\u001b[?1049h\u001b[2J\u001b[H'))
    if (second % 60 === 10) channel.data('out', Buffer.from('\u001b[?1049l'))
    for (let sent = 0, row = 0; sent < bytes / seconds; row++) {
      elapsed += 1_000_000n
      const line = `\u001b[3${row % 8}m-rw-r--r--\u001b[0m 1 root root ${second * 17 + row} file-${second}-${row}.txt\r\n`
      channel.data('out', Buffer.from(line))
      sent += line.length
    }
  }
  channel.close()
  await recording.seal({ status: 'complete', reason: 'client' })
  return { dir: recording.dir, key: await unwrapSessionKey(recording.dir, [identity]), channel: 0 }
}

/** Ms until everything is there that the screen at a time is drawn of. */
async function seek(
  recorded: Recorded,
  from: number,
  indexed: { readonly index: ReplayIndex; readonly place: IndexPlace } | null,
): Promise<number> {
  const begun = performance.now()
  const start = await partStart(recorded, from, indexed)
  if (start === null) throw new Error('the recording has nothing')
  const frames = readFramesFrom(recorded.dir, recorded.key, recorded.channel, positionOf(start))
  const part = { title: '', format: 'v2', from, until: from + 1, input: false, clipped: false } as const
  let lines = 0
  for await (const line of partLines(start, frames, part)) lines += line.length
  if (lines === 0) throw new Error('a seek drew nothing')
  return performance.now() - begun
}

const timesOf = (samples: readonly number[]): Times => ({
  median: median(samples),
  p99: quantile(samples, 0.99),
  longest: quantile(samples, 1),
})

/** Measures everything of the plan in `folder`. */
export async function measureReplay(
  plan: ReplayPlan,
  folder: string,
  say: (text: string) => void,
): Promise<ReplayFindings> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  say(`replay: recording ${plan.hours} hours`)
  const recorded = await recordSession(plan, folder)
  const job = { ...recorded, folder: join(folder, 'index') }
  say('replay: making the index')
  const begun = performance.now()
  const index = await buildIndex(job, (cols, rows) => new Emulator(cols, rows))
  const ms = performance.now() - begun
  if (index === null) throw new Error('the recording has nothing')
  const { digest: manifest } = await readManifest(recorded.dir)
  const place = { folder: job.folder, manifest, channel: recorded.channel, key: recorded.key }
  say(`replay: ${plan.seeks} seeks`)
  const cold: number[] = []
  const warm: number[] = []
  for (let i = 0; i < plan.seeks; i++) {
    // Spread over the whole, in no order: the golden ratio.
    const from = Math.floor(index.duration * ((i * 0.618_033_988_749) % 1))
    const readAt = performance.now()
    const read = await readIndex(place)
    const readMs = performance.now() - readAt
    if (read === null) throw new Error('the index cannot be read back')
    const seekMs = await seek(recorded, from, { index: read, place })
    cold.push(readMs + seekMs)
    warm.push(await seek(recorded, from, { index, place }))
  }
  const sizeOf = (name: string): number => statSync(join(job.folder, name)).size
  return {
    hours: plan.hours,
    streamBytes: index.next.offset,
    frames: index.next.index,
    index: { ms, bytes: sizeOf('0000.index') + sizeOf('0000.screens'), screens: index.keyframes.length },
    cold: timesOf(cold),
    warm: timesOf(warm),
    withoutMs: await seek(recorded, index.duration, null),
  }
}
