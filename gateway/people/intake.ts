// Feeds of people over HTTP, signed by the system they come from (Standard Webhooks): no login, one secret a feed, kept in
// the vault. What a feed changes is feed.ts's. One that is caught and sent again changes nothing: it is the last one taken,
// or older than it.

import { randomBytes } from 'node:crypto'
import type { Bundle } from '../../policy/index.ts'
import type { Bus } from '../bus/bus.ts'
import type { Clock } from '../clock.ts'
import { GatewayError } from '../errors.ts'
import { putCredential, readCredential } from '../identity/credentials.ts'
import type { Vault } from '../identity/vault.ts'
import { Secret } from '../secret.ts'
import { keyOfSecret, readSigned, type SignedHeaders } from '../signed-message.ts'
import type { Store } from '../store/store.ts'
import { takeFeed, type FeedOutcome } from './feed.ts'

/** Name of a feed's secret in the vault. */
export const feedCredential = (feed: string): string => `people-feed-${feed}`

/** Makes the secret a feed is signed with, as evidence; an earlier one stops working. Returned to be shown once. */
export async function enrolFeed(
  deps: { readonly store: Store; readonly vault: Vault; readonly clock: Clock },
  feed: string,
): Promise<{ readonly secret: Secret<string>; readonly replaced: boolean }> {
  const secret = new Secret(`whsec_${randomBytes(32).toString('base64')}`)
  const replaced = await putCredential(deps, { name: feedCredential(feed), kind: 'password', secret })
  return { secret, replaced }
}

export interface SignedFeed {
  readonly feed: string
  readonly headers: SignedHeaders
  readonly body: Uint8Array
}

export interface PeopleIntake {
  /** @throws GatewayError `not-logged-in` for what is not signed for the feed just now; `state-conflict` where it is refused whole. */
  take(given: SignedFeed): Promise<FeedOutcome & { readonly kind: 'applied' | 'planned' }>
}

export function openPeopleIntake(deps: {
  readonly store: Store
  readonly vault: Vault
  readonly clock: Clock
  readonly bundle: () => Bundle
  readonly bus: Bus
}): PeopleIntake {
  const { store, clock, bundle } = deps
  /** One after the other: two at once would each be compared with what the other one changes. */
  let last: Promise<unknown> = Promise.resolve()

  async function take({ feed, headers, body }: SignedFeed): Promise<FeedOutcome & { kind: 'applied' | 'planned' }> {
    const declared = bundle().access.peopleFeeds.find(({ id }) => id === feed)
    const secret = declared === undefined ? null : await readCredential(deps, feedCredential(declared.id))
    const key = secret === null ? null : keyOfSecret(secret.expose())
    const signed = key === null ? null : readSigned(key, headers, body, clock.now())
    if (declared === undefined || signed?.kind !== 'good') {
      const code = signed?.kind === 'bad' && signed.why === 'outside-time' ? 'stale' : 'unsigned'
      const entry = { feed: declared?.id ?? null, via: 'https', code, rows: null, leavers: null } as const
      await store.change((tx) => tx.ledger.append('people.feed_refused', clock.now(), entry))
      throw new GatewayError('not-logged-in', 'the feed is not signed for this source, or not just now')
    }
    const text = Buffer.from(body).toString('utf8')
    const outcome = await takeFeed(deps, { feed: declared.id, text, via: 'https', dryRun: false })
    if (outcome.kind !== 'refused') return outcome
    throw new GatewayError('state-conflict', `refused whole (${outcome.code}): ${outcome.reasons.join('; ')}`)
  }

  return {
    take(given) {
      const taken = last.then(() => take(given))
      last = taken.catch(() => null)
      return taken
    },
  }
}
