// The window an approver grants: the one that was asked, or a shorter one inside it. Pure.

import type { WindowView } from '../../../gateway/contract/views.ts'
import { formatWindow, fromLocalField } from '../time/plant-time.ts'

export type NarrowedWindow =
  | { readonly kind: 'ok'; readonly window: WindowView }
  | { readonly kind: 'problem'; readonly text: string }

/** Reads two `datetime-local` values on the plant's clock as a window inside the asked one. */
export function narrowWindow(asked: WindowView, zone: string, fromField: string, untilField: string): NarrowedWindow {
  const from = fromLocalField(zone, fromField)
  const until = fromLocalField(zone, untilField)
  if (from.kind === 'malformed' || until.kind === 'malformed') {
    return { kind: 'problem', text: 'Give a date and a time for both ends.' }
  }
  if (from.kind === 'skipped' || until.kind === 'skipped') {
    return { kind: 'problem', text: 'The clocks at the plant skip one of these times. Choose another.' }
  }
  // Fields hold whole minutes: an end left as it was means the asked end, to the millisecond.
  const window = { from: snap(from.at, asked.from), until: snap(until.at, asked.until) }
  if (window.until <= window.from) return { kind: 'problem', text: 'The end must be after the start.' }
  if (window.from < asked.from || window.until > asked.until) {
    return { kind: 'problem', text: `Stay inside what was asked: ${formatWindow(asked, zone)}.` }
  }
  return { kind: 'ok', window }
}

const minute = 60_000
const snap = (chosen: number, asked: number): number =>
  Math.floor(chosen / minute) === Math.floor(asked / minute) ? asked : chosen
