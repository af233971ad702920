// What a tar archive is said to hold is what GNU tar unpacks from it, or it is said that it was not looked at further: each
// archive here is shown to the tar that is installed, too.

import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listArchive, type Content } from '../../../gateway/airlock/archive-listing.ts'
import { readPax, saysNothing } from '../../../gateway/airlock/pax-records.ts'
import type { ArchiveFound } from '../../../gateway/store/file-transfers.ts'
import { tarEnd, tarEntry } from '../../support/clamd.ts'

const run = promisify(execFile)
const none = Buffer.alloc(0)
const evil = tarEntry('bin/dropper.exe', Buffer.from('MZ'))
const cron = tarEntry('../../etc/cron.d/x', none)
const leadsOut = 'a name leads out of the folder it is unpacked to'
const notLookedAt = (why: string): string => `${why}: the rest was not looked at`

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sp-tars-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** @param most bytes that come at a time. */
function contentOf(bytes: Buffer, most = Infinity): Content {
  return {
    size: bytes.length,
    read: (at, length) => Promise.resolve(bytes.subarray(at, at + Math.min(length, most))),
  }
}

/** As it is told of the archive whole, in small pieces, and compressed, which must be the same. */
async function listed(bytes: Buffer): Promise<ArchiveFound | null> {
  const found = await listArchive(contentOf(bytes), 'tar archive')
  expect(await listArchive(contentOf(bytes, 333), 'tar archive')).toEqual(found)
  expect(await listArchive(contentOf(gzipSync(bytes)), 'gzip data')).toEqual(found)
  return found
}

/** The names that GNU tar tells, whatever else it says. */
async function toldByTar(bytes: Buffer): Promise<readonly string[]> {
  const file = join(folder, 'told.tar')
  await writeFile(file, bytes)
  const told = await run('tar', ['-tPf', file, '--quoting-style=literal'], {
    env: { ...process.env, LC_ALL: 'C' },
  })
    .then(({ stdout }) => stdout)
    .catch((error: unknown) => (error as { readonly stdout: string }).stdout)
  return told.split('\n').slice(0, -1)
}

/** A header made otherwise than it should be, with a sum that is right. */
function changed(entry: Buffer, ...changes: readonly (readonly [at: number, bytes: string])[]): Buffer {
  for (const [at, bytes] of [...changes, [148, '        '] as const]) entry.write(bytes, at, 'latin1')
  const sum = entry.subarray(0, 512).reduce((total, byte) => total + byte, 0)
  entry.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return entry
}

/** A header that claims the size of what follows it. */
const claiming = (header: Buffer, body: Buffer): Buffer =>
  changed(header, [124, `${body.length.toString(8).padStart(11, '0')}\0`])

function record(keyword: string, value: string): string {
  const rest = Buffer.byteLength(` ${keyword}=${value}\n`)
  let length = rest
  while (String(length).length + rest !== length) length = String(length).length + rest
  return `${length} ${keyword}=${value}\n`
}

const pax = (records: string, type = 'x'): Buffer => tarEntry('PaxHeaders/a', Buffer.from(records, 'latin1'), type)
const named = (type: 'L' | 'K', name: string): Buffer => tarEntry('././@LongLink', Buffer.from(name), type)
const readme = (): Buffer => tarEntry('readme.txt', none)

interface Case {
  readonly what: string
  readonly parts: readonly Buffer[]
  readonly names: readonly string[]
  readonly odd?: readonly string[]
}

/** Listed to the end. */
const followed: readonly Case[] = [
  {
    what: 'whose body looks like the end mark, since a pax header gives its size',
    parts: [pax(record('size', '512')), readme(), Buffer.alloc(512), cron, evil],
    names: ['readme.txt', '../../etc/cron.d/x', 'bin/dropper.exe'],
    odd: [leadsOut],
  },
  {
    what: 'with a record that stands inside the value of another',
    parts: [pax(record('path', '../../etc/cron.d/y') + record('comment', 'x\n9 path=readme.txt')), readme()],
    names: ['../../etc/cron.d/y'],
    odd: [leadsOut],
  },
  {
    what: 'whose pax header names it twice',
    parts: [pax(record('path', 'readme.txt') + record('path', 'bin/x') + record('size', '2')), readme()],
    names: ['bin/x'],
  },
  {
    what: 'with a pax header as Solaris marks it, and zeros behind its records',
    parts: [pax(`${record('path', 'bin/x')}\0\0\0`, 'X'), readme()],
    names: ['bin/x'],
  },
  {
    what: 'with a GNU long name that goes on behind a zero',
    parts: [named('L', 'bin/x\0readme.txt\0'), readme(), evil],
    names: ['bin/x', 'bin/dropper.exe'],
  },
  {
    what: 'of GNU form, where times stand in the place of a prefix',
    parts: [changed(tarEntry('/etc/x', none), [257, 'ustar  \0'], [345, 'docs']), evil],
    names: ['/etc/x', 'bin/dropper.exe'],
    odd: [leadsOut],
  },
  {
    what: 'with a link that GNU tar gives another name',
    parts: [named('K', '../../etc\0'), changed(tarEntry('l', none, '2'), [157, 'docs'])],
    names: ['l'],
    odd: ['a link leads out of the folder it is unpacked to'],
  },
  {
    what: 'with a link that a pax header gives another name',
    parts: [pax(record('linkpath', '/etc')), changed(tarEntry('l', none, '2'), [157, 'docs'])],
    names: ['l'],
    odd: ['a link leads out of the folder it is unpacked to'],
  },
  {
    what: 'with a header for all entries that only says something, as git writes it',
    parts: [pax(record('comment', 'b6f1a'), 'g'), readme(), evil],
    names: ['readme.txt', 'bin/dropper.exe'],
  },
  {
    what: 'whose sum was added up from signed bytes',
    parts: [
      (() => {
        const header = changed(tarEntry('n', none), [1, '\xff'])
        const sum = Number.parseInt(header.toString('latin1', 148, 154), 8)
        header.write((sum - 256).toString(8).padStart(6, '0'), 148)
        return header
      })(),
      evil,
    ],
    names: ['n\ufffd', 'bin/dropper.exe'],
  },
]

