// Reads parts of a channel's cast from the gateway: a slice of time for a replay, or what comes as it comes, for watching a
// living session.

import { client } from '../api/gateway.ts'
import { type CastEvent, type CastSize, openCastReader } from './cast-events.ts'
import type { Slice } from './playback.ts'

export interface CastPlace {
  /** The replay's token. */
  readonly replay: string
  readonly channel: number
}

async function* pieces(
  place: CastPlace,
  query: Readonly<Record<string, string | number | boolean | null>>,
  signal: AbortSignal,
) {
  const params = { replay: place.replay, channel: String(place.channel) }
  const answer = await client.send('cast', { params, query, signal })
  if (answer.body === null) return
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    yield value
  }
}

/** The screen at `from`, and what happened until `until`; null is the end. */
export async function readSlice(
  place: CastPlace,
  from: number,
  until: number | null,
  signal: AbortSignal,
): Promise<Slice> {
  const reader = openCastReader()
  const events: CastEvent[] = []
  for await (const piece of pieces(place, { from, until }, signal))
    for (const event of reader.push(piece)) events.push(event)
  return { size: reader.size(), events }
}

/** What is recorded from `from` on, as it comes. Ends where nothing follows any more, or the replay's time is over. */
export async function* followCast(
  place: CastPlace,
  from: number,
  signal: AbortSignal,
): AsyncGenerator<{ readonly size: CastSize | null; readonly events: readonly CastEvent[] }> {
  const reader = openCastReader()
  for await (const piece of pieces(place, { from, follow: true }, signal)) {
    const events = reader.push(piece)
    yield { size: reader.size(), events }
  }
}
