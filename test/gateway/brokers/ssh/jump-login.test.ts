import type { AuthContext } from 'ssh2'
import { describe, expect, it } from 'vitest'

import { startJumpLogin } from '../../../../gateway/brokers/ssh/jump-login.ts'

interface Tried {
  accepted: number
  readonly rejected: (readonly string[])[]
  readonly shown: string[]
}

function tries(account: string | null = 'service') {
  const tried: Tried = { accepted: 0, rejected: [], shown: [] }
  const refusedNames: string[] = []
  let ended = 0
  const handle = startJumpLogin(
    { login: 'alice', account, asset: 'ews-1' },
    (user) => refusedNames.push(user),
    () => ended++,
  )
  const step = (method: string, username: string): void =>
    handle({
      method,
      username,
      accept: () => tried.accepted++,
      reject: (left: readonly string[]) => tried.rejected.push(left),
      prompt(prompts: readonly unknown[], _title: string, text: string, answered: (answers: string[]) => void) {
        expect(prompts).toEqual([])
        tried.shown.push(text)
        answered([])
      },
    } as unknown as AuthContext)
  return { tried, refusedNames, step, ended: () => ended }
}

describe('the login inside a jump', () => {
  it('takes the login of the connection around it, or the account of the target, with nothing asked', () => {
    for (const name of ['alice', 'service']) {
      const { tried, step } = tries()
      step('none', name)
      expect(tried).toEqual({ accepted: 1, rejected: [], shown: [] })
    }
  })

  it('tells nobody the account of a target they have no access to, and takes it from nobody', () => {
    const { tried, step } = tries(null)
    step('none', 'service')
    step('keyboard-interactive', 'service')
    expect(tried.accepted).toBe(0)
    expect(tried.shown.join()).not.toContain('service')
    step('none', 'alice')
    expect(tried.accepted).toBe(1)
  })

  it.each(['bob', 'Alice', 'alice%ews-2', 'alice ', '', 'root'])(
    'refuses `%s`, keeps it, and says who is expected',
    (name) => {
      const { tried, refusedNames, step } = tries()
      step('none', name)
      step('keyboard-interactive', name)
      expect(tried.accepted).toBe(0)
      expect(tried.shown[0]).toContain('`alice` or `service`')
      expect(refusedNames).toEqual([name])
    },
  )

  it('takes no other method, not even for who it is, and ends after three', () => {
    const { tried, step, ended } = tries()
    for (const method of ['password', 'publickey', 'hostbased']) step(method, 'alice')
    expect(tried).toMatchObject({ accepted: 0, rejected: [[], [], []] })
    expect(ended()).toBe(1)
  })
})
