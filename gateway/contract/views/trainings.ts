// What has to be attested before somebody comes, and how that stands: trainings of people, expectations of suppliers.

import { Type, type Static } from 'typebox'
import { Instant, closed, orNull } from '../primitives.ts'
import { PersonRef } from './parts.ts'

export const AttestedState = Type.Union([
  Type.Literal('in-force'),
  /** Ends within 30 days. */
  Type.Literal('ending'),
  Type.Literal('over'),
  /** Never attested, or withdrawn. */
  Type.Literal('missing'),
])
export type AttestedState = Static<typeof AttestedState>

/** The attestation that holds longest; null where there is none that was not withdrawn. */
export const ProofView = orNull(
  Type.Object(
    {
      attestation: Type.String(),
      until: Instant,
      reference: Type.String({ description: 'where the proof is kept' }),
      by: PersonRef,
      at: Instant,
    },
    closed,
  ),
)
export type ProofView = Static<typeof ProofView>

export const TrainingView = Type.Object(
  {
    id: Type.String(),
    title: Type.String(),
    /** Where it is needed, in words. */
    for: Type.String(),
    validDays: Type.Integer(),
  },
  closed,
)
export type TrainingView = Static<typeof TrainingView>

export const HeldTrainingView = Type.Object(
  { training: Type.String(), title: Type.String(), state: AttestedState, proof: ProofView },
  closed,
)
export type HeldTrainingView = Static<typeof HeldTrainingView>

/** A person with the trainings they may need, on some asset, and those they have beside. */
export const PersonTrainingsView = Type.Object({ person: PersonRef, trainings: Type.Array(HeldTrainingView) }, closed)
export type PersonTrainingsView = Static<typeof PersonTrainingsView>

export const TrainingsView = Type.Object(
  {
    declared: Type.Array(TrainingView),
    /** Who answers for the whole sees everybody; others themselves. */
    people: Type.Array(PersonTrainingsView),
    mayAttest: Type.Boolean(),
  },
  closed,
)
export type TrainingsView = Static<typeof TrainingsView>

export const ExpectationView = Type.Object(
  { id: Type.String(), text: Type.String(), validDays: Type.Integer(), state: AttestedState, proof: ProofView },
  closed,
)
export type ExpectationView = Static<typeof ExpectationView>
