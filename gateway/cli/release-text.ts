// What a person reads of the release of a bundle: the text of its rules, the safety review, the dossier.

import type { DossierView, RuleTextView, SafetyReviewView, SafetyView } from '../contract/release-views.ts'
import { showInstant } from './duration.ts'
import { nameOf } from './name-text.ts'
import { plain, shown } from './plain.ts'
import { fieldsText } from './table.ts'

const marks = { same: ' ', gone: '-', come: '+' } as const

/** The rules that change, each with its text as a patch shows it. */
export function ruleTextLines(rules: readonly RuleTextView[]): string[] {
  return rules.flatMap(({ rule, kind, lines }) => [
    shown`rule ${rule} ${kind}:`,
    ...lines.map(({ mark, text }) => `  ${marks[mark]} ${plain(text)}`.trimEnd()),
  ])
}

function reviewLine({ verdict, by, at, reference, comment, void: isVoid }: SafetyReviewView): string {
  const against = reference === null ? '' : shown`, against ${reference}`
  return (
    shown`- ${verdict} by ${nameOf(by, 'nobody')}, ${showInstant(at)}${against}: ${comment}` +
    (isVoid ? ' (void: it was about another base)' : '')
  )
}

export function safetyLines({ touches, lines, plants, reviews, missing }: SafetyView): string[] {
  if (touches === 0) return ['touches nothing of the safety path']
  const where = plants.length === 0 ? '' : shown` (plant ${plants.join(', ')})`
  return [
    `touches the safety path${where}: ${touches}`,
    ...lines.map((line) => `- ${plain(line)}`),
    ...(touches > lines.length ? [`- and ${touches - lines.length} more`] : []),
    missing === null ? 'safety review: there' : shown`safety review: ${missing}`,
    ...reviews.map(reviewLine),
  ]
}

const countOf = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`
const noCount = (count: number | null): string => (count === null ? 'not counted' : String(count))

function trialText({ index, at, by, result, site, reference, findings }: NonNullable<DossierView['trial']>): string {
  const erased = 'erased'
  return (
    shown`${result} at ${site ?? erased}: ${findings ?? erased} (${reference ?? erased}); ` +
    `${nameOf(by, 'nobody')}, ${showInstant(at)} (entry ${index})`
  )
}

export function dossierText(view: DossierView): string {
  const { impact, test, trial, safety, approval, rollback, proposed, missing } = view
  const entry = ({ index, at }: { readonly index: number; readonly at: number }): string =>
    `${showInstant(at)} (entry ${index})`
  return [
    fieldsText([
      ['proposal', `${view.proposal}, ${view.state}`],
      ['bundle', view.bundle],
      ['base', view.base],
      ['scope', `version ${view.scopeVersion}`],
      ['what and why', view.comment],
      ['change', view.change ?? 'none named'],
      [
        'proposed',
        proposed === null ? 'not in the ledger' : `${nameOf(proposed.by, 'the bundle folder')}, ${entry(proposed)}`,
      ],
      [
        'impact',
        impact === null
          ? 'counted when it is put in force'
          : `${noCount(impact.assetsMoved)} assets moved, ${noCount(impact.changes)} changes, ` +
            `${noCount(impact.grantsEnded)} of ${noCount(impact.grantsOpen)} open grants and ` +
            `${noCount(impact.sessionsEnded)} sessions ended, ${entry(impact)}`,
      ],
      [
        'dry run',
        test === null
          ? 'none'
          : `${test.rebuilt} of ${test.decisions} decisions of ${test.days} days asked again: ${test.nowDenied} now denied, ` +
            `${test.nowPermitted} now permitted, ${test.otherRules} by other rules; ${nameOf(test.by, 'nobody')}, ${entry(test)}`,
      ],
      ['tested', trial === null ? 'nowhere outside production' : trialText(trial)],
      ['safety path', safety.touches === 0 ? 'not touched' : `${countOf(safety.touches, 'declaration')} touched`],
      ['approval', approval === null ? 'none' : `${nameOf(approval.by, 'nobody')}, ${entry(approval)}`],
      ['way back', rollback.plan ?? 'none planned'],
      ...(rollback.done === null
        ? []
        : [['rolled back', `${nameOf(rollback.done.by, 'nobody')}, ${entry(rollback.done)}`] as const]),
    ]),
    ...(safety.reviews.length === 0 ? [] : ['safety reviews:', ...safety.reviews.map(reviewLine)]),
    'evidence:',
    ...view.entries.map(({ index, at, type }) => `- ${index}  ${showInstant(at)}  ${plain(type)}`),
    ...(missing.length === 0 ? ['complete: no record is missing'] : [`missing: ${missing.join(', ')}`]),
  ].join('\n')
}
