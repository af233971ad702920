// One living session. It owns the recording and the timers; it ends once, for one reason, whoever asks first; and when
// its broker has closed every socket it seals the recording and writes how it ended. Where sealing fails it is tried again
// for a minute; what is not sealed then is left to the next start.

import { setTimeout as wait } from 'node:timers/promises'
import type { Recording, SealResult } from '../../recorder/index.ts'
import type { AssetId, EndReason, GrantId, PersonId, PlantId, SessionId } from '../../policy/index.ts'
import type { ChannelOpening, ChannelRecord, SessionListener } from '../brokers/broker.ts'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { SessionState } from '../store/sessions.ts'
import type { Store, Tx } from '../store/store.ts'
import { nextWarning, sentenceFor } from './expiry.ts'

export interface SessionFacts {
  readonly id: SessionId
  readonly grant: GrantId
  readonly person: PersonId
  readonly asset: AssetId
  readonly plant: PlantId
  readonly timeZone: string
  readonly startedAt: number
}

/** A kill names who and when, because how fast it worked is measured. */
interface Kill {
  readonly by: PersonId
  readonly orderedAt: number
}

interface Ending {
  readonly reason: EndReason
  /** What the person who ended it wrote. */
  readonly detail: string | null
  readonly kill: Kill | null
}

export interface SessionCounts {
  readonly channels: number
  readonly bytesIn: number
  readonly bytesOut: number
}

/** setTimeout holds 31 bits of milliseconds; a longer wait is taken in steps. */
const longestWait = 2 ** 31 - 1

/** Waits between the tries to seal, ms: a full disk may be noticed and helped, and the register gives a minute. */
const usualRetries: readonly number[] = [1_000, 4_000, 15_000, 30_000]

export class LiveSession {
  readonly facts: SessionFacts
  readonly #recording: Recording
  readonly #store: Store
  readonly #clock: Clock
  readonly #log: Log
  readonly #onOver: () => void
  readonly #retries: readonly number[]
  #listener: SessionListener | null = null
  #state: SessionState = 'active'
  #windowUntil: number
  #ending: Ending | null = null
  #sealing: Promise<void> | null = null
  #closedAt = 0
  #seal: SealResult | null = null
  #isEndWritten = false
  #timer: NodeJS.Timeout | null = null
  #channels = 0
  #bytesIn = 0
  #bytesOut = 0
  #sync: NodeJS.Timeout

