// What happens in a living session, as evidence. Its beginning is written by start.ts, its end by sealing.ts.

import type { Events, GrantId, InputStop, Instant, PersonId, SessionId } from '../../policy/index.ts'
import type { Clock } from '../clock.ts'
import type { Store, Tx } from '../store/store.ts'

export class Journal {
  readonly #of: { readonly id: SessionId; readonly grant: GrantId }
  readonly #deps: { readonly store: Store; readonly clock: Clock }
  readonly #onFailure: (error: unknown) => void

  /** @param onFailure what cannot be kept as evidence does not go on. */
  constructor(
    of: { readonly id: SessionId; readonly grant: GrantId },
    deps: { readonly store: Store; readonly clock: Clock },
    onFailure: (error: unknown) => void,
  ) {
    this.#of = of
    this.#deps = deps
    this.#onFailure = onFailure
  }

  /** Input no longer reaches the target. */
  degraded(stops: readonly InputStop[], windowUntil: Instant, hardUntil: Instant): void {
    const session = this.#of.id
    this.#note((tx, at) => tx.ledger.append('session.degraded', at, { session, stops, windowUntil, hardUntil }))
  }

  /** Input reaches the target again. */
  restored(windowUntil: Instant): void {
    const session = this.#of.id
    this.#note((tx, at) => tx.ledger.append('session.restored', at, { session, windowUntil }))
  }

  /** It was to end for security, and goes the way its asset declares as safe. */
  heldForSafety(block: Omit<Events['safety.block'], 'action' | 'session' | 'rules'>): void {
    const entry = { ...block, action: 'end', session: this.#of.id, rules: ['safety-first'] } as const
    this.#note((tx, at) => tx.ledger.append('safety.block', at, entry))
  }

  idleLocked(idleSince: Instant): void {
    const session = this.#of.id
    this.#note((tx, at) => tx.ledger.append('session.idle_locked', at, { session, idleSince }))
  }

  /** Who was along is not any more, and did not say so. */
  observerLost(observer: PersonId): void {
    const entry = { session: this.#of.id, observer, because: 'lapsed' } as const
    this.#note((tx, at) => tx.ledger.append('session.observer_lost', at, entry))
  }

  extensionOffered(until: Instant): void {
    const { id: session, grant } = this.#of
    this.#note((tx, at) => tx.ledger.append('session.extension_offered', at, { session, grant, until }))
  }

  /** Tunnels were cut, because where they lead is not declared any more. */
  tunnelsWithdrawn(tunnels: readonly string[]): void {
    const session = this.#of.id
    this.#note(async (tx, at) =>
      tx.ledger.append('session.tunnels_withdrawn', at, {
        session,
        count: tunnels.length,
        to: await Promise.all([...new Set(tunnels)].map((one) => tx.ledger.commit(one))),
      }),
    )
  }

  /** It was held because its recording found no room, until it went on or ended. */
  recordingPaused(from: Instant, until: Instant): void {
    const session = this.#of.id
    this.#note((tx, at) => tx.ledger.append('session.recording_paused', at, { session, from, until }))
  }

  #note(work: (tx: Tx, at: Instant) => Promise<unknown>): void {
    const at = this.#deps.clock.now()
    this.#deps.store.change((tx) => work(tx, at)).catch(this.#onFailure)
  }
}
