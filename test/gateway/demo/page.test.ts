import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { isPageStale, publishPage } from '../../../gateway/demo/page.ts'

let folder: string
const at = new Date(1_700_000_000_000)

async function put(root: string, files: Readonly<Record<string, string>>): Promise<string> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, root, name)), { recursive: true })
    await writeFile(join(folder, root, name), text)
  }
  return join(folder, root)
}
async function tree(path: string): Promise<string[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return files.map((file) => file.slice(path.length + 1)).toSorted()
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sallyport-test-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

describe('putting a built page in place', () => {
  it('makes the folder where there is none', async () => {
    const from = await put('new', { 'index.html': 'b', 'assets/b.js': 'B' })
    await publishPage(from, join(folder, 'dist'), at)
    expect(await tree(join(folder, 'dist'))).toEqual(['assets/b.js', 'index.html'])
  })

  it('replaces what is there and removes what belongs to no page any longer', async () => {
    const to = await put('dist', { 'index.html': 'a', 'assets/a.js': 'A', 'assets/same.js': 'S' })
    const from = await put('new', { 'index.html': 'b', 'assets/b.js': 'B', 'assets/same.js': 'S' })
    await publishPage(from, to, at)
    expect(await tree(to)).toEqual(['assets/b.js', 'assets/same.js', 'index.html'])
    expect(await readFile(join(to, 'index.html'), 'utf8')).toBe('b')
  })

  it('gives the start page the time building began, so that a later change makes it stale', async () => {
    const from = await put('new', { 'index.html': 'b' })
    await publishPage(from, join(folder, 'dist'), at)
    expect((await stat(join(folder, 'dist', 'index.html'))).mtime).toEqual(at)
  })

  it('lets two builds of the same page be put in place at the same time', async () => {
    const files = { 'index.html': 'b', 'assets/b.js': 'B', 'assets/c.js': 'C' }
    const [one, two] = [await put('one', files), await put('two', files)]
    const to = join(folder, 'dist')
    await Promise.all([publishPage(one, to, at), publishPage(two, to, at)])
    expect(await tree(to)).toEqual(Object.keys(files).toSorted())
  })

  it('refuses a build without a start page, and leaves what is there', async () => {
    const to = await put('dist', { 'index.html': 'a' })
    const from = await put('new', { 'assets/b.js': 'B' })
    await expect(publishPage(from, to, at)).rejects.toThrow('the build made no index.html')
    expect(await tree(to)).toEqual(['index.html'])
  })
})

describe('whether the page is stale', () => {
  it('is, where there is none', async () => {
    expect(await isPageStale(join(folder, 'dist'))).toBe(true)
  })

  it('is, where a source is newer, and is not where none is', async () => {
    const page = await put('dist', { 'index.html': 'a' })
    await utimes(join(page, 'index.html'), new Date(0), new Date(1_000))
    expect(await isPageStale(page)).toBe(true)
    const later = new Date(Date.now() + 3_600_000)
    await utimes(join(page, 'index.html'), later, later)
    expect(await isPageStale(page)).toBe(false)
  })
})
