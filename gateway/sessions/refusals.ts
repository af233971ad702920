// What somebody is refused though policy would permit it: a session, or something in one. That is evidence too.

import type { AssetId, Person, SessionRefusal } from '../../policy/index.ts'
import type { Admission, Visitor } from '../brokers/broker.ts'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { Store } from '../store/store.ts'
import { nameFeature } from './features.ts'
import type { Full } from './places.ts'
import type { LiveSession } from './session.ts'

export type Refused = Extract<Admission, { kind: 'refused' }>

export const refused = (text: string): Refused => ({ kind: 'refused', text })

/** Each is kept before it is given, but for `noteRefusal`, whose session ends where it cannot be. */
export type Refusals = ReturnType<typeof openRefusals>

export function openRefusals(deps: { readonly store: Store; readonly clock: Clock; readonly log: Log }) {
  const { store, clock, log } = deps

  /** Policy would let them in, and yet there is no session. */
  async function refuse(
    visitor: Visitor,
    asset: AssetId | null,
    reason: SessionRefusal,
    text: string,
  ): Promise<Refused> {
    await store.change(({ ledger }) =>
      ledger.append('session.refused', clock.now(), { person: visitor.person.id, asset, reason }),
    )
    return refused(text)
  }

  /** Every place is taken that could be taken. */
  async function refuseFull(person: Person, asset: AssetId, { limit, most, text }: Full): Promise<Refused> {
    const entry = { person: person.id, asset, supplier: person.supplier, limit, most }
    await store.change(({ ledger }) => ledger.append('session.refused_concurrency', clock.now(), entry))
    return refused(text)
  }

  /** Something was asked for that is not brokered, or not now, in a session or before there is one. */
  function noteRefusal(visitor: Visitor, given: string, more: string | null, session: LiveSession | null): void {
    const { feature, detail } = nameFeature(given, more)
    store
      .change(async (tx) => {
        await tx.ledger.append('session.feature_refused', clock.now(), {
          session: session?.facts.id ?? null,
          person: visitor.person.id,
          feature,
          detail: detail === null ? null : await tx.ledger.commit(detail.slice(0, 256)),
        })
      })
      .catch((err: unknown) => {
        log.error({ err, feature }, 'A refusal could not be kept as evidence')
        session?.end('recorder-failed')
      })
  }

  return { refuse, refuseFull, noteRefusal }
}
