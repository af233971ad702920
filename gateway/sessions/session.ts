// One living session: where it stands, whom it tells, and what it does when something is due. It ends once, for one
// reason, whoever asks first. What is due when is due.ts's, pure; bringing recording and ledger to their end is
// sealing.ts's; on what terms it goes on is kept by terms.ts, and whether it is still permitted is asked by
// reevaluation.ts, which tells it the answer.

import { safeOutcomeOf, type EndReason, type InputStop, type Instant, type PersonId } from '../../policy/index.ts'
import type {
  ChannelOpening,
  ChannelRecord,
  Flow,
  SessionListener,
  TargetLeg,
  TunnelsTo,
  Visitor,
} from '../brokers/broker.ts'
import type { SessionState } from '../store/sessions.ts'
import { Alarm } from './alarm.ts'
import { dueAt, hardUntil, type Lapse, type Stand } from './due.ts'
import {
  clockTime,
  dueWarning,
  heldSentence,
  idleWarning,
  nextWarning,
  sentenceFor,
  stopSentence,
  warningsOf,
} from './expiry.ts'
import type { Permission, SessionFacts, Standing } from './facts.ts'
import { Journal } from './journal.ts'
import { Observers } from './observers.ts'
import type { RecordingControl, SessionBook, SessionRecording } from './recorder.ts'
import { Sealing, type Kill, type SealingDeps, type SessionCounts } from './sealing.ts'
import { SlowEnd, type Ending } from './slow-end.ts'
import { Terms } from './terms.ts'

export interface SessionDeps extends SealingDeps {
  /** It lives no more: its end is written, or could not be. */
  readonly onOver: () => void
  /** Time may have changed whether it is permitted. */
  readonly redecide: (session: LiveSession) => void
  /** Its window ends soon, and it would rather not. */
  readonly offerExtension: (session: LiveSession) => void
}

const lookingStops: ReadonlySet<InputStop> = new Set(['observe-only', 'write-hold'])

export class LiveSession {
  readonly facts: SessionFacts
  readonly #deps: SessionDeps
  readonly #sealing: Sealing
  readonly #book: SessionBook
  readonly #observers: Observers
  readonly #journal: Journal
  readonly #terms: Terms
  readonly #slowEnd: SlowEnd
  readonly #alarm = new Alarm(() => this.look())
  readonly #beganMonotonic: bigint
  readonly #sync: NodeJS.Timeout
  #listener: SessionListener | null = null
  #state: SessionState = 'opening'
  #ending: Ending | null = null
  #closing: Promise<void> | null = null
  /** Resolved when it begins, or ends before. */
  readonly #begun = Promise.withResolvers<boolean>()
  #waitUntil: Instant | null = null
  readonly #legs = new Map<number, TargetLeg>()
  #hostKey: string | null = null
  #address: string | null = null
  /** Where its tunnels may lead, as the broker was told last. */
  #tunnelsTo: TunnelsTo | null = null

  // Owned by look and by what moves the stand.
  #locked = false
  #stops: readonly InputStop[] = []
  #looked: Instant
  #offeredFor: Instant | null = null
  /** Who has let its input through; counts only while they are with it. */
  #lifter: PersonId | null = null
  /** Since when its recording waits for room on the disk. */
  #heldSince: Instant | null = null

