// Public host keys in OpenSSH's one-line form: `type base64 [comment]`, where the base64 is the key as the wire has it
// (RFC 4253 6.6; RFC 5656 3.1 for ECDSA; RFC 8709 4 for Ed25519). Checks the form; whose key it is, the dial checks.

import { quote } from '../ids.ts'

export type ParsedHostKey =
  | { readonly kind: 'ok'; readonly key: string }
  | { readonly kind: 'malformed'; readonly reason: string }

const types = ['ssh-ed25519', 'ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp521', 'ssh-rsa'] as const

/** Length of an uncompressed point (SEC 1, 2.3.3): one byte and two coordinates. */
const pointBytes: Readonly<Record<string, number>> = { nistp256: 65, nistp384: 97, nistp521: 133 }

/** Below this, RSA is within reach of an attacker with a budget (NIST SP 800-57 part 1, table 2). */
const leastRsaBits = 2048

/** The key without its comment, or what is wrong with it. */
export function parseHostKey(line: string): ParsedHostKey {
  const malformed = (reason: string): ParsedHostKey => ({
    kind: 'malformed',
    reason: `host key ${quote(line)}: ${reason}`,
  })
  const [type = '', base64 = ''] = line.trim().split(/[ \t]+/)
  if (!types.some((known) => known === type)) {
    const hint = type.includes('-cert-') ? ': certificates are not accepted here' : ''
    return malformed(`expected one of ${types.join(', ')}, got ${quote(type)}${hint}`)
  }
  if (base64 === '') return malformed(`expected \`${type}\` and the key in base64, got only the type`)
  const blob = Buffer.from(base64, 'base64')
  // Buffer passes over what is not base64; writing it back shows whether anything was passed over.
  if (blob.toString('base64') !== base64) return malformed('expected base64 after the type')
  const strings = split(blob)
  if (strings === null) return malformed('expected length-prefixed fields, got a key that is cut short or too long')
  const inner = strings[0]?.toString('latin1') ?? ''
  if (inner !== type) return malformed(`expected a key of type \`${type}\` inside, got ${quote(inner)}`)
  const fault = faultOf(type, strings)
  return fault === null ? { kind: 'ok', key: `${type} ${base64}` } : malformed(fault)
}

/** The blob as strings of RFC 4251 5: a 32-bit big-endian length, then that many bytes. Null when it does not add up. */
function split(blob: Buffer): readonly Buffer[] | null {
  const strings: Buffer[] = []
  for (let at = 0; at < blob.length;) {
    if (at + 4 > blob.length) return null
    const end = at + 4 + blob.readUInt32BE(at)
    if (end > blob.length) return null
    strings.push(blob.subarray(at + 4, end))
    at = end
  }
  return strings
}

function faultOf(type: string, strings: readonly Buffer[]): string | null {
  const [, first, second] = strings
  if (type === 'ssh-ed25519') {
    const length = first?.length ?? 0
    return strings.length === 2 && length === 32 ? null : `expected one field of 32 bytes, got ${length}`
  }
  if (type === 'ssh-rsa') {
    if (strings.length !== 3 || !first?.length || !second?.length) return 'expected an exponent and a modulus'
    // An mpint (RFC 4251 5) has a leading zero byte when its top bit is set.
    const modulus = second[0] === 0 ? second.subarray(1) : second
    const bits = modulus.length * 8 - Math.clz32(modulus[0] ?? 0) + 24
    return bits >= leastRsaBits ? null : `expected at least ${leastRsaBits} bits, got ${bits}`
  }
  const curve = type.slice('ecdsa-sha2-'.length)
  const inside = first?.toString('latin1') ?? ''
  if (strings.length !== 3 || inside !== curve) return `expected the curve \`${curve}\` inside, got ${quote(inside)}`
  return second?.length === pointBytes[curve] && second?.[0] === 4
    ? null
    : `expected an uncompressed point of ${pointBytes[curve]} bytes, got ${second?.length ?? 0}`
}
