// The life of bundles: proposed by one person, activated by another, rolled back one step. A refusal is kept as evidence
// and changes nothing. What is in force is bundles.ts's; what it would change is impact.ts's and policy's.

import { setImmediate as breathe } from 'node:timers/promises'
import {
  describeDiff,
  type Bundle,
  type Events,
  type Paragraph,
  type PersonId,
  type ProposalId,
  type World,
} from '../../policy/index.ts'
import { mint, type Clock } from '../clock.ts'
import { retentionWords } from '../evidence/retention-impact.ts'
import { GatewayError } from '../errors.ts'
import type { Activation } from '../store/bundles.ts'
import type { Proposal } from '../store/proposals.ts'
import type { Store, Tx } from '../store/store.ts'
import { effectsOf, isForCommittee, writeActivation, type ActivationStep } from './activation.ts'
import type { Actor } from './authorize.ts'
import { invalidBundle, refuseInto, type BundleRefusal, type RefuseStep } from './bundle-refusals.ts'
import type { Held, NotTaken, Shelf, Taken } from './bundle-shelf.ts'
import type { InForce } from './bundles.ts'
import type { BundleLife, Comparison, ReleaseNotes } from './bundle-life.ts'
import { demandedOf, dossierOf, lackingForRelease } from './dossier.ts'
import { diffInTurns, ruleTextsInTurns, safetyInTurns } from './comparing.ts'
import { impactOf } from './impact.ts'
import { openSafetyReviews, type SafetyStanding } from './safety-reviews.ts'

const noNotes: ReleaseNotes = { change: null, rollback: null }

