// Networks as they are declared (CIDR, RFC 4632 and RFC 4291 section 2.3), and whether an address lies in one.

import { BlockList, isIP } from 'node:net'

/** Is this a network as `192.0.2.0/24` or `2001:db8::/32`? */
export function isNetwork(text: string): boolean {
  const { version, bits, rest } = partsOf(text)
  return version !== 0 && rest === 0 && bits <= (version === 6 ? 128 : 32)
}

/**
 * Does the address lie in one of the networks? What is no address lies in none, and what is no network holds none. Node's
 * list also knows an IPv4 address written as IPv6 (RFC 4291 section 2.5.5.2).
 */
export function isInNetworks(address: string, networks: readonly string[]): boolean {
  const version = isIP(address)
  if (version === 0) return false
  const list = new BlockList()
  for (const network of networks.filter(isNetwork)) {
    const { base, bits, version: of } = partsOf(network)
    list.addSubnet(base, bits, of === 6 ? 'ipv6' : 'ipv4')
  }
  return list.check(address, version === 6 ? 'ipv6' : 'ipv4')
}

function partsOf(text: string) {
  const [base = '', prefix = '', ...rest] = text.split('/')
  return { base, bits: /^\d{1,3}$/.test(prefix) ? Number(prefix) : Infinity, version: isIP(base), rest: rest.length }
}
