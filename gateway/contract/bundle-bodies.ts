// What the routes about bundles take. A bundle travels as its files: paths relative to its folder, with their text.

import { Type, type Static } from 'typebox'
import { FileTermsBody, WhenBody } from './bodies.ts'
import { closed, Note, Words } from './primitives.ts'

const Digest = Type.String({ pattern: '^[0-9a-f]{64}$', description: 'SHA-256 of the bundle in force as it was read' })

/** Bytes of a request that carries a bundle: an inventory of 100,000 assets as YAML is about half of it. */
export const bundleBodyLimit = 64 * 1024 * 1024
export const mostBundleFiles = 500

export const BundleFiles = Type.Record(
  Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,99}(?:/[A-Za-z0-9][A-Za-z0-9._-]{0,99})?$' }),
  Type.String(),
  { maxProperties: mostBundleFiles, additionalProperties: false, description: 'path relative to the bundle -> text' },
)

export const FilesBody = Type.Object({ files: BundleFiles }, closed)
export type FilesBody = Static<typeof FilesBody>

export const ProposeBody = Type.Object(
  {
    files: BundleFiles,
    comment: Words(500, 'what changes and why, for who activates it'),
    change: Type.Optional(Words(500, "the change in the plant's own change control")),
    rollback: Type.Optional(Words(500, 'how to go back')),
  },
  closed,
)
export type ProposeBody = Static<typeof ProposeBody>

export const BaseBody = Type.Object({ base: Digest }, closed)
export type BaseBody = Static<typeof BaseBody>

export const ActivateBody = Type.Object(
  { base: Digest, decision: Type.Optional(Words(120, "reference of the committee's decision, for a major change")) },
  closed,
)
export type ActivateBody = Static<typeof ActivateBody>

export const SafetyReviewBody = Type.Object(
  {
    base: Digest,
    verdict: Type.Union([Type.Literal('approved'), Type.Literal('rejected')]),
    /** Demanded of a yes. */
    reference: Type.Optional(Words(500, 'the record that the change was validated')),
    comment: Words(500, 'what was looked at, and the judgement; evidence'),
  },
  closed,
)
export type SafetyReviewBody = Static<typeof SafetyReviewBody>

export const TrialBody = Type.Object(
  {
    result: Type.Union([Type.Literal('passed'), Type.Literal('failed')]),
    site: Words(200, 'where: a pre-production plant, a simulator, a test bench'),
    reference: Words(500, 'the record of the test'),
    findings: Words(2_000, 'what was tried, and what came of it; evidence'),
  },
  closed,
)
export type TrialBody = Static<typeof TrialBody>

export const RollbackBody = Type.Object({ base: Digest, reason: Words(500, 'why; evidence') }, closed)
export type RollbackBody = Static<typeof RollbackBody>

/** Exactly one of `files` and `proposal`. */
export const DryRunBody = Type.Object(
  {
    files: Type.Optional(BundleFiles),
    proposal: Type.Optional(Type.String({ maxLength: 64 })),
    days: Type.Integer({ minimum: 1, maximum: 400 }),
  },
  closed,
)
export type DryRunBody = Static<typeof DryRunBody>

export const ReviewScopeBody = Type.Object(
  {
    verdict: Type.Union([Type.Literal('accepted'), Type.Literal('rejected')]),
    comment: Words(500, 'impact and risk as judged; evidence'),
  },
  closed,
)
export type ReviewScopeBody = Static<typeof ReviewScopeBody>

export const ExplainBody = Type.Object(
  {
    /** Login; left out for oneself. */
    person: Type.Optional(Type.String({ maxLength: 64 })),
    asset: Type.String({ maxLength: 256 }),
    action: Type.Union([Type.Literal('request'), Type.Literal('approve'), Type.Literal('connect')]),
    /** For `approve`: login of who would have asked. */
    requester: Type.Optional(Type.String({ maxLength: 64 })),
    operationClass: Type.Union([Type.Literal('observe'), Type.Literal('operate'), Type.Literal('engineer')]),
    tier: Type.Union([
      Type.Literal('standard'),
      Type.Literal('normal'),
      Type.Literal('emergency'),
      Type.Literal('break-glass'),
    ]),
    at: Type.Integer({ minimum: 0 }),
    minutes: Type.Integer({ minimum: 1, maximum: 527_040 }),
    mfa: Type.Boolean(),
    /** When, where it is more than so many minutes from `at`. */
    when: Type.Optional(WhenBody),
    /** Which files are to cross; left out, none. */
    transfer: Type.Optional(FileTermsBody),
    /** What the change system says of the ticket. Left out: a ticket that is open is supposed. */
    ticket: Type.Optional(
      Type.Union([
        Type.Literal('none'),
        Type.Literal('unchecked'),
        Type.Literal('open'),
        Type.Literal('closed'),
        Type.Literal('unknown'),
        Type.Literal('unreachable'),
      ]),
    ),
    /** The rollback plan; empty for none. Left out: one is supposed. */
    rollback: Type.Optional(Note(1000)),
    /** How many files are declared. Left out: none. */
    files: Type.Optional(Type.Integer({ minimum: 0, maximum: 50 })),
    /** Ids of the tier's criteria that are affirmed. Left out: all are supposed. */
    criteria: Type.Optional(Type.Array(Type.String({ maxLength: 64 }), { maxItems: 20, uniqueItems: true })),
  },
  closed,
)
export type ExplainBody = Static<typeof ExplainBody>
