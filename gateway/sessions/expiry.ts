// What a user is told, and when: warnings before an end, what stopping and locking mean, and one sentence for each way a
// session ends.

import { sayCommands, type EndReason, type ExpiryBehaviour, type InputStop, type Instant } from '../../policy/index.ts'
import { assertNever } from '../errors.ts'

const minute = 60_000
const early = [
  { before: 15 * minute, words: '15 minutes' },
  { before: 5 * minute, words: '5 minutes' },
  { before: minute, words: '1 minute' },
] as const
/** Where the end cuts, one more: there is nothing after it. */
const last = { before: 10_000, words: '10 seconds' } as const

export interface Warning {
  readonly at: Instant
  readonly text: string
}

/** The warnings before the end of a window, in order. */
export function warningsOf(until: Instant, expiry: ExpiryBehaviour['kind']): readonly Warning[] {
  const steps = expiry === 'cut' ? [...early, last] : early
  return steps.map(({ before, words }) => ({ at: until - before, text: `access ends in ${words}` }))
}

/** One minute before a session ends because it rests. */
export function idleWarning(endsAt: Instant): Warning {
  return { at: endsAt - minute, text: 'the session ends in 1 minute, because nothing has moved for long' }
}

/** The latest warning that came due after `since`, up to `now`; an earlier one is no longer true. */
export function dueWarning(warnings: readonly Warning[], since: Instant, now: Instant): Warning | null {
  return warnings.findLast(({ at }) => since < at && at <= now) ?? null
}

/** When the next of them comes, or null when none is left. */
export function nextWarning(warnings: readonly Warning[], now: Instant): Instant | null {
  return warnings.find(({ at }) => at > now)?.at ?? null
}

/** `16:05:00 (Europe/Berlin)` */
export function clockTime(instant: Instant, timeZone: string): string {
  const shown = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', second: '2-digit' })
  return `${shown.format(instant)} (${timeZone})`
}

/** What stopping input means, for the person at the terminal. `observed`: the commands that may be run all the same. */
export function stopSentence(
  stops: readonly InputStop[],
  closesAt: string,
  observed: readonly string[],
  isForSafety = false,
): string {
  const said = 'what you type no longer reaches the target; what it shows still comes'
  if (stops.includes('escort')) return `your escort has left: ${said} until they are back, or the session ends`
  if (stops.includes('window'))
    return `the access window is over: ${said} until ${closesAt}, when the session is closed; an extension lets you go on`
  if (isForSafety)
    return `this access was ended: ${said} until ${closesAt}, when the session is closed; its target is safety-related, so it is not cut off at once`
  if (stops.includes('lapsed'))
    return `what this access rests on has run out: ${said} until ${closesAt}, when the session is closed`
  if (stops.includes('write-hold') && !stops.includes('observe-only'))
    return `what you type does not reach the target until somebody of the plant who watches lets it through, and ${sayCommands(observed)} before`
  return `this access lets you look only: what you type does not reach the target, and ${sayCommands(observed)}`
}

/** Why something is not opened for a machine account. */
export function machineSentence(declared: readonly string[]): string {
  return `a machine account gets no terminal and no shell, and ${sayCommands(declared)}`
}

/** Why a command is not run where it may only be looked. */
export function lookSentence(observed: readonly string[]): string {
  return `this access lets you look only: ${sayCommands(observed)}`
}

/** Why nothing moves while the disk has no room for the recording. */
export function heldSentence(endsAt: string): string {
  return `the recording waits, because its disk is full: nothing moves until there is room, or the session ends at ${endsAt}`
}

/** Why a session ended, for the person in it. `detail` is what the one who ended it wrote. */
export function sentenceFor(reason: EndReason, detail: string | null, windowEnd: string): string {
  const because = detail === null || detail === '' ? '' : `: ${detail}`
  switch (reason) {
    case 'expired':
      return `the session ended because the access window ended at ${windowEnd}`
    case 'revoked':
      return `the session ended because the access was revoked${because}`
    case 'killed':
      return `the session was ended by the plant${because}`
    case 'person-disabled':
      return 'the session ended because the account was disabled'
    case 'owner-gone':
      return 'the session ended because nobody answers for the machine account any more'
    case 'account-ended':
      return `the session ended because the machine account is past its last day${because}`
    case 'policy-changed':
      return `the session ended because the plant's rules no longer permit it${because}`
    case 'suspended':
      return detail ? `the session ended because ${detail}` : 'the session ended because access was suspended'
    case 'contract-ended':
      return `the session ended because the supplier's contract no longer covers it${because}`
    case 'attestation-ended':
      return `the session ended because something it needs is not attested any more${because}`
    case 'scope-changed':
      return `the session ended because the asset is no longer in scope${because}`
    case 'conduit-closed':
      return `the session ended because the way to the asset was closed${because}`
    case 'dependency-down':
      return `the session ended because it leans on what does not work${because}`
    case 'host-key-withdrawn':
      return 'the session ended because the plant no longer believes the host key of the target'
    case 'key-revoked':
      return 'the session ended because the key or certificate you logged in with was revoked'
    case 'presence-gone':
      return 'the session ended because nobody on site asserts presence any more'
    case 'escort-gone':
      return 'the session ended because its escort left and did not come back'
    case 'escort-missing':
      return 'nobody came to escort the session: arrange it with the plant, then connect again'
    case 'idle':
      return 'the session ended because nothing has moved for long'
    case 'recorder-failed':
      return 'the session ended because it can no longer be recorded'
    case 'gateway-stopped':
      return 'the session ended because the gateway is stopping: try again in a few minutes'
    case 'worker-died':
      return 'the session ended because the process of the gateway that carried it died: connect again'
    case 'flow-violation':
      return 'the session ended because one side sent more at a time than SSH flow control allows'
    case 'target':
      return 'the target closed the connection'
    case 'client':
    case 'interrupted':
      return 'the session ended'
    case 'target-unreachable':
      return 'the target does not answer'
    case 'host-key-mismatch':
      return 'the target shows a host key that is not the pinned one'
    case 'target-protocol':
      return 'the target speaks no SSH that is good enough'
    case 'target-refused-login':
      return 'the target refused the credential'
    default:
      return assertNever(reason)
  }
}
