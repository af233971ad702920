// After a crash: recordings nobody closed are brought to their places from the folders of workers, sealed as interrupted,
// with what they hold, and the ledger learns of it.
// One that is damaged is left for a person to look at and does not keep the others waiting.

import {
  readSeal,
  recordingDir,
  RecorderError,
  sealInterrupted,
  unwrapSessionKey,
  type InterruptedOutcome,
  type Signer,
  type StreamHead,
} from '../../recorder/index.ts'
import type { SessionId } from '../../policy/index.ts'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { Secret } from '../secret.ts'
import type { StoredSession } from '../store/sessions.ts'
import type { Store } from '../store/store.ts'
import { systemCode } from '../start-problem.ts'
import { tellCorrupt } from './corrupt.ts'
import { readKeyHistory, trustedKeysOf } from './ledger-keys.ts'
import { bringHome, leaveLiveFolder, liveRecordingsIn, type Moved } from './live-folders.ts'
import { statementsOf } from './statements.ts'

export interface Recovery {
  readonly sealed: number
  readonly damaged: number
}

/** Seals every session the store holds as unfinished. Called before a listener opens, when no session can be alive. */
export async function recoverSessions(deps: {
  readonly store: Store
  readonly recordings: string
  readonly signer: Signer
  readonly identities: readonly Secret<string>[]
  readonly clock: Clock
  readonly log: Log
}): Promise<Recovery> {
  const { store, recordings, signer, identities, clock, log } = deps
  let sealed = 0
  let damaged = 0

  /** Writes what the ledger lacks: the end where nobody wrote it, and the seal where there is one. */
  async function finish(session: StoredSession, outcome: InterruptedOutcome): Promise<void> {
    const now = clock.now()
    const seal = outcome.kind === 'sealed' || outcome.kind === 'already-sealed' ? outcome : null
    const isOver = outcome.kind !== 'failed'
    await store.change(async (tx) => {
      // A session that ended while it could not be sealed keeps its reason and its time.
      if (session.endedAt === null)
        await tx.ledger.append('session.ended', now, {
          session: session.id,
          reason: 'interrupted',
          startedAt: session.startedAt,
          endedAt: now,
          windowUntil: session.windowUntil,
          // What the asset would have let it observe after that is no longer known, and was not used.
          hardUntil: session.windowUntil,
          idleSince: null,
          bytesIn: session.bytesIn,
          bytesOut: session.bytesOut,
        })
      const sealIndex = seal
        ? await tx.ledger.append('session.recording_sealed', now, {
            session: session.id,
            status: seal.status,
            seal: seal.sealDigest,
            channels: seal.channels,
            frames: seal.frames,
          })
        : null
      await tx.sessions.update(session.id, {
        state: isOver ? 'sealed' : 'ended',
        endedAt: session.endedAt ?? now,
        endReason: session.endReason ?? 'interrupted',
        recording: seal?.status ?? (isOver ? 'missing' : 'unsealed'),
        seal: seal?.sealDigest ?? null,
        sealIndex,
        channels: seal?.channels ?? session.channels,
      })
    })
  }

  /** With the key the prefix also ends where a frame does not authenticate: blocks that a power cut took. */
  async function keyOf(session: StoredSession): Promise<Buffer | null> {
    try {
      const opened = identities.map((identity) => identity.expose())
      return await unwrapSessionKey(recordingDir(recordings, session.id), opened)
    } catch (error) {
      if (error instanceof RecorderError) return null
      throw error
    }
  }

  /** What the ledger says a stream held, and is not there any more: no crash takes what was synced before that. */
  async function tellGaps({ id }: StoredSession): Promise<void> {
    const { heads } = await statementsOf(store.evidence, id)
    const streams = heads.size === 0 ? [] : await streamsOf(id)
    const gaps = [...heads].flatMap(([channel, said]) => {
      const held = said.reduce((most, head) => (head.length > most.length ? head : most))
      const { frames, length } = streams[channel] ?? { frames: 0, length: 0 }
      return length < held.length
        ? [{ channel, held: { frames: held.frames, length: held.length }, frames, length }]
        : []
    })
    if (gaps.length === 0) return
    await store.change(async (tx) => {
      for (const gap of gaps) await tx.ledger.append('session.recording_gap', clock.now(), { session: id, ...gap })
    })
    log.error({ sessionId: id, gaps }, 'A recording holds less than the ledger says it did')
  }

  /** The sealed streams; none where there is no seal to read. */
  async function streamsOf(session: SessionId): Promise<readonly StreamHead[]> {
    try {
      return (await readSeal(recordingDir(recordings, session))).seal.streams
    } catch (error) {
      if (error instanceof RecorderError) return []
      throw error
    }
  }

  async function manifestOf(session: SessionId): Promise<string | null> {
    const filter = { types: ['session.recording_started'], session }
    const [entry] = await store.evidence.list(filter, { limit: 1, before: null })
    return typeof entry?.data['manifest'] === 'string' ? entry.data['manifest'] : null
  }

  async function home({
    id,
  }: StoredSession): Promise<Moved | { readonly kind: 'failed'; readonly error: RecorderError }> {
    try {
      const { folder, ...moved } = await bringHome(recordings, id, () => manifestOf(id))
      if (folder !== null)
        await leaveLiveFolder(folder).catch((err: unknown) =>
          log.warn({ err, folder }, 'The folder of an earlier worker could not be removed'),
        )
      return moved
    } catch (cause) {
      if (systemCode(cause) === '') throw cause
      const message = `recording: not brought to its place: ${systemCode(cause)}`
      return { kind: 'failed', error: new RecorderError('unreadable', message, { cause }) }
    }
  }

  async function seal(session: StoredSession): Promise<InterruptedOutcome> {
    const moved = await home(session)
    if (moved.kind === 'failed') return moved
    if (moved.kind === 'doubtful') return { kind: 'corrupt', reason: moved.why }
    const key = await keyOf(session)
    return sealInterrupted({
      root: recordings,
      sessionId: session.id,
      signer,
      verifiers,
      now: clock.now,
      ...(session.endReason === null ? {} : { reason: session.endReason }),
      ...(key ? { key } : {}),
    })
  }

  const history = await readKeyHistory(store.evidence, signer.vkey)
  const verifiers = trustedKeysOf(history).map(({ verifier }) => verifier)
  for (const session of await store.sessions.unsealed()) {
    const outcome = await seal(session)
    if (outcome.kind === 'failed') {
      damaged++
      if (session.endedAt === null) await finish(session, outcome)
      log.error(
        { err: outcome.error, sessionId: session.id },
        'Recording could not be sealed; tried again at the next start',
      )
      continue
    }
    await finish(session, outcome)
    await tellGaps(session)
    if (outcome.kind === 'sealed' || outcome.kind === 'already-sealed') {
      sealed++
      log.warn(
        { sessionId: session.id, status: outcome.status, frames: outcome.frames },
        'Session sealed after a crash',
      )
    } else {
      damaged++
      log.error({ sessionId: session.id, outcome }, 'Recording of a crashed session is damaged or missing')
      const what = outcome.kind === 'corrupt' ? outcome.reason : 'is not there'
      await tellCorrupt({ store, clock, log }, session.id, 'start', { where: 'recording', what })
    }
  }
  const strange = liveRecordingsIn(recordings)
  if (strange.length > 0)
    log.warn({ strange }, 'Folders of earlier workers hold recordings that no session of the ledger waits for')
  return { sealed, damaged }
}
