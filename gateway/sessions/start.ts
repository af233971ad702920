// How a session that was let in begins, in one transaction: everything it rests on is looked at once more, the grant's
// first use is counted, and its first entries are written. Whatever is taken away meanwhile wins: before this, nothing
// begins; after it, the session stands in the registry and hears of it.

import {
  endOfDay,
  pathTo,
  usableAt,
  zoneOf,
  type Asset,
  type Bundle,
  type Conduit,
  type DecisionRequest,
  type Events,
  type Grant,
  type Instant,
  type Obligation,
  type SessionId,
} from '../../policy/index.ts'
import type { Door } from '../access/authorize.ts'
import { pathEntry } from '../access/path-entry.ts'
import { openSessionReview, reviewDueAt } from '../access/reviews.ts'
import type { Clock } from '../clock.ts'
import { certificateEntry } from '../identity/certificates/entry.ts'
import type { Tx } from '../store/store.ts'
import type { Most } from './places.ts'
import type { Permission, SessionFacts } from './facts.ts'
import type { RecordingControl } from './recorder.ts'
import type { LiveSession } from './session.ts'

/** Counts the first use of a grant in the caller's transaction, with its evidence, and gives the grant as it then is. */
export type FirstUse = (tx: Tx, grant: Grant, session: SessionId) => Promise<Grant>

export interface Opening {
  readonly session: LiveSession
  readonly recording: Pick<RecordingControl, 'manifestDigest' | 'seal'>
  readonly asset: Asset
  readonly conduit: Conduit
  readonly most: Most
}

export type Started =
  | ({ readonly kind: 'started' } & Permission)
  /** `text` says what no longer holds; the denial is written. */
  | { readonly kind: 'overtaken'; readonly text: string }

export interface Starter {
  /** A row and an entry for a session that has to wait before it begins. */
  wait(tx: Tx, opening: Opening, waitUntil: Instant): Promise<void>
  /** Begins it: writes its row where it has none, and its start. */
  start(tx: Tx, opening: Opening): Promise<Started>
}

/** What the session stands on as it begins, so that an auditor can hold its course against it. */
function standingOf(
  bundle: Bundle,
  { supplier, plant }: SessionFacts,
  asset: Asset,
  obligations: readonly Obligation[],
): Pick<Events['session.started'], 'levels' | 'contractUntil' | 'escortGraceMinutes' | 'idleEndMinutes'> {
  const from = bundle.gatewayZoneOf.get(plant)
  // A conduit from there has just been found.
  if (!from) throw new Error(`plant \`${plant}\` has no gateway zone`)
  const contract = supplier === null ? undefined : bundle.suppliers.get(supplier)?.contract
  const escort = obligations.find((duty) => duty.kind === 'escort')
  const idle = obligations.find((duty) => duty.kind === 'idle-end')
  return {
    levels: { from: from.level, to: zoneOf(asset, bundle).level },
    contractUntil: contract ? endOfDay(contract.until, 'UTC') : null,
    escortGraceMinutes: escort?.graceMinutes ?? null,
    idleEndMinutes: idle?.minutes ?? null,
  }
}

export function openStarter(deps: {
  readonly door: Door
  readonly clock: Clock
  readonly firstUse: FirstUse
}): Starter {
  const { door, clock, firstUse } = deps

  function rowOf(facts: SessionFacts, until: Instant) {
    const { id, grant, person, asset, plant, protocol, source, startedAt, assetType, labels } = facts
    return {
      id,
      grant,
      person,
      asset,
      plant,
      protocol,
      source,
      startedAt,
      windowUntil: until,
      endedAt: null,
      endReason: null,
      channels: 0,
      bytesIn: 0,
      bytesOut: 0,
      recording: 'live',
      seal: null,
      sealIndex: null,
      assetType,
      labels,
    } as const
  }

  return {
    async wait(tx, { session }, waitUntil) {
      const { id, grant, person, asset, plant } = session.facts
      await tx.sessions.insert({ ...rowOf(session.facts, session.windowUntil), state: 'opening' })
      const entry = { session: id, grant, person, asset, plant, waitUntil }
      await tx.ledger.append('session.escort_awaited', clock.now(), entry)
    },

    async start(tx, { session, recording, asset, conduit, most }) {
      const { facts } = session
      const now = clock.now()
      const person = await tx.people.byId(facts.person)
      const stored = await tx.grants.byId(facts.grant)
      if (!person || !stored) {
        const entry = { person: facts.person, asset: asset.id, reason: 'account-gone' } as const
        await tx.ledger.append('session.refused', now, entry)
        return { kind: 'overtaken', text: 'the account is gone' }
      }
      const actor = { person, mfa: facts.mfa, source: facts.source }
      const { protocol } = facts
      const request: DecisionRequest = { action: 'connect', asset: asset.id, protocol, grant: stored.grant }
      const { decision, until } = door.foresee(actor, request)
      const usable = usableAt(stored.grant, now)
      if (decision.kind === 'deny' || stored.grant.kind !== 'open' || usable === null) {
        if (decision.kind === 'deny') await door.keep(tx, actor, request, decision, { grant: facts.grant })
        const entry = { person: facts.person, asset: asset.id, reason: 'overtaken' } as const
        await tx.ledger.append('session.refused', now, entry)
        const text = decision.reasons.map((reason) => reason.text).join('; ')
        return { kind: 'overtaken', text: decision.kind === 'deny' ? text : 'the access has just ended' }
      }
      const grant = await firstUse(tx, stored.grant, facts.id)
      const window = usableAt(grant, now) ?? usable
      const known = await tx.sessions.byId(facts.id)
      if (known) await tx.sessions.update(facts.id, { state: 'active', windowUntil: window.until })
      else await tx.sessions.insert({ ...rowOf(facts, window.until), state: 'active' })
      await tx.ledger.append('session.started', now, {
        session: facts.id,
        grant: grant.id,
        request: grant.request,
        person: facts.person,
        ...(person.machine && { owner: person.machine.owner.id }),
        supplier: facts.supplier,
        asset: asset.id,
        plant: facts.plant,
        zone: asset.zone,
        conduit: conduit.id,
        path: pathEntry(pathTo(asset, conduit, door.bundle())),
        leansOn: decision.leansOn,
        ...(decision.unavailable.length === 0 ? {} : { unavailable: decision.unavailable }),
        protocol,
        mfa: facts.mfa,
        window,
        source: await tx.ledger.commit(facts.source),
        ...(await certificateEntry(tx, facts.certificate)),
        safety: asset.safety,
        ...(decision.profile && { profile: decision.profile }),
        assetType: facts.assetType,
        labels: facts.labels,
        handlingRules: facts.handlingRules,
        promptsMasked: facts.masksPrompts,
        ...standingOf(door.bundle(), facts, asset, decision.obligations),
        most,
      })
      const manifest = recording.manifestDigest
      await tx.ledger.append('session.recording_started', now, { session: facts.id, manifest })
      const review = decision.obligations.find((duty) => duty.kind === 'review')
      if (review) {
        const dueAt = reviewDueAt(window.until, review.withinHours)
        const of = {
          request: grant.request,
          grant: grant.id,
          person: facts.person,
          asset: asset.id,
          plant: facts.plant,
        }
        await openSessionReview(tx, now, { session: facts.id, ...of, dueAt })
      }
      const { obligations, unavailable } = decision
      return { kind: 'started', windowUntil: window.until, obligations, decidedUntil: until, unavailable }
    },
  }
}
