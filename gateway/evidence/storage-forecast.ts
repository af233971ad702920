// When the space for recordings will be used up: what came in over the last thirty days, by plant and retention class,
// drawn on into the future. A forecast says what happens if things go on as they did, and no more.

import {
  handlingOfRecording,
  type Bundle,
  type Instant,
  type PlantId,
  type RetentionClass,
} from '../../policy/index.ts'
import type { Store } from '../store/store.ts'

export interface ForecastLine {
  readonly plant: PlantId
  readonly retention: RetentionClass
  readonly recordings: number
  readonly bytes: number
  readonly bytesPerDay: number
  /** What it comes to once as much falls due as comes in. */
  readonly steadyBytes: number
}

export interface Forecast {
  /** Days that were looked at: 30, or fewer where the gateway is younger. */
  readonly days: number
  readonly lines: readonly ForecastLine[]
  readonly bytesPerDay: number
  readonly steadyBytes: number
  /** When no new session could begin if nothing is deleted; null where nothing comes in. */
  readonly fullAt: Instant | null
}

const dayMs = 86_400_000
const lookBackDays = 30
/** Further off than a forecast of thirty days carries. */
const farthestDays = 36_500

export async function forecastOf(
  store: Store,
  bundle: Bundle,
  now: Instant,
  space: { readonly freeBytes: number; readonly totalBytes: number; readonly refusePercent: number },
): Promise<Forecast> {
  const first = await store.storage.firstEnd()
  const days = Math.min(lookBackDays, Math.max(1, Math.ceil((now - (first ?? now)) / dayMs)))
  const lines = new Map<string, ForecastLine>()
  for (const recorded of await store.storage.recordedSince(now - lookBackDays * dayMs)) {
    const { retention } = handlingOfRecording(bundle, recorded)
    const key = `${recorded.plant}/${retention.id}`
    const known = lines.get(key)
    const bytes = (known?.bytes ?? 0) + recorded.bytes
    const bytesPerDay = bytes / days
    lines.set(key, {
      plant: recorded.plant,
      retention,
      recordings: (known?.recordings ?? 0) + recorded.recordings,
      bytes,
      bytesPerDay: Math.round(bytesPerDay),
      steadyBytes: Math.round(bytesPerDay * retention.keepDays),
    })
  }
  const all = [...lines.values()].toSorted((a, b) => b.bytes - a.bytes)
  const bytesPerDay = all.reduce((sum, line) => sum + line.bytes, 0) / days
  const steadyBytes = all.reduce((sum, line) => sum + line.steadyBytes, 0)
  const usable = Math.max(0, space.freeBytes - (space.totalBytes * space.refusePercent) / 100)
  const daysLeft = bytesPerDay === 0 ? Infinity : usable / bytesPerDay
  return {
    days,
    lines: all,
    bytesPerDay: Math.round(bytesPerDay),
    steadyBytes,
    fullAt: daysLeft > farthestDays ? null : Math.round(now + daysLeft * dayMs),
  }
}
