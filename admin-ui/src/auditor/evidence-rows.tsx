// Entries of the ledger, newest first: number, time and type at a glance, everything else on opening one.

import { Text } from '@mantine/core'
import type { EvidenceView } from '../../../gateway/contract/views.ts'
import { ExactTime } from '../time/when.tsx'
import { codesOf } from './code-words.ts'
import { gistOf, isCommitment, linesOf, timeOf } from './entry.ts'
import { wordsOf } from './event-words.ts'

/** What the ledger holds, and in words what it stands for, where that is still kept; an instant as a time. */
function Value({ of, meaning }: { of: string; meaning: string | undefined }) {
  if (meaning !== undefined) {
    return (
      <>
        {meaning}
        <code className="sp-muted sp-small sp-entry-stands-for">{of}</code>
      </>
    )
  }
  return (
    <>
      <code>{of}</code>
      {isCommitment(of) && <span className="sp-muted sp-small"> commitment: the value was erased</span>}
    </>
  )
}

function Entry({ entry }: { entry: EvidenceView }) {
  const words = wordsOf(entry.type)
  const meaning = { ...codesOf(entry), ...entry.meaning }
  return (
    <li>
      <details className="sp-entry">
        <summary>
          <span className="sp-entry-index">{entry.index}</span>
          {words === null ? (
            <code className="sp-entry-type">{entry.type}</code>
          ) : (
            <span className="sp-entry-type">{words.title}</span>
          )}
          <span className="sp-entry-gist">{gistOf(entry.data, meaning)}</span>
          <span className="sp-muted sp-small sp-entry-at">
            <ExactTime at={entry.at} />
          </span>
        </summary>
        {words !== null && (
          <Text size="sm" c="dimmed" className="sp-entry-data">
            {words.meaning} <code>{entry.type}</code>
          </Text>
        )}
        <dl className="sp-facts sp-entry-data" data-names="long">
          {linesOf(entry.data).map((line) => (
            <div key={line.name}>
              <dt>{line.name}</dt>
              <dd>
                <Value of={line.value} meaning={meaning[line.value] ?? timeOf(line)} />
              </dd>
            </div>
          ))}
        </dl>
      </details>
    </li>
  )
}

export function EvidenceRows({ entries }: { entries: readonly EvidenceView[] }) {
  if (entries.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        The ledger has no such entry.
      </Text>
    )
  }
  return (
    <ol className="sp-entries" aria-label="Evidence entries">
      {entries.map((entry) => (
        <Entry key={entry.index} entry={entry} />
      ))}
    </ol>
  )
}