export function openBundleLife(deps: {
  readonly store: Store
  readonly inForce: InForce
  readonly shelf: Shelf
  readonly clock: Clock
  readonly world: () => World
}): BundleLife {
  const { store, inForce, shelf, clock, world } = deps

  const refuse: RefuseStep = refuseInto({ store, clock })

  async function needProposal(id: ProposalId): Promise<Proposal> {
    const found = await store.proposals.byId(id)
    if (!found) throw new GatewayError('not-found', `no proposal \`${id}\``)
    return found
  }

  const decided = ({ id, state }: Proposal): string => `proposal \`${id}\` is ${state} already: read it again`

  /** Takes the files of an open proposal off the store and parses them. */
  async function takeProposed(proposal: Proposal): Promise<Taken> {
    const files = await store.proposals.files(proposal.id)
    if (!files) throw new Error(`proposal \`${proposal.id}\`: its files are not in the store`)
    return shelf.take(files, proposal.digest)
  }

  async function compareTo(held: Held): Promise<Comparison> {
    await breathe()
    const current = inForce.bundle()
    const diff = await diffInTurns(current, held.bundle)
    const rules = await ruleTextsInTurns(diff)
    await breathe()
    const impact = await impactOf({ store, clock, world }, current, held.bundle)
    const words = [...describeDiff(diff), ...(await retentionWords({ store, clock }, current, held.bundle))]
    return { diff, words, rules, impact, warnings: held.warnings }
  }

  /** Between two bundles of the store; empty where one of them is not kept or not valid for this version any more. */
  async function since(from: string, to: Bundle): Promise<readonly Paragraph[]> {
    const stored = await store.bundles.byDigest(from)
    const taken = stored === null ? null : await shelf.take(stored.files, from)
    if (taken?.kind !== 'ok') return []
    try {
      return describeDiff(await diffInTurns(taken.bundle, to))
    } finally {
      taken.giveBack()
    }
  }

  /** How many declarations on the safety path it touches. Gives it back. */
  async function touchesOf(current: Bundle, taken: Held): Promise<number> {
    try {
      return (await safetyInTurns(current, taken.bundle)).touches.count
    } finally {
      taken.giveBack()
    }
  }

  /** What was said of its safety. Gives it back where that cannot be found out. */
  async function standingOf(proposal: Proposal, current: Bundle, taken: Held): Promise<SafetyStanding> {
    try {
      return await safety.standing(store, proposal, await safetyInTurns(current, taken.bundle))
    } catch (error) {
      taken.giveBack()
      throw error
    }
  }

  /** What its release dossier lacks of what is demanded. Gives it back where that cannot be found out. */
  async function lackingOf(proposal: Proposal, current: Bundle, taken: Held): Promise<readonly string[]> {
    const demanded = demandedOf(current, taken.bundle)
    if (!demanded.completeDossier && !demanded.testedFirst) return []
    try {
      return lackingForRelease(await dossierOf(store, proposal), demanded)
    } catch (error) {
      taken.giveBack()
      throw error
    }
  }

  const safety = openSafetyReviews({
    store,
    clock,
    inForce: inForce.bundle,
    take: takeProposed,
    refuse: (code, person, proposal, text) => refuse('review', code, person, proposal, text),
  })

  const outdatedText = (base: string): string =>
    `bundle \`${inForce.bundle().digest}\` is in force, not \`${base}\`: read what changed and put the proposal on it`

  /**
   * Writes the activation, unless `claim` finds in its transaction that somebody was faster, and decides by the new
   * bundle from then on. Takes over `taken`.
   */
  async function putInForce(
    step: Omit<ActivationStep, 'from' | 'to' | 'at' | 'effects'> & { readonly kind: 'activate' | 'rollback' },
    person: PersonId,
    taken: Held,
    reviewedBy: readonly PersonId[],
    claim: (tx: Tx, at: number) => Promise<BundleRefusal | null>,
  ): Promise<Activation> {
    const from = inForce.bundle()
    let activation: Activation | null
    try {
      const impact = await impactOf({ store, clock, world }, from, taken.bundle)
      const effects = await effectsOf(from, taken.bundle, impact, reviewedBy)
      // Going back is never for the committee: what was in force before was decided then.
      if (step.kind === 'activate' && (step.decision ?? null) === null && isForCommittee(from, taken.bundle, effects))
        return await refuse(
          'activate',
          'decision-missing',
          person,
          step.proposal,
          `it is a major change (${effects.assetsMoved} assets moved in or out of scope, ${effects.safety?.touches ?? 0} declarations on the safety path): name the reference of the committee's decision (\`--decision\`)`,
        )
      activation = await store.change(async (tx) => {
        const at = clock.now()
        const code = await claim(tx, at)
        if (code === null) return writeActivation(tx, { ...step, from, to: taken.bundle, at, effects }, impact.standing)
        const { kind, proposal } = step
        await tx.ledger.append('policy.step_refused', at, { proposal, person, step: kind, code })
        return null
      })
    } catch (error) {
      taken.giveBack()
      throw error
    }
    if (activation === null) {
      taken.giveBack()
      throw new GatewayError('bundle-outdated', 'somebody else was faster: read it again')
    }
    await inForce.adopt(activation, taken)
    return activation
  }

  /** Files that were valid when they were proposed. */
  const notInForce = (taken: NotTaken, invalidNow: string): string =>
    taken.code === 'bundle-invalid' ? invalidNow : invalidBundle(taken).message

  return {
    invalid: invalidBundle,
    async propose(actor, files, comment, notes = noNotes) {
      const taken = await shelf.take(files)
      const person = actor.person.id
      if (taken.kind === 'invalid')
        return refuse('propose', taken.code, person, null, invalidBundle(taken).message, taken.problems)
      const { digest, scope } = taken.bundle
      const current = inForce.bundle()
      const base = current.digest
      const safetyTouches = await touchesOf(current, taken)
      if (digest === base)
        return refuse('propose', 'in-force-already', person, null, `bundle \`${digest}\` is in force already`)
      await breathe()
      const now = clock.now()
      const id = mint.proposal(now)
      const scopeVersion = scope.version
      await store.change(async (tx) => {
        const row = { id, digest, base, scopeVersion, by: person, at: now, comment, state: 'open' } as const
        await tx.proposals.insert({ ...row, ...notes, decidedBy: null, decidedAt: null, reason: null }, files)
        await tx.ledger.append('policy.proposed', now, {
          proposal: id,
          bundle: digest,
          base,
          scopeVersion,
          by: person,
          comment: await tx.ledger.commit(comment),
          rebased: false,
          ...(await commitNotes(tx, notes)),
          safetyTouches,
        })
      })
      // Megabytes were written; what reads them next is another stretch.
      await breathe()
      return id
    },

    async rebase(actor, id, base) {
      const proposal = await needProposal(id)
      const person = actor.person.id
      if (proposal.by !== null && proposal.by !== person)
        return refuse('rebase', 'not-the-proposer', person, id, 'only who proposed a bundle puts it on another base')
      if (proposal.state !== 'open') return refuse('rebase', 'already-decided', person, id, decided(proposal))
      const current = inForce.bundle()
      if (base !== current.digest) return refuse('rebase', 'bundle-outdated', person, id, outdatedText(base))
      if (base === proposal.base)
        return refuse(
          'rebase',
          'in-force-already',
          person,
          id,
          `proposal \`${id}\` stands on bundle \`${base}\` already`,
        )
      const taken = await takeProposed(proposal)
      if (taken.kind === 'invalid')
        return refuse('rebase', taken.code, person, id, invalidBundle(taken).message, taken.problems)
      const safetyTouches = await touchesOf(current, taken)
      const done = await store.change(async (tx) => {
        const now = clock.now()
        if (!(await tx.proposals.rebase(id, base))) {
          const code = 'already-decided' as const
          await tx.ledger.append('policy.step_refused', now, { proposal: id, person, step: 'rebase', code })
          return false
        }
        // What was reviewed was the difference to another bundle.
        await tx.safetyReviews.voidAll(id, now)
        await tx.ledger.append('policy.proposed', now, {
          proposal: id,
          bundle: proposal.digest,
          base,
          scopeVersion: proposal.scopeVersion,
          by: person,
          comment: await tx.ledger.commit(proposal.comment),
          rebased: true,
          ...(await commitNotes(tx, proposal)),
          safetyTouches,
        })
        return true
      })
      if (!done) throw new GatewayError('state-conflict')
    },

    async reviewSafety(actor, id, base, given) {
      await safety.review(actor, await needProposal(id), base, given)
    },

    async activate(actor, id, base, decision = null) {
      const proposal = await needProposal(id)
      const person = actor.person.id
      if (proposal.by === person)
        return refuse(
          'activate',
          'own-proposal',
          person,
          id,
          'who proposed a bundle does not activate it: another person has to',
        )
      if (proposal.state !== 'open') return refuse('activate', 'already-decided', person, id, decided(proposal))
      const current = inForce.bundle()
      if (base !== current.digest || proposal.base !== current.digest)
        return refuse(
          'activate',
          'bundle-outdated',
          person,
          id,
          outdatedText(base === current.digest ? proposal.base : base),
        )
      const files = await store.proposals.files(id)
      if (!files) throw new Error(`proposal \`${id}\`: its files are not in the store`)
      const taken = await shelf.take(files, proposal.digest)
      if (taken.kind === 'invalid')
        return refuse(
          'activate',
          taken.code,
          person,
          id,
          notInForce(taken, 'the bundle is not valid for this version'),
          taken.problems,
        )
      const { path, missing, reviewedBy } = await standingOf(proposal, current, taken)
      if (missing !== null || reviewedBy.includes(person)) {
        taken.giveBack()
        return missing === null
          ? refuse('activate', 'own-review', person, id, 'who reviewed the safety of a bundle does not activate it')
          : refuse('activate', 'safety-review-missing', person, id, `proposal \`${id}\` is not activated: ${missing}`)
      }
      const lacking = await lackingOf(proposal, current, taken)
      if (lacking.length > 0) {
        taken.giveBack()
        const text = `proposal \`${id}\` is not activated: its release dossier lacks ${lacking.join(', ')}`
        return refuse('activate', 'dossier-incomplete', person, id, text)
      }
      const by = { proposal: id, proposer: proposal.by, activator: person, reason: null, decision }
      return putInForce({ kind: 'activate', files, ...by }, person, taken, reviewedBy, async (tx, at) => {
        if ((await tx.bundles.latest())?.digest !== current.digest) return 'bundle-outdated'
        // A no that was said meanwhile, or a yes whose giver has lost the role.
        const now = await safety.standing(tx, proposal, path)
        if (now.missing !== null || now.reviewedBy.includes(person)) return 'safety-review-missing'
        const mine = await tx.proposals.decide(id, { state: 'activated', by: person, at, reason: null })
        return mine ? null : 'already-decided'
      })
    },

    async reject(actor, id, reason) {
      await end('reject', 'rejected', actor, await needProposal(id), reason)
    },

    async withdraw(actor, id) {
      const proposal = await needProposal(id)
      if (proposal.by !== actor.person.id)
        return refuse('withdraw', 'not-the-proposer', actor.person.id, id, 'only who proposed a bundle takes it back')
      await end('withdraw', 'withdrawn', actor, proposal, 'taken back by who proposed it')
    },

    async rollback(actor, base, reason) {
      const person = actor.person.id
      const latest = await store.bundles.latest()
      if (!latest || latest.digest !== base || base !== inForce.bundle().digest)
        return refuse('rollback', 'bundle-outdated', person, null, outdatedText(base))
      const target = latest.previous
      if (latest.kind === 'rollback' || target === null)
        return refuse(
          'rollback',
          'nothing-to-roll-back',
          person,
          null,
          target === null
            ? 'no bundle was in force before this one'
            : 'the latest step was a rollback, and one step is all it goes: propose what shall hold',
        )
      const stored = await store.bundles.byDigest(target)
      if (!stored) throw new Error(`bundle \`${target}\`: was in force, and its files are not in the store`)
      const taken = await shelf.take(stored.files, target)
      if (taken.kind === 'invalid')
        return refuse(
          'rollback',
          taken.code,
          person,
          null,
          notInForce(taken, 'the bundle before is not valid for this version'),
          taken.problems,
        )
      const by = { proposal: null, proposer: null, activator: person, reason }
      // To what was in force already, and was reviewed then: no plant waits for a safety engineer to get back.
      return putInForce({ kind: 'rollback', files: stored.files, ...by }, person, taken, [], async (tx) =>
        (await tx.bundles.latest())?.seq === latest.seq ? null : 'bundle-outdated',
      )
    },

    async compare(files) {
      const taken = await shelf.take(files)
      if (taken.kind === 'invalid') throw invalidBundle(taken)
      try {
        return await compareTo(taken)
      } finally {
        taken.giveBack()
      }
    },

    async review(proposal) {
      if (proposal.state !== 'open') return { comparison: null, since: [], safety: null }
      const current = inForce.bundle()
      const changed = proposal.base === current.digest ? [] : await since(proposal.base, current)
      const taken = await takeProposed(proposal)
      // Valid when it was proposed; a gateway of another version may judge otherwise, and says so at the activation.
      if (taken.kind === 'invalid') return { comparison: null, since: changed, safety: null }
      try {
        await breathe()
        const standing = await safety.standing(store, proposal, await safetyInTurns(current, taken.bundle))
        return { comparison: await compareTo(taken), since: changed, safety: standing }
      } finally {
        taken.giveBack()
      }
    },
  }

  async function end(
    step: 'reject' | 'withdraw',
    state: 'rejected' | 'withdrawn',
    { person }: Actor,
    proposal: Proposal,
    reason: string,
  ): Promise<void> {
    const { id, digest } = proposal
    if (proposal.state !== 'open') return refuse(step, 'already-decided', person.id, id, decided(proposal))
    const done = await store.change(async (tx) => {
      const now = clock.now()
      const moved = await tx.proposals.decide(id, { state, by: person.id, at: now, reason })
      if (!moved) {
        await tx.ledger.append('policy.step_refused', now, {
          proposal: id,
          person: person.id,
          step,
          code: 'already-decided',
        })
        return false
      }
      const entry = { proposal: id, bundle: digest, kind: state, by: person.id, reason: await tx.ledger.commit(reason) }
      await tx.ledger.append('policy.rejected', now, entry)
      return true
    })
    if (!done) throw new GatewayError('state-conflict', 'somebody else was faster: read it again')
  }
}

async function commitNotes(
  { ledger }: Pick<Tx, 'ledger'>,
  { change, rollback }: ReleaseNotes,
): Promise<Pick<Events['policy.proposed'], 'change' | 'rollback'>> {
  return {
    change: change === null ? null : await ledger.commit(change),
    rollback: rollback === null ? null : await ledger.commit(rollback),
  }
}
