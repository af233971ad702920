// The first line of an asciicast, version 2: is this a recording the player can play, and how large is its terminal?
// The frames are the player's to read.

export type CastHeader =
  | {
      readonly kind: 'ok'
      readonly columns: number
      readonly rows: number
      /** What to play: the recording, with a usable size where it had none. Later changes of size are as recorded. */
      readonly cast: string
    }
  | { readonly kind: 'unreadable'; readonly reason: string }

const unreadable = (reason: string): CastHeader => ({ kind: 'unreadable', reason })
const isSize = (value: unknown): value is number => typeof value === 'number' && Number.isInteger(value) && value > 0

/** A client without a real terminal gives a size of nothing; such a recording is drawn at the size terminals had. */
const smallest = { columns: 20, rows: 5 }
const usual = { columns: 80, rows: 24 }

/** Reads the header of an asciicast v2 (https://docs.asciinema.org/manual/asciicast/v2/). */
export function readCastHeader(cast: string): CastHeader {
  const line = cast.slice(0, cast.includes('\n') ? cast.indexOf('\n') : undefined)
  if (line.trim() === '') return unreadable('it is empty')
  let header: unknown
  try {
    header = JSON.parse(line)
  } catch {
    return unreadable('its first line is not JSON')
  }
  if (typeof header !== 'object' || header === null) return unreadable('its first line is not a header')
  const { version, width, height } = header as Readonly<Record<string, unknown>>
  if (version !== 2) return unreadable(`expected asciicast version 2, got ${String(JSON.stringify(version))}`)
  if (!isSize(width) || !isSize(height)) return unreadable('its header gives no terminal size')
  if (width >= smallest.columns && height >= smallest.rows) return { kind: 'ok', columns: width, rows: height, cast }
  const usable = JSON.stringify({ ...header, width: usual.columns, height: usual.rows })
  return { kind: 'ok', ...usual, cast: `${usable}${cast.slice(line.length)}` }
}
