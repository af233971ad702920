// What is answered about targets: where each is dialled, which host key it may show, and what it is let do beyond that.

import { Type, type Static } from 'typebox'
import { Instant, closed, orNull } from '../primitives.ts'
import { PersonRef } from './parts.ts'

const Deed = Type.Object({ by: PersonRef, at: Instant }, closed)

export const HostKeyView = Type.Object(
  {
    /** `SHA256:…`, as OpenSSH prints it. */
    fingerprint: Type.String(),
    /** As `ssh-ed25519`. */
    kind: Type.String(),
    state: Type.Union([
      Type.Literal('seen'),
      Type.Literal('proposed'),
      Type.Literal('accepted'),
      Type.Literal('rejected'),
      Type.Literal('replaced'),
    ]),
    /** Where it was shown. */
    address: Type.String(),
    seenAt: Instant,
    proposed: orNull(Deed),
    decided: orNull(Deed),
    /** May who reads this accept it? */
    mayAccept: Type.Boolean(),
  },
  closed,
)
export type HostKeyView = Static<typeof HostKeyView>

export const TargetView = Type.Object(
  {
    asset: Type.String(),
    name: Type.String(),
    plant: Type.String(),
    plantName: Type.String(),
    address: Type.String(),
    account: Type.String(),
    /** Where its host keys stand: in the bundle, or here. */
    pinned: Type.Boolean(),
    /** Fingerprints of the keys it may show now; none: it is not reachable. */
    known: Type.Array(Type.String()),
    /** Of those that are accepted here, the newest first. */
    keys: Type.Array(HostKeyView),
    legacy: orNull(
      Type.Object(
        {
          algorithms: Type.Array(Type.String()),
          exception: Type.String(),
          reason: Type.String(),
          inForce: Type.Boolean(),
        },
        closed,
      ),
    ),
    mayPropose: Type.Boolean(),
    mayDecide: Type.Boolean(),
  },
  closed,
)
export type TargetView = Static<typeof TargetView>
