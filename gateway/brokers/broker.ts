// What a broker sees of the gateway, and nothing more. The calls are asynchronous and the values plain, so that brokers
// can move into worker processes; only recording is called directly, because it stands before every byte.

import type { Endpoint, EndReason, FilePermission, MfaKind, Person, SessionId, SshFeature } from '../../policy/index.ts'
import type { Airlock } from '../airlock/airlock.ts'
import type { Log } from '../log.ts'
import type { Secret } from '../secret.ts'

/** A finished login. */
export interface Visitor {
  readonly person: Person
  readonly mfa: readonly MfaKind[]
  /** The peer's address. */
  readonly source: string
}

/** Both ends of the connection to a target, as the kernel knows them. */
export interface TargetLeg {
  readonly local: { readonly address: string; readonly port: number }
  readonly remote: { readonly address: string; readonly port: number }
}

export interface Reachable {
  readonly asset: string
  readonly name: string
  readonly plant: string
  readonly timeZone: string
  readonly until: number
}

export type ChannelKind = 'pty' | 'shell' | 'exec' | 'sftp' | 'tunnel'

export interface ChannelOpening {
  readonly kind: ChannelKind
  readonly command: string | null
  /** Null where the channel has no terminal. */
  readonly terminal: { readonly term: string; readonly cols: number; readonly rows: number } | null
}

/**
 * The record of one channel. What is recorded may be forwarded when `written` is called: before the call returns, or,
 * while the session is held (`Flow.held`), when it goes on; never, where it ends before. Calls are written in their order.
 * @throws RecorderError when it could not be written; the session is then ending already.
 */
export interface ChannelRecord {
  /** The pieces are one after the other what crosses; they must not change before they are written. */
  data(direction: 'in' | 'out' | 'err', pieces: readonly Uint8Array[], written: () => void): void
  resize(cols: number, rows: number, written: () => void): void
  signal(name: string, written: () => void): void
  exit(status: { readonly code: number } | { readonly signal: string }, written: () => void): void
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
  /** Nothing is read from either side, because what is read could not be recorded now. */
  readonly held: boolean
  /** Why something may not, for terminals; null where everything may. */
  readonly why: string | null
}
export const openFlow: Flow = { input: true, locked: false, held: false, why: null }

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
  /** The connection to the target as it is opened, and null when it is gone. */
  connected(leg: TargetLeg | null): void
  /** A further channel of this session: decided anew, because the world may have changed. */
  admitChannel(): Promise<{ readonly kind: 'admitted' } | { readonly kind: 'refused'; readonly text: string }>
  /**
   * Why this may not be opened on the target now, or null: an opening is input that no stopping holds back. Asked last of
   * all, in the very call that sends it: what was decided before may have taken long. A shell where `command` is null.
   */
  barsOpening(command: string | null, onTerminal?: boolean): string | null
  /** Does a machine account use it? It gets no terminal and no shell. */
  readonly isMachine: boolean
  /** What the endpoint is open for, by its declaration and by what may be done now. */
  features(): readonly SshFeature[]
  /** Which files may cross now. */
  files(): FilePermission
  readonly airlock: Airlock
  /** May this session only look, so that what it opens has no input? */
  onlyLooks(): boolean
  /** What may pass now. */
  flow(): Flow
  /** A code typed on a locked terminal. Counted like one at login. */
  unlock(code: Secret<string>): Promise<'unlocked' | 'wrong'>
  /** Binds a record to a channel; nothing may cross it before. Null where the disk has no room for one now. */
  record(opening: ChannelOpening): ChannelRecord | null
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
