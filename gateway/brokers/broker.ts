// What a broker sees of the gateway, and nothing more. The calls are asynchronous and the values plain, so that brokers
// can move into worker processes; only recording is called directly, because it stands before every byte.

import type { Endpoint, EndReason, MfaKind, Person, SessionId } from '../../policy/index.ts'
import type { Log } from '../log.ts'
import type { Secret } from '../secret.ts'

/** A finished login. */
export interface Visitor {
  readonly person: Person
  readonly mfa: readonly MfaKind[]
  /** The peer's address. */
  readonly source: string
}

export interface Reachable {
  readonly asset: string
  readonly name: string
  readonly plant: string
  readonly timeZone: string
  readonly until: number
}

export type ChannelKind = 'pty' | 'shell' | 'exec'

export interface ChannelOpening {
  readonly kind: ChannelKind
  readonly command: string | null
  /** Null where the channel has no terminal. */
  readonly terminal: { readonly term: string; readonly cols: number; readonly rows: number } | null
}

/**
 * The record of one channel. Every call returns only after the bytes are written, so what follows it may be forwarded.
 * @throws RecorderError when they could not be written; the session is then ending already.
 */
export interface ChannelRecord {
  /** The pieces are one after the other what crosses. */
  data(direction: 'in' | 'out' | 'err', pieces: readonly Uint8Array[]): void
  resize(cols: number, rows: number): void
  signal(name: string): void
  exit(status: { readonly code: number } | { readonly signal: string }): void
  notice(text: string): void
  close(): void
}

export type TargetCredential =
  | { readonly kind: 'password'; readonly password: Secret<string> }
  | { readonly kind: 'private-key'; readonly key: Secret<string> }

/** What may pass in a session now. */
export interface Flow {
  /** Does what the client sends reach the target? What the target says comes through all the same. */
  readonly input: boolean
  /** Terminals are locked: they show nothing, and take nothing but the code that unlocks them. */
  readonly locked: boolean
  /** Why something may not, for terminals; null where everything may. */
  readonly why: string | null
}
export const openFlow: Flow = { input: true, locked: false, why: null }

/** How the gateway tells a broker about its session. `end` comes once; the broker then closes every socket at once. */
export interface SessionListener {
  warn(text: string): void
  /** Holds from this call on, for every channel there is and will be. */
  flow(flow: Flow): void
  end(reason: EndReason, text: string): void
}

/** One admitted session, from the broker's side. */
export interface BrokeredSession {
  readonly id: SessionId
  readonly asset: string
  readonly endpoint: Endpoint
  /**
   * Resolves with true when the session has begun, which may wait for somebody of the plant to come along; with false
   * when it ended before. Nothing may reach the target until then.
   */
  begun(): Promise<boolean>
  /** What it waits for, for the user; null when it does not. */
  readonly waitsFor: string | null
  /** The target's secret, handed out once per dial, as evidence. */
  credential(): Promise<TargetCredential>
  /** A further channel of this session: decided anew, because the world may have changed. */
  admitChannel(): Promise<{ readonly kind: 'admitted' } | { readonly kind: 'refused'; readonly text: string }>
  /**
   * Why this may not be opened on the target now, or null: an opening is input that no stopping holds back. Asked last of
   * all, in the very call that sends it: what was decided before may have taken long. A shell where `command` is null.
   */
  barsOpening(command: string | null): string | null
  /** May this session only look, so that what it opens has no input? */
  onlyLooks(): boolean
  /** What may pass now. */
  flow(): Flow
  /** A code typed on a locked terminal. Counted like one at login. */
  unlock(code: Secret<string>): Promise<'unlocked' | 'wrong'>
  /** Binds a record to a channel; nothing may cross it before. */
  record(opening: ChannelOpening): ChannelRecord
  /** Something asked for that is not brokered; kept as evidence. */
  refusedFeature(feature: string, detail: string | null): void
  listen(listener: SessionListener): void
  /** The broker says why it ends by itself, then closes its sockets. The first reason given stays. */
  ending(reason: EndReason): void
  /** Every socket is closed: seals the recording. Safe to call twice. */
  closed(): Promise<void>
}

export type Admission =
  | { readonly kind: 'admitted'; readonly session: BrokeredSession }
  | { readonly kind: 'refused'; readonly text: string }

export interface BrokerContext {
  /** The door: decides, and where permitted opens a recorded session. */
  admit(visitor: Visitor, named: string): Promise<Admission>
  /** What the visitor may reach now, for the menu. */
  reachable(visitor: Visitor): Promise<readonly Reachable[]>
  /** A refusal outside any session. */
  refusedFeature(visitor: Visitor, feature: string, detail: string | null): void
  readonly log: Log
}
