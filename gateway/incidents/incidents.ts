// Incidents in one place: opening, seeing through, evidence from outside, closing, and what time brings.

import { openClosing, type Closing } from './closing.ts'
import { openHandling, type Handling } from './handling.ts'
import { openOpening, type Opening } from './opening.ts'
import { openOutside, type Outside } from './outside.ts'
import type { Store, Tx } from '../store/store.ts'
import type { IncidentDeps } from './step.ts'

export interface IncidentService extends Opening, Handling, Closing {
  readonly outside: Outside
  /** Notices, once each, what was not done in time. Reads only what is due. */
  sweep(): Promise<void>
}

/** What was late when it was read was done before it was noticed. */
class DoneMeanwhile extends Error {}

async function unlessDone(store: Store, work: (tx: Tx) => Promise<void>): Promise<void> {
  try {
    await store.change(work)
  } catch (error) {
    if (!(error instanceof DoneMeanwhile)) throw error
  }
}

export function openIncidents(deps: IncidentDeps): IncidentService {
  const { store, clock } = deps
  return {
    ...openOpening(deps),
    ...openHandling(deps),
    ...openClosing(deps),
    outside: openOutside(deps),

    async sweep() {
      const now = clock.now()
      for (const { incident, id: report, dueAt } of await store.incidents.newlyOverdue(now))
        await unlessDone(store, async (tx) => {
          // The row is marked and the entry written, or neither.
          if (!(await tx.incidents.markOverdue(incident, report, now))) throw new DoneMeanwhile()
          const index = await tx.ledger.append('incident.report_overdue', now, { incident, report, dueAt })
          await tx.incidents.enter(incident, index)
        })
      for (const { id: request, incident, dueAt } of await store.evidenceRequests.newlyOverdue(now))
        await unlessDone(store, async (tx) => {
          if (!(await tx.evidenceRequests.markOverdue(request, now))) throw new DoneMeanwhile()
          const index = await tx.ledger.append('evidence.request_overdue', now, { request, incident, dueAt })
          await tx.incidents.enter(incident, index)
        })
    },
  }
}
