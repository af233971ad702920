// What a session has to do with a target that is reached in clear text: that it is, is evidence before the password leaves
// the vault, with the exception that bears it.

import type { TelnetEndpoint } from '../../policy/index.ts'
import { addressOf } from '../access/host-keys.ts'
import type { Negotiated, TelnetSession } from '../brokers/broker.ts'
import type { Clock } from '../clock.ts'
import { takeCredential } from '../identity/credentials.ts'
import type { Vault } from '../identity/vault.ts'
import type { Store } from '../store/store.ts'
import type { LiveSession } from './session.ts'

export function openClearTarget(
  deps: { readonly store: Store; readonly vault: Vault; readonly clock: Clock },
  session: LiveSession,
  endpoint: TelnetEndpoint,
): Pick<TelnetSession, 'hasCredential' | 'reachedInClear' | 'password'> {
  const { store, clock } = deps
  const { id, asset, plant } = session.facts
  const { credential, exception, account } = endpoint
  session.target.answersAt(addressOf(endpoint))
  return {
    hasCredential: async () => (await store.credentials.held([credential])).size > 0,

    async reachedInClear(client: Negotiated | null) {
      await store.change((tx) =>
        tx.ledger.append('session.connected', clock.now(), {
          session: id,
          asset,
          plant,
          software: null,
          hostKey: null,
          target: null,
          client,
          clearText: { protocol: 'telnet', exception },
        }),
      )
    },

    async password() {
      const taken = await takeCredential(deps, credential, id, { principals: [account], forwards: false })
      // A key or an authority is nothing a prompt could be answered with; it stays in the gateway.
      if (taken.kind !== 'password') throw new Error(`credential \`${credential}\`: expected a password`)
      return taken.secret
    },
  }
}
