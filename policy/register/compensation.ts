// Whether what stands in for an exception does so: each compensating control is judged for what the exception covers,
// and since it began, by the same evidence that judges it for the plant (ISO/IEC 27001:2022 clause 6.1.3, IEC 62443-3-2
// ZCR 5.10: a countermeasure that stands in is verified like the one it stands in for).

import { startOfDay } from '../calendar.ts'
import type { Exception, Instant } from '../model.ts'
import { show } from '../window.ts'
import type { ControlState } from './evaluate.ts'
import type { Subjects, SubjectTest } from './subjects.ts'

export interface Compensation {
  readonly control: string
  /**
   * As of a control, for what the exception covers: `not-exercised` where it was not put to the test there since the
   * exception began, however well it is tested elsewhere.
   */
  readonly kind: ControlState['kind']
  readonly reason: string
  /** The event of the last test there. */
  readonly last: { readonly index: number; readonly at: Instant } | null
}

/**
 * The state of each compensating control of an exception, in its order. A control that fails fails here too, wherever
 * the offender was; one that is never tested on single assets counts as it stands for the plant.
 */
export function compensationOf(
  { compensating, assets, from }: Pick<Exception, 'compensating' | 'assets' | 'from'>,
  states: ReadonlyMap<string, ControlState>,
  subjects: Subjects,
  now: Instant,
): readonly Compensation[] {
  const began = startOfDay(from, 'UTC')
  return compensating.map((control): Compensation => {
    const state = states.get(control)
    if (state === undefined) throw new Error(`control \`${control}\`: an exception names it and no catalogue does`)
    const { kind, reason, last } = state
    if (kind === 'failing' || kind === 'no-evidence' || kind === 'not-exercised') return { control, kind, reason, last }
    const isOfAssets = assets.length > 0 && subjects.isOfAssets(control)
    const there = isOfAssets ? latest(assets.map((asset) => subjects.tested(control, asset))) : last
    const where = isOfAssets
      ? `on ${assets.length === 1 ? `asset \`${assets[0]}\`` : 'what the exception covers'}`
      : 'for the plant as a whole'
    if (there === null || there.at < began) {
      const since = `not put to the test ${where} since the exception began`
      return {
        control,
        kind: 'not-exercised',
        reason: there === null ? since : `${since}: last at ${show(there.at)}`,
        last: there,
      }
    }
    // What makes it stale for the plant makes it stale here.
    if (kind === 'stale' && !isOfAssets) return { control, kind, reason, last: there }
    if (now - there.at > state.freshness.ms || kind === 'stale')
      return {
        control,
        kind: 'stale',
        reason: `last tested ${where} at ${show(there.at)}: expected ${state.freshness.words}`,
        last: there,
      }
    return {
      control,
      kind: 'fresh',
      reason: `tested ${where}, the latest at ${show(there.at)}, and it holds`,
      last: there,
    }
  })
}

function latest(tests: readonly (SubjectTest | null)[]): { readonly index: number; readonly at: Instant } | null {
  const found = tests.flatMap((test) => (test === null ? [] : [test])).toSorted((a, b) => b.index - a.index)[0]
  return found === undefined ? null : { index: found.index, at: found.at }
}
