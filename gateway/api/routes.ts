// Every route of the contract, each in the file of its subject.

import type { Logins } from './logins.ts'
import { accessRoutes } from './routes/access.ts'
import { assetRoutes } from './routes/assets.ts'
import { authRoutes } from './routes/auth.ts'
import { custodyRoutes } from './routes/custody.ts'
import { platformRoutes } from './routes/platform.ts'
import { committeeRoutes } from './routes/committee.ts'
import { concernRoutes } from './routes/concerns.ts'
import { evidenceRequestRoutes } from './routes/evidence-requests.ts'
import { incidentRoutes } from './routes/incidents.ts'
import { drillRoutes } from './routes/drills.ts'
import { sampleRoutes } from './routes/samples.ts'
import { physicalRoutes } from './routes/physical.ts'
import { bundleRoutes } from './routes/bundles.ts'
import { evidenceRoutes } from './routes/evidence.ts'
import { ledgerRoutes } from './routes/ledger.ts'
import { healthRoutes } from './routes/health.ts'
import { inventoryRoutes } from './routes/inventory.ts'
import { linkRoutes } from './routes/links.ts'
import { agreementRoutes } from './routes/agreements.ts'
import { recordingRoutes } from './routes/recordings.ts'
import { replayRoutes } from './routes/replays.ts'
import { riskRoutes } from './routes/risks.ts'
import { reviewRoutes } from './routes/reviews.ts'
import { scopeRoutes } from './routes/scope.ts'
import { searchRoutes } from './routes/search.ts'
import { networkRoutes } from './routes/network.ts'
import { seenRoutes } from './routes/seen.ts'
import { targetRoutes } from './routes/targets.ts'
import { sessionRoutes } from './routes/sessions.ts'
import { standingRoutes } from './routes/standing.ts'
import { supplierRoutes } from './routes/suppliers.ts'
import { machineRoutes } from './routes/machines.ts'
import { peopleRoutes } from './routes/people.ts'
import { trainingRoutes } from './routes/trainings.ts'
import { suspensionRoutes } from './routes/suspensions.ts'
import { fileRoutes } from './routes/files.ts'
import { viewingRoutes } from './routes/viewings.ts'
import { watchedRoutes } from './routes/watched.ts'
import type { ApiScope } from './scope.ts'
import type { Services } from './services.ts'

export function registerRoutes(app: ApiScope, services: Services, logins: Logins): void {
  authRoutes(app, services, logins)
  healthRoutes(app, services, logins)
  assetRoutes(app, services, logins)
  inventoryRoutes(app, services, logins)
  accessRoutes(app, services, logins)
  linkRoutes(app, services, logins)
  sessionRoutes(app, services, logins)
  networkRoutes(app, services, logins)
  seenRoutes(app, services, logins)
  targetRoutes(app, services, logins)
  recordingRoutes(app, services, logins)
  agreementRoutes(app, services, logins)
  replayRoutes(app, services, logins)
  custodyRoutes(app, services, logins)
  viewingRoutes(app, services, logins)
  fileRoutes(app, services, logins)
  searchRoutes(app, services, logins)
  ledgerRoutes(app, services, logins)
  evidenceRoutes(app, services, logins)
  bundleRoutes(app, services, logins)
  watchedRoutes(app, services, logins)
  riskRoutes(app, services, logins)
  scopeRoutes(app, services, logins)
  suspensionRoutes(app, services, logins)
  standingRoutes(app, services, logins)
  reviewRoutes(app, services, logins)
  concernRoutes(app, services, logins)
  incidentRoutes(app, services, logins)
  committeeRoutes(app, services, logins)
  evidenceRequestRoutes(app, services, logins)
  physicalRoutes(app, services, logins)
  drillRoutes(app, services, logins)
  sampleRoutes(app, services, logins)
  platformRoutes(app, services, logins)
  supplierRoutes(app, services, logins)
  machineRoutes(app, services, logins)
  peopleRoutes(app, services, logins)
  trainingRoutes(app, services, logins)
}
