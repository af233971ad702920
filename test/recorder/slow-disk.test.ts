// A disk that is slow: what is not written yet was not forwarded, what is written once stands once, and how long the disk
// took is known, also while a call has not come back.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { expect, it } from 'vitest'

import {
  createRecording,
  type Disk,
  paceDisk,
  readFrames,
  realDisk,
  unwrapSessionKey,
  verifyRecording,
} from '../../recorder/index.ts'
import { makeEscrow, makeFolder, openedAt, sessionA, signer, trust } from './sample.ts'

const ms = 1_000_000n

/** A disk whose writes take `writeMs` of the clock here, and whose syncs come back when they are let go. */
function slowDisk() {
  let at = 0n
  let stuck: PromiseWithResolvers<void> | null = null
  const self = {
    writeMs: 0n,
    now: () => at,
    pass: (passed: bigint) => (at += passed * ms),
    stick: () => (stuck = Promise.withResolvers<void>()),
    letGo: () => stuck?.resolve(),
    disk: {
      ...realDisk,
      write(fd, parts) {
        at += self.writeMs * ms
        return realDisk.write(fd, parts)
      },
      async sync(fd) {
        await stuck?.promise
        return realDisk.sync(fd)
      },
    } satisfies Disk,
  }
  return self
}

it('says what the longest write and sync took since it was last asked', async () => {
  const slow = slowDisk()
  const paced = paceDisk(slow.disk, slow.now)
  const fd = paced.disk.create(join(makeFolder(), 'file'))
  slow.writeMs = 40n
  paced.disk.write(fd, [Buffer.from('a')])
  slow.writeMs = 10n
  paced.disk.write(fd, [Buffer.from('b')])
  expect(paced.taken()).toEqual({ writeMs: 40, syncMs: 0 })
  expect(paced.taken()).toEqual({ writeMs: 0, syncMs: 0 })
  slow.stick()
  const syncing = paced.disk.sync(fd)
  slow.pass(7_000n)
  expect(paced.taken()).toEqual({ writeMs: 0, syncMs: 7_000 })
  slow.pass(1_000n)
  slow.letGo()
  await syncing
  expect(paced.taken()).toEqual({ writeMs: 0, syncMs: 8_000 })
  paced.disk.close(fd)
})

it('counts a write and a sync that failed with the time they took', async () => {
  const slow = slowDisk()
  const broken = (): never => {
    slow.pass(3_000n)
    throw new Error('EIO')
  }
  const paced = paceDisk({ ...slow.disk, write: broken, sync: async () => broken() }, slow.now)
  expect(() => paced.disk.write(0, [])).toThrow('EIO')
  await expect(paced.disk.sync(0)).rejects.toThrow('EIO')
  expect(paced.taken()).toEqual({ writeMs: 3_000, syncMs: 3_000 })
})

it('forwards nothing before it is written, however slow the disk is, and seals all of it', async () => {
  const [root, escrow, slow] = [makeFolder(), await makeEscrow(), slowDisk()]
  const { disk, taken } = paceDisk(slow.disk, slow.now)
  const recording = await createRecording({
    root,
    sessionId: sessionA,
    meta: {},
    recipients: [escrow.recipient],
    now: () => openedAt,
    monotonic: slow.now,
    signer,
    disk,
  })
  const writer = recording.openChannel({ kind: 'exec' })
  const stream = join(recording.dir, '0000.stream')
  slow.writeMs = 2_000n
  for (const text of ['one', 'two', 'three']) {
    const before = readFileSync(stream).length
    let length = 0
    writer.data('out', Buffer.from(text), () => (length = readFileSync(stream).length))
    expect(length).toBe(before + 4 + 34 + text.length)
  }
  expect(taken().writeMs).toBe(2_000)
  // A sync that does not come back holds up the seal and nothing else: frames go on behind it.
  slow.stick()
  const syncing = recording.sync()
  writer.data('out', Buffer.from('while it syncs'))
  let isSealed = false
  const sealing = recording.seal({ status: 'complete', reason: 'client' }).finally(() => (isSealed = true))
  await Promise.resolve()
  expect(isSealed).toBe(false)
  slow.letGo()
  await syncing
  expect(await sealing).toMatchObject({ status: 'complete', frames: 6 })
  const key = await unwrapSessionKey(recording.dir, [escrow.identity])
  const frames = await Array.fromAsync(readFrames(recording.dir, key, 0))
  expect(frames.flatMap((frame) => (frame.kind === 'data' ? [frame.bytes.toString()] : []))).toEqual([
    'one',
    'two',
    'three',
    'while it syncs',
  ])
  expect((await verifyRecording(recording.dir, { ...trust, key })).recording.holds).toBe(true)
})
