// The local streams of a recording go once the object store has had them for long enough. It is asked again whether it
// still has each file, the ledger says what is going before it goes, and what a crash left is removed at the next round.

import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { readSeal, recordingDir, streamFile } from '../../recorder/index.ts'
import type { StoredCopy } from '../store/copies.ts'
import type { StoreFault } from '../blobs/blobs.ts'
import { tellDamage, type UploadDeps } from './upload.ts'

/** `settled` when the streams are gone, or stay because the copy is not whole any more. */
export async function leave(deps: UploadDeps, copy: StoredCopy): Promise<{ readonly kind: 'settled' } | StoreFault> {
  const { store, blobs, root, clock } = deps
  const { session } = copy
  const dir = recordingDir(root, session)
  if (copy.state === 'stored') {
    for (const file of await store.copies.files(session)) {
      const found = await blobs.present(file)
      if (found.kind === 'unreachable' || found.kind === 'refused') return found
      if (found.kind === 'present') continue
      // Everything is here still: it is put there once more.
      const damage = {
        file: file.name,
        where: 'store',
        found: found.kind === 'missing' ? 'nothing' : found.found,
      } as const
      await tellDamage(deps, copy, damage, { state: 'due' })
      return { kind: 'settled' }
    }
  }
  const { streams } = (await readSeal(dir)).seal
  if (copy.state === 'stored') {
    const bytes = streams.reduce((sum, { length }) => sum + length, 0)
    await store.change(async (tx) => {
      await tx.ledger.append('recording.local_removed', clock.now(), { session, bytes })
      await tx.copies.update(session, { state: 'leaving' })
    })
  }
  for (const channel of streams.keys()) await rm(join(dir, streamFile(channel)), { force: true })
  await store.bookkeep((tx) => tx.copies.update(session, { state: 'away' }))
  return { kind: 'settled' }
}
