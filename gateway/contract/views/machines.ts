// Machine accounts: who answers for each, what it may do, and when it was last used and looked at.

import { Type, type Static } from 'typebox'
import { Instant, closed, orNull } from '../primitives.ts'
import { PersonRef } from './parts.ts'

export const MachineState = Type.Union([
  Type.Literal('usable'),
  /** Its owner is disabled. */
  Type.Literal('ownerless'),
  /** Past its last day. */
  Type.Literal('ended'),
  /** The bundle in force does not say what it may run. */
  Type.Literal('undeclared'),
  Type.Literal('disabled'),
])
export type MachineState = Static<typeof MachineState>

export const MachineView = Type.Object(
  {
    machine: PersonRef,
    state: MachineState,
    owner: PersonRef,
    purpose: Type.String(),
    plants: Type.Array(Type.String()),
    until: Type.String({ description: 'last day, UTC' }),
    sources: Type.Array(Type.String()),
    keys: Type.Array(Type.Object({ fingerprint: Type.String(), label: Type.String() }, closed)),
    /** What the bundle in force lets it run; empty where it says nothing. */
    commands: Type.Array(Type.String()),
    keyAlone: Type.Boolean(),
    openGrants: Type.Integer(),
    /** When its last session began; null where it never had one. */
    lastUse: orNull(Instant),
    /** What the last review of access decided; null where none did. */
    lastReview: orNull(
      Type.Object({ campaign: Type.String(), verdict: Type.String(), by: PersonRef, at: Instant }, closed),
    ),
  },
  closed,
)
export type MachineView = Static<typeof MachineView>

export const MachinesView = Type.Object(
  { items: Type.Array(MachineView), mayHandOver: Type.Boolean({ description: 'may the reader hand one over?' }) },
  closed,
)
export type MachinesView = Static<typeof MachinesView>
