// Recordings that stand on disk and that the ledger knows nothing of, since their entries were lost. They are kept; what
// verifies is named in the ledger anew, what does not is told.

import { readdir } from 'node:fs/promises'
import {
  isSessionId,
  recordingDir,
  sealInterrupted,
  verifyRecording,
  type Signer,
  type Verifier,
} from '../../recorder/index.ts'
import type { Events, SessionId } from '../../policy/index.ts'
import type { Store } from '../store/store.ts'
import { bringHome, sessionsAway } from './live-folders.ts'

export type FoundRecording = Events['session.recording_found']

export interface Found {
  readonly recordings: readonly FoundRecording[]
  /** Those that do not verify: they stay where they are, for a person to look at. */
  readonly doubtful: readonly { readonly session: string; readonly why: string }[]
}

/**
 * Looks for them. One without a seal is sealed as interrupted first: only for who holds the folder's lock, when no session
 * can be alive.
 * @param verifiers keys whose seals count.
 */
export async function findRecordings(deps: {
  readonly store: Pick<Store, 'sessions' | 'evidence'>
  readonly root: string
  readonly signer: Signer
  readonly verifiers: readonly Verifier[]
  readonly now: () => number
}): Promise<Found> {
  const { store, root, signer, verifiers, now } = deps
  const recordings: FoundRecording[] = []
  const doubtful: { session: string; why: string }[] = []

  async function isKnown(session: SessionId): Promise<boolean> {
    if ((await store.sessions.byId(session)) !== null) return true
    const filter = { types: ['session.recording_found'], session }
    return (await store.evidence.list(filter, { limit: 1, before: null })).length > 0
  }

  // Those of sessions that the store does know are brought to their places by the next start.
  for (const session of sessionsAway(root)) {
    if (await isKnown(session as SessionId)) continue
    const moved = await bringHome(root, session, async () => null)
    if (moved.kind === 'doubtful') doubtful.push({ session, why: moved.why })
  }
  for (const name of (await readdir(root)).filter(isSessionId).sort()) {
    const session = name as SessionId
    if (await isKnown(session)) continue
    const sealing = await sealInterrupted({ root, sessionId: session, signer, now, reason: 'entries-lost' })
    if (sealing.kind !== 'sealed' && sealing.kind !== 'already-sealed') {
      const why =
        sealing.kind === 'failed' ? sealing.error.message : sealing.kind === 'corrupt' ? sealing.reason : 'is gone'
      doubtful.push({ session, why })
      continue
    }
    const { recording, findings } = await verifyRecording(recordingDir(root, session), { verifiers })
    const { holds, status, channels, frames, sealDigest: seal, manifestDigest: manifest } = recording
    if (!holds || status === null || seal === null || manifest === null) {
      const fault = findings.find((finding) => !finding.holds)
      doubtful.push({ session, why: fault === undefined ? 'has no readable seal' : `${fault.where}: ${fault.what}` })
      continue
    }
    recordings.push({ session, status, seal, manifest, channels, frames })
  }
  return { recordings, doubtful }
}
