// How requests are handled, by tier, and when access may be used.

import { Type, type Static } from 'typebox'
import { closed, orNull } from '../primitives.ts'

export const OperationClassView = Type.Union([
  Type.Literal('observe'),
  Type.Literal('operate'),
  Type.Literal('engineer'),
])

export const TierView = Type.Union([
  Type.Literal('standard'),
  Type.Literal('normal'),
  Type.Literal('emergency'),
  Type.Literal('break-glass'),
])
export type TierView = Static<typeof TierView>

/** What can be done to a path of a target. */
export const FileSwitchView = Type.Union([
  Type.Literal('list'),
  Type.Literal('read'),
  Type.Literal('write'),
  Type.Literal('delete'),
  Type.Literal('rename'),
  Type.Literal('mkdir'),
  Type.Literal('setstat'),
  Type.Literal('symlink'),
])
export type FileSwitchView = Static<typeof FileSwitchView>

/** Which files may cross: what may be done, on which paths of the target (`*` inside a name, `**` for any number). */
export const FileTermsView = Type.Object(
  { allow: Type.Array(FileSwitchView), paths: Type.Array(Type.String()) },
  closed,
)
export type FileTermsView = Static<typeof FileTermsView>

export const WeekdayView = Type.Union([
  Type.Literal('mon'),
  Type.Literal('tue'),
  Type.Literal('wed'),
  Type.Literal('thu'),
  Type.Literal('fri'),
  Type.Literal('sat'),
  Type.Literal('sun'),
])
export type WeekdayView = Static<typeof WeekdayView>

/** When, inside its window, access may be used. */
export const ScheduleView = Type.Union([
  Type.Object({ kind: Type.Literal('whole') }, closed),
  /** For so long from the approval, which may come any time in the window. */
  Type.Object({ kind: Type.Literal('from-approval'), minutes: Type.Integer({ minimum: 1 }) }, closed),
  /** For so long from the first connection, which may come any time in the window. */
  Type.Object({ kind: Type.Literal('from-first-use'), minutes: Type.Integer({ minimum: 1 }) }, closed),
  Type.Object(
    {
      kind: Type.Literal('recurring'),
      days: Type.Array(WeekdayView),
      /** Times of day (`09:00`) on the plant's clock; an `until` not after `from` lies in the next day. */
      from: Type.String(),
      until: Type.String(),
      timeZone: Type.String(),
    },
    closed,
  ),
])
export type ScheduleView = Static<typeof ScheduleView>

/** What the bundle in force demands of a request, by tier. */
export const AccessRulesView = Type.Object(
  {
    tiers: Type.Array(
      Type.Object(
        {
          tier: TierView,
          /** What who asks has to affirm. */
          criteria: Type.Array(Type.Object({ id: Type.String(), text: Type.String() }, closed)),
          maxWindowMinutes: orNull(Type.Integer()),
          /** Request to access: what is aimed at. */
          targetMinutes: orNull(Type.Integer()),
          /** A review is due so long after the access ends; null where none is forced. */
          reviewHours: orNull(Type.Integer()),
          /** Is a rollback plan required? */
          rollback: Type.Boolean(),
        },
        closed,
      ),
    ),
    /** Days a recurring access may last. */
    maxRecurringDays: Type.Integer(),
    /** Changes approved beforehand; where there is any, tier `standard` is only for them. */
    standardChanges: Type.Array(
      Type.Object(
        {
          id: Type.String(),
          title: Type.String(),
          /** Those it is about, of the assets the reader may see. */
          assets: Type.Array(Type.String()),
          protocols: Type.Array(Type.String()),
          operationClass: OperationClassView,
          maxWindowMinutes: Type.Integer(),
          rollback: Type.String(),
          until: Type.String({ description: 'last day, on the plant\u2019s clock' }),
        },
        closed,
      ),
    ),
    /** Is tier `standard` only for them? Also where none is about an asset of the reader. */
    standardOnly: Type.Boolean(),
  },
  closed,
)
export type AccessRulesView = Static<typeof AccessRulesView>
