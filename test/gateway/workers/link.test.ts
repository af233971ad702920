// Calls and words between two processes: each answer to its own caller, and whoever says what is not in the table is not
// believed any more.

import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import {
  LinkError,
  openLink,
  takenAsIs,
  type Link,
  type LinkOptions,
  type Parse,
} from '../../../gateway/workers/link.ts'
import { joinChannels, settled, type JoinedEnd } from '../../support/joined-channels.ts'

interface Near {
  readonly calls: {
    readonly double: { readonly ask: number; readonly answer: number }
    readonly fail: { readonly ask: string; readonly answer: null }
    readonly wait: { readonly ask: number; readonly answer: number }
  }
  readonly words: { readonly hello: string; readonly throwing: null }
}
interface None {
  readonly calls: Record<never, never>
  readonly words: Record<never, never>
}

describe('a link', () => {
  let near: JoinedEnd
  let far: JoinedEnd
  /** Asks. */
  let caller: Link<Near>
  let faults: string[]
  let heard: unknown[]
  let waiting: Map<number, PromiseWithResolvers<number>>

  function open(over: Partial<LinkOptions<Near>> = {}): void {
    ;[near, far] = joinChannels()
    ;[faults, heard, waiting] = [[], [], new Map()]
    const answering = openLink<Near, None>(near)
    answering.serve({
      calls: {
        double: (n) => n * 2,
        fail(text) {
          throw new Error(text)
        },
        wait(n) {
          const one = Promise.withResolvers<number>()
          waiting.set(n, one)
          return one.promise
        },
      },
      words: {
        hello: (text, handle) => heard.push(handle === undefined ? text : [text, handle]),
        throwing() {
          throw new Error('it went wrong')
        },
      },
      parse: takenAsIs,
      mostCalls: 4,
      onFault: (why) => faults.push(why),
      ...over,
    })
    const asking = openLink<None, Near>(far)
    asking.serve({ calls: {}, words: {}, parse: takenAsIs, mostCalls: 0, onFault: (why) => faults.push(`far: ${why}`) })
    caller = asking.link
  }
  beforeEach(() => open())

  it('brings each answer to who asked, in whatever order they come', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.nat(), { minLength: 1, maxLength: 30 }).chain((asks) =>
          fc.record({
            asks: fc.constant(asks),
            order: fc.shuffledSubarray(asks, { minLength: asks.length }),
            failing: fc.subarray(asks),
          }),
        ),
        async ({ asks, order, failing }) => {
          open({ mostCalls: 30 })
          const answers = Promise.allSettled(asks.map((n) => caller.call('wait', n)))
          await settled()
          for (const n of order) {
            if (failing.includes(n)) waiting.get(n)?.reject(new Error(`not ${n}`))
            else waiting.get(n)?.resolve(n + 1)
          }
          expect(
            (await answers).map((one) => (one.status === 'fulfilled' ? one.value : String(one.reason.message))),
          ).toEqual(asks.map((n) => (failing.includes(n) ? `not ${n}` : n + 1)))
          expect(faults).toEqual([])
        },
      ),
      { numRuns: 50 },
    )
  })

  it('says why something could not be done, and goes on', async () => {
    await expect(caller.call('fail', 'no room')).rejects.toThrow(new LinkError('no room'))
    expect(await caller.call('double', 21)).toBe(42)
  })

  it('hears words in the order they were said, and their sockets', async () => {
    const socket = {} as Parameters<typeof caller.tell>[2]
    for (const word of ['a', 'b']) caller.tell('hello', word)
    caller.tell('hello', 'c', socket)
    await settled()
    expect(heard).toEqual(['a', 'b', ['c', socket]])
  })

  it('fails whatever is outstanding when the other side is gone, and whatever is asked afterwards', async () => {
    const asked = [caller.call('wait', 1), caller.call('wait', 2)]
    await settled()
    const sent = far.sent.length
    caller.close('worker 1 is gone')
    caller.close('twice')
    for (const one of [...asked, caller.call('double', 1)]) await expect(one).rejects.toThrow('worker 1 is gone')
    caller.tell('hello', 'nobody')
    expect(far.sent.length).toBe(sent)
    waiting.get(1)?.resolve(1)
    await settled()
    expect(faults).toEqual([])
  })

  it.each([
    ['no array', { kind: 'call' }],
    ['nothing', null],
    ['an empty array', []],
    ['of an unknown kind', [9, 1, 'double', 1]],
    ['a call that is not in the table', [0, 1, 'halve', 1]],
    ['a call by a name every object has', [0, 1, 'constructor', 1]],
    ['a call by a name that is none', [0, 1, { toString: null }, 1]],
    ['a call without a number', [0, 'one', 'double', 1]],
    ['an answer nobody waits for', [1, 77, 'x']],
    ['an answer to no number', [1, 'x', 'x']],
    ['a failure nobody waits for', [2, 77, 'x']],
    ['a word that is not in the table', [3, 'goodbye', 'x']],
    ['a word by a name every object has', [3, '__proto__', 'x']],
    ['a word that cannot be worked with', [3, 'throwing', null]],
  ])('takes a message for a fault that is %s: told once, and nothing is heard after it', async (_what, message) => {
    near.receive(message)
    near.receive(message)
    near.receive([3, 'hello', 'after'])
    near.receive([0, 5, 'double', 4])
    await settled()
    expect(faults).toHaveLength(1)
    expect([heard, near.sent]).toEqual([[], []])
  })

  it('takes more calls at a time than there may be for a fault, and not as many one after the other', async () => {
    for (let n = 0; n < 20; n++) expect(await caller.call('double', n)).toBe(2 * n)
    const calls = [1, 2, 3, 4, 5].map((n) => caller.call('wait', n).catch(() => null))
    await settled()
    expect([faults, waiting.size]).toEqual([['calls: expected at most 4 at a time'], 4])
    caller.close('over')
    await Promise.all(calls)
  })

  it('hands on only what the parser lets through, as the parser gives it', async () => {
    const parse: Parse = (_name, body) =>
      typeof body === 'number' ? { value: body + 1 } : { fault: 'expected a number' }
    open({ parse })
    expect(await caller.call('double', 1)).toBe(4)
    caller.tell('hello', 'text')
    await settled()
    expect([faults, heard]).toEqual([['word `hello`: expected a number'], []])
  })

  it('is never brought down, and never answers, by what is no message', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(fc.anything(), fc.array(fc.anything()))), async (messages) => {
        open({ parse: () => ({ fault: 'none of it' }) })
        for (const message of messages) near.receive(message)
        await settled()
        expect(faults.length).toBe(messages.length === 0 ? 0 : 1)
        expect(near.sent).toEqual([])
      }),
    )
  })
})
