// A login, as a worker carries it on: each step is judged by the core, which keeps what was shown so far and does not
// take the worker's word for it.

import type { LoginJudge } from '../brokers/ssh/login.ts'
import type { FirstProof, FirstResult, KeyResult } from '../identity/authenticate.ts'
import type { Link } from './link.ts'
import type { CoreSide, FirstTold, KeyTold } from './wire.ts'

/** Of one connection. */
export function openFarAuthenticator(core: Link<CoreSide>, connection: number): LoginJudge {
  /** A proof is kept by the core; here it has a number and nothing in it. */
  const numbers = new WeakMap<FirstProof, number>()

  function firstOf(told: FirstTold): FirstResult {
    if (told.kind === 'bad') return told
    const proof = Object.freeze({}) as FirstProof
    numbers.set(proof, told.proof)
    return { kind: 'good', proof }
  }
  const keyOf = (told: KeyTold): KeyResult => (told.kind === 'complete' ? told : firstOf(told))
  function numberOf(proof: FirstProof): number {
    const number = numbers.get(proof)
    if (number === undefined) throw new Error('login: expected a proof of this connection')
    return number
  }
  const text = (login: unknown): string => (typeof login === 'string' ? login : String(login))

  return {
    password: async (login, password) =>
      firstOf(await core.call('auth.password', { connection, login: text(login), password: password.expose() })),
    knowsKey: (login, key) => core.call('auth.knowsKey', { connection, login: text(login), key }),
    publicKey: async (login, key, { data, signature, hash }) =>
      keyOf(await core.call('auth.publicKey', { connection, login: text(login), key, data, signature, hash })),
    knowsCertificate: (login, algorithm, blob) =>
      core.call('auth.knowsCertificate', { connection, login: text(login), algorithm, blob }),
    certificate: async (login, shown) =>
      keyOf(await core.call('auth.certificate', { connection, login: text(login), ...shown })),
    async wrongMethod(login) {
      await core.call('auth.wrongMethod', { connection, login: text(login) })
    },
    totp: (proof, code) => core.call('auth.totp', { connection, proof: numberOf(proof), code }),
    async abandoned(proof) {
      await core.call('auth.abandoned', { connection, proof: numberOf(proof) })
    },
  }
}
