// The types of events that are told at all: what a webhook may ask for. A list of its own, so that the configuration is
// checked without loading what makes the messages; a test holds it against the table there.

import type { EventType } from '../policy/events.ts'

export const toldTypes = [
  'request.submitted',
  'request.reminded',
  'request.escalated',
  'request.expired',
  'request.approved',
  'request.denied',
  'request.terms_changed',
  'request.approval_lapsed',
  'request.emergency_declared',
  'request.emergency_overdue',
  'request.break_glass',
  'session.started',
  'session.extension_offered',
  'suspension.created',
  'suspension.lifted',
  'review.opened',
  'review.overdue',
  'review.access_campaign_started',
  'incident.near_miss',
  'evidence.held',
  'evidence.deletion_proposed',
  'evidence.erasure_proposed',
  'ledger.storage_threshold',
  'gateway.configuration_changed',
  'recording.copy_damaged',
  'recording.store_unreachable',
  'ledger.key_rotated',
  'ledger.key_retired',
  'ledger.timestamp_missed',
  'policy.proposed',
  'scope.change_proposed',
  'exception.expiring',
  'exception.expired',
  'training.expiring',
  'supplier.expectation_expiring',
  'risk.decision',
  'recording.view_asked',
  'recording.view_confirmed',
  'recording.view_refused',
] as const satisfies readonly EventType[]
export type ToldType = (typeof toldTypes)[number]

/** As text, for asking whether something is one. */
export const webhookTypes: readonly string[] = toldTypes
