// How a session is brought to its end on paper: the recording sealed, the end and the seal written as evidence. Where
// that fails it is tried again, soon at first, then every few minutes; what is not sealed when the gateway stops is left
// to the next start.

import { setTimeout as wait } from 'node:timers/promises'
import { RecorderError, type SealResult } from '../../recorder/index.ts'
import type { EndReason, Instant, PersonId } from '../../policy/index.ts'
import type { Clock } from '../clock.ts'
import { tellCorrupt } from '../evidence/corrupt.ts'
import type { Log } from '../log.ts'
import type { Store, Tx } from '../store/store.ts'
import type { SessionFacts } from './facts.ts'
import type { RecordingControl } from './recorder.ts'

/** A kill names who and when, because how fast it worked is measured. */
export interface Kill {
  readonly by: PersonId
  readonly orderedAt: Instant
}

export interface SessionCounts {
  readonly channels: number
  readonly bytesIn: number
  readonly bytesOut: number
}

/** Everything there is to say about an end. */
export interface SessionEnd {
  readonly reason: EndReason
  /** What the person who ended it wrote. */
  readonly detail: string | null
  readonly kill: Kill | null
  /** When every socket was closed. */
  readonly closedAt: Instant
  readonly windowUntil: Instant
  readonly hardUntil: Instant
  /** Since when nothing had moved. */
  readonly idleSince: Instant
  readonly counts: SessionCounts
}

export interface SealingDeps {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  /** Waits between the first tries to seal, ms. */
  readonly retries?: readonly number[]
  /** Wait before each try after these, ms. */
  readonly thereafterMs?: number
}

/** Waits between the tries to seal, ms: a full disk may be noticed and helped, and the register gives a minute. */
const usualRetries: readonly number[] = [1_000, 4_000, 15_000, 30_000]
/** A disk that is full for an hour is helped without a new start: who still works is not to be cut for it. */
const usualThereafterMs = 120_000

export class Sealing {
  readonly #facts: SessionFacts
  readonly #recording: Pick<RecordingControl, 'seal'>
  readonly #deps: SealingDeps
  #seal: SealResult | null = null
  #isEndWritten = false

  constructor(facts: SessionFacts, recording: Pick<RecordingControl, 'seal'>, deps: SealingDeps) {
    this.#facts = facts
    this.#recording = recording
    this.#deps = deps
  }

  /** How far it has come. */
  get state(): 'ending' | 'ended' | 'sealed' {
    return !this.#isEndWritten ? 'ending' : this.#seal ? 'sealed' : 'ended'
  }

  /** The first try; where it fails the next ones go on by themselves. */
  async close(end: SessionEnd): Promise<void> {
    if (!(await this.#settle(end))) void this.#settleLater(end)
  }

  async #settleLater(end: SessionEnd): Promise<void> {
    for (const delay of this.#deps.retries ?? usualRetries) {
      await wait(delay, undefined, { ref: false })
      if (await this.#settle(end)) return
    }
    this.#deps.log.error({ sessionId: this.#facts.id }, 'Session not sealed; tried again every few minutes')
    const thereafterMs = this.#deps.thereafterMs ?? usualThereafterMs
    do await wait(thereafterMs, undefined, { ref: false })
    while (!(await this.#settle(end)))
  }

  /** One try to bring recording and ledger to their end, going on where the last one failed. True when both are there. */
  async #settle(end: SessionEnd): Promise<boolean> {
    const { store, log } = this.#deps
    const { id } = this.#facts
    const isWhole = end.reason !== 'recorder-failed' && end.reason !== 'worker-died'
    const status = isWhole ? 'complete' : 'interrupted'
    let seal = this.#seal
    try {
      seal ??= await this.#recording.seal({ status, reason: end.reason })
    } catch (err) {
      log.error({ err, sessionId: id }, 'Recording not sealed yet; tried again')
      await this.#tellWhereCorrupt(err)
    }
    if (seal === null && this.#isEndWritten) return false
    try {
      await store.change(async (tx) => {
        if (!this.#isEndWritten) await this.#writeEnd(tx, end)
        if (seal) await this.#writeSeal(tx, seal)
      })
    } catch (err) {
      log.error({ err, sessionId: id }, 'End of a session not written yet; tried again')
      return false
    } finally {
      this.#seal = seal
    }
    this.#isEndWritten = true
    if (!seal) return false
    log.info({ sessionId: id, reason: end.reason, seal: seal.sealDigest }, 'Session sealed')
    return true
  }

  /** What nothing will make whole is told now: whoever wrote the recording may have been taken over. */
  async #tellWhereCorrupt(error: unknown): Promise<void> {
    if (!(error instanceof RecorderError) || error.code !== 'corrupt') return
    const { log } = this.#deps
    const { id } = this.#facts
    try {
      const what = error.message.replace(/^seal: /, '')
      await tellCorrupt(this.#deps, id, 'sealing', { where: 'recording', what })
    } catch (err) {
      log.error({ err, sessionId: id }, 'A corrupt recording is not evidence yet; tried again')
    }
  }

  async #writeEnd({ ledger, sessions }: Tx, end: SessionEnd): Promise<void> {
    const { id, startedAt } = this.#facts
    const { reason, detail, kill, closedAt, windowUntil, hardUntil, idleSince, counts } = end
    const at = this.#deps.clock.now()
    if (reason === 'expired') {
      await ledger.append('session.terminated_expiry', at, { session: id, windowUntil, hardUntil })
    }
    if (reason === 'idle') await ledger.append('session.terminated_idle', at, { session: id, idleSince })
    if (kill) {
      const { by, orderedAt } = kill
      const words = await ledger.commit(detail ?? '')
      await ledger.append('session.terminated_kill', at, { session: id, by, reason: words, orderedAt, closedAt })
    }
    await ledger.append('session.ended', at, {
      session: id,
      reason,
      startedAt,
      endedAt: closedAt,
      windowUntil,
      hardUntil,
      idleSince,
      bytesIn: counts.bytesIn,
      bytesOut: counts.bytesOut,
    })
    await sessions.update(id, {
      state: 'ended',
      windowUntil,
      endedAt: closedAt,
      endReason: reason,
      recording: 'unsealed',
      ...counts,
    })
  }

  async #writeSeal({ ledger, sessions }: Tx, seal: SealResult): Promise<void> {
    const { id } = this.#facts
    const { status, sealDigest, channels, frames } = seal
    const entry = { session: id, status, seal: sealDigest, channels, frames }
    const sealIndex = await ledger.append('session.recording_sealed', this.#deps.clock.now(), entry)
    await sessions.update(id, { state: 'sealed', recording: status, seal: sealDigest, sealIndex })
  }
}
