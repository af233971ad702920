// After a crash: recordings nobody closed are sealed as interrupted, with what they hold, and the ledger learns of it.
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
import { tellCorrupt } from './corrupt.ts'
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

  for (const session of await store.sessions.unsealed()) {
    const key = await keyOf(session)
    const outcome = await sealInterrupted({
      root: recordings,
      sessionId: session.id,
      signer,
      now: clock.now,
      ...(session.endReason === null ? {} : { reason: session.endReason }),
      ...(key ? { key } : {}),
    })
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
  return { sealed, damaged }
}
