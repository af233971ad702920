// One living session: where it stands, whom it tells, and what it does when something is due. It ends once, for one
// reason, whoever asks first. What is due when is due.ts's, pure; bringing recording and ledger to their end is
// sealing.ts's; on what terms it goes on is kept by terms.ts, whether input reaches the target by input-gate.ts, what it
// is connected to by target-side.ts, and whether it is still permitted is asked by reevaluation.ts, which tells it the
// answer.

import { safeOutcomeOf, type EndReason, type InputStop, type Instant, type PersonId } from '../../policy/index.ts'
import type { ChannelOpening, ChannelRecord, Flow, SessionListener, TunnelsTo, Visitor } from '../brokers/broker.ts'
import type { SessionState } from '../store/sessions.ts'
import { Alarm } from './alarm.ts'
import { dueAt, hardUntil, type Lapse, type Stand } from './due.ts'
import { clockTime, sentenceFor } from './expiry.ts'
import type { Permission, SessionFacts, Standing } from './facts.ts'
import { flowOf } from './flow.ts'
import { InputGate } from './input-gate.ts'
import { Journal } from './journal.ts'
import { Observers } from './observers.ts'
import { RecordingHold } from './recording-hold.ts'
import type { SessionBook, SessionRecording } from './recorder.ts'
import { Sealing, type Kill, type SealingDeps, type SessionCounts } from './sealing.ts'
import { SlowEnd, type Ending } from './slow-end.ts'
import { standOf, type Parts } from './stand.ts'
import { TargetSide } from './target-side.ts'
import { Terms, type TermsView } from './terms.ts'
import { Warnings } from './warnings.ts'

export interface SessionDeps extends SealingDeps {
  /** It lives no more: its end is written, or could not be. */
  readonly onOver: () => void
  /** Time may have changed whether it is permitted. */
  readonly redecide: (session: LiveSession) => void
  /** Its window ends soon, and it would rather not. */
  readonly offerExtension: (session: LiveSession) => void
}

export class LiveSession {
  readonly facts: SessionFacts
  /** What it is connected to. */
  readonly target = new TargetSide()
  readonly #deps: SessionDeps
  readonly #sealing: Sealing
  readonly #book: SessionBook
  readonly #observers: Observers
  readonly #journal: Journal
  readonly #terms: Terms
  readonly #slowEnd: SlowEnd
  readonly #hold: RecordingHold
  readonly #warnings: Warnings
  readonly #input = new InputGate()
  readonly #parts: Parts
  readonly #alarm = new Alarm(() => this.look())
  readonly #beganMonotonic: bigint
  #listener: SessionListener | null = null
  #state: SessionState = 'opening'
  #ending: Ending | null = null
  #closing: Promise<void> | null = null
  /** Resolved when it begins, or ends before. */
  readonly #begun = Promise.withResolvers<boolean>()
  #waitUntil: Instant | null = null
  /** Where its tunnels may lead, as the broker was told last. */
  #tunnelsTo: TunnelsTo | null = null

