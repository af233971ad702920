// Bundles, proposals and scope changes as views of the contract. Names stand beside ids.

import { stricterScope, type Bundle, type PersonId, type Problem, type ScopeStatus } from '../../policy/index.ts'
import type { Actor } from '../access/authorize.ts'
import { gaps, type DryRunReport, type Gap, type Turned } from '../access/dry-run.ts'
import type { Comparison } from '../access/bundle-life.ts'
import type {
  ActivationView,
  BundleView,
  ComparisonView,
  DryRunView,
  ParagraphView,
  ProposalRow,
  ScopeChangeView,
} from '../contract/bundle-views.ts'
import type { PersonRef } from '../contract/views.ts'
import type { Activation } from '../store/bundles.ts'
import type { Proposal } from '../store/proposals.ts'
import type { ScopeChange } from '../store/scope-changes.ts'
import { refOf, refTo } from './person-ref.ts'
import type { Services } from './services.ts'

/** Who may propose, activate, roll back and review. */
export const bundleHands = ['isms-manager', 'admin'] as const

const isHand = ({ person }: Actor): boolean => person.roles.some((role) => bundleHands.some((hand) => hand === role))

export interface BundleViewer {
  inForce(): Promise<BundleView>
  activations(rows: readonly Activation[]): Promise<ActivationView[]>
  proposals(actor: Actor, rows: readonly Proposal[]): Promise<ProposalRow[]>
  scopeChanges(actor: Actor, rows: readonly ScopeChange[]): Promise<ScopeChangeView[]>
}

export function openBundleViewer({ store, inForce, scopeReview }: Services): BundleViewer {
  async function refs(ids: readonly (PersonId | null)[]): Promise<(id: PersonId | null) => PersonRef | null> {
    const people = await store.people.byIds(ids.filter((id) => id !== null))
    return (id) => (id === null ? null : refOf(people, id, inForce.bundle()))
  }

  async function activations(rows: readonly Activation[]): Promise<ActivationView[]> {
    const ref = await refs(rows.flatMap(({ proposer, activator }) => [proposer, activator]))
    return rows.map(({ seq, digest, previous, scopeVersion, at, kind, proposal, proposer, activator, reason }) => ({
      seq,
      bundle: digest,
      previous,
      scopeVersion,
      at,
      kind,
      proposal,
      proposer: ref(proposer),
      activator: ref(activator),
      reason,
    }))
  }

  return {
    activations,
    async inForce() {
      const { digest, scope } = inForce.bundle()
      const latest = inForce.activation()
      const [activation = null] = latest === null ? [] : await activations([latest])
      const open = await store.proposals.list({ state: 'open' }, { limit: 200, before: null })
      return {
        digest,
        scopeVersion: scope.version,
        statement: scope.statement,
        activation,
        rollsBackTo: latest === null || latest.kind === 'rollback' ? null : latest.previous,
        folderDiffers: inForce.folderDiffers(),
        openProposals: open.length,
        heldAssets: scopeReview.held().size,
      }
    },
    async proposals(actor, rows) {
      const current = inForce.bundle().digest
      const ref = await refs(rows.flatMap(({ by, decidedBy }) => [by, decidedBy]))
      return rows.map((row) => {
        const outdated = row.state === 'open' && row.base !== current
        return {
          id: row.id,
          state: row.state,
          bundle: row.digest,
          base: row.base,
          outdated,
          scopeVersion: row.scopeVersion,
          by: ref(row.by),
          at: row.at,
          comment: row.comment,
          decidedBy: ref(row.decidedBy),
          decidedAt: row.decidedAt,
          reason: row.reason,
          change: row.change,
          rollback: row.rollback,
          mayActivate: row.state === 'open' && !outdated && row.by !== actor.person.id && isHand(actor),
        }
      })
    },
    async scopeChanges(actor, rows) {
      const ref = await refs(rows.flatMap(({ proposer, activator, reviewedBy }) => [proposer, activator, reviewedBy]))
      const { assets } = inForce.bundle()
      return rows.map((row) => ({
        id: row.id,
        state: row.state,
        asset: row.asset,
        assetName: assets.get(row.asset)?.name ?? row.asset,
        was: row.was.kind,
        becomes: row.becomes.kind,
        held: stricterScope(row.was, row.becomes).kind,
        attributes: [...row.attributes],
        before: row.before,
        bundle: row.bundle,
        raisedAt: row.raisedAt,
        proposer: ref(row.proposer),
        activator: ref(row.activator),
        reviewedBy: ref(row.reviewedBy),
        reviewedAt: row.reviewedAt,
        comment: row.comment,
        mayReview:
          (row.state === 'open' || row.state === 'rejected') &&
          isHand(actor) &&
          row.proposer !== actor.person.id &&
          row.activator !== actor.person.id,
      }))
    },
  }
}

export const paragraphViews = (words: Comparison['words']): ParagraphView[] =>
  words.map(({ title, lines }) => ({ title, lines: [...lines] }))

const statusView = (status: ScopeStatus | null) =>
  status === null
    ? null
    : status.kind === 'undetermined'
      ? { kind: status.kind, rule: null, reason: null }
      : { kind: status.kind, rule: status.rule, reason: status.reason }

/** Assets that a view names in a row. */
const mostNamed = 200

const problemView = ({ file, path, line, reason }: Problem) => ({ file, path, line, reason })

/** Suppliers of people are named as the given bundle does. */
export function comparisonView(
  { diff, words, rules, impact, warnings }: Comparison,
  bundle: Pick<Bundle, 'suppliers'>,
): ComparisonView {
  return {
    from: { ...diff.from },
    to: { ...diff.to },
    words: paragraphViews(words),
    rules: rules.map(({ rule, kind, lines }) => ({ rule, kind, lines: lines.map((line) => ({ ...line })) })),
    moves: {
      count: diff.moves.count,
      items: diff.moves.items.map(({ asset, name, from, to, effect }) => ({
        asset,
        name,
        from: statusView(from),
        to: statusView(to),
        effect,
      })),
    },
    changes: {
      count: diff.changes.count,
      items: diff.changes.items.map(({ section, id, kind, effect, fields }) => ({
        section,
        id,
        kind,
        effect,
        fields: fields.map((field) => ({ ...field })),
      })),
    },
    ends: {
      count: impact.ends.count,
      items: impact.ends.items.map(({ grant, person, reasons, sessions }) => ({
        grant: grant.id,
        person: refTo(person, grant.person, bundle),
        asset: grant.asset,
        reasons: reasons.map(({ rule, text, controls }) => ({ rule, text, controls: [...controls] })),
        sessions: sessions.map(({ id }) => id),
      })),
    },
    grantsLookedAt: impact.grants,
    sessionsEnded: impact.sessions,
    unbelieved: { sessions: impact.unbelieved.count, assets: [...impact.unbelieved.assets].slice(0, mostNamed) },
    warnings: warnings.map(problemView),
  }
}

export function dryRunView({ notRebuilt, nowDenied, nowPermitted, ...report }: DryRunReport): DryRunView {
  return {
    ...report,
    notRebuilt: Object.entries(notRebuilt).map(([gap, count]) => ({ reason: gaps[gap as Gap], count })),
    nowDenied: turnedView(nowDenied),
    nowPermitted: turnedView(nowPermitted),
  }
}

function turnedView({ count, groups }: Turned): DryRunView['nowDenied'] {
  return {
    count,
    groups: groups.map(({ rules, texts, first, latest, ...group }) => ({
      ...group,
      rules: [...rules],
      texts: [...texts],
      first: { ...first },
      latest: { ...latest },
    })),
  }
}
