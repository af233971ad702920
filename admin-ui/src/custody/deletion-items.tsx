// Which recordings a proposal is about, and what became of each: nobody confirms what they cannot read.

import { Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { DeletionView } from '../../../gateway/contract/views.ts'
import { formatBytes } from '../display/bytes.ts'
import { MachineMark } from '../display/machine-mark.tsx'
import { Moment } from '../time/when.tsx'

type Item = DeletionView['items'][number]

/** A proposal that is waiting for an answer shows as many at once. */
const shownAtOnce = 10
const stateWords: Readonly<Record<Item['state'], string>> = {
  waiting: '',
  removing: ', being removed',
  deleted: ', deleted',
  stopped: ', kept after all',
}

function ItemRow({ item }: { item: Item }) {
  return (
    <li>
      <Link to="/recordings/$session" params={{ session: item.session }}>
        {item.person.displayName} on {item.assetName}
      </Link>
      <MachineMark of={item.person} />
      <Text size="xs" c="dimmed" component="div">
        <Moment at={item.startedAt} />, class {item.retention}, {formatBytes(item.bytes)}
        {stateWords[item.state]}
      </Text>
    </li>
  )
}

export function DeletionItems({ of: { items, state } }: { of: DeletionView }) {
  return (
    <details className="sp-legend" open={state === 'open' && items.length <= shownAtOnce}>
      <summary>{items.length === 1 ? 'Which recording' : 'Which recordings'}</summary>
      <ul>
        {items.map((item) => (
          <ItemRow key={item.session} item={item} />
        ))}
      </ul>
    </details>
  )
}
