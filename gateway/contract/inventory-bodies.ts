// What the HTTP API takes about the inventory: walkdowns, and reviews of how the scope fits.

import { Type, type Static } from 'typebox'
import { closed, Note, Words } from './primitives.ts'

/** A walkdown of a plant, in pieces of this many assets. */
export const mostConfirmed = 1_000

export const ConfirmAssetsBody = Type.Object(
  {
    items: Type.Array(
      Type.Object(
        {
          asset: Type.String({ maxLength: 256, description: 'id of a declared asset' }),
          seenOn: Type.Optional(
            Type.String({ maxLength: 10, description: 'day it was seen, as 2026-03-31; today where left out' }),
          ),
          note: Type.Optional(Note(500, 'what was seen; kept as evidence')),
        },
        closed,
      ),
      { minItems: 1, maxItems: mostConfirmed },
    ),
  },
  closed,
)
export type ConfirmAssetsBody = Static<typeof ConfirmAssetsBody>

export const ReviewFitBody = Type.Object(
  {
    bundle: Type.String({ maxLength: 64, description: 'the bundle the report that was read is about' }),
    decisions: Words(2000, 'what follows from the report; evidence'),
  },
  closed,
)
export type ReviewFitBody = Static<typeof ReviewFitBody>

/** Addresses of a file go in pieces of this many. */
export const mostAddresses = 500

export const SeenAddressesBody = Type.Object(
  {
    addresses: Type.Array(Type.String({ maxLength: 64, description: 'an IP address that was seen in the network' }), {
      minItems: 1,
      maxItems: mostAddresses,
    }),
  },
  closed,
)
export type SeenAddressesBody = Static<typeof SeenAddressesBody>

export const TriageBody = Type.Object(
  {
    verdict: Type.Union([Type.Literal('register'), Type.Literal('remove'), Type.Literal('known')]),
    reason: Words(500, 'what it is, and how that is known; evidence'),
  },
  closed,
)
export type TriageBody = Static<typeof TriageBody>
