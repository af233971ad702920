// One living session: where it stands, whom it tells, and what it does when something is due. It ends once, for one
// reason, whoever asks first. What is due when is due.ts's, pure; bringing recording and ledger to their end is
// sealing.ts's; whether it is still permitted is asked by reevaluation.ts, which tells it the answer.

import type { Recording } from '../../recorder/index.ts'
import type {
  AssetId,
  EndReason,
  ExpiryBehaviour,
  GrantId,
  InputStop,
  Instant,
  MfaKind,
  Obligation,
  PersonId,
  PlantId,
  Protocol,
  SessionId,
  SupplierId,
} from '../../policy/index.ts'
import type { ChannelOpening, ChannelRecord, Flow, SessionListener } from '../brokers/broker.ts'
import type { SessionState } from '../store/sessions.ts'
import type { Tx } from '../store/store.ts'
import { ChannelBook } from './channel-book.ts'
import { dueAt, hardUntil, type Lapse, type Stand } from './due.ts'
import { clockTime, dueWarning, idleWarning, nextWarning, sentenceFor, stopSentence, warningsOf } from './expiry.ts'
import { Observers } from './observers.ts'
import { Sealing, type Kill, type SealingDeps, type SessionCounts } from './sealing.ts'

export interface SessionFacts {
  readonly id: SessionId
  readonly grant: GrantId
  readonly person: PersonId
  readonly supplier: SupplierId | null
  readonly asset: AssetId
  readonly plant: PlantId
  readonly protocol: Protocol
  readonly timeZone: string
  readonly startedAt: Instant
  readonly expiry: ExpiryBehaviour
  /** How the person logged in, and from where: what it is decided with again and again. */
  readonly mfa: readonly MfaKind[]
  readonly source: string
}

/** What a session may, and on what terms. */
export interface Permission {
  readonly windowUntil: Instant
  readonly obligations: readonly Obligation[]
  /** When time alone may change the decision; null where it does not. */
  readonly decidedUntil: Instant | null
}

/** What a person in the live list reads. */
export type Standing = SessionState | 'waiting' | 'observing' | 'locked' | 'paused'

export interface SessionDeps extends SealingDeps {
  /** It lives no more: its end is written, or could not be. */
  readonly onOver: () => void
  /** Time may have changed whether it is permitted. */
  readonly redecide: (session: LiveSession) => void
  /** Its window ends soon, and it would rather not. */
  readonly offerExtension: (session: LiveSession) => void
}

interface Ending {
  readonly reason: EndReason
  readonly detail: string | null
  readonly kill: Kill | null
}

/** setTimeout holds 31 bits of milliseconds; a longer wait is taken in steps. */
const longestWait = 2 ** 31 - 1
const minute = 60_000

function minutesIn(obligations: readonly Obligation[], kind: 'idle-lock' | 'idle-end'): number | null {
  const found = obligations.find((each) => each.kind === kind)
  return found?.kind === kind ? found.minutes * minute : null
}

export class LiveSession {
  readonly facts: SessionFacts
  readonly #deps: SessionDeps
  readonly #sealing: Sealing
  readonly #book: ChannelBook
  readonly #observers: Observers
  readonly #beganMonotonic: bigint
  readonly #sync: NodeJS.Timeout
  #listener: SessionListener | null = null
  #state: SessionState = 'opening'
  #ending: Ending | null = null
  #closing: Promise<void> | null = null
  #timer: NodeJS.Timeout | null = null
  /** Resolved when it begins, or ends before. */
  readonly #begun = Promise.withResolvers<boolean>()
  #waitUntil: Instant | null = null

  // Owned by look and by what moves the stand.
  #windowUntil: Instant
  #obligations: readonly Obligation[]
  #lapse: Lapse | null = null
  #decidedUntil: Instant | null = null
  #locked = false
  #stops: readonly InputStop[] = []
  #looked: Instant
  #offeredFor: Instant | null = null

