import { expect, it } from 'vitest'
import { signOnce } from '../../../gateway/workers/signed-once.ts'

const hashOf = (n: number): Buffer => Buffer.alloc(32, n)
const signer = { sign: (_key: number, data: Uint8Array) => Buffer.concat([Buffer.from('signed '), data]) }

it('signs each exchange hash once, by whichever key, so that no connection passes for another', () => {
  const once = signOnce(signer)
  expect(once.sign(0, hashOf(1), null)).toEqual(Buffer.concat([Buffer.from('signed '), hashOf(1)]))
  expect(once.sign(0, hashOf(2), null)).not.toBeNull()
  expect(once.sign(0, hashOf(1), null)).toBeNull()
  expect(once.sign(1, hashOf(2), 'sha256')).toBeNull()
})

it('forgets the oldest, so that its memory does not grow', () => {
  const once = signOnce(signer, 2)
  for (const n of [1, 2, 3]) expect(once.sign(0, hashOf(n), null)).not.toBeNull()
  expect([2, 3].map((n) => once.sign(0, hashOf(n), null))).toEqual([null, null])
  expect(once.sign(0, hashOf(1), null)).not.toBeNull()
})
