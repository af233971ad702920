// Who is on duty: the plant's rosters read at an instant. What a duty allows is the policies'; a gap opens nothing.

import type { Bundle } from './bundle/bundle.ts'
import type { Login, PlantId } from './ids.ts'
import type { Instant, Roster } from './model.ts'
import { nextOccurrence, occurrenceAt } from './recurrence.ts'

type Rostered = Pick<Bundle, 'calendars' | 'plants'>

/** The people on duty for something in a plant at an instant, each once. Empty: a gap. */
export function onDuty(bundle: Rostered, plant: PlantId, duty: string, at: Instant): readonly Login[] {
  const shifts = rostersFor(bundle, plant, duty).flatMap((roster) => roster.shifts)
  const timeZone = bundle.plants.get(plant)?.timeZone ?? 'UTC'
  const running = shifts.filter((shift) => occurrenceAt(shift.recurrence, timeZone, at) !== null)
  return [...new Set(running.flatMap((shift) => shift.people))]
}

/** The first shift for a duty that begins after an instant, and who is on it; null where no roster has one. */
export function nextOnDuty(
  bundle: Rostered,
  plant: PlantId,
  duty: string,
  after: Instant,
): { readonly from: Instant; readonly people: readonly Login[] } | null {
  const timeZone = bundle.plants.get(plant)?.timeZone ?? 'UTC'
  const coming = rostersFor(bundle, plant, duty)
    .flatMap((roster) => roster.shifts)
    .flatMap((shift) => {
      const next = nextOccurrence(shift.recurrence, timeZone, after)
      return next === null ? [] : [{ from: next.from, people: shift.people }]
    })
  const first = Math.min(...coming.map(({ from }) => from))
  const people = coming.filter(({ from }) => from === first).flatMap((shift) => shift.people)
  return people.length === 0 ? null : { from: first, people: [...new Set(people)] }
}

/** Who is told when a request waits for a duty that nobody is on. */
export function escalationFor(bundle: Rostered, plant: PlantId, duty: string): readonly Login[] {
  return [...new Set(rostersFor(bundle, plant, duty).flatMap((roster) => roster.escalateTo))]
}

/** The duties a person is on in a plant at an instant. */
export function dutiesOf(bundle: Rostered, plant: PlantId, login: Login, at: Instant): readonly string[] {
  const timeZone = bundle.plants.get(plant)?.timeZone ?? 'UTC'
  const on = bundle.calendars.rosters.filter(
    (roster) =>
      roster.plant === plant &&
      roster.shifts.some(
        (shift) => shift.people.includes(login) && occurrenceAt(shift.recurrence, timeZone, at) !== null,
      ),
  )
  return [...new Set(on.map((roster) => roster.duty))]
}

function rostersFor(bundle: Rostered, plant: PlantId, duty: string): readonly Roster[] {
  return bundle.calendars.rosters.filter((roster) => roster.plant === plant && roster.duty === duty)
}
