import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { parseCastEvent, parseCastHeader, readLines, type CastEvent } from '../../../gateway/cli/cast.ts'
import { play, type Screen } from '../../../gateway/cli/player.ts'
import { anyText } from './any-text.ts'

async function* eventsOf(events: readonly CastEvent[]): AsyncGenerator<CastEvent> {
  yield* events
}

/** A screen that keeps what it is told, and has had enough after so many waits. */
function fakeScreen(
  enoughAfter = Infinity,
): Screen & { readonly text: string; readonly waits: number[]; readonly restored: string[] } {
  let text = ''
  const waits: number[] = []
  const restored: string[] = []
  return {
    waits,
    restored,
    get text() {
      return text
    },
    write: async (part) => void (text += part),
    until: async (playedMs) => waits.push(playedMs) <= enoughAfter,
    end: async (restore) => void restored.push(restore),
  }
}

const out = (at: number, text: string): CastEvent => ({ at, code: 'o', text })
const asRecorded = { factor: 1, idleLimit: 1000 }

describe('playing a cast', () => {
  it('shows output at its time, and nothing of input and resizes', async () => {
    const screen = fakeScreen()
    const events = [
      out(0, 'a'),
      { at: 0.5, code: 'i', text: 'secret' },
      { at: 1, code: 'r', text: '80x24' },
      out(2, 'b'),
    ]
    expect(await play(eventsOf(events), screen, asRecorded)).toEqual({ whole: true, lastMarker: null })
    expect(screen.text).toBe('ab')
    expect(screen.waits).toEqual([0, 500, 1000, 2000])
  })

  it('plays faster, and cuts silences before that', async () => {
    const screen = fakeScreen()
    await play(eventsOf([out(1, 'a'), out(100, 'b'), out(101, 'c')]), screen, { factor: 2, idleLimit: 3 })
    expect(screen.waits).toEqual([500, 2000, 2500])
  })

  it('does not go back in time where a cast does', async () => {
    const screen = fakeScreen()
    await play(eventsOf([out(5, 'a'), out(1, 'b'), out(6, 'c')]), screen, asRecorded)
    expect(screen.waits).toEqual([5000, 5000, 6000])
  })

  it('stops when the person has had enough, and still puts the terminal right', async () => {
    const screen = fakeScreen(1)
    const played = await play(eventsOf([out(0, '\u001b[?1049ha'), out(1, 'b')]), screen, asRecorded)
    expect(played.whole).toBe(false)
    expect(screen.text).toBe('\u001b[?1049ha')
    expect(screen.restored).toHaveLength(1)
    expect(screen.restored[0]).toMatch(/^\u001b\[\?1049l/)
  })

  it('puts the terminal right when the cast breaks off', async () => {
    async function* broken(): AsyncGenerator<CastEvent> {
      yield out(0, '\u001b[31m')
      throw new Error('broke off')
    }
    const screen = fakeScreen()
    await expect(play(broken(), screen, asRecorded)).rejects.toThrow('broke off')
    expect(screen.restored[0]).toContain('\u001b[0m')
  })

  it('lets nothing act on the terminal that the gateway failed to take out', async () => {
    const screen = fakeScreen()
    const hostile = [
      '\u001b]0;title\u0007',
      '\u001b]52;c;ZXZpbA==\u0007',
      '\u001b[6n',
      '\u001b[21t',
      '\u001bP+q544e\u001b\\',
      '\u009d8;;http://x\u009c',
    ]
    await play(eventsOf(hostile.map((text, i) => out(i, `<${text}>`))), screen, asRecorded)
    expect(screen.text).toBe('<>'.repeat(hostile.length))
  })

  it('lets nothing act when a sequence is spread over events', async () => {
    const screen = fakeScreen()
    await play(eventsOf('\u001b]0;title\u0007ok'.split('').map((text, i) => out(i, text))), screen, asRecorded)
    expect(screen.text).toBe('ok')
  })

  it('moves to the lowest line only where margins were set, and leaves the other screen only where it was entered', async () => {
    const restoreOf = async (text: string): Promise<string> => {
      const screen = fakeScreen()
      await play(eventsOf([out(0, text)]), screen, asRecorded)
      return screen.restored[0] ?? ''
    }
    expect(await restoreOf('plain')).not.toContain('\u001b[r')
    expect(await restoreOf('plain')).not.toContain('1049l')
    expect(await restoreOf('\u001b[2;10rx')).toContain('\u001b[r\u001b[999;1H')
    expect(await restoreOf('\u001b[?1049hx\u001b[?1049l')).not.toContain('1049l')
    expect(await restoreOf('\u001b[?1049h\u001b[2;10r\u001bc')).not.toContain('1049l')
  })

  it('says how the program ended', async () => {
    const events = [out(0, 'a'), { at: 1, code: 'm', text: 'exit 3' }]
    expect(await play(eventsOf(events), fakeScreen(), asRecorded)).toEqual({ whole: true, lastMarker: 'exit 3' })
  })
})

describe('a cast', () => {
  async function linesOf(text: string, size: number): Promise<string[]> {
    const bytes = Buffer.from(text)
    async function* pieces(): AsyncGenerator<Uint8Array> {
      for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
    }
    const lines: string[] = []
    for await (const line of readLines(pieces())) lines.push(line)
    return lines
  }

  it('is read line by line, whatever pieces it comes in, characters cut in two included', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyText.filter((t) => t.isWellFormed() && !t.includes('\n') && !t.startsWith('\ufeff'))),
        fc.integer({ min: 1, max: 9 }),
        async (lines, size) => {
          const text = lines.map((line) => `${line}\n`).join('')
          expect(await linesOf(text, size)).toEqual(lines)
        },
      ),
    )
  })

  it('is refused when a line has no end', async () => {
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (;;) yield Buffer.alloc(1 << 20, 'x')
    }
    const read = async (): Promise<void> => {
      for await (const line of readLines(endless())) expect(line).toBe('never')
    }
    await expect(read()).rejects.toThrow('expected lines of at most')
  })

  it('has a header of version 2 and events of three parts; all else is no part of it', () => {
    expect(parseCastHeader('{"version":2,"width":80,"height":24,"timestamp":1,"title":"t"}')).toEqual({
      width: 80,
      height: 24,
      timestamp: 1,
      title: 't',
    })
    expect(parseCastHeader('{"version":2,"width":80,"height":24}')).toEqual({
      width: 80,
      height: 24,
      timestamp: null,
      title: '',
    })
    for (const text of [
      '{"version":1,"width":80,"height":24}',
      '{"version":2,"width":0,"height":24}',
      '[]',
      'null',
      '',
      '{',
    ])
      expect(parseCastHeader(text)).toBeNull()
    expect(parseCastEvent('[1.5,"o","x"]')).toEqual({ at: 1.5, code: 'o', text: 'x' })
    for (const text of [
      '[1,"o"]',
      '["1","o","x"]',
      '[-1,"o","x"]',
      '[1,2,"x"]',
      '[1,"o",null]',
      '{}',
      '',
      '[1,"o","x"',
    ])
      expect(parseCastEvent(text)).toBeNull()
  })

  it('never throws for a line that is something else', () => {
    fc.assert(
      fc.property(fc.oneof(anyText, fc.json()), (text) =>
        [parseCastEvent(text), parseCastHeader(text)].every((value) => value === null),
      ),
    )
  })
})
