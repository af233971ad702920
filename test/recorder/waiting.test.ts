// A full disk that is waited for: nothing is forwarded before it is written, nothing is lost or written twice, and a
// recording that waited is as complete as one that did not.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import {
  createRecording,
  type Disk,
  readFrames,
  type Recording,
  RecorderError,
  sealInterrupted,
  unwrapSessionKey,
  verifyRecording,
} from '../../recorder/index.ts'
import { type FullMode, makeFullDisk } from './full-disk.ts'
import { type Escrow, makeEscrow, makeFolder, openedAt, sessionA, signer, trust } from './sample.ts'

interface Opened {
  readonly recording: Recording
  /** Each change of whether frames wait. */
  readonly told: boolean[]
}

async function open(root: string, { recipient }: Escrow, disk: Disk): Promise<Opened> {
  const told: boolean[] = []
  let ticks = 0n
  const recording = await createRecording({
    root,
    sessionId: sessionA,
    meta: {},
    recipients: [recipient],
    now: () => openedAt,
    monotonic: () => (ticks += 1_000n),
    signer,
    waitsForRoom: true,
    disk,
  })
  recording.onWaiting((waits) => told.push(waits))
  return { recording, told }
}

async function read(dir: string, escrow: Escrow, channel: number): Promise<string[]> {
  const key = await unwrapSessionKey(dir, [escrow.identity])
  const frames = await Array.fromAsync(readFrames(dir, key, channel))
  return frames.map((frame) => (frame.kind === 'data' ? frame.bytes.toString() : frame.kind))
}

async function expectWhole(dir: string, escrow: Escrow): Promise<void> {
  const key = await unwrapSessionKey(dir, [escrow.identity])
  const { findings } = await verifyRecording(dir, { ...trust, key })
  expect(findings.filter(({ holds }) => !holds)).toEqual([])
}

