// Dials the target of a session: with the keys it may show now, and with what the session keeps and hands out on the way.

import type { Log } from '../../log.ts'
import type { BrokeredSession, Negotiated } from '../broker.ts'
import { dialTarget, unusableText, type Dialled, type DialOptions } from './upstream.ts'

/** @param client what the person's leg agreed on; null where it was not seen. */
export async function dialSession(
  session: BrokeredSession,
  client: Negotiated | null,
  options: DialOptions,
  signal: AbortSignal,
  log: Log,
): Promise<Dialled> {
  if (signal.aborted) return { kind: 'failed', reason: 'client', text: 'the connection was closed' }
  const { id: sessionId, asset } = session
  try {
    if (!(await session.hasCredential())) {
      log.error({ sessionId, asset }, 'Target credential not in the vault')
      return { kind: 'failed', reason: 'target-refused-login', text: unusableText }
    }
    return await dialTarget(
      session.endpoint,
      {
        hostKeys: await session.hostKeys(),
        leg: (leg) => session.connected(leg),
        strangeHostKey: (key) => session.strangeHostKey(key),
        negotiated: (facts) => session.negotiated(facts, client),
        async credential() {
          // Nobody logs in for a session that has ended.
          signal.throwIfAborted()
          return session.credential()
        },
        failed: (err) => {
          if (!signal.aborted) log.error({ err, sessionId, asset }, 'Target credential not usable')
        },
      },
      options,
      signal,
    )
  } catch (err) {
    log.error({ err, sessionId, asset }, 'Target not dialled')
    return { kind: 'failed', reason: 'target-unreachable', text: 'the target could not be dialled: tell the plant' }
  }
}
