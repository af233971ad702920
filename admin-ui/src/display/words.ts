// One word, one tone and one sentence for every state a page shows, so that a state reads the same everywhere and never
// by colour alone. Words only; badge.tsx draws them.

import type {
  AssetView,
  ControlView,
  GrantView,
  RecordingView,
  RequestView,
  SessionView,
  TierView,
} from '../../../gateway/contract/views.ts'

export type Tone = 'good' | 'warn' | 'bad' | 'info' | 'plain'
export type Mark = 'check' | 'clock' | 'cross' | 'alert' | 'minus' | 'dot' | 'live' | 'shield' | 'question' | 'flag'

export interface Word {
  readonly word: string
  readonly tone: Tone
  readonly mark: Mark
}

export const requestWords: Readonly<Record<RequestView['state'], Word>> = {
  submitted: { word: 'Waiting for approval', tone: 'info', mark: 'clock' },
  approved: { word: 'Approved', tone: 'good', mark: 'check' },
  refused: { word: 'Refused', tone: 'bad', mark: 'cross' },
  withdrawn: { word: 'Withdrawn', tone: 'plain', mark: 'minus' },
  expired: { word: 'Expired', tone: 'plain', mark: 'clock' },
}

export const grantWords: Readonly<Record<GrantView['state'], Word>> = {
  scheduled: { word: 'Scheduled', tone: 'info', mark: 'clock' },
  active: { word: 'Open now', tone: 'good', mark: 'live' },
  revoked: { word: 'Revoked', tone: 'bad', mark: 'cross' },
  expired: { word: 'Over', tone: 'plain', mark: 'clock' },
}

export const sessionWords: Readonly<Record<SessionView['state'], Word>> = {
  opening: { word: 'Opening', tone: 'info', mark: 'clock' },
  waiting: { word: 'Waiting for an escort', tone: 'warn', mark: 'clock' },
  active: { word: 'Live', tone: 'good', mark: 'live' },
  observing: { word: 'Observing only', tone: 'info', mark: 'live' },
  locked: { word: 'Locked', tone: 'info', mark: 'clock' },
  paused: { word: 'Paused: escort away', tone: 'warn', mark: 'clock' },
  held: { word: 'Held: no room to record', tone: 'bad', mark: 'alert' },
  ending: { word: 'Ending', tone: 'warn', mark: 'clock' },
  ended: { word: 'Ended, not sealed yet', tone: 'warn', mark: 'clock' },
  sealed: { word: 'Sealed', tone: 'plain', mark: 'check' },
}

export const recordingWords: Readonly<Record<RecordingView['status'], Word>> = {
  live: { word: 'Live', tone: 'info', mark: 'live' },
  complete: { word: 'Complete', tone: 'good', mark: 'check' },
  interrupted: { word: 'Interrupted', tone: 'warn', mark: 'alert' },
  unsealed: { word: 'Not sealed yet', tone: 'warn', mark: 'clock' },
  missing: { word: 'Missing', tone: 'bad', mark: 'cross' },
  deleted: { word: 'Deleted', tone: 'plain', mark: 'minus' },
}

export const controlWords: Readonly<Record<ControlView['state'], Word>> = {
  fresh: { word: 'Fresh', tone: 'good', mark: 'check' },
  stale: { word: 'Stale', tone: 'warn', mark: 'clock' },
  failing: { word: 'Failing', tone: 'bad', mark: 'cross' },
  'not-exercised': { word: 'Not exercised', tone: 'plain', mark: 'minus' },
  'no-evidence': { word: 'No evidence', tone: 'warn', mark: 'question' },
}

/** What each control state means, for the legend of the register. */
export const controlMeanings: Readonly<Record<ControlView['state'], string>> = {
  fresh: 'evidence exists, is recent enough, and nothing in it breaks the control',
  stale: 'evidence exists, but is older than the control allows',
  failing: 'an entry of the ledger breaks the control',
  'not-exercised': 'nothing has happened yet that the control could act on',
  'no-evidence': 'something happened that should have left evidence, and none was found',
}

const protocols: Readonly<Record<string, string>> = {
  ssh: 'a terminal, commands and files, as its owner has opened it',
  telnet: 'a terminal; from the gateway on it is clear text, and nothing shows that it is the asset that answers',
  tcp: 'a tunnel to its declared ports; from the gateway on it is clear text unless the tool encrypts, and nobody can tell looking from doing in it',
}
/** What an asset is reached by, as whoever approves reads it. */
export const protocolMeaning = (protocol: string): string => protocols[protocol] ?? 'brokered by the gateway'

/** Null where the way to the asset is protected all along. */
export function clearTextWord(protocol: string): Word | null {
  return protocol === 'ssh' ? null : { word: `Clear text (${protocol})`, tone: 'warn', mark: 'alert' }
}

export const scopeWords: Readonly<Record<AssetView['scope'], Word>> = {
  in: { word: 'In scope', tone: 'good', mark: 'check' },
  out: { word: 'Out of scope', tone: 'bad', mark: 'minus' },
  undetermined: { word: 'Scope undetermined', tone: 'warn', mark: 'question' },
}

