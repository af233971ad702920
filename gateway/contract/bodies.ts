// What the HTTP API takes: one schema a body. Unknown keys are refused, lengths are bounded.

import { Type, type Static } from 'typebox'
import { Instant, closed, Note, Words } from './primitives.ts'
import { FileSwitchView, OperationClassView, TierView, WeekdayView, WindowView } from './views.ts'

export const LoginBody = Type.Object(
  {
    login: Type.String({ maxLength: 256 }),
    password: Type.String({ maxLength: 1024 }),
    totp: Type.String({ maxLength: 32, description: 'the six digits the authenticator shows now' }),
  },
  closed,
)
export type LoginBody = Static<typeof LoginBody>

const Minutes = Type.Integer({ minimum: 1, maximum: 527_040 })
const Day = Type.String({ pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$', description: 'a day on the plant\u2019s calendar' })
const TimeOfDay = Type.String({ pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$', description: 'on the plant\u2019s clock' })

/** Which files are to cross: what is done with them, on which paths of the target. */
export const FileTermsBody = Type.Object(
  {
    allow: Type.Array(FileSwitchView, { minItems: 1, maxItems: 8, uniqueItems: true }),
    paths: Type.Array(Words(400, 'absolute; `*` inside a name, `**` for any number of names'), {
      minItems: 1,
      maxItems: 20,
      uniqueItems: true,
    }),
  },
  closed,
)
export type FileTermsBody = Static<typeof FileTermsBody>

/** When access is wanted. The plant of each asset gives the time zone. */
export const WhenBody = Type.Union([
  Type.Object({ kind: Type.Literal('window'), from: Instant, until: Instant }, closed),
  /** For so long from the approval. `until`: the latest end; left out, as long as the request may wait for an answer. */
  Type.Object({ kind: Type.Literal('from-approval'), minutes: Minutes, until: Type.Optional(Instant) }, closed),
  /** For so long from the first connection, which may come any time in the span. */
  Type.Object({ kind: Type.Literal('from-first-use'), minutes: Minutes, from: Instant, until: Instant }, closed),
  /** On these days of the week, between these times, from the first day to the last (inclusive). */
  Type.Object(
    {
      kind: Type.Literal('recurring'),
      days: Type.Array(WeekdayView, { minItems: 1, maxItems: 7, uniqueItems: true }),
      from: TimeOfDay,
      until: TimeOfDay,
      firstDay: Day,
      lastDay: Day,
    },
    closed,
  ),
])
export type WhenBody = Static<typeof WhenBody>

export const RequestBody = Type.Object(
  {
    /** Each becomes a request of its own, with its own approvals, grant and end. */
    assets: Type.Array(Type.String({ maxLength: 256 }), { minItems: 1, maxItems: 20, uniqueItems: true }),
    /** `tcp`: tunnels to the ports the asset declares; `telnet`: a terminal, in clear text from the gateway on. */
    protocol: Type.Union([Type.Literal('ssh'), Type.Literal('tcp'), Type.Literal('telnet')]),
    operationClass: OperationClassView,
    when: WhenBody,
    /** Left out: `normal`. */
    tier: Type.Optional(TierView),
    /** Ids of the tier's criteria that are affirmed. */
    criteria: Type.Optional(Type.Array(Type.String({ maxLength: 64 }), { maxItems: 20, uniqueItems: true })),
    purpose: Words(500, 'what will be done, in words an approver can judge'),
    ticket: Note(120, 'change or ticket reference; empty when there is none'),
    rollback: Type.Optional(Note(1000, 'how the change is undone')),
    /** Files to be brought. */
    files: Type.Optional(
      Type.Array(
        Type.Object(
          { name: Words(255, 'as it will be called'), sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }) },
          closed,
        ),
        { maxItems: 50 },
      ),
    ),
    /** Which files are to cross; left out, none. */
    transfer: Type.Optional(FileTermsBody),
    /** Login of a machine account the person answers for, which would use it. Left out: themselves. */
    for: Type.Optional(Type.String({ maxLength: 64 })),
    /** Where policy refuses some of the assets: ask for the others all the same? Left out: nothing is asked for. */
    partial: Type.Optional(Type.Boolean()),
  },
  closed,
)
export type RequestBody = Static<typeof RequestBody>

export const SearchBody = Type.Object(
  {
    query: Words(500, 'words, \u201cphrases\u201d, prefix*, -not, and filters as `person:` and `after:`'),
    cursor: Type.Optional(Type.String({ pattern: '^[0-9]{1,16}$', description: '`next` of the page before' })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, description: 'hits; 25 when not given' })),
  },
  closed,
)
export type SearchBody = Static<typeof SearchBody>

export const ApproveBody = Type.Object(
  {
    digest: Type.String({ maxLength: 64, description: 'the digest of the request as it was read' }),
    comment: Note(500),
    /** Less than the terms as they are: a change makes earlier approvals count no longer. */
    changes: Type.Optional(
      Type.Object(
        {
          /** A shorter window inside the present one. */
          window: Type.Optional(WindowView),
          /** A lower class. */
          operationClass: Type.Optional(OperationClassView),
          /** Somebody of the plant has to be there. */
          escort: Type.Optional(Type.Literal(true)),
          /** Added to the conditions that are set already. */
          conditions: Type.Optional(Note(500)),
          /** Less of the files; null for none. */
          transfer: Type.Optional(Type.Union([FileTermsBody, Type.Null()])),
        },
        closed,
      ),
    ),
  },
  closed,
)
export type ApproveBody = Static<typeof ApproveBody>

export const DenyBody = Type.Object(
  { digest: Type.String({ maxLength: 64 }), comment: Words(500, 'why, for the requester') },
  closed,
)
export type DenyBody = Static<typeof DenyBody>

export const ReasonBody = Type.Object({ reason: Words(500, 'shown to the person and kept as evidence') }, closed)
export type ReasonBody = Static<typeof ReasonBody>

export const KillBody = Type.Object(
  {
    reason: Words(500, 'shown to the person and kept as evidence'),
    /** End it also where the asset asks for a safe state first. */
    insist: Type.Optional(Type.Boolean()),
    /** Of a session: as a safety engineer, in an emergency, at once whatever its asset declares as safe; reviewed after. */
    override: Type.Optional(Type.Boolean()),
  },
  closed,
)
export type KillBody = Static<typeof KillBody>

/** `until`: the new end of the window; of a recurring access, of the occurrence that is running. */
export const ExtendBody = Type.Object({ until: Type.Integer({ minimum: 0 }), comment: Note(500) }, closed)
export type ExtendBody = Static<typeof ExtendBody>

export const PurposeBody = Type.Object({ purpose: Words(500, 'why the recording is viewed; evidence') }, closed)
export type PurposeBody = Static<typeof PurposeBody>

export const ExportBody = Type.Object(
  {
    /** Session ids; empty for every sealed recording. */
    sessions: Type.Array(Type.String({ maxLength: 64 }), { maxItems: 1000 }),
    purpose: Words(500, 'why the evidence is exported; evidence itself'),
    /** Left out: of every plant the person looks over. */
    plants: Type.Optional(
      Type.Array(Type.String({ maxLength: 64 }), { minItems: 1, maxItems: 200, uniqueItems: true }),
    ),
    /** Id of an agreement of handling.yaml: nothing goes out that it does not cover. */
    agreement: Type.Optional(Type.String({ minLength: 1, maxLength: 60 })),
  },
  closed,
)
export type ExportBody = Static<typeof ExportBody>
