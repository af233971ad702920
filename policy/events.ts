// What happened: a schema for each type of event the gateway writes as evidence and the register reads, and the type of
// what it carries. Names follow the control catalogue (`session.started`, `request.approved`). A new event is a new key in
// its theme first.
//
// People stand here by opaque id. Free text, login names and network addresses are personal data: they stand as
// commitments, SHA-256 over a salt and the value, so that erasing the salt erases the value and the tree stays whole.

import { accessEvents, type AccessEvents } from './events/access.ts'
import { copyEvents, type CopyEvents } from './events/copies.ts'
import { dependencyEvents, type DependencyEvents } from './events/dependencies.ts'
import type { Of } from './events/fields.ts'
import { fileEvents, type FileEvents } from './events/files.ts'
import { identityEvents, type IdentityEvents } from './events/identity.ts'
import { incidentEvents, type IncidentEvents } from './events/incidents.ts'
import { interfaceEvents, type InterfaceEvents } from './events/interfaces.ts'
import { ledgerEvents, type LedgerEvents } from './events/ledger.ts'
import { networkEvents, type NetworkEvents } from './events/network.ts'
import { platformEvents, type PlatformEvents } from './events/platform.ts'
import { peopleEvents, type PeopleEvents } from './events/people.ts'
import { retentionEvents, type RetentionEvents } from './events/retention.ts'
import { rulesEvents, type RulesEvents } from './events/rules.ts'
import { setbackEvents, type SetbackEvents } from './events/setbacks.ts'
import { drillEvents, type DrillEvents } from './events/drills.ts'
import { physicalEvents, type PhysicalEvents } from './events/physical.ts'
import { sampleEvents, type SampleEvents } from './events/samples.ts'
import { searchEvents, type SearchEvents } from './events/search.ts'
import { sessionEvents, type SessionEvents } from './events/session.ts'
import { standingEvents, type StandingEvents } from './events/standing.ts'
import { targetEvents, type TargetEvents } from './events/targets.ts'
import { viewingEvents, type ViewingEvents } from './events/viewing.ts'

export type * from './events/words.ts'
export type { ActivationEffects } from './events/rules.ts'
export type { CopiedObject } from './events/copies.ts'
export type { CustodyKind, IncidentAssessment } from './events/incidents.ts'
export type { FeedRefusal } from './events/people.ts'
export type { ViewRefusal } from './events/viewing.ts'
export type { DeliveryKind } from './events/setbacks.ts'
export type { ErasureSubject, StorageLevel } from './events/retention.ts'

export interface Events
  extends
    RulesEvents,
    SampleEvents,
    PlatformEvents,
    IdentityEvents,
    PeopleEvents,
    AccessEvents,
    SearchEvents,
    SessionEvents,
    TargetEvents,
    NetworkEvents,
    StandingEvents,
    PhysicalEvents,
    DrillEvents,
    DependencyEvents,
    IncidentEvents,
    ViewingEvents,
    RetentionEvents,
    LedgerEvents,
    InterfaceEvents,
    CopyEvents,
    SetbackEvents,
    FileEvents {}

export type EventType = keyof Events

/** What the entries of each type carry, as JSON Schema, by what they are about. */
export const eventThemes = {
  'The gateway and its rules': rulesEvents,
  'Releases of the gateway itself': platformEvents,
  'Host keys of targets': targetEvents,
  'Conduits and interfaces': interfaceEvents,
  'People and logins': identityEvents,
  'Where people come from, and what they hold together': peopleEvents,
  'Requests, approvals and grants': accessEvents,
  'Sessions and recordings': sessionEvents,
  'Files that cross': fileEvents,
  'What the network shows': networkEvents,
  'What stands for a time': standingEvents,
  'What access leans on': dependencyEvents,
  'Incidents, and what was asked of others': incidentEvents,
  'Doors, cabinets and key switches': physicalEvents,
  Drills: drillEvents,
  'Looking at recordings': viewingEvents,
  'Searching in recordings': searchEvents,
  'Reviewing recordings at random': sampleEvents,
  'Retention, holds and erasure': retentionEvents,
  'Copies in the object store': copyEvents,
  'The ledger itself': ledgerEvents,
  'What went wrong with evidence': setbackEvents,
} as const

/** The same without themes. */
export const eventSchemas: { readonly [T in EventType]: Of<Events[T]> } = {
  ...rulesEvents,
  ...platformEvents,
  ...targetEvents,
  ...identityEvents,
  ...peopleEvents,
  ...accessEvents,
  ...searchEvents,
  ...sampleEvents,
  ...sessionEvents,
  ...networkEvents,
  ...standingEvents,
  ...physicalEvents,
  ...drillEvents,
  ...dependencyEvents,
  ...incidentEvents,
  ...viewingEvents,
  ...retentionEvents,
  ...ledgerEvents,
  ...interfaceEvents,
  ...copyEvents,
  ...setbackEvents,
  ...fileEvents,
}

export type SallyportEvent = { readonly [T in EventType]: { readonly type: T; readonly data: Events[T] } }[EventType]
