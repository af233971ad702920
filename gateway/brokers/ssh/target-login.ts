// How the gateway logs in to a target: which method is tried next, by the credential it holds. The credential is asked for
// when the target has shown its key, its algorithms are kept as evidence, and it has said which methods it takes.

import './packet-limit.ts'
import ssh2, { type AnyAuthMethod, type AuthenticationType, type Client, type NextAuthHandler, type Prompt } from 'ssh2'
import type { SshEndpoint } from '../../../policy/index.ts'
import type { TargetCredential } from '../broker.ts'
import { logInByCertificate } from './certificate-login.ts'

export interface TargetLogin {
  readonly endpoint: Pick<SshEndpoint, 'account' | 'legacy'>
  /** Asked for once. */
  credential(): Promise<TargetCredential>
  /** No credential is to be had, or it cannot be used. */
  failed(error: unknown): void
}

type Attempt = AnyAuthMethod | ((client: Client) => void)

/**
 * A password is given to the first question that is asked without echo, once: a second one is about something else, such
 * as a new password, and is not answered.
 */
function answerOnce(password: string): (prompts: readonly Prompt[]) => string[] {
  let given = false
  return (prompts) => {
    const [question, more] = prompts
    if (given || !question || more || question.echo === true) return []
    given = true
    return [password]
  }
}

/** What may be tried with a credential, in order. */
function attemptsOf(account: string, credential: TargetCredential): readonly [AuthenticationType, Attempt][] {
  switch (credential.kind) {
    case 'password': {
      const password = credential.password.expose()
      const answer = answerOnce(password)
      return [
        ['password', { type: 'password', username: account, password }],
        [
          'keyboard-interactive',
          {
            type: 'keyboard-interactive',
            username: account,
            prompt: (_name, _instructions, _lang, prompts, finish) => finish(answer(prompts)),
          },
        ],
      ]
    }
    case 'private-key': {
      const key = ssh2.utils.parseKey(credential.key.expose())
      // Its message may quote the key.
      if (key instanceof Error) throw new Error('the private key of the target cannot be read')
      return [['publickey', { type: 'publickey', username: account, key }]]
    }
    case 'certificate':
      return [['publickey', (client) => logInByCertificate(client, account, credential)]]
  }
}

interface Inside {
  readonly _protocol?: { authPK?: (account: string, key: unknown, algorithm?: string, sign?: unknown) => void }
}

/**
 * ssh2 (1.17, lib/client.js, getKeyAlgos) signs with SHA-1 where a target does not say that it takes better: only a target
 * whose own exception bears that gets such a signature.
 * @throws when ssh2 is not the version this was written for.
 */
export function refuseSha1(client: Client, onRefused: () => void): void {
  const protocol = (client as unknown as Inside)._protocol
  const original = protocol?.authPK?.bind(protocol)
  if (!protocol || !original) throw new Error('ssh2 logs in with keys elsewhere than in 1.17')
  protocol.authPK = (account, key, algorithm, sign) =>
    algorithm === 'ssh-rsa' ? onRefused() : original(account, key, algorithm, sign)
}

/** ssh2's `authHandler`. */
export function openTargetLogin(
  client: Client,
  { endpoint: { account, legacy }, credential, failed }: TargetLogin,
): (left: AuthenticationType[] | null, partial: boolean | null, next: NextAuthHandler) => void {
  let attempts: [AuthenticationType, Attempt][] | null = null
  let asked = false

  function attemptNext(left: readonly AuthenticationType[] | null, next: NextAuthHandler): void {
    // A method that the target does not take would only count as one more wrong try there.
    const found = attempts?.find(([method]) => left === null || left.includes(method))
    attempts = attempts?.filter((each) => each !== found) ?? []
    const [, attempt] = found ?? []
    if (attempt === undefined) next(false as unknown as AuthenticationType)
    else if (typeof attempt === 'function') attempt(client)
    else next(attempt)
  }

  function tryNext(left: readonly AuthenticationType[] | null, next: NextAuthHandler): void {
    try {
      attemptNext(left, next)
    } catch (error) {
      failed(error)
    }
  }

  return (left, _partial, next) => {
    if (!asked) {
      // It answers with the methods it takes.
      asked = true
      if (!legacy?.algorithms.includes('ssh-rsa'))
        refuseSha1(client, () => failed(new Error('the target takes no better signature of its RSA key than SHA-1')))
      return next({ type: 'none', username: account })
    }
    if (attempts !== null) return tryNext(left, next)
    credential().then(
      (given) => {
        try {
          attempts = [...attemptsOf(account, given)]
        } catch (error) {
          return failed(error)
        }
        tryNext(left, next)
      },
      (error: unknown) => failed(error),
    )
  }
}
