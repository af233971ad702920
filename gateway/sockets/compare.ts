// Holds the kernel's sockets against the living sessions: every connection to a target belongs to a session, and every
// session that says it has one has it. Pure; reading both is watch.ts's.

import { BlockList, isIP } from 'node:net'
import { addressesOf, plainIp, portsOf, type AssetId, type Bundle, type SessionId } from '../../policy/index.ts'
import type { TargetLeg } from '../brokers/broker.ts'
import type { KernelSocket } from './kernel.ts'
import { plainAddress, showAddress, type SocketAddress } from './proc-net.ts'

export interface Leg {
  readonly session: SessionId
  readonly asset: AssetId
  readonly leg: TargetLeg
}

/** A connection to a target that no session answers for. */
export interface Stranger {
  readonly socket: KernelSocket
  readonly asset: AssetId
}

export interface Compared {
  /** Sessions whose connection the kernel knows. */
  readonly agreed: readonly Leg[]
  /** Sessions that say they have a connection which the kernel does not know. */
  readonly missing: readonly Leg[]
  readonly strangers: readonly Stranger[]
  /** Connections that others opened to the gateway's own ports. */
  readonly clients: readonly KernelSocket[]
  /** Connections the gateway opened to what is no declared target: its own services. */
  readonly others: readonly KernelSocket[]
}

export interface Targets {
  /** The asset that is reached there, or null. */
  at(remote: SocketAddress): AssetId | null
}

/** Which asset stands at an address: by the endpoints of the bundle, and by what sessions have dialled by name. */
export function targetsOf(bundle: Bundle, dialled: ReadonlyMap<string, AssetId>): Targets {
  const { exact, hosts } = endpointsOf(bundle)
  return {
    at(remote) {
      const named = exact.get(showAddress(remote)) ?? dialled.get(showAddress(remote))
      if (named !== undefined) return named
      // Another port of the same machine is the same machine, but for this one, where much else stands.
      return isLoopback(remote.address) ? null : (hosts.get(remote.address) ?? null)
    },
  }
}

/** Reckoned once a bundle. */
const known = new WeakMap<Bundle, { exact: Map<string, AssetId>; hosts: Map<string, AssetId> }>()

function endpointsOf(bundle: Bundle) {
  const before = known.get(bundle)
  if (before !== undefined) return before
  const exact = new Map<string, AssetId>()
  const hosts = new Map<string, AssetId>()
  for (const asset of bundle.assets.values()) {
    for (const endpoint of asset.endpoints) {
      // As the kernel says it, however long the bundle writes it.
      const address = plainIp(endpoint.host)
      if (address === null) continue
      for (const port of portsOf(endpoint)) exact.set(showAddress({ address, port }), asset.id)
    }
    for (const address of addressesOf(asset)) hosts.set(address, asset.id)
  }
  const found = { exact, hosts }
  known.set(bundle, found)
  return found
}

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')
const isLoopback = (address: string): boolean => loopback.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')

/** Tells one connection from every other: both its ends. */
export const keyOf = ({ local, remote }: TargetLeg): string => `${showPlain(local)} ${showPlain(remote)}`

/** One written form of an address, whoever says it. */
export const showPlain = ({ address, port }: SocketAddress): string =>
  showAddress({ address: plainAddress(address), port })

/**
 * @param legs what sessions said before the table was read and after: who had a connection at either time answers for it,
 * and only who had it at both may be missed in between.
 * @param listening the ports of the gateway's own listeners.
 */
export function compareSockets(
  sockets: readonly KernelSocket[],
  legs: { readonly before: readonly Leg[]; readonly after: readonly Leg[] },
  targets: Targets,
  listening: ReadonlySet<number>,
): Compared {
  const answered = new Set([...legs.before, ...legs.after].map(({ leg }) => keyOf(leg)))
  const lasting = new Set(legs.before.map(({ leg }) => keyOf(leg)))
  const live = sockets.filter(({ state }) => state === 'open' || state === 'closing')
  const held = new Set(live.map(keyOf))
  const strangers: Stranger[] = []
  const clients: KernelSocket[] = []
  const others: KernelSocket[] = []
  for (const socket of live) {
    if (answered.has(keyOf(socket))) continue
    const asset = targets.at(socket.remote)
    if (listening.has(socket.local.port)) clients.push(socket)
    else if (asset !== null) strangers.push({ socket, asset })
    else others.push(socket)
  }
  const both = legs.after.filter(({ leg }) => lasting.has(keyOf(leg)))
  return {
    agreed: legs.after.filter(({ leg }) => held.has(keyOf(leg))),
    missing: both.filter(({ leg }) => !held.has(keyOf(leg))),
    strangers,
    clients,
    others,
  }
}
