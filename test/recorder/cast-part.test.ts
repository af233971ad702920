// Parts of a channel: from a time until a time, as casts of both versions and as a transcript; and what crossed, byte for byte.

import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import {
  FileRecord,
  followFrames,
  type Part,
  partLines,
  partStart,
  rawBytes,
  readFrames,
  toAsciicast,
} from '../../recorder/index.ts'
import { buildIndex } from '../../recorder/replay-index/build.ts'
import { describeWith } from '../support/describe-with.ts'
import { partPath } from '../support/parts.ts'
import { openScene, type ChannelScene } from './replay-index/channel-scene.ts'
import { makeFolder } from './sample.ts'

const pty = { kind: 'pty', term: 'xterm', cols: 40, rows: 12 }
const whole: Part = { title: 't', format: 'v2', from: 0, until: null, input: false, clipped: false }

async function partOf(scene: ChannelScene, part: Partial<Part>): Promise<string[]> {
  const asked = { ...whole, ...part }
  const start = await partStart(scene, asked.from, null)
  if (start === null) throw new Error('the channel has nothing')
  return Array.fromAsync(partLines(start, readFrames(scene.dir, scene.key, scene.channel), asked))
}

/** A person at a shell: a prompt, a command, a password, its end. */
async function shell(): Promise<ChannelScene> {
  const scene = await openScene(pty)
  const { writer } = scene
  const type = (at: number, text: string): void => {
    scene.at(at)
    writer.data('in', Buffer.from(text))
  }
  const show = (at: number, text: string): void => {
    scene.at(at)
    writer.data('out', Buffer.from(text))
  }
  show(1, '\u001b[1mews-1$\u001b[0m ')
  type(2, 'sudox\u007f ls\r')
  show(2.5, 'sudo ls\r\nPassword: ')
  scene.at(4)
  writer.masked(8)
  type(4.5, '\r')
  show(5, '\r\nloading 10%\rloading 100%\r\n\u001b]0;owned\u0007recipe.txt\r\n')
  scene.at(3700)
  writer.notice('\r\n*** access ends in 5 minutes ***\r\n')
  writer.resize(50, 10)
  show(3701, '\u001b[2J\u001b[3;5Hmenu\u001b[5;5Hquit')
  writer.exit({ code: 3 })
  await scene.seal()
  return scene
}

const eventsOf = (lines: readonly string[]) =>
  lines.slice(1).map((line) => JSON.parse(line) as [number, string, string])

describe('a part of a channel', () => {
  it('is the cast of the whole where it has no bounds', async () => {
    const scene = await shell()
    const frames = readFrames(scene.dir, scene.key, 0)
    expect(await partOf(scene, {})).toEqual(await Array.fromAsync(toAsciicast(frames, { title: 't' })))
  })

  it('draws what was there at its beginning at once, and goes on in time', async () => {
    const events = eventsOf(await partOf(await shell(), { from: 3e6, until: 6e6 }))
    expect(events.map(([at]) => at)).toEqual([3, 3, 4, 5])
    expect(events.map(([, code]) => code)).toEqual(['o', 'o', 'm', 'o'])
  })

  it('counts from its beginning where it is to be a file of its own', async () => {
    const lines = await partOf(await shell(), { from: 4e6, clipped: true })
    const begun = JSON.parse(lines[0] ?? '') as { timestamp: number }
    const full = JSON.parse((await partOf(await shell(), {}))[0] ?? '') as { timestamp: number }
    expect(begun.timestamp - full.timestamp).toBe(4)
    expect(eventsOf(lines).map(([at]) => at)).toEqual([0, 0, 0, 1, 3696, 3696, 3696, 3697, 3697])
  })

  it('leaves out keys and marks of before, and has keys only where they are asked for', async () => {
    const scene = await shell()
    const typed = eventsOf(await partOf(scene, { input: true })).filter(([, code]) => code === 'i')
    expect(typed.map(([, , text]) => text)).toEqual(['sudox ls\r', '\r'])
    expect(eventsOf(await partOf(scene, { input: true, from: 10e6 })).some(([, code]) => code === 'i')).toBe(false)
    expect(eventsOf(await partOf(scene, { from: 10e6, until: 20e6 })).map(([, code]) => code)).toEqual(['o', 'o', 'o'])
  })

  it('says the same in version 3, in intervals', async () => {
    const scene = await shell()
    const [head = '', ...lines] = await partOf(scene, { format: 'v3', from: 3e6, input: true })
    expect(JSON.parse(head)).toEqual({
      version: 3,
      term: { cols: 40, rows: 12, type: 'xterm' },
      timestamp: expect.any(Number) as number,
      title: 't',
    })
    let at = 0
    const v3 = lines.map((line) => JSON.parse(line) as [number, string, string])
    const timed = v3.map(([interval, code, text]) => [Math.round((at += interval) * 1e6) / 1e6, code, text])
    expect(timed.filter(([, code]) => code !== 'x')).toEqual(eventsOf(await partOf(scene, { from: 3e6, input: true })))
    expect(timed.filter(([, code]) => code === 'x')).toEqual([[3701, 'x', '3']])
  })

  it('is a transcript that a person reads', async () => {
    expect((await partOf(await shell(), { format: 'text' })).join('')).toBe(
      [
        '[0:00:02] > sudo ls',
        '[0:00:01]   ews-1$ sudo ls',
        '[0:00:04] > [8 bytes typed unseen]',
        '[0:00:02]   Password:',
        '[0:00:05]   loading 100%',
        '[0:00:05]   recipe.txt',
        '[1:01:40] * *** access ends in 5 minutes ***',
        '[1:01:40] * terminal of 50 by 10',
        '[1:01:41]       menu',
        '[1:01:41]       quit',
        '[1:01:41] * exit 3',
        '',
      ].join('\n'),
    )
  })

  it('lets nothing through into a transcript that acts on a terminal', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 8 }), async (pieces) => {
        const scene = await openScene(pty)
        for (const piece of pieces) {
          scene.writer.data('out', piece)
          scene.writer.data('in', piece)
        }
        const text = (await partOf(scene, { format: 'text' })).join('')
        expect(text).not.toMatch(/[^\P{Cc}\n]/u)
        expect(text === '' || text.endsWith('\n')).toBe(true)
      }),
      { numRuns: 40 },
    )
  })
})

