// What may leave the house in one export: which recordings, which of them with their keys, and which commitments stay
// shut. Asked for by name, a recording that may not leave is a refusal; in an export of everything it is kept back, and
// the evidence of the export says so.

import type { Bundle, SessionId, ViewingId } from '../../policy/index.ts'
import type { Actor } from '../access/authorize.ts'
import { GatewayError } from '../errors.ts'
import type { StoredSession } from '../store/sessions.ts'
import { commitmentsIn } from '../store/commitments.ts'
import type { Store } from '../store/store.ts'
import { openSharedTurns, type GiveWay } from '../turns.ts'
import { everything, whyNotRecording, type Narrowing } from './narrowing.ts'
import type { PermittedViewing, Viewing, ViewingGate } from './viewing.ts'

export interface ExportPlan {
  readonly sessions: readonly { readonly id: SessionId; readonly withKey: boolean }[]
  /** Sealed, and not to leave with this person. */
  readonly keptBack: readonly SessionId[]
  /** Sealed, and not of what the export is narrowed to: how many, by why. */
  readonly leftOut: ReadonlyMap<string, number>
  /** Rules of handling.yaml about what leaves, and viewings that second persons agreed to. */
  readonly rules: readonly string[]
  readonly viewings: readonly ViewingId[]
  /** Commitments of sessions that do not leave whole: what they stand for stays here. */
  readonly shut: ReadonlySet<string>
}

/** Sessions, and entries of the ledger, that are read at a time. */
const page = 200

/**
 * Goes over every session there is, in turns.
 * @param asked empty for every sealed recording.
 * @throws GatewayError `not-found`, `state-conflict`, `not-agreed`, and as `needView`
 */
export async function planExport(
  deps: {
    readonly store: Pick<Store, 'sessions' | 'evidence'>
    readonly gate: ViewingGate
    readonly bundle: Bundle
  },
  actor: Actor,
  asked: readonly SessionId[],
  narrowing: Narrowing = everything,
): Promise<ExportPlan> {
  const { store, gate, bundle } = deps
  const { agreement } = narrowing
  const giveWay = openSharedTurns()
  const leftOut = new Map<string, number>()
  const sessions: { id: SessionId; withKey: boolean }[] = []
  const keptBack: SessionId[] = []
  const rules = new Set<string>()
  const viewings = new Set<ViewingId>()
  const shut = new Set<string>()
  // What keeps a recording back is asked for each of them, and they are told to have left by one bundle's rules.
  function needSame({ applied }: Viewing): void {
    if (applied.bundle !== bundle.digest)
      throw new GatewayError('state-conflict', 'another bundle came into force meanwhile: export again')
  }
  const take = (id: SessionId, { handling, applied }: PermittedViewing): void => {
    sessions.push({ id, withKey: handling.export === 'full' })
    for (const rule of applied.rules) rules.add(rule)
    if (applied.viewing !== null) viewings.add(applied.viewing)
  }

  for (const id of new Set(asked)) {
    const session = await store.sessions.byId(id)
    if (!session) throw new GatewayError('not-found', `no session \`${id}\``)
    if (session.seal === null)
      throw new GatewayError('state-conflict', `session \`${id}\` is not sealed yet: export it when it has ended`)
    const why = whyNotRecording(narrowing, bundle, session)
    if (why !== null) throw new GatewayError('not-agreed', `session \`${id}\`: ${why}: nothing was exported`)
    const viewing = await gate.needView(actor, session, 'export', agreement)
    needSame(viewing)
    // The ledger in the export says of a deleted one when it went, by whom, and which seal it had.
    if (session.recording !== 'deleted') take(id, viewing)
  }
  // Also of sessions that were not asked for: the ledger of an export is whole, and so would be what it is opened with.
  for await (const session of all(store, giveWay)) {
    const why = whyNotRecording(narrowing, bundle, session)
    if (why !== null) {
      if (session.seal !== null && session.recording !== 'deleted') leftOut.set(why, (leftOut.get(why) ?? 0) + 1)
      // Words of entries about it may still be agreed: what its rules keep here stays here all the same.
      const seen = await gate.permitView(actor, session, 'export', agreement)
      needSame(seen)
      if (seen.kind === 'permitted' && seen.handling.export === 'full') continue
      for await (const commitment of commitmentsOf(store, session.id, giveWay)) shut.add(commitment)
      continue
    }
    const viewing = await gate.permitView(actor, session, 'export', agreement)
    needSame(viewing)
    if (asked.length === 0 && session.seal !== null && session.recording !== 'deleted') {
      if (viewing.kind === 'permitted') take(session.id, viewing)
      else keptBack.push(session.id)
    }
    if (viewing.kind === 'permitted' && viewing.handling.export === 'full') continue
    for await (const commitment of commitmentsOf(store, session.id, giveWay)) shut.add(commitment)
  }
  return { sessions, keptBack, leftOut, rules: [...rules], viewings: [...viewings], shut }
}

async function* all({ sessions }: Pick<Store, 'sessions'>, giveWay: GiveWay): AsyncGenerator<StoredSession> {
  for (let before: string | null = null; ;) {
    const rows = await sessions.list({ person: null, live: false }, { limit: page, before })
    for (const row of rows) {
      yield row
      await giveWay()
    }
    const last = rows.at(-1)
    if (!last) return
    before = last.id
  }
}

async function* commitmentsOf(
  { evidence }: Pick<Store, 'evidence'>,
  session: SessionId,
  giveWay: GiveWay,
): AsyncGenerator<string> {
  for (let before: number | null = null; ;) {
    const events = await evidence.list({ types: null, session }, { limit: page, before })
    for (const { data } of events) {
      yield* commitmentsIn(data)
      await giveWay()
    }
    before = events.at(-1)?.index ?? null
    if (events.length < page) return
  }
}
