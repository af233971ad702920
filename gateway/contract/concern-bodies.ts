// What the HTTP API takes about concerns.

import { Type, type Static } from 'typebox'
import { closed, Words } from './primitives.ts'

export const ConcernBody = Type.Object(
  {
    what: Words(2_000, 'what happened or could have, in own words'),
    /** The session it was seen in; it says asset and plant by itself. */
    session: Type.Optional(Type.String({ maxLength: 64 })),
    asset: Type.Optional(Type.String({ maxLength: 64 })),
    /** Without a name: then who reported it is kept nowhere, and nobody can ask back. */
    anonymous: Type.Optional(Type.Boolean()),
  },
  closed,
)
export type ConcernBody = Static<typeof ConcernBody>

export const CloseConcernBody = Type.Object({ learned: Words(2_000, 'what was learned, and what changes') }, closed)
export type CloseConcernBody = Static<typeof CloseConcernBody>
