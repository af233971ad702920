// What recording costs by itself, beside programs that write without protecting what they write: bulk data and small frames
// beside plain writes with the same syncs, a terminal's output beside `script` and `tlog-rec`, verifying beside `sha256sum`;
// and whether the memory stays flat while a recording grows long.

import { rmSync } from 'node:fs'
import { join } from 'node:path'

import { generateX25519Identity, identityToRecipient } from 'age-encryption'

import {
  createRecording,
  parseVerifierKey,
  type Recording,
  unwrapSessionKey,
  verifyRecording,
} from '../../../recorder/index.ts'
import { signerOf } from '../../recorder/sample-keys.ts'
import { median } from '../figures.ts'
import { openPlainFile } from './plain-file.ts'
import { secondsOfSha256sum } from './sha256sum.ts'
import { measureTerminal, type TerminalFindings } from './terminal.ts'
import { type Timed, timed } from './timed.ts'

export interface RecorderPlan {
  /** Bulk data in a round. */
  readonly bytes: number
  /** Small frames in a round. */
  readonly frames: number
  readonly rounds: number
  /** What a terminal shows in a round. */
  readonly terminalBytes: number
  /** The long recording whose memory is watched. */
  readonly longBytes: number
}

/** Rates by second, medians of the rounds; `durable` counts the sync at the end. */
export interface Beside {
  readonly recorder: number
  readonly plain: number
}

export interface RecorderFindings {
  readonly bulk: Beside
  readonly bulkDurable: Beside
  readonly frames: Beside
  readonly terminal: TerminalFindings
  readonly verify: Beside
  /** Bytes of memory of this process (RSS) when a tenth of the long recording was written, and at most after that. */
  readonly memory: { readonly bytes: number; readonly early: number; readonly most: number; readonly verifying: number }
}

const piece = 256 << 10
const smallPiece = 64

export async function measureRecorder(
  plan: RecorderPlan,
  folder: string,
  say: (text: string) => void,
): Promise<RecorderFindings> {
  const identity = await generateX25519Identity()
  const recipient = await identityToRecipient(identity)
  const signer = signerOf(1)
  const parsed = parseVerifierKey(signer.vkey)
  if (parsed.kind === 'malformed') throw new Error(parsed.reason)
  const verifiers = [parsed.value]
  let n = 0
  const open = (): Promise<Recording> =>
    createRecording({
      root: folder,
      sessionId: `ses_${String(n++).padStart(26, '0')}`,
      meta: {},
      recipients: [recipient],
      now: Date.now,
      monotonic: process.hrtime.bigint,
      signer,
    })

  async function record(bytes: number, size: number, each?: (done: number) => void): Promise<Timed & { dir: string }> {
    const recording = await open()
    const channel = recording.openChannel({ kind: 'exec' })
    const to = { write: (one: Buffer) => channel.data('out', one), sync: () => recording.sync() }
    const run = await timed(bytes, size, to, each)
    await recording.seal({ status: 'complete', reason: 'client' })
    return { ...run, dir: recording.dir }
  }

  async function plain(bytes: number, size: number): Promise<Timed> {
    const file = openPlainFile(join(folder, `plain-${n++}`))
    try {
      return await timed(bytes, size, file)
    } finally {
      file.remove()
    }
  }

  async function secondsToVerify(dir: string): Promise<number> {
    const key = await unwrapSessionKey(dir, [identity])
    const began = performance.now()
    const { recording } = await verifyRecording(dir, { verifiers, key })
    if (!recording.holds) throw new Error('a recording of the bench does not verify')
    return (performance.now() - began) / 1_000
  }

  async function measureMemory(bytes: number): Promise<RecorderFindings['memory']> {
    const memory = { bytes, early: 0, most: 0, verifying: 0 }
    const { dir } = await record(bytes, piece, (done) => {
      const { rss } = process.memoryUsage()
      if (done <= bytes / 10) memory.early = Math.max(memory.early, rss)
      memory.most = Math.max(memory.most, rss)
    })
    const look = setInterval(() => (memory.verifying = Math.max(memory.verifying, process.memoryUsage().rss)), 50)
    await secondsToVerify(dir)
    clearInterval(look)
    rmSync(dir, { recursive: true })
    return memory
  }

  const rates = { bulk: pairs(), durable: pairs(), frames: pairs(), verify: pairs() }
  for (let round = 0; round < plan.rounds; round++) {
    say(`recorder: round ${round + 1} of ${plan.rounds}`)
    const ours = await record(plan.bytes, piece)
    const verify = await secondsToVerify(ours.dir)
    rates.verify.add(plan.bytes / verify, plan.bytes / (await secondsOfSha256sum(join(ours.dir, '0000.stream'))))
    rmSync(ours.dir, { recursive: true })
    const theirs = await plain(plan.bytes, piece)
    rates.bulk.add(plan.bytes / ours.written, plan.bytes / theirs.written)
    rates.durable.add(plan.bytes / ours.durable, plan.bytes / theirs.durable)
    const small = await record(plan.frames * smallPiece, smallPiece)
    rmSync(small.dir, { recursive: true })
    rates.frames.add(
      plan.frames / small.written,
      plan.frames / (await plain(plan.frames * smallPiece, smallPiece)).written,
    )
  }
  say('recorder: terminals')
  const terminal = await measureTerminal(plan.terminalBytes, plan.rounds, folder, open)
  say(`recorder: a recording of ${(plan.longBytes / 1e9).toFixed(0)} GB`)
  const memory = await measureMemory(plan.longBytes)
  return {
    bulk: rates.bulk.medians(),
    bulkDurable: rates.durable.medians(),
    frames: rates.frames.medians(),
    terminal,
    verify: rates.verify.medians(),
    memory,
  }
}

/** Collects what both sides reached in each round. */
function pairs() {
  const recorder: number[] = []
  const plain: number[] = []
  return {
    add(ours: number, theirs: number): void {
      recorder.push(ours)
      plain.push(theirs)
    },
    medians: (): Beside => ({ recorder: median(recorder), plain: median(plain) }),
  }
}
