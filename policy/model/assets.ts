// What can be reached, how it is reached, and how far.

import type { AssetId, ZoneId } from '../ids.ts'
import type { SshFeature } from './files.ts'
import type { LegacyTerms } from './legacy.ts'
import type { LocalEnable } from './physical.ts'
import type { TelnetEndpoint } from './telnet.ts'

/** `SIS`: a safety instrumented system (IEC 61511). Unreachable unless every safety precondition holds. */
export const safetyClasses = ['none', 'related', 'SIS'] as const
export type SafetyClass = (typeof safetyClasses)[number]

export const criticalities = ['low', 'medium', 'high'] as const
export type Criticality = (typeof criticalities)[number]

/** What a grant allows inside a protocol, least first. */
export const operationClasses = ['observe', 'operate', 'engineer'] as const
export type OperationClass = (typeof operationClasses)[number]

/** What this gateway brokers: what may be asked for. */
export const protocols = ['ssh', 'tcp', 'telnet'] as const
export type Protocol = (typeof protocols)[number]

/** Protocols in which looking cannot be told from doing: an operation class says nothing of what passes in them. */
export const opaqueProtocols: ReadonlySet<Protocol> = new Set(['ssh', 'tcp', 'telnet'])

/** Instead of host keys: they are seen and accepted in the gateway. */
export const enrolledKeys = 'enrol'

export interface SshEndpoint {
  readonly protocol: 'ssh'
  readonly host: string
  readonly port: number
  /**
   * Pinned public host keys in OpenSSH form (`ssh-ed25519 AAAA…`), never empty; or `enrol`: those that two people
   * accepted in the gateway. A target without a key is not reachable.
   */
  readonly hostKeys: readonly string[] | typeof enrolledKeys
  /** The account on the target; shared accounts are mapped to a person by the session. */
  readonly account: string
  /** Name of the credential in the gateway's vault. The secret itself is never in a bundle. */
  readonly credential: string
  /**
   * Exact command lines its owner vouches for as only looking. SSH cannot tell looking from doing, so access of class
   * `observe` runs these and no other.
   */
  readonly observe: readonly string[]
  /** Where its credential is an authority: the names on the certificate; left out, the account. Never empty. */
  readonly principals?: readonly string[]
  /** What this target alone may be reached with, though it is no longer good enough. */
  readonly legacy?: LegacyTerms
  /** What it is open for; left out, `standardFeatures`. What holds now is files.ts's `featuresOf`. */
  readonly features?: readonly SshFeature[]
  /** Environment variables that may be set, by name, with `*` at the end only; left out, `standardEnvironment`. */
  readonly environment?: readonly string[]
}

/** Ports of an asset that are reached by `ssh -L`, as streams nobody here takes apart. */
export interface TcpEndpoint {
  readonly protocol: 'tcp'
  readonly host: string
  /** Never empty, each once. */
  readonly ports: readonly number[]
}

export type Endpoint = SshEndpoint | TcpEndpoint | TelnetEndpoint
export type EndpointOf<P extends Protocol> = Extract<Endpoint, { protocol: P }>

/** Every port that is dialled at its host. */
export function portsOf(endpoint: Endpoint): readonly number[] {
  return endpoint.protocol === 'tcp' ? endpoint.ports : [endpoint.port]
}

/** The endpoint of an asset for one protocol. */
export function endpointOf<P extends Protocol>(
  { endpoints }: Pick<Asset, 'endpoints'>,
  protocol: P,
): EndpointOf<P> | null {
  return endpoints.find((each): each is EndpointOf<P> => each.protocol === protocol) ?? null
}

export const expiryKinds = ['cut', 'drain', 'confirm-safe-state'] as const

/**
 * What happens to a session at its window's end. `hardLimitMinutes` counts from there: until then the session may still
 * observe, its input is stopped; then it is closed.
 */
export type ExpiryBehaviour =
  | { readonly kind: 'cut' }
  | { readonly kind: 'drain'; readonly hardLimitMinutes: number }
  /** As drain, and who ends it by hand is asked once whether the process is in a safe state, and may insist. */
  | { readonly kind: 'confirm-safe-state'; readonly hardLimitMinutes: number }

/** IEC 61508 safety integrity levels. */
export const silLevels = [1, 2, 3, 4] as const
export type Sil = (typeof silLevels)[number]

export interface Asset {
  readonly id: AssetId
  readonly name: string
  readonly zone: ZoneId
  readonly owner: string
  readonly type: string
  readonly criticality: Criticality
  readonly safety: SafetyClass
  /** Set for every SIS, and for a safety-related asset where it is known. */
  readonly sil: Sil | null
  /** The production line whose maintenance windows hold for it. */
  readonly line: string | null
  readonly labels: readonly string[]
  readonly endpoints: readonly Endpoint[]
  /** Addresses it has beside those of its endpoints, so that it is known when it is seen in the network. */
  readonly addresses: readonly string[]
  readonly expiry: ExpiryBehaviour
  /** A session is effective only while somebody on site asserts presence. */
  readonly localPresence: boolean
  /** What else has to be turned on at the asset, beside the presence of a person; never instead of it. */
  readonly localEnable: LocalEnable | null
  /** There for drills alone: nobody is ever let to it, and its address is none. */
  readonly drill: boolean
  /** No longer supported by its maker: held to a stricter profile by code; policies may be stricter still (IEC 62443-2-3). */
  readonly unsupported: boolean
  /** Sessions at a time; null where only the gateway's own limits hold. */
  readonly maxSessions: number | null
  /** Minutes its sessions are held, and nothing crosses, while the disk has no room to record them; then they end. */
  readonly recordingPauseMinutes: number
  /** Only for a SIS: that it may be reached at all, by a safety review, until a day. */
  readonly optIn: { readonly reviewedBy: string; readonly reviewedOn: string; readonly until: string } | null
}
