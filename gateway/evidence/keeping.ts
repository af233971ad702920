// How long each recording is kept, and whether a legal hold keeps it longer: what the rules of the bundle in force say of
// its labels, then and now, and the holds that stand. Deciding that one goes is deletions.ts's.

import {
  handlingOfRecording,
  holdsOn,
  keptUntil,
  type Bundle,
  type Hold,
  type Holdable,
  type Instant,
  type RetentionClass,
  type SupplierId,
} from '../../policy/index.ts'
import type { StoredHold } from '../store/holds.ts'
import type { StoredSession } from '../store/sessions.ts'
import type { Tables } from '../store/store.ts'

export interface Kept {
  readonly session: StoredSession
  readonly retention: RetentionClass
  /** Null while the session is not over. */
  readonly keptUntil: Instant | null
  /** Holds that cover it now. */
  readonly holds: readonly StoredHold[]
}

/** What a hold may cover of a session. */
export function holdableOf(session: StoredSession, supplier: SupplierId | null): Holdable {
  const { id, person, asset, plant, startedAt: from, endedAt: until } = session
  return { session: id, person, supplier, asset, plant, from, until }
}

/** How each of these is kept, in their order. */
export async function keptOf(
  tables: Pick<Tables, 'people' | 'holds'>,
  bundle: Bundle,
  sessions: readonly StoredSession[],
): Promise<readonly Kept[]> {
  if (sessions.length === 0) return []
  const people = await tables.people.byIds(sessions.map(({ person }) => person))
  const standing = await tables.holds.inForce()
  return sessions.map((session) => {
    const { retention } = handlingOfRecording(bundle, session)
    const supplier = people.get(session.person)?.supplier ?? null
    return {
      session,
      retention,
      keptUntil: session.endedAt === null ? null : keptUntil(session.endedAt, retention),
      holds: holdsOn(standing, holdableOf(session, supplier)),
    }
  })
}

/** May it go? `held` comes first: it says why also where the day has come. */
export function stayOf(
  { keptUntil: until, holds }: Pick<Kept, 'keptUntil' | 'holds'>,
  now: Instant,
): 'held' | 'kept' | null {
  if (holds.length > 0) return 'held'
  return until === null || now < until ? 'kept' : null
}

/** The shortest time any class keeps: nothing that ended later needs to be looked at. */
export const shortestKeepDays = ({ handling }: Bundle): number =>
  Math.min(handling.default.keepDays, ...handling.classes.map(({ keepDays }) => keepDays))

/** `hld_… (INC-17)`, for messages. */
export const nameHold = ({ id, reference }: Pick<Hold, 'id' | 'reference'>): string => `\`${id}\` (${reference})`
