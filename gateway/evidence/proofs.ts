// Proof that one entry stands in the ledger, as a file (C2SP tlog-proof v1) that is verified off-line: for whoever needs one
// fact and may not have the whole ledger.

import { writeProof } from '../../recorder/index.ts'
import { GatewayError } from '../errors.ts'
import type { Evidence } from '../store/evidence.ts'
import type { Checkpoints } from './checkpoints.ts'

export interface EntryProof {
  readonly index: number
  /** The entry's canonical JSON, byte for byte as it was logged. */
  readonly entry: string
  /** The text of the proof file, checkpoint and cosignatures included. */
  readonly proof: string
}

export interface Proofs {
  /** @throws GatewayError `not-found` where the ledger has no entry of this number. */
  of(index: number): Promise<EntryProof>
}

export function openProofs(deps: { readonly evidence: Evidence; readonly checkpoints: Checkpoints }): Proofs {
  const { evidence, checkpoints } = deps
  return {
    async of(index) {
      const entry = await evidence.entry(index)
      if (entry === null)
        throw new GatewayError('not-found', `the ledger has no entry \`${index}\`: it holds ${await evidence.size()}`)
      const newest = await checkpoints.latest()
      // The newest one may be cosigned already; a fresh one is made only where the entry is newer.
      const { size, note } = newest !== null && newest.size > index ? newest : await checkpoints.cosigned()
      const proof = await evidence.inclusion(index, size)
      const file = writeProof({ index, proof, checkpoint: Buffer.from(note, 'utf8'), extra: null })
      return { index, entry: Buffer.from(entry).toString('utf8'), proof: file.toString('utf8') }
    },
  }
}
