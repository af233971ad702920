// What happened: a schema for each type of event the gateway writes as evidence and the register reads, and the type of
// what it carries. Names follow the control catalogue (`session.started`, `request.approved`). A new event is a new key in
// its theme first.
//
// People stand here by opaque id. Free text, login names and network addresses are personal data: they stand as
// commitments, SHA-256 over a salt and the value, so that erasing the salt erases the value and the tree stays whole.

import { accessEvents, type AccessEvents } from './events/access.ts'
import { copyEvents, type CopyEvents } from './events/copies.ts'
import type { Of } from './events/fields.ts'
import { identityEvents, type IdentityEvents } from './events/identity.ts'
import { ledgerEvents, type LedgerEvents } from './events/ledger.ts'
import { retentionEvents, type RetentionEvents } from './events/retention.ts'
import { rulesEvents, type RulesEvents } from './events/rules.ts'
import { searchEvents, type SearchEvents } from './events/search.ts'
import { sessionEvents, type SessionEvents } from './events/session.ts'
import { standingEvents, type StandingEvents } from './events/standing.ts'
import { viewingEvents, type ViewingEvents } from './events/viewing.ts'

export type * from './events/words.ts'
export type { ActivationEffects } from './events/rules.ts'
export type { CopiedObject } from './events/copies.ts'
export type { ViewRefusal } from './events/viewing.ts'
export type { ErasureSubject, StorageLevel } from './events/retention.ts'

export interface Events
  extends
    RulesEvents,
    IdentityEvents,
    AccessEvents,
    SearchEvents,
    SessionEvents,
    StandingEvents,
    ViewingEvents,
    RetentionEvents,
    LedgerEvents,
    CopyEvents {}

export type EventType = keyof Events

/** What the entries of each type carry, as JSON Schema, by what they are about. */
export const eventThemes = {
  'The gateway and its rules': rulesEvents,
  'People and logins': identityEvents,
  'Requests, approvals and grants': accessEvents,
  'Sessions and recordings': sessionEvents,
  'What stands for a time': standingEvents,
  'Looking at recordings': viewingEvents,
  'Searching in recordings': searchEvents,
  'Retention, holds and erasure': retentionEvents,
  'Copies in the object store': copyEvents,
  'The ledger itself': ledgerEvents,
} as const

/** The same without themes. */
export const eventSchemas: { readonly [T in EventType]: Of<Events[T]> } = {
  ...rulesEvents,
  ...identityEvents,
  ...accessEvents,
  ...searchEvents,
  ...sessionEvents,
  ...standingEvents,
  ...viewingEvents,
  ...retentionEvents,
  ...ledgerEvents,
  ...copyEvents,
}

export type SallyportEvent = { readonly [T in EventType]: { readonly type: T; readonly data: Events[T] } }[EventType]
