import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { judgeFile } from '../../../../../policy/index.ts'
import { noAirlock, type CrossedFile, type FileStep, type HeldFile } from '../../../../../gateway/airlock/airlock.ts'
import { ByteQueue } from '../../../../../gateway/brokers/ssh/scp/byte-queue.ts'
import { carry, type Top } from '../../../../../gateway/brokers/ssh/scp/carry.ts'
import { Broken, type Side } from '../../../../../gateway/brokers/ssh/scp/ends.ts'
import type { Place } from '../../../../../gateway/brokers/ssh/scp/places.ts'
import { permit, ruleFor, sha256 } from './program-scene.ts'

/** A side that says all it has to say at once, in these pieces, and keeps what it is sent. */
function scripted(pieces: readonly Uint8Array[]): Side & { readonly heard: () => string } {
  const queue = new ByteQueue()
  queue.push(pieces)
  queue.end()
  const heard: Buffer[] = []
  return {
    heard: () => Buffer.concat(heard).toString('latin1'),
    send: (bytes) => Promise.resolve(void heard.push(Buffer.from(bytes))),
    some(most) {
      const bytes = queue.take(most)
      return Promise.resolve(bytes.length === 0 ? null : bytes)
    },
    line(most) {
      const line = queue.takeLine(most)
      if (line === 'too-long' || (line === null && queue.length > 0)) return Promise.reject(new Broken('no line'))
      return Promise.resolve(line)
    },
  }
}

const wanted = (expected: string | null): Top => ({
  path: '/srv',
  links: new Set(['link']),
  expected,
  onTarget: expected,
  told: null,
})

async function carryScript(
  says: string | readonly Uint8Array[],
  answers: string,
  wish: {
    direction?: 'in' | 'out'
    expected?: string | null
    recursive?: boolean
    preserves?: boolean
    places?: Record<string, Place>
  } = {},
) {
  const { direction = 'out', expected = 'f', recursive = false, preserves = false, places = {} } = wish
  const [sender, taker] = [
    scripted(typeof says === 'string' ? [Buffer.from(says, 'latin1')] : says),
    scripted([Buffer.from(answers, 'latin1')]),
  ]
  const crossed: CrossedFile[] = []
  const steps: FileStep[] = []
  const permission = permit(
    ruleFor(['/srv/**']),
    ruleFor(['/srv/tree/shut'], { id: 'shut', text: 'shut', allow: [], deny: ['read', 'write'] }),
  )
  const outcome = await carry(
    {
      direction,
      sender,
      taker,
      recursive,
      preserves,
      airlock: {
        ...noAirlock,
        crossed: (file) => Promise.resolve(void crossed.push(file)),
        stepped: (step) => Promise.resolve(void steps.push(step)),
      },
      judge: (op, path) => judgeFile(permission, op, path),
      find: (path) => Promise.resolve(places[path] ?? { kind: 'missing', path }),
      say: () => undefined,
      signal: new AbortController().signal,
    },
    [wanted(expected)],
  ).catch((error: unknown) => {
    if (error instanceof Broken) return error.message
    throw error
  })
  return { outcome, crossed, steps, toSender: sender.heard(), toTaker: taker.heard() }
}

