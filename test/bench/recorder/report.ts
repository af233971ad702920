// The table of the recorder part.

import { tableLines } from '../../../gateway/cli/table.ts'
import { rateText, ratioText, sizeText } from '../figures.ts'
import type { RecorderFindings } from './measure.ts'

export function recorderText({ bulk, bulkDurable, frames, terminal, verify, memory }: RecorderFindings): string {
  const count = (n: number): string => `${Math.round(n).toLocaleString('en-GB')}/s`
  const row = (what: string, ours: number, other: string, theirs: number, text: (n: number) => string): string[] => [
    what,
    text(ours),
    other,
    text(theirs),
    ratioText(ours / theirs),
  ]
  const table = tableLines(
    ['recorder', 'ours', 'beside', 'theirs', 'ratio'],
    [
      row(
        'bulk data, to stable storage',
        bulkDurable.recorder,
        'plain write and fdatasync',
        bulkDurable.plain,
        rateText,
      ),
      row('bulk data, to the kernel', bulk.recorder, 'plain write', bulk.plain, rateText),
      row('frames of 64 bytes', frames.recorder, 'plain write', frames.plain, count),
      row('terminal output', terminal.recorder, 'not recorded', terminal.unrecorded, rateText),
      row('terminal output', terminal.recorder, 'script', terminal.script, rateText),
      ...(terminal.tlog === null
        ? []
        : [row('terminal output', terminal.recorder, 'tlog-rec', terminal.tlog, rateText)]),
      row('verifying, with the key', verify.recorder, 'sha256sum', verify.plain, rateText),
    ],
  )
  const { bytes, early, most, verifying } = memory
  return [
    ...table,
    '',
    `memory while ${sizeText(bytes)} were recorded: ${sizeText(early)} in its first tenth, at most ${sizeText(most)}; verifying it, at most ${sizeText(verifying)}`,
  ].join('\n')
}
