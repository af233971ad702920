// Every rule there is: one for each control of the catalogue.

import { defaultDeny, scopeBound, segregation, timeBound } from './access-rules.ts'
import { nothingDownward, zoneBoundaries } from './boundary-rules.ts'
import { changesNamed, exceptionsEnd } from './change-rules.ts'
import { offAtOnce } from './ending-rules.ts'
import { backedUp } from './backup-rules.ts'
import { interfacesRegistered, pathwaysTracked } from './interface-rules.ts'
import { recordingsReviewed } from './recording-review-rules.ts'
import { inventory } from './inventory-rules.ts'
import { heldEvidence, retention } from './custody-rules.ts'
import { attestedLedger } from './ledger-rules.ts'
import { contractEnds, sessionLimits } from './limit-rules.ts'
import { incidents } from './incident-rules.ts'
import { learning } from './learning-rules.ts'
import { filesThroughQuarantine } from './file-rules.ts'
import { encryptedLegs } from './encryption-rules.ts'
import { failsClosed } from './drill-rules.ts'
import { leaversGone } from './leaver-rules.ts'
import { limitedFailures, twoFactors } from './login-rules.ts'
import { accessReviews, emergencies } from './review-rules.ts'
import { machinesGoverned } from './machine-rules.ts'
import { suppliersAttested, trainingFirst } from './precondition-rules.ts'
import { baseline } from './release-rules.ts'
import { acceptedRisks } from './risk-rules.ts'
import type { Rule } from './rule.ts'
import { scopeChanges } from './scope-rules.ts'
import { sessionsKnown } from './socket-rules.ts'
import { everySessionRecorded, neededProtocols } from './session-rules.ts'
import { escorted, safetySystems } from './watch-rules.ts'
import { guardedEvidence } from './viewing-rules.ts'
import { labelled } from './label-rules.ts'

export const rules: readonly Rule[] = [
  scopeBound,
  scopeChanges,
  labelled,
  filesThroughQuarantine,
  encryptedLegs,
  inventory,
  interfacesRegistered,
  pathwaysTracked,
  acceptedRisks,
  defaultDeny,
  timeBound,
  segregation,
  leaversGone,
  accessReviews,
  twoFactors,
  limitedFailures,
  machinesGoverned,
  sessionsKnown,
  offAtOnce,
  sessionLimits,
  escorted,
  zoneBoundaries,
  nothingDownward,
  failsClosed,
  neededProtocols,
  everySessionRecorded,
  guardedEvidence,
  attestedLedger,
  backedUp,
  retention,
  recordingsReviewed,
  incidents,
  heldEvidence,
  learning,
  exceptionsEnd,
  changesNamed,
  emergencies,
  baseline,
  contractEnds,
  suppliersAttested,
  trainingFirst,
  safetySystems,
]
