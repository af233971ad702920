// The life of bundles: proposed by one person, activated by another, rolled back one step. A refusal is kept as evidence
// and changes nothing. What is in force is bundles.ts's; what it would change is impact.ts's and policy's.

import {
  diffBundles,
  describeDiff,
  showProblem,
  type Bundle,
  type BundleDiff,
  type Events,
  type Paragraph,
  type PersonId,
  type Problem,
  type ProposalId,
  type World,
} from '../../policy/index.ts'
import { mint, type Clock } from '../clock.ts'
import { GatewayError, type ProblemCode } from '../errors.ts'
import type { Activation } from '../store/bundles.ts'
import type { Proposal } from '../store/proposals.ts'
import type { Store, Tx } from '../store/store.ts'
import { writeActivation, type ActivationStep } from './activation.ts'
import type { Actor } from './authorize.ts'
import type { Held, Shelf } from './bundle-shelf.ts'
import type { InForce } from './bundles.ts'
import { impactOf, type Impact } from './impact.ts'

/** What one bundle would change of another, and what it would end. */
export interface Comparison {
  readonly diff: BundleDiff
  readonly words: readonly Paragraph[]
  readonly impact: Impact
  readonly warnings: readonly Problem[]
}

export interface BundleLife {
  /** @throws GatewayError `bundle-invalid` with every problem. */
  propose(actor: Actor, files: ReadonlyMap<string, string>, comment: string): Promise<ProposalId>
  /** Puts an outdated proposal on what is in force now. Only its proposer does: the bundle is theirs to stand for. */
  rebase(actor: Actor, id: ProposalId, base: string): Promise<void>
  /**
   * Puts a proposal in force.
   * @param base digest of the bundle in force as it was read; another one is `bundle-outdated`.
   */
  activate(actor: Actor, id: ProposalId, base: string): Promise<Activation>
  reject(actor: Actor, id: ProposalId, reason: string): Promise<void>
  withdraw(actor: Actor, id: ProposalId): Promise<void>
  /**
   * Back to the bundle before the latest activation, by one person alone: a plant that cannot reach its machines does not
   * wait for a second one. It is evidence, and one step only.
   */
  rollback(actor: Actor, base: string, reason: string): Promise<Activation>
  /** The refusal that names every problem of a bundle. */
  invalid(problems: readonly Problem[]): GatewayError
  /** What these files would change of what is in force. @throws GatewayError `bundle-invalid`. */
  compare(files: ReadonlyMap<string, string>): Promise<Comparison>
  /** What a proposal would change; for an outdated one also what changed since it was made. */
  review(proposal: Proposal): Promise<{ readonly comparison: Comparison | null; readonly since: readonly Paragraph[] }>
}

type Code = Events['policy.step_refused']['code']
type Step = Events['policy.step_refused']['step']

const publicCode: Readonly<Record<Code, ProblemCode>> = {
  'bundle-invalid': 'bundle-invalid',
  'bundle-outdated': 'bundle-outdated',
  'own-proposal': 'own-proposal',
  'not-the-proposer': 'role-missing',
  'already-decided': 'state-conflict',
  'nothing-to-roll-back': 'state-conflict',
  'in-force-already': 'state-conflict',
}