describe('carrying between two sides of scp', () => {
  it('sends nothing on that was let go when it may not cross any more: it may have waited long', async () => {
    const [sender, taker] = [scripted([Buffer.from('C0644 3 f\nabc\0')]), scripted([])]
    let isAllowed = true
    let delivered: string | null | undefined
    const held: HeldFile = {
      id: 'fil_1',
      size: 3,
      write: () => Promise.resolve(null),
      read: () => Promise.resolve(Buffer.from('abc')),
      truncate: () => Promise.resolve(null),
      settle() {
        // A person lets it go; meanwhile the session came to where it only looks.
        isAllowed = false
        return Promise.resolve({ kind: 'released', size: 3, sha256: sha256(Buffer.from('abc')) })
      },
      delivered: (text) => Promise.resolve(void (delivered = text)),
      abandon: () => Promise.resolve(),
    }
    const scanned = permit(ruleFor(['/srv/**'], { upload: 'release' }))
    const failures = await carry(
      {
        direction: 'in',
        sender,
        taker,
        recursive: false,
        preserves: false,
        airlock: { ...noAirlock, takeIn: () => Promise.resolve({ kind: 'open', file: held }) },
        judge: (op, path) =>
          isAllowed ? judgeFile(scanned, op, path) : { kind: 'refused', rule: null, text: 'it looks' },
        find: (path) => Promise.resolve({ kind: 'missing', path }),
        say: () => undefined,
        signal: new AbortController().signal,
      },
      [wanted('f')],
    )
    expect([failures, taker.heard(), delivered]).toEqual([1, '', 'it looks'])
    expect(sender.heard()).toContain('it looks')
  })

  it('gives a file on byte by byte with its digest', async () => {
    const { outcome, crossed, toSender, toTaker } = await carryScript('C0644 3 f\nabc\0', '\0\0')
    expect(outcome).toBe(0)
    expect(toTaker).toBe('C0644 3 f\nabc\0')
    expect(toSender).toBe('\0\0')
    expect(crossed).toMatchObject([{ path: '/srv/f', bytes: 3, sha256: sha256(Buffer.from('abc')) }])
  })

  it.each([
    ['another file than was asked for', 'C0644 3 .bashrc\nabc\0'],
    ['a second file', 'C0644 1 f\na\0C0644 1 f\nb\0'],
    ['a name that leads elsewhere', 'C0644 3 ../f\nabc\0'],
    ['a folder where a file was asked for', 'D0755 0 f\n'],
    ['the end of a folder that never began', 'E\n'],
    ['times that nobody asked for', 'T1 0 1 0\nC0644 3 f\nabc\0'],
    ['words of a start-up script', 'Welcome to the plant\n'],
    ['half a line', 'C0644 3'],
    ['a line without an end', `C0644 3 ${'f'.repeat(5_000)}`],
  ])('breaks off where a false server sends %s, before anything of it is given on', async (_what, says) => {
    const { outcome, toTaker } = await carryScript(says, '\0\0\0\0')
    expect(typeof outcome).toBe('string')
    expect(toTaker.replace('C0644 1 f\na\0', '')).toBe('')
  })

  it('judges each name in a tree, and stays in step with what is refused', async () => {
    const places: Record<string, Place> = { '/srv/tree': { kind: 'folder', path: '/srv/tree', links: new Set() } }
    const says = 'D0755 0 tree\nC0644 1 open\na\0C0644 1 shut\nC0644 1 last\nb\0E\n'
    const { outcome, steps, toSender, toTaker } = await carryScript(says, '\0\0\0\0\0\0', {
      expected: 'tree',
      recursive: true,
      places,
    })
    expect(outcome).toBe(1)
    expect(toTaker).toMatch(/^D0755 0 tree\nC0644 1 open\na\0\x01scp: rule `shut`.*\nC0644 1 last\nb\0E\n$/)
    expect(toSender).toMatch(/^\0\0\0\x01scp: rule `shut`.*\n\0\0\0$/)
    expect(steps).toMatchObject([{ step: 'read', path: '/srv/tree/shut' }])
  })

  it('tells whoever sends what who takes says, and does not call it whole', async () => {
    const { outcome, crossed, toSender } = await carryScript(
      'C0644 3 f\nabc\0',
      '\0\x01scp: f: No space left on device\n',
      { direction: 'in', expected: null },
    )
    expect(outcome).toBe(1)
    expect(toSender).toBe('\0\x01scp: f: No space left on device\n')
    expect(crossed).toMatchObject([{ bytes: 3, sha256: null }])
  })

  it('keeps as evidence what had crossed of a file that broke off', async () => {
    const { outcome, crossed } = await carryScript('C0644 9 f\nabc', '\0')
    expect(outcome).toContain('in the middle of a file')
    expect(crossed).toMatchObject([{ bytes: 3, sha256: null }])
  })

  it('sets no bit that lets a program run as another where modes are not kept', async () => {
    expect((await carryScript('C6755 0 f\n\0', '\0\0', { direction: 'in', expected: null })).toTaker).toBe(
      'C0755 0 f\n\0',
    )
    expect(
      (await carryScript('C6755 0 f\n\0', '\0\0', { direction: 'in', expected: null, preserves: true })).toTaker,
    ).toBe('C6755 0 f\n\0')
  })

  it('writes through no link', async () => {
    const { outcome, toTaker, toSender } = await carryScript('C0644 1 link\n', '', { direction: 'in', expected: null })
    expect(outcome).toBe(1)
    expect(toTaker).toBe('')
    expect(toSender).toContain('is a link on the target')
  })

  it('gives on the same, wherever what comes is split', async () => {
    const says = Buffer.from('T5 0 6 0\nC0600 4 f\na\nb\0\0')
    const whole = await carryScript([says], '\0\0\0', { preserves: true })
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat({ max: says.length })), async (cuts) => {
        const at = [0, ...cuts.toSorted((a, b) => a - b), says.length]
        const pieces = at.slice(1).map((end, i) => says.subarray(at[i], end))
        expect(await carryScript(pieces, '\0\0\0', { preserves: true })).toEqual(whole)
      }),
    )
    expect(whole.toTaker).toBe('T5 0 6 0\nC0600 4 f\na\nb\0\0')
  })

  it('gives nothing on that it did not understand, whatever comes', async () => {
    const token = fc.oneof(
      fc.constantFrom(
        'C0644 3 f\n',
        'abc',
        '\0',
        '\x01no\n',
        '\x02no\n',
        'D0755 0 f\n',
        'E\n',
        'T1 0 1 0\n',
        'C0644 3 ../f\n',
        'C0644 3 shut\n',
      ),
      fc.uint8Array({ maxLength: 8 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(token), fc.array(token), async (says, answers) => {
        const { toTaker } = await carryScript(says.join(''), answers.join(''), { recursive: true, preserves: true })
        const named = [...toTaker.matchAll(/^[CD]\d{4} \d+ (.*)$/gm)].map(([, name]) => name)
        expect(named.filter((name) => name?.includes('/'))).toEqual([])
      }),
    )
  })
})
