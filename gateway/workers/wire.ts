// What the core and a worker ask of each other and say. A worker is not believed: what it may say has a schema (asks.ts),
// what it may ask for is bounded by the connections it was handed and the sessions that were admitted on them
// (connection-desk.ts), and no long-lived secret is ever sent to it.

import type { SealResult, SealStatus, StreamHead } from '../../recorder/index.ts'
import type { EndReason, MfaKind, Person, SshEndpoint, TelnetEndpoint } from '../../policy/index.ts'
import type { Settled } from '../airlock/airlock.ts'
import type { Destination, LoginCertificate, Reachable, TunnelsTo } from '../brokers/broker.ts'
import type { SessionLook } from '../sessions/look.ts'
import type { Asks, Said } from './asks.ts'

/** Where a worker has its pipe for signatures among its descriptors. */
export const keyPipeFd = 4

/** What a worker is set up with, once, before its first connection. */
export interface WorkerSetup {
  readonly number: number
  /** Blobs of the gateway's public host keys: signing with them is asked for. */
  readonly hostKeys: readonly Uint8Array[]
  readonly banner: string
  readonly loginGraceMs: number
  readonly maxChannels: number
  readonly dialTimeoutMs: number
  readonly keepaliveMs: number
  readonly logLevel: string
  /** Folder of its own that it writes its recordings in. */
  readonly recordings: string
  readonly recipients: readonly string[]
  /** Name and verifier key of the ledger's signer. */
  readonly signer: { readonly name: string; readonly vkey: string }
  readonly clock: ClockReading
}

/** The core's clock at a moment of the machine's monotonic clock, which both processes share. */
export interface ClockReading {
  readonly now: number
  readonly monotonic: bigint
}

export interface RecordingWish {
  readonly session: string
  readonly meta: Readonly<Record<string, string | number>>
  readonly startedAt: number
  readonly waitsForRoom: boolean
  readonly masksPrompts: boolean
}

/** A login that is complete; the core keeps the original. */
export interface LoginTold {
  readonly person: Person
  readonly mfa: readonly MfaKind[]
  readonly certificate?: LoginCertificate
}

export type FirstTold = { readonly kind: 'good'; readonly proof: number } | { readonly kind: 'bad' }
export type KeyTold = FirstTold | { readonly kind: 'complete'; readonly login: LoginTold }

export interface SessionTold<Endpoint> {
  readonly session: string
  readonly asset: string
  readonly endpoint: Endpoint
  readonly waitsFor: string | null
  readonly isMachine: boolean
  readonly look: SessionLook
}

export interface RefusedTold {
  readonly kind: 'refused'
  readonly text: string
}

export type CredentialTold =
  | { readonly kind: 'password'; readonly password: string }
  | { readonly kind: 'private-key'; readonly key: string }
  | { readonly kind: 'certificate'; readonly certificate: Uint8Array; readonly key: string }

export type NumberedHead = StreamHead & { readonly channel: number }

interface Answers {
  'auth.password': FirstTold
  'auth.knowsKey': boolean
  'auth.publicKey': KeyTold
  'auth.knowsCertificate': boolean
  'auth.certificate': KeyTold
  'auth.wrongMethod': null
  /** Null where the code was wrong. */
  'auth.totp': LoginTold | null
  'auth.abandoned': null
  admit: RefusedTold | { readonly kind: 'admitted'; readonly session: SessionTold<SshEndpoint> }
  admitInClear: RefusedTold | { readonly kind: 'in-clear'; readonly session: SessionTold<TelnetEndpoint> } | null
  admitTunnel: RefusedTold | { readonly kind: 'admitted'; readonly session: SessionTold<null>; readonly host: string }
  destination: Destination
  reachable: readonly Reachable[]
  'session.begun': boolean
  'session.hasCredential': boolean
  'session.hostKeys': readonly string[]
  'session.negotiated': null
  'session.credential': CredentialTold
  'session.admitChannel': RefusedTold | { readonly kind: 'admitted' }
  'session.reach': RefusedTold | { readonly kind: 'admitted'; readonly host: string }
  'session.reachedInClear': null
  'session.password': string
  'session.unlock': 'unlocked' | 'wrong'
  'session.closed': null
  'seal.sign': Uint8Array
  'file.takeIn': RefusedTold | { readonly kind: 'open'; readonly file: string }
  'file.crossed': null
  'file.stepped': null
  'file.write': string | null
  'file.read': Uint8Array
  'file.truncate': string | null
  'file.settle': Settled
  'file.delivered': null
  'file.abandon': null
}

/** What a worker asks of the core, and says to it. */
export interface CoreSide {
  readonly calls: { readonly [Name in keyof Answers]: { readonly ask: Asks[Name]; readonly answer: Answers[Name] } }
  readonly words: Said
}

/** What the core asks of a worker, and says to it. */
export interface WorkerSide {
  readonly calls: {
    setup: { ask: WorkerSetup; answer: null }
    'recording.open': { ask: RecordingWish; answer: { readonly manifestDigest: string } }
    'recording.sync': { ask: { readonly session: string }; answer: null }
    'recording.heads': {
      ask: { readonly session: string; readonly known: ReadonlyMap<number, number> }
      answer: readonly NumberedHead[]
    }
    'recording.tryAgain': { ask: { readonly session: string }; answer: null }
    'recording.seal': {
      ask: { readonly session: string; readonly status: SealStatus; readonly reason: string }
      answer: SealResult
    }
  }
  readonly words: {
    /** With the socket. `ahead`: what was read of it already. */
    connection: { readonly connection: number; readonly source: string; readonly ahead: Uint8Array | null }
    /** `why`: for the log; null where the gateway stops. */
    drop: { readonly connection: number; readonly why: string | null }
    /** Answered with `pong`: whoever does not answer is not alive. */
    ping: { readonly clock: ClockReading }
    'session.warn': { readonly session: string; readonly text: string }
    'session.look': { readonly session: string; readonly look: SessionLook }
    /** The flow of the look changed: whoever carries the session is told. */
    'session.flow': { readonly session: string }
    'session.tunnels': { readonly session: string; readonly to: TunnelsTo }
    'session.end': { readonly session: string; readonly reason: EndReason; readonly text: string }
    'file.told': { readonly file: string; readonly text: string }
    /** Closes every connection, then ends. */
    stop: null
  }
}
