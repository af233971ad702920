import { describe, expect, it } from 'vitest'
import {
  dueWarning,
  lookSentence,
  nextWarning,
  sentenceFor,
  stopSentence,
  warningsOf,
} from '../../../gateway/sessions/expiry.ts'

const minute = 60_000
const until = 60 * minute

describe('warnings', () => {
  const cut = warningsOf(until, 'cut')
  it.each([
    [20 * minute, 5 * minute, '15 minutes'],
    [15 * minute, 10 * minute, '5 minutes'],
    [2 * minute, minute, '1 minute'],
    [30_000, 20_000, '10 seconds'],
  ])('with %i ms left, the next comes in %i ms and says %s', (left, wait, words) => {
    const now = until - left
    const at = nextWarning(cut, now)
    expect(at).toBe(now + wait)
    expect(dueWarning(cut, now, now + wait)?.text).toContain(words)
    expect(dueWarning(cut, now, now + wait - 1)).toBeNull()
  })

  it('are over when only the end is left', () => {
    expect(nextWarning(cut, until - 10_000)).toBeNull()
    expect(nextWarning(cut, until)).toBeNull()
  })

  it('do not count seconds where the end is not a cut', () => {
    expect(warningsOf(until, 'drain').map(({ at }) => until - at)).toEqual([15 * minute, 5 * minute, minute])
  })

  it('say only what is still true, where the clock has passed several', () => {
    expect(dueWarning(cut, 0, until - 30_000)?.text).toBe('access ends in 1 minute')
  })
})

describe('the sentence about stopped input', () => {
  it('names the escort before everything else, and when it is closed', () => {
    expect(stopSentence(['window', 'escort'], '14:00', [])).toContain('your escort has left')
    expect(stopSentence(['window'], '14:00', [])).toContain('until 14:00')
    expect(stopSentence(['lapsed'], '14:00', [])).toContain('until 14:00')
    expect(stopSentence(['observe-only'], '', [])).toContain('look only')
  })

  it('names what may be run where it may only be looked, and nothing where input will come back', () => {
    expect(stopSentence(['observe-only'], '', ['uptime', 'df -h'])).toContain(
      'no other command can be run than exactly `uptime` or `df -h`',
    )
    expect(stopSentence(['observe-only'], '', [])).toContain('no command can be run')
    expect(stopSentence(['window', 'observe-only'], '14:00', ['uptime'])).not.toContain('uptime')
    expect(lookSentence(['uptime'])).toContain('`uptime`')
  })
})

describe('the sentence at the end', () => {
  it('holds the reason a person gave', () => {
    expect(sentenceFor('killed', 'line 3 starts', '14:00')).toContain('line 3 starts')
    expect(sentenceFor('revoked', '', '14:00')).not.toContain(': ')
    expect(sentenceFor('expired', null, '14:00 (Europe/Berlin)')).toContain('14:00 (Europe/Berlin)')
  })
})