describe('a recording that waits for room', () => {
  it.each(['before', 'after', 'short'] satisfies FullMode[])(
    'goes on where it stopped when there is room again, the write failing %s',
    async (mode) => {
      const [root, escrow, full] = [makeFolder(), await makeEscrow(), makeFullDisk()]
      full.mode = mode
      const { recording, told } = await open(root, escrow, full.disk)
      const [one, two] = [recording.openChannel({ kind: 'pty' }), recording.openChannel({ kind: 'exec' })]
      const forwarded: string[] = []
      const send = (channel: typeof one, text: string): void =>
        channel.data('out', Buffer.from(text), () => forwarded.push(text))
      send(one, 'a')
      full.full = true
      send(one, 'b')
      send(two, 'c')
      one.resize(100, 30)
      send(one, 'd')
      two.close()
      await recording.sync()
      expect(recording.tryAgain()).toBe(false)
      expect({ forwarded, told, waits: recording.waits }).toEqual({ forwarded: ['a'], told: [true], waits: true })
      full.full = false
      expect(recording.tryAgain()).toBe(true)
      expect({ forwarded, told }).toEqual({ forwarded: ['a', 'b', 'c', 'd'], told: [true, false] })
      send(one, 'e')
      expect(await recording.seal({ status: 'complete', reason: 'client' })).toMatchObject({ status: 'complete' })
      expect(await read(recording.dir, escrow, 0)).toEqual(['open', 'a', 'b', 'resize', 'd', 'e', 'close'])
      expect(await read(recording.dir, escrow, 1)).toEqual(['open', 'c', 'close'])
      await expectWhole(recording.dir, escrow)
    },
  )

  it('is sealed as interrupted where room never comes, and what waited was never forwarded', async () => {
    const [root, escrow, full] = [makeFolder(), await makeEscrow(), makeFullDisk('EDQUOT')]
    const { recording } = await open(root, escrow, full.disk)
    const writer = recording.openChannel({ kind: 'pty' })
    const forwarded: string[] = []
    writer.data('in', Buffer.from('sent'), () => forwarded.push('sent'))
    full.full = true
    writer.data('in', Buffer.from('held'), () => forwarded.push('held'))
    // The reserve gives the seal its room, which is not the disk's to refuse here.
    const sealing = recording.seal({ status: 'complete', reason: 'expired' })
    full.full = false
    expect(await sealing).toMatchObject({ status: 'interrupted', frames: 2 })
    expect(forwarded).toEqual(['sent'])
    expect(await read(recording.dir, escrow, 0)).toEqual(['open', 'sent'])
    await expectWhole(recording.dir, escrow)
  })

  it('takes no new channel while it waits, and one when it goes on', async () => {
    const [root, escrow, full] = [makeFolder(), await makeEscrow(), makeFullDisk()]
    const { recording } = await open(root, escrow, full.disk)
    recording.openChannel({ kind: 'pty' })
    full.full = true
    const refused = expect.objectContaining({ code: 'full' })
    expect(() => recording.openChannel({ kind: 'exec' })).toThrow(refused)
    expect(existsSync(join(recording.dir, '0001.stream'))).toBe(false)
    full.full = false
    recording.openChannel({ kind: 'exec' }).data('out', Buffer.from('x'))
    expect(await recording.seal({ status: 'complete', reason: 'client' })).toMatchObject({ channels: 2 })
    await expectWhole(recording.dir, escrow)
  })

  it('keeps a channel whose opening found no room as one that nothing crossed', async () => {
    const [root, escrow, full] = [makeFolder(), await makeEscrow(), makeFullDisk()]
    const disk: Disk = {
      ...full.disk,
      create(path) {
        const fd = full.disk.create(path)
        full.full = path.endsWith('0001.stream')
        return fd
      },
    }
    const { recording } = await open(root, escrow, disk)
    recording.openChannel({ kind: 'pty' })
    expect(() => recording.openChannel({ kind: 'exec', command: 'x' })).toThrow(
      expect.objectContaining({ code: 'full' }),
    )
    full.full = false
    expect(recording.tryAgain()).toBe(true)
    recording.openChannel({ kind: 'exec', command: 'y' })
    await recording.seal({ status: 'complete', reason: 'client' })
    expect(await read(recording.dir, escrow, 1)).toEqual(['open', 'close'])
    await expectWhole(recording.dir, escrow)
  })

  it('ends where the disk fails in another way, waiting or not', async () => {
    const [root, escrow, full] = [makeFolder(), await makeEscrow(), makeFullDisk('EIO')]
    const { recording } = await open(root, escrow, full.disk)
    const writer = recording.openChannel({ kind: 'pty' })
    full.full = true
    expect(() => writer.data('in', Buffer.from('x'))).toThrow(expect.objectContaining({ code: 'write-failed' }))
    full.full = false
    expect(() => recording.tryAgain()).toThrow(RecorderError)
    expect(await recording.seal({ status: 'complete', reason: 'client' })).toMatchObject({ status: 'interrupted' })
  })

  it('ends where what was half written cannot be taken away again: nobody can say what the file holds', async () => {
    const [root, escrow, full] = [makeFolder(), await makeEscrow(), makeFullDisk()]
    const disk: Disk = {
      ...full.disk,
      truncate: () => {
        throw new Error('EIO: as the test asked')
      },
    }
    const { recording } = await open(root, escrow, disk)
    const writer = recording.openChannel({ kind: 'pty' })
    full.full = true
    expect(() => writer.data('in', Buffer.from('x'))).toThrow(expect.objectContaining({ code: 'write-failed' }))
  })

  it('leaves after a crash while it waits what was acknowledged', async () => {
    const [root, escrow, full] = [makeFolder(), await makeEscrow(), makeFullDisk()]
    full.mode = 'short'
    const { recording } = await open(root, escrow, full.disk)
    const writer = recording.openChannel({ kind: 'pty' })
    writer.data('out', Buffer.from('seen'))
    full.full = true
    writer.data('out', Buffer.from('held'))
    const left = readFileSync(join(recording.dir, '0000.stream'))
    expect(left.length).toBe(writer.length)
    const outcome = await sealInterrupted({ root, sessionId: sessionA, signer, now: () => openedAt })
    expect(outcome).toMatchObject({ kind: 'sealed', cuts: [], frames: 2 })
    expect(await read(recording.dir, escrow, 0)).toEqual(['open', 'seen'])
  })

  it('whatever is sent and whenever the disk is full, holds exactly what was forwarded, in order', async () => {
    const escrow = await makeEscrow()
    const step = fc.oneof(
      { weight: 6, arbitrary: fc.record({ channel: fc.nat({ max: 1 }), bytes: fc.nat({ max: 4000 }) }) },
      { weight: 1, arbitrary: fc.record({ full: fc.constantFrom<FullMode>('before', 'after', 'short') }) },
      { weight: 1, arbitrary: fc.constant('room' as const) },
      { weight: 1, arbitrary: fc.constant('again' as const) },
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const [root, full] = [makeFolder(), makeFullDisk()]
        const { recording } = await open(root, escrow, full.disk)
        const writers = [recording.openChannel({ kind: 'pty' }), recording.openChannel({ kind: 'exec' })]
        const forwarded: string[][] = [[], []]
        let n = 0
        for (const one of steps)
          if (one === 'room') full.full = false
          else if (one === 'again') recording.tryAgain()
          else if ('full' in one) Object.assign(full, { full: true, mode: one.full })
          else {
            const text = `${n++}`.padEnd(one.bytes, '.')
            writers[one.channel]?.data('out', Buffer.from(text), () => forwarded[one.channel]?.push(text))
          }
        full.full = false
        expect(recording.tryAgain()).toBe(true)
        expect(forwarded.flat().length).toBe(n)
        expect(await recording.seal({ status: 'complete', reason: 'client' })).toMatchObject({ status: 'complete' })
        for (const channel of [0, 1])
          expect(await read(recording.dir, escrow, channel)).toEqual(['open', ...(forwarded[channel] ?? []), 'close'])
        await expectWhole(recording.dir, escrow)
      }),
      { numRuns: 60 },
    )
  })
})
