// The tar reader against archives of the real program, and against everything an archive must not hold.

import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { Failure } from '../../../gateway/cli/failure.ts'
import { readTar, TarFault } from '../../../gateway/cli/tar.ts'
import { unpack } from '../../../gateway/cli/unpack.ts'
import { scratch } from './run-sallyport.ts'
import { tarOf, type TarMember } from './sample-tar.ts'

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function contentsOf(bytes: Uint8Array, piece = 1000): Promise<Record<string, string | null>> {
  const found: Record<string, string | null> = {}
  for await (const entry of readTar(inPieces(bytes, piece))) {
    if (entry.kind === 'folder') found[entry.path] = null
    else {
      const chunks: Buffer[] = []
      for await (const chunk of entry.content) chunks.push(Buffer.from(chunk))
      found[entry.path] = Buffer.concat(chunks).toString('latin1')
    }
  }
  return found
}

const sample: readonly TarMember[] = [
  { name: 'export/', type: '5' },
  { name: 'export/MANIFEST', content: 'listed\n' },
  { name: 'export/ledger/', type: '5' },
  { name: 'export/ledger/checkpoint', content: 'x'.repeat(1500) },
  { name: 'export/empty', content: '' },
]

describe('a tar stream', () => {
  it('is read whatever pieces it comes in', async () => {
    const expected = {
      export: null,
      'export/MANIFEST': 'listed\n',
      'export/ledger': null,
      'export/ledger/checkpoint': 'x'.repeat(1500),
      'export/empty': '',
    }
    for (const piece of [1, 7, 511, 512, 513, 100_000]) expect(await contentsOf(tarOf(sample), piece)).toEqual(expected)
  })

  it('is read as the real tar program writes it', async () => {
    const folder = scratch()
    const long = `recordings/ses_${'0'.repeat(26)}/${'d'.repeat(60)}/${'f'.repeat(60)}`
    mkdirSync(join(folder, 'export', 'recordings', `ses_${'0'.repeat(26)}`, 'd'.repeat(60)), { recursive: true })
    writeFileSync(join(folder, 'export', 'MANIFEST'), 'listed\n')
    writeFileSync(join(folder, 'export', long), 'deep')
    for (const format of ['ustar', 'pax']) {
      const bytes = execFileSync('tar', ['--format', format, '-cf', '-', 'export'], { cwd: folder })
      expect(await contentsOf(bytes)).toMatchObject({ 'export/MANIFEST': 'listed\n', [`export/${long}`]: 'deep' })
    }
  })

  it('passes over content that nobody reads', async () => {
    const names: string[] = []
    for await (const entry of readTar(inPieces(tarOf(sample), 700))) names.push(entry.path)
    expect(names).toHaveLength(5)
  })

  it('takes path and size from an extended header', async () => {
    const bytes = tarOf([
      { name: 'export/short', content: 'abc', pax: { path: 'export/long-name', size: '3', mtime: '1.5' } },
    ])
    expect(await contentsOf(bytes)).toEqual({ 'export/long-name': 'abc' })
  })

  it.each([
    '../evil',
    'export/../../evil',
    '/etc/passwd',
    'export//x',
    'export/./x',
    'C:\\x',
    'export/a b',
    'export/\u001b[2J',
    '',
    '..',
    'export/x/',
    `${'d/'.repeat(33)}x`,
  ])('is refused with the name %j, in the header and in an extended one', async (name) => {
    const fault = 'name: expected a relative path'
    if (name.length <= 100) await expect(contentsOf(tarOf([{ name, content: 'x' }]))).rejects.toThrow(fault)
    if (!name.includes('\\')) {
      await expect(contentsOf(tarOf([{ name: 'x', content: 'x', pax: { path: name } }]))).rejects.toThrow(fault)
    }
  })

  it.each(['1', '2', '3', '4', '6', '7', 'g', 'L', 'K', 'S', 'V'])(
    'is refused with an entry of type %s',
    async (type) => {
      await expect(contentsOf(tarOf([{ name: 'export/x', type, content: '' }]))).rejects.toThrow(
        'expected a regular file or a folder',
      )
    },
  )

  it('is refused when the real tar program put a link in it', async () => {
    const folder = scratch()
    mkdirSync(join(folder, 'export'))
    symlinkSync('/etc', join(folder, 'export', 'link'))
    const bytes = execFileSync('tar', ['--format', 'ustar', '-cf', '-', 'export'], { cwd: folder })
    await expect(contentsOf(bytes)).rejects.toThrow(TarFault)
  })

  it('is refused when it breaks off, at any byte', async () => {
    const bytes = tarOf(sample)
    for (let length = 0; length < bytes.length; length += 97) {
      await expect(contentsOf(bytes.subarray(0, length))).rejects.toThrow('the stream breaks off')
    }
  })

  it('is refused when something follows its end', async () => {
    const bytes = Buffer.concat([tarOf(sample), Buffer.alloc(2048), Buffer.from('more')])
    await expect(contentsOf(bytes)).rejects.toThrow('expected nothing but zeros after the end')
  })

  it('ends in a fault that names the byte, never in another error, whatever is flipped in a header', async () => {
    const bytes = tarOf(sample)
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: bytes.length - 1 }),
        fc.integer({ min: 1, max: 255 }),
        async (at, mask) => {
          const copy = Buffer.from(bytes)
          copy[at] = (copy[at] ?? 0) ^ mask
          try {
            await contentsOf(copy)
          } catch (error) {
            expect(error).toBeInstanceOf(TarFault)
            expect(String(error)).toMatch(/byte \d+: /)
          }
        },
      ),
    )
  })

  it('ends in a fault for random bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 4096 }), async (bytes) => {
        if (bytes.every((byte) => byte === 0)) return
        await expect(contentsOf(bytes)).rejects.toBeInstanceOf(TarFault)
      }),
    )
  })
})

