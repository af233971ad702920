// What of files is asked for or granted, as events hold it: the switches in clear, the paths as a commitment.

import type { Events, FileTerms } from '../../policy/index.ts'
import type { Tx } from '../store/store.ts'

export async function transferEntry(
  { ledger }: Pick<Tx, 'ledger'>,
  transfer: FileTerms | undefined,
): Promise<Pick<Events['request.submitted'], 'transfer'>> {
  if (transfer === undefined) return {}
  return { transfer: { allow: transfer.allow, paths: await ledger.commit(transfer.paths.join('\n')) } }
}
