// What stands at a name and a port that somebody asks a tunnel to, and why one is not opened: from what is declared, and
// from nothing else. Who dials is the broker's.

import { endpointOf, parseAssetId, portsOf, type Asset, type Bundle, type Decision } from '../../policy/index.ts'
import type { Destination, Visitor } from '../brokers/broker.ts'

/** Where SSH stands by itself: what `ssh -J` asks for when nothing is said. */
const sshPort = 22

/** SSH where the name is an asset with an SSH endpoint, and the port is its own or the usual one. */
export function destinationOf({ assets }: Pick<Bundle, 'assets'>, named: string, port: number): Destination {
  const parsed = parseAssetId(named)
  const asset = parsed.kind === 'ok' ? assets.get(parsed.id) : undefined
  const endpoint = asset && endpointOf(asset, 'ssh')
  return endpoint && (port === endpoint.port || port === sshPort)
    ? { kind: 'ssh', account: endpoint.account }
    : { kind: 'other' }
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
