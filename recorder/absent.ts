// Recordings that the ledger names and an export does not hold (FORMAT.md section 5.4, point 13). An export may be of some
// sessions only, so none of this is a fault; but whoever makes an export could leave out what she would rather not show.

import type { ParsedEntry } from './evidence.ts'
import { isSessionId } from './layout.ts'
import type { Findings } from './report.ts'

export interface AbsentRecording {
  readonly session: string
  /** Number of the last ledger entry that tells of it: its seal, its end, its beginning. */
  readonly entry: number
  /** Unsealed: the session ended, and no entry names a seal. Running: not even its end stands in the ledger. */
  readonly state: 'sealed' | 'unsealed' | 'running'
}

/** Gathered while the entries are read; what was deleted is deleted.ts's. */
export class AbsentRecordings {
  readonly #known = new Map<string, AbsentRecording>()

  visit(entry: number, { type, data }: Pick<ParsedEntry, 'type' | 'data'>): void {
    const { session } = data
    if (typeof session !== 'string' || !isSessionId(session)) return
    const before = this.#known.get(session)?.state
    if (type === 'session.recording_started') this.#known.set(session, { session, entry, state: 'running' })
    else if (type === 'session.ended' && before === 'running')
      this.#known.set(session, { session, entry, state: 'unsealed' })
    else if (type === 'session.recording_sealed' || type === 'session.recording_found')
      this.#known.set(session, { session, entry, state: 'sealed' })
    else if (type === 'recording.deleted' || type === 'recording.deleted_again') this.#known.delete(session)
  }

  /**
   * Those that are not in the export, in the order the ledger has them.
   * @param included sessions whose recordings are.
   */
  end(included: Iterable<string>, findings: Findings): readonly AbsentRecording[] {
    for (const session of included) this.#known.delete(session)
    const absent = [...this.#known.values()].toSorted((a, b) => a.entry - b.entry)
    const sealed = absent.filter(({ state }) => state === 'sealed').length
    const unsealed = absent.filter(({ state }) => state === 'unsealed').length
    if (sealed > 0) findings.good('recordings', `NOT HERE: ${sealed} that the ledger says were sealed`)
    if (unsealed > 0)
      findings.good('recordings', `NEVER SEALED: ${unsealed} of sessions that ended: lost, damaged, or not sealed yet`)
    return absent
  }
}

/** One sentence for people. */
export function sayAbsent({ session, entry, state }: AbsentRecording): string {
  const what = {
    sealed: `sealed in ledger entry ${entry}, and not in this export`,
    unsealed: `its session ended in ledger entry ${entry}, and no entry names a seal`,
    running: `begun in ledger entry ${entry}, and its session had not ended`,
  }
  return `absent recording ${session}: ${what[state]}`
}
