// Every route of the contract, each in the file of its subject.

import type { Logins } from './logins.ts'
import { accessRoutes } from './routes/access.ts'
import { assetRoutes } from './routes/assets.ts'
import { authRoutes } from './routes/auth.ts'
import { evidenceRoutes } from './routes/evidence.ts'
import { recordingRoutes } from './routes/recordings.ts'
import { sessionRoutes } from './routes/sessions.ts'
import type { ApiScope } from './scope.ts'
import type { Services } from './services.ts'

export function registerRoutes(app: ApiScope, services: Services, logins: Logins): void {
  authRoutes(app, services, logins)
  assetRoutes(app, services, logins)
  accessRoutes(app, services, logins)
  sessionRoutes(app, services, logins)
  recordingRoutes(app, services, logins)
  evidenceRoutes(app, services, logins)
}
