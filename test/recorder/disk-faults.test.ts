// Every call a recording makes to the disk fails once, before it did anything and after it did everything. Whatever
// happens: what was acknowledged is there, what is there verifies, and nothing but a typed error is thrown.

import { existsSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import {
  type ChannelWriter,
  type Frame,
  readFrames,
  RecorderError,
  type Recording,
  sealInterrupted,
  unwrapSessionKey,
  verifyRecording,
} from '../../recorder/index.ts'
import { type Fault, type FaultMode, type FaultyDisk, makeFaultyDisk } from './faulty-disk.ts'
import { type Escrow, makeEscrow, makeFolder, openedAt, openRecording, sessionA, signer, trust } from './sample.ts'

interface Run {
  /** What the writer acknowledged, by channel. */
  readonly acknowledged: string[][]
  readonly error: RecorderError | null
  readonly recording: Recording | null
}

/** A small session with two channels, a sync in the middle, and a seal; stops at the first error, then seals. */
async function runSession(root: string, escrow: Escrow, { disk }: FaultyDisk): Promise<Run> {
  const acknowledged: string[][] = [[], []]
  let recording: Recording | null = null
  try {
    recording = await openRecording(root, escrow, { disk })
    const writers = [recording.openChannel({ kind: 'pty' }), recording.openChannel({ kind: 'exec' })]
    const write = (channel: number, text: string): void => {
      const writer: ChannelWriter | undefined = writers[channel]
      writer?.data('out', Buffer.from(text))
      acknowledged[channel]?.push(text)
    }
    write(0, 'a')
    write(1, 'b')
    await recording.sync()
    write(0, 'c'.repeat(5000))
    writers[1]?.close()
    await recording.sync()
    write(0, 'd')
    await recording.seal({ status: 'complete', reason: 'client' })
    return { acknowledged, error: null, recording }
  } catch (cause) {
    if (!(cause instanceof RecorderError)) throw cause
    return { acknowledged, error: cause, recording }
  }
}

/** What must be true of a folder whatever happened: it verifies, and has all that was acknowledged. */
async function expectSound(root: string, escrow: Escrow, run: Run): Promise<string> {
  const dir = join(root, sessionA)
  const key = await unwrapSessionKey(dir, [escrow.identity])
  const { recording, findings } = await verifyRecording(dir, { ...trust, key })
  expect(findings.filter(({ holds }) => !holds)).toEqual([])
  for (const [channel, texts] of run.acknowledged.entries()) {
    if (texts.length === 0) continue
    const frames: Frame[] = await Array.fromAsync(readFrames(dir, key, channel))
    const read = frames.flatMap((frame) => (frame.kind === 'data' ? [frame.bytes.toString()] : []))
    // A write that was reported as failed may stand in the file behind them: it was not forwarded.
    expect(read.slice(0, texts.length)).toEqual(texts)
    expect(read.length).toBeLessThanOrEqual(texts.length + 1)
  }
  return recording.status ?? 'none'
}

async function faultTable(): Promise<Fault[]> {
  const counting = makeFaultyDisk(null)
  const root = makeFolder()
  const escrow = await makeEscrow()
  expect((await runSession(root, escrow, counting)).error).toBeNull()
  return Object.entries(counting.counts).flatMap(([call, count]) =>
    Array.from({ length: count }, (_, nth) => nth).flatMap((nth) => {
      const modes: FaultMode[] = call === 'write' ? ['before', 'after', 'short'] : ['before', 'after']
      return modes.map((mode) => ({ call: call as Fault['call'], nth, mode }))
    }),
  )
}

describe('a disk that fails once', () => {
  it('never loses what was acknowledged, whichever call fails, and the rest can be sealed', async () => {
    const table = await faultTable()
    expect(table.length).toBeGreaterThan(60)
    const escrow = await makeEscrow()
    const outcomes = new Set<string>()
    for (const fault of table) {
      const root = makeFolder()
      const faulty = makeFaultyDisk(fault)
      const run = await runSession(root, escrow, faulty)
      const name = `${fault.call} ${fault.nth} ${fault.mode}`
      expect(faulty.struck(), name).toBe(true)
      if (fault.mode === 'short') expect(run.error, name).toBeNull()
      if (!existsSync(join(root, sessionA))) {
        expect(run.error, name).toMatchObject({ code: 'open-failed' })
        expect(await sealInterrupted({ root, sessionId: sessionA, signer, now: () => openedAt })).toEqual({
          kind: 'missing',
        })
        continue
      }
      // What the gateway does: it ends the session, seals what is there, and if that fails the next start does.
      if (run.error !== null && run.recording !== null) {
        await run.recording.seal({ status: 'complete', reason: 'recorder-failed' }).catch((cause: unknown) => {
          expect(cause, name).toBeInstanceOf(RecorderError)
        })
      }
      const outcome = await sealInterrupted({ root, sessionId: sessionA, signer, now: () => openedAt })
      expect(['sealed', 'already-sealed'], `${name}: ${JSON.stringify(outcome)}`).toContain(outcome.kind)
      outcomes.add(`${run.error?.code ?? 'none'}: ${await expectSound(root, escrow, run)}`)
    }
    // Each way for it to end was taken: nothing noticed, an interrupted prefix, and a seal at the second try.
    expect([...outcomes].sort()).toEqual([
      'none: complete',
      'none: interrupted',
      'open-failed: interrupted',
      'seal-failed: complete',
      'sync-failed: interrupted',
      'write-failed: interrupted',
    ])
  }, 120_000)

  it('takes no frame after a failed write, and says the same each time', async () => {
    const faulty = makeFaultyDisk({ call: 'write', nth: 5, mode: 'before', code: 'ENOSPC' })
    const escrow = await makeEscrow()
    const root = makeFolder()
    const recording = await openRecording(root, escrow, { disk: faulty.disk })
    const [one, two] = [recording.openChannel({ kind: 'pty' }), recording.openChannel({ kind: 'pty' })]
    const failed = expect.objectContaining({ code: 'write-failed', message: expect.stringContaining('ENOSPC') })
    expect(() => one.data('in', Buffer.from('x'))).toThrow(failed)
    expect(() => one.data('in', Buffer.from('x'))).toThrow(failed)
    expect(() => two.data('in', Buffer.from('x'))).toThrow(failed)
    expect(() => two.close()).toThrow(failed)
    expect(() => recording.openChannel({ kind: 'pty' })).toThrow(failed)
    await expect(recording.sync()).rejects.toEqual(failed)
    expect(recording.failure).toEqual(failed)
    // The reserve was given back first, so the seal fits on the full disk.
    const sealed = await recording.seal({ status: 'complete', reason: 'recorder-failed' })
    expect(sealed).toMatchObject({ status: 'interrupted', channels: 2, frames: 2 })
    expect((await verifyRecording(recording.dir, trust)).recording.holds).toBe(true)
  })

  it('takes no frame after a failed sync: nobody can say what the disk holds', async () => {
    const faulty = makeFaultyDisk({ call: 'sync', nth: 3, mode: 'before' })
    const recording = await openRecording(makeFolder(), await makeEscrow(), { disk: faulty.disk })
    const writer = recording.openChannel({ kind: 'pty' })
    const failed = expect.objectContaining({ code: 'sync-failed' })
    await expect(recording.sync()).rejects.toEqual(failed)
    expect(() => writer.data('in', Buffer.from('x'))).toThrow(failed)
    await expect(recording.sync()).rejects.toEqual(failed)
    expect(await recording.seal({ status: 'complete', reason: 'recorder-failed' })).toMatchObject({
      status: 'interrupted',
    })
  })

  it('gives up on a file that takes no byte at all instead of trying for ever', async () => {
    const { disk } = makeFaultyDisk(null)
    const recording = await openRecording(makeFolder(), await makeEscrow(), {
      disk: { ...disk, write: () => 0 },
    }).catch((cause: unknown) => cause)
    expect(recording).toMatchObject({ code: 'open-failed', message: expect.stringContaining('takes no more bytes') })
  })
})
