// What the ledger shows of each single asset, conduit and interface: which control was last put to the test on it, and which names
// that stand for nothing declared were tried. Fed beside the rules of the controls; remembers the latest only.

import type { EvidenceEvent, Instant } from '../model.ts'
import { RecentMap } from './evidence.ts'

/** The last time a control was tested on one thing. */
export interface SubjectTest {
  readonly control: string
  /** Ledger index of the event. */
  readonly index: number
  readonly at: Instant
}

/** Somebody named something that is no declared asset, and was refused. */
export interface UnregisteredAttempt {
  readonly index: number
  readonly at: Instant
  /** What was named, as a commitment: what it stands for may have been erased. */
  readonly named: string
}

export interface Subjects {
  asset(id: string): SubjectTest | null
  conduit(id: string): SubjectTest | null
  interface(id: string): SubjectTest | null
  /** The last time this control was put to the test on this asset; of the latest two hundred thousand such pairs. */
  tested(control: string, asset: string): SubjectTest | null
  /** Was the control ever put to the test on a single asset? */
  isOfAssets(control: string): boolean
  /** Oldest first, at most the last thousand. */
  unregistered(): readonly UnregisteredAttempt[]
}

const mostSubjects = 200_000
const mostAttempts = 1_000

/** The fields by which an event says which thing it is about. */
const kinds = ['asset', 'conduit', 'interface'] as const
type Kind = (typeof kinds)[number]
const registrations: ReadonlySet<string> = new Set(['conduit.defined', 'conduit.changed'])

export class SubjectLog implements Subjects {
  readonly #tests: Readonly<Record<Kind, RecentMap<string, SubjectTest>>> = {
    asset: new RecentMap(mostSubjects),
    conduit: new RecentMap(mostSubjects),
    interface: new RecentMap(mostSubjects),
  }
  /** By control and asset. */
  readonly #pairs = new RecentMap<string, SubjectTest>(mostSubjects)
  readonly #ofAssets = new Set<string>()
  /** What each session was to: later events of it name the session alone. */
  readonly #sessions = new RecentMap<string, EvidenceEvent>()
  readonly #attempts: UnregisteredAttempt[] = []

  /** Before the rules see it. */
  note(event: EvidenceEvent): void {
    const { session, asset, named } = event.data
    if (event.type === 'session.started' && typeof session === 'string') this.#sessions.set(session, event)
    if (event.type !== 'policy.decision' || asset !== null || typeof named !== 'string') return
    this.#attempts.push({ index: event.index, at: event.at, named })
    if (this.#attempts.length > mostAttempts) this.#attempts.shift()
  }

  /** A control was put to the test by this event. */
  exercised(control: string, event: EvidenceEvent): void {
    // That a conduit was declared is no control at work on it.
    if (registrations.has(event.type)) return
    for (const kind of kinds) {
      const name = event.data[kind] ?? this.#begun(event)?.data[kind]
      if (typeof name !== 'string') continue
      const test = { control, index: event.index, at: event.at }
      this.#tests[kind].set(name, test)
      if (kind !== 'asset') continue
      this.#pairs.set(`${control} ${name}`, test)
      this.#ofAssets.add(control)
    }
  }

  #begun({ data: { session } }: EvidenceEvent): EvidenceEvent | undefined {
    return typeof session === 'string' ? this.#sessions.get(session) : undefined
  }

  asset(id: string): SubjectTest | null {
    return this.#tests.asset.get(id) ?? null
  }

  conduit(id: string): SubjectTest | null {
    return this.#tests.conduit.get(id) ?? null
  }

  interface(id: string): SubjectTest | null {
    return this.#tests.interface.get(id) ?? null
  }

  tested(control: string, asset: string): SubjectTest | null {
    return this.#pairs.get(`${control} ${asset}`) ?? null
  }

  isOfAssets(control: string): boolean {
    return this.#ofAssets.has(control)
  }

  unregistered(): readonly UnregisteredAttempt[] {
    return [...this.#attempts]
  }
}