  constructor(facts: SessionFacts, given: Permission, recording: Recording, deps: SessionDeps) {
    this.facts = facts
    this.#windowUntil = given.windowUntil
    this.#obligations = given.obligations
    this.#decidedUntil = given.decidedUntil
    this.#deps = deps
    this.#sealing = new Sealing(facts, recording, deps)
    this.#beganMonotonic = deps.clock.monotonic()
    this.#looked = facts.startedAt
    this.#observers = new Observers(facts.startedAt)
    const failed = (error: unknown): void => this.#recorderFailed(error)
    this.#book = new ChannelBook(recording, () => this.now(), facts.startedAt, failed)
    // What the kernel holds reaches the disk within a second, also while nobody types.
    this.#sync = setInterval(() => {
      recording.sync().catch((error: unknown) => this.#recorderFailed(error))
    }, 1000)
  }

  get state(): SessionState {
    return this.#closing && this.#sealing.state !== 'ending' ? this.#sealing.state : this.#state
  }

  get standing(): Standing {
    if (this.#state === 'opening') return this.#waitUntil === null ? 'opening' : 'waiting'
    if (this.#state !== 'active') return this.state
    if (this.#locked) return 'locked'
    if (this.#stops.includes('escort')) return 'paused'
    return this.#stops.length > 0 ? 'observing' : 'active'
  }

  get windowUntil(): Instant {
    return this.#windowUntil
  }

  /** When it is closed whatever happens. */
  get hardUntil(): Instant {
    return hardUntil(this.#stand())
  }

  get lapse(): Lapse | null {
    return this.#lapse
  }

  get counts(): SessionCounts {
    return this.#book.counts
  }

  get flow(): Flow {
    const why = this.#stops.length === 0 ? null : stopSentence(this.#stops, this.#clockTime(this.hardUntil))
    return { input: why === null, locked: this.#locked, why }
  }

  get observers(): readonly PersonId[] {
    return this.#observers.people
  }

  /** Must somebody of the plant come along? */
  get needsEscort(): boolean {
    return this.#escortGraceMs() !== null
  }

  /** May it only be looked with? */
  get observeOnly(): boolean {
    return this.#obligations.some(({ kind }) => kind === 'observe-only')
  }

  /** The session's own time: at least as long after its start as really passed, whatever the clocks do. */
  now(): Instant {
    const { clock } = this.#deps
    const passed = Number((clock.monotonic() - this.#beganMonotonic) / 1_000_000n)
    return Math.max(clock.now(), this.facts.startedAt + passed)
  }

  listen(listener: SessionListener): void {
    this.#listener = listener
    if (this.#ending) listener.end(this.#ending.reason, this.#sentence(this.#ending))
    else this.look()
  }

  /** Resolves when it has begun: true; or with false when it ended before. */
  begun(): Promise<boolean> {
    return this.#begun.promise
  }

  /** Nothing reaches the target before somebody comes along; nobody does by `until`, and it ends. */
  awaitEscort(until: Instant): void {
    this.#waitUntil = until
    this.#arm()
  }

  /** Its start is written. */
  begin(given: Permission): void {
    if (this.#state !== 'opening') return
    this.#state = 'active'
    this.#windowUntil = given.windowUntil
    this.#obligations = given.obligations
    this.#decidedUntil = given.decidedUntil
    this.#waitUntil = null
    const now = this.now()
    this.#looked = now
    this.#book.touch()
    this.#observers.beginAt(now)
    this.#stops = this.observeOnly ? ['observe-only'] : []
    if (this.#stops.length > 0) this.#listener?.flow(this.flow)
    this.#begun.resolve(true)
    this.look()
  }

  /** It never began, and nobody but its opener knows of it. */
  abandon(): void {
    clearInterval(this.#sync)
    if (this.#timer) clearTimeout(this.#timer)
    this.#ending ??= { reason: 'client', detail: null, kill: null }
    this.#begun.resolve(false)
    this.#deps.onOver()
  }

  /** Binds a record to a new channel. @throws RecorderError when it cannot be written; the session ends then. */
  record(opening: ChannelOpening): ChannelRecord {
    return this.#book.open(opening)
  }

  /** The window has another end: it may stay until then. */
  extend(until: Instant): void {
    if (this.#ending || until === this.#windowUntil) return
    const longer = until > this.#windowUntil
    this.#windowUntil = until
    if (longer) this.#listener?.warn(`access was extended: it now ends at ${this.#clockTime(until)}`)
    this.look()
  }

  /** It is still permitted, until time may change that; what it obliges to may be other than before. */
  permitted({ obligations, decidedUntil }: Omit<Permission, 'windowUntil'>): void {
    if (this.#ending) return
    const [neededEscort, now] = [this.needsEscort, this.now()]
    this.#obligations = obligations
    this.#decidedUntil = decidedUntil
    this.#lapse = null
    // Who was not asked for one until now is given the grace to find one.
    if (this.needsEscort && !neededEscort) this.#observers.beginAt(now)
    this.look()
  }

  /** Time took the permission away: it ends as the asset's sessions end. */
  lapsed(lapse: Lapse): void {
    if (this.#ending) return
    this.#lapse ??= lapse
    this.#decidedUntil = null
    this.look()
  }

  /** It could not be decided, and is to be asked again. */
  undecided(again: Instant): void {
    this.#decidedUntil = again
    this.#arm()
  }

  /** Somebody came along, or is still there. */
  attach(observer: PersonId, leaseUntil: Instant): void {
    if (this.#ending) return
    this.#observers.renew(observer, leaseUntil)
    this.look()
  }

  /** Somebody who came along leaves. */
  detach(observer: PersonId): void {
    if (this.#observers.leave(observer, this.now())) this.look()
  }

  /** The person has shown again who they are; that they have is written. */
  unlock(): void {
    if (!this.#locked || this.#ending) return
    this.#locked = false
    this.#book.touch()
    this.#listener?.flow(this.flow)
    this.look()
  }

  /** Ends the session; the broker is told at once. The first reason stays. */
  end(reason: EndReason, detail: string | null = null, kill: Kill | null = null): void {
    const ending = { reason, detail, kill }
    if (!this.#begin(ending)) return
    this.#deps.log.info({ sessionId: this.facts.id, reason }, 'Session ending')
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
    this.#closing ??= this.#close()
    return this.#closing
  }

  /** Does what is due. Called by its own timer, and every second besides, for a clock that moves is no timer. */
  look(): void {
    if (this.#ending) return
    const now = this.now()
    if (this.#waitUntil !== null && now >= this.#waitUntil) return this.end('escort-missing')
    this.#loseObservers(now)
    const stand = this.#stand()
    const due = dueAt(stand, now)
    if (due.end !== null) return this.end(due.end, this.#lapse?.detail ?? null)
    if (this.#state === 'active') {
      this.#warn(stand, now)
      this.#stop(due.stops, stand)
      if (due.lock) this.#lock(stand)
    }
    this.#looked = now
    if (due.redecide) {
      this.#decidedUntil = null
      this.#deps.redecide(this)
    }
    this.#arm()
  }

  #stand(): Stand {
    const graceMs = this.#state === 'active' ? this.#escortGraceMs() : null
    const resting = this.#state === 'active'
    return {
      expiry: this.facts.expiry,
      windowUntil: this.#windowUntil,
      lapse: this.#lapse,
      observeOnly: this.observeOnly,
      escort: graceMs === null ? null : { graceMs, leaseUntil: this.#observers.attendedUntil },
      idle: {
        lockMs: resting ? minutesIn(this.#obligations, 'idle-lock') : null,
        endMs: resting ? minutesIn(this.#obligations, 'idle-end') : null,
        typedAt: this.#book.typedAt,
        movedAt: this.#book.movedAt,
        hasTerminal: this.#book.hasTerminal,
        locked: this.#locked,
      },
      decidedUntil: this.#decidedUntil,
    }
  }

  /** Null where nobody has to come along. */
  #escortGraceMs(): number | null {
    const obliged = this.#obligations.find(({ kind }) => kind === 'escort')
    return obliged?.kind === 'escort' ? obliged.graceMinutes * minute : null
  }

  /** Who was not heard of any more has left; an escort who leaves the plant says nothing. */
  #loseObservers(now: Instant): void {
    for (const observer of this.#observers.lapse(now)) {
      const entry = { session: this.facts.id, observer, because: 'lapsed' } as const
      this.#note((tx) => tx.ledger.append('session.observer_lost', this.#deps.clock.now(), entry))
    }
  }

  #warn({ windowUntil, expiry, idle }: Stand, now: Instant): void {
    const warning = now < windowUntil ? dueWarning(warningsOf(windowUntil, expiry.kind), this.#looked, now) : null
    if (warning) {
      const at = this.#clockTime(windowUntil)
      this.#listener?.warn(`${warning.text}, at ${at}: ask the approver for an extension if you need longer`)
      if (expiry.kind !== 'cut' && this.#offeredFor !== windowUntil) {
        this.#offeredFor = windowUntil
        const { id: session, grant } = this.facts
        const entry = { session, grant, until: windowUntil }
        this.#note((tx) => tx.ledger.append('session.extension_offered', this.#deps.clock.now(), entry))
        this.#deps.offerExtension(this)
      }
    }
    const resting = idle.endMs === null ? [] : [idleWarning(idle.movedAt + idle.endMs)]
    const idleText = dueWarning(resting, this.#looked, now)?.text
    if (idleText !== undefined) this.#listener?.warn(idleText)
  }

  #stop(stops: readonly InputStop[], stand: Stand): void {
    if (stops.join() === this.#stops.join()) return
    const [before, { id: session }] = [this.#stops, this.facts]
    this.#stops = stops
    // What else denies at this moment is kept in mind: what comes later is a change.
    if (stops.includes('window') && !before.includes('window')) this.#deps.redecide(this)
    const [at, windowUntil, last] = [this.#deps.clock.now(), stand.windowUntil, hardUntil(stand)]
    if (stops.length > 0) {
      const entry = { session, stops, windowUntil, hardUntil: last }
      this.#note((tx) => tx.ledger.append('session.degraded', at, entry))
    } else if (before.length > 0) {
      this.#note((tx) => tx.ledger.append('session.restored', at, { session, windowUntil }))
    }
    this.#listener?.flow(this.flow)
  }

  #lock({ idle }: Stand): void {
    this.#locked = true
    const entry = { session: this.facts.id, idleSince: idle.typedAt }
    this.#note((tx) => tx.ledger.append('session.idle_locked', this.#deps.clock.now(), entry))
    this.#listener?.flow(this.flow)
  }

  /** What cannot be kept as evidence does not go on. */
  #note(work: (tx: Tx) => Promise<unknown>): void {
    this.#deps.store.change(work).catch((error: unknown) => this.#recorderFailed(error))
  }

  #begin(ending: Ending): boolean {
    if (this.#ending) return false
    this.#ending = ending
    this.#state = 'ending'
    if (this.#timer) clearTimeout(this.#timer)
    this.#begun.resolve(false)
    return true
  }

  #recorderFailed(error: unknown): void {
    if (this.#ending?.reason === 'recorder-failed' || this.#closing) return
    this.#deps.log.error({ err: error, sessionId: this.facts.id }, 'Recording failed; the session ends')
    this.end('recorder-failed')
  }

  /** One timer for the next thing that is due. */
  #arm(): void {
    if (this.#timer) clearTimeout(this.#timer)
    if (this.#ending) return
    const now = this.now()
    const stand = this.#stand()
    const { idle } = stand
    const next = [
      dueAt(stand, now).next,
      this.#waitUntil,
      nextWarning(warningsOf(stand.windowUntil, stand.expiry.kind), now),
      idle.endMs === null ? null : nextWarning([idleWarning(idle.movedAt + idle.endMs)], now),
      this.#observers.nextLapse,
    ].filter((at) => at !== null)
    if (next.length === 0) return
    const wait = Math.min(Math.max(Math.min(...next) - now, 0), longestWait)
    this.#timer = setTimeout(() => this.look(), wait)
  }

  #clockTime(instant: Instant): string {
    return clockTime(instant, this.facts.timeZone)
  }

  #sentence({ reason, detail }: Ending): string {
    return sentenceFor(reason, detail, this.#clockTime(this.#windowUntil))
  }

  async #close(): Promise<void> {
    clearInterval(this.#sync)
    const { reason, detail, kill } = this.#ending ?? { reason: 'client' as const, detail: null, kill: null }
    const end = {
      reason,
      detail,
      kill,
      closedAt: this.#deps.clock.now(),
      windowUntil: this.#windowUntil,
      hardUntil: this.hardUntil,
      idleSince: this.#book.movedAt,
      counts: this.counts,
    }
    await this.#sealing.close(end)
    // Sealed or not, it lives no more: it counts for nobody and holds up no stop.
    this.#deps.onOver()
  }
}
