// What the HTTP API takes about incidents and about evidence that is asked of others.

import { Type, type Static } from 'typebox'
import { closed, Instant, Words } from './primitives.ts'

const Names = Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 64 }), { maxItems: 200 }))
const things = { plants: Names, assets: Names, sessions: Names, suppliers: Names }

export const SeverityView = Type.Union([
  Type.Literal('low'),
  Type.Literal('medium'),
  Type.Literal('high'),
  Type.Literal('very-high'),
])

export const IncidentBody = Type.Object(
  {
    title: Words(200, 'what happened, in a line'),
    words: Words(4_000, 'what is known of it'),
    severity: SeverityView,
    /** A session brings its asset, plant and supplier with it, an asset its plant. */
    touches: Type.Optional(Type.Object(things, closed)),
    /** The concern it was first told of; it brings what it is about. */
    concern: Type.Optional(Type.String({ maxLength: 64 })),
  },
  closed,
)
export type IncidentBody = Static<typeof IncidentBody>

export const TouchBody = Type.Object(things, closed)
export type TouchBody = Static<typeof TouchBody>

export const RateBody = Type.Object({ severity: SeverityView, reason: Words(1_000, 'why') }, closed)
export type RateBody = Static<typeof RateBody>

export const AssignBody = Type.Object({ to: Type.String({ maxLength: 64, description: 'a login' }) }, closed)
export type AssignBody = Static<typeof AssignBody>

export const IncidentWordsBody = Type.Object({ words: Words(4_000, 'what there is to say') }, closed)
export type IncidentWordsBody = Static<typeof IncidentWordsBody>

export const LinkBody = Type.Object({ suspension: Type.String({ maxLength: 64 }) }, closed)
export type LinkBody = Static<typeof LinkBody>

export const ReportedBody = Type.Object(
  {
    report: Type.String({ minLength: 1, maxLength: 60 }),
    reference: Words(200, 'under which it was received: a case number, a letter'),
  },
  closed,
)
export type ReportedBody = Static<typeof ReportedBody>

export const AssessBody = Type.Object(
  {
    kind: Type.Union([Type.Literal('safety'), Type.Literal('production')]),
    words: Words(4_000, 'what it meant for people, or for production'),
  },
  closed,
)
export type AssessBody = Static<typeof AssessBody>

export const CloseIncidentBody = Type.Object(
  {
    cause: Words(4_000, 'the root cause'),
    lessons: Words(4_000, 'what was learned, and what changes'),
    decision: Type.Optional(Words(120, "reference of the committee's decision")),
    /** What is done so that it does not happen again. */
    action: Type.Optional(
      Type.Object(
        {
          what: Words(2_000, 'what is done'),
          owner: Type.String({ maxLength: 64, description: 'a login' }),
          dueAt: Instant,
        },
        closed,
      ),
    ),
  },
  closed,
)
export type CloseIncidentBody = Static<typeof CloseIncidentBody>

export const AskEvidenceBody = Type.Object(
  {
    party: Words(200, 'who is asked: a company, an authority'),
    what: Words(2_000, 'what is asked for'),
    why: Words(2_000, 'why, and on what ground'),
    dueAt: Instant,
  },
  closed,
)
export type AskEvidenceBody = Static<typeof AskEvidenceBody>

export const ReceiveBody = Type.Object(
  {
    files: Type.Array(
      Type.Object(
        {
          name: Words(255, 'name of the file'),
          bytes: Type.Integer({ minimum: 0 }),
          sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }),
        },
        closed,
      ),
      { minItems: 1, maxItems: 100 },
    ),
    holder: Words(200, 'who has it now'),
    place: Words(200, 'where it is kept'),
  },
  closed,
)
export type ReceiveBody = Static<typeof ReceiveBody>

export const EndAskingBody = Type.Object(
  {
    outcome: Type.Union([Type.Literal('complete'), Type.Literal('refused'), Type.Literal('withdrawn')]),
    reason: Words(1_000, 'why; of a refusal the reason that was given'),
  },
  closed,
)
export type EndAskingBody = Static<typeof EndAskingBody>

export const CustodyBody = Type.Object(
  {
    kind: Type.Union([
      Type.Literal('handed-over'),
      Type.Literal('copied'),
      Type.Literal('returned'),
      Type.Literal('destroyed'),
    ]),
    to: Words(200, 'who gets it, or the copy; who destroyed it'),
    place: Words(200, 'where it is then'),
    purpose: Words(1_000, 'what for'),
  },
  closed,
)
export type CustodyBody = Static<typeof CustodyBody>
