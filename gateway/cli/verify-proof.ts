// Verifying a `.tlog-proof` (c2sp.org/tlog-proof): that one entry stands in the ledger. The entry stands beside the proof,
// `4711.json` beside `4711.tlog-proof`, byte for byte as it was logged.

import { readFile } from 'node:fs/promises'
import type { LogPolicy, Trust, WitnessedVerdict } from '../../recorder/index.ts'
import { codeOf, type ExitCode, exitCodes, Failure, messageOf, misused } from './failure.ts'
import type { Output } from './output.ts'
import { shown } from './plain.ts'

export const proofSuffix = '.tlog-proof'

/** @throws Failure where a file cannot be read; misused where nothing says whom to trust. */
export async function verifyProofFile(
  output: Output,
  file: string,
  given: { readonly trust: Trust | null; readonly policy: LogPolicy | null },
): Promise<ExitCode> {
  const { parseEntry, parseProof, verifyProof } = await import('../../recorder/index.ts')
  const judge = await judgeBy(given)
  const entryFile = `${file.slice(0, -proofSuffix.length)}.json`
  const [proofBytes, entry] = await Promise.all([read(file, 'proof'), read(entryFile, 'entry')])
  const parsed = parseProof(proofBytes)
  const verdict =
    parsed.kind === 'malformed'
      ? ({ kind: 'not-proven', reason: parsed.reason } as const)
      : verifyProof(parsed.value, entry, judge)
  const said = parseEntry(entry)
  const proven = verdict.kind === 'proven'
  const answer = proven
    ? {
        holds: true,
        index: verdict.index,
        ledger: { origin: verdict.by.checkpoint.origin, size: verdict.by.checkpoint.size },
        signedBy: verdict.by.by,
        cosignedBy: verdict.by.cosignatures.map(({ cosigner, at }) => ({ name: cosigner.name, at: at * 1000 })),
        entry: said.kind === 'ok' ? said.value : null,
      }
    : { holds: false, reason: verdict.reason }
  await output.answer(answer, () =>
    verdict.kind === 'not-proven'
      ? shown`NOT PROVEN: ${verdict.reason}`
      : [
          shown`PROVEN: entry ${verdict.index} of the ${verdict.by.checkpoint.size} of ${verdict.by.checkpoint.origin}`,
          ...(said.kind === 'ok'
            ? [
                shown`  ${said.value.type} at ${new Date(said.value.at).toISOString()}`,
                shown`  ${JSON.stringify(said.value.data)}`,
              ]
            : []),
          ...verdict.by.by.map((vkey) => shown`  signed by ${vkey}`),
          ...verdict.by.cosignatures.map(
            ({ cosigner, at }) => shown`  cosigned by ${cosigner.name} at ${new Date(at * 1000).toISOString()}`,
          ),
        ].join('\n'),
  )
  return proven ? exitCodes.ok : exitCodes.failed
}

async function judgeBy({
  trust,
  policy,
}: {
  readonly trust: Trust | null
  readonly policy: LogPolicy | null
}): Promise<(checkpoint: Uint8Array) => WitnessedVerdict> {
  const { judgeCheckpoint, verifyCheckpoint } = await import('../../recorder/index.ts')
  if (policy !== null) return (checkpoint) => judgeCheckpoint(checkpoint, policy)
  if (trust === null) throw misused('a proof is verified with --trust FILE or --policy FILE: say whom you trust')
  return (bytes) => {
    const verdict = verifyCheckpoint(bytes, trust.verifiers)
    if (verdict.kind !== 'trusted') return verdict
    const { checkpoint } = verdict
    return checkpoint.origin === trust.origin
      ? { ...verdict, cosignatures: [] }
      : {
          kind: 'untrusted',
          checkpoint,
          reason: `it is of ledger \`${checkpoint.origin}\`, not of \`${trust.origin}\``,
        }
  }
}

async function read(file: string, what: string): Promise<Buffer> {
  return readFile(file).catch((error: unknown) => {
    const found = codeOf(error) === 'ENOENT' ? 'there is no such file' : messageOf(error)
    throw new Failure(`${what} \`${file}\`: ${found}`, { cause: error })
  })
}
