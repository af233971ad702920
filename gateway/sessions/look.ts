// What may be done in a session at this moment, as plain values: a broker asks for it before everything it opens, and may
// sit in another process, to which it is told whenever it changes.

import type { FilePermission, SshFeature } from '../../policy/index.ts'
import type { Flow } from '../brokers/broker.ts'
import { lookSentence, machineSentence } from './expiry.ts'
import type { Standing } from './facts.ts'
import type { LiveSession } from './session.ts'

export interface SessionLook {
  /** The commands a machine account may run, and nothing else; null where a person uses it. */
  readonly declared: readonly string[] | null
  /** The commands that may be run where it may only be looked with. */
  readonly observed: readonly string[]
  readonly onlyLooks: boolean
  /** Why nothing may be opened where it is not only looked with, or null. */
  readonly barred: string | null
  readonly flow: Flow
  /** Of a session by SSH; null of others. */
  readonly crossing: { readonly features: readonly SshFeature[]; readonly files: FilePermission } | null
}

/** In a session that may not be typed in nothing is opened on the target: it would be a way around. */
const barredText: Partial<Record<Standing, string>> = {
  locked: 'the session is locked: unlock it in its terminal first',
  paused: 'the session waits for its escort to come back',
  observing: 'the session may only observe: no further channel can be opened',
}

export function barredNow({ state, standing }: Pick<LiveSession, 'state' | 'standing'>): string | null {
  return state === 'active' ? (barredText[standing] ?? null) : 'the session is ending'
}

type Openings = Pick<SessionLook, 'declared' | 'observed' | 'onlyLooks' | 'barred'>

export function openingsOf(session: Pick<LiveSession, 'terms' | 'onlyLooks' | 'state' | 'standing'>): Openings {
  const { declared, observed } = session.terms
  return { declared, observed, onlyLooks: session.onlyLooks, barred: barredNow(session) }
}

/** Why this may not be opened now, or null. A shell where `command` is null. */
export function barOpening(
  { declared, observed, onlyLooks, barred }: Openings,
  command: string | null,
  onTerminal: boolean,
): string | null {
  if (declared !== null && (command === null || onTerminal || !declared.includes(command)))
    return machineSentence(declared)
  if (!onlyLooks) return barred
  // Word for word: what a target would make of anything else is not for the gateway to guess.
  return command === null || observed.includes(command) ? null : lookSentence(observed)
}

/** The same for a channel on which files are listed or carried: one that only looks may open it. */
export const barFiles = ({ onlyLooks, barred }: Pick<SessionLook, 'onlyLooks' | 'barred'>): string | null =>
  onlyLooks ? null : barred

const noRoomText = 'the disk has no room to record another channel now: try again in a few minutes, or tell the plant'
const fullText =
  'the recording of this session has as many channels as one may have: close the connection and open it again'

/** Why a channel gets no record: the disk, or the bound of one recording. */
export const unrecordedText = (takesChannels: boolean): string => (takesChannels ? noRoomText : fullText)
