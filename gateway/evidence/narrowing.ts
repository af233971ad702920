// What an export is narrowed to: some plants, what an agreement with a customer covers, or both. Says of a recording and of
// an entry of the ledger whether it goes out, and if not why, so that the export can count what it leaves out without
// naming it. Whether the person may export it at all is export-plan.ts's.

import {
  evidenceKindOf,
  uncoveredBy,
  type Agreement,
  type Bundle,
  type EvidenceEvent,
  type PlantId,
  type Uncovered,
} from '../../policy/index.ts'
import type { StoredSession } from '../store/sessions.ts'
import { isOnlyOf, type Place } from './places.ts'

export interface Narrowing {
  /** Null: of every plant. */
  readonly plants: readonly PlantId[] | null
  readonly agreement: Agreement | null
}

export const everything: Narrowing = { plants: null, agreement: null }

export const isNarrow = ({ plants, agreement }: Narrowing): boolean => plants !== null || agreement !== null

const uncoveredText: Readonly<Record<Uncovered, string>> = {
  'not-agreed': 'not covered by the agreement',
  'not-in-scope': 'not in the scope of the management system',
  'not-in-its-time': 'not in the time of the agreement',
}

/** Why the recording of a session does not go out, or null. */
export function whyNotRecording(
  { plants, agreement }: Narrowing,
  bundle: Bundle,
  session: StoredSession,
): string | null {
  const { plant, asset, assetType, labels, startedAt: at } = session
  if (!(plants?.includes(plant) ?? true)) return 'recording of another plant'
  if (agreement === null) return null
  if (!agreement.evidence.includes('recordings')) return `recording ${uncoveredText['not-agreed']}`
  const why = uncoveredBy(agreement, bundle, { plant, asset, labels: assetType === null ? null : labels, at })
  return why === null ? null : `recording ${uncoveredText[why]}`
}

/** Why an entry does not go out under the agreement, or null. Without an agreement the ledger goes out whole. */
export function whyNotEntry(
  { plants, agreement }: Narrowing,
  bundle: Bundle,
  { type, at }: Pick<EvidenceEvent, 'type' | 'at'>,
  place: Place,
): string | null {
  if (agreement === null) return null
  const kind = evidenceKindOf(type)
  if (kind === null || !agreement.evidence.includes(kind)) return 'entry of another kind than was agreed'
  if (place.kind !== 'plants' || place.spots.length === 0) return `entry ${uncoveredText['not-agreed']}`
  if (!isOnlyOf(place, plants)) return 'entry of another plant'
  for (const { plant, asset, labels } of place.spots) {
    const why = uncoveredBy(agreement, bundle, { plant, asset, labels, at })
    if (why !== null) return `entry ${uncoveredText[why]}`
  }
  return null
}

/** Is what the commitments of an entry stand for given out with it? */
export function isOpened(narrowing: Narrowing, bundle: Bundle, event: EvidenceEvent, place: Place): boolean {
  const { plants, agreement } = narrowing
  if (!isOnlyOf(place, plants)) return false
  if (agreement === null) return true
  return agreement.evidence.includes('words') && whyNotEntry(narrowing, bundle, event, place) === null
}
