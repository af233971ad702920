// What the HTTP API takes about the custody of evidence: legal holds, deletions, erasures and samples.

import { Type, type Static } from 'typebox'
import { Instant, closed, Words } from './primitives.ts'

export const HoldBody = Type.Object(
  {
    target: Type.Object(
      {
        kind: Type.Union([
          Type.Literal('session'),
          Type.Literal('person'),
          Type.Literal('supplier'),
          Type.Literal('asset'),
          Type.Literal('plant'),
          Type.Literal('all'),
        ]),
        id: Type.String({
          maxLength: 256,
          description: 'id of the bundle or of this gateway; of a person also the login; empty for `all`',
        }),
      },
      closed,
    ),
    /** Only what happened in this time; left out: whenever. */
    span: Type.Optional(Type.Object({ from: Instant, until: Instant }, closed)),
    reason: Words(500, 'why it is kept; evidence'),
    reference: Words(120, 'where that is written down: a case, an incident, a letter'),
  },
  closed,
)
export type HoldBody = Static<typeof HoldBody>

export const DeletionBody = Type.Object(
  {
    /** Session ids; empty for every recording that is due, up to 500. */
    sessions: Type.Array(Type.String({ maxLength: 64 }), { maxItems: 500, uniqueItems: true }),
    reason: Words(500, 'why the recordings go; evidence'),
  },
  closed,
)
export type DeletionBody = Static<typeof DeletionBody>

export const ErasureBody = Type.Object(
  {
    subject: Type.Union([
      Type.Object(
        { kind: Type.Literal('person'), id: Type.String({ maxLength: 64, description: 'id or login' }) },
        closed,
      ),
      Type.Object({ kind: Type.Literal('commitment'), id: Type.String({ pattern: '^sha256:[0-9a-f]{64}$' }) }, closed),
    ]),
    reason: Words(500, 'why it is erased, without the data itself; evidence'),
  },
  closed,
)
export type ErasureBody = Static<typeof ErasureBody>

/** What to draw recordings from; without times the last 30 days, without a plant all the person looks over. */
export const SampleBody = Type.Object(
  {
    count: Type.Integer({ minimum: 1, maximum: 100, description: 'how many are to be looked at' }),
    since: Type.Optional(Instant),
    until: Type.Optional(Instant),
    plant: Type.Optional(Type.String({ maxLength: 64 })),
  },
  closed,
)
export type SampleBody = Static<typeof SampleBody>
