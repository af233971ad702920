// The words of the page Status: one word, tone and sign for each state.

import type { HealthView } from '../../../gateway/contract/views.ts'
import type { Word } from '../display/words.ts'

type Part = HealthView['parts'][number]
type Dependency = HealthView['dependencies'][number]

export const sessionWords: Readonly<Record<HealthView['newSessions'], Word & { readonly text: string }>> = {
  open: { word: 'Sessions begin', tone: 'good', mark: 'check', text: 'New sessions begin as the rules say.' },
  some: {
    word: 'Some sessions do not begin',
    tone: 'warn',
    mark: 'alert',
    text: 'Something access leans on does not work; below stands for whom no session begins. What lives goes on.',
  },
  refused: {
    word: 'No session begins',
    tone: 'bad',
    mark: 'cross',
    text: 'A part of the gateway does not work, so that no new session can be recorded. What lives goes on as long as it can.',
  },
}

export const partNames: Readonly<Record<Part['part'], string>> = {
  recordings: 'Disk of recordings',
  ledger: 'Ledger',
  outbox: 'Messages',
  clock: 'Clock',
}

export const partWords: Readonly<Record<Part['state'], Word>> = {
  working: { word: 'Works', tone: 'good', mark: 'check' },
  degraded: { word: 'Needs a look', tone: 'warn', mark: 'alert' },
  stopped: { word: 'Stopped', tone: 'bad', mark: 'cross' },
}

export const dependencyWords: Readonly<Record<Dependency['state'], Word>> = {
  available: { word: 'Works', tone: 'good', mark: 'check' },
  degraded: { word: 'Does not work', tone: 'bad', mark: 'cross' },
  unknown: { word: 'Not known yet', tone: 'plain', mark: 'question' },
}

/** What stands in the way first, then what is not known, then the rest as declared. */
export function byTrouble(dependencies: readonly Dependency[]): readonly Dependency[] {
  const rank = { degraded: 0, unknown: 1, available: 2 } as const
  return dependencies.toSorted((a, b) => rank[a.state] - rank[b.state])
}
