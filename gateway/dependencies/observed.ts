// The gateway's ways out, with a note of how each use went. They do what they did; an answer that refuses is an answer.

import type { Blobs, StoreFault } from '../blobs/blobs.ts'
import { problemText, type Channel } from '../outbox/channel.ts'
import type { TicketConnector } from '../tickets/connector.ts'
import type { Uses } from './uses.ts'

export function observeTickets(connector: TicketConnector, uses: Uses): TicketConnector {
  return {
    async look(reference) {
      const answer = await connector.look(reference)
      const wasAsked = answer.snapshot !== null || answer.state === 'unreachable'
      if (wasAsked) uses.note('tickets', '', answer.state === 'unreachable' ? problemText(answer.problem) : null)
      return answer
    },
  }
}

export function observeChannel(channel: Channel, uses: Uses): Channel {
  const { destination } = channel
  const use = destination === 'mail' ? 'mail' : 'webhooks'
  return {
    destination,
    wants: (type) => channel.wants(type),
    async send(message, signal) {
      const outcome = await channel.send(message, signal)
      const isAway = outcome.kind === 'failed' && outcome.scope === 'destination'
      // The gateway's own end is nobody's outage.
      if (!signal.aborted) uses.note(use, destination, isAway ? problemText(outcome.problem) : null)
      return outcome
    },
  }
}

/** Why the store as a whole is not to be had; null where it answered, whatever it said of the file. */
function problemOf(outcome: { readonly kind: string; readonly reason?: unknown }): string | null {
  const isFault = outcome.kind === 'unreachable' || outcome.kind === 'refused'
  return isFault && typeof outcome.reason === 'string' ? problemText(outcome.reason) : null
}

export function observeBlobs(blobs: Blobs, bucket: string, uses: Uses): Blobs {
  let isClosed = false
  async function noted<T extends { readonly kind: string } | StoreFault>(work: Promise<T>): Promise<T> {
    const outcome = await work
    if (!isClosed) uses.note('object-store', bucket, problemOf(outcome))
    return outcome
  }
  return {
    put: (file, lock) => noted(blobs.put(file, lock)),
    fetch: (object, path) => noted(blobs.fetch(object, path)),
    present: (object) => noted(blobs.present(object)),
    remove: (under) => noted(blobs.remove(under)),
    check: () => noted(blobs.check()),
    async close() {
      isClosed = true
      await blobs.close()
    },
  }
}
