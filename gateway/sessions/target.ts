// What a session has to do with its target as it is reached: which host keys it may show, what is kept of it before a
// credential is sent, and the credential, taken out of the vault or signed for this session alone.

import { legacyAlgorithms, type LegacyAlgorithm, type SshEndpoint, type SshFeature } from '../../policy/index.ts'
import { fingerprintOfLine, type HostKeys } from '../access/host-keys.ts'
import type { BrokeredSession, Negotiated, TargetCredential, TargetFacts } from '../brokers/broker.ts'
import type { Clock } from '../clock.ts'
import { takeCredential } from '../identity/credentials.ts'
import type { Vault } from '../identity/vault.ts'
import type { Log } from '../log.ts'
import type { Store } from '../store/store.ts'
import type { LiveSession } from './session.ts'

/** What of it only an exception bears; each once. */
export function legacyOf({ kex, hostKey, toServer, toClient }: Negotiated): readonly LegacyAlgorithm[] {
  const used = [kex, hostKey, toServer.cipher, toClient.cipher, toServer.mac, toClient.mac]
  const isLegacy = (name: string | null): name is LegacyAlgorithm =>
    name !== null && Object.hasOwn(legacyAlgorithms, name)
  return [...new Set(used.filter(isLegacy))]
}

export type Target = Pick<
  BrokeredSession,
  'hasCredential' | 'hostKeys' | 'strangeHostKey' | 'negotiated' | 'credential'
>

export function openTarget(
  deps: {
    readonly store: Store
    readonly vault: Vault
    readonly clock: Clock
    readonly log: Log
    readonly hostKeys: Pick<HostKeys, 'knownFor' | 'strange'>
  },
  session: LiveSession,
  endpoint: SshEndpoint,
  features: () => readonly SshFeature[],
): Target {
  const { store, clock, log, hostKeys } = deps
  const { id, asset, plant } = session.facts
  return {
    hasCredential: async () => (await store.credentials.held([endpoint.credential])).size > 0,

    hostKeys: () => hostKeys.knownFor(asset, endpoint),

    strangeHostKey(key) {
      hostKeys.strange(id, asset, endpoint, key).catch((err: unknown) => {
        log.error({ err, sessionId: id }, 'A strange host key could not be kept as evidence')
        session.end('recorder-failed')
      })
    },

    async negotiated({ software, hostKey, algorithms }: TargetFacts, client: Negotiated | null) {
      const old = legacyOf(algorithms)
      const exception = endpoint.legacy?.exception
      // Before anything is awaited: who takes the key back meanwhile ends this one as well.
      session.target.reliesOn(fingerprintOfLine(hostKey))
      await store.change(async (tx) => {
        const now = clock.now()
        await tx.ledger.append('session.connected', now, {
          session: id,
          asset,
          plant,
          software,
          hostKey: fingerprintOfLine(hostKey),
          target: algorithms,
          client,
        })
        if (old.length > 0 && exception !== undefined)
          await tx.ledger.append('session.legacy_algorithms', now, {
            session: id,
            asset,
            plant,
            exception,
            algorithms: old,
          })
      })
    },

    async credential(): Promise<TargetCredential> {
      const wish = {
        principals: endpoint.principals ?? [endpoint.account],
        forwards: features().includes('forward'),
      }
      const taken = await takeCredential(deps, endpoint.credential, id, wish)
      switch (taken.kind) {
        case 'password':
          return { kind: 'password', password: taken.secret }
        case 'private-key':
          return { kind: 'private-key', key: taken.secret }
        case 'certificate':
          return { kind: 'certificate', certificate: taken.certificate, key: taken.key }
      }
    },
  }
}