  constructor(facts: SessionFacts, given: Permission, { control, openBook }: SessionRecording, deps: SessionDeps) {
    this.facts = facts
    this.#deps = deps
    this.#terms = new Terms(given)
    this.#sealing = new Sealing(facts, control, deps)
    this.#beganMonotonic = deps.clock.monotonic()
    this.#warnings = new Warnings(facts.startedAt, facts.timeZone)
    this.#observers = new Observers(facts.startedAt)
    const failed = (error: unknown): void => this.#recorderFailed(error)
    this.#journal = new Journal(facts, deps, failed)
    this.#slowEnd = new SlowEnd(facts, (block) => this.#journal.heldForSafety(block))
    this.#book = openBook(() => this.now(), facts, failed)
    this.#hold = new RecordingHold(facts, control, {
      now: () => this.now(),
      log: deps.log,
      isOver: () => this.#ending !== null,
      paused: (from, until) => this.#journal.recordingPaused(from, until),
      onChange: () => {
        this.#tellFlow()
        this.look()
      },
      onFailure: failed,
    })
    const [terms, slowEnd, observers] = [this.#terms, this.#slowEnd, this.#observers]
    this.#parts = { facts, terms, slowEnd, observers, input: this.#input, book: this.#book, hold: this.#hold }
  }

  get state(): SessionState {
    return this.#closing && this.#sealing.state !== 'ending' ? this.#sealing.state : this.#state
  }

  get standing(): Standing {
    if (this.#state === 'opening') return this.#waitUntil === null ? 'opening' : 'waiting'
    if (this.#state !== 'active') return this.state
    return this.#hold.until === null ? this.#input.standing : 'held'
  }

  /** On what terms it goes on. */
  get terms(): TermsView {
    return this.#terms
  }

  get windowUntil(): Instant {
    return this.#terms.windowUntil
  }

  /** When it is closed whatever happens. */
  get hardUntil(): Instant {
    return hardUntil(this.#stand())
  }

  get counts(): SessionCounts {
    return this.#book.counts
  }

  get flow(): Flow {
    const { timeZone } = this.facts
    const said = { timeZone, observed: this.#terms.observed, isForSafety: this.#slowEnd.isHeld }
    return flowOf(this.#input, this.#stand(), said)
  }

  get observers(): readonly PersonId[] {
    return this.#observers.people
  }

  /** Must somebody of the plant come along? */
  get needsEscort(): boolean {
    return this.#terms.escortGraceMs !== null
  }

  /** May it only be looked with, by its terms and for no other reason? */
  get onlyLooks(): boolean {
    return this.#state === 'active' && this.#input.onlyLooks
  }

  /** Its input is held until somebody who comes along lets it through; `by`: who has. Null where it is not. */
  get writeHold(): { readonly by: PersonId | null } | null {
    return this.#terms.writeHold ? { by: this.#observers.lifter } : null
  }

  /** When it is closed, where it was to end for security and is let go the way its asset declares as safe; else null. */
  get heldForSafetyUntil(): Instant | null {
    return this.#slowEnd.isHeld && this.#state === 'active' ? this.hardUntil : null
  }

  /** Does what ends it for security end it at once? */
  get endsAtOnce(): boolean {
    return this.#state !== 'active' || safeOutcomeOf(this.facts) === 'cut'
  }

  /** The session's own time: at least as long after its start as really passed, whatever the clocks do. */
  now(): Instant {
    const { clock } = this.#deps
    const passed = Number((clock.monotonic() - this.#beganMonotonic) / 1_000_000n)
    return Math.max(clock.now(), this.facts.startedAt + passed)
  }

  listen(listener: SessionListener): void {
    this.#listener = listener
    if (this.#tunnelsTo) listener.tunnels?.(this.#tunnelsTo)
    if (this.#ending) listener.end(this.#ending.reason, this.#sentence(this.#ending))
    else this.look()
  }

  /** By what is declared now its tunnels may lead there; those that lead elsewhere are cut. */
  declareTunnels(to: TunnelsTo): void {
    if (this.#ending || JSON.stringify(to) === JSON.stringify(this.#tunnelsTo)) return
    this.#tunnelsTo = to
    this.#listener?.tunnels?.(to)
  }

  /** The broker has cut these of its tunnels. */
  tunnelsWithdrawn(tunnels: readonly string[]): void {
    this.#journal.tunnelsWithdrawn(tunnels)
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
    this.#terms.begin(given)
    this.#waitUntil = null
    const now = this.now()
    this.#warnings.skipTo(now)
    this.#book.touch()
    this.#observers.beginAt(now)
    this.#input.begin(this.#terms)
    if (this.#input.stops.length > 0) this.#tellFlow()
    this.#begun.resolve(true)
    this.look()
  }

  /** It never began, and nobody but its opener knows of it. */
  abandon(): void {
    this.#hold.stop()
    this.#alarm.stop()
    this.#ending ??= { reason: 'client', detail: null, kill: null }
    this.#begun.resolve(false)
    this.#deps.onOver()
  }

  /** Does its recording take another channel, as far as their number goes? */
  get takesChannels(): boolean {
    return this.#book.takesChannels
  }

  /**
   * Binds a record to a new channel; null where it gets none now.
   * @throws RecorderError when it cannot be written; the session ends then.
   */
  record(opening: ChannelOpening, through?: Visitor['through']): ChannelRecord | null {
    return this.#book.open(opening, through)
  }

  /** The window has another end: it may stay until then. */
  extend(until: Instant): void {
    if (this.#ending || until === this.#terms.windowUntil) return
    const longer = until > this.#terms.windowUntil
    this.#terms.moveEnd(until)
    if (longer) this.#listener?.warn(`access was extended: it now ends at ${this.#clockTime(until)}`)
    this.look()
  }

  /** It is still permitted, until time may change that; what it obliges to may be other than before. */
  permitted(given: Pick<Permission, 'obligations' | 'decidedUntil'>): void {
    if (this.#ending) return
    const [neededEscort, now] = [this.needsEscort, this.now()]
    this.#terms.permit(given)
    this.#slowEnd.permitted()
    // Who was not asked for one until now is given the grace to find one.
    if (this.needsEscort && !neededEscort) this.#observers.beginAt(now)
    this.look()
  }

  /** Time took the permission away: it ends as the asset's sessions end. */
  lapsed(lapse: Lapse): void {
    if (this.#ending) return
    this.#terms.run(lapse)
    this.look()
  }

  /** It could not be decided, and is to be asked again. */
  undecided(again: Instant): void {
    this.#terms.decideAgain(again)
    this.#arm()
  }

  /** Somebody came along, or is still there. */
  attach(observer: PersonId, leaseUntil: Instant): void {
    if (this.#ending) return
    this.#observers.renew(observer, leaseUntil)
    this.look()
  }

  /** Who is with it lets its input through until they leave. */
  liftHold(observer: PersonId): void {
    if (this.#ending) return
    this.#observers.lift(observer)
    this.look()
  }

  /** Somebody who came along leaves. */
  detach(observer: PersonId): void {
    if (this.#observers.leave(observer, this.now())) this.look()
  }

  /** Somebody who came along is not believed to be there any more, or may no longer come along. */
  lose(observer: PersonId): void {
    if (this.#ending || !this.#observers.leave(observer, this.now())) return
    this.#journal.observerLost(observer)
    this.look()
  }

  /** The person has shown again who they are; that they have is written. */
  unlock(): void {
    if (this.#ending || !this.#input.unlock()) return
    this.#book.touch()
    this.#tellFlow()
    this.look()
  }

  /** Who is in it reads this. */
  tell(text: string): void {
    if (!this.#ending) this.#listener?.warn(text)
  }

  /**
   * Ends it for security, as safety allows: at once, or, where people could come to harm, with its input stopped at once
   * and closed at its asset's hard limit. Asked again it stays so; only `isOverridden` closes it before.
   */
  order(reason: EndReason, detail: string | null = null, kill: Kill | null = null, isOverridden = false): void {
    if (this.#ending) return
    if (isOverridden || this.endsAtOnce) return this.end(reason, detail, kill)
    if (!this.#slowEnd.want({ reason, detail, kill }, this.now())) return
    this.holdForSafety(reason, kill)
    this.look()
  }

  /** Safety has it end slowly: that is written, once for each wish to end it, and who is in it is told. */
  holdForSafety(wanted: EndReason, kill: Kill | null = null): void {
    this.#slowEnd.hold(wanted, this.hardUntil, kill)
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
    // Who was not heard of any more has left; an escort who leaves the plant says nothing.
    for (const observer of this.#observers.lapse(now)) this.#journal.observerLost(observer)
    const stand = this.#stand()
    const due = dueAt(stand, now)
    if (due.end !== null) {
      const ordered = this.#slowEnd.orderedFor(due.end)
      return this.end(due.end, ordered?.detail ?? this.#terms.lapse?.detail ?? null, ordered?.kill ?? null)
    }
    if (this.#state === 'active') {
      this.#warn(stand, now)
      this.#stop(due.stops, stand)
      if (due.lock) this.#lock(stand)
    } else this.#warnings.skipTo(now)
    if (due.redecide) {
      this.#terms.decideAgain(null)
      this.#deps.redecide(this)
    }
    this.#arm()
  }

  #stand(): Stand {
    return standOf(this.#parts, this.#state === 'active')
  }

  #warn(stand: Stand, now: Instant): void {
    for (const { text, offers } of this.#warnings.due(stand, now)) {
      this.#listener?.warn(text)
      if (offers === undefined) continue
      this.#journal.extensionOffered(offers)
      this.#deps.offerExtension(this)
    }
  }

  #stop(stops: readonly InputStop[], stand: Stand): void {
    const before = this.#input.stop(stops)
    if (before === null) return
    // What else denies at this moment is kept in mind: what comes later is a change.
    if (stops.includes('window') && !before.includes('window')) this.#deps.redecide(this)
    if (stops.length > 0) this.#journal.degraded(stops, stand.windowUntil, hardUntil(stand))
    else if (before.length > 0) this.#journal.restored(stand.windowUntil)
    this.#tellFlow()
  }

  #lock({ idle }: Stand): void {
    this.#input.lock()
    this.#journal.idleLocked(idle.typedAt)
    this.#tellFlow()
  }

  #tellFlow(): void {
    this.#listener?.flow(this.flow)
  }

  #begin(ending: Ending): boolean {
    if (this.#ending) return false
    this.#ending = ending
    this.#state = 'ending'
    this.#alarm.stop()
    this.#begun.resolve(false)
    return true
  }

  #recorderFailed(error: unknown): void {
    if (this.#ending?.reason === 'recorder-failed' || this.#closing) return
    this.#deps.log.error({ err: error, sessionId: this.facts.id }, 'Recording failed; the session ends')
    this.end('recorder-failed')
  }

  /** For the next thing that is due. */
  #arm(): void {
    if (this.#ending) return
    const now = this.now()
    const stand = this.#stand()
    const { nextLapse } = this.#observers
    const next = [dueAt(stand, now).next, ...this.#warnings.next(stand, now)]
    this.#alarm.set(now, [...next, this.#waitUntil, nextLapse])
  }

  #clockTime(instant: Instant): string {
    return clockTime(instant, this.facts.timeZone)
  }

  #sentence({ reason, detail }: Ending): string {
    return sentenceFor(reason, detail, this.#clockTime(this.windowUntil))
  }

  async #close(): Promise<void> {
    const heldSince = this.#hold.stop()
    if (heldSince !== null) this.#journal.recordingPaused(heldSince, this.now())
    const { reason, detail, kill } = this.#ending ?? { reason: 'client' as const, detail: null, kill: null }
    const end = {
      reason,
      detail,
      kill,
      closedAt: this.#deps.clock.now(),
      windowUntil: this.windowUntil,
      hardUntil: this.hardUntil,
      idleSince: this.#book.movedAt,
      counts: this.counts,
    }
    await this.#sealing.close(end)
    // Sealed or not, it lives no more: it counts for nobody and holds up no stop.
    this.#deps.onOver()
  }
}
