// What a user is told, and when: warnings before the end of the window, and one sentence for each way a session ends.

import type { EndReason } from '../../policy/index.ts'
import { assertNever } from '../errors.ts'

const minute = 60_000
const warnings = [
  { before: 15 * minute, text: 'access ends in 15 minutes' },
  { before: 5 * minute, text: 'access ends in 5 minutes' },
  { before: minute, text: 'access ends in 1 minute' },
  { before: 10_000, text: 'access ends in 10 seconds' },
] as const

export interface Warning {
  readonly at: number
  readonly text: string
}

/** The next warning that is still to come, or null when only the end is. */
export function nextWarning(now: number, until: number): Warning | null {
  for (const { before, text } of warnings) if (until - before > now) return { at: until - before, text }
  return null
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
    case 'policy-changed':
      return 'the session ended because the plant changed its rules'
    case 'recorder-failed':
      return 'the session ended because it can no longer be recorded'
    case 'gateway-stopped':
      return 'the session ended because the gateway is stopping: try again in a few minutes'
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
    case 'target-refused-login':
      return 'the target refused the credential'
    default:
      return assertNever(reason)
  }
}
