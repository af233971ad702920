// What short codes in entries of the ledger say, for people: why a session ended, why a process died. The ledger keeps the
// code, and the page shows it beside the words.

import { endReasonWords } from '../display/words.ts'
import type { Meaning } from './entry.ts'

const deaths: Readonly<Record<string, string>> = {
  exit: 'it ended by itself',
  signal: 'it was killed from outside, by a person or by the system',
  memory: 'it took more memory than it may, and the gateway ended it',
  silent: 'it no longer answered, and the gateway ended it',
  fault: 'it said what a sound one never says, and the gateway ended it: perhaps an attack',
}

/** By the value itself, as the meaning that the gateway gives; empty for an entry that has no such code. */
export function codesOf({ type, data }: { type: string; data: Readonly<Record<string, unknown>> }): Meaning {
  const { reason, because } = data
  if (type === 'session.ended' && typeof reason === 'string') return { [reason]: endReasonWords(reason) }
  if (type !== 'gateway.worker_died' || typeof because !== 'string') return {}
  const words = deaths[because]
  return words === undefined ? {} : { [because]: words }
}
