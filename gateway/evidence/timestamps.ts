// Has checkpoints of the ledger time-stamped (RFC 3161) by the authorities of the configuration: independent word of when the
// ledger was what it is, which does not hang on the gateway's clock or its keys. An authority that is down is told and asked
// again, later and later; nothing else waits for it. What a token is worth is judged in recorder/timestamp/token.ts.

import { createHash } from 'node:crypto'
import type { TimeAuthorities } from '../../recorder/timestamp/token.ts'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import { exchange } from '../outbound.ts'
import type { Store } from '../store/store.ts'
import type { Checkpoints } from './checkpoints.ts'
import type { Setbacks } from './setbacks.ts'

export interface TimeAuthority {
  readonly name: string
  readonly url: URL
  readonly trusted: TimeAuthorities
  readonly everyMs: number
}

export interface Timestamping {
  /** Asks each authority that is due. Never throws for what they do. */
  round(): Promise<void>
}

type Asked =
  | { readonly kind: 'attested'; readonly time: number; readonly response: Buffer }
  | { readonly kind: 'failed'; readonly reason: string }

const timeoutMs = 20_000
const firstPauseMs = 60_000
const longestPauseMs = 3_600_000
/** How far the authority's time may lie from ours: more, and one of the two clocks is wrong. */
const toleranceMs = 5 * 60_000

export function openTimestamping(deps: {
  readonly store: Store
  readonly checkpoints: Pick<Checkpoints, 'latest'>
  readonly authorities: readonly TimeAuthority[]
  readonly clock: Clock
  readonly log: Log
  /** Certificates trusted for https, PEM; null takes those of the runtime. */
  readonly ca: readonly string[] | null
  readonly setbacks?: Pick<Setbacks, 'failed' | 'worked'>
  /** Told of each that was asked; null: it attested. */
  readonly told?: (authority: string, problem: string | null) => void
}): Timestamping {
  const { store, checkpoints, authorities, clock, log, ca, setbacks, told = () => undefined } = deps
  /** Authorities that failed last: when they are asked again, and the pause after that. */
  const failing = new Map<string, { readonly again: number; readonly pauseMs: number }>()

  async function stampWith(authority: TimeAuthority): Promise<void> {
    const { name, everyMs } = authority
    const before = failing.get(name)
    if (before !== undefined && clock.now() < before.again) return
    const [last, newest] = [await store.timestamps.latest(name), await checkpoints.latest()]
    if (newest === null || (last !== null && (clock.now() < last.at + everyMs || newest.size <= last.size))) return
    const { size } = newest
    // Two authorities attest the same bytes, though a witness may have cosigned in between.
    const note = (await store.timestamps.noteOf(size)) ?? newest.note
    const asked = await ask(authority, Buffer.from(note, 'utf8'), clock, ca)
    told(name, asked.kind === 'failed' ? asked.reason : null)
    if (asked.kind === 'failed') return missed(name, size, asked.reason)
    const { time, response } = asked
    await store.change(async (tx) => {
      const at = clock.now()
      await tx.timestamps.put({ size, authority: name, at, time, note, response })
      const [imprint, token] = [sha256Hex(Buffer.from(note, 'utf8')), sha256Hex(response)]
      await tx.ledger.append('ledger.timestamped', at, { authority: name, size, imprint, time, token })
    })
    failing.delete(name)
    await setbacks?.worked('timestamp', name)
    log.info({ authority: name, size, time }, 'Checkpoint time-stamped')
  }

  /** The first of a row is evidence; the others are only logged. */
  async function missed(name: string, size: number, reason: string): Promise<void> {
    const before = failing.get(name)
    const pauseMs = before?.pauseMs ?? firstPauseMs
    failing.set(name, { again: clock.now() + pauseMs, pauseMs: Math.min(2 * pauseMs, longestPauseMs) })
    log.warn({ authority: name, size, reason, pauseMs }, 'Checkpoint not time-stamped')
    await setbacks?.failed('timestamp', name, reason)
    if (before !== undefined) return
    await store.change(async (tx) => {
      const data = { authority: name, size, reason: await tx.ledger.commit(reason) }
      await tx.ledger.append('ledger.timestamp_missed', clock.now(), data)
    })
  }

  return {
    async round() {
      for (const authority of authorities) await stampWith(authority)
    },
  }
}

/** One exchange (RFC 3161 section 3.4), and whether what came holds now. */
async function ask(
  { url, trusted }: TimeAuthority,
  document: Buffer,
  clock: Clock,
  ca: readonly string[] | null,
): Promise<Asked> {
  const failed = (reason: string): Asked => ({ kind: 'failed', reason })
  const { maxTimestampBytes, timestampRequest, verifyTimestamp } = await import('../../recorder/timestamp/token.ts')
  const { request, nonce } = timestampRequest(document)
  const answer = await exchange({
    method: 'POST',
    url,
    headers: { 'content-type': 'application/timestamp-query', accept: 'application/timestamp-reply' },
    body: request,
    encoding: 'latin1',
    timeoutMs,
    maxBytes: maxTimestampBytes,
    ca,
  })
  if (answer.kind === 'unreachable') return failed(answer.reason)
  if (answer.status !== 200) return failed(`answers with status ${answer.status}`)
  if (answer.type !== 'application/timestamp-reply')
    return failed(`answers with the type \`${answer.type.slice(0, 64)}\``)
  if (!answer.complete) return failed(`answers with more than ${maxTimestampBytes} bytes`)
  const response = Buffer.from(answer.body, 'latin1')
  const verdict = await verifyTimestamp(response, document, trusted, nonce)
  if (verdict.kind === 'refused') return failed(verdict.reason)
  const apart = Math.abs(verdict.time - clock.now())
  if (apart > toleranceMs)
    return failed(
      `says ${new Date(verdict.time).toISOString()}, ${Math.round(apart / 1_000)} s from the gateway\u2019s clock`,
    )
  return { kind: 'attested', time: verdict.time, response }
}

const sha256Hex = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