/** Listed as far as there is no doubt, which is said. */
const stopped: readonly Case[] = [
  {
    what: 'with something behind its end mark',
    parts: [readme(), Buffer.alloc(512), evil],
    names: ['readme.txt'],
    odd: [notLookedAt('more stands behind its end')],
  },
  {
    what: 'with one byte behind its end',
    parts: [readme(), Buffer.alloc(9_000), Buffer.from('x')],
    names: ['readme.txt'],
    odd: [notLookedAt('more stands behind its end')],
  },
  {
    what: 'with a folder that claims content, which is read as entries',
    parts: [claiming(tarEntry('docs/', none, '5'), evil), evil],
    names: ['docs/'],
    odd: [notLookedAt('an entry that has no content claims some')],
  },
  {
    what: 'with a file whose name makes it a folder when it is unpacked',
    parts: [claiming(tarEntry('docs/', none), evil), evil],
    names: ['docs/'],
    odd: [notLookedAt('an entry that has no content claims some')],
  },
  {
    what: 'with a link to which a pax header gives a size',
    parts: [pax(record('size', String(evil.length))), tarEntry('l', none, '1'), evil],
    names: ['l'],
    odd: [notLookedAt('an entry that has no content claims some')],
  },
  {
    what: 'with a pax header that breaks off in the middle',
    parts: [pax(`${record('path', 'bin/x')}12 path=\n${record('path', 'readme.txt')}`), readme(), evil],
    names: ['bin/x'],
    odd: [notLookedAt('a pax header in it is malformed')],
  },
  {
    what: 'whose pax header says a size that is none',
    parts: [pax(record('size', '512') + record('size', '0x0')), readme(), Buffer.alloc(512), evil],
    names: ['readme.txt'],
    odd: [notLookedAt('a pax header in it is malformed')],
  },
  {
    what: 'whose pax header names it with a zero inside',
    parts: [pax(record('path', 'bin/x\0.txt')), readme(), evil],
    names: ['bin/x'],
    odd: [notLookedAt('a pax header in it is malformed')],
  },
  {
    what: 'named by two pax headers',
    parts: [pax(record('path', 'readme.txt')), pax(record('comment', '')), tarEntry('bin/x', none), evil],
    names: ['bin/x'],
    odd: [notLookedAt('several headers name one entry')],
  },
  {
    what: 'named by a pax header and a GNU long name',
    parts: [pax(record('path', 'bin/x')), named('L', 'readme.txt\0'), tarEntry('a', none), evil],
    names: ['bin/x'],
    odd: [notLookedAt('several headers name one entry')],
  },
  {
    what: 'of one name for all entries',
    parts: [readme(), pax(record('path', 'bin/x'), 'g'), tarEntry('a.txt', none)],
    names: ['readme.txt'],
    odd: [notLookedAt('a header for all entries gives them one name or size')],
  },
  {
    what: 'with a file with holes that goes by another name',
    parts: [pax(record('path', 'readme.txt') + record('GNU.sparse.name', 'bin/x')), tarEntry('a', none), evil],
    names: ['bin/x'],
    odd: [notLookedAt('a file with holes in it')],
  },
  {
    what: 'with a number that is none to some programs',
    parts: [readme(), claiming(changed(tarEntry('a', none)), evil).fill(0, 124, 125), evil],
    names: ['readme.txt'],
    odd: [notLookedAt('a header in it is malformed')],
  },
  {
    what: 'that begins with a header that GNU tar passes over',
    parts: [changed(readme(), [124, '            ']), evil],
    names: [],
    odd: [notLookedAt('a header in it is malformed')],
  },
  {
    what: 'with a name too long to be read',
    parts: [readme(), named('L', `bin/x\0${'x'.repeat(20_000)}`), tarEntry('a.txt', none)],
    names: ['readme.txt'],
    odd: [notLookedAt('a name in it is too long to be read')],
  },
]

