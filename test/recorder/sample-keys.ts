// Names and keys that are the same in every run.

import { createPrivateKey } from 'node:crypto'

import { type Signer, signerFrom } from '../../recorder/index.ts'

export const origin = 'plant1.example/gateway-ledger'
export const sessionA = 'ses_0123456789abcdefghjkmnpqrs'
export const sessionB = 'ses_0000000000000000000000000b'
export const openedAt = 1_767_225_600_000

/** An Ed25519 signer whose key is the same in every run. */
export function signerOf(seed: number, name: string = origin): Signer {
  const pkcs8 = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32, seed)])
  return signerFrom(name, createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' }))
}
