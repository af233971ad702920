// Every error the gateway answers with has a code of one closed union, and one table gives each code its HTTP status
// and the text the public sees. Errors without a code are ours to fix: they reach clients as `internal`.

export const problems = {
  'malformed-body': { status: 400, text: 'the request body is not what this route takes' },
  'malformed-id': { status: 400, text: 'an id in the address is malformed' },
  'malformed-query': { status: 400, text: 'a query parameter is not what this route takes' },
  'login-failed': {
    status: 401,
    text: 'login, password or code is wrong, or the account is locked for now: check all three and try again',
  },
  'not-logged-in': { status: 401, text: 'no valid login: log in again' },
  'csrf-missing': { status: 403, text: 'the anti-forgery header is missing or wrong: reload the page and try again' },
  'role-missing': { status: 403, text: 'your roles do not include this' },
  'policy-denied': { status: 403, text: 'policy refuses this' },
  'not-found': { status: 404, text: 'there is nothing here, or it is not yours to see' },
  'state-conflict': { status: 409, text: 'the state changed meanwhile: read it again' },
  'digest-mismatch': { status: 409, text: 'the request is not the one that was read: read it again before deciding' },
  'link-forged': { status: 404, text: 'this is no approval link of this gateway' },
  'link-foreign': { status: 403, text: 'this approval link was made for another person: use the one sent to you' },
  'link-outdated': {
    status: 409,
    text: 'the request has been decided or changed since this approval link was made: look at it in the list',
  },
  'link-used': { status: 410, text: 'this approval link was used before: look for the request in the list' },
  'link-expired': { status: 410, text: 'this approval link has ended: look for the request in the list' },
  'confirm-safe-state': {
    status: 409,
    text: 'the process may need to be made safe first: look, and insist to end it all the same',
  },
  'invalid-window': { status: 422, text: 'the window cannot be granted' },
  'invalid-terms': { status: 422, text: 'the terms cannot be granted' },
  'body-too-large': { status: 413, text: 'the request body is larger than this route takes' },
  'unsupported-media': { status: 415, text: 'bodies are JSON: send content-type application/json' },
  'too-many-requests': { status: 429, text: 'too many requests: wait a little and try again' },
  'bundle-invalid': { status: 422, text: 'the bundle is not valid' },
  'bundle-too-costly': { status: 422, text: 'checking the bundle took more time or memory than a bundle may' },
  'bundle-outdated': { status: 409, text: 'another bundle is in force than the one this builds on: read it again' },
  'own-proposal': { status: 403, text: 'who proposed a bundle does not activate it: another person has to' },
  'own-review': {
    status: 403,
    text: 'who reviewed the safety of a bundle does not activate it: another person has to',
  },
  'safety-review-missing': {
    status: 409,
    text: 'the proposal touches the safety path: a safety engineer has to review it before it is activated',
  },
  'decision-missing': {
    status: 409,
    text: "it is a major change: it takes the reference of the committee's decision",
  },
  'dossier-incomplete': {
    status: 409,
    text: 'a bundle is put in force here only with a complete release dossier',
  },
  'viewing-refused': { status: 403, text: 'the rules for this recording do not let you look at it' },
  'not-agreed': { status: 403, text: 'this is not of what the export is to hold' },
  'agreement-unusable': { status: 409, text: 'nothing can be exported under this agreement now' },
  'second-person-needed': { status: 403, text: 'another person has to agree before you look at this recording' },
  'range-outside': { status: 416, text: 'the range asked for lies outside of what is there' },
  'evidence-kept': {
    status: 409,
    text: 'it has to be kept: a legal hold covers it, or its day has not come',
  },
  'recording-away': {
    status: 503,
    text: 'the recording is in the object store, which does not give it at the moment',
  },
  'recorder-failed': { status: 503, text: 'evidence cannot be kept at the moment, so nothing new may begin' },
  internal: { status: 500, text: 'something went wrong on our side; the log has the details' },
} as const satisfies Record<string, { readonly status: number; readonly text: string }>

export type ProblemCode = keyof typeof problems

/** A refusal or failure with a code. `detail` is shown to the caller, so it never holds a secret. */
export class GatewayError extends Error {
  readonly code: ProblemCode
  readonly detail: string | null
  readonly extra: Readonly<Record<string, unknown>>

  constructor(
    code: ProblemCode,
    detail: string | null = null,
    extra: Readonly<Record<string, unknown>> = {},
    cause?: unknown,
  ) {
    super(detail ?? problems[code].text, cause === undefined ? undefined : { cause })
    this.name = 'GatewayError'
    this.code = code
    this.detail = detail
    this.extra = extra
  }
}

/** Marks a place no value can reach; the compiler proves it, a wrong cast is named at run time. */
export function assertNever(value: never): never {
  throw new Error(`unexpected value ${JSON.stringify(value)}`)
}