describe('unpacking', () => {
  it('makes the folder whole, its files readable by their owner only, and drops the top folder', async () => {
    const folder = scratch()
    const out = join(folder, 'evidence')
    expect(await unpack(inPieces(tarOf(sample), 300), out)).toEqual({ files: 3, bytes: 1507 })
    expect(readFileSync(join(out, 'ledger', 'checkpoint'), 'utf8')).toBe('x'.repeat(1500))
    expect(statSync(out).mode & 0o777).toBe(0o700)
    expect(statSync(join(out, 'MANIFEST')).mode & 0o777).toBe(0o600)
    expect(readdirSync(folder)).toEqual(['evidence'])
  })

  it.each<[string, readonly TarMember[]]>([
    ['the same file twice', [...sample, { name: 'export/MANIFEST', content: 'other' }]],
    ['a file where a folder is', [...sample, { name: 'export/ledger', content: 'x' }]],
    ['a folder where a file is', [...sample, { name: 'export/MANIFEST/x', content: 'x' }]],
    ['two top folders', [...sample, { name: 'other/x', content: 'x' }]],
    ['a file at the top', [{ name: 'MANIFEST', content: 'x' }]],
  ])('refuses %s, and leaves nothing', async (_what, members) => {
    const folder = scratch()
    await expect(unpack(inPieces(tarOf(members), 512), join(folder, 'out'))).rejects.toBeInstanceOf(Failure)
    expect(readdirSync(folder)).toEqual([])
  })

  it('leaves nothing of a stream that breaks off', async () => {
    const folder = scratch()
    const bytes = tarOf(sample)
    await expect(unpack(inPieces(bytes.subarray(0, 3000), 512), join(folder, 'out'))).rejects.toThrow(
      'archive: byte 3000: the stream breaks off: nothing was kept',
    )
    expect(readdirSync(folder)).toEqual([])
  })

  it('refuses to write over anything, be it an empty folder or a link to nowhere', async () => {
    const folder = scratch()
    mkdirSync(join(folder, 'there'))
    symlinkSync('/nowhere', join(folder, 'link'))
    for (const name of ['there', 'link']) {
      await expect(unpack(inPieces(tarOf(sample), 512), join(folder, name))).rejects.toThrow('is there already')
    }
  })
})
