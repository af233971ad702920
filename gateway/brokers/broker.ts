// What a broker sees of the gateway, and nothing more. The calls are asynchronous and the values plain, so that brokers
// can move into worker processes; only recording is called directly, because it stands before every byte.

import type {
  SshEndpoint,
  EndReason,
  FilePermission,
  MfaKind,
  Person,
  SessionId,
  SshFeature,
  TelnetEndpoint,
} from '../../policy/index.ts'
import type { Airlock } from '../airlock/airlock.ts'
import type { Log } from '../log.ts'
import type { Secret } from '../secret.ts'

/** What a certificate lets its owner do here at most, and how it is named in evidence. Plain values. */
export interface LoginCertificate {
  /** Name of the authority in the configuration, and the fingerprint of its key. */
  readonly authority: string
  readonly authorityKey: string
  readonly keyId: string
  /** In decimal: serial numbers have 64 bits. */
  readonly serial: string
  /** In milliseconds; null where it never ends. It bounds the login, not the session. */
  readonly until: number | null
  /** The one command it may run (`force-command`); null where any. */
  readonly command: string | null
  /** `permit-pty` and `permit-port-forwarding`. */
  readonly terminal: boolean
  readonly forwarding: boolean
}

/** A finished login. */
export interface Visitor {
  readonly person: Person
  readonly mfa: readonly MfaKind[]
  /** The peer's address. */
  readonly source: string
  /** The certificate of the login, where it was made with one: it may allow less than the grant. */
  readonly certificate?: LoginCertificate
  /** The key it was made with, or the whole certificate, as a blob in base64, where it was made with one. */
  readonly shownKey?: string
  /** Came by ProxyJump, on a connection inside one whose login was complete. */
  readonly through?: 'jump'
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
  /** Of a tunnel: where it leads, as it was asked for, `plc-7:502`. */
  readonly to?: string
  /** What is set in the environment of what is started. */
  readonly environment?: Readonly<Record<string, string>>
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
  /** What happened on the channel and is none of the others: an event frame, a JSON object. */
  event(event: Readonly<Record<string, unknown>>, written?: () => void): void
  close(): void
}

export type TargetCredential =
  | { readonly kind: 'password'; readonly password: Secret<string> }
  | { readonly kind: 'private-key'; readonly key: Secret<string> }
  /** For one session: `ssh-ed25519-cert-v01@openssh.com`, and the private key it is about, in PEM form. */
  | { readonly kind: 'certificate'; readonly certificate: Uint8Array; readonly key: Secret<string> }

/** What two ends agreed on (RFC 4253 section 7.1). `mac`: null where the cipher authenticates by itself. */
export interface Negotiated {
  readonly kex: string
  readonly hostKey: string
  readonly toServer: { readonly cipher: string; readonly mac: string | null }
  readonly toClient: { readonly cipher: string; readonly mac: string | null }
}

/** What is known of a target when it has shown its key, before a credential is sent. */
export interface TargetFacts {
  /** What it says it is: `OpenSSH_9.2p1`. */
  readonly software: string
  /** Its host key, in OpenSSH form. */
  readonly hostKey: string
  readonly algorithms: Negotiated
}

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

/** Where tunnels of a session may lead by what is declared now. */
export interface TunnelsTo {
  /** Where the asset is, whose ports are dialled directly; null where none are. */
  readonly host: string | null
  /** Those ports. */
  readonly ports: readonly number[]
  /** Ports of the asset's own loopback, through its SSH. */
  readonly loopback: boolean
}

/** How the gateway tells a broker about its session. `end` comes once; the broker then closes every socket at once. */
export interface SessionListener {
  warn(text: string): void
  /** Holds from this call on, for every channel there is and will be. */
  flow(flow: Flow): void
  /**
   * What is declared has changed: tunnels that lead elsewhere are cut at once, and `withdrawn` says which. Holds from this
   * call on. Left out by a broker that opens none.
   */
  tunnels?(to: TunnelsTo): void
  end(reason: EndReason, text: string): void
}

