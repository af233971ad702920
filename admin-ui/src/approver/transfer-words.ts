// What files of a request are called, and how grave each way across is.

import type { CrossingView, TransferView } from '../../../gateway/contract/views.ts'
import type { Word } from '../display/words.ts'

const transferWayWords: Readonly<Record<TransferView['ways'][number], string>> = {
  bring: 'brings files',
  fetch: 'fetches files',
  change: 'changes files in place',
  list: 'lists files',
}

/** As the beginning of a line. */
export function sayWays(ways: TransferView['ways']): string {
  const said = ways.map((way) => transferWayWords[way]).join(', ')
  return said.charAt(0).toUpperCase() + said.slice(1)
}

/** What reaches the asset as it comes is what an approver has to see first. */
export function crossingWords(way: 'bring' | 'fetch', crossing: CrossingView | null): Word {
  switch (crossing) {
    case 'pass':
      return way === 'bring'
        ? { word: 'Not quarantined', tone: 'bad', mark: 'alert' }
        : { word: 'Passes as it is', tone: 'plain', mark: 'dot' }
    case 'scan':
      return { word: 'Scanned first', tone: 'good', mark: 'shield' }
    case 'release':
      return { word: 'Released by a person', tone: 'good', mark: 'shield' }
    case null:
      return { word: 'No rule lets it through', tone: 'warn', mark: 'cross' }
  }
}
