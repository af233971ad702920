// The shape every way out has: it takes one message and says how that went. Retrying is the sender's.

import type { Letter } from './letter.ts'

export interface Outgoing {
  /** Stable over all attempts, so that who gets it twice can tell. */
  readonly id: string
  /** What happened: the type of the ledger entry. */
  readonly type: string
  /** When it happened, ms since the epoch. */
  readonly at: number
  /** By mail: to whom, and what it says. */
  readonly mail: { readonly to: string; readonly letter: Letter } | null
  /** To a webhook: ids and display names, and nothing else about people. */
  readonly facts: Readonly<Record<string, unknown>>
}

export type SendOutcome =
  | { readonly kind: 'delivered' }
  /** Will not be taken, however often it is tried. */
  | { readonly kind: 'refused'; readonly problem: string }
  /**
   * Not taken now. `destination`: the far side as a whole is not to be had, so the messages behind this one wait too;
   * otherwise it was about this message alone.
   */
  | { readonly kind: 'failed'; readonly problem: string; readonly scope: 'destination' | 'message' }

export interface Channel {
  /** `mail`, or `webhook:` and its name. */
  readonly destination: string
  /** Does this destination want to hear of this type of event? */
  wants(type: string): boolean
  /** Throws nothing for what the far side does; bounded in time. */
  send(message: Outgoing, signal: AbortSignal): Promise<SendOutcome>
}

/** Somebody else's words about a failure, fit to be kept and shown: one short line, without addresses of people. */
export function problemText(text: string): string {
  return text
    .replace(/[^\s<>]+@[^\s<>]+/g, '(address)')
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim()
    .slice(0, 200)
}
