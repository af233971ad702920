// What is wrong with a question itself: instants that are none, windows that run backwards, times of day that do not
// exist, files without a digest. Whether a sound question is permitted is decided elsewhere.

import { quote } from './ids.ts'
import type { AccessAsk, DecisionRequest, Instant, Schedule, Window } from './model.ts'
import { faultOfRecurrence } from './recurrence.ts'
import { nextUse } from './schedule.ts'
import { faultOf, hasFiniteEnds, isInstant, minutesOf, show, startGraceMs } from './window.ts'

/** A year and a little. Longer ones are not reckoned with: counting out their occurrences would take too long. */
const reckonableMinutes = 400 * 24 * 60

/** Files one request may bring. */
const mostFiles = 100

const controlCharacter = /\p{Cc}/u

/** What keeps the question from being reckoned with at all, as a clause, or null. */
export function unreckonable(request: DecisionRequest, now: Instant): string | null {
  if (!isInstant(now)) return 'expected the time of the decision in whole milliseconds'
  const given = request.action === 'connect' ? request.grant : request.ask
  if (given === null) return null
  if (!hasFiniteEnds(given.window)) return faultOf(given.window)
  return faultOfSchedule(given.schedule, given.window)
}

/** What else is wrong with it, as a clause, or null: the reasons why policy would refuse it too are still found. */
export function faultOfQuestion(request: DecisionRequest, now: Instant): string | null {
  if (request.action === 'connect') return request.grant === null ? null : faultOf(request.grant.window)
  const { ask } = request
  return faultOf(ask.window) ?? pastOf(request.action, ask.window, now) ?? emptyOf(ask) ?? faultOfFiles(ask)
}

function faultOfSchedule(schedule: Schedule, window: Window): string | null {
  switch (schedule.kind) {
    case 'whole':
      return null
    case 'from-approval':
    case 'from-first-use':
      return Number.isSafeInteger(schedule.minutes) && schedule.minutes > 0
        ? null
        : `expected a whole number of minutes above 0, got ${quote(schedule.minutes)}`
    case 'recurring':
      return minutesOf(window) > reckonableMinutes
        ? `expected recurring access to end within a year, got \`${show(window.from)}\` to \`${show(window.until)}\``
        : faultOfRecurrence(schedule.recurrence, schedule.timeZone)
  }
}

function pastOf(action: 'request' | 'approve' | 'extend', window: Window, now: Instant): string | null {
  if (window.until <= now) {
    return `expected a window that ends in the future, got one that ended at ${show(window.until)}, and it is ${show(now)}`
  }
  // Only what is asked anew must begin now or later; what is approved may have begun while it waited.
  if (action === 'request' && window.from < now - startGraceMs) {
    return `expected a window that begins now or later, got ${show(window.from)}, and it is ${show(now)}`
  }
  return null
}

function emptyOf({ window, schedule }: AccessAsk): string | null {
  if (schedule.kind !== 'recurring' || nextUse({ window, schedule }, window.from - 1) !== null) return null
  const { days, from, until } = schedule.recurrence
  return `expected ${days.join(', ')} ${from} to ${until} (${schedule.timeZone}) to come round between ${show(window.from)} and ${show(window.until)}, and it does not`
}

function faultOfFiles({ files }: AccessAsk): string | null {
  if (files.length > mostFiles) return `expected at most ${mostFiles} files, got ${files.length}`
  for (const { name, sha256 } of files) {
    if (name.trim() === '' || name.length > 255 || controlCharacter.test(name)) {
      return `expected a file name of 1 to 255 characters, got ${quote(name)}`
    }
    if (!/^[0-9a-f]{64}$/i.test(sha256)) {
      return `file ${quote(name)}: expected its SHA-256 in 64 hex digits, got ${quote(sha256)}`
    }
  }
  return null
}