describeWith(['asciinema', 'script'], 'asciinema', () => {
  it('plays a part', async () => {
    const path = join(makeFolder(), 'part.cast')
    writeFileSync(path, (await partOf(await shell(), { from: 5e6, clipped: true })).join(''))
    // asciinema wants a terminal, which script gives it.
    const shown = execFileSync(partPath('script'), ['-qec', `${partPath('asciinema')} cat ${path}`, '/dev/null'], {
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'C.UTF-8' },
    })
    expect(shown).toContain('recipe.txt')
    expect(shown).toContain('menu')
  })
})

describe('what crossed a channel', () => {
  it('is given byte for byte, any part of it, with an index or without', async () => {
    const scene = await openScene({ kind: 'raw' })
    const sent = Buffer.concat(
      Array.from({ length: 60 }, (_, i) => {
        const bytes = Buffer.alloc(5_000, i)
        scene.writer.data('out', bytes)
        scene.writer.data('in', Buffer.from('ignored'))
        return bytes
      }),
    )
    const index = await buildIndex(scene, null)
    expect(index?.points.length).toBeGreaterThan(2)
    await fc.assert(
      fc.asyncProperty(fc.nat(sent.length + 10), fc.nat(sent.length + 10), fc.boolean(), async (a, b, indexed) => {
        const [from, to] = [Math.min(a, b), Math.max(a, b)]
        const read = await Array.fromAsync(
          rawBytes({ ...scene, now: () => scene.dir }, 'out', { from, to }, indexed ? index : null),
        )
        expect(Buffer.concat(read).equals(sent.subarray(from, to))).toBe(true)
      }),
      { numRuns: 30 },
    )
  })

  it('is, of a file, what its record says', async () => {
    const scene = await openScene(pty)
    const file = new FileRecord(scene.recording, { path: '/opt/recipe\u001b[2J.txt', direction: 'out' })
    file.data(Buffer.from('first '))
    file.data(Buffer.from('second'))
    const sha256 = createHash('sha256').update('first second').digest('hex')
    expect(file.end('whole')).toEqual({ size: 12, sha256 })
    expect(file.end('broken-off')).toEqual({ size: 12, sha256 })
    await scene.seal()
    const frames = await Array.fromAsync(readFrames(scene.dir, scene.key, file.channel))
    expect(frames[0]).toMatchObject({ meta: { kind: 'file', path: '/opt/recipe\u001b[2J.txt', direction: 'out' } })
    expect(frames.at(-2)).toMatchObject({ event: { file: 'whole', size: 12, sha256 } })
    expect(frames.at(-1)?.kind).toBe('close')
    const index = await buildIndex({ ...scene, channel: file.channel }, null)
    expect(index?.digests?.out).toBe(sha256)
  })
})

describe('following a channel', () => {
  it('gives what is there, what comes, and ends with the channel', async () => {
    const scene = await openScene(pty)
    scene.writer.data('out', Buffer.from('one'))
    let looked = 0
    const more = (): Promise<boolean> => {
      looked++
      if (looked === 2) scene.writer.data('out', Buffer.from('two'))
      if (looked === 4) scene.writer.close()
      return Promise.resolve(true)
    }
    const frames = await Array.fromAsync(followFrames(() => scene.dir, scene.key, 0, null, more))
    expect(frames.map(({ kind }) => kind)).toEqual(['open', 'data', 'data', 'close'])
    expect(looked).toBe(4)
  })

  it('ends where nobody writes any more, with what came at last', async () => {
    const scene = await openScene(pty)
    const more = (): Promise<boolean> => {
      scene.writer.data('out', Buffer.from('last words'))
      return Promise.resolve(false)
    }
    const frames = await Array.fromAsync(followFrames(() => scene.dir, scene.key, 0, null, more))
    expect(frames.map(({ kind }) => kind)).toEqual(['open', 'data'])
  })

  it.each([1, 2, 3])(
    'goes on where the recording was moved to at the %i. look, and shows nothing twice',
    async (at) => {
      const scene = await openScene(pty)
      scene.writer.data('out', Buffer.from('one'))
      const moved = `${scene.dir}-moved`
      let dir = scene.dir
      let looked = 0
      const dirOf = (): string => {
        const now = dir
        // It is moved between being asked for and being read.
        if (++looked === at) renameSync(scene.dir, (dir = moved))
        return now
      }
      const more = async (): Promise<boolean> => {
        if (looked <= at) return true
        scene.writer.close()
        return true
      }
      const frames = await Array.fromAsync(followFrames(dirOf, scene.key, 0, null, more))
      expect(frames.map(({ kind }) => kind)).toEqual(['open', 'data', 'close'])
    },
  )

  it('fails where the recording is gone', async () => {
    const scene = await openScene(pty)
    const gone = (): string => `${scene.dir}-gone`
    const frames = Array.fromAsync(followFrames(gone, scene.key, 0, null, async () => true))
    await expect(frames).rejects.toMatchObject({ code: 'unreadable' })
  })
})
