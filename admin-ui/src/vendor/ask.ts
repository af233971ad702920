// From what somebody typed into the form to an access request, or to what is still missing. Pure: the time comes in.
// What policy thinks of it is the gateway's to say.

import type { RequestBody } from '../../../gateway/contract/bodies.ts'
import type { AssetView, WindowView } from '../../../gateway/contract/views.ts'
import { formatMinutes, parseDuration } from '../time/duration.ts'
import { fromLocalField } from '../time/plant-time.ts'

const minute = 60_000
/** A start this far back is still meant as now: filling in the form takes time, and policy allows for it. */
const startGrace = 5 * minute

export interface AskDraft {
  readonly asset: string
  readonly operationClass: string
  readonly start: 'now' | 'later'
  /** A `datetime-local` value on the plant's clock; used when `start` is `later`. */
  readonly startAt: string
  readonly duration: string
  readonly purpose: string
  readonly ticket: string
}

export type AskField = 'asset' | 'operationClass' | 'startAt' | 'duration' | 'purpose'
export type AskProblems = Readonly<Partial<Record<AskField, string>>>

const classes = ['observe', 'operate', 'engineer'] as const
const isClass = (value: string): value is RequestBody['operationClass'] => classes.some((each) => each === value)

interface ComposedWindow {
  readonly window: WindowView | null
  readonly problems: AskProblems
  /** The start happens twice on the plant's clock; the first was taken. */
  readonly twice: boolean
}

/** The window a draft means, on the asset's plant clock and within its longest window. */
export function composeWindow(draft: AskDraft, asset: AssetView, now: number): ComposedWindow {
  const problems: { startAt?: string; duration?: string } = {}
  let from: number | null = now
  let twice = false
  if (draft.start === 'later') {
    const start = fromLocalField(asset.timeZone, draft.startAt)
    from = start.kind === 'ok' ? start.at : null
    twice = start.kind === 'ok' && start.twice
    if (start.kind === 'malformed') problems.startAt = 'Give a date and a time.'
    if (start.kind === 'skipped') problems.startAt = 'The clocks at the plant skip this time. Choose another.'
    if (from !== null && from < now - startGrace) problems.startAt = 'This time is in the past.'
  }
  const duration = parseDuration(draft.duration)
  if (duration.kind === 'malformed') problems.duration = duration.reason
  else if (duration.minutes > asset.maxWindowMinutes) {
    problems.duration = `${asset.plantName} allows at most ${formatMinutes(asset.maxWindowMinutes)}.`
  }
  if (from === null || duration.kind === 'malformed' || Object.keys(problems).length > 0) {
    return { window: null, problems, twice }
  }
  return { window: { from, until: from + duration.minutes * minute }, problems, twice }
}

export type ComposedAsk =
  | { readonly kind: 'ok'; readonly body: RequestBody }
  | { readonly kind: 'incomplete'; readonly problems: AskProblems }

/** The whole request, or every problem at once. */
export function composeAsk(draft: AskDraft, asset: AssetView | null, now: number): ComposedAsk {
  const composed = asset === null ? null : composeWindow(draft, asset, now)
  const window = composed?.window ?? null
  const { operationClass } = draft
  const problems: AskProblems = {
    ...(asset === null ? { asset: 'Choose the asset you need.' } : {}),
    ...(isClass(operationClass) ? {} : { operationClass: 'Choose what you will do.' }),
    ...composed?.problems,
    ...(draft.purpose.trim() === '' ? { purpose: 'Say what will be done; the approver decides on this.' } : {}),
  }
  if (asset === null || !isClass(operationClass) || window === null || Object.keys(problems).length > 0) {
    return { kind: 'incomplete', problems }
  }
  return {
    kind: 'ok',
    body: {
      asset: asset.id,
      protocol: 'ssh',
      operationClass,
      window,
      purpose: draft.purpose.trim(),
      ticket: draft.ticket.trim(),
    },
  }
}

/** Durations offered as one press: the common ones that the plant allows, and its longest. */
export function offeredMinutes(longest: number): readonly number[] {
  const common = [30, 60, 120, 240].filter((minutes) => minutes < longest)
  return [...common, longest]
}
