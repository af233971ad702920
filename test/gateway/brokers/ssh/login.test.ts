import type { AuthContext } from 'ssh2'
import { describe, expect, it } from 'vitest'
import { startLogin } from '../../../../gateway/brokers/ssh/login.ts'
import type { Authenticator } from '../../../../gateway/identity/authenticate.ts'

const origin = { via: 'ssh', source: '192.0.2.7' } as const

/** An authenticator that finds everything wrong, a turn of the event loop later, and counts what it was asked. */
function refusing() {
  const asked = { tries: 0, questions: 0, atOnce: 0, most: 0 }
  const wrong = async () => {
    asked.tries++
    asked.most = Math.max(asked.most, ++asked.atOnce)
    await new Promise((resolve) => setImmediate(resolve))
    asked.atOnce--
    return { kind: 'bad' } as const
  }
  const authenticator: Authenticator = {
    password: wrong,
    publicKey: wrong,
    certificate: wrong,
    async knowsCertificate() {
      asked.questions++
      return false
    },
    async wrongMethod() {
      await wrong()
    },
    totp: async () => null,
    code: async () => false,
    async knowsKey() {
      asked.questions++
      return false
    },
    abandoned: async () => undefined,
    settle: async () => undefined,
  }
  return { authenticator, asked }
}

function context(method: AuthContext['method'], more: object = {}): { ctx: AuthContext; answers: string[] } {
  const answers: string[] = []
  const ctx = {
    method,
    username: 'nobody',
    password: 'no',
    accept: () => answers.push('accept'),
    reject: () => answers.push('reject'),
    ...more,
  }
  return { ctx: ctx as unknown as AuthContext, answers }
}

const ed25519 = { key: { algo: 'ssh-ed25519', data: Buffer.from('key') } }
const signature = { signature: Buffer.from('s'), blob: Buffer.from('b') }

describe('the tries of one connection', () => {
  it.each([
    ['passwords', 'password', {}],
    ['signatures', 'publickey', { ...ed25519, ...signature }],
    ['signatures of a kind not taken', 'publickey', { key: { algo: 'ssh-rsa', data: Buffer.from('') }, ...signature }],
    ['claims of another host', 'hostbased', {}],
  ] as const)('are six, one after the other, however many come at once: %s', async (_what, method, more) => {
    const { authenticator, asked } = refusing()
    let ended = 0
    const login = startLogin(authenticator, origin, () => ended++)
    const contexts = Array.from({ length: 12 }, () => context(method, more))
    await Promise.all(contexts.map(({ ctx }) => login.handle(ctx)))
    expect(asked).toMatchObject({ tries: 6, most: 1 })
    expect(ended).toBe(1)
    expect(contexts.map(({ answers }) => answers.length)).toEqual([1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0])
  })

  it.each([
    ['which methods there are', 'none', {}],
    ['whether a key may be tried', 'publickey', ed25519],
  ] as const)('do not include questions, of which there may be fifty: %s', async (_what, method, more) => {
    const { authenticator, asked } = refusing()
    let ended = 0
    const login = startLogin(authenticator, origin, () => ended++)
    for (let i = 0; i < 50; i++) await login.handle(context(method, more).ctx)
    await login.handle(context('password').ctx)
    expect([ended, asked.tries]).toEqual([0, 1])
    const { ctx, answers } = context(method, more)
    await login.handle(ctx)
    expect([ended, answers]).toEqual([1, []])
  })

  it('include those that could not be judged, and a failure does not hold up the next', async () => {
    const { authenticator } = refusing()
    let ended = 0
    const failing = { ...authenticator, password: () => Promise.reject(new Error('disk full')) }
    const login = startLogin(failing, origin, () => ended++)
    const tries = Array.from({ length: 8 }, () => login.handle(context('password').ctx))
    const outcomes = await Promise.allSettled(tries)
    expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(6)
    expect(ended).toBe(1)
  })

  it('include a dialogue that was begun and left for another', async () => {
    const { authenticator, asked } = refusing()
    const login = startLogin(authenticator, origin, () => undefined)
    const prompt = (_prompts: unknown, _title: string, done: (answers: unknown) => void): void =>
      done(new Error('Authentication request aborted'))
    const { ctx, answers } = context('keyboard-interactive', { prompt })
    await login.handle(ctx)
    expect([answers, asked.tries]).toEqual([['reject'], 0])
  })
})
