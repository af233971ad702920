// What files are by their content, and what archives say they hold: real ones, hostile ones, and any bytes at all.

import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Listing, listArchive, mostEntries, type Content } from '../../../gateway/airlock/archive-listing.ts'
import { contentTypeOf } from '../../../gateway/airlock/content-type.ts'
import { tarEnd, tarEntry } from '../../support/clamd.ts'

const run = promisify(execFile)
const contentOf = (bytes: Uint8Array): Content => ({
  size: bytes.length,
  read: (offset, length) => Promise.resolve(bytes.subarray(offset, offset + length)),
})
const listed = (bytes: Uint8Array) => listArchive(contentOf(bytes), contentTypeOf(bytes.subarray(0, 33_024)))

/** A ZIP of stored, empty entries with these names; `sizes` are what the directory claims. */
function zipOf(entries: readonly { readonly name: string; readonly size?: number; readonly flags?: number }[]): Buffer {
  const locals: Buffer[] = []
  const central: Buffer[] = []
  let at = 0
  for (const { name, size = 0, flags = 0 } of entries) {
    const bytes = Buffer.from(name)
    const local = Buffer.alloc(30)
    local.writeUInt32LE(0x04034b50, 0)
    local.writeUInt16LE(bytes.length, 26)
    locals.push(local, bytes)
    const head = Buffer.alloc(46)
    head.writeUInt32LE(0x02014b50, 0)
    head.writeUInt16LE(flags, 8)
    head.writeUInt32LE(size, 24)
    head.writeUInt16LE(bytes.length, 28)
    head.writeUInt32LE(at, 42)
    central.push(head, bytes)
    at += 30 + bytes.length
  }
  const directory = Buffer.concat(central)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(entries.length % 65_536, 10)
  end.writeUInt32LE(directory.length, 12)
  end.writeUInt32LE(at, 16)
  return Buffer.concat([...locals, directory, end])
}

describe('the type of a file', () => {
  it.each([
    ['ELF program', Buffer.from('7f454c460201', 'hex')],
    ['PDF document', Buffer.from('%PDF-1.7\n')],
    ['XML text', Buffer.from('\ufeff  <?xml version="1.0"?><a/>')],
    ['script', Buffer.from('#!/bin/sh\n')],
    ['Intel HEX firmware', Buffer.from(':10010000214601360121470136007EFE09D2190140\n')],
    ['text', Buffer.from('speed = 3\n')],
    ['data', Buffer.from([1, 2, 3, 0, 255])],
    ['empty', Buffer.alloc(0)],
    ['DOS program', Buffer.from('MZ and no more')],
    ['Office document', zipOf([{ name: '[Content_Types].xml' }])],
    ['TIA Portal archive', zipOf([{ name: 'System/PLF/x.plf' }])],
    ['tar archive', tarEntry('a', Buffer.from('x'))],
  ])('is %s by its bytes', (type, bytes) => expect(contentTypeOf(bytes)).toBe(type))

  it('is a Windows program only where both signatures stand', () => {
    const program = Buffer.alloc(256)
    program.write('MZ', 0)
    program.writeUInt32LE(128, 0x3c)
    program.write('PE\0\0', 128)
    expect(contentTypeOf(program)).toBe('Windows program')
    program.writeUInt32LE(0xffff_fff0, 0x3c)
    expect(contentTypeOf(program)).toBe('DOS program')
  })

  it('is said of any bytes, without a fault', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => contentTypeOf(bytes).length > 0))
  })
})

