// The words for files that cross: where each stands, why, and what the scanner said.

import type { FileView } from '../../../gateway/contract/views.ts'
import type { Word } from '../display/words.ts'

export const fileWords: Readonly<Record<FileView['state'], Word>> = {
  receiving: { word: 'Coming in', tone: 'info', mark: 'live' },
  checking: { word: 'Being looked at', tone: 'info', mark: 'clock' },
  waiting: { word: 'Waits for a person', tone: 'warn', mark: 'clock' },
  joined: { word: 'Came again', tone: 'plain', mark: 'minus' },
  released: { word: 'Let go', tone: 'good', mark: 'check' },
  delivered: { word: 'Delivered', tone: 'good', mark: 'check' },
  refused: { word: 'Refused', tone: 'bad', mark: 'cross' },
  'broken-off': { word: 'Broken off', tone: 'plain', mark: 'minus' },
}

type Verdict = NonNullable<FileView['found']>['verdict']

export const verdictWords: Readonly<Record<Verdict['verdict'], Word>> = {
  clean: { word: 'No malware found', tone: 'good', mark: 'shield' },
  infected: { word: 'Malware', tone: 'bad', mark: 'alert' },
  none: { word: 'No verdict', tone: 'warn', mark: 'question' },
}

const reasons: Readonly<Record<string, string>> = {
  'needs-release': 'The rules want a person of the plant to let it go.',
  'no-verdict': 'There is no malware verdict on it.',
  clean: 'The rules let it go: no malware was found.',
  declared: 'The rules let it go: its digest was declared in the request.',
  'released-before': 'A person let go of the same content for the same path before.',
  'passes-without-verdict': 'The rules let it go without a verdict.',
  person: 'A person of the plant decided.',
  infected: 'Malware was found in it.',
  'not-declared': 'Its digest was not declared in the request, and had to be.',
  'nobody-may-release': 'A person would have to let it go, and the rules name nobody.',
  'too-many-waiting': 'Too many files of who carries it waited for a person already.',
  'too-large': 'It was larger than the rules let through.',
  'no-room': 'The gateway had no room for it.',
  fault: 'The gateway could not keep it or look at it.',
  unanswered: 'Nobody answered while the access was open.',
}

/** Why a file waits, was let go or was not; empty where nothing is to be said yet. */
export function reasonOf({ state, heldBecause, outcome }: Pick<FileView, 'state' | 'heldBecause' | 'outcome'>): string {
  if (state === 'joined') return 'The same content waited already: the decision on that file holds for this one, too.'
  const code = state === 'waiting' ? heldBecause : outcome
  return code === null ? '' : (reasons[code] ?? code)
}
