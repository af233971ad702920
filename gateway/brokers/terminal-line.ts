// What a terminal channel is joined to when its target speaks something else than SSH: who serves the channel and who
// speaks to the target do not know each other, and meet in these words.

import type { Duplex, Readable } from 'node:stream'
import type { EndReason } from '../../policy/index.ts'
import type { Log } from '../log.ts'
import type { ChannelRecord, Negotiated, TelnetSession } from './broker.ts'

/** The target's end of a terminal, logged in. What is read from it is what it says, as text. */
export interface TerminalLine extends Duplex {
  /** There is none; it ends with the line. */
  readonly stderr: Readable
  setWindow(rows: number, cols: number, height: number, width: number): void
  sendBreak(): void
  /** Why it ended, where that was not the target's wish; null where it was, or while it lives. */
  readonly fault: string | null
}

export interface LineCall {
  readonly session: TelnetSession
  /** Bound before anything is dialled. */
  readonly record: ChannelRecord
  readonly terminal: { readonly term: string; readonly cols: number; readonly rows: number }
  /** A number of its own among the lines of its session. */
  readonly number: number
  /** What the person's leg agreed on; null where it was not seen. */
  readonly client: Negotiated | null
  readonly dialTimeoutMs: number
  /** Shows the user what the target says before the login is complete. It is recorded by then. */
  show(bytes: Uint8Array): void
  readonly signal: AbortSignal
  readonly log: Log
}

export type LineOpened =
  | { readonly kind: 'connected'; readonly line: TerminalLine }
  | { readonly kind: 'failed'; readonly reason: EndReason; readonly text: string }

/** Dials and logs in. Never throws: what can go wrong is an answer, with the sentence the user sees. */
export type OpenLine = (call: LineCall) => Promise<LineOpened>
