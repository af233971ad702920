// Login over SSH (RFC 4252, RFC 4256): a key or a password first, then the authenticator's code by
// keyboard-interactive; or both in one keyboard-interactive dialogue, which is what clients try by default.

import ssh2, { type AuthContext, type KeyboardAuthContext, type PublicKeyAuthContext } from 'ssh2'
import type { Authenticator, CompleteLogin, FirstProof, Origin } from '../../identity/authenticate.ts'
import { Secret } from '../../secret.ts'
import { parseAddressee, type Addressee } from './address.ts'
import { isUserKeyAlgorithm } from './algorithms.ts'

const first = ['publickey', 'keyboard-interactive', 'password'] as const
const second = ['keyboard-interactive'] as const
/** As OpenSSH's MaxAuthTries. */
const maxTries = 6

export interface FinishedLogin {
  readonly login: CompleteLogin
  readonly addressee: Addressee
}

export interface LoginDialogue {
  handle(ctx: AuthContext): Promise<void>
  /** Set once the login is complete. */
  finished(): FinishedLogin | null
  /** The connection is gone: a first factor that was good and never completed is evidence. */
  gone(): Promise<void>
}

/**
 * One dialogue a connection. `tooMany` ends the connection after six wrong tries.
 */
export function startLogin(authenticator: Authenticator, origin: Origin, tooMany: () => void): LoginDialogue {
  let user: string | null = null
  let addressee: Addressee = { login: '', asset: null }
  let proof: FirstProof | null = null
  let done: CompleteLogin | null = null
  let secondCame = false
  let wrong = 0

  function reject(ctx: AuthContext): void {
    wrong++
    ctx.reject(proof ? [...second] : [...first])
    if (wrong >= maxTries) tooMany()
  }

  function halfWay(ctx: AuthContext, good: FirstProof): void {
    proof = good
    ctx.reject([...second], true)
  }

  function ask(ctx: KeyboardAuthContext, prompts: { prompt: string; echo: boolean }[]): Promise<string[]> {
    return new Promise((resolve) => ctx.prompt(prompts, 'Sallyport', (answers) => resolve(answers ?? [])))
  }

  async function keyboard(ctx: KeyboardAuthContext): Promise<void> {
    const code = { prompt: 'Authenticator code: ', echo: true }
    if (proof) {
      const [digits = ''] = await ask(ctx, [code])
      secondCame = true
      done = await authenticator.totp(proof, digits, origin)
    } else {
      const [password = '', digits = ''] = await ask(ctx, [{ prompt: 'Password: ', echo: false }, code])
      const result = await authenticator.password(addressee.login, new Secret(password), origin)
      if (result.kind === 'good') done = await authenticator.totp(result.proof, digits, origin)
    }
    if (done) ctx.accept()
    else reject(ctx)
  }

  async function publicKey(ctx: PublicKeyAuthContext): Promise<void> {
    if (proof || !isUserKeyAlgorithm(ctx.key.algo, ctx.hashAlgo)) return reject(ctx)
    if (!ctx.signature || !ctx.blob) {
      // A question, not a proof: may this key be tried? Answering yes authorises nothing.
      if (await authenticator.knowsKey(addressee.login, ctx.key.data)) ctx.accept()
      else ctx.reject([...first])
      return
    }
    const key = ssh2.utils.parseKey(ctx.key.data)
    if (key instanceof Error || key.verify(ctx.blob, ctx.signature, ctx.hashAlgo) !== true) return reject(ctx)
    const result = await authenticator.provenKey(addressee.login, ctx.key.data, origin)
    if (result.kind === 'good') halfWay(ctx, result.proof)
    else reject(ctx)
  }

  return {
    async handle(ctx) {
      if (done) return
      if (user === null) {
        user = ctx.username
        addressee = parseAddressee(ctx.username)
      } else if (user !== ctx.username) {
        // One factor of one person must not complete the login of another.
        reject(ctx)
        tooMany()
        return
      }
      switch (ctx.method) {
        case 'keyboard-interactive':
          return keyboard(ctx)
        case 'publickey':
          return publicKey(ctx)
        case 'password': {
          if (proof) return reject(ctx)
          const result = await authenticator.password(addressee.login, new Secret(ctx.password), origin)
          if (result.kind === 'good') halfWay(ctx, result.proof)
          else reject(ctx)
          return
        }
        case 'hostbased':
          return reject(ctx)
        case 'none':
          // `none` asks which methods there are and is no wrong try.
          ctx.reject([...first])
      }
    },
    finished: () => (done ? { login: done, addressee } : null),
    async gone() {
      if (proof && !secondCame) await authenticator.abandoned(proof, origin)
    },
  }
}
