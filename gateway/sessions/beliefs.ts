// What a session was opened on beside its permission: the host key its target showed, and the key or certificate its
// person logged in with. A session lives no longer than they are believed. Asked every second, for a revocation list is
// a file that anybody may put there, and another process may take a host key back.

import type { Bundle, EndReason } from '../../policy/index.ts'
import { believedHostKeys } from '../access/host-keys.ts'
import { parseCertificate } from '../identity/certificates/certificate.ts'
import type { Revocation } from '../identity/certificates/revocation-file.ts'
import type { Revoked } from '../identity/certificates/revoked.ts'
import type { Store } from '../store/store.ts'
import type { LiveSession } from './session.ts'

export type Lost = Extract<EndReason, 'host-key-withdrawn' | 'key-revoked'>

export interface Beliefs {
  /** Those of these sessions that were opened on what is believed no more, and what that is. */
  lostBy(sessions: readonly LiveSession[]): Promise<ReadonlyMap<LiveSession, Lost>>
}

/** Is what was shown at a login on this list? `shown` is base64, of a key or of a whole certificate. */
function asksOf(shown: string): (revoked: Revoked) => boolean {
  const blob = Buffer.from(shown, 'base64')
  const read = parseCertificate(blob)
  if (read.kind === 'malformed') return (revoked) => revoked.hasKey(blob)
  return (revoked) => revoked.hasCertificate(read.certificate)
}

export function openBeliefs(deps: {
  readonly store: Pick<Store, 'targetHostKeys'>
  readonly bundle: () => Bundle
  readonly revocation: Revocation
}): Beliefs {
  const { store, bundle, revocation } = deps
  const questions = new WeakMap<LiveSession, (revoked: Revoked) => boolean>()

  function isRevoked(session: LiveSession, revoked: Revoked): boolean {
    const { shownKey } = session.facts
    if (shownKey === undefined) return false
    const known = questions.get(session)
    const ask = known ?? asksOf(shownKey)
    if (!known) questions.set(session, ask)
    return ask(revoked)
  }

  return {
    async lostBy(sessions) {
      const lost = new Map<LiveSession, Lost>()
      const relied = sessions.flatMap(({ facts, target }) => (target.hostKey === null ? [] : [facts.asset]))
      // An asset that has no SSH any more is for the decision to end.
      const keys = await believedHostKeys(store, bundle(), relied)
      for (const session of sessions) {
        const { hostKey } = session.target
        if (hostKey !== null && keys.get(session.facts.asset)?.has(hostKey) === false)
          lost.set(session, 'host-key-withdrawn')
      }
      if (!sessions.some(({ facts }) => facts.shownKey !== undefined)) return lost
      // A list that cannot be read lets nobody in; who is in already stays, for nothing says that their key is on it.
      const revoked = await revocation.current()
      if (revoked === null) return lost
      for (const session of sessions) if (isRevoked(session, revoked)) lost.set(session, 'key-revoked')
      return lost
    },
  }
}