describe('an archive', () => {
  it('made by real programs is listed with names and sizes', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sp-archives-'))
    try {
      const long = `${'d'.repeat(90)}/${'f'.repeat(80)}.txt`
      await run('mkdir', ['-p', join(folder, 'x', 'd'.repeat(90))])
      await writeFile(join(folder, 'x', 'b.bin'), Buffer.alloc(70_000))
      await writeFile(join(folder, 'x', long), 'hello')
      await run('tar', ['--format=gnu', '-C', folder, '-cf', join(folder, 'a.tar'), 'x'])
      await run('tar', ['--format=gnu', '-C', folder, '-czf', join(folder, 'a.tgz'), 'x'])
      await run('python3', ['-m', 'zipfile', '-c', join(folder, 'a.zip'), join(folder, 'x')])
      for (const name of ['a.tar', 'a.tgz', 'a.zip']) {
        const found = await listed(await readFile(join(folder, name)))
        expect(found?.bytes, name).toBe(70_005)
        expect(found?.oddities, name).toEqual([])
        const files = found?.names.filter(({ size }) => size > 0).map((each) => [each.name, each.size])
        expect(new Set(files), name).toEqual(
          new Set([
            ['x/b.bin', 70_000],
            [`x/${long}`, 5],
          ]),
        )
      }
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })

  it('says what of it is odd', async () => {
    const zip = zipOf([
      { name: '../../etc/passwd', flags: 1 },
      { name: 'inner.zip', size: 0xffff_fff0 },
    ])
    expect((await listed(zip))?.oddities).toEqual([
      'entries are encrypted: no scanner can look at them',
      'a name leads out of the folder it is unpacked to',
      'holds further archives',
      'unpacks to more than 200 times its size',
    ])
    const link = tarEntry('l', Buffer.alloc(0), '2')
    link.write('../../etc', 157)
    link.write('        ', 148)
    const sum = link.subarray(0, 512).reduce((total, byte) => total + byte, 0)
    link.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
    expect((await listed(Buffer.concat([link, tarEnd])))?.oddities).toEqual([
      'a link leads out of the folder it is unpacked to',
    ])
  })

  it('is listed by the names that unpacking uses, not by those that a pax header overrules', async () => {
    const path = '../../etc/cron.d/job'
    const record = ` path=${path}\n`
    const body = Buffer.from(`${record.length + 2}${record}`)
    const archive = Buffer.concat([
      tarEntry('PaxHeaders/a', body, 'x'),
      tarEntry('readme.txt', Buffer.from('x')),
      tarEnd,
    ])
    expect(await listed(archive)).toMatchObject({
      entries: 1,
      names: [{ name: path, size: 1 }],
      oddities: ['a name leads out of the folder it is unpacked to'],
    })
  })

  it('that claims sizes beyond any number says so, in numbers that evidence can hold', async () => {
    const listing = new Listing()
    listing.add('a', 2 ** 63)
    listing.add('b', 2 ** 63)
    const { bytes, names, oddities } = listing.done(100)
    expect([bytes, ...names.map(({ size }) => size)].every(Number.isSafeInteger)).toBe(true)
    expect(oddities).toContain('an entry claims a size that no file has')
  })

  it('with more entries than are looked at is counted to the bound', async () => {
    const zip = zipOf(Array.from({ length: mostEntries + 5 }, (_, i) => ({ name: `f${i}` })))
    const found = await listed(zip)
    expect(found).toMatchObject({ entries: mostEntries })
    expect(found?.names).toHaveLength(200)
    expect(found?.oddities).toEqual([`more than ${mostEntries} entries: the rest was not looked at`])
  })

  it('that is a bomb is not unpacked to its end', async () => {
    const entry = tarEntry('zeros', Buffer.alloc(0))
    entry.write(`${(0o77777777777).toString(8).padStart(11, '0')}\0`, 124)
    entry.write('        ', 148)
    const sum = entry.subarray(0, 512).reduce((total, byte) => total + byte, 0)
    entry.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
    const bomb = gzipSync(Buffer.concat([entry, Buffer.alloc(300 * 1024 * 1024)]), { level: 1 })
    const found = await listed(bomb)
    expect(found?.entries).toBe(1)
    expect(found?.oddities).toContain('unpacks to more than 268435456 bytes: the rest was not looked at')
  }, 60_000)

  it('that is cut, or of any bytes, is listed as far as it goes and never throws', async () => {
    const zip = zipOf([{ name: 'a' }, { name: 'b' }])
    const tgz = gzipSync(Buffer.concat([tarEntry('a', Buffer.alloc(2_000)), tarEnd]))
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(zip, tgz, Buffer.concat([tarEntry('a', Buffer.alloc(700)), tarEnd])),
        fc.nat(),
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 6 }),
        async (bytes, cut, changes) => {
          const hostile = Buffer.from(bytes.subarray(0, cut % 7 === 0 ? cut % bytes.length : bytes.length))
          for (const [at, value] of changes) if (hostile.length > 0) hostile[at % hostile.length] = value
          const found = await listed(hostile)
          expect(found === null || found.entries >= 0).toBe(true)
        },
      ),
      { numRuns: 150 },
    )
  })
})
