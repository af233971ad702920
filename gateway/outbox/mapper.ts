// From what happened to what is said of it: one table of event types. What is not in it is told to nobody; nothing but
// the ledger is a cause.

import type { EventType, Events, EvidenceEvent } from '../../policy/index.ts'
import { webhookTypes, type ToldType } from '../told-events.ts'
import type { Look, Told } from './look.ts'
import { requestNotices } from './request-notices.ts'
import { sessionNotices } from './session-notices.ts'
import { custodyNotices } from './custody-notices.ts'
import { configurationNotices } from './configuration-notices.ts'
import { drillNotices } from './drill-notices.ts'
import { copyNotices } from './copy-notices.ts'
import { dependencyNotices } from './dependency-notices.ts'
import { fileNotices } from './file-notices.ts'
import { incidentNotices } from './incident-notices.ts'
import { ledgerNotices } from './ledger-notices.ts'
import { personNotices } from './person-notices.ts'
import { preconditionNotices } from './precondition-notices.ts'
import { setbackNotices } from './setback-notices.ts'
import { standingNotices } from './standing-notices.ts'
import { targetNotices } from './target-notices.ts'
import { viewingNotices } from './viewing-notices.ts'
import { workerNotices } from './worker-notices.ts'

/** One function for each type: who is told what of it; null when there is nothing to say any more. */
export type NoticesOf<T extends EventType> = { readonly [Type in T]: Notice<Type> }
type Notice<T extends EventType> = (data: Events[T], look: Look) => Promise<Told | null>

const notices: NoticesOf<ToldType> = {
  ...requestNotices,
  ...sessionNotices,
  ...standingNotices,
  ...incidentNotices,
  ...personNotices,
  ...preconditionNotices,
  ...custodyNotices,
  ...ledgerNotices,
  ...configurationNotices,
  ...workerNotices,
  ...copyNotices,
  ...dependencyNotices,
  ...setbackNotices,
  ...targetNotices,
  ...viewingNotices,
  ...fileNotices,
  ...drillNotices,
}

export function isTold(type: string): type is ToldType {
  return webhookTypes.includes(type)
}

/** What an event of the ledger has to say at the moment of `look`. */
export async function tellOf(event: EvidenceEvent, look: Look): Promise<Told | null> {
  if (!isTold(event.type)) return null
  // The ledger gives back what was written under this type, and nothing else can be in it.
  const notice = notices[event.type] as (data: never, look: Look) => Promise<Told | null>
  return notice(event.data as never, look)
}
