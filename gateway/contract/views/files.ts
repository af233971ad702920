// What is answered about files that cross: what was found in each, what became of it, and who may decide. Never what is
// in them.

import { Type, type Static } from 'typebox'
import { Instant, closed, orNull } from '../primitives.ts'
import { PersonRef } from './parts.ts'

const ArchiveView = Type.Object(
  {
    entries: Type.Integer(),
    /** Unpacked, by its own account. */
    bytes: Type.Number(),
    /** The first of them. Names come from outside. */
    names: Type.Array(Type.Object({ name: Type.String(), size: Type.Number() }, closed)),
    /** What a person should know before they let it go. */
    oddities: Type.Array(Type.String()),
  },
  closed,
)

/** What the malware scanner said. `signaturesAt`: when its signatures were made; `why`: why there is no verdict. */
const VerdictView = Type.Object(
  {
    verdict: Type.Union([Type.Literal('clean'), Type.Literal('infected'), Type.Literal('none')]),
    found: orNull(Type.String()),
    engine: orNull(Type.String()),
    signaturesAt: orNull(Instant),
    why: orNull(Type.String()),
  },
  closed,
)

export const FileView = Type.Object(
  {
    id: Type.String(),
    session: Type.String(),
    asset: Type.String(),
    assetName: Type.String(),
    plant: Type.String(),
    person: PersonRef,
    program: Type.String(),
    /** `in`: to the asset; `out`: away from it. */
    direction: Type.Union([Type.Literal('in'), Type.Literal('out')]),
    path: Type.String(),
    askedAt: Instant,
    state: Type.Union([
      Type.Literal('receiving'),
      Type.Literal('checking'),
      /** For a person to let it go. */
      Type.Literal('waiting'),
      /** Came again while the same content waited: the word on that one is the word on it. */
      Type.Literal('joined'),
      Type.Literal('released'),
      Type.Literal('delivered'),
      Type.Literal('refused'),
      Type.Literal('broken-off'),
    ]),
    size: Type.Number(),
    /** Null until it was there whole. */
    found: orNull(
      Type.Object(
        {
          sha256: Type.String(),
          contentType: Type.String(),
          archive: orNull(ArchiveView),
          /** The name it was declared under in the request; null where its digest stands in none. */
          declaredAs: orNull(Type.String()),
          verdict: VerdictView,
        },
        closed,
      ),
    ),
    /** Rules of files.yaml that let it. */
    rules: Type.Array(Type.Object({ id: Type.String(), text: Type.String() }, closed)),
    /** One of these roles lets it go. */
    releasedBy: Type.Array(Type.String()),
    /** Why it waits; null where it never did. */
    heldBecause: orNull(Type.String()),
    /** Why it was let go, or was not. */
    outcome: orNull(Type.String()),
    decided: orNull(Type.Object({ by: PersonRef, at: Instant, reason: Type.String() }, closed)),
    /** Does the client wait for it now? */
    awaited: Type.Boolean(),
    /** May the reader let it go or refuse it now? */
    mayDecide: Type.Boolean(),
  },
  closed,
)
export type FileView = Static<typeof FileView>
