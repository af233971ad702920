// Verifying a `.tlog-proof` (c2sp.org/tlog-proof): that one entry stands in the ledger. The entry stands beside the proof,
// `4711.json` beside `4711.tlog-proof`, byte for byte as it was logged.

import { readFile } from 'node:fs/promises'
import type { LogPolicy, Trust } from '../../recorder/index.ts'
import { codeOf, type ExitCode, exitCodes, Failure, messageOf, misused } from './failure.ts'
import type { Output } from './output.ts'
import { plain } from './plain.ts'

export const proofSuffix = '.tlog-proof'

/** @throws Failure where a file cannot be read; misused where nothing says whom to trust. */
export async function verifyProofFile(
  output: Output,
  file: string,
  { trust, policy }: { readonly trust: Trust | null; readonly policy: LogPolicy | null },
): Promise<ExitCode> {
  const { formatProofReport, reportProof } = await import('../../recorder/index.ts')
  const by = policy !== null ? { policy } : trust !== null ? { trust } : null
  if (by === null) throw misused('a proof is verified with --trust FILE or --policy FILE: say whom you trust')
  const entryFile = `${file.slice(0, -proofSuffix.length)}.json`
  const [proof, entry] = await Promise.all([read(file, 'proof'), read(entryFile, 'entry')])
  const report = reportProof(proof, entry, by)
  await output.answer(report, () => formatProofReport(report).map(plain).join('\n'))
  return report.holds ? exitCodes.ok : exitCodes.failed
}

async function read(file: string, what: string): Promise<Buffer> {
  return readFile(file).catch((error: unknown) => {
    const found = codeOf(error) === 'ENOENT' ? 'there is no such file' : messageOf(error)
    throw new Failure(`${what} \`${file}\`: ${found}`, { cause: error })
  })
}
