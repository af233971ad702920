// What may be done with bundles, as an interface: proposed, compared, reviewed, put in force, taken back. What holds for
// each step is proposals.ts's.

import type { BundleDiff, Paragraph, Problem, ProposalId, RuleText } from '../../policy/index.ts'
import type { GatewayError } from '../errors.ts'
import type { Activation } from '../store/bundles.ts'
import type { Proposal } from '../store/proposals.ts'
import type { Actor } from './authorize.ts'
import type { NotTaken } from './bundle-shelf.ts'
import type { Impact } from './impact.ts'
import type { GivenVerdict, SafetyStanding } from './safety-reviews.ts'

/** What one bundle would change of another, and what it would end. */
export interface Comparison {
  readonly diff: BundleDiff
  readonly words: readonly Paragraph[]
  /** The text of every rule it touches. */
  readonly rules: readonly RuleText[]
  readonly impact: Impact
  readonly warnings: readonly Problem[]
}

/** What a release rests on beside its files, in the proposer's words. */
export interface ReleaseNotes {
  /** The change in the plant's own change control. */
  readonly change: string | null
  /** How to go back. */
  readonly rollback: string | null
}

export interface BundleLife {
  /** @throws GatewayError `bundle-invalid` with every problem, or `bundle-too-costly`. */
  propose(actor: Actor, files: ReadonlyMap<string, string>, comment: string, notes?: ReleaseNotes): Promise<ProposalId>
  /** Puts an outdated proposal on what is in force now. Only its proposer does: the bundle is theirs to stand for. */
  rebase(actor: Actor, id: ProposalId, base: string): Promise<void>
  /**
   * The verdict of a safety engineer on what a proposal changes on the safety path. Without a yes for each plant
   * concerned it is not activated; one that is put on another base is reviewed anew.
   * @param base digest of the bundle in force as it was read.
   */
  reviewSafety(actor: Actor, id: ProposalId, base: string, given: GivenVerdict): Promise<void>
  /**
   * Puts a proposal in force.
   * @param base digest of the bundle in force as it was read; another one is `bundle-outdated`.
   * @param decision reference of the committee's decision, which a major change takes: `decision-missing`.
   */
  activate(actor: Actor, id: ProposalId, base: string, decision?: string | null): Promise<Activation>
  reject(actor: Actor, id: ProposalId, reason: string): Promise<void>
  withdraw(actor: Actor, id: ProposalId): Promise<void>
  /**
   * Back to the bundle before the latest activation, by one person alone: a plant that cannot reach its machines does not
   * wait for a second one. It is evidence, and one step only.
   */
  rollback(actor: Actor, base: string, reason: string): Promise<Activation>
  /** The refusal that names every problem of a bundle, or says what it costs. */
  invalid(taken: NotTaken): GatewayError
  /** What these files would change of what is in force. @throws GatewayError `bundle-invalid`, `bundle-too-costly`. */
  compare(files: ReadonlyMap<string, string>): Promise<Comparison>
  /** What a proposal would change; for an outdated one also what changed since it was made. */
  review(proposal: Proposal): Promise<{
    readonly comparison: Comparison | null
    readonly since: readonly Paragraph[]
    /** Null where it is decided, or not valid for this version. */
    readonly safety: SafetyStanding | null
  }>
}
