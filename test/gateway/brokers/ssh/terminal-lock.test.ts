import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openLock } from '../../../../gateway/brokers/ssh/terminal-lock.ts'

/** A lock that takes one code, and what its terminal shows. */
function lockTaking(right: string) {
  const tried: string[] = []
  let shown = ''
  const lock = openLock(
    (text) => {
      shown += text
    },
    async (code) => {
      tried.push(code.expose())
      return code.expose() === right ? 'unlocked' : 'wrong'
    },
  )
  const type = async (text: string): Promise<void> => {
    lock.take(Buffer.from(text))
    await new Promise((resolve) => setImmediate(resolve))
  }
  return { type, tried, shown: () => shown }
}

describe('a locked terminal', () => {
  it('asks for the code and never shows it', async () => {
    const { type, tried, shown } = lockTaking('123456')
    await type('123 456\r')
    await type('123456\r')
    expect(tried).toEqual(['123 456', '123456'])
    expect(shown()).toContain('Code of your authenticator: *******')
    expect(shown()).not.toContain('123')
  })

  it('asks again after a wrong code', async () => {
    const { type, shown } = lockTaking('123456')
    await type('000000\n')
    expect(shown()).toMatch(/not this one: wait for the next code\r\nCode of your authenticator: $/)
  })

  it('takes keys back, and asks nothing for an empty line', async () => {
    const { type, tried } = lockTaking('1')
    await type('\r\n12\u007f\b\b1\r')
    expect(tried).toEqual(['1'])
  })

  it('takes no further keys while a code is judged', async () => {
    const { type, tried } = lockTaking('1')
    await type('2\r3\r')
    expect(tried).toEqual(['2'])
    await type('1\r')
    expect(tried).toEqual(['2', '1'])
  })

  it('stays locked when the code cannot be judged', async () => {
    let shown = ''
    const lock = openLock(
      (text) => {
        shown += text
      },
      () => Promise.reject(new Error('the store is away')),
    )
    lock.take(Buffer.from('123456\r'))
    await new Promise((resolve) => setImmediate(resolve))
    expect(shown).toContain('could not be checked: try again')
  })

  it('shows nothing of whatever is typed, and remembers no more than a code is long', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        const { type, tried, shown } = lockTaking('123456')
        await type(
          Buffer.from(bytes)
            .toString('latin1')
            .replaceAll(/[\r\n]/g, ' '),
        )
        await type('\r')
        for (const code of tried) expect(code.length).toBeLessThanOrEqual(16)
        expect(shown().replaceAll(/not this one: wait for the next code|Code of your authenticator: /g, '')).toMatch(
          /^[*\b \r\n]*$/,
        )
      }),
    )
  })
})
