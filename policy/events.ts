// What happened, in types: one interface for each event the gateway writes as evidence and the register reads.
// Names follow the control catalogue (`session.started`, `request.approved`). A new event is a new key here first.
//
// People stand here by opaque id. Free text, login names and network addresses are personal data: they stand as
// commitments, SHA-256 over a salt and the value, so that erasing the salt erases the value and the tree stays whole.

import type { AccessEvents } from './events/access.ts'
import type { IdentityEvents } from './events/identity.ts'
import type { RulesEvents } from './events/rules.ts'
import type { SessionEvents } from './events/session.ts'
import type { StandingEvents } from './events/standing.ts'

export type * from './events/words.ts'
export type { ActivationEffects } from './events/rules.ts'

export interface Events extends RulesEvents, IdentityEvents, AccessEvents, SessionEvents, StandingEvents {}

export type EventType = keyof Events
export type SallyportEvent = { readonly [T in EventType]: { readonly type: T; readonly data: Events[T] } }[EventType]
