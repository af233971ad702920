// The table of the replay part.

import { tableLines } from '../../../gateway/cli/table.ts'
import { sizeText, timeText } from '../figures.ts'
import type { ReplayFindings, Times } from './measure.ts'

const row = (name: string, { median, p99, longest }: Times): string[] => [
  name,
  timeText(median),
  timeText(p99),
  timeText(longest),
]

export function replayText({ hours, streamBytes, frames, index, cold, warm, withoutMs }: ReplayFindings): string {
  const seeks = tableLines(
    [`seek in ${hours} hours`, 'median', 'p99', 'longest'],
    [
      row('index read from the disk', cold),
      row('index in memory', warm),
      ['without an index, to the end', timeText(withoutMs), '', ''],
    ],
  )
  const rate = (streamBytes / 1e6 / (index.ms / 1000)).toFixed(1)
  const share = ((100 * index.bytes) / streamBytes).toFixed(1)
  const notes = [
    `the recording: ${sizeText(streamBytes)}, ${frames.toLocaleString('en-GB')} frames`,
    `the index: made in ${timeText(index.ms)} (${rate} MB/s), ${index.screens} screens, ${share} % of the recording`,
  ]
  return [...seeks, '', ...notes.map((note) => `- ${note}`)].join('\n')
}
