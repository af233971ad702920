// What is answered about the release of a bundle beside what it changes: the text of its rules, the safety review, and
// the dossier.

import { Type, type Static } from 'typebox'
import { Instant, closed, orNull } from './primitives.ts'
import { PersonRef } from './views.ts'

/** A rule whose text comes, goes or changes, line by line. */
export const RuleTextView = Type.Object(
  {
    rule: Type.String(),
    kind: Type.Union([Type.Literal('added'), Type.Literal('removed'), Type.Literal('changed')]),
    lines: Type.Array(
      Type.Object(
        {
          mark: Type.Union([Type.Literal('same'), Type.Literal('gone'), Type.Literal('come')]),
          text: Type.String(),
        },
        closed,
      ),
    ),
  },
  closed,
)
export type RuleTextView = Static<typeof RuleTextView>

export const SafetyReviewView = Type.Object(
  {
    verdict: Type.Union([Type.Literal('approved'), Type.Literal('rejected')]),
    by: PersonRef,
    at: Instant,
    reference: orNull(Type.String({ description: 'the validation record' })),
    comment: Type.String(),
    /** It was about another base: the proposal was rebased since. */
    void: Type.Boolean(),
  },
  closed,
)
export type SafetyReviewView = Static<typeof SafetyReviewView>

export const SafetyView = Type.Object(
  {
    touches: Type.Integer({ description: 'declarations on the safety path that it touches' }),
    /** The first hundred, one clause each. */
    lines: Type.Array(Type.String()),
    /** Plants whose own safety engineer has to look. */
    plants: Type.Array(Type.String()),
    reviews: Type.Array(SafetyReviewView),
    /** What is missing before it may be activated; null where nothing is. */
    missing: orNull(Type.String()),
    /** May the person reading review it? */
    mayReview: Type.Boolean(),
  },
  closed,
)
export type SafetyView = Static<typeof SafetyView>

const Cited = { index: Type.Integer({ description: 'entry of the ledger' }), at: Instant }

export const DossierView = Type.Object(
  {
    proposal: Type.String(),
    state: Type.String(),
    bundle: Type.String(),
    base: Type.String(),
    scopeVersion: Type.String(),
    comment: Type.String(),
    change: orNull(Type.String()),
    proposed: orNull(Type.Object({ ...Cited, by: orNull(PersonRef) }, closed)),
    /** As counted right before it was put in force; counts are null where nobody counted. */
    impact: orNull(
      Type.Object(
        {
          ...Cited,
          assetsMoved: orNull(Type.Integer()),
          changes: orNull(Type.Integer()),
          grantsOpen: orNull(Type.Integer()),
          grantsEnded: orNull(Type.Integer()),
          sessionsEnded: orNull(Type.Integer()),
        },
        closed,
      ),
    ),
    test: orNull(
      Type.Object(
        {
          ...Cited,
          by: PersonRef,
          days: Type.Integer(),
          decisions: Type.Integer(),
          rebuilt: Type.Integer(),
          nowDenied: Type.Integer(),
          nowPermitted: Type.Integer(),
          otherRules: Type.Integer(),
        },
        closed,
      ),
    ),
    /** The last test outside production; a text is null where it was erased. */
    trial: orNull(
      Type.Object(
        {
          ...Cited,
          by: PersonRef,
          result: Type.Union([Type.Literal('passed'), Type.Literal('failed')]),
          site: orNull(Type.String()),
          reference: orNull(Type.String()),
          findings: orNull(Type.String()),
        },
        closed,
      ),
    ),
    safety: Type.Object({ touches: Type.Integer(), reviews: Type.Array(SafetyReviewView) }, closed),
    approval: orNull(Type.Object({ ...Cited, by: orNull(PersonRef) }, closed)),
    rollback: Type.Object(
      {
        plan: orNull(Type.String()),
        done: orNull(Type.Object({ ...Cited, by: orNull(PersonRef) }, closed)),
      },
      closed,
    ),
    /** Every entry of the ledger about it, oldest first. */
    entries: Type.Array(Type.Object({ ...Cited, type: Type.String() }, closed)),
    /** Records that are not there, in words; empty: the dossier is complete. */
    missing: Type.Array(Type.String()),
  },
  closed,
)
export type DossierView = Static<typeof DossierView>
