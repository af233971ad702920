// The ticket connector: asks the plant's own change system about the change a request names, so that there is no second
// channel beside it. The contract is small and written down in docs/tickets.md: `GET {url}/tickets/{reference}`. Only the
// configured origin is ever asked; what a user types is one part of the path, and of a form that cannot be more.

import { createHash } from 'node:crypto'
import type { TicketState } from '../../policy/index.ts'
import { exchange } from '../outbound.ts'
import type { Secret } from '../secret.ts'

/** What the change system said, as far as it is kept. */
export interface TicketAnswer {
  readonly state: Exclude<TicketState, 'none' | 'unchecked'>
  /** Title for the approver; empty when none was given. */
  readonly title: string
  /** Assets the change names; null when it names none. */
  readonly assets: readonly string[] | null
  /** When it is to be done, ms since the epoch; null when it does not say. */
  readonly window: { readonly from: number; readonly until: number } | null
  /** SHA-256 (hex) of the answer's body as it came; null when there was none. */
  readonly snapshot: string | null
  /** Why it is `unreachable`, for the log; empty otherwise. */
  readonly problem: string
}

export interface TicketConnector {
  /** Never throws for what the far side does. @param reference as the user typed it. */
  look(reference: string): Promise<TicketAnswer>
}

export interface TicketSettings {
  /** As `https://change.example/api`, without a slash at the end. */
  readonly url: string
  readonly token: Secret<string> | null
  readonly timeoutMs: number
  readonly ca: readonly string[] | null
}

const maxBytes = 64 * 1024

/** A reference as it may go into an address: no slash, no dot at either end, nothing that has a meaning in a path. */
const referenceForm = /^[A-Za-z0-9](?:[A-Za-z0-9._:#-]{0,62}[A-Za-z0-9])?$/

export function isTicketReference(text: string): boolean {
  return referenceForm.test(text) && !text.includes('..')
}

const nothing = { title: '', assets: null, window: null, snapshot: null, problem: '' } as const

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function windowOf(value: unknown): TicketAnswer['window'] | 'malformed' {
  if (value === undefined || value === null) return null
  if (!isRecord(value) || typeof value['from'] !== 'string' || typeof value['until'] !== 'string') return 'malformed'
  const [from, until] = [Date.parse(value['from']), Date.parse(value['until'])]
  return Number.isFinite(from) && Number.isFinite(until) && from < until ? { from, until } : 'malformed'
}

/** The body of a 200, or why it is none: an answer that breaks the contract is no answer. */
export function parseTicket(
  body: string,
):
  | (Pick<TicketAnswer, 'title' | 'assets' | 'window'> & { readonly state: 'open' | 'closed' })
  | { readonly problem: string } {
  let document: unknown
  try {
    document = JSON.parse(body)
  } catch (error) {
    if (error instanceof SyntaxError) return { problem: 'expected JSON' }
    throw error
  }
  if (!isRecord(document)) return { problem: 'expected a JSON object' }
  const { state, title = '', assets = null } = document
  if (state !== 'open' && state !== 'closed') return { problem: '`state`: expected `open` or `closed`' }
  if (typeof title !== 'string') return { problem: '`title`: expected text' }
  const isNames = (value: unknown): value is readonly string[] =>
    Array.isArray(value) && value.length <= 1_000 && value.every((name) => typeof name === 'string')
  if (assets !== null && !isNames(assets)) return { problem: '`assets`: expected a list of asset ids' }
  const window = windowOf(document['window'])
  if (window === 'malformed') return { problem: '`window`: expected `from` and `until` as RFC 3339 times' }
  return { state, title: title.slice(0, 200), assets, window }
}

export function openTicketConnector({ url, token, timeoutMs, ca }: TicketSettings): TicketConnector {
  return {
    async look(reference) {
      // What cannot be a reference of the change system is none there, and is not asked for.
      if (!isTicketReference(reference)) return { ...nothing, state: 'unknown' }
      const answer = await exchange({
        method: 'GET',
        url: new URL(`${url.replace(/\/+$/, '')}/tickets/${encodeURIComponent(reference)}`),
        headers: {
          accept: 'application/json',
          'user-agent': 'Sallyport',
          ...(token === null ? {} : { authorization: `Bearer ${token.expose()}` }),
        },
        body: null,
        timeoutMs,
        maxBytes,
        ca,
      })
      const unreachable = (problem: string): TicketAnswer => ({ ...nothing, state: 'unreachable', problem })
      if (answer.kind === 'unreachable') return unreachable(answer.reason)
      const snapshot = createHash('sha256').update(answer.body, 'utf8').digest('hex')
      if (answer.status === 404) return { ...nothing, state: 'unknown', snapshot }
      if (answer.status !== 200) return unreachable(`status ${answer.status}`)
      if (!answer.complete) return unreachable(`expected at most ${maxBytes} bytes`)
      const parsed = parseTicket(answer.body)
      return 'problem' in parsed ? unreachable(parsed.problem) : { ...nothing, ...parsed, snapshot }
    },
  }
}
