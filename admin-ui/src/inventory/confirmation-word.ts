// The state of an asset's last walkdown as a word with its tone. Pure.

import type { ConfirmationView } from '../../../gateway/contract/views.ts'
import type { Word } from '../display/words.ts'

const words: Readonly<Record<ConfirmationView['state'], Word>> = {
  fresh: { word: 'Confirmed', tone: 'good', mark: 'check' },
  stale: { word: 'Confirmed long ago', tone: 'warn', mark: 'clock' },
  moved: { word: 'Confirmed elsewhere', tone: 'warn', mark: 'alert' },
  never: { word: 'Never confirmed', tone: 'plain', mark: 'question' },
}

export const confirmationWord = (state: ConfirmationView['state']): Word => words[state]

const attention = ['moved', 'stale', 'never', 'fresh'] as const satisfies readonly ConfirmationView['state'][]

interface Confirmable {
  readonly name: string
  readonly scope: string
  readonly confirmation: ConfirmationView | null
}

/** Is somebody to go and look? What is out of scope is not this plant's management system's to walk down. */
export const isToConfirm = ({ scope, confirmation }: Confirmable): boolean =>
  scope === 'in' && confirmation !== null && confirmation.state !== 'fresh'

/** What most needs somebody to look comes first; what was seen longest ago before what was seen lately. */
export function byNeed<T extends Confirmable>(assets: readonly T[]): readonly T[] {
  const rank = ({ confirmation }: T): number =>
    confirmation === null ? attention.length : attention.indexOf(confirmation.state)
  const seen = ({ confirmation }: T): string => confirmation?.seenOn ?? ''
  return assets.toSorted(
    (a, b) =>
      Number(isToConfirm(b)) - Number(isToConfirm(a)) ||
      rank(a) - rank(b) ||
      seen(a).localeCompare(seen(b)) ||
      a.name.localeCompare(b.name),
  )
}
