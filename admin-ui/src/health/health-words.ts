// The words of the page Status: one word, tone and sign for each state.

import type { CarriersView, HealthView } from '../../../gateway/contract/views.ts'
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

export const carrierWords: Readonly<Record<CarriersView['workers'][number]['state'], Word>> = {
  serving: { word: 'Serves', tone: 'good', mark: 'check' },
  starting: { word: 'Starts', tone: 'plain', mark: 'clock' },
  retiring: { word: 'Takes no more', tone: 'warn', mark: 'alert' },
}

type CarriersStanding = 'here' | 'all' | 'fewer' | 'none'

export const carriersWords: Readonly<Record<CarriersStanding, Word & { readonly text: string }>> = {
  here: { word: 'Works', tone: 'good', mark: 'check', text: 'The gateway’s own process carries all sessions.' },
  all: {
    word: 'Works',
    tone: 'good',
    mark: 'check',
    text: 'Each process carries sessions of its own: one that dies ends those, and no others.',
  },
  fewer: {
    word: 'Needs a look',
    tone: 'warn',
    mark: 'alert',
    text: 'Fewer processes serve than there should be; another one is being started. The rest take what comes.',
  },
  none: {
    word: 'Stopped',
    tone: 'bad',
    mark: 'cross',
    text: 'No process serves: connections by SSH wait until one does. Where that lasts, the gateway’s log says why.',
  },
}

export function standingOf({ wanted, workers }: CarriersView): CarriersStanding {
  if (wanted === 0) return 'here'
  const serving = workers.filter(({ state }) => state === 'serving').length
  if (serving === 0) return 'none'
  return serving < wanted ? 'fewer' : 'all'
}

/** What stands in the way first, then what is not known, then the rest as declared. */
export function byTrouble(dependencies: readonly Dependency[]): readonly Dependency[] {
  const rank = { degraded: 0, unknown: 1, available: 2 } as const
  return dependencies.toSorted((a, b) => rank[a.state] - rank[b.state])
}
