// An asciicast v2 as it comes from a gateway: lines read with a limit, and each parsed. Strangers made it, and strangers
// wrote what is in it.

import { Failure } from './failure.ts'

export interface CastHeader {
  readonly width: number
  readonly height: number
  readonly timestamp: number | null
  readonly title: string
}

export interface CastEvent {
  /** Seconds since the beginning. */
  readonly at: number
  /** `o` output, `i` input, `r` resize, `m` marker; others may come. */
  readonly code: string
  readonly text: string
}

/** One frame of 1 MiB, each byte escaped in JSON, and some. */
const maxLineLength = 8 << 20

/**
 * The lines of a UTF-8 stream without their newlines; a last one without newline counts.
 * @throws Failure when a line is longer than any cast has.
 */
export async function* readLines(source: AsyncIterable<Uint8Array>): AsyncGenerator<string, void> {
  const decoder = new TextDecoder()
  let held = ''
  for await (const chunk of source) {
    const parts = (held + decoder.decode(chunk, { stream: true })).split('\n')
    held = parts.pop() ?? ''
    if (held.length > maxLineLength) throw new Failure(`cast: expected lines of at most ${maxLineLength} characters`)
    yield* parts
  }
  held += decoder.decode()
  if (held !== '') yield held
}

/** The header line, or null. */
export function parseCastHeader(line: string): CastHeader | null {
  const value = parseJson(line)
  if (typeof value !== 'object' || value === null || !('version' in value) || value.version !== 2) return null
  const { width, height, timestamp, title } = value as Readonly<Record<string, unknown>>
  if (!isCells(width) || !isCells(height)) return null
  return {
    width,
    height,
    timestamp: typeof timestamp === 'number' && Number.isSafeInteger(timestamp) ? timestamp : null,
    title: typeof title === 'string' ? title : '',
  }
}

/** One event, or null. */
export function parseCastEvent(line: string): CastEvent | null {
  const value = parseJson(line)
  if (!Array.isArray(value) || value.length !== 3) return null
  const [at, code, text] = value as readonly unknown[]
  if (typeof at !== 'number' || !Number.isFinite(at) || at < 0) return null
  return typeof code === 'string' && typeof text === 'string' ? { at, code, text } : null
}

function isCells(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 10_000
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return undefined
  }
}
