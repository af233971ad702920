// When to try again what could not be sent: later every time, and never in step with others.

const firstMs = 15_000
const longestMs = 3_600_000

/**
 * How long to wait before the next try, in ms: doubling from 15 s to an hour, of which a random part between half and
 * the whole is taken, so that many gateways that lost the same relay do not come back together.
 * @param failures tries in a row that failed; 1 or more.
 * @param random from 0 (inclusive) to 1.
 */
export function waitAfter(failures: number, random: number): number {
  const whole = Math.min(longestMs, firstMs * 2 ** Math.min(failures - 1, 20))
  return Math.round(whole * (0.5 + random / 2))
}
