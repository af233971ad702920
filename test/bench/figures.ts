// Numbers of samples, and how they are written: medians and quantiles, rates, sizes and times with their unit.

/** The value below which the given share of the samples lies (nearest rank). @throws on no samples. */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = samples.toSorted((a, b) => a - b)
  const value = sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))]
  if (value === undefined) throw new Error('expected at least one sample')
  return value
}

/** @throws on no samples. */
export function median(samples: readonly number[]): number {
  const upper = quantile(samples, 0.5)
  if (samples.length % 2 === 1) return upper
  const sorted = samples.toSorted((a, b) => a - b)
  return (upper + (sorted[samples.length / 2] ?? upper)) / 2
}

/** Bytes per second as `312 MB/s`; a megabyte is a million bytes. */
export const rateText = (bytesPerSecond: number): string => `${(bytesPerSecond / 1e6).toFixed(0)} MB/s`
/** Bytes as `1.25 MB`. */
export const sizeText = (bytes: number): string => `${(bytes / 1e6).toFixed(bytes < 1e7 ? 2 : 0)} MB`
/** Milliseconds as `0.42 ms` or `312 ms`. */
export const timeText = (ms: number): string => `${ms.toFixed(Math.abs(ms) < 10 ? 2 : 0)} ms`
/** Seconds as `1.25 s`. */
export const secondsText = (seconds: number): string => `${seconds.toFixed(2)} s`
/** How often a second, as `12.5/s`. */
export const perSecondText = (rate: number): string => `${rate.toFixed(1)}/s`
export const ratioText = (ratio: number): string => ratio.toFixed(ratio < 0.1 ? 3 : 2)
