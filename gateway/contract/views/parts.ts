// Pieces that many answers are made of.

import { Type, type Static } from 'typebox'
import { Instant, closed, orNull } from '../primitives.ts'

export const WindowView = Type.Object({ from: Instant, until: Instant }, closed)
export type WindowView = Static<typeof WindowView>

/** Somebody named in a list. `displayName` is `erased` where the name is no longer kept. */
export const PersonRef = Type.Object(
  {
    id: Type.String(),
    login: Type.String(),
    displayName: Type.String(),
    supplier: orNull(Type.String()),
    /** As the bundle in force calls it, or its id where that has it no longer; null for the plant's own people. */
    supplierName: orNull(Type.String()),
    /** Of a machine account: the name of who answers for it. Absent for people. */
    owner: Type.Optional(Type.String()),
  },
  closed,
)
export type PersonRef = Static<typeof PersonRef>

export const ReasonView = Type.Object(
  { rule: Type.String(), text: Type.String(), controls: Type.Array(Type.String()) },
  closed,
)
export type ReasonView = Static<typeof ReasonView>

/** What must hold while a permit is used, or what would have to change for one: its kind, and a sentence for people. */
export const DutyView = Type.Object({ kind: Type.String(), text: Type.String() }, closed)
export type DutyView = Static<typeof DutyView>

/** A rule that does not hold yet and would have been at work, with a sentence for people. */
export const WatchedRuleView = Type.Object(
  {
    rule: Type.String(),
    would: Type.Union([Type.Literal('refuse'), Type.Literal('oblige'), Type.Literal('fail')]),
    from: Type.String({ description: 'the day from which it holds' }),
    text: Type.String(),
  },
  closed,
)
export type WatchedRuleView = Static<typeof WatchedRuleView>

export const DecisionView = Type.Object(
  {
    kind: Type.Union([Type.Literal('permit'), Type.Literal('deny')]),
    reasons: Type.Array(ReasonView),
    /** What must hold while it is used; empty for a deny. */
    obligations: Type.Array(DutyView),
    /** What would have to change for a permit; empty for one. */
    remedies: Type.Array(DutyView),
    /** Ids of the exceptions in force that cover the asset. */
    exceptions: Type.Array(Type.String()),
    /** Ids of the risks that are accepted and touch the asset. */
    acceptedRisks: Type.Array(Type.String()),
    /** Rules that do not hold yet and would have been at work. */
    watched: Type.Array(WatchedRuleView),
    /** Ids of the shared services a session to the asset leans on. */
    leansOn: Type.Array(Type.String()),
    unavailable: Type.Array(Type.String()),
    bundle: Type.String({ description: 'SHA-256 of the bundle the decision was taken under' }),
    scopeVersion: Type.String(),
    scope: Type.Union([Type.Literal('in'), Type.Literal('out'), Type.Literal('undetermined')]),
  },
  closed,
)
export type DecisionView = Static<typeof DecisionView>

export const ListOf = <T extends Parameters<typeof Type.Array>[0]>(item: T) =>
  Type.Object({ items: Type.Array(item), next: orNull(Type.String()) }, closed)

export interface ListView<T> {
  readonly items: readonly T[]
  /** Cursor of the next page, or null at the end. */
  readonly next: string | null
}
