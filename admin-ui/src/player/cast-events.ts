// The events of an asciicast v2 as they arrive, cut anywhere: one JSON array a line behind the header. What is no event is
// passed over, because a player shows what it can; whether a recording is whole is verified elsewhere.

export type CastEvent =
  | { readonly kind: 'output'; readonly at: number; readonly text: string }
  | { readonly kind: 'resize'; readonly at: number; readonly columns: number; readonly rows: number }
  | { readonly kind: 'mark'; readonly at: number; readonly text: string }

export interface CastSize {
  readonly columns: number
  readonly rows: number
}

/** No terminal of a person is larger; a recording that says so would make the page draw millions of cells. */
const most = { columns: 500, rows: 200 }
/** A client without a real terminal gives a size of nothing. */
const least = { columns: 20, rows: 5 }

const within = (value: unknown, low: number, high: number): number | null =>
  typeof value === 'number' && Number.isInteger(value) ? Math.min(high, Math.max(low, value)) : null

/** A size that can be drawn; null where there is none. */
export function drawable(columns: unknown, rows: unknown): CastSize | null {
  const wide = within(columns, least.columns, most.columns)
  const high = within(rows, least.rows, most.rows)
  return wide === null || high === null ? null : { columns: wide, rows: high }
}

export interface CastReader {
  /** Takes a piece of the cast and gives the events that are whole by it. */
  push(text: string): readonly CastEvent[]
  /** From the header; null until it was read, or where it has none. */
  size(): CastSize | null
}

/** Reads https://docs.asciinema.org/manual/asciicast/v2/. */
export function openCastReader(): CastReader {
  let rest = ''
  let size: CastSize | null = null
  let hasHeader = false

  function takeHeader(line: unknown): void {
    hasHeader = true
    if (typeof line !== 'object' || line === null) return
    const { width, height } = line as Readonly<Record<string, unknown>>
    size = drawable(width, height)
  }

  return {
    push(text) {
      const lines = (rest + text).split('\n')
      rest = lines.pop() ?? ''
      const events: CastEvent[] = []
      for (const line of lines) {
        const parsed = parsedOrNull(line)
        if (!hasHeader) {
          takeHeader(parsed)
          continue
        }
        const event = eventOf(parsed)
        if (event !== null) events.push(event)
      }
      return events
    },
    size: () => size,
  }
}

function parsedOrNull(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return null
  }
}

function eventOf(value: unknown): CastEvent | null {
  if (!Array.isArray(value)) return null
  const [at, kind, text] = value as readonly unknown[]
  if (typeof at !== 'number' || !Number.isFinite(at) || typeof text !== 'string') return null
  if (kind === 'o') return { kind: 'output', at, text }
  if (kind === 'm') return { kind: 'mark', at, text }
  if (kind !== 'r') return null
  const [columns, rows] = text.split('x').map(Number)
  const size = drawable(columns, rows)
  return size && { kind: 'resize', at, ...size }
}
