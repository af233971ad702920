// The row of a session whose recording was found on disk after a declared loss: made of its manifest and its seal, so that it
// is listed, replayed, kept and exported like others. What only the lost entries knew (where from, until when it was allowed)
// stays unknown.

import { join } from 'node:path'
import { Value } from 'typebox/value'
import { readManifest, readSeal } from '../../recorder/index.ts'
import type { AssetId, GrantId, PersonId, PlantId, Protocol, SessionId } from '../../policy/index.ts'
import { endReason } from '../../policy/events/words.ts'
import type { StoredSession } from '../store/sessions.ts'
import type { Store } from '../store/store.ts'
import type { FoundRecording } from './found-recordings.ts'

/** Which entry names its seal is known when that is written. */
export type FoundRow = Omit<StoredSession, 'sealIndex'>

/** What a session's row shows in place of the address somebody came from. */
const lostSource = 'lost'

/**
 * @returns null where the person or the grant was lost with the entries: then there is nothing its row could hang on.
 * @throws RecorderError where its files cannot be read.
 */
export async function rowOfFound(
  { people, grants }: Pick<Store, 'people' | 'grants'>,
  root: string,
  { session, status, seal: sealDigest, channels }: FoundRecording,
): Promise<FoundRow | null> {
  const dir = join(root, session)
  const { manifest } = await readManifest(dir)
  const { seal } = await readSeal(dir)
  const { asset, plant, person, grant, protocol } = manifest.meta
  // INVARIANT: our own writer puts these there, and the seal names the manifest by its digest.
  const known = { person: person as PersonId, grant: grant as GrantId }
  if ((await people.byId(known.person)) === null || (await grants.byId(known.grant)) === null) return null
  return {
    ...known,
    id: session as SessionId,
    asset: asset as AssetId,
    plant: plant as PlantId,
    protocol: protocol as Protocol,
    state: 'sealed',
    startedAt: manifest.openedAt,
    windowUntil: seal.closedAt,
    endedAt: seal.closedAt,
    endReason: Value.Check(endReason, seal.reason) ? seal.reason : 'interrupted',
    channels,
    bytesIn: 0,
    bytesOut: 0,
    source: lostSource,
    recording: status,
    seal: sealDigest,
    assetType: null,
    labels: [],
  }
}
