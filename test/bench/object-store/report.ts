// The table of the object store part.

import { tableLines } from '../../../gateway/cli/table.ts'
import { ratioText, rateText, sizeText, timeText } from '../figures.ts'
import type { ObjectStoreFindings } from './measure.ts'

export function objectStoreText(found: ObjectStoreFindings): string {
  const { bytes, copyMs, curlMs, putMs, fetchMs, heldUpMs } = found
  const row = (name: string, ms: number): string[] => [name, timeText(ms), rateText((bytes / ms) * 1_000)]
  const table = tableLines(
    [`${sizeText(bytes)} to an object store`, 'took', 'rate'],
    [
      row('a copy on the disk', copyMs),
      row('PUT by curl', curlMs),
      row('ours: in parts, and read back', putMs),
      row('ours: fetched, with its digest', fetchMs),
    ],
  )
  const notes = [
    `ours to curl: ${ratioText(putMs / curlMs)} times as long, for twice the bytes on the way`,
    `the thread that asked was held up for ${timeText(heldUpMs)} at most`,
  ]
  return [...table, '', ...notes.map((note) => `- ${note}`)].join('\n')
}
