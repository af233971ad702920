// What a step of a state machine comes to: the next state, or a refusal with its code. The codes are one closed list.

export const refusalCodes = [
  /** The request was approved, refused, withdrawn or has expired before. */
  'already-decided',
  'own-request',
  'own-supplier',
  /** Of who decides, or of whose right they use. */
  'account-disabled',
  /** The `requester` given is not who made the request, or withdraws another's. */
  'not-the-requester',
  /** What the approver saw is not this request, or not its present terms. */
  'digest-mismatch',
  /** This person has said yes to these terms, or their right was used by somebody else. */
  'already-approved',
  /** None of the yeses that are still needed is one this person can give. */
  'not-needed',
  /** Break-glass is for the tier of that name, and that tier for nothing else. */
  'not-break-glass',
  'schedule-malformed',
  /** Files that cannot be asked for: paths that are none, or more than the operation class lets anybody do. */
  'transfer-malformed',
  'window-malformed',
  'window-ended',
  'window-not-begun',
  'window-not-ended',
  'window-outside-ask',
  'window-not-longer',
  'window-too-long',
  /** A change that would grant more than the terms as they are. */
  'terms-wider',
  'conditions-too-long',
  /** A recurring access of which no occurrence is running. */
  'nothing-running',
  /** The grant was revoked or has expired before. */
  'grant-not-open',
  'reason-missing',
] as const
export type RefusalCode = (typeof refusalCodes)[number]

export interface Refused {
  readonly kind: 'refused'
  readonly code: RefusalCode
  readonly text: string
}
export type Outcome<T> = ({ readonly kind: 'ok' } & T) | Refused

/** A step that is refused, with the reason as a clause. */
export const refused = (code: RefusalCode, text: string): Refused => ({ kind: 'refused', code, text })
