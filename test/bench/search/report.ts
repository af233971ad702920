// The table of the search part.

import { tableLines } from '../../../gateway/cli/table.ts'
import { ratioText, sizeText, timeText } from '../figures.ts'
import type { SearchFindings } from './measure.ts'

export function searchText({
  indexRate,
  indexCpuRate,
  ratio,
  recordings,
  characters,
  queries,
}: SearchFindings): string {
  const rate = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB/s`
  return [
    `search: terminal output indexed at ${rate(indexRate)} (${rate(indexCpuRate)} of one processor); the index is ${ratioText(ratio)} of it`,
    '',
    ...tableLines(
      [
        `${recordings.toLocaleString('en-GB')} recordings, ${sizeText(characters)} of text`,
        'median',
        '99th percentile',
        'found',
      ],
      queries.map(({ what, median, most, found }) => [
        what,
        timeText(median),
        timeText(most),
        `${Math.round(found * 100)} %`,
      ]),
    ),
  ].join('\n')
}
