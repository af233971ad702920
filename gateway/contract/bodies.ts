// What the HTTP API takes: one schema a body. Unknown keys are refused, lengths are bounded.

import { Type, type Static } from 'typebox'
import { WindowView } from './views.ts'

const closed = { additionalProperties: false } as const
const Words = (maxLength: number, description: string) => Type.String({ minLength: 1, maxLength, description })

export const LoginBody = Type.Object(
  {
    login: Type.String({ maxLength: 256 }),
    password: Type.String({ maxLength: 1024 }),
    totp: Type.String({ maxLength: 32, description: 'the six digits the authenticator shows now' }),
  },
  closed,
)
export type LoginBody = Static<typeof LoginBody>

export const RequestBody = Type.Object(
  {
    asset: Type.String({ maxLength: 256 }),
    protocol: Type.Literal('ssh'),
    operationClass: Type.Union([Type.Literal('observe'), Type.Literal('operate'), Type.Literal('engineer')]),
    window: WindowView,
    purpose: Words(500, 'what will be done, in words an approver can judge'),
    ticket: Type.String({ maxLength: 120, description: 'change or ticket reference; empty when there is none' }),
  },
  closed,
)
export type RequestBody = Static<typeof RequestBody>

export const ApproveBody = Type.Object(
  {
    digest: Type.String({ maxLength: 64, description: 'the digest of the request as it was read' }),
    comment: Type.String({ maxLength: 500 }),
    /** A shorter window inside the asked one. */
    window: Type.Optional(WindowView),
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

export const ExtendBody = Type.Object(
  { until: Type.Integer({ minimum: 0 }), comment: Type.String({ maxLength: 500 }) },
  closed,
)
export type ExtendBody = Static<typeof ExtendBody>

export const PurposeBody = Type.Object({ purpose: Words(500, 'why the recording is viewed; evidence') }, closed)
export type PurposeBody = Static<typeof PurposeBody>

export const ExportBody = Type.Object(
  {
    /** Session ids; empty for every sealed recording. */
    sessions: Type.Array(Type.String({ maxLength: 64 }), { maxItems: 1000 }),
    purpose: Words(500, 'why the evidence is exported; evidence itself'),
  },
  closed,
)
export type ExportBody = Static<typeof ExportBody>
