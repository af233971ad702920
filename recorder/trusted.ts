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

/** Whether a checkpoint is one that a former ledger signed of more entries than are left of it. */
export function isOfFormer(bytes: Uint8Array, { ledgers }: Pick<Trust, 'ledgers'>): boolean {
  return ledgers.some(({ origin, keys, end }) => {
    if (end === null) return false
    const verdict = verifyCheckpoint(
      bytes,
      keys.map(({ verifier }) => verifier),
    )
    return verdict.kind === 'trusted' && verdict.checkpoint.origin === origin && verdict.checkpoint.size > end.size
  })
}

/** Every key of every ledger: those whose signature under a seal is worth looking at. */
export function sealVerifiers({ ledgers }: Trust): readonly Verifier[] {
  return ledgers.flatMap(({ keys }) => keys.map(({ verifier }) => verifier))
}

/** A key that seals are judged by: as in the trust file, and whether its ledger ended, which is the most it can vouch for. */
export interface SealKey extends TrustedKey {
  readonly ended: boolean
}

/** The keys of all ledgers, those of an ended one until its end. */
export function sealKeys(ledgers: readonly Pick<TrustedLedger, 'keys' | 'end'>[]): readonly SealKey[] {
  return ledgers.flatMap(({ keys, end }) =>
    keys.map((key) =>
      end === null || key.until !== null ? { ...key, ended: false } : { ...key, until: end.size, ended: true },
    ),
  )
}

/**
 * What is wrong with a seal signed by these keys and named by entry `index` of the ledger, as a clause; null where nothing is.
 * @param index null where no ledger is at hand that names it.
 * @param isFound whether that entry names a recording found after a declared loss: its seal is older than the entry.
 */
export function sealFault(
  keys: readonly SealKey[],
  sealedBy: readonly string[],
  index: number | null,
  isFound = false,
): string | null {
  for (const vkey of sealedBy) {
    const key = keys.find(({ verifier }) => verifier.vkey === vkey)
    if (key === undefined) return `signed by ${quote(vkey)}, which is no key of this ledger`
    if (key.until === null || (key.ended && isFound)) continue
    if (key.ended && (index === null || index >= key.until))
      return `signed by ${quote(vkey)}, of a ledger that ended with ${key.until} entries, and no entry before that names it`
    if (index === null) return `signed by ${quote(vkey)}, which was retired, and no ledger says that this is older`
    if (index >= key.until)
      return `signed by ${quote(vkey)}, which was retired when the ledger held ${key.until} entries, and entry ${index} names it`
  }
  return null
}
