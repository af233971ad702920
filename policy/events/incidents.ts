// Incidents and what was asked of others about them: who opened one, what it touches, who was told by when, what was
// done, and who held which piece of evidence.

import {
  event,
  flag,
  instant,
  list,
  number,
  oneOf,
  orNull,
  record,
  said,
  text,
  type EventsOf,
  type ValueOf,
} from './fields.ts'
import {
  assetId,
  concernId,
  evidenceRequestId,
  exhibitId,
  holdId,
  incidentId,
  personId,
  plantId,
  sessionId,
  supplierId,
  suspensionId,
} from './names.ts'
import { impactLevel } from './declared-words.ts'
import { commitment } from './words.ts'

const touched = {
  plants: list(plantId),
  assets: list(assetId),
  sessions: list(sessionId),
  suppliers: list(supplierId),
  baselines: said('The baselines its plants stand under, each once.', list(text)),
  spansBaselines: said('Do its plants stand under different baselines?', flag),
}

const owed = said(
  'Who has to be told, by the bundle in force, of what is owed anew.',
  list(record({ report: text, dueAt: instant })),
)

export const incidentAssessment = oneOf(['safety', 'production'])
export type IncidentAssessment = ValueOf<typeof incidentAssessment>
export const custodyKind = oneOf(['received', 'handed-over', 'copied', 'returned', 'destroyed'])
export type CustodyKind = ValueOf<typeof custodyKind>

export const incidentEvents = {
  'incident.raised': event('Somebody opened an incident.', {
    incident: incidentId,
    by: personId,
    severity: impactLevel,
    title: commitment,
    words: commitment,
    ...touched,
    concern: orNull(concernId),
    containBy: said('When it has to be contained; null where the plant sets no time.', orNull(instant)),
    reports: owed,
  }),
  'incident.touches': event(
    'More was found to be touched by an incident. The lists say all of it, not only what is new.',
    {
      incident: incidentId,
      by: personId,
      ...touched,
      reports: owed,
    },
  ),
  'incident.rated': event('An incident was found to be graver, or less grave. What was owed to others stays owed.', {
    incident: incidentId,
    by: personId,
    from: impactLevel,
    to: impactLevel,
    reason: commitment,
    reports: owed,
  }),
  'incident.assigned': event('Somebody was asked to see an incident through.', {
    incident: incidentId,
    by: personId,
    to: personId,
  }),
  'incident.noted': event('Something was noted about an incident.', {
    incident: incidentId,
    by: personId,
    words: commitment,
  }),
  'incident.linked': event('A legal hold or a suspension belongs to an incident.', {
    incident: incidentId,
    by: personId,
    hold: orNull(holdId),
    suspension: orNull(suspensionId),
  }),
  'incident.contained': event('An incident does not go on any more.', {
    incident: incidentId,
    by: personId,
    words: commitment,
    containBy: orNull(instant),
    inTime: flag,
  }),
  'incident.assessed': event('What an incident meant for the safety of people, or for production, was looked at.', {
    incident: incidentId,
    by: personId,
    kind: incidentAssessment,
    words: commitment,
  }),
  'incident.reported': event('Somebody outside was told of an incident, as it is owed.', {
    incident: incidentId,
    report: text,
    by: personId,
    reference: commitment,
    dueAt: instant,
    inTime: flag,
  }),
  'incident.report_overdue': event('Somebody outside was not told of an incident in time.', {
    incident: incidentId,
    report: text,
    dueAt: instant,
  }),
  'incident.closed': event('Another person than who opened it and who saw it through closed an incident.', {
    incident: incidentId,
    by: personId,
    openedBy: personId,
    severity: impactLevel,
    assessed: list(incidentAssessment),
    cause: commitment,
    lessons: commitment,
    decision: said("The committee's decision; null where none is needed.", orNull(commitment)),
    reportsOpen: said('How many reports that are owed were not made yet; they stay owed.', number),
  }),
  'incident.capa_closed': event(
    'The corrective action of an incident was found to work, by another person than its owner.',
    {
      incident: incidentId,
      owner: personId,
      by: personId,
      effect: commitment,
      inTime: flag,
    },
  ),
  'incident.step_refused': event('A step on an incident was refused; nothing was changed.', {
    person: personId,
    incident: orNull(incidentId),
    step: text,
    code: oneOf([
      'role-missing',
      'own-incident',
      'own-action',
      'safety-role-missing',
      'assessment-missing',
      'decision-missing',
      'action-missing',
    ]),
  }),
  'evidence.requested': event('Somebody outside was asked for evidence.', {
    request: evidenceRequestId,
    incident: incidentId,
    by: personId,
    party: commitment,
    what: commitment,
    why: commitment,
    dueAt: instant,
  }),
  'evidence.request_overdue': event('Evidence that was asked for outside did not come by its day.', {
    request: evidenceRequestId,
    incident: incidentId,
    dueAt: instant,
  }),
  'evidence.received': event(
    'A piece of evidence came from outside. It is kept where the custody step says; here stands its digest.',
    {
      request: evidenceRequestId,
      incident: incidentId,
      exhibit: exhibitId,
      by: personId,
      name: commitment,
      bytes: number,
      sha256: said('SHA-256 of its bytes, as 64 hexadecimal digits.', text),
    },
  ),
  'evidence.request_closed': event(
    'A request for evidence was ended: complete, refused by who was asked, or taken back.',
    {
      request: evidenceRequestId,
      incident: incidentId,
      by: personId,
      outcome: oneOf(['complete', 'refused', 'withdrawn']),
      reason: commitment,
      exhibits: number,
      inTime: flag,
    },
  ),
  'evidence.custody_step': event(
    'A piece of evidence went from one hand to another, was copied, given back or destroyed.',
    {
      exhibit: exhibitId,
      incident: incidentId,
      kind: custodyKind,
      by: personId,
      from: commitment,
      to: commitment,
      place: commitment,
      purpose: commitment,
    },
  ),
}
export type IncidentEvents = EventsOf<typeof incidentEvents>