const names = (found: ArchiveFound | null): readonly string[] => (found?.names ?? []).map(({ name }) => name)

describe('a tar archive', () => {
  it.each(followed)('$what is listed as GNU tar lists it', async ({ parts, names: expected, odd = [] }) => {
    const archive = Buffer.concat([...parts, tarEnd])
    const found = await listed(archive)
    expect(names(found)).toEqual(expected)
    expect(found?.oddities).toEqual(odd)
    expect(await toldByTar(archive)).toEqual(expected)
  })

  it.each(stopped)('$what is listed as far as that, which is said', async ({ parts, names: expected, odd }) => {
    const archive = Buffer.concat([...parts, tarEnd])
    const found = await listed(archive)
    expect(names(found)).toEqual(expected)
    expect(found?.oddities).toEqual(odd)
    expect((await toldByTar(archive)).slice(0, expected.length)).toEqual(expected)
  })

  it('of GNU or pax form with long names and links is listed whole, and nothing of it is odd', async () => {
    const at = join(folder, 'real')
    const long = join('d'.repeat(120), `${'f'.repeat(120)}.txt`)
    await mkdir(join(at, 'd'.repeat(120)), { recursive: true })
    await writeFile(join(at, long), 'hello')
    await writeFile(join(at, 'größe.bin'), Buffer.alloc(70_000))
    await symlink(long, join(at, 'link'))
    for (const format of ['gnu', 'pax', 'ustar']) {
      const file = join(folder, `${format}.tar`)
      const what = format === 'ustar' ? ['größe.bin'] : ['.']
      await run('tar', [`--format=${format}`, '-C', at, '-cf', file, ...what])
      const archive = await readFile(file)
      const found = await listed(archive)
      expect(found?.oddities, format).toEqual([])
      expect(names(found), format).toEqual(await toldByTar(archive))
      expect(found?.bytes, format).toBe(format === 'ustar' ? 70_000 : 70_005)
    }
  })

  it('behind whose compressed bytes something stands is not passed over in silence', async () => {
    const archive = Buffer.concat([gzipSync(Buffer.concat([evil, tarEnd])), Buffer.from('more')])
    const file = join(folder, 'more.tgz')
    await writeFile(file, archive)
    // It unpacks all the same.
    const told = await run('tar', ['-tzf', file]).catch((error: unknown) => error as { readonly stdout: string })
    expect(told.stdout).toBe('bin/dropper.exe\n')
    const found = await listArchive(contentOf(archive), 'gzip data')
    expect(found?.oddities).toEqual(['the compressed data is malformed: it ends early'])
  })

  it('with no end to the zeros behind its end is read to a bound', async () => {
    const start = readme()
    const zeros = Buffer.alloc(64 * 1024)
    let reads = 0
    const found = await listArchive(
      {
        size: 2 ** 40,
        read: async (at, length) => {
          reads++
          return at === 0 ? Buffer.concat([start, zeros]).subarray(0, length) : zeros.subarray(0, length)
        },
      },
      'tar archive',
    )
    expect(found?.oddities).toEqual([notLookedAt('more stands behind its end')])
    expect(reads).toBeLessThan(5_000)
  })
})

describe('a pax header', () => {
  it('says the last of what it is given, whatever stands in its values', () => {
    const value = fc.string({ unit: fc.constantFrom('a', '/', '=', '\n', ' ', '9', '9 path=x\n', 'ö') })
    const records = fc.array(
      fc.oneof(
        fc.tuple(
          fc.constantFrom('path', 'linkpath'),
          value.filter((text) => text !== ''),
        ),
        fc.tuple(fc.constantFrom('comment', 'SCHILY.xattr.user.a b'), value),
        fc.tuple(fc.constant('size'), fc.nat().map(String)),
      ),
    )
    fc.assert(
      fc.property(records, (said) => {
        const last = (keyword: string): string | null => said.findLast(([each]) => each === keyword)?.[1] ?? null
        const size = last('size')
        expect(readPax(Buffer.from(said.map(([keyword, text]) => record(keyword, text)).join('')))).toEqual({
          ...saysNothing,
          path: last('path'),
          linkpath: last('linkpath'),
          size: size === null ? null : Number(size),
        })
      }),
    )
  })

  it('of any bytes is read to its end without a fault', () => {
    const piece = fc.constantFrom(
      '9',
      '12',
      ' ',
      'path',
      'size',
      '=',
      '\n',
      '\0',
      'GNU.sparse.',
      '10 path=a\n',
      '11 size=7\n',
    )
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const said = readPax(Buffer.from(pieces.join('')))
        expect(said.size === null || Number.isFinite(said.size)).toBe(true)
      }),
    )
  })
})
