// What access leans on and how that fared: each change of state, and once a day how the day was.

import { dependencyKinds, dependencyStates, outageEffects } from '../model/dependencies.ts'
import { event, flag, instant, list, number, oneOf, orNull, record, said, text, type EventsOf } from './fields.ts'
import { plantId } from './names.ts'

const dependency = said('Id in scope.yaml; `gateway:` and a use for one that the bundle does not declare.', text)
const state = oneOf(dependencyStates)

export const dependencyEvents = {
  'dependency.state_changed': event('Something the path of access leans on works no longer, or works again.', {
    dependency,
    kind: oneOf(dependencyKinds),
    owner: said('Who answers for it; null where the bundle does not declare it.', orNull(text)),
    plants: said('The plants that lean on it; empty: every one.', list(plantId)),
    from: state,
    to: state,
    since: said('When it was first seen to be so.', instant),
    failures: said('Failures in a row.', number),
    problem: said('What was met, in a clause; null where it works.', orNull(text)),
    effect: oneOf(outageEffects),
    living: said('Does it touch sessions that live already?', flag),
  }),
  'dependency.heartbeat': event('How something the path of access leans on fared, once a day.', {
    dependency,
    owner: orNull(text),
    state: said('At the end of that time.', state),
    worst: said('The worst it was in that time.', state),
    from: instant,
    until: instant,
    looks: said('How often it was looked at, or used.', record({ good: number, failed: number })),
    degradedMs: said('For how long it was degraded, ms.', number),
  }),
}
export type DependencyEvents = EventsOf<typeof dependencyEvents>