export function openBundleLife(deps: {
  readonly store: Store
  readonly inForce: InForce
  readonly shelf: Shelf
  readonly clock: Clock
  readonly world: () => World
}): BundleLife {
  const { store, inForce, shelf, clock, world } = deps

  /** Keeps the refusal as evidence and throws it. */
  async function refuse(
    step: Step,
    code: Code,
    person: PersonId,
    proposal: ProposalId | null,
    text: string,
    problems: readonly Problem[] = [],
  ): Promise<never> {
    await store.change((tx) => tx.ledger.append('policy.step_refused', clock.now(), { proposal, person, step, code }))
    throw new GatewayError(publicCode[code], text, problems.length > 0 ? { problems: problems.map(showProblem) } : {})
  }

  async function needProposal(id: ProposalId): Promise<Proposal> {
    const found = await store.proposals.byId(id)
    if (!found) throw new GatewayError('not-found', `no proposal \`${id}\``)
    return found
  }

  const decided = ({ id, state }: Proposal): string => `proposal \`${id}\` is ${state} already: read it again`

  /** Takes the files of an open proposal off the store and parses them. */
  async function takeProposed(proposal: Proposal): Promise<ReturnType<Shelf['take']>> {
    const files = await store.proposals.files(proposal.id)
    if (!files) throw new Error(`proposal \`${proposal.id}\`: its files are not in the store`)
    return shelf.take(files, proposal.digest)
  }

  async function compareTo(held: Held): Promise<Comparison> {
    const current = inForce.bundle()
    const diff = diffBundles(current, held.bundle)
    const impact = await impactOf({ store, clock, world }, current, held.bundle)
    return { diff, words: describeDiff(diff), impact, warnings: held.warnings }
  }

  /** Between two bundles of the store; empty where one of them is not kept or not valid for this version any more. */
  async function since(from: string, to: Bundle): Promise<readonly Paragraph[]> {
    const stored = await store.bundles.byDigest(from)
    const taken = stored === null ? null : shelf.take(stored.files, from)
    if (taken?.kind !== 'ok') return []
    try {
      return describeDiff(diffBundles(taken.bundle, to))
    } finally {
      taken.giveBack()
    }
  }

  const outdatedText = (base: string): string =>
    `bundle \`${inForce.bundle().digest}\` is in force, not \`${base}\`: read what changed and put the proposal on it`

  /**
   * Writes the activation, unless `claim` finds in its transaction that somebody was faster, and decides by the new
   * bundle from then on. Takes over `taken`.
   */
  async function putInForce(
    step: Omit<ActivationStep, 'from' | 'to' | 'at'> & { readonly kind: 'activate' | 'rollback' },
    person: PersonId,
    taken: Held,
    claim: (tx: Tx, at: number) => Promise<Code | null>,
  ): Promise<Activation> {
    const from = inForce.bundle()
    let activation: Activation | null
    try {
      const { standing } = await impactOf({ store, clock, world }, from, taken.bundle)
      activation = await store.change(async (tx) => {
        const at = clock.now()
        const code = await claim(tx, at)
        if (code === null) return writeActivation(tx, { ...step, from, to: taken.bundle, at }, standing)
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

  function invalid(problems: readonly Problem[]): GatewayError {
    const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`
    return new GatewayError('bundle-invalid', `the bundle is not valid: ${count}`, {
      problems: problems.map(showProblem),
    })
  }

  return {
    invalid,
    async propose(actor, files, comment) {
      const taken = shelf.take(files)
      const person = actor.person.id
      if (taken.kind === 'invalid')
        return refuse('propose', 'bundle-invalid', person, null, invalid(taken.problems).message, taken.problems)
      const { digest, scope } = taken.bundle
      taken.giveBack()
      const base = inForce.bundle().digest
      if (digest === base)
        return refuse('propose', 'in-force-already', person, null, `bundle \`${digest}\` is in force already`)
      const now = clock.now()
      const id = mint.proposal(now)
      const scopeVersion = scope.version
      await store.change(async (tx) => {
        const row = { id, digest, base, scopeVersion, by: person, at: now, comment, state: 'open' } as const
        await tx.proposals.insert({ ...row, decidedBy: null, decidedAt: null, reason: null }, files)
        await tx.ledger.append('policy.proposed', now, {
          proposal: id,
          bundle: digest,
          base,
          scopeVersion,
          by: person,
          comment: await tx.ledger.commit(comment),
          rebased: false,
        })
      })
      return id
    },

    async rebase(actor, id, base) {
      const proposal = await needProposal(id)
      const person = actor.person.id
      if (proposal.by !== null && proposal.by !== person)
        return refuse('rebase', 'not-the-proposer', person, id, 'only who proposed a bundle puts it on another base')
      if (proposal.state !== 'open') return refuse('rebase', 'already-decided', person, id, decided(proposal))
      if (base !== inForce.bundle().digest) return refuse('rebase', 'bundle-outdated', person, id, outdatedText(base))
      const done = await store.change(async (tx) => {
        const now = clock.now()
        if (!(await tx.proposals.rebase(id, base))) {
          const code = 'already-decided' as const
          await tx.ledger.append('policy.step_refused', now, { proposal: id, person, step: 'rebase', code })
          return false
        }
        await tx.ledger.append('policy.proposed', now, {
          proposal: id,
          bundle: proposal.digest,
          base,
          scopeVersion: proposal.scopeVersion,
          by: person,
          comment: await tx.ledger.commit(proposal.comment),
          rebased: true,
        })
        return true
      })
      if (!done) throw new GatewayError('state-conflict')
    },

    async activate(actor, id, base) {
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
      const taken = shelf.take(files, proposal.digest)
      if (taken.kind === 'invalid')
        return refuse(
          'activate',
          'bundle-invalid',
          person,
          id,
          'the bundle is not valid for this version',
          taken.problems,
        )
      const by = { proposal: id, proposer: proposal.by, activator: person, reason: null }
      return putInForce({ kind: 'activate', files, ...by }, person, taken, async (tx, at) => {
        if ((await tx.bundles.latest())?.digest !== current.digest) return 'bundle-outdated'
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
      const taken = shelf.take(stored.files, target)
      if (taken.kind === 'invalid')
        return refuse(
          'rollback',
          'bundle-invalid',
          person,
          null,
          'the bundle before is not valid for this version',
          taken.problems,
        )
      const by = { proposal: null, proposer: null, activator: person, reason }
      return putInForce({ kind: 'rollback', files: stored.files, ...by }, person, taken, async (tx) =>
        (await tx.bundles.latest())?.seq === latest.seq ? null : 'bundle-outdated',
      )
    },

    async compare(files) {
      const taken = shelf.take(files)
      if (taken.kind === 'invalid') throw invalid(taken.problems)
      try {
        return await compareTo(taken)
      } finally {
        taken.giveBack()
      }
    },

    async review(proposal) {
      if (proposal.state !== 'open') return { comparison: null, since: [] }
      const current = inForce.bundle()
      const changed = proposal.base === current.digest ? [] : await since(proposal.base, current)
      const taken = await takeProposed(proposal)
      // Valid when it was proposed; a gateway of another version may judge otherwise, and says so at the activation.
      if (taken.kind === 'invalid') return { comparison: null, since: changed }
      try {
        return { comparison: await compareTo(taken), since: changed }
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
