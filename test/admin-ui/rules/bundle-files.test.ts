import { describe, expect, it } from 'vitest'

import { pathInside, readFolder } from '../../../admin-ui/src/rules/bundle-files.ts'

/** A file as a browser gives it where a folder was chosen. */
function chosen(path: string, content: string | Uint8Array<ArrayBuffer> = ''): File {
  const file = new File([content], path.split('/').at(-1) ?? path)
  Object.defineProperty(file, 'webkitRelativePath', { value: path })
  return file
}

describe('a bundle folder chosen in the browser', () => {
  it('is read with paths inside the folder', async () => {
    const read = await readFolder([
      chosen('plant/scope.yaml', 'version: 1'),
      chosen('plant/policies/who.cedar', 'permit'),
    ])
    expect(read).toEqual({ kind: 'ok', files: { 'scope.yaml': 'version: 1', 'policies/who.cedar': 'permit' } })
  })

  it('leaves out what editors and file systems leave behind', async () => {
    const read = await readFolder(
      ['plant/.git/config', 'plant/scope.yaml~', 'plant/.DS_Store', 'plant/scope.yaml'].map((path) => chosen(path)),
    )
    expect(read).toEqual({ kind: 'ok', files: { 'scope.yaml': '' } })
  })

  it('names the file that is no text', async () => {
    const read = await readFolder([chosen('plant/logo.png', Uint8Array.of(0x89, 0x50, 0xff, 0xfe))])
    expect(read).toEqual({ kind: 'problem', text: 'logo.png is no UTF-8 text.' })
  })

  it('is refused when nothing is in it', async () => {
    expect(await readFolder([chosen('plant/.gitignore')])).toEqual({
      kind: 'problem',
      text: 'This folder holds no files.',
    })
  })

  it('is refused before it is read when it is far too large', async () => {
    const large = chosen('home/disk.img')
    Object.defineProperty(large, 'size', { value: 33 * 1024 * 1024 })
    expect(await readFolder([large])).toMatchObject({ kind: 'problem' })
  })

  it('keeps the name of a file that was chosen without a folder', () => {
    expect(pathInside('scope.yaml')).toBe('scope.yaml')
    expect(pathInside('plant/policies/who.cedar')).toBe('policies/who.cedar')
  })
})
