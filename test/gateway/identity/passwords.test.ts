import { describe, expect, it } from 'vitest'
import { openPasswords } from '../../../gateway/identity/passwords.ts'
import { Secret } from '../../../gateway/secret.ts'

describe('password checks', () => {
  it('say yes to the right one and no to a wrong one and to nobody', async () => {
    const passwords = await openPasswords({ cost: 'light', parallel: 1, queue: 4 })
    const stored = await passwords.hash(new Secret('right'))
    expect(stored.expose()).toMatch(/^\$argon2id\$/)
    expect(await passwords.verify(stored, new Secret('right'))).toBe(true)
    expect(await passwords.verify(stored, new Secret('wrong'))).toBe(false)
    expect(await passwords.verify(null, new Secret('right'))).toBe(false)
  })

  it('refuse when too many wait, and serve the others', async () => {
    const passwords = await openPasswords({ cost: 'light', parallel: 1, queue: 2 })
    const stored = await passwords.hash(new Secret('right'))
    const answers = await Promise.all(Array.from({ length: 6 }, () => passwords.verify(stored, new Secret('right'))))
    expect(answers.filter((answer) => answer === 'busy')).toHaveLength(3)
    expect(answers.filter((answer) => answer === true)).toHaveLength(3)
    expect(await passwords.verify(stored, new Secret('right'))).toBe(true)
  })
})
