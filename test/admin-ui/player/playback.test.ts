import { beforeEach, describe, expect, it } from 'vitest'

import type { CastEvent } from '../../../admin-ui/src/player/cast-events.ts'
import { Playback, type Slice } from '../../../admin-ui/src/player/playback.ts'

const size = { columns: 80, rows: 24 }

/** A recording that says each second which second it is. */
const second = (at: number): CastEvent => ({ kind: 'output', at, text: `${at} ` })

let shown: string
let reads: { readonly from: number; readonly until: number | null }[]
let fails: Error | null
const screen = {
  reset: () => void (shown = ''),
  resize: ({ columns }: { readonly columns: number }) => void (shown += `<${columns}>`),
  write: (text: string) => void (shown += text),
}

/** As the gateway reads: the screen at `from` first, all of it at that time. */
function open(duration: number, events: readonly CastEvent[]): Playback {
  const read = async (from: number, until: number | null): Promise<Slice> => {
    reads.push({ from, until })
    if (fails !== null) throw fails
    const before = events.flatMap((event) => (event.at <= from && event.kind === 'output' ? [event.text] : []))
    const after = events.filter(({ at }) => at > from && (until === null || at < until))
    return { size, events: [{ kind: 'output', at: from, text: before.join('') }, ...after] }
  }
  const playback = new Playback(screen, read, () => undefined)
  playback.duration = duration
  return playback
}

const settled = () => new Promise((resolve) => setImmediate(resolve))
const seconds = (until: number): CastEvent[] => Array.from({ length: until }, (_, n) => second(n + 1))

beforeEach(() => {
  shown = ''
  reads = []
  fails = null
})

describe('a replay', () => {
  it('shows what happened by the time that is played, and no more', async () => {
    const playback = open(100, seconds(100))
    await playback.seek(0)
    playback.play()
    playback.advance(3.5)
    expect(shown).toBe('1 2 3 ')
    expect(playback.state).toMatchObject({ at: 3.5, isPlaying: true, isLoading: false })
    playback.pause()
    playback.advance(10)
    expect(shown).toBe('1 2 3 ')
  })

  it('is at any time at once, with the screen as it was then', async () => {
    const playback = open(36_000, seconds(36_000))
    await playback.seek(20_000)
    expect(shown.endsWith('19999 20000 ')).toBe(true)
    await playback.seek(2)
    expect(shown).toBe('1 2 ')
    // Each time a slice was read, and never the whole.
    expect(reads.every(({ from, until }) => until !== null && until - from <= 300)).toBe(true)
  })

  it('reads on in slices, and shows every event once, whatever the steps', async () => {
    const playback = open(1_000, seconds(1_000))
    await playback.seek(0)
    playback.speed = 8
    playback.play()
    for (let n = 0; n < 400 && playback.state.isPlaying; n++) {
      playback.advance(0.7)
      await settled()
    }
    expect(shown).toBe(
      seconds(1_000)
        .map((event) => (event.kind === 'output' ? event.text : ''))
        .join(''),
    )
    expect(playback.state).toMatchObject({ at: 1_000, isPlaying: false })
    expect(reads.length).toBe(4)
  })

  it('shortens a pause, or shows it whole', async () => {
    const events = [second(1), second(500)]
    const short = open(600, events)
    await short.seek(0)
    short.play()
    short.advance(1)
    short.advance(1.5)
    await settled()
    short.advance(1)
    expect(shown).toBe('1 500 ')
    const whole = open(600, events)
    whole.shortensPauses = false
    await whole.seek(0)
    whole.play()
    whole.advance(3.5)
    expect(shown).toBe('1 ')
    expect(whole.state.at).toBe(3.5)
  })

  it('waits where the next slice is not there yet, and goes on when it is', async () => {
    const playback = open(700, seconds(700))
    await playback.seek(0)
    playback.shortensPauses = false
    playback.play()
    playback.advance(310)
    expect(playback.state).toMatchObject({ isLoading: true, isPlaying: true })
    expect(playback.state.at).toBeLessThanOrEqual(300)
    await settled()
    playback.advance(5)
    expect(playback.state.isLoading).toBe(false)
    expect(playback.state.at).toBeGreaterThan(300)
  })

  it('stops with the reason where it cannot be read, and a seek tries again', async () => {
    const playback = open(100, seconds(100))
    fails = new Error('this replay is over')
    await playback.seek(0)
    expect(playback.state).toMatchObject({ failure: fails, isPlaying: false })
    fails = null
    await playback.seek(5)
    expect(playback.state.failure).toBeNull()
  })

  it('forgets a seek that another one overtook', async () => {
    const playback = open(36_000, seconds(36_000))
    await Promise.all([playback.seek(100), playback.seek(7)])
    expect(shown).toBe('1 2 3 4 5 6 7 ')
    expect(playback.state.at).toBe(7)
  })

  it('resizes as the recording says', async () => {
    const playback = open(10, [second(1), { kind: 'resize', at: 2, columns: 120, rows: 40 }, second(3)])
    await playback.seek(0)
    playback.play()
    playback.advance(4)
    expect(shown).toBe('1 <120>3 ')
  })

  it('goes on where more was recorded meanwhile', async () => {
    const playback = open(3, seconds(9))
    await playback.seek(0)
    playback.play()
    playback.advance(2)
    playback.duration = 9
    playback.advance(2)
    await settled()
    playback.advance(4)
    expect(shown).toBe('1 2 3 4 5 6 7 8 ')
  })

  it('begins again when it is played at its end', async () => {
    const playback = open(3, seconds(3))
    await playback.seek(3)
    playback.play()
    await settled()
    expect(playback.state).toMatchObject({ at: 0, isPlaying: true })
  })
})
