// Checkpoints that an auditor kept from before (FORMAT.md section 5.4, point 14). Who holds the signing key can sign another
// history at any time; she cannot make it begin as the one did that others have seen. It is the possession of the earlier
// checkpoint that counts, and not who signed it.

import { parseCheckpoint } from './checkpoint.ts'
import { quote } from './errors.ts'
import { emptyRoot } from './merkle.ts'
import { parseNote } from './note.ts'
import type { Findings } from './report.ts'
import { originAt, type Trust } from './trust.ts'

export interface EarlierCheckpoint {
  /** Where she has it, for the report. */
  readonly where: string
  readonly note: Uint8Array
}

/** Sizes whose root is wanted while the entries are read. */
export function earlierSizes(kept: readonly EarlierCheckpoint[]): readonly number[] {
  return kept.flatMap(({ note }) => {
    const said = read(note)
    return said.kind === 'ok' ? [said.value.size] : []
  })
}

/** @param roots of the first entries, by size, as far as the entries gave them. */
export function inspectEarlier(
  kept: readonly EarlierCheckpoint[],
  trust: Trust,
  size: number,
  roots: ReadonlyMap<number, Uint8Array>,
  findings: Findings,
): void {
  for (const { where, note } of kept) {
    const place = quote(where)
    const said = read(note)
    if (said.kind === 'malformed') {
      findings.bad(place, said.reason)
      continue
    }
    const { value: earlier } = said
    const origin = originAt(trust, earlier.size)
    const root = earlier.size === 0 ? emptyRoot : roots.get(earlier.size)
    if (earlier.size > size)
      findings.bad(place, `is of ${earlier.size} entries, and the ledger here has ${size}: entries were taken away`)
    else if (earlier.origin !== origin)
      findings.bad(place, `is of ledger ${quote(earlier.origin)}, and so many entries are ${quote(origin)}`)
    else
      findings.check(
        root !== undefined && Buffer.from(root).equals(earlier.root),
        place,
        `the ledger goes on from it: its first ${earlier.size} entries are the same`,
        `the ledger does not go on from it: its first ${earlier.size} entries are others than they were`,
      )
  }
}

function read(note: Uint8Array): ReturnType<typeof parseCheckpoint> {
  const parsed = parseNote(note)
  return parsed.kind === 'ok' ? parseCheckpoint(parsed.value.text) : parsed
}
