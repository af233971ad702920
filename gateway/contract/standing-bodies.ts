// What the HTTP API takes about what touches many decisions: suspensions, revocations, delegations, presences,
// attestations, reviews and campaigns. Unknown keys are refused, lengths are bounded.

import { Type, type Static } from 'typebox'
import { Instant, closed, Words } from './primitives.ts'
import { WindowView } from './views.ts'

const Name = (description: string) => Type.String({ maxLength: 256, description })

const suspendable = [
  Type.Literal('person'),
  Type.Literal('supplier'),
  Type.Literal('asset'),
  Type.Literal('zone'),
  Type.Literal('plant'),
  Type.Literal('all'),
] as const
const Id = Name('id of the bundle or of this gateway; of a person also the login; empty for `all`')

export const SuspendBody = Type.Object(
  {
    target: Type.Object({ kind: Type.Union([...suspendable]), id: Id }, closed),
    reason: Words(500, 'shown to whoever is kept off, and kept as evidence'),
  },
  closed,
)
export type SuspendBody = Static<typeof SuspendBody>

export const RevocationBody = Type.Object(
  {
    target: Type.Object(
      { kind: Type.Union([...suspendable, Type.Literal('session'), Type.Literal('grant')]), id: Id },
      closed,
    ),
    reason: Words(500, 'shown to the people and kept as evidence'),
    insist: Type.Optional(
      Type.Boolean({ description: 'end sessions also where the asset asks for a safe state first' }),
    ),
  },
  closed,
)
export type RevocationBody = Static<typeof RevocationBody>

/** Who answers for a machine account from now on. */
export const HandOverBody = Type.Object(
  { to: Name('id or login'), reason: Words(500, 'why, for the evidence') },
  closed,
)
export type HandOverBody = Static<typeof HandOverBody>

export const DelegationBody = Type.Object(
  { to: Name('id or login'), window: WindowView, reason: Words(500, 'why, for the evidence') },
  closed,
)
export type DelegationBody = Static<typeof DelegationBody>

export const PresenceBody = Type.Object(
  {
    zone: Name('where the person stands'),
    code: Type.String({ maxLength: 32, description: 'what the device of the zone shows now' }),
    minutes: Type.Integer({ minimum: 1, maximum: 480 }),
  },
  closed,
)
export type PresenceBody = Static<typeof PresenceBody>

export const AttestationBody = Type.Object(
  {
    person: Name('id or login'),
    label: Name('a controlled label of the scope'),
    until: Instant,
    reference: Words(500, 'where the proof is kept; never the proof'),
  },
  closed,
)
export type AttestationBody = Static<typeof AttestationBody>

/** Until when something is attested, and where the proof of it is kept. */
const proof = { until: Instant, reference: Words(500, 'where the proof is kept; never the proof') }

export const TrainingBody = Type.Object(
  { person: Name('id or login'), training: Name('a training of access.yaml'), ...proof },
  closed,
)
export type TrainingBody = Static<typeof TrainingBody>

export const ExpectationBody = Type.Object(
  { expectation: Name('what suppliers.yaml expects of the supplier'), ...proof },
  closed,
)
export type ExpectationBody = Static<typeof ExpectationBody>

export const ReviewBody = Type.Object(
  {
    verdict: Type.Union([Type.Literal('justified'), Type.Literal('not-justified')]),
    comment: Words(1_000, 'what was looked at and found'),
  },
  closed,
)
export type ReviewBody = Static<typeof ReviewBody>

export const CampaignBody = Type.Object({ title: Words(120, 'what is reviewed'), dueAt: Instant }, closed)
export type CampaignBody = Static<typeof CampaignBody>

export const CampaignItemBody = Type.Object(
  {
    person: Name('id or login'),
    verdict: Type.Union([Type.Literal('keep'), Type.Literal('change'), Type.Literal('remove')]),
    reason: Words(500, 'why, for the evidence'),
    /** For `change`: what is left. What is not given stays as it is. */
    roles: Type.Optional(Type.Array(Type.String({ maxLength: 64 }), { maxItems: 16 })),
    plants: Type.Optional(Type.Array(Type.String({ maxLength: 64 }), { maxItems: 1_000 })),
  },
  closed,
)
export type CampaignItemBody = Static<typeof CampaignItemBody>
