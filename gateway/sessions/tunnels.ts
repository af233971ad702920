// What stands at a name and a port that somebody asks a tunnel to, and why one is not opened: from what is declared, and
// from nothing else. Who dials is the broker's.

import {
  endpointOf,
  featuresOf,
  parseAssetId,
  portsOf,
  type Asset,
  type Bundle,
  type Decision,
  type Grant,
  type Protocol,
} from '../../policy/index.ts'
import type { Destination, TunnelsTo, Visitor } from '../brokers/broker.ts'

/** Where SSH stands by itself: what `ssh -J` asks for when nothing is said. */
const sshPort = 22

/**
 * SSH where the name is an asset with an SSH endpoint, and the port is its own or the usual one.
 * @param grants of who asks: nobody else is told the account on the target.
 */
export function destinationOf(
  { assets }: Pick<Bundle, 'assets'>,
  named: string,
  port: number,
  grants: readonly Pick<Grant, 'asset' | 'protocol'>[],
): Destination {
  const parsed = parseAssetId(named)
  const asset = parsed.kind === 'ok' ? assets.get(parsed.id) : undefined
  const endpoint = asset && endpointOf(asset, 'ssh')
  if (!asset || !endpoint || (port !== endpoint.port && port !== sshPort)) return { kind: 'other' }
  const isTheirs = grants.some((grant) => grant.asset === asset.id && grant.protocol === 'ssh')
  return { kind: 'ssh', account: isTheirs ? endpoint.account : null }
}

/** Is telnet what an asset is reached by? Then it has no SSH. */
export function speaksTelnet({ assets }: Pick<Bundle, 'assets'>, named: string): boolean {
  const parsed = parseAssetId(named)
  const asset = parsed.kind === 'ok' ? assets.get(parsed.id) : undefined
  return asset !== undefined && endpointOf(asset, 'telnet') !== null
}

export const noTunnelToLook =
  'the session may only observe: nobody can tell looking from doing in a tunnel, so none is opened'

/** Why this port of the asset is not reached, or null where it is declared. */
export function portRefusal(asset: Asset, port: number): string | null {
  const endpoint = endpointOf(asset, 'tcp')
  if (endpoint === null)
    return `asset \`${asset.id}\` is reached through no tunnel: its owner, ${asset.owner}, declares none`
  if (endpoint.ports.includes(port)) return null
  return `asset \`${asset.id}\` declares no port ${port}: declared ${endpoint.ports.length === 1 ? 'is' : 'are'} ${portsOf(endpoint).join(', ')}`
}

/** Where tunnels of a session may lead by what is declared of its asset; an asset that is gone leads nowhere. */
export function tunnelsTo(asset: Asset | undefined, protocol: Protocol): TunnelsTo {
  const tcp = asset && protocol === 'tcp' ? endpointOf(asset, 'tcp') : null
  const ssh = asset && protocol === 'ssh' ? endpointOf(asset, 'ssh') : null
  return {
    host: tcp?.host ?? null,
    ports: tcp?.ports ?? [],
    loopback: ssh ? featuresOf(ssh).includes('forward') : false,
  }
}

/** Why a permitted connection opens no tunnel all the same, or null. */
export function tunnelRefusal(
  asset: Asset,
  port: number,
  { person }: Pick<Visitor, 'person'>,
  { obligations }: Pick<Decision & { kind: 'permit' }, 'obligations'>,
): string | null {
  if (person.machine) return 'a machine account runs the commands declared for it, and opens no tunnel'
  if (obligations.some(({ kind }) => kind === 'observe-only')) return noTunnelToLook
  return portRefusal(asset, port)
}
