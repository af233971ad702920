// Where rows of the store show in clear what an entry of the ledger holds as a commitment: they are erased with the value,
// by an erasure and by one that is done again after a loss.

import type { EvidenceEvent, FileTransferId, SessionId } from '../../policy/index.ts'
import type { Tx } from '../store/store.ts'

export type ShownValue =
  /** The address a session came from. */
  | { readonly kind: 'source'; readonly session: SessionId }
  /** The path of a file in the airlock; what its archive names and how it was declared go with it. */
  | { readonly kind: 'file'; readonly file: FileTransferId }
  /** What somebody wrote when they decided on a file. */
  | { readonly kind: 'file-reason'; readonly file: FileTransferId }

/** What rows show in place of it. */
export const erasedText = 'erased'

/** The row that shows this commitment of this entry; null where none does. */
export function shownBy({ type, data }: Pick<EvidenceEvent, 'type' | 'data'>, commitment: string): ShownValue | null {
  if (type === 'session.started' && data['source'] === commitment)
    return { kind: 'source', session: data['session'] as SessionId }
  if (type === 'file.transfer_requested' && data['path'] === commitment)
    return { kind: 'file', file: data['file'] as FileTransferId }
  if ((type === 'file.released' || type === 'file.blocked') && data['reason'] === commitment)
    return { kind: 'file-reason', file: data['file'] as FileTransferId }
  return null
}

export async function eraseShown(
  { sessions, fileTransfers }: Pick<Tx, 'sessions' | 'fileTransfers'>,
  shown: ShownValue,
) {
  switch (shown.kind) {
    case 'source':
      return sessions.eraseSource(shown.session, erasedText)
    case 'file':
      return fileTransfers.eraseNames(shown.file, erasedText)
    case 'file-reason':
      return fileTransfers.eraseReason(shown.file, erasedText)
  }
}
