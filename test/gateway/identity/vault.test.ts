import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { openVault } from '../../../gateway/identity/vault.ts'
import { Secret } from '../../../gateway/secret.ts'

const vault = openVault(new Secret(randomBytes(32)))

describe('the vault', () => {
  it('opens what it sealed, never the same way twice', () => {
    const first = vault.seal('credential/x', new Secret('päss'))
    expect(vault.open('credential/x', first).expose()).toBe('päss')
    expect(vault.seal('credential/x', new Secret('päss'))).not.toEqual(first)
  })

  it('opens nothing sealed for another purpose, altered, cut, or by another key', () => {
    const sealed = vault.seal('credential/x', new Secret('s'))
    const altered = Buffer.from(sealed)
    altered[altered.length - 1] = (altered.at(-1) ?? 0) ^ 1
    expect(() => vault.open('credential/y', sealed)).toThrow('does not open')
    expect(() => vault.open('credential/x', altered)).toThrow('does not open')
    expect(() => vault.open('credential/x', sealed.subarray(0, 5))).toThrow('does not open')
    expect(() => openVault(new Secret(randomBytes(32))).open('credential/x', sealed)).toThrow('does not open')
  })
})
