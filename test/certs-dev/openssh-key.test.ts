import { execFileSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import fc from 'fast-check'
import ssh2 from 'ssh2'
import { afterAll, describe, expect, it } from 'vitest'

import { encodeOpensshKey, generateOpensshKey } from '../../certs-dev/openssh-key.ts'
import type { OpensshKey } from '../../certs-dev/openssh-key.ts'
import { describeWith } from '../support/describe-with.ts'
import { partPath } from '../support/parts.ts'

const folder = mkdtempSync(join(tmpdir(), 'sallyport-test-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Whether ssh2 reads both halves and what one signs the other verifies. */
function isPairForSsh2(key: OpensshKey): boolean {
  const secret = ssh2.utils.parseKey(key.private)
  const open = ssh2.utils.parseKey(key.public)
  if (secret instanceof Error || open instanceof Error) return false
  const text = Buffer.from('a text to sign')
  return open.verify(text, secret.sign(text)) === true
}

/** A key pair whose public key starts with a zero byte: about one in 256 does. */
function findLeadingZero(): { seed: Buffer; publicKey: Buffer } {
  for (;;) {
    const jwk = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' })
    const publicKey = Buffer.from(jwk.x ?? '', 'base64url')
    if (publicKey[0] === 0) return { seed: Buffer.from(jwk.d ?? '', 'base64url'), publicKey }
  }
}

describe('generateOpensshKey', () => {
  it('makes pairs that ssh2 reads, whatever the comment', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[ -~]{0,40}$/), (comment) => isPairForSsh2(generateOpensshKey(comment))),
      { numRuns: 50 },
    )
  })

  it('keeps a leading zero byte of the public key, which the generator of ssh2 1.17 drops', () => {
    const { seed, publicKey } = findLeadingZero()
    expect(isPairForSsh2(encodeOpensshKey(seed, publicKey, 'zero'))).toBe(true)
  })

  it('refuses a comment that would break the line', () => {
    expect(() => generateOpensshKey('one\ntwo')).toThrow('expected one line')
  })

  it('refuses keys of another length', () => {
    expect(() => encodeOpensshKey(Buffer.alloc(31), Buffer.alloc(32), '')).toThrow('expected 32 and 32 bytes')
  })
})

describeWith('ssh-keygen', 'generateOpensshKey, read by ssh-keygen', () => {
  it('yields the public key, fingerprint and comment that it says', () => {
    const key = generateOpensshKey('the comment')
    const path = join(folder, 'key')
    writeFileSync(path, key.private, { mode: 0o600 })
    writeFileSync(`${path}.pub`, key.public)
    const keygen = partPath('ssh-keygen')
    expect(execFileSync(keygen, ['-y', '-f', path], { encoding: 'utf8' })).toBe(key.public)
    const listed = execFileSync(keygen, ['-l', '-f', path], { encoding: 'utf8' })
    expect(listed).toBe(`256 ${key.fingerprint} the comment (ED25519)\n`)
  })
})
