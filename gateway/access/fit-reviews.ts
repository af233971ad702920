// The scope-fit report and its review: once a quarter somebody who answers for the scope goes through what came, went
// and was left undecided, and says what follows. What they said, and what there was to see, is evidence.

import {
  fitReviewDays,
  knownThings,
  parseAssetId,
  scopeFit,
  type Bundle,
  type ScopeFit,
  type UndeclaredAddress,
  type UnregisteredName,
  type World,
  overseesAll,
} from '../../policy/index.ts'
import { mint, type Clock } from '../clock.ts'
import { GatewayError } from '../errors.ts'
import type { ControlRegister } from '../evidence/register.ts'
import type { StoredFitReview } from '../store/fit-reviews.ts'
import type { Store } from '../store/store.ts'
import type { Actor } from './authorize.ts'
import { keepRefusal } from './refusal.ts'
import { outstandingIn } from './unregistered.ts'

const dayMs = 24 * 3_600_000
/** Somebody typed something that no asset could be called: what it was is not repeated, it may be a password. */
const noAssetName = '(no asset name)'

export interface FitReport {
  readonly fit: ScopeFit
  readonly last: StoredFitReview | null
}

export interface ScopeFits {
  report(): Promise<FitReport>
  /**
   * Keeps that the report was gone through, and makes the next one due.
   * @throws GatewayError `role-missing`; `state-conflict` where another bundle is in force than the one that was read.
   */
  review(actor: Actor, given: { readonly bundle: string; readonly decisions: string }): Promise<void>
}

export function openScopeFits(deps: {
  readonly store: Store
  readonly clock: Clock
  readonly bundle: () => Bundle
  readonly world: () => World
  readonly register: ControlRegister
}): ScopeFits {
  const { store, clock, bundle, world, register } = deps

  /** Names nobody declared that were asked for since an instant, the most often asked first. */
  async function unregistered(since: number): Promise<readonly UnregisteredName[]> {
    const { subjects } = await register.read()
    const attempts = subjects.unregistered().filter(({ at }) => at > since)
    const disclosed = await store.evidence.disclosed(attempts.map(({ named }) => named))
    const byName = new Map<string, UnregisteredName>()
    for (const { named, at } of attempts) {
      const text = disclosed.get(named) ?? ''
      const parsed = parseAssetId(text)
      // One that was declared meanwhile is no finding any more.
      if (parsed.kind === 'ok' && bundle().assets.has(parsed.id)) continue
      const name = parsed.kind === 'ok' ? text : noAssetName
      byName.set(name, { name, times: (byName.get(name)?.times ?? 0) + 1, lastAt: at })
    }
    return [...byName.values()].toSorted((a, b) => b.times - a.times)
  }

  async function report(): Promise<FitReport> {
    const last = await store.fitReviews.last()
    const names = await unregistered(last?.at ?? 0)
    const undeclared: UndeclaredAddress[] = []
    for await (const { address, plant, firstAt, decided } of outstandingIn(store.seenAddresses, bundle(), null))
      undeclared.push({ address, plant, firstAt, verdict: decided?.verdict ?? null })
    return { fit: scopeFit(bundle(), world(), last, names, clock.now(), undeclared), last }
  }

  return {
    report,
    async review({ person }, { bundle: read, decisions }) {
      if (!overseesAll(person, ['isms-manager']))
        return keepRefusal(
          { store, clock },
          { person: person.id, step: 'review-scope-fit', code: 'role-missing', subject: 'scope' },
          'the scope-fit report is reviewed by an isms-manager who looks over all plants',
        )
      const { fit, last } = await report()
      if (fit.bundle !== read)
        throw new GatewayError('state-conflict', 'another bundle is in force than the one that was read: read it again')
      const now = clock.now()
      const dueAt = now + fitReviewDays * dayMs
      const id = mint.fitReview(now)
      await store.change(async (tx) => {
        await tx.fitReviews.insert({
          id,
          by: person.id,
          at: now,
          dueAt,
          bundle: fit.bundle,
          decisions,
          known: knownThings(bundle()),
        })
        await tx.ledger.append('scope.fit_reviewed', now, {
          review: id,
          by: person.id,
          bundle: fit.bundle,
          scopeVersion: fit.scopeVersion,
          findings: Object.fromEntries(fit.findings.map(({ topic, count }) => [topic, count])),
          decisions: await tx.ledger.commit(decisions),
          dueAt,
          wasDueAt: last?.dueAt ?? null,
        })
      })
    },
  }
}
