// The tables of the ledger line.

import { tableLines } from '../../../gateway/cli/table.ts'
import { ratioText, sizeText } from '../figures.ts'
import type { LedgerFindings } from './measure.ts'

const rate = (perSecond: number): string => `${perSecond.toFixed(0)}/s`

export function ledgerText({ plain, appends, sizes }: LedgerFindings): string {
  return [
    ...tableLines(
      ['ledger: durable appends', 'a commit each', 'in groups', 'gain', 'groups / plain SQLite'],
      appends.map(({ writers, alone, grouped }) => [
        `${writers} ${writers === 1 ? 'writer' : 'writers'}`,
        rate(alone),
        rate(grouped),
        ratioText(grouped / alone),
        ratioText(grouped / plain),
      ]),
    ),
    '',
    ...tableLines(
      ['ledger: size', 'store', 'proofs made and verified', 'full verification', 'memory for it'],
      sizes.map(({ entries, storeBytes, proofs, verifySeconds, verifyMemory }) => [
        `${entries} entries`,
        sizeText(storeBytes),
        rate(proofs),
        `${verifySeconds.toFixed(1)} s (${rate(entries / verifySeconds)})`,
        `+${sizeText(verifyMemory)}`,
      ]),
    ),
    '',
    `- plain SQLite: ${rate(plain)} for begin, one insert and commit (WAL, synchronous=FULL) by one writer on the same disk`,
    '- appends: every change is on disk when it is answered; entries of about 180 bytes with their tree',
  ].join('\n')
}
