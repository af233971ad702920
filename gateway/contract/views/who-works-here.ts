// Everybody with an account, where each role comes from, and what somebody holds together that a rule keeps apart.

import { Type, type Static } from 'typebox'
import { Instant, closed, orNull } from '../primitives.ts'
import { PersonRef } from './parts.ts'

export const RoleSourceView = Type.Object(
  {
    role: Type.String(),
    feed: orNull(Type.String({ description: 'null: given by hand' })),
    mapping: orNull(Type.String({ description: 'the mapping of the bundle that gives it' })),
  },
  closed,
)

/** Roles and duties that one person holds and a rule keeps apart. */
export const BreachView = Type.Object(
  {
    rule: Type.String(),
    text: Type.String(),
    roles: Type.Array(Type.String()),
    duties: Type.Array(Type.String()),
    from: Instant,
    isEnforced: Type.Boolean({ description: 'are the deciding roles among them of no use now?' }),
    withheld: Type.Array(Type.String({ description: 'roles that are of no use while it is enforced' })),
  },
  closed,
)
export type BreachView = Static<typeof BreachView>

export const AccountView = Type.Object(
  {
    person: PersonRef,
    state: Type.Union([Type.Literal('open'), Type.Literal('prepared'), Type.Literal('disabled')]),
    plants: Type.Array(Type.String()),
    roles: Type.Array(RoleSourceView),
    /** Null: made by hand, and no feed answers for it. */
    feed: orNull(Type.String()),
    breaches: Type.Array(BreachView),
  },
  closed,
)
export type AccountView = Static<typeof AccountView>

export const AccountsView = Type.Object(
  {
    items: Type.Array(AccountView),
    /** Rules of separation of the bundle in force. */
    rules: Type.Array(
      Type.Object(
        {
          id: Type.String(),
          text: Type.String(),
          roles: Type.Array(Type.String()),
          duties: Type.Array(Type.String()),
          from: Type.String({ description: 'the day (UTC) from which it is enforced' }),
        },
        closed,
      ),
    ),
    feeds: Type.Array(
      Type.Object(
        {
          id: Type.String(),
          text: Type.String(),
          owner: Type.String(),
          /** The state the last one taken told of, and when it was taken; null where none was. */
          last: orNull(Type.Object({ asOf: Instant, takenAt: Instant, rows: Type.Integer() }, closed)),
        },
        closed,
      ),
    ),
  },
  closed,
)
export type AccountsView = Static<typeof AccountsView>

export const EnrolmentView = Type.Object(
  {
    displayName: Type.String(),
    totpSecret: Type.String(),
    totpUri: Type.String(),
    until: Instant,
    minPasswordLength: Type.Integer(),
  },
  closed,
)
export type EnrolmentView = Static<typeof EnrolmentView>

/** What a feed of people changed; who it was about is in the evidence, and not in the answer to a machine. */
export const FeedTakenView = Type.Object(
  {
    rows: Type.Integer(),
    changed: Type.Integer(),
    unchanged: Type.Integer(),
    unmapped: Type.Integer(),
    /** Rows that were not taken, with what is wrong. */
    problems: Type.Array(Type.Object({ line: Type.Integer(), id: Type.String(), text: Type.String() }, closed)),
  },
  closed,
)
export type FeedTakenView = Static<typeof FeedTakenView>
