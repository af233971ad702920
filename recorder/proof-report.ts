// What a verifier says of a proof of one entry, for people and programs.

import { quote } from './errors.ts'
import { instant } from './report.ts'
import { parseEntry, type ParsedEntry } from './evidence.ts'
import type { Trust } from './trust.ts'
import { judgeByLedger } from './trusted.ts'
import { judgeCheckpoint, type LogPolicy, type WitnessedVerdict } from './witness/policy.ts'
import { parseProof, verifyProof } from './witness/proof.ts'

/** Plain data: JSON.stringify gives the machine-readable form. */
export type ProofReport =
  | {
      readonly format: 'sallyport-proof-report/v1'
      readonly holds: true
      readonly index: number
      readonly ledger: { readonly origin: string; readonly size: number }
      /** Verifier keys. */
      readonly signedBy: readonly string[]
      /** Names of witnesses, and when each cosigned, in ms since 1970-01-01T00:00:00Z. */
      readonly cosignedBy: readonly { readonly name: string; readonly at: number }[]
      /** Null where the logged bytes are no entry of ours. */
      readonly entry: ParsedEntry | null
    }
  | { readonly format: 'sallyport-proof-report/v1'; readonly holds: false; readonly reason: string }

/** Verifies a proof file against the bytes of an entry, as a policy asks for or else by the keys of a trust file. */
export function reportProof(
  proof: Uint8Array,
  entry: Uint8Array,
  by: { readonly policy: LogPolicy } | { readonly trust: Trust },
): ProofReport {
  const format = 'sallyport-proof-report/v1'
  const parsed = parseProof(proof)
  if (parsed.kind === 'malformed') return { format, holds: false, reason: parsed.reason }
  const judge = (bytes: Uint8Array): WitnessedVerdict =>
    'policy' in by ? judgeCheckpoint(bytes, by.policy) : judgeByTrust(bytes, by.trust)
  const verdict = verifyProof(parsed.value, entry, judge)
  if (verdict.kind === 'not-proven') return { format, holds: false, reason: verdict.reason }
  const { checkpoint, by: signedBy, cosignatures } = verdict.by
  const said = parseEntry(entry)
  return {
    format,
    holds: true,
    index: verdict.index,
    ledger: { origin: checkpoint.origin, size: checkpoint.size },
    signedBy,
    cosignedBy: cosignatures.map(({ cosigner, at }) => ({ name: cosigner.name, at: at * 1000 })),
    entry: said.kind === 'ok' ? said.value : null,
  }
}

/** The report as lines for a person. */
export function formatProofReport(report: ProofReport): string[] {
  if (!report.holds) return [`NOT PROVEN: ${report.reason}`]
  const { index, ledger, signedBy, cosignedBy, entry } = report
  return [
    `PROVEN: entry ${index} of the ${ledger.size} of ${ledger.origin}`,
    ...(entry === null ? [] : [`  ${entry.type} at ${instant(entry.at)}`, `  ${JSON.stringify(entry.data)}`]),
    ...signedBy.map((vkey) => `  signed by ${vkey}`),
    ...cosignedBy.map(({ name, at }) => `  cosigned by ${quote(name)} at ${instant(at)}`),
  ]
}

function judgeByTrust(bytes: Uint8Array, trust: Trust): WitnessedVerdict {
  const verdict = judgeByLedger(bytes, trust.ledger)
  if (verdict.kind !== 'trusted') return verdict
  const { checkpoint } = verdict
  return checkpoint.origin === trust.origin
    ? { ...verdict, cosignatures: [] }
    : {
        kind: 'untrusted',
        checkpoint,
        reason: `it is of ledger ${quote(checkpoint.origin)}, not of ${quote(trust.origin)}`,
      }
}
