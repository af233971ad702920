// Files that several handles have open for writing at a time: what they write together is held to the size that may
// pass, and no digest is told but of what the file was.

import { createHash, randomBytes } from 'node:crypto'
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { openFlags } from '../../../../../gateway/guards/sftp/codes.ts'
import { fileRule, openSftpScene, type SftpScene } from '../../../../support/sftp-scene.ts'

const { read, write, create, truncate, append } = openFlags
const appending = write | append | create
const forWriting = write | create | truncate

describe('files by SFTP that several handles write', () => {
  let scene: SftpScene
  let beside: SftpScene
  const at = (path: string): string => join(scene.folder, path)

  beforeEach(async () => {
    scene = await openSftpScene((folder) => [
      fileRule('in', [`${folder}/in/**`], { largest: 10 }),
      fileRule('large', [`${folder}/large/**`]),
    ])
    beside = await openSftpScene(() => [], scene)
    for (const name of ['in', 'in/sub', 'large']) await mkdir(at(name))
  })
  afterEach(async () => {
    await beside.close()
    await scene.close()
  })

  interface Opened {
    put(text: string, offset?: number): Promise<number>
    resize(size: number): Promise<number>
    close(): Promise<number>
    readonly handle: string
  }

  async function open(path: string, flags: number, by = scene): Promise<Opened> {
    const reply = await by.ask({ kind: 'open', path, flags, attributes: {} })
    if (reply.kind !== 'handle') throw new Error(`not opened: ${JSON.stringify(reply)}`)
    const { handle } = reply
    const code = async (question: Parameters<SftpScene['ask']>[0]): Promise<number> => {
      const answer = await by.ask(question)
      return answer.kind === 'status' ? answer.code : -1
    }
    return {
      handle,
      put: (text, offset = 0) => code({ kind: 'write', handle, offset, data: Buffer.from(text) }),
      resize: (size) => code({ kind: 'fsetstat', handle, attributes: { size } }),
      close: () => code({ kind: 'close', handle }),
    }
  }

  const rename = (from: string, to: string) => scene.ask({ kind: 'rename', from, to })
  const sizeOf = async (path: string): Promise<number> => (await stat(at(path))).size
  const digests = () => scene.crossed.map(({ sha256 }) => sha256)

  it.each([
    ['of one channel', () => scene],
    ['of two channels of a session', () => beside],
  ])('hold what they append together to the size that may pass, and tell no digest: handles %s', async (_, second) => {
    const handles = [await open('in/f', appending), await open('in/f', appending, second())]
    const [one, other] = handles as [Opened, Opened]
    expect([await one.put('12345678'), await other.put('12345678'), await other.put('90')]).toEqual([0, 3, 0])
    expect(await sizeOf('in/f')).toBe(10)
    for (const handle of handles) await handle.close()
    expect(scene.crossed.map(({ bytes, sha256 }) => [bytes, sha256])).toEqual([
      [8, null],
      [2, null],
    ])
    const events = [...scene.events, ...beside.events].filter(({ sftp }) => sftp === 'file')
    expect(events.map(({ outcome }) => outcome)).toEqual(['part', 'part'])
  })

  it('append behind what others write at offsets, make it longer by, or copy into it', async () => {
    const [one, other] = [await open('in/f', appending), await open('in/f', write)]
    expect([await other.put('345', 4), await one.put('1234')]).toEqual([0, 3])
    expect([await other.resize(9), await one.put('12')]).toEqual([0, 3])
    await scene.ask({ kind: 'setstat', path: 'in/f', attributes: { size: 10 } })
    expect([await one.put('1'), await sizeOf('in/f')]).toEqual([3, 10])
    await writeFile(at('in/g'), '123456')
    const [from, into, third] = [
      await open('in/g', read),
      await open('in/h', write | create),
      await open('in/h', appending),
    ]
    const copy = { kind: 'copy-data', handle: from.handle, offset: 0, length: 0, into: into.handle, at: 0 } as const
    expect(await scene.ask(copy, { kind: 'done' })).toMatchObject({ code: 0 })
    expect([await third.put('12345'), await third.put('1234')]).toEqual([3, 0])
  })

  it('of one handle count what it makes itself longer by', async () => {
    const one = await open('in/f', appending)
    expect([await one.resize(9), await one.put('12'), await one.put('1')]).toEqual([0, 3, 0])
    expect(await sizeOf('in/f')).toBe(10)
  })

  it('are written in pieces at a time as ever, and told as parts', async () => {
    const content = randomBytes(300_000)
    const piece = content.length / 3
    const handles = [0, 1, 2].map(() => open('large/f', write | create))
    const written = await Promise.all(
      handles.map(async (opening, i) => {
        const { handle, close } = await opening
        const data = content.subarray(i * piece, (i + 1) * piece)
        await scene.ask({ kind: 'write', handle, offset: i * piece, data })
        return close()
      }),
    )
    expect(written).toEqual([0, 0, 0])
    expect((await readFile(at('large/f'))).equals(content)).toBe(true)
    expect(scene.crossed.map(({ bytes, sha256 }) => [bytes, sha256])).toEqual([0, 1, 2].map(() => [piece, null]))
  })

  it('tell no digest where another one cuts, or sets the size of, what was written', async () => {
    for (const spoil of [
      () => open('large/f', forWriting, beside),
      () => scene.ask({ kind: 'setstat', path: 'large/f', attributes: { size: 1 } }),
    ]) {
      const one = await open('large/f', forWriting)
      expect(await one.put('12345678')).toBe(0)
      await spoil()
      await one.close()
    }
    expect(digests()).toEqual([null, null])
  })

  it('tell the digest again when they write one after the other', async () => {
    for (const flags of [forWriting, appending | truncate])
      for (const by of [scene, beside]) {
        const one = await open('large/f', flags, by)
        expect([await one.put('123'), await one.put('45678', 3), await one.close()]).toEqual([0, 0, 0])
      }
    const digest = createHash('sha256').update('12345678').digest('hex')
    expect(digests()).toEqual([digest, digest, digest, digest])
  })

  it('are known by the name a file has got while it was open', async () => {
    const one = await open('in/sub/f', appending)
    expect(await one.put('12345')).toBe(0)
    await rename('in/sub/f', 'in/sub/g')
    await rename('in/sub', 'in/other')
    await rename('in/other', 'in/other')
    const other = await open('in/other/g', appending, beside)
    // What is called by its old name now is another file.
    await mkdir(at('in/sub'))
    const third = await open('in/sub/f', appending)
    expect([await third.put('12345678'), await third.close()]).toEqual([0, 0])
    expect([await one.put('678'), await other.put('678'), await other.put('90')]).toEqual([0, 3, 0])
    expect(await readFile(at('in/other/g'), 'utf8')).toBe('1234567890')
    await one.close()
    await other.close()
    expect(digests()).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/), null, null])
  })

  it('are nobody’s when they were not opened, or are closed', async () => {
    const one = await open('in/f', forWriting)
    await one.put('123')
    await one.close()
    await scene.ask({ kind: 'open', path: 'in/f', flags: write | create | openFlags.exclusive, attributes: {} })
    const other = await open('in/f', write | append | truncate)
    expect([await other.put('1234567890'), await other.close()]).toEqual([0, 0])
    expect(digests().includes(null)).toBe(false)
  })

  it('copy nothing out of a file from beyond what may be fetched of it', async () => {
    await writeFile(at('in/f'), '12345678901')
    const [from, into] = [await open('in/f', read | write), await open('large/f', forWriting)]
    const copy = (offset: number, length: number) =>
      scene.ask({ kind: 'copy-data', handle: from.handle, offset, length, into: into.handle, at: 0 }, { kind: 'done' })
    expect([await copy(0, 0), await copy(10, 1)]).toMatchObject([{ code: 3 }, { code: 3 }])
    expect(await copy(0, 10)).toMatchObject({ code: 0 })
  })
})
