// What the plant's change system says of the ticket a request names. How it is asked is the connector's; what follows
// from the answer is policy's.

import type { RequestId, TicketState } from '../../policy/index.ts'
import type { Tx } from '../store/store.ts'
import type { TicketConnector } from '../tickets/connector.ts'

export interface TicketCheck {
  readonly state: TicketState
  /** SHA-256 (hex) of the answer as it came; null when nobody was asked, or nobody answered. */
  readonly snapshot: string | null
}

export interface Tickets {
  /** Never throws for what the far side does. Asked outside of transactions: it may take seconds. */
  check(reference: string): Promise<TicketCheck>
}

/** Without a connector nothing is known of a ticket but that it was named. */
export function openTickets(connector: TicketConnector | null): Tickets {
  return {
    async check(reference) {
      if (reference.trim() === '') return { state: 'none', snapshot: null }
      if (connector === null) return { state: 'unchecked', snapshot: null }
      const { state, snapshot } = await connector.look(reference)
      return { state, snapshot }
    },
  }
}

/** Keeps what the change system said as evidence. Nothing is kept where it was not asked. */
export async function linkTicket(
  tx: Tx,
  now: number,
  request: RequestId,
  reference: string,
  { state, snapshot }: TicketCheck,
): Promise<void> {
  if (state === 'none' || state === 'unchecked') return
  await tx.ledger.append('change.linked', now, {
    request,
    reference: await tx.ledger.commit(reference),
    state,
    snapshot,
  })
}
