// After a crash: recordings nobody closed are sealed as interrupted, with what they hold, and the ledger learns of it.
// One that is damaged is left for a person to look at and does not keep the others waiting.

import {
  recordingDir,
  RecorderError,
  sealInterrupted,
  unwrapSessionKey,
  type InterruptedOutcome,
  type Signer,
} from '../../recorder/index.ts'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { Secret } from '../secret.ts'
import type { StoredSession } from '../store/sessions.ts'
import type { Store } from '../store/store.ts'

export interface Recovery {
  readonly sealed: number
  readonly damaged: number
}

/** Seals every session the store holds as unfinished. Called before a listener opens, when no session can be alive. */
export async function recoverSessions(deps: {
  readonly store: Store
  readonly recordings: string
  readonly signer: Signer
  readonly identity: Secret<string>
  readonly clock: Clock
  readonly log: Log
}): Promise<Recovery> {
  const { store, recordings, signer, identity, clock, log } = deps
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
      return await unwrapSessionKey(recordingDir(recordings, session.id), [identity.expose()])
    } catch (error) {
      if (error instanceof RecorderError) return null
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
    if (outcome.kind === 'sealed' || outcome.kind === 'already-sealed') {
      sealed++
      log.warn(
        { sessionId: session.id, status: outcome.status, frames: outcome.frames },
        'Session sealed after a crash',
      )
    } else {
      damaged++
      log.error({ sessionId: session.id, outcome }, 'Recording of a crashed session is damaged or missing')
    }
  }
  return { sealed, damaged }
}
