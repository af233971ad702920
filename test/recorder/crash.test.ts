// `kill -9` in the middle of writing: everything that was acknowledged is in the prefix, which can be sealed and verifies.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import { readFrames, sealInterrupted, unwrapSessionKey, verifyRecording } from '../../recorder/index.ts'
import { makeEscrow, makeFolder, openedAt, sessionA, signer, trust } from './sample.ts'

const program = fileURLToPath(new URL('./crash-writer.ts', import.meta.url))

/** Runs the writer until it has acknowledged so many frames, kills it, and gives the last number of each channel. */
async function killAfter(frames: number, root: string, recipient: string): Promise<number[]> {
  const child = spawn(process.execPath, [program, root, recipient], { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  const acknowledged = [0, 0]
  let pending = Buffer.alloc(0)
  let seen = 0
  for await (const chunk of child.stdout) {
    pending = Buffer.concat([pending, chunk])
    // What the pipe still holds after the kill was acknowledged, too: it is read to its end.
    while (pending.length >= 8) {
      acknowledged[pending.readUInt32BE(0)] = pending.readUInt32BE(4)
      pending = pending.subarray(8)
      if (++seen === frames) child.kill('SIGKILL')
    }
  }
  expect(await ended).toEqual([null, 'SIGKILL'])
  return acknowledged
}

describe('a writer killed with SIGKILL', () => {
  it.each([1, 2, 37, 400, 1500])(
    'leaves a readable prefix with all it acknowledged, after %i frames',
    async (frames) => {
      const root = makeFolder()
      const escrow = await makeEscrow()
      const acknowledged = await killAfter(frames, root, escrow.recipient)
      const dir = join(root, sessionA)
      const key = await unwrapSessionKey(dir, [escrow.identity])

      const expectAll = async (): Promise<void> => {
        for (const [channel, count] of acknowledged.entries()) {
          let last = 0
          for await (const frame of readFrames(dir, key, channel)) {
            if (frame.kind !== 'data') continue
            expect(frame.bytes.readUInt32BE(0)).toBe(++last)
            expect(frame.bytes.length).toBe(4 + ((last * 37) % 2996))
          }
          expect(last).toBeGreaterThanOrEqual(count)
        }
      }
      await expectAll()
      const outcome = await sealInterrupted({ root, sessionId: sessionA, signer, now: () => openedAt })
      expect(outcome).toMatchObject({ kind: 'sealed', status: 'interrupted', channels: 2 })
      await expectAll()
      expect((await verifyRecording(dir, { ...trust, key })).recording).toMatchObject({
        holds: true,
        status: 'interrupted',
      })
    },
  )
})
