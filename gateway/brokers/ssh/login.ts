// Login over SSH (RFC 4252, RFC 4256): a key or a password first, then the authenticator's code by
// keyboard-interactive; or both in one keyboard-interactive dialogue, which is what clients try by default. A machine
// account comes with its key alone.

import type { AuthContext, KeyboardAuthContext, PublicKeyAuthContext } from 'ssh2'
import type { Authenticator, CompleteLogin, FirstProof, KeyResult, Origin } from '../../identity/authenticate.ts'
import { Secret } from '../../secret.ts'
import { parseAddressee, type Addressee } from './address.ts'
import { isCertificateAlgorithm } from '../../identity/certificates/certificate.ts'
import { isUserKeyAlgorithm } from './algorithms.ts'

const first = ['publickey', 'keyboard-interactive', 'password'] as const
const second = ['keyboard-interactive'] as const
/** Wrong tries one connection may make, as OpenSSH's MaxAuthTries. */
const maxTries = 6
/** `none`, and whether a key may be tried: an agent full of keys asks often, but not for ever. */
const maxQuestions = 50

/** Who judges what is shown, one step of a dialogue at a time. */
export type LoginJudge = Pick<
  Authenticator,
  'password' | 'knowsKey' | 'publicKey' | 'knowsCertificate' | 'certificate' | 'wrongMethod' | 'totp' | 'abandoned'
>

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
 * One dialogue a connection, one step at a time however many the client sends at once. `tooMany` ends the connection
 * after the sixth wrong try, or too many questions; what comes after that is not looked at.
 */
export function startLogin(authenticator: LoginJudge, origin: Origin, tooMany: () => void): LoginDialogue {
  let user: string | null = null
  let addressee: Addressee = { login: '', asset: null }
  let proof: FirstProof | null = null
  let done: CompleteLogin | null = null
  let secondCame = false
  let over = false
  let wrong = 0
  let questions = 0
  let turn: Promise<unknown> = Promise.resolve()

  function end(): void {
    over = true
    tooMany()
  }

  function countWrong(): void {
    wrong++
    if (wrong >= maxTries) end()
  }

  function reject(ctx: AuthContext): void {
    ctx.reject(proof ? [...second] : [...first])
    countWrong()
  }

  /** A step that is not offered, or not now. */
  async function refuseMethod(ctx: AuthContext): Promise<void> {
    await authenticator.wrongMethod(addressee.login, origin)
    reject(ctx)
  }

  function halfWay(ctx: AuthContext, good: FirstProof): void {
    proof = good
    ctx.reject([...second], true)
  }

  /** Null when the client began something else instead of answering. */
  function ask(ctx: KeyboardAuthContext, prompts: { prompt: string; echo: boolean }[]): Promise<string[] | null> {
    return new Promise((resolve) =>
      ctx.prompt(prompts, 'Sallyport', (answers: unknown) =>
        resolve(Array.isArray(answers) ? answers.map(String) : null),
      ),
    )
  }

  async function keyboard(ctx: KeyboardAuthContext): Promise<void> {
    const code = { prompt: 'Authenticator code: ', echo: true }
    if (proof) {
      const answers = await ask(ctx, [code])
      if (!answers) return reject(ctx)
      secondCame = true
      done = await authenticator.totp(proof, answers[0] ?? '', origin)
    } else {
      const answers = await ask(ctx, [{ prompt: 'Password: ', echo: false }, code])
      if (!answers) return reject(ctx)
      const [password = '', digits = ''] = answers
      const result = await authenticator.password(addressee.login, new Secret(password), origin)
      if (result.kind === 'good') done = await authenticator.totp(result.proof, digits, origin)
    }
    if (done) ctx.accept()
    else reject(ctx)
  }

  async function publicKey(ctx: PublicKeyAuthContext): Promise<void> {
    const { signature, blob, hashAlgo } = ctx
    if (isCertificateAlgorithm(ctx.key.algo)) return certificate(ctx)
    if (!signature || !blob) {
      // A question, not a proof: may this key be tried? Answering yes authorises nothing.
      if (++questions > maxQuestions) return end()
      const isOffered = proof === null && isUserKeyAlgorithm(ctx.key.algo, hashAlgo)
      if (isOffered && (await authenticator.knowsKey(addressee.login, ctx.key.data))) ctx.accept()
      else ctx.reject(proof ? [...second] : [...first])
      return
    }
    if (proof || !isUserKeyAlgorithm(ctx.key.algo, hashAlgo)) return refuseMethod(ctx)
    const signed = { data: blob, signature, hash: hashAlgo ?? null }
    conclude(ctx, await authenticator.publicKey(addressee.login, ctx.key.data, signed, origin))
  }

  function conclude(ctx: AuthContext, result: KeyResult): void {
    switch (result.kind) {
      case 'complete':
        done = result.login
        return ctx.accept()
      case 'good':
        return halfWay(ctx, result.proof)
      case 'bad':
        return reject(ctx)
    }
  }

  /** ssh2 knows no certificates: the key and the signature are here as the client sent them (PROTOCOL.certkeys). */
  async function certificate(ctx: PublicKeyAuthContext): Promise<void> {
    const { signature, blob } = ctx
    const { algo: algorithm, data } = ctx.key
    if (!signature || !blob) {
      if (++questions > maxQuestions) return end()
      const isOffered =
        proof === null && (await authenticator.knowsCertificate(addressee.login, algorithm, data, origin))
      if (isOffered) ctx.accept()
      else ctx.reject(proof ? [...second] : [...first])
      return
    }
    if (proof) return refuseMethod(ctx)
    const shown = { algorithm, blob: data, signed: blob, signature }
    conclude(ctx, await authenticator.certificate(addressee.login, shown, origin))
  }

  async function step(ctx: AuthContext): Promise<void> {
    if (done || over) return
    if (user === null) {
      user = ctx.username
      addressee = parseAddressee(ctx.username)
    } else if (user !== ctx.username) {
      // One factor of one person must not complete the login of another.
      await refuseMethod(ctx)
      if (!over) end()
      return
    }
    switch (ctx.method) {
      case 'keyboard-interactive':
        return keyboard(ctx)
      case 'publickey':
        return publicKey(ctx)
      case 'password': {
        if (proof) return refuseMethod(ctx)
        const result = await authenticator.password(addressee.login, new Secret(ctx.password), origin)
        if (result.kind === 'good') halfWay(ctx, result.proof)
        else reject(ctx)
        return
      }
      case 'hostbased':
        return refuseMethod(ctx)
      case 'none':
        // `none` asks which methods there are and is no wrong try.
        if (++questions > maxQuestions) return end()
        ctx.reject([...first])
    }
  }

  return {
    handle(ctx) {
      const stepped = turn.then(async () => {
        try {
          await step(ctx)
        } catch (error) {
          // Also a try that could not be judged is one: whoever makes the store fail gets no more of them.
          countWrong()
          throw error
        }
      })
      // The caller learns of a failure; the next step does not wait for it in vain.
      turn = stepped.catch(() => undefined)
      return stepped
    },
    finished: () => (done ? { login: done, addressee } : null),
    async gone() {
      if (proof && !secondCame) await authenticator.abandoned(proof, origin)
    },
  }
}
