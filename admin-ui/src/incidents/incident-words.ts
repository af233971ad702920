// Incidents in words: how grave, how far, and whether something is late.

import type { IncidentRow } from '../../../gateway/contract/views.ts'
import type { Word } from '../display/words.ts'

export const severities: readonly IncidentRow['severity'][] = ['low', 'medium', 'high', 'very-high']

export const severityWords: Readonly<Record<IncidentRow['severity'], Word>> = {
  low: { word: 'Low', tone: 'plain', mark: 'flag' },
  medium: { word: 'Medium', tone: 'warn', mark: 'flag' },
  high: { word: 'High', tone: 'bad', mark: 'flag' },
  'very-high': { word: 'Very high', tone: 'bad', mark: 'alert' },
}

const states: Readonly<Record<IncidentRow['state'], Word>> = {
  open: { word: 'Open', tone: 'warn', mark: 'live' },
  contained: { word: 'Contained', tone: 'info', mark: 'shield' },
  closed: { word: 'Closed', tone: 'good', mark: 'check' },
}

/** What is late goes before how far it is. */
export function stateWord({ state, overdue }: Pick<IncidentRow, 'state' | 'overdue'>): Word {
  return overdue.length > 0 ? { word: `${states[state].word}, overdue`, tone: 'bad', mark: 'clock' } : states[state]
}
