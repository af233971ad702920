import { expect, it } from 'vitest'

import { codesOf } from '../../../admin-ui/src/auditor/code-words.ts'
import { gistOf } from '../../../admin-ui/src/auditor/entry.ts'
import type { Events } from '../../../policy/index.ts'

it('says of every death of a process why it came', () => {
  const causes = { exit: true, signal: true, memory: true, silent: true, fault: true } satisfies Record<
    Events['gateway.worker_died']['because'],
    true
  >
  for (const because of Object.keys(causes)) {
    const data = { worker: 2, sessions: 1, connections: 1, because, detail: null }
    const words = codesOf({ type: 'gateway.worker_died', data })[because]
    expect(words, because).toMatch(/^it .{10}/)
    expect(gistOf(data, { [because]: words ?? '' })).toBe(`because ${words}`)
  }
})

it('says why a session ended, in the words of the other pages', () => {
  const ended = { session: 'ses_1', reason: 'worker-died' }
  expect(codesOf({ type: 'session.ended', data: ended })).toEqual({
    'worker-died': 'the process of the gateway that carried it died; connecting again works',
  })
})

it('leaves alone what is no code, or one that it does not know', () => {
  expect(codesOf({ type: 'grant.revoked', data: { reason: 'killed' } })).toEqual({})
  expect(codesOf({ type: 'gateway.worker_died', data: { because: 'moved' } })).toEqual({})
  expect(codesOf({ type: 'session.ended', data: {} })).toEqual({})
})
