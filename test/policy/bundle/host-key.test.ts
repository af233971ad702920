// Host keys: real ones of every accepted type are taken, and near misses refused.

import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { parseHostKey } from '../../../policy/bundle/host-key.ts'

const text = (value: string | Buffer): Buffer => {
  const bytes = typeof value === 'string' ? Buffer.from(value) : value
  const length = Buffer.alloc(4)
  length.writeUInt32BE(bytes.length)
  return Buffer.concat([length, bytes])
}
const line = (type: string, ...fields: readonly (string | Buffer)[]): string =>
  `${type} ${Buffer.concat([type, ...fields].map(text)).toString('base64')}`
const number = (base64url: string | undefined): Buffer => {
  const bytes = Buffer.from(base64url ?? '', 'base64url')
  return (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), bytes]) : bytes
}
const rsa = (bits: number): string => {
  const { n, e } = generateKeyPairSync('rsa', { modulusLength: bits }).publicKey.export({ format: 'jwk' })
  return line('ssh-rsa', number(e), number(n))
}
const ecdsa = (curve: string, name: string): string => {
  const key: KeyObject = generateKeyPairSync('ec', { namedCurve: curve }).publicKey
  const { x = '', y = '' } = key.export({ format: 'jwk' })
  const point = Buffer.concat([Buffer.of(4), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')])
  return line(`ecdsa-sha2-${name}`, name, point)
}

describe('parseHostKey', () => {
  it.each([
    ['ed25519', line('ssh-ed25519', Buffer.alloc(32, 7))],
    ['ecdsa p-256', ecdsa('P-256', 'nistp256')],
    ['ecdsa p-384', ecdsa('P-384', 'nistp384')],
    ['ecdsa p-521', ecdsa('P-521', 'nistp521')],
    ['rsa of 2048 bits', rsa(2048)],
  ])('takes %s and drops the comment', (_, key) => {
    expect(parseHostKey(`${key} root@ews-1`)).toEqual({ kind: 'ok', key })
  })

  it.each([
    ['an ed25519 key of 31 bytes', line('ssh-ed25519', Buffer.alloc(31)), '32 bytes, got 31'],
    ['something after the key', line('ssh-ed25519', Buffer.alloc(32), 'more'), '32 bytes'],
    ['rsa of 1024 bits', rsa(1024), 'at least 2048 bits, got 1024'],
    ['rsa without a modulus', line('ssh-rsa', Buffer.of(3)), 'exponent and a modulus'],
    [
      'a point on another curve',
      line('ecdsa-sha2-nistp256', 'nistp384', Buffer.alloc(65, 4)),
      'the curve `nistp256` inside',
    ],
    [
      'a compressed point',
      line('ecdsa-sha2-nistp256', 'nistp256', Buffer.alloc(33, 2)),
      'uncompressed point of 65 bytes, got 33',
    ],
    ['dsa', line('ssh-dss', 'x'), 'expected one of ssh-ed25519'],
    ['a certificate', line('ssh-ed25519-cert-v01@openssh.com', 'x'), 'certificates are not accepted'],
    ['no key', 'ssh-ed25519', 'got only the type'],
    ['no base64', 'ssh-ed25519 AAAA!!!!', 'expected base64'],
    [
      'a length that runs past the end',
      `ssh-ed25519 ${Buffer.from('ffffffff00', 'hex').toString('base64')}`,
      'cut short',
    ],
    ['nothing', '', 'expected one of'],
  ])('refuses %s', (_, key, reason) => {
    const parsed = parseHostKey(key)
    expect(parsed.kind === 'malformed' && parsed.reason).toContain(reason)
  })
})
