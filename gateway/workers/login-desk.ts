// What a worker may ask about logins, answered by the authenticator for connections the worker was handed. Whose login is
// complete is kept here, and a signature counts only where it was made for the connection it came on.

import type { Authenticator, CompleteLogin, FirstResult, KeyResult } from '../identity/authenticate.ts'
import { Secret } from '../secret.ts'
import type { ServedConnection, ServedConnections } from './connections.ts'
import type { Answering } from './link.ts'
import type { CoreSide, FirstTold, KeyTold, LoginTold } from './wire.ts'

type LoginCalls = Pick<Answering<CoreSide>, Extract<keyof CoreSide['calls'], `auth.${string}`>>

/** @param onFault told of what only a worker asks that is not ours any more. */
export function answerLogins(
  authenticator: Authenticator,
  connections: ServedConnections,
  onFault: (why: string) => void,
): LoginCalls {
  const originOf = ({ source }: ServedConnection) => ({ via: 'ssh', source }) as const

  const first = (one: ServedConnection, result: FirstResult): FirstTold =>
    result.kind === 'bad' ? result : { kind: 'good', proof: one.keepProof(result.proof) }

  function complete(one: ServedConnection, login: CompleteLogin): LoginTold {
    one.complete(login)
    return login
  }

  const keyed = (one: ServedConnection, result: KeyResult): KeyTold =>
    result.kind === 'complete' ? { kind: 'complete', login: complete(one, result.login) } : first(one, result)

  /** On which a login may still be made. */
  function stranger(number: number): ServedConnection {
    const one = connections.get(number)
    if (one.isComplete) throw new Error(`somebody has logged in on connection ${number} already`)
    return one
  }

  function isHere(one: ServedConnection, data: Uint8Array): boolean {
    if (one.isSignedHere(data)) return true
    onFault('login: a signature that was made for another connection')
    return false
  }

  return {
    async 'auth.password'({ connection, login, password }) {
      const one = stranger(connection)
      return first(one, await authenticator.password(login, new Secret(password), originOf(one)))
    },
    'auth.knowsKey': ({ connection, login, key }) => {
      stranger(connection)
      return authenticator.knowsKey(login, key)
    },
    async 'auth.publicKey'({ connection, login, key, data, signature, hash }) {
      const one = stranger(connection)
      if (!isHere(one, data)) return { kind: 'bad' }
      return keyed(one, await authenticator.publicKey(login, key, { data, signature, hash }, originOf(one)))
    },
    'auth.knowsCertificate': ({ connection, login, algorithm, blob }) => {
      const one = stranger(connection)
      return authenticator.knowsCertificate(login, algorithm, blob, originOf(one))
    },
    async 'auth.certificate'({ connection, login, algorithm, blob, signed, signature }) {
      const one = stranger(connection)
      if (!isHere(one, signed)) return { kind: 'bad' }
      const shown = { algorithm, blob, signed, signature }
      return keyed(one, await authenticator.certificate(login, shown, originOf(one)))
    },
    async 'auth.wrongMethod'({ connection, login }) {
      await authenticator.wrongMethod(login, originOf(connections.get(connection)))
      return null
    },
    async 'auth.totp'({ connection, proof, code }) {
      const one = stranger(connection)
      const login = await authenticator.totp(one.goOn(proof), code, originOf(one))
      return login === null ? null : complete(one, login)
    },
    async 'auth.abandoned'({ connection, proof }) {
      const one = connections.get(connection)
      const shown = one.proof(proof)
      one.dropProof(proof)
      await authenticator.abandoned(shown, originOf(one))
      return null
    },
  }
}
