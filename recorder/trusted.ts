// What the keys of a trust file may vouch for (FORMAT.md section 5.5). A key that was retired is perhaps in other hands: it
// makes no checkpoint count any more, and a seal only where the ledger, under a key in use, named that seal in its time.

import { type CheckpointVerdict, verifyCheckpoint } from './checkpoint.ts'
import { quote } from './errors.ts'
import type { Verifier } from './note.ts'
import type { Trust, TrustedKey, TrustedLedger } from './trust.ts'

/**
 * Judges a checkpoint by the keys of one ledger, retired ones included; whether its origin is the ledger's is for the caller to
 * compare. `by` names the keys that make it count.
 */
export function judgeByLedger(bytes: Uint8Array, ledger: TrustedLedger): CheckpointVerdict {
  const verdict = verifyCheckpoint(
    bytes,
    ledger.keys.map(({ verifier }) => verifier),
  )
  if (verdict.kind !== 'trusted') return verdict
  const { checkpoint, by } = verdict
  const untrusted = (reason: string): CheckpointVerdict => ({ kind: 'untrusted', checkpoint, reason })
  if (ledger.end !== null) {
    const { size, root } = ledger.end
    // The trust file itself says what the ledger was: no key can make it another one.
    return checkpoint.size === size && Buffer.from(checkpoint.root).equals(root)
      ? verdict
      : untrusted(`it is not the one this ledger ended with, of ${size} entries`)
  }
  const signed = ledger.keys.filter(({ verifier }) => by.includes(verifier.vkey))
  for (const { verifier, until } of signed)
    if (until !== null && checkpoint.size > until)
      return untrusted(
        `signed by ${quote(verifier.vkey)}, which was retired when the ledger held ${until} entries, and this is of ${checkpoint.size}`,
      )
  const inUse = signed.filter(({ until }) => until === null)
  const counting = inUse.filter(({ from }) => from === 0 || from < checkpoint.size)
  if (counting.length > 0) return { kind: 'trusted', checkpoint, by: counting.map(({ verifier }) => verifier.vkey) }
  const [early] = inUse
  if (early !== undefined)
    return untrusted(`signed by ${quote(early.verifier.vkey)}, which came with entry ${early.from}, after this`)
  return untrusted(
    `signed only by ${signed.map(({ verifier }) => quote(verifier.vkey)).join(', ')}, which was retired: take a new export, or use the trust file of its time`,
  )
}

/** Every key of every ledger: those whose signature under a seal is worth looking at. */
export function sealVerifiers({ ledgers }: Trust): readonly Verifier[] {
  return ledgers.flatMap(({ keys }) => keys.map(({ verifier }) => verifier))
}

/**
 * What is wrong with a seal signed by these keys and named by entry `index` of the ledger, as a clause; null where nothing is.
 * @param index null where no ledger is at hand that names it.
 */
export function sealFault(
  { keys }: Pick<TrustedLedger, 'keys'>,
  sealedBy: readonly string[],
  index: number | null,
): string | null {
  for (const vkey of sealedBy) {
    const key: TrustedKey | undefined = keys.find(({ verifier }) => verifier.vkey === vkey)
    if (key === undefined) return `signed by ${quote(vkey)}, which is no key of this ledger`
    if (key.until === null) continue
    if (index === null) return `signed by ${quote(vkey)}, which was retired, and no ledger says that this is older`
    if (index >= key.until)
      return `signed by ${quote(vkey)}, which was retired when the ledger held ${key.until} entries, and entry ${index} names it`
  }
  return null
}
