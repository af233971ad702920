// What was decided, asked, approved and granted.

import {
  either,
  event,
  flag,
  instant,
  list,
  number,
  oneOf,
  optional,
  orNull,
  record,
  said,
  text,
  type EventsOf,
} from './fields.ts'
import {
  assetId,
  conduitId,
  drillRunId,
  grantId,
  incidentId,
  personId,
  plantId,
  requestId,
  requestSetId,
  reviewId,
  sessionId,
  supplierId,
  zoneId,
} from './names.ts'
import { approvalNeed, operationClass, protocol, refusalCode, schedule, tier, window } from './declared-words.ts'
import { action, commitment, endReason, decisionEvent, fileTerms, levels, toldReach } from './words.ts'

export const accessEvents = {
  'policy.decision': said(
    'Policy was asked and answered: the answer, the rules that decided it, and the controls they serve.',
    decisionEvent,
  ),
  'conduit.denied_flow': event(
    "Which flow the plant's zones and conduits did not let through; it stands beside a refusal because " +
      'of the crossing.',
    {
      action,
      person: personId,
      asset: assetId,
      plant: plantId,
      protocol,
      conduit: said('Null where none leads there.', orNull(conduitId)),
      zone: zoneId,
      levels: said('Null where the plant has no gateway zone to start from.', orNull(levels)),
      rules: said('The invariants that stood in the way.', list(text)),
      drill: optional(said('The drill it is of; absent where it really happened.', drillRunId)),
    },
  ),
  'safety.block': event(
    'Safety stood in the way. Beside a refusal: which precondition to reach a safety instrumented system does not hold. ' +
      'With `session`: a session on what is safety-related was to end for security, and takes the way its asset declares ' +
      'as safe instead: its input is stopped at once, and it is closed at `hardUntil`.',
    {
      action: said('`end`: of a session that lives.', oneOf(['request', 'approve', 'connect', 'extend', 'end'])),
      person: personId,
      asset: assetId,
      plant: plantId,
      zone: zoneId,
      rules: list(text),
      session: optional(said('The session that was to end; absent beside a refusal, as all below.', sessionId)),
      wanted: optional(said('Why it was to end.', endReason)),
      by: optional(said('Who ordered it; absent where a rule or a fact did.', personId)),
      outcome: optional(said('How its asset declares that its sessions end.', oneOf(['drain', 'confirm-safe-state']))),
      hardUntil: optional(said('When it is closed whatever happens.', instant)),
      drill: optional(said('The drill it is of; absent where it really happened.', drillRunId)),
    },
  ),
  'safety.overridden': event(
    'A safety engineer ended a session on what is safety-related at once, in an emergency, without waiting for what its ' +
      'asset declares as safe. A review is opened with it.',
    {
      session: sessionId,
      by: personId,
      person: personId,
      asset: assetId,
      plant: plantId,
      reason: commitment,
      held: said('Was its end held by the safety rule before?', flag),
      reviewDueAt: instant,
    },
  ),
  'request.submitted': event('Somebody asked for access: to what, for what, when.', {
    request: requestId,
    set: said('The requests made with it; null when it stands alone.', orNull(requestSetId)),
    person: personId,
    askedBy: optional(said('Who asked, where the person is a machine account.', personId)),
    supplier: orNull(supplierId),
    asset: assetId,
    plant: plantId,
    baseline: optional(said("Name of the plant's baseline of controls then; absent where it names none.", text)),
    protocol,
    operationClass,
    window,
    schedule,
    tier,
    criteria: said("Ids of the tier's criteria that were affirmed.", list(text)),
    purpose: commitment,
    ticket: orNull(commitment),
    rollback: orNull(commitment),
    standardChange: optional(
      said('Id of the standard change it was, under the bundle then in force; absent where it was none.', text),
    ),
    files: said('SHA-256 (hex) of the files to be brought; their names stand in the request.', list(text)),
    transfer: optional(said('Which files are to cross; absent: none.', fileTerms)),
    needs: list(approvalNeed),
    answerBy: said('When it expires if nobody decides.', instant),
    digest: text,
  }),
  'request.emergency_declared': event(
    'An emergency was declared: from now on the time to the first session is measured.',
    {
      request: requestId,
      person: personId,
      asset: assetId,
      plant: plantId,
      criteria: list(text),
      reason: commitment,
      targetAt: said(
        'When the first session should have begun, and when waiting longer is an alarm; null where the tier ' +
          'says neither.',
        orNull(instant),
      ),
      alarmAt: orNull(instant),
    },
  ),
  'request.emergency_answered': event("The first session on an emergency's grant has begun.", {
    request: requestId,
    grant: grantId,
    session: sessionId,
    submittedAt: instant,
    minutes: said('Minutes from the asking to the session, a begun one counted whole.', number),
    targetMinutes: orNull(number),
    inTime: flag,
  }),
  'request.break_glass': event(
    "Access was taken without anybody's yes, as the tier allows: an alarm, reviewed afterwards.",
    {
      request: requestId,
      grant: grantId,
      person: personId,
      supplier: orNull(supplierId),
      asset: assetId,
      plant: plantId,
      window,
      criteria: list(text),
      reason: commitment,
      digest: text,
    },
  ),
  'incident.capa_opened': said(
    'A nonconformity (ISO/IEC 27001:2022 clause 10.2) was opened, to be corrected by a day.',
    either(
      record({
        because: oneOf(['break-glass']),
        request: requestId,
        grant: grantId,
        review: reviewId,
        person: personId,
        asset: assetId,
        plant: plantId,
        dueAt: instant,
      }),
      record({
        because: oneOf(['incident']),
        incident: incidentId,
        owner: personId,
        action: commitment,
        dueAt: instant,
      }),
      record({
        because: oneOf(['drill']),
        drill: drillRunId,
        name: text,
        plant: plantId,
        owner: said('A role title, of the bundle.', text),
        dueAt: instant,
      }),
    ),
  ),
  'request.approval_given': event('A yes was given, and more are needed.', {
    request: requestId,
    requester: personId,
    approver: personId,
    onBehalfOf: said('Whose right was used; the approver unless it was delegated.', personId),
    asset: assetId,
    reach: toldReach,
    digest: text,
    comment: commitment,
    open: said('What is still needed.', list(approvalNeed)),
  }),
  'request.terms_changed': event(
    'An approver narrowed what would be granted: the digest is another, and yeses for the old one count ' +
      'no longer.',
    {
      request: requestId,
      by: personId,
      from: text,
      to: text,
      window,
      operationClass,
      escort: flag,
      conditions: orNull(commitment),
      transfer: optional(said('Which files would cross; absent: none.', fileTerms)),
    },
  ),
  'request.approval_lapsed': event('A yes given before counts no longer; its giver is asked again.', {
    request: requestId,
    approver: personId,
    because: oneOf(['terms-changed', 'no-longer-theirs']),
  }),
  'request.approved': event(
    'The last yes that was needed was given: a grant, everybody whose yes counted, and how far the ' + 'asset leads.',
    {
      request: requestId,
      grant: grantId,
      requester: personId,
      approver: said('Whose yes was the last.', personId),
      approvals: said(
        'Everybody whose yes counted, in order, and whose right each used.',
        list(
          record({
            by: personId,
            onBehalfOf: personId,
          }),
        ),
      ),
      needs: list(approvalNeed),
      asset: assetId,
      reach: toldReach,
      operationClass,
      window,
      schedule,
      tier,
      escort: flag,
      conditions: orNull(commitment),
      transfer: optional(said('Which files may cross; absent: none.', fileTerms)),
      digest: text,
      comment: commitment,
    },
  ),
  'request.denied': event('An approver said no to a request.', {
    request: requestId,
    requester: personId,
    approver: personId,
    onBehalfOf: personId,
    digest: text,
    comment: commitment,
  }),
  'request.withdrawn': event('Whoever asked took the request back.', {
    request: requestId,
    person: personId,
  }),
  'request.expired': event('Nobody decided on a request in time.', {
    request: requestId,
  }),
  'request.reminded': event('Nobody has answered for as long as the bundle allows; who can answer was told again.', {
    request: requestId,
    people: list(personId),
  }),
  'request.escalated': event(
    'Others were told: nobody has answered, or nobody is on duty who could. It opens nothing.',
    {
      request: requestId,
      because: oneOf(['unanswered', 'nobody-on-duty']),
      duties: said('Duties that nobody has at the moment.', list(text)),
      people: list(personId),
    },
  ),
  'request.emergency_overdue': event(
    "From an emergency's request to its first session it has taken longer than the tier allows.",
    {
      request: requestId,
      submittedAt: instant,
      alarmMinutes: number,
    },
  ),
  'approval.link_used': event('An approval link was opened by the person it was made for. It approves nothing.', {
    request: requestId,
    person: personId,
    digest: text,
  }),
  'approval.link_refused': event(
    'An approval link was shown that was forged, used, out of date, or for somebody else.',
    {
      request: said('Null where no link of ours was shown.', orNull(requestId)),
      person: personId,
      reason: oneOf(['forged', 'used', 'expired', 'another-person', 'request-changed', 'second-factor-missing']),
      drill: optional(said('The drill it is of; absent where it really happened.', drillRunId)),
    },
  ),
  'change.linked': event("What the plant's change system said of the ticket a request names.", {
    request: requestId,
    reference: commitment,
    state: oneOf(['open', 'closed', 'unknown', 'unreachable']),
    snapshot: said('SHA-256 (hex) of its answer as it came; null when there was none.', orNull(text)),
  }),
  'request.refused': event(
    'A step on a request or grant was refused, because its state or its terms do not allow it; nothing ' +
      'was changed.',
    {
      request: optional(requestId),
      grant: optional(grantId),
      person: personId,
      step: oneOf(['submit', 'approve', 'deny', 'withdraw', 'revoke', 'extend']),
      code: said(
        'Why, by the state machine; `state-conflict` when somebody else was faster.',
        either(refusalCode, oneOf(['state-conflict'])),
      ),
    },
  ),
  'grant.first_used': event('A grant that counts from its first use was used: its window is now what is left of it.', {
    grant: grantId,
    session: sessionId,
    window,
  }),
  'grant.extended': event(
    'An approver made a grant longer. `window`: all of it; `occurrence`: of a recurring access the one ' +
      'that was running, and no other.',
    {
      grant: grantId,
      by: personId,
      onBehalfOf: personId,
      what: oneOf(['window', 'occurrence']),
      from: window,
      to: window,
      comment: commitment,
    },
  ),
  'grant.revoked': event('A grant was taken away; what rests on it ends at once.', {
    grant: grantId,
    by: said('Null where a feed of people closed the account.', orNull(personId)),
    reason: commitment,
  }),
  'grant.expired': event('A grant came to its end.', {
    grant: grantId,
  }),
}
export type AccessEvents = EventsOf<typeof accessEvents>
