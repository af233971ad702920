// Answers about incidents, what was asked of others, custody, and what the committee gets to read.

import { Type, type Static } from 'typebox'
import { SeverityView } from '../incident-bodies.ts'
import { Instant, closed, orNull } from '../primitives.ts'
import { PersonRef } from './parts.ts'

const Named = Type.Object({ id: Type.String(), name: Type.String() }, closed)

/** `closed` wins over `contained`, that over `open`. */
const IncidentState = Type.Union([Type.Literal('open'), Type.Literal('contained'), Type.Literal('closed')])

const row = {
  id: Type.String(),
  title: Type.String(),
  severity: SeverityView,
  state: IncidentState,
  by: PersonRef,
  at: Instant,
  assignedTo: orNull(PersonRef),
  plants: Type.Array(Type.Object({ id: Type.String(), name: Type.String(), baseline: orNull(Type.String()) }, closed)),
  /** Its plants stand under different baselines: what holds for one may not hold for the other. */
  spansBaselines: Type.Boolean(),
  containBy: orNull(Instant),
  containedAt: orNull(Instant),
  closedAt: orNull(Instant),
  /** What is past its time now, in words. */
  overdue: Type.Array(Type.String()),
}

export const IncidentRow = Type.Object(row, closed)
export type IncidentRow = Static<typeof IncidentRow>

const Text = Type.Object({ name: Type.String(), text: Type.String() }, closed)

export const ExhibitView = Type.Object(
  {
    id: Type.String(),
    request: Type.String(),
    name: Type.String(),
    bytes: Type.Integer({ minimum: 0 }),
    sha256: Type.String(),
    at: Instant,
    holder: Type.String(),
    place: Type.String(),
    gone: orNull(Type.Union([Type.Literal('returned'), Type.Literal('destroyed')])),
  },
  closed,
)
export type ExhibitView = Static<typeof ExhibitView>

export const EvidenceRequestView = Type.Object(
  {
    id: Type.String(),
    party: Type.String(),
    what: Type.String(),
    why: Type.String(),
    by: PersonRef,
    at: Instant,
    dueAt: Instant,
    overdue: Type.Boolean(),
    ended: orNull(Type.Object({ outcome: Type.String(), by: PersonRef, at: Instant, reason: Type.String() }, closed)),
  },
  closed,
)
export type EvidenceRequestView = Static<typeof EvidenceRequestView>

export const IncidentView = Type.Object(
  {
    ...row,
    words: Type.String(),
    concern: orNull(Type.String()),
    assets: Type.Array(Named),
    sessions: Type.Array(Type.String()),
    suppliers: Type.Array(Named),
    assessed: Type.Array(Type.Union([Type.Literal('safety'), Type.Literal('production')])),
    reports: Type.Array(
      Type.Object(
        {
          id: Type.String(),
          title: Type.String(),
          basis: Type.String(),
          dueAt: Instant,
          made: orNull(Type.Object({ by: PersonRef, at: Instant, reference: Type.String() }, closed)),
        },
        closed,
      ),
    ),
    closing: orNull(
      Type.Object(
        {
          by: PersonRef,
          at: Instant,
          cause: Type.String(),
          lessons: Type.String(),
          decision: orNull(Type.String()),
        },
        closed,
      ),
    ),
    action: orNull(
      Type.Object(
        {
          what: Type.String(),
          owner: PersonRef,
          dueAt: Instant,
          closed: orNull(Type.Object({ by: PersonRef, at: Instant, effect: Type.String() }, closed)),
        },
        closed,
      ),
    ),
    holds: Type.Array(Type.String({ description: 'legal holds set because of it that still stand' })),
    requests: Type.Array(EvidenceRequestView),
    exhibits: Type.Array(ExhibitView),
    /** What happened, oldest first, each with the ledger entry it stands in; the latest two hundred. */
    timeline: Type.Array(
      Type.Object(
        {
          index: Type.Integer({ minimum: 0 }),
          at: Instant,
          type: Type.String(),
          by: orNull(PersonRef),
          texts: Type.Array(Text),
        },
        closed,
      ),
    ),
    /** What closing it takes beside cause and lessons. */
    needsDecision: Type.Boolean(),
    needsAction: Type.Boolean(),
    may: Type.Object(
      { handle: Type.Boolean(), hold: Type.Boolean(), close: Type.Boolean(), closeAction: Type.Boolean() },
      closed,
    ),
  },
  closed,
)
export type IncidentView = Static<typeof IncidentView>

export const CustodyLogView = Type.Object(
  {
    incident: Type.String(),
    title: Type.String(),
    at: Instant,
    /** Oldest first: pieces of evidence from outside, and what was done with the recordings of its sessions. */
    steps: Type.Array(
      Type.Object(
        {
          index: Type.Integer({ minimum: 0 }),
          at: Instant,
          what: Type.String({ description: 'the id of a piece of evidence or of a session' }),
          name: Type.String(),
          step: Type.String(),
          by: orNull(PersonRef),
          from: orNull(Type.String()),
          to: orNull(Type.String()),
          place: orNull(Type.String()),
          purpose: orNull(Type.String()),
          sha256: orNull(Type.String()),
        },
        closed,
      ),
    ),
  },
  closed,
)
export type CustodyLogView = Static<typeof CustodyLogView>

export const CommitteePackView = Type.Object(
  {
    since: Instant,
    until: Instant,
    madeAt: Instant,
    scopeVersion: Type.String(),
    statement: Type.String(),
    sections: Type.Array(
      Type.Object(
        {
          id: Type.String(),
          title: Type.String(),
          /** Of all; `items` are the latest of them. */
          count: Type.Integer({ minimum: 0 }),
          items: Type.Array(
            Type.Object(
              {
                text: Type.String(),
                at: Instant,
                /** The ledger entry it stands in; null for what is only so now. */
                index: orNull(Type.Integer({ minimum: 0 })),
                /** Reference of the committee's decision, where it has one. */
                decision: orNull(Type.String()),
              },
              closed,
            ),
          ),
        },
        closed,
      ),
    ),
  },
  closed,
)
export type CommitteePackView = Static<typeof CommitteePackView>