  constructor(facts: SessionFacts, given: Permission, { control, openBook }: SessionRecording, deps: SessionDeps) {
    this.facts = facts
    this.#deps = deps
    this.#terms = new Terms(given)
    this.#sealing = new Sealing(facts, control, deps)
    this.#beganMonotonic = deps.clock.monotonic()
    this.#looked = facts.startedAt
    this.#observers = new Observers(facts.startedAt)
    const failed = (error: unknown): void => this.#recorderFailed(error)
    this.#journal = new Journal(facts, deps, failed)
    this.#slowEnd = new SlowEnd(facts, (block) => this.#journal.heldForSafety(block))
    this.#book = openBook(() => this.now(), facts, failed)
    // What the kernel holds reaches the disk within a second, also while nobody types.
    this.#sync = setInterval(() => {
      control.sync().catch(failed)
      if (this.#heldSince !== null) void this.#tryAgain(control)
    }, 1000)
    control.onWaiting((waits) => (waits ? this.#hold() : this.#goOn()))
  }

  get state(): SessionState {
    return this.#closing && this.#sealing.state !== 'ending' ? this.#sealing.state : this.#state
  }

  get standing(): Standing {
    if (this.#state === 'opening') return this.#waitUntil === null ? 'opening' : 'waiting'
    if (this.#state !== 'active') return this.state
    if (this.#heldSince !== null) return 'held'
    if (this.#locked) return 'locked'
    if (this.#stops.includes('escort')) return 'paused'
    return this.#stops.length > 0 ? 'observing' : 'active'
  }

  get windowUntil(): Instant {
    return this.#terms.windowUntil
  }

  /** When it is closed whatever happens. */
  get hardUntil(): Instant {
    return hardUntil(this.#stand())
  }

  /** Dependencies that did not work as it began, by id. */
  get unavailable(): readonly string[] {
    return this.#terms.unavailable
  }

  get lapse(): Lapse | null {
    return this.#terms.lapse
  }

  get counts(): SessionCounts {
    return this.#book.counts
  }

  get flow(): Flow {
    const stand = this.#stand()
    const stopped = this.#stops.length === 0 ? null : this.#stopSentence(hardUntil(stand))
    const input = stopped === null
    const { heldUntil } = stand
    if (heldUntil === null) return { input, locked: this.#locked, held: false, why: stopped }
    const endsAt = this.#clockTime(Math.min(heldUntil, hardUntil(stand)))
    return { input, locked: this.#locked, held: true, why: heldSentence(endsAt) }
  }

  /** The fingerprint of the host key its target has shown; null before, and where it has none. */
  get hostKey(): string | null {
    return this.#hostKey
  }

  /** Where its target is dialled by what was declared when it was let in, and where that alone says who answers; or null. */
  get address(): string | null {
    return this.#address
  }

  get observers(): readonly PersonId[] {
    return this.#observers.people
  }

  /** Its connections to the target, those there are. */
  get legs(): readonly TargetLeg[] {
    return [...this.#legs.values()]
  }

  /** Must somebody of the plant come along? */
  get needsEscort(): boolean {
    return this.#terms.escortGraceMs !== null
  }

  /** May it only be looked with, by its terms and for no other reason? */
  get onlyLooks(): boolean {
    const looks = this.#stops.length > 0 && this.#stops.every((stop) => lookingStops.has(stop))
    return this.#state === 'active' && !this.#locked && looks
  }

  /** Its input is held until somebody who comes along lets it through; `by`: who has. Null where it is not. */
  get writeHold(): { readonly by: PersonId | null } | null {
    return this.#terms.writeHold ? { by: this.#isLifted ? this.#lifter : null } : null
  }

  get #isLifted(): boolean {
    return this.#lifter !== null && this.#observers.people.includes(this.#lifter)
  }

  /** When it is closed, where it was to end for security and is let go the way its asset declares as safe; else null. */
  get heldForSafetyUntil(): Instant | null {
    return this.#slowEnd.isHeld && this.#state === 'active' ? this.hardUntil : null
  }

  /** Does what ends it for security end it at once? */
  get endsAtOnce(): boolean {
    return this.#state !== 'active' || safeOutcomeOf(this.facts) === 'cut'
  }

  /** The commands that may be run where it may only be looked with: none, or what its asset's owner vouches for. */
  get observed(): readonly string[] {
    return this.#terms.observed
  }

  /** The commands that may be run and nothing else, where a machine account uses it; null where a person does. */
  get declared(): readonly string[] | null {
    return this.#terms.declared
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

  /** A connection to the target is there, or gone. */
  connected(leg: TargetLeg | null, number = 0): void {
    if (leg === null) this.#legs.delete(number)
    else this.#legs.set(number, leg)
  }

  /** Its target has shown this host key, by its fingerprint, and the session goes on with it. */
  reliesOn(hostKey: string): void {
    this.#hostKey = hostKey
  }

  /** Its target shows no host key: it is whoever answers there. */
  answersAt(address: string): void {
    this.#address = address
  }

  /** Its start is written. */
  begin(given: Permission): void {
    if (this.#state !== 'opening') return
    this.#state = 'active'
    this.#terms.begin(given)
    this.#waitUntil = null
    const now = this.now()
    this.#looked = now
    this.#book.touch()
    this.#observers.beginAt(now)
    const { observeOnly, writeHold } = this.#terms
    this.#stops = [...(observeOnly ? (['observe-only'] as const) : []), ...(writeHold ? (['write-hold'] as const) : [])]
    if (this.#stops.length > 0) this.#listener?.flow(this.flow)
    this.#begun.resolve(true)
    this.look()
  }

  /** It never began, and nobody but its opener knows of it. */
  abandon(): void {
    clearInterval(this.#sync)
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
    this.#lifter = observer
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
    if (!this.#locked || this.#ending) return
    this.#locked = false
    this.#book.touch()
    this.#listener?.flow(this.flow)
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
    this.#loseObservers(now)
    const stand = this.#stand()
    const due = dueAt(stand, now)
    if (due.end !== null) {
      const ordered = this.#slowEnd.orderedFor(due.end)
      return this.end(due.end, ordered?.detail ?? this.lapse?.detail ?? null, ordered?.kill ?? null)
    }
    if (this.#state === 'active') {
      this.#warn(stand, now)
      this.#stop(due.stops, stand)
      if (due.lock) this.#lock(stand)
    }
    this.#looked = now
    if (due.redecide) {
      this.#terms.decideAgain(null)
      this.#deps.redecide(this)
    }
    this.#arm()
  }

  #stand(): Stand {
    const { windowUntil, observeOnly, writeHold, decidedUntil, escortGraceMs } = this.#terms
    const resting = this.#state === 'active'
    const graceMs = resting ? escortGraceMs : null
    return {
      expiry: this.facts.expiry,
      windowUntil,
      lapse: this.#slowEnd.lapseOf(this.#terms.lapse),
      observeOnly,
      writeHeld: writeHold && !this.#isLifted,
      escort: graceMs === null ? null : { graceMs, leaseUntil: this.#observers.attendedUntil },
      idle: {
        lockMs: resting ? this.#terms.restMs('idle-lock') : null,
        endMs: resting ? this.#terms.restMs('idle-end') : null,
        typedAt: this.#book.typedAt,
        movedAt: this.#book.movedAt,
        hasTerminal: this.#book.hasTerminal,
        locked: this.#locked,
      },
      heldUntil: this.#heldSince === null ? null : this.#heldSince + this.facts.recordingPauseMinutes * 60_000,
      decidedUntil,
    }
  }

  /** The disk has no room: nothing moves until there is some, or the time for that is over. */
  #hold(): void {
    if (this.#heldSince !== null || this.#ending) return
    this.#heldSince = this.now()
    this.#deps.log.error({ sessionId: this.facts.id }, 'No room for a recording; its session is held')
    this.#listener?.flow(this.flow)
    this.look()
  }

  #goOn(): void {
    const since = this.#heldSince
    this.#heldSince = null
    if (since === null || this.#ending) return
    this.#deps.log.warn({ sessionId: this.facts.id }, 'Room for a recording again; its session goes on')
    this.#journal.recordingPaused(since, this.now())
    this.#listener?.flow(this.flow)
    this.look()
  }

  async #tryAgain(recording: RecordingControl): Promise<void> {
    try {
      await recording.tryAgain()
    } catch (error) {
      this.#recorderFailed(error)
    }
  }

  /** Who was not heard of any more has left; an escort who leaves the plant says nothing. */
  #loseObservers(now: Instant): void {
    for (const observer of this.#observers.lapse(now)) this.#journal.observerLost(observer)
    // Who comes back lifts it again, or it stays.
    if (!this.#isLifted) this.#lifter = null
  }

  #warn({ windowUntil, expiry, idle }: Stand, now: Instant): void {
    const warning = now < windowUntil ? dueWarning(warningsOf(windowUntil, expiry.kind), this.#looked, now) : null
    if (warning) {
      const at = this.#clockTime(windowUntil)
      this.#listener?.warn(`${warning.text}, at ${at}: ask the approver for an extension if you need longer`)
      if (expiry.kind !== 'cut' && this.#offeredFor !== windowUntil) {
        this.#offeredFor = windowUntil
        this.#journal.extensionOffered(windowUntil)
        this.#deps.offerExtension(this)
      }
    }
    const resting = idle.endMs === null ? [] : [idleWarning(idle.movedAt + idle.endMs)]
    const idleText = dueWarning(resting, this.#looked, now)?.text
    if (idleText !== undefined) this.#listener?.warn(idleText)
  }

  #stop(stops: readonly InputStop[], stand: Stand): void {
    if (stops.join() === this.#stops.join()) return
    const before = this.#stops
    this.#stops = stops
    // What else denies at this moment is kept in mind: what comes later is a change.
    if (stops.includes('window') && !before.includes('window')) this.#deps.redecide(this)
    if (stops.length > 0) this.#journal.degraded(stops, stand.windowUntil, hardUntil(stand))
    else if (before.length > 0) this.#journal.restored(stand.windowUntil)
    this.#listener?.flow(this.flow)
  }

  #lock({ idle }: Stand): void {
    this.#locked = true
    this.#journal.idleLocked(idle.typedAt)
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
    const { idle } = stand
    this.#alarm.set(now, [
      dueAt(stand, now).next,
      this.#waitUntil,
      nextWarning(warningsOf(stand.windowUntil, stand.expiry.kind), now),
      idle.endMs === null ? null : nextWarning([idleWarning(idle.movedAt + idle.endMs)], now),
      this.#observers.nextLapse,
    ])
  }

  /** Put together only where it is said: the flow is looked at often, and times in words cost. */
  #stopSentence(until: Instant): string {
    return stopSentence(this.#stops, this.#clockTime(until), this.#terms.observed, this.#slowEnd.isHeld)
  }

  #clockTime(instant: Instant): string {
    return clockTime(instant, this.facts.timeZone)
  }

  #sentence({ reason, detail }: Ending): string {
    return sentenceFor(reason, detail, this.#clockTime(this.windowUntil))
  }

  async #close(): Promise<void> {
    clearInterval(this.#sync)
    if (this.#heldSince !== null) this.#journal.recordingPaused(this.#heldSince, this.now())
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
