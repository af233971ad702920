// Who would be asked: for each duty whose yes a decision needs, who the roster has on it then. The roster is the bundle's;
// whether those people exist and may decide is a gateway's to say.

import {
  escalationFor,
  nextOnDuty,
  onDuty,
  plantOf,
  sayDuty,
  type Asset,
  type Bundle,
  type Obligation,
} from '../../policy/index.ts'
import { showInZone } from './duration.ts'

/** A line for each duty. A gap says who is told meanwhile, and who comes next. */
export function onDutyLines(
  obligations: readonly Obligation[],
  asset: Asset,
  bundle: Bundle,
  at: number,
): readonly string[] {
  const { id, timeZone } = plantOf(asset, bundle)
  const duties = obligations.flatMap((one) =>
    one.kind === 'approvals' ? one.needs.flatMap((need) => (need.kind === 'duty' ? [need.duty] : [])) : [],
  )
  return [...new Set(duties)].map((duty) => {
    const people = onDuty(bundle, id, duty, at)
    if (people.length > 0) return `On duty as ${sayDuty(duty)} then: ${people.join(', ')}.`
    const told = escalationFor(bundle, id, duty)
    const next = nextOnDuty(bundle, id, duty, at)
    return (
      `Nobody is on duty as ${sayDuty(duty)} then: it waits, and ${told.join(', ') || 'ISMS managers and administrators'} would be told; ` +
      (next === null
        ? 'no roster has anybody later.'
        : `the next is ${next.people.join(', ')}, from ${showInZone(next.from, timeZone)}.`)
    )
  })
}
