// The leg of a connection to a target that speaks no SSH. Nothing is dialled yet: each terminal does so by itself, and where
// none could and none is left, the session ends.

import type { EndReason } from '../../../policy/index.ts'
import type { Negotiated, TelnetSession } from '../broker.ts'
import type { OpenLine } from '../terminal-line.ts'
import type { LineLeg } from './line-channel.ts'

export interface LineLegDeps {
  readonly session: TelnetSession
  readonly openTelnet: OpenLine
  /** What the person's leg agreed on; null where it was not seen. */
  readonly client: Negotiated | null
  readonly dialTimeoutMs: number
  /** Of the line that is dialled next on this connection. */
  readonly number: () => number
  /** Does another terminal of the session go on, or does it end already? */
  readonly isUsed: () => boolean
  /** No line is left, nor under way. */
  readonly onLeft: (reason: EndReason) => Promise<void>
}

export function lineLegOf(deps: LineLegDeps): LineLeg {
  const { session, openTelnet, client, dialTimeoutMs, number } = deps
  let opening = 0
  return {
    kind: 'line',
    session,
    async open(call) {
      opening++
      try {
        return await openTelnet(call)
      } finally {
        opening--
      }
    },
    client,
    dialTimeoutMs,
    number,
    async failed(reason) {
      // Another terminal may yet be opened.
      if (opening > 0 || deps.isUsed()) return
      await deps.onLeft(reason)
    },
  }
}
