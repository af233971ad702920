// Keys for the tests of witnesses: made anew in each run, since nothing depends on which they are.

import { generateKeyPairSync } from 'node:crypto'
import { signerFrom } from '../../../recorder/note.ts'
import { type Cosigner, cosignerFrom, parseCosignerKey } from '../../../recorder/witness/cosignature.ts'

export const origin = 'plant1.example/gateway-ledger'

export function newLog(name = origin) {
  return signerFrom(name, generateKeyPairSync('ed25519').privateKey)
}

export function newWitness(name: string, kind: 'ed25519' | 'ml-dsa-44' = 'ed25519') {
  const pair = kind === 'ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('ml-dsa-44')
  const key = cosignerFrom(name, pair.privateKey)
  const parsed = parseCosignerKey(key.vkey)
  if (parsed.kind === 'malformed') throw new Error(parsed.reason)
  const cosigner: Cosigner = parsed.value
  return { key, cosigner }
}