/** One admitted session, from the broker's side. */
export interface BrokeredSession {
  readonly id: SessionId
  readonly asset: string
  readonly endpoint: SshEndpoint
  /**
   * Resolves with true when the session has begun, which may wait for somebody of the plant to come along; with false
   * when it ended before. Nothing may reach the target until then.
   */
  begun(): Promise<boolean>
  /** What it waits for, for the user; null when it does not. */
  readonly waitsFor: string | null
  /** Is the credential of its endpoint in the vault? Asked before the target is dialled. */
  hasCredential(): Promise<boolean>
  /** The host keys the target may show now, in OpenSSH form; never empty: an endpoint without one is not dialled. */
  hostKeys(): Promise<readonly string[]>
  /** It showed another one, in OpenSSH form: kept as evidence. */
  strangeHostKey(key: string): void
  /** What both legs agreed on and what the target says it is, kept as evidence. Resolves when it is written. */
  negotiated(facts: TargetFacts, client: Negotiated | null): Promise<void>
  /** The target's secret, handed out once per dial, as evidence. Asked for after `negotiated`. */
  credential(): Promise<TargetCredential>
  /**
   * A connection to the target as it is opened, and null when it is gone; where a session has several, by a number of
   * the broker's own.
   */
  connected(leg: TargetLeg | null, number?: number): void
  /** A further channel of this session: decided anew, because the world may have changed. */
  admitChannel(): Promise<{ readonly kind: 'admitted' } | { readonly kind: 'refused'; readonly text: string }>
  /**
   * Why this may not be opened on the target now, or null: an opening is input that no stopping holds back. Asked last of
   * all, in the very call that sends it: what was decided before may have taken long. A shell where `command` is null.
   */
  barsOpening(command: string | null, onTerminal?: boolean): string | null
  /**
   * As `barsOpening`, for a channel on which files are listed or carried: what may be done to them is `files()`'s, asked
   * for each. One that only looks may open it.
   */
  barsFiles(): string | null
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
  /** Binds a record to a channel; nothing may cross it before. Null where it gets none now: `unrecorded` says why. */
  record(opening: ChannelOpening): ChannelRecord | null
  /** Why `record` gave none, in one clause for the user. */
  unrecorded(): string
  /** Something asked for that is not brokered; kept as evidence. */
  refusedFeature(feature: string, detail: string | null): void
  /** These tunnels were cut, because where they lead is not declared any more: kept as evidence. */
  withdrawn(tunnels: readonly string[]): void
  listen(listener: SessionListener): void
  /** The broker says why it ends by itself, then closes its sockets. The first reason given stays. */
  ending(reason: EndReason): void
  /** Every socket is closed: seals the recording. Safe to call twice. */
  closed(): Promise<void>
}

/** What there is of every session, whatever it carries. */
export type LivingSession = Pick<
  BrokeredSession,
  | 'id'
  | 'asset'
  | 'begun'
  | 'connected'
  | 'admitChannel'
  | 'flow'
  | 'record'
  | 'unrecorded'
  | 'refusedFeature'
  | 'withdrawn'
  | 'listen'
  | 'ending'
  | 'closed'
>

/** One admitted session whose channels are tunnels to declared ports, from the broker's side. */
export interface TunnelSession extends LivingSession {
  /** A further tunnel: decided anew, by what is declared now. `host` is what is to be dialled. */
  reach(port: number): Promise<TunnelReach>
}

/**
 * One admitted session with a target that speaks telnet, in clear text: each of its channels is a terminal with a
 * connection of its own.
 */
export interface TelnetSession
  extends
    LivingSession,
    Pick<BrokeredSession, 'waitsFor' | 'isMachine' | 'hasCredential' | 'barsOpening' | 'onlyLooks' | 'unlock'> {
  readonly endpoint: TelnetEndpoint
  /** Somebody answers there: that what follows is clear text is kept as evidence. Resolves when it is written. */
  reachedInClear(client: Negotiated | null): Promise<void>
  /** The target's password, handed out once per login, as evidence. Asked for after `reachedInClear`. */
  password(): Promise<Secret<string>>
}

export type TunnelReach =
  | { readonly kind: 'admitted'; readonly host: string }
  | { readonly kind: 'refused'; readonly text: string }

export type TunnelAdmission =
  | { readonly kind: 'admitted'; readonly session: TunnelSession; readonly host: string }
  | { readonly kind: 'refused'; readonly text: string }

/**
 * What stands at a name and a port: SSH, which is taken in here, or anything else, for the door to judge. `account`: what
 * the target calls who comes in; null where it is not theirs to know.
 */
export type Destination = { readonly kind: 'ssh'; readonly account: string | null } | { readonly kind: 'other' }

export type Admission =
  | { readonly kind: 'admitted'; readonly session: BrokeredSession }
  | { readonly kind: 'refused'; readonly text: string }

export type ClearAdmission =
  | { readonly kind: 'in-clear'; readonly session: TelnetSession }
  | { readonly kind: 'refused'; readonly text: string }

export interface BrokerContext {
  /** The door: decides, and where permitted opens a recorded session. */
  admit(visitor: Visitor, named: string): Promise<Admission>
  /** The same for an asset that speaks telnet; null, and nothing is asked, where it does not. */
  admitInClear(visitor: Visitor, named: string): Promise<ClearAdmission | null>
  /** The same for a tunnel to a port of what was named. */
  admitTunnel(visitor: Visitor, named: string, port: number): Promise<TunnelAdmission>
  /** By what is declared, before anybody has been asked; opens nothing. */
  destination(visitor: Visitor, named: string, port: number): Promise<Destination>
  /** What the visitor may reach now, for the menu. */
  reachable(visitor: Visitor): Promise<readonly Reachable[]>
  /** A refusal outside any session. */
  refusedFeature(visitor: Visitor, feature: string, detail: string | null): void
  readonly log: Log
}
