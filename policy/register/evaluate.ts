// The control register: reads the ledger once, in order, and says of each control whether it holds. Remembers open
// requests, grants and sessions and the latest offenders, not the events. An empty population is never a pass.

import type { EvidenceEvent, Instant } from '../model.ts'
import { show } from '../window.ts'
import type { Control } from './catalogue.ts'
import { RecentMap, UnreadableEvent } from './evidence.ts'
import { days, Tally, type Offender, type Rule, type RuleRun } from './rule.ts'
import { rules } from './rules.ts'
import { SubjectLog, type Subjects } from './subjects.ts'

export type { Offender }

export interface ControlState {
  readonly control: Control
  /**
   * `failing`: an offender in the last 30 days. `no-evidence`: no event that could say anything. `not-exercised`: such
   * events, and nothing among them that was tested. `stale`: tested, and too long ago. `fresh`: tested lately, and held.
   */
  readonly kind: 'fresh' | 'stale' | 'failing' | 'not-exercised' | 'no-evidence'
  /** Why, in one sentence. */
  readonly reason: string
  /** How many were tested, since the ledger began. */
  readonly population: number
  /** How many events of each feeding type were read. */
  readonly events: Readonly<Record<string, number>>
  /** The event of the last exercise. */
  readonly last: { readonly index: number; readonly at: Instant } | null
  readonly offenderCount: number
  /** The latest, newest first, at most 20. */
  readonly offenders: readonly Offender[]
  readonly freshness: { readonly words: string; readonly ms: number }
}

export interface RegisterRun {
  /** The next event of the ledger. Order matters: an approval has to come before its session. */
  feed(event: EvidenceEvent): void
  /** The state of each control at a time; without one, at the time the run was started for. */
  result(at?: Instant): readonly ControlState[]
  /** What was fed says of single assets and conduits. */
  readonly subjects: Subjects
}

/** How long an offender keeps its control failing. It stays listed after that. */
const failingMs = days(30)

/** Start reading a ledger from its first event. A control without a rule is a programming error, and thrown. */
export function startRegister(controls: Iterable<Control>, now: Instant): RegisterRun {
  const subjects = new SubjectLog()
  /** The asset of each drill. */
  const drills = new RecentMap<string, unknown>()
  const runs = [...controls].map((control) => start(control, subjects))
  return {
    subjects,
    feed: (event) => {
      if (event.type === 'drill.started') drills.set(String(event.data['drill']), event.data['asset'])
      if (isOfDrill(event, drills)) return
      subjects.note(event)
      for (const run of runs) run.feed(event)
    },
    result: (at = now) => runs.map((run) => run.result(at)),
  }
}

/**
 * What a drill wrote while it tried something happened to nobody; what came of it stands in its own entries. The mark hides
 * nothing that is real: a permit for another asset than that of a drill which began counts as any other.
 */
function isOfDrill({ type, data }: EvidenceEvent, drills: RecentMap<string, unknown>): boolean {
  const { drill } = data
  if (drill === undefined || type.startsWith('drill.') || type === 'incident.capa_opened') return false
  return data['outcome'] !== 'permit' || (typeof drill === 'string' && drills.get(drill) === data['asset'])
}

interface ControlRun {
  feed(event: EvidenceEvent): void
  result(at: Instant): ControlState
}

function start(control: Control, subjects: SubjectLog): ControlRun {
  const rule = rules.find((each) => each.control === control.id)
  if (rule === undefined) throw new Error(`control \`${control.id}\`: no rule tests it`)
  const tally = new Tally((event) => subjects.exercised(control.id, event))
  const run = rule.start(tally)
  const handlers = new Map(Object.entries(run.on))
  const events: Record<string, number> = Object.fromEntries(control.evidenceEvents.map((type) => [type, 0]))
  return {
    feed: (event) => {
      run.settle?.(event.at)
      const handle = handlers.get(event.type)
      if (handle === undefined) return
      events[event.type] = (events[event.type] ?? 0) + 1
      try {
        handle(event)
      } catch (error) {
        if (!(error instanceof UnreadableEvent)) throw error
        tally.offend(event, `the event \`${event.type}\` can't be read: ${error.message}`)
      }
    },
    result: (at) => {
      run.settle?.(at)
      return {
        control,
        ...judge(control, rule, run, tally, events, at),
        population: tally.population,
        events: { ...events },
        last: tally.last,
        offenderCount: tally.offenderCount,
        offenders: tally.offenders,
        freshness: { words: control.freshness, ms: rule.freshMs },
      }
    },
  }
}

function judge(
  control: Control,
  rule: Rule,
  run: RuleRun,
  tally: Tally,
  events: Readonly<Record<string, number>>,
  now: Instant,
): Pick<ControlState, 'kind' | 'reason'> {
  const [newest] = tally.offenders
  if (newest !== undefined && now - newest.at <= failingMs) {
    return { kind: 'failing', reason: `${tally.offenderCount} found, the latest at ${show(newest.at)}: ${newest.text}` }
  }
  const seen = Object.values(events).reduce((sum, count) => sum + count, 0)
  if (seen === 0) {
    return { kind: 'no-evidence', reason: `the ledger holds no event of ${control.evidenceEvents.join(', ')}` }
  }
  if (tally.last === null) {
    return {
      kind: 'not-exercised',
      reason: `${seen === 1 ? '1 event was' : `${seen} events were`} read, and nothing among them put the control to the test`,
    }
  }
  const staleness = run.staleness?.(now) ?? null
  if (staleness !== null) return { kind: 'stale', reason: staleness }
  if (now - tally.last.at > rule.freshMs) {
    return { kind: 'stale', reason: `last tested at ${show(tally.last.at)}: expected ${control.freshness}` }
  }
  return {
    kind: 'fresh',
    reason: `${tally.population} tested, the latest at ${show(tally.last.at)}, and ${tally.offenderCount === 0 ? 'none failed' : 'none failed in the last 30 days'}`,
  }
}