/** The safety class of an asset as IEC 61511 readers know it; null where it has none to show. */
export function safetyWord(safety: string): Word | null {
  if (safety === 'none') return null
  if (safety === 'SIS') return { word: 'Safety system (SIS)', tone: 'bad', mark: 'shield' }
  return { word: 'Safety-related', tone: 'warn', mark: 'shield' }
}

export function criticalityWord(criticality: string): Word {
  if (criticality === 'high') return { word: 'High criticality', tone: 'bad', mark: 'flag' }
  if (criticality === 'medium') return { word: 'Medium criticality', tone: 'warn', mark: 'flag' }
  return { word: 'Low criticality', tone: 'plain', mark: 'flag' }
}

/** What the change system says of a ticket, as a clause. */
const tickets: Readonly<Record<string, string>> = {
  open: 'open in the change system',
  closed: 'closed in the change system',
  unknown: 'not known to the change system',
  unreachable: 'the change system does not answer',
  unchecked: 'not checked',
}
export const ticketWords = (state: string): string => tickets[state] ?? state

/** What stands over the approvals a request needs. */
export const needsTitle = (needs: number): string =>
  needs === 1 ? 'The approval it needs' : 'Approvals it needs, each of another person'

/** How a request is handled, by its tier. */
export const tierWords: Readonly<Record<TierView, Word & { readonly meaning: string }>> = {
  standard: {
    word: 'Standard',
    tone: 'plain',
    mark: 'check',
    meaning: 'Known work that comes again, with known risks.',
  },
  normal: { word: 'Normal', tone: 'plain', mark: 'dot', meaning: 'Planned work that is judged by itself.' },
  emergency: { word: 'Emergency', tone: 'bad', mark: 'alert', meaning: 'Production or safety is hit now.' },
  'break-glass': {
    word: 'Break-glass',
    tone: 'bad',
    mark: 'alert',
    meaning: 'Nobody can approve in time. It alarms the plant and opens a nonconformity.',
  },
}

/** What each operation class lets somebody do. */
export const operationMeanings: Readonly<Record<string, string>> = {
  observe: 'Look only: nothing typed arrives, and only commands the plant has named are run',
  operate: 'Work as an operator does: change set points and run routine tasks',
  engineer: 'Change programs, configuration or firmware',
}

/** Why a session ended, as a clause. A reason not known here is shown as it is. */
const endReasons: Readonly<Record<string, string>> = {
  client: 'closed by the person',
  target: 'closed by the asset',
  expired: 'the window ended',
  revoked: 'the grant was revoked',
  killed: 'killed by a person of the plant',
  'person-disabled': 'the person was disabled',
  'owner-gone': 'nobody answers for the machine account',
  'account-ended': 'the machine account is past its last day',
  'policy-changed': 'the policy changed',
  suspended: 'the person, their supplier or the place was suspended',
  'contract-ended': 'the contract of the supplier ended',
  'attestation-ended': 'something it needs is not attested any more',
  'scope-changed': 'the asset left the scope, or its phase was closed',
  'conduit-closed': 'the conduit to the asset was closed',
  'presence-gone': 'nobody was on site any more',
  'host-key-withdrawn': 'the host key of the asset is no longer believed',
  'key-revoked': 'the key or certificate of the login was revoked',
  'dependency-down': 'something the plant leans on did not work',
  'escort-gone': 'the escort left and did not come back in time',
  'escort-missing': 'no escort came',
  idle: 'nothing moved for too long',
  'recorder-failed': 'recording was no longer possible',
  'target-unreachable': 'the asset did not answer',
  'flow-violation': 'one side broke the flow control of SSH',
  'host-key-mismatch': 'the asset showed another host key than the pinned one',
  'target-protocol': 'the asset speaks no SSH that is good enough',
  'target-refused-login': 'the asset refused the login',
  'gateway-stopped': 'the gateway was stopped',
  'worker-died': 'the process of the gateway that carried it died; connecting again works',
  interrupted: 'the gateway failed during the session',
}
export const endReasonWords = (reason: string): string => endReasons[reason] ?? reason

const frameworks: Readonly<Record<string, string>> = {
  'iso27001-2022': 'ISO/IEC 27001:2022',
  'iec62443-3-3-2013': 'IEC 62443-3-3:2013',
  'nerc-cip': 'NERC CIP',
  'nist-csf-2.0': 'NIST CSF 2.0',
  'nist-800-171r2': 'NIST SP 800-171 Rev. 2',
  'nist-800-171r3': 'NIST SP 800-171 Rev. 3',
  'nist-800-53r5': 'NIST SP 800-53 Rev. 5',
  'tisax-isa-6': 'TISAX (VDA ISA 6)',
  'nis2-2024-2690': 'NIS2, Regulation (EU) 2024/2690',
}
/** The title of a framework by its key in the control catalogue. */
export const frameworkName = (key: string): string => frameworks[key] ?? key