  constructor(
    facts: SessionFacts,
    windowUntil: number,
    recording: Recording,
    deps: {
      readonly store: Store
      readonly clock: Clock
      readonly log: Log
      /** It lives no more: its end is written, or could not be. */
      readonly onOver: () => void
      /** Waits between the tries to seal, ms. */
      readonly retries?: readonly number[]
    },
  ) {
    this.facts = facts
    this.#windowUntil = windowUntil
    this.#recording = recording
    this.#store = deps.store
    this.#clock = deps.clock
    this.#log = deps.log
    this.#onOver = deps.onOver
    this.#retries = deps.retries ?? usualRetries
    this.#arm()
    // What the kernel holds reaches the disk within a second, also while nobody types.
    this.#sync = setInterval(() => {
      recording.sync().catch((error: unknown) => this.#recorderFailed(error))
    }, 1000)
  }

  get state(): SessionState {
    return this.#state
  }

  get windowUntil(): number {
    return this.#windowUntil
  }

  get counts(): SessionCounts {
    return { channels: this.#channels, bytesIn: this.#bytesIn, bytesOut: this.#bytesOut }
  }

  listen(listener: SessionListener): void {
    this.#listener = listener
    if (this.#ending) listener.end(this.#ending.reason, this.#sentence(this.#ending))
  }

  /** Binds a record to a new channel. @throws RecorderError when it cannot be written; the session ends then. */
  record(opening: ChannelOpening): ChannelRecord {
    const guarded = <T>(write: () => T): T => {
      try {
        return write()
      } catch (error) {
        this.#recorderFailed(error)
        throw error
      }
    }
    const { kind, command, terminal } = opening
    const writer = guarded(() =>
      this.#recording.openChannel({
        kind,
        ...(command === null ? {} : { command }),
        ...terminal,
      }),
    )
    this.#channels++
    return {
      data: (direction, pieces) => {
        guarded(() => writer.data(direction, pieces))
        const bytes = pieces.reduce((sum, piece) => sum + piece.length, 0)
        if (direction === 'in') this.#bytesIn += bytes
        else this.#bytesOut += bytes
      },
      resize: (columns, lines) => guarded(() => writer.resize(columns, lines)),
      signal: (name) => guarded(() => writer.signal(name)),
      exit: (status) => guarded(() => writer.exit(status)),
      notice: (text) => guarded(() => writer.notice(text)),
      close: () => guarded(() => writer.close()),
    }
  }

  /** The grant was extended: the session may stay until the new end. */
  extend(until: number): void {
    if (this.#ending) return
    this.#windowUntil = until
    this.#arm()
    this.#listener?.warn(`access was extended: it now ends at ${this.#clockTime(until)}`)
  }

  /** Ends the session; the broker is told at once. The first reason stays. */
  end(reason: EndReason, detail: string | null = null, kill: Kill | null = null): void {
    const ending = { reason, detail, kill }
    if (!this.#begin(ending)) return
    this.#log.info({ sessionId: this.facts.id, reason }, 'Session ending')
    this.#listener?.end(reason, this.#sentence(ending))
  }

  /** The broker ends the session by itself and needs no telling. */
  ending(reason: EndReason): void {
    this.#begin({ reason, detail: null, kill: null })
  }

  /**
   * Every socket is closed: seals, and writes the end as evidence. Resolves after the first try; where that failed the
   * next ones go on by themselves.
   */
  closed(): Promise<void> {
    this.ending('client')
    this.#sealing ??= this.#close()
    return this.#sealing
  }

  #begin(ending: Ending): boolean {
    if (this.#ending) return false
    this.#ending = ending
    this.#state = 'ending'
    if (this.#timer) clearTimeout(this.#timer)
    return true
  }

  #recorderFailed(error: unknown): void {
    if (this.#ending?.reason === 'recorder-failed' || this.#sealing) return
    this.#log.error({ err: error, sessionId: this.facts.id }, 'Recording failed; the session ends')
    this.end('recorder-failed')
  }

  /** One timer for the next thing that is due: a warning, or the end. */
  #arm(): void {
    if (this.#timer) clearTimeout(this.#timer)
    const now = this.#clock.now()
    const warning = nextWarning(now, this.#windowUntil)
    const due = warning?.at ?? this.#windowUntil
    const wait = Math.min(Math.max(due - now, 0), longestWait)
    this.#timer = setTimeout(() => this.#due(warning), wait)
  }

  #due(warning: { readonly at: number; readonly text: string } | null): void {
    const now = this.#clock.now()
    if (now >= this.#windowUntil) return this.end('expired')
    if (warning && now >= warning.at)
      this.#listener?.warn(
        `${warning.text}, at ${this.#clockTime(this.#windowUntil)}: ask the approver for an extension if you need longer`,
      )
    this.#arm()
  }

  #clockTime(instant: number): string {
    const { timeZone } = this.facts
    const shown = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', second: '2-digit' })
    return `${shown.format(instant)} (${timeZone})`
  }

  #sentence({ reason, detail }: Ending): string {
    return sentenceFor(reason, detail, this.#clockTime(this.#windowUntil))
  }

  async #close(): Promise<void> {
    clearInterval(this.#sync)
    this.#closedAt = this.#clock.now()
    const isSealed = await this.#settle()
    // Sealed or not, it lives no more: it counts for nobody and holds up no stop.
    this.#onOver()
    if (!isSealed) void this.#settleLater()
  }

  async #settleLater(): Promise<void> {
    for (const delay of this.#retries) {
      await wait(delay, undefined, { ref: false })
      if (await this.#settle()) return
    }
    this.#log.error({ sessionId: this.facts.id }, 'Session not sealed; the next start does')
  }

  /** One try to bring recording and ledger to their end, going on where the last one failed. True when both are there. */
  async #settle(): Promise<boolean> {
    const ending: Ending = this.#ending ?? { reason: 'client', detail: null, kill: null }
    const { id } = this.facts
    const status = ending.reason === 'recorder-failed' ? 'interrupted' : 'complete'
    try {
      this.#seal ??= await this.#recording.seal({ status, reason: ending.reason })
    } catch (err) {
      this.#log.error({ err, sessionId: id }, 'Recording not sealed yet; tried again')
    }
    const seal = this.#seal
    if (seal === null && this.#isEndWritten) return false
    try {
      await this.#store.change(async (tx) => {
        if (!this.#isEndWritten) await this.#writeEnd(tx, ending)
        if (seal) await this.#writeSeal(tx, seal)
      })
    } catch (err) {
      this.#log.error({ err, sessionId: id }, 'End of a session not written yet; tried again')
      return false
    }
    this.#isEndWritten = true
    this.#state = seal ? 'sealed' : 'ended'
    if (!seal) return false
    this.#log.info({ sessionId: id, reason: ending.reason, seal: seal.sealDigest }, 'Session sealed')
    return true
  }

  async #writeEnd({ ledger, sessions }: Tx, { reason, detail, kill }: Ending): Promise<void> {
    const { id, startedAt } = this.facts
    const [at, closedAt, windowUntil] = [this.#clock.now(), this.#closedAt, this.#windowUntil]
    if (reason === 'expired') await ledger.append('session.terminated_expiry', at, { session: id, windowUntil })
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
      bytesIn: this.#bytesIn,
      bytesOut: this.#bytesOut,
    })
    await sessions.update(id, {
      state: 'ended',
      windowUntil,
      endedAt: closedAt,
      endReason: reason,
      recording: 'unsealed',
      ...this.counts,
    })
  }

  async #writeSeal({ ledger, sessions }: Tx, seal: SealResult): Promise<void> {
    const { id } = this.facts
    const { status, sealDigest, channels, frames } = seal
    const entry = { session: id, status, seal: sealDigest, channels, frames }
    const sealIndex = await ledger.append('session.recording_sealed', this.#clock.now(), entry)
    await sessions.update(id, { state: 'sealed', recording: status, seal: sealDigest, sealIndex })
  }
}
