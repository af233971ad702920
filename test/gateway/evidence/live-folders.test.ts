// What is brought from the folder of a worker to its place, and what is not.

import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, link, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  bringHome,
  everyRecording,
  leaveLiveFolder,
  liveFoldersIn,
  liveRecordingsIn,
  makeLiveFolder,
  moveHome,
  sessionsAway,
  tidyLiveFolders,
} from '../../../gateway/evidence/live-folders.ts'
import { readManifest, recordingDir } from '../../../recorder/index.ts'
import { makeEscrow, openRecording, sessionA, sessionB } from '../../recorder/sample.ts'

describe('the folder of a worker', () => {
  let root: string
  let folder: string
  let live: string
  let home: string

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'sallyport-live-'))
    folder = await makeLiveFolder(root)
    live = recordingDir(folder, sessionA)
    home = recordingDir(root, sessionA)
  })
  afterEach(() => rm(root, { recursive: true, force: true }))

  async function record(into = folder): Promise<string> {
    return (await openRecording(into, await makeEscrow(), { session: sessionA })).manifestDigest
  }
  const aside = (): string => join(root, `.arriving-${sessionA}`)

  it('has a name of its own, which is not used again', async () => {
    const again = await makeLiveFolder(root)
    expect(again).not.toBe(folder)
    expect(liveFoldersIn(root).toSorted()).toEqual([folder, again].toSorted())
    expect(await readdir(root)).toEqual(['.live'])
  })

  it('gives a recording up to its place, once', async () => {
    await record()
    expect(liveRecordingsIn(root)).toEqual([{ session: sessionA, folder }])
    expect([...everyRecording(root)]).toEqual([[sessionA, live]])
    expect(moveHome(root, folder, sessionA)).toEqual({ kind: 'home' })
    expect([existsSync(live), (await readManifest(home)).manifest.session]).toEqual([false, sessionA])
    expect(moveHome(root, folder, sessionA)).toEqual({ kind: 'home' })
    expect([...everyRecording(root)]).toEqual([[sessionA, home]])
    expect(await readdir(root)).toEqual(['.live', sessionA])
  })

  it('has none that is nowhere', () => expect(moveHome(root, folder, sessionA)).toEqual({ kind: 'missing' }))

  const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o777

  it('is the core’s own again, whatever rights its worker took from it', async () => {
    await record()
    const opening = join(folder, `.opening-${sessionB}`)
    await mkdir(opening)
    for (const path of [opening, live, folder]) await chmod(path, 0)
    expect(liveRecordingsIn(root)).toEqual([{ session: sessionA, folder }])
    expect(await modeOf(folder)).toBe(0o700)
    expect(moveHome(root, folder, sessionA)).toEqual({ kind: 'home' })
    expect(await modeOf(home)).toBe(0o700)
    await chmod(folder, 0)
    await leaveLiveFolder(folder)
    expect(existsSync(folder)).toBe(false)
  })

  it('does not replace what stands in the place of a recording', async () => {
    await record()
    await mkdir(home)
    await writeFile(join(home, 'seal'), 'of the first')
    expect(moveHome(root, folder, sessionA)).toEqual({ kind: 'home' })
    expect(await readdir(home)).toEqual(['seal'])
    await rename(live, aside())
    expect(moveHome(root, null, sessionA)).toMatchObject({ kind: 'doubtful' })
    expect(await readFile(join(home, 'seal'), 'utf8')).toBe('of the first')
  })

  it('is left where a move was broken off', async () => {
    await record()
    await rename(live, aside())
    expect([...sessionsAway(root)]).toEqual([sessionA])
    expect([...everyRecording(root)]).toEqual([[sessionA, aside()]])
    expect(await bringHome(root, sessionA, async () => null)).toEqual({ kind: 'home', folder: null })
    expect(existsSync(home)).toBe(true)
  })

  describe('holds something else than a recording:', () => {
    const outside = async (): Promise<string> => {
      const path = join(root, 'vault.key')
      await writeFile(path, 'secret')
      return path
    }
    const tricks: Readonly<Record<string, { make(): Promise<unknown>; why: string }>> = {
      'a link to a folder': { make: async () => symlink(root, live), why: 'recording: expected a folder' },
      'a file': { make: () => writeFile(live, 'x'), why: 'recording: expected a folder' },
      'a link to a file in one': {
        make: async () => (await record(), symlink(await outside(), join(live, '0001.stream'))),
        why: '`0001.stream`: not a regular file',
      },
      'a second name of a file elsewhere': {
        make: async () => (await record(), link(await outside(), join(live, '0001.stream'))),
        why: '`0001.stream`: has 2 names',
      },
      'a pipe nobody writes into': {
        make: async () => (await record(), promisify(execFile)('mkfifo', [join(live, 'seal')])),
        why: '`seal`: not a regular file',
      },
      'a folder in one': {
        make: async () => (await record(), mkdir(join(live, 'a\nb'))),
        why: 'an odd name: not a regular file',
      },
    }
    it.each(Object.entries(tricks))('%s', async (_name, { make, why }) => {
      await make()
      expect(moveHome(root, folder, sessionA)).toEqual({ kind: 'doubtful', why })
      expect([existsSync(home), await readdir(folder)]).toEqual([false, []])
      // It stays aside, and is judged anew when it is asked for again.
      expect(await bringHome(root, sessionA, async () => null)).toMatchObject({ kind: 'doubtful', why })
    })

    it('more files than a recording has', { timeout: 60_000 }, async () => {
      await record()
      for (let i = 0; i < 10_010; i++) await writeFile(join(live, `x${i}`), '')
      expect(moveHome(root, folder, sessionA)).toMatchObject({
        kind: 'doubtful',
        why: expect.stringContaining('at most'),
      })
    })
  })

  describe('is one of several with a recording of a session', () => {
    it('and the one the ledger names counts', async () => {
      const other = await makeLiveFolder(root)
      const [mine, others] = [await record(), await record(other)]
      expect(await bringHome(root, sessionA, async () => 'f'.repeat(64))).toEqual({ kind: 'missing', folder: null })
      expect(mine).not.toBe(others)
      expect(await bringHome(root, sessionA, async () => others)).toEqual({ kind: 'home', folder: other })
      expect((await readManifest(home)).digest).toBe(others)
      expect(liveRecordingsIn(root)).toEqual([{ session: sessionA, folder }])
    })
  })

  it('is removed with what was only being opened, and stays with everything else', async () => {
    const [empty, opening, full] = [folder, await makeLiveFolder(root), await makeLiveFolder(root)]
    await mkdir(join(opening, `.opening-${sessionB}`))
    await record(full)
    await tidyLiveFolders(root, () => undefined)
    expect([empty, opening, full].map((each) => existsSync(each))).toEqual([false, false, true])
    await leaveLiveFolder(empty)
  })
})
