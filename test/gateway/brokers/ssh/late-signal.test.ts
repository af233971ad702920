// A signal whose record had to wait for room on the disk is not sent when there is some: it is not what was meant any more.

import { expect, it } from 'vitest'
import { sendInTime } from '../../../../gateway/brokers/ssh/channel.ts'

it('sends a signal that is recorded at once', () => {
  const sent: string[] = []
  const notices: string[] = []
  const record = {
    signal: (_name: string, written: () => void) => written(),
    notice: (text: string) => void notices.push(text),
  }
  sendInTime(record, 'TERM', () => void sent.push('TERM'))
  expect([sent, notices]).toEqual([['TERM'], []])
})

it('does not send one whose record came late, and says so in the record', () => {
  const sent: string[] = []
  const notices: string[] = []
  const waiting: (() => void)[] = []
  const record = {
    signal: (_name: string, written: () => void) => void waiting.push(written),
    notice: (text: string) => void notices.push(text),
  }
  sendInTime(record, 'INT', () => void sent.push('INT'))
  expect([sent, notices]).toEqual([[], []])
  for (const goOn of waiting) goOn()
  expect(sent).toEqual([])
  expect(notices).toEqual(['signal INT came while the recording waited for its disk and did not reach the target'])
})
