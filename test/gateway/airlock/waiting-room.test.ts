// The word of a person on a file, and who waits for it.

import { expect, it } from 'vitest'
import { openWaitingRoom } from '../../../gateway/airlock/waiting-room.ts'
import { mint } from '../../../gateway/clock.ts'

const never = new AbortController().signal
const word = { kind: 'released', reason: 'known' } as const

it('has a word for who began to wait after it was said, where it was expected', async () => {
  const room = openWaitingRoom()
  const id = mint.fileTransfer(1)
  const expected = room.expect(id)
  room.tell(id, word)
  expect(await expected.wait(60_000, never)).toEqual(word)
  expect(room.isWaiting(id)).toBe(false)
})

it('keeps no word for a file that nobody is going to wait for', async () => {
  const room = openWaitingRoom()
  const id = mint.fileTransfer(1)
  const expected = room.expect(id)
  room.tell(id, word)
  expected.end()
  expected.end()
  room.tell(id, word)
  expect(await room.expect(id).wait(0, never)).toBeNull()
})

it('ends a wait that was given up before it began, or in the middle', async () => {
  const room = openWaitingRoom()
  const id = mint.fileTransfer(1)
  expect(await room.expect(id).wait(60_000, AbortSignal.abort())).toBeNull()
  const gone = new AbortController()
  const waits = room.expect(id).wait(60_000, gone.signal)
  gone.abort()
  expect(await waits).toBeNull()
  expect(room.isWaiting(id)).toBe(false)
})

it('has the word for each of several who wait for the same file, and one who gives up takes it from nobody', async () => {
  const room = openWaitingRoom()
  const id = mint.fileTransfer(1)
  const gone = new AbortController()
  const [one, other] = [room.expect(id), room.expect(id)]
  const first = one.wait(60_000, gone.signal)
  const second = other.wait(60_000, never)
  gone.abort()
  expect(await first).toBeNull()
  expect(room.isWaiting(id)).toBe(true)
  room.tell(id, word)
  expect(await second).toEqual(word)
  expect(room.isWaiting(id)).toBe(false)
})
