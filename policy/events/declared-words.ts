// Words of the model (policy/model) that events are told in, as schemas. The model declares their types; a schema that
// takes less or more than its type does not compile.

import {
  fileSwitches,
  impactLevels,
  mfaKinds,
  operationClasses,
  protocols,
  purdueLevels,
  roles,
  safetyClasses,
  safetySeverities,
  tiers,
  weekdays,
  type ApprovalNeed,
  type HoldTarget,
  type Schedule,
  type SuspensionTarget,
  type WatchedRule,
  type Window,
} from '../model.ts'
import { refusalCodes } from '../outcome.ts'
import { either, exactly, instant, list, named, number, oneOf, optional, record, said, text } from './fields.ts'
import { assetId, personId, plantId, sessionId, supplierId, zoneId } from './names.ts'

export const impactLevel = named('ImpactLevel', oneOf(impactLevels))
export const mfaKind = named('MfaKind', oneOf(mfaKinds))
export const operationClass = named('OperationClass', oneOf(operationClasses))
export const protocol = named('Protocol', oneOf(protocols))
export const purdueLevel = named('PurdueLevel', oneOf(purdueLevels))
export const refusalCode = named('RefusalCode', oneOf(refusalCodes))
export const fileSwitch = named('FileSwitch', oneOf(fileSwitches))
export const role = named('Role', oneOf(roles))
export const safetyClass = named('SafetyClass', oneOf(safetyClasses))
export const safetySeverity = named('SafetySeverity', oneOf(safetySeverities))
export const tier = named('Tier', oneOf(tiers))

export const window = exactly<Window>()(
  named(
    'Window',
    said(
      'A span in which access may be used.',
      record({ from: instant, until: said('The first instant after it.', instant) }),
    ),
  ),
)

export const schedule = exactly<Schedule>()(
  named(
    'Schedule',
    said(
      'When, inside its window, access may be used.',
      either(
        record({ kind: oneOf(['whole']) }),
        record({ kind: oneOf(['from-approval']), minutes: number }),
        record({ kind: oneOf(['from-first-use']), minutes: number }),
        record({
          kind: oneOf(['recurring']),
          recurrence: record({
            days: list(oneOf(weekdays)),
            from: said('On the clock of the plant, as `09:00`.', text),
            until: text,
          }),
          timeZone: text,
          extended: optional(said('One occurrence that an approver made longer.', window)),
        }),
      ),
    ),
  ),
)

export const approvalNeed = exactly<ApprovalNeed>()(
  named(
    'ApprovalNeed',
    said(
      'One yes that is needed: of somebody with a role, or of whoever is on duty.',
      either(record({ kind: oneOf(['role']), role }), record({ kind: oneOf(['duty']), duty: text })),
    ),
  ),
)

export const watchedRule = exactly<WatchedRule>()(
  named(
    'WatchedRule',
    record({
      rule: text,
      text,
      would: oneOf(['refuse', 'oblige', 'fail']),
      from: said('The day from which it holds, as 2026-03-31.', text),
    }),
  ),
)

export const suspensionTarget = exactly<SuspensionTarget>()(
  named(
    'SuspensionTarget',
    said(
      'What was taken off.',
      either(
        record({ kind: oneOf(['person']), id: personId }),
        record({ kind: oneOf(['supplier']), id: supplierId }),
        record({ kind: oneOf(['asset']), id: assetId }),
        record({ kind: oneOf(['zone']), id: zoneId }),
        record({ kind: oneOf(['plant']), id: plantId }),
        record({ kind: oneOf(['all']) }),
      ),
    ),
  ),
)

export const holdTarget = exactly<HoldTarget>()(
  named(
    'HoldTarget',
    said(
      'What a legal hold is about.',
      either(
        record({ kind: oneOf(['all']) }),
        record({ kind: oneOf(['session']), id: sessionId }),
        record({ kind: oneOf(['person']), id: personId }),
        record({ kind: oneOf(['supplier']), id: supplierId }),
        record({ kind: oneOf(['asset']), id: assetId }),
        record({ kind: oneOf(['plant']), id: plantId }),
      ),
    ),
  ),
)
