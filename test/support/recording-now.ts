// A channel's record whose bytes may be forwarded at once, for tests that only want something recorded.

import type { ChannelOpening, ChannelRecord } from '../../gateway/brokers/broker.ts'

export interface RecordingNow {
  data(direction: 'in' | 'out' | 'err', text: string): void
}

/** @throws where there is no room for the channel, or what is recorded has to wait. */
export function recordNow(
  session: { record(opening: ChannelOpening): ChannelRecord | null },
  opening: ChannelOpening,
): RecordingNow {
  const record = session.record(opening)
  if (record === null) throw new Error('no room for the channel')
  return {
    data(direction, text) {
      let isWritten = false
      record.data(direction, [Buffer.from(text)], () => (isWritten = true))
      if (!isWritten) throw new Error('the recording waits')
    },
  }
}
