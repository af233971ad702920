// What the routes about bundles take. A bundle travels as its files: paths relative to its folder, with their text.

import { Type, type Static } from 'typebox'
import { closed } from './primitives.ts'

const Digest = Type.String({ pattern: '^[0-9a-f]{64}$', description: 'SHA-256 of the bundle in force as it was read' })
const Words = (description: string) => Type.String({ minLength: 1, maxLength: 500, description })

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
  { files: BundleFiles, comment: Words('what changes and why, for who activates it') },
  closed,
)
export type ProposeBody = Static<typeof ProposeBody>

export const BaseBody = Type.Object({ base: Digest }, closed)
export type BaseBody = Static<typeof BaseBody>

export const RollbackBody = Type.Object({ base: Digest, reason: Words('why; evidence') }, closed)
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
    comment: Words('impact and risk as judged; evidence'),
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
  },
  closed,
)
export type ExplainBody = Static<typeof ExplainBody>
