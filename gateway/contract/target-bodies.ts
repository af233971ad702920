// What the HTTP API takes about targets: looking at a host key, and deciding on one.

import { Type, type Static } from 'typebox'
import { closed, Words } from './primitives.ts'

const Fingerprint = Type.String({
  pattern: '^SHA256:[A-Za-z0-9+/]{43}$',
  description: 'of the key, as `ssh-keygen -l` prints it',
})

export const ProposeHostKeyBody = Type.Object({ comment: Words(500, 'why, and how it is compared; evidence') }, closed)
export type ProposeHostKeyBody = Static<typeof ProposeHostKeyBody>

export const DecideHostKeyBody = Type.Object(
  { fingerprint: Fingerprint, comment: Words(500, 'how it was compared, or why not; evidence') },
  closed,
)
export type DecideHostKeyBody = Static<typeof DecideHostKeyBody>
