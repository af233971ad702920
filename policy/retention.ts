// When evidence may go: not before the class of a recording lets it, and never while a legal hold covers it. Who
// proposes and confirms that it goes, and how, is the gateway's.

import type { Hold, Holdable, HoldTarget, Instant, RetentionClass } from './model.ts'

const dayMs = 86_400_000

/** The first instant at which something that ended then may be deleted. */
export function keptUntil(endedAt: Instant, { keepDays }: Pick<RetentionClass, 'keepDays'>): Instant {
  return endedAt + keepDays * dayMs
}

/** Does a legal hold cover it? What touches the span of a hold at all is covered by it. */
export function isHeldBy({ target, span }: Pick<Hold, 'target' | 'span'>, of: Holdable): boolean {
  if (span !== null && (of.from >= span.until || (of.until ?? Infinity) < span.from)) return false
  return isAbout(target, of)
}

/** The holds that keep it. */
export function holdsOn<T extends Pick<Hold, 'target' | 'span'>>(holds: readonly T[], of: Holdable): readonly T[] {
  return holds.filter((hold) => isHeldBy(hold, of))
}

function isAbout(target: HoldTarget, of: Holdable): boolean {
  return target.kind === 'all' || target.id === of[target.kind]
}
