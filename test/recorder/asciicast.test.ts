// Casts: what asciinema plays of a channel.

import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import type { DataDirection, Frame } from '../../recorder/index.ts'
import { readFrames, toAsciicast } from '../../recorder/index.ts'
import { describeWith } from '../support/describe-with.ts'
import { partPath } from '../support/parts.ts'
import { makeEscrow, makeFolder, openedAt, sealedRecording } from './sample.ts'

type Content = Frame extends infer F ? (F extends Frame ? Omit<F, 'index' | 'monotonic' | 'wall'> : never) : never

/** Frames a quarter of a second apart, the first at 5 s. */
function framesOf(...contents: Content[]): Frame[] {
  return contents.map(
    (content, index) =>
      ({
        index,
        monotonic: 5_000_000_000n + BigInt(index) * 250_000_000n,
        wall: openedAt + index * 250,
        ...content,
      }) as Frame,
  )
}
const data = (direction: DataDirection, bytes: string | Buffer): Content => ({
  kind: 'data',
  direction,
  bytes: Buffer.from(bytes),
})
const pty: Content = { kind: 'open', meta: { kind: 'pty', term: 'xterm', cols: 100, rows: 30 } }
const exec: Content = { kind: 'open', meta: { kind: 'exec', command: 'ls' } }

async function castOf(
  frames: Frame[],
  options: { title: string; input?: boolean } = { title: 't' },
): Promise<unknown[]> {
  const lines = await Array.fromAsync(toAsciicast(frames, options))
  for (const line of lines) expect(line.endsWith('\n')).toBe(true)
  return lines.map((line) => JSON.parse(line) as unknown)
}

describe('a cast', () => {
  it('has size, time and title in its header, and events at times since the channel opened', async () => {
    const frames = framesOf(
      pty,
      data('out', '$ '),
      data('in', 'x'),
      { kind: 'resize', cols: 120, rows: 0 },
      { kind: 'exit', status: { code: 2 } },
      { kind: 'close' },
    )
    expect(await castOf(frames)).toEqual([
      { version: 2, width: 100, height: 30, timestamp: openedAt / 1000, title: 't', env: { TERM: 'xterm' } },
      [0.25, 'o', '$ '],
      [0.75, 'r', '120x1'],
      [1, 'm', 'exit 2'],
    ])
  })

  it('has what was typed only if asked', async () => {
    const frames = framesOf(pty, data('in', 'secret'))
    expect(JSON.stringify(await castOf(frames))).not.toContain('secret')
    expect(await castOf(frames, { title: 't', input: true })).toContainEqual([0.25, 'i', 'secret'])
  })

  it('shows a notice as output and as a marker', async () => {
    const frames = framesOf(pty, { kind: 'notice', text: '\r\n*** ends in\n5 minutes ***\u001b]0;x\u0007\r\n' })
    expect((await castOf(frames)).slice(1)).toEqual([
      [0.25, 'o', '\r\n*** ends in\n5 minutes ***\r\n'],
      [0.25, 'm', '*** ends in 5 minutes *** ]0;x'],
    ])
  })

  it('shows exec output with line ends a terminal needs, without doubling those that are there', async () => {
    const frames = framesOf(exec, data('out', 'a\nb\r'), data('out', '\nc\r\n'), data('err', '\n'))
    const [header, ...events] = await castOf(frames)
    expect(header).toMatchObject({ width: 80, height: 24 })
    expect(events).toEqual([
      [0.25, 'o', 'a\r\nb\r'],
      [0.5, 'o', '\nc\r\n'],
      [0.75, 'o', '\r\n'],
    ])
  })

  it('puts characters together that were split over frames, each of out and err by itself', async () => {
    const euro = Buffer.from('\u20ac')
    const frames = framesOf(
      pty,
      data('out', euro.subarray(0, 1)),
      data('err', Buffer.of(0xff)),
      data('out', euro.subarray(1)),
      data('out', euro.subarray(0, 2)),
    )
    expect((await castOf(frames)).slice(1)).toEqual([
      [0.5, 'o', '\ufffd'],
      [0.75, 'o', '\u20ac'],
      [1, 'o', '\ufffd'],
    ])
  })

  it('gives the same text however the bytes were split', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'binary', maxLength: 60 }),
        fc.array(fc.integer({ min: 1, max: 5 })),
        async (text, sizes) => {
          const whole = Buffer.from(text)
          const pieces: Content[] = []
          for (let at = 0, i = 0; at < whole.length; i++) {
            const size = sizes[i % Math.max(1, sizes.length)] ?? 60
            pieces.push(data('out', whole.subarray(at, at + size)))
            at += size
          }
          const shown = (events: unknown[]): string =>
            events
              .slice(1)
              .map((event) => (event as [number, string, string])[2])
              .join('')
          expect(shown(await castOf(framesOf(exec, ...pieces)))).toBe(
            shown(await castOf(framesOf(exec, data('out', whole)))),
          )
        },
      ),
    )
  })

  it('has nothing in it that acts on a terminal, also not put together of out, err and notices', async () => {
    const frames = framesOf(
      pty,
      data('out', 'a\u001b'),
      data('err', ']0;owned\u0007'),
      { kind: 'notice', text: '[6n' },
      data('out', ']52;c;AAAA\u0007b'),
    )
    expect((await castOf(frames)).slice(1).filter((event) => (event as string[])[1] === 'o')).toEqual([
      [0.25, 'o', 'a'],
      [0.5, 'o', ']0;owned\u0007'],
      [0.75, 'o', '[6n'],
      [1, 'o', 'b'],
    ])
  })

  it('says where something was typed unseen', async () => {
    const [, event] = await castOf(framesOf(pty, { kind: 'masked', count: 8 }))
    expect(event).toEqual([expect.any(Number), 'm', '8 bytes typed unseen'])
  })

  it('skips what it does not know, and is empty without an opening frame', async () => {
    const unknown: Content = { kind: 'unknown', code: 200, bytes: Buffer.from('x') }
    expect(
      await castOf(framesOf(pty, unknown, { kind: 'event', event: { a: 1 } }, { kind: 'signal', name: 'INT' })),
    ).toHaveLength(1)
    expect(await castOf(framesOf(data('out', 'x')))).toEqual([])
  })

  it('lays out sizes a player can bear', async () => {
    const frames = framesOf({ kind: 'open', meta: { kind: 'pty', cols: 4_000_000_000, rows: 0 } })
    expect(await castOf(frames)).toMatchObject([{ width: 1000, height: 1 }])
  })
})

describeWith(['asciinema', 'script'], 'the real asciinema', () => {
  it('plays the cast of a recording', async () => {
    const { recording, key } = await sealedRecording(makeFolder(), await makeEscrow())
    const path = join(makeFolder(), 'one.cast')
    writeFileSync(
      path,
      (await Array.fromAsync(toAsciicast(readFrames(recording.dir, key, 0), { title: 't' }))).join(''),
    )
    // asciinema wants a terminal, which script gives it.
    const shown = execFileSync(partPath('script'), ['-qec', `${partPath('asciinema')} cat ${path}`, '/dev/null'], {
      env: { ...process.env, LC_ALL: 'C.UTF-8' },
    })
    expect(shown.toString('utf8')).toContain(
      'ews-1$ whoami\r\nservice-Gr\u00fc\u00dfe\r\n\r\n*** access ends in 5 minutes ***\r\n',
    )
  })
})
