// What a person reads of bundles, proposals and dry runs before deciding.

import type {
  ActivationView,
  BundleView,
  ComparisonView,
  DryRunView,
  ParagraphView,
  ProposalView,
} from '../contract/bundle-views.ts'
import type { RuleTextView } from '../contract/release-views.ts'
import { showInstant } from './duration.ts'
import { nameOf } from './name-text.ts'
import { plain, shown } from './plain.ts'
import { ruleTextLines, safetyLines } from './release-text.ts'
import { fieldsText } from './table.ts'

/** Digests are recognised by their beginning. */
export const short = (digest: string): string => digest.slice(0, 12)

export function paragraphLines(words: readonly ParagraphView[]): string[] {
  return words.flatMap(({ title, lines }) => [`${plain(title)}:`, ...lines.map((line) => `- ${plain(line)}`)])
}

const same = 'declares the same: only comments or order differ'

/** A difference worked out on this machine, without knowing any grant. */
export function differenceText(
  from: { readonly digest: string; readonly scopeVersion: string },
  to: { readonly digest: string; readonly scopeVersion: string },
  words: readonly ParagraphView[],
  rules: readonly RuleTextView[],
): string {
  const head = `from ${short(from.digest)} (scope ${plain(from.scopeVersion)}) to ${short(to.digest)} (scope ${plain(to.scopeVersion)})`
  const lines = from.digest === to.digest ? ['no difference'] : [...paragraphLines(words), ...ruleTextLines(rules)]
  return [head, ...(lines.length === 0 ? [same] : lines)].join('\n')
}

export function comparisonText({
  from,
  to,
  words,
  rules,
  ends,
  grantsLookedAt,
  sessionsEnded,
  unbelieved,
  warnings,
}: ComparisonView): string {
  const listed = ends.items.map(
    ({ grant, person, asset, reasons, sessions }) =>
      shown`- ${grant} of ${person.displayName} on ${asset}${sessions.length > 0 ? `, in use by ${sessions.join(', ')}` : ''}: ` +
      shown`${reasons.map(({ text, rule }) => `${text} (rule ${rule})`).join('; ')}`,
  )
  return [
    differenceText(from, to, words, rules),
    ends.count === 0
      ? `ends no grant${sessionsEnded === 0 ? ' and no session' : ''}: ${grantsLookedAt} open grants looked at`
      : `ends ${ends.count} of ${grantsLookedAt} open grants, with ${sessionsEnded - unbelieved.sessions} living sessions:`,
    ...listed,
    ...(ends.count > ends.items.length ? [`- and ${ends.count - ends.items.length} more`] : []),
    ...(unbelieved.sessions === 0
      ? []
      : [
          shown`ends ${String(unbelieved.sessions)} living sessions whose grants stay: the host key of ${unbelieved.assets.join(', ')} is believed no longer`,
        ]),
    ...(warnings.length === 0 ? [] : ['warnings:']),
    ...warnings.map(({ file, line, reason }) => shown`- ${file}${line === null ? '' : `:${line}`}: ${reason}`),
  ].join('\n')
}

export function proposalText({ proposal, comparison, since, safety }: ProposalView): string {
  const { id, state, bundle, base, outdated, by, at, comment, decidedBy, decidedAt, reason } = proposal
  const facts = fieldsText([
    ['proposal', `${id}, ${state}${outdated ? ', outdated: another bundle than its base is in force' : ''}`],
    ['bundle', bundle],
    ['base', base],
    ['by', `${nameOf(by, 'the bundle folder')}, ${showInstant(at)}`],
    ['comment', comment],
    ...(proposal.change === null ? [] : [['change', proposal.change] as const]),
    ...(proposal.rollback === null ? [] : [['way back', proposal.rollback] as const]),
    ...(decidedAt === null
      ? []
      : [
          [
            'decided',
            `${nameOf(decidedBy, 'nobody')}, ${showInstant(decidedAt)}${reason === null ? '' : `: ${reason}`}`,
          ] as const,
        ]),
  ])
  return [
    facts,
    ...(since.length === 0 ? [] : ['', 'changed since it was made:', ...paragraphLines(since)]),
    ...(comparison === null ? [] : ['', 'what it would change:', comparisonText(comparison)]),
    ...(safety === null ? [] : ['', ...safetyLines(safety)]),
  ].join('\n')
}

export function bundleText({
  digest,
  scopeVersion,
  activation,
  rollsBackTo,
  folderDiffers,
  ...more
}: BundleView): string {
  return fieldsText([
    ['in force', digest],
    ['scope', `version ${scopeVersion}`],
    ...(activation === null ? [] : [['since', `${showInstant(activation.at)}, ${howOf(activation)}`] as const]),
    ['rolls back to', rollsBackTo ?? 'nothing'],
    ['proposals', `${more.openProposals} open`],
    ['scope changes', more.heldAssets === 1 ? '1 asset waits for review' : `${more.heldAssets} assets wait for review`],
    ...(folderDiffers ? [['folder', 'the configured folder holds another bundle'] as const] : []),
  ])
}

/** How a bundle came into force, in a few words. */
export function howOf({ kind, proposer, activator, reason }: ActivationView): string {
  switch (kind) {
    case 'start':
      return 'from the folder, at the first start'
    case 'folder':
      return 'from the folder, on the machine itself'
    case 'activate':
      return `proposed by ${nameOf(proposer, 'the folder')}, activated by ${nameOf(activator, 'nobody')}`
    case 'rollback':
      return `rolled back by ${nameOf(activator, 'nobody')}: ${reason ?? ''}`
  }
}

export function dryRunText(report: DryRunView): string {
  const { bundle, from, until, decisions, rebuilt, notRebuilt, nowDenied, nowPermitted, otherRules } = report
  const turned = (what: string, { count, groups }: DryRunView['nowDenied']): string[] => [
    `${what}: ${count}`,
    ...groups.map(
      ({ action, asset, count: times, texts, rules, latest }) =>
        shown`- ${action} on ${asset}, ${times === 1 ? 'once' : `${times} times`}, latest entry ${latest.index}: ${texts.join('; ')} (${rules.join(', ')})`,
    ),
  ]
  return [
    fieldsText([
      ['bundle', bundle],
      ['from', showInstant(from)],
      ['until', showInstant(until)],
      ['decisions', `${decisions} recorded, ${rebuilt} asked again`],
    ]),
    ...turned('permitted then, denied now', nowDenied),
    ...turned('denied then, permitted now', nowPermitted),
    `same answer by other rules: ${otherRules}`,
    ...(notRebuilt.length === 0 ? [] : ['not asked again:']),
    ...notRebuilt.map(({ reason, count }) => shown`- ${count}: ${reason}`),
  ].join('\n')
}
