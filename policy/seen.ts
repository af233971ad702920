// An address that was seen in the plant's networks, held against the inventory: that of a declared asset, one of a plant's
// own networks that nobody declared, or one from elsewhere, which says nothing of the inventory (ISO/IEC 27001:2022 A.5.9,
// IEC 62443-3-3 SR 7.8).

import { BlockList, isIP } from 'node:net'
import type { Bundle } from './bundle/bundle.ts'
import type { AssetId, PlantId } from './ids.ts'
import type { Asset } from './model.ts'
import { isNetwork } from './networks.ts'

export type SeenAddress =
  | { readonly kind: 'asset'; readonly asset: AssetId }
  | { readonly kind: 'unregistered'; readonly plant: PlantId }
  | { readonly kind: 'elsewhere' }

/** What somebody of the plant says an address is: to be declared, to be taken off the network, or known and no asset. */
export const seenVerdicts = ['register', 'remove', 'known'] as const
export type SeenVerdict = (typeof seenVerdicts)[number]

/** Days within which somebody of the plant has to say what an address is. */
export const triageDays = 7

/** What an address is called, whoever writes it: IPv4 inside IPv6 as IPv4, IPv6 in its shortest form. Null: it is none. */
export function plainIp(text: string): string | null {
  const version = isIP(text)
  if (version === 0) return null
  if (version === 4) return text
  // A zone id (RFC 4007) says where it was seen and not what it is.
  const shortest = new URL(`http://[${text.replace(/%.*$/, '')}]/`).hostname.slice(1, -1)
  const inner = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(shortest)
  if (inner === null) return shortest
  return [inner[1], inner[2]].flatMap((group = '') => [...twoBytes(Number.parseInt(group, 16))]).join('.')
}

const twoBytes = (group: number): readonly number[] => [group >> 8, group & 0xff]

/** The addresses an asset is declared to have: those of its endpoints, and those that are no endpoint. */
export function addressesOf({ addresses, endpoints }: Asset): readonly string[] {
  return [...addresses, ...endpoints.map(({ host }) => host)].flatMap((host) => plainIp(host) ?? [])
}

const inventories = new WeakMap<Bundle, ReturnType<typeof openInventory>>()

/** As `openInventory`, reckoned once a bundle. */
export function inventoryOf(bundle: Bundle): ReturnType<typeof openInventory> {
  const known = inventories.get(bundle) ?? openInventory(bundle)
  inventories.set(bundle, known)
  return known
}

/** Reckons once what the bundle declares; each answer then takes no longer with a hundred thousand assets than with ten. */
export function openInventory(bundle: Bundle): (address: string) => SeenAddress {
  const declared = new Map<string, AssetId>()
  for (const asset of bundle.assets.values()) for (const address of addressesOf(asset)) declared.set(address, asset.id)
  const networks = bundle.scope.plants.map(({ id, networks: of }) => ({ id, list: blockList(of) }))
  return (address) => {
    const plain = plainIp(address)
    if (plain === null) return { kind: 'elsewhere' }
    const asset = declared.get(plain)
    if (asset !== undefined) return { kind: 'asset', asset }
    const family = isIP(plain) === 6 ? 'ipv6' : 'ipv4'
    const plant = networks.find(({ list }) => list.check(plain, family))
    return plant === undefined ? { kind: 'elsewhere' } : { kind: 'unregistered', plant: plant.id }
  }
}

function blockList(networks: readonly string[]): BlockList {
  const list = new BlockList()
  for (const network of networks.filter(isNetwork)) {
    const [base = '', bits = ''] = network.split('/')
    list.addSubnet(base, Number(bits), isIP(base) === 6 ? 'ipv6' : 'ipv4')
  }
  return list
}
