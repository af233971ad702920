// What the process of a worker can touch, tried in one.

import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasNativeCiphers } from '../../../gateway/brokers/ssh/native-ciphers.ts'
import { makeLiveFolder } from '../../../gateway/evidence/live-folders.ts'
import { residentBytes, startWorker } from '../../../gateway/workers/process.ts'
import { keyPipeFd } from '../../../gateway/workers/wire.ts'
import type { Places } from './confined-child.ts'

const entry = fileURLToPath(new URL('confined-child.ts', import.meta.url))

describe('the process of a worker', () => {
  let folder: string
  let child: ChildProcess
  let places: Places
  let found: Readonly<Record<string, unknown>>

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sallyport-worker-'))
    await mkdir(join(folder, 'really'))
    // As where the folder of the recordings is a link to another disk.
    await symlink(join(folder, 'really'), join(folder, 'recordings'))
    await writeFile(join(folder, 'vault.key'), 'secret')
    places = {
      secret: join(folder, 'vault.key'),
      elsewhere: join(folder, 'elsewhere'),
      own: await makeLiveFolder(join(folder, 'recordings')),
      others: await makeLiveFolder(join(folder, 'recordings')),
      sealed: join(folder, 'recordings', 'ses_sealed'),
    }
    for (const place of [places.others, places.sealed]) {
      await mkdir(place, { recursive: true })
      await writeFile(join(place, 'stream'), 'of another session')
    }
    child = startWorker({ entry, folder: places.own, memoryMebibytes: 512 })
    child.send(places)
    const [message] = await once(child, 'message')
    found = message as typeof found
  })
  afterAll(async () => {
    child.kill('SIGKILL')
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    await rm(folder, { recursive: true, force: true })
  })

  it('reads no key, nor anything else beside its sources and the recordings', () => {
    expect(found).toMatchObject({
      readsSecret: 'ERR_ACCESS_DENIED',
      readsThroughLink: 'ERR_ACCESS_DENIED',
      readsEnvironment: 'ERR_ACCESS_DENIED',
    })
  })

  it('sees no recording but its own, and can neither change nor remove another’s', async () => {
    for (const what of ['others', 'sealed'] as const) {
      expect(found[what]).toEqual({
        makesOwn: 'done',
        reads: 'ERR_ACCESS_DENIED',
        lists: 'ERR_ACCESS_DENIED',
        writes: 'ERR_ACCESS_DENIED',
        adds: 'ERR_ACCESS_DENIED',
        shortens: 'ERR_ACCESS_DENIED',
        removes: 'ERR_ACCESS_DENIED',
        removesAll: 'ERR_ACCESS_DENIED',
        renames: 'ERR_ACCESS_DENIED',
        replaces: 'ERR_ACCESS_DENIED',
        links: 'ERR_ACCESS_DENIED',
        looksUp: 'ERR_ACCESS_DENIED',
        byDots: 'ERR_ACCESS_DENIED',
      })
      expect(await readdir(places[what])).toEqual(['stream'])
      expect(await readFile(join(places[what], 'stream'), 'utf8')).toBe('of another session')
    }
    expect(found['listsAll']).toBe('ERR_ACCESS_DENIED')
    expect(found['linksOutside']).toBe('ERR_ACCESS_DENIED')
  })

  it('writes nothing but recordings', async () => {
    expect(found).toMatchObject({
      writesElsewhere: 'ERR_ACCESS_DENIED',
      writesSources: 'ERR_ACCESS_DENIED',
      writesRecording: 'done',
      readsRecording: 'done',
    })
    await expect(readFile(places.elsewhere)).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('starts no program and no thread', () => {
    expect(found).toMatchObject({ spawns: 'ERR_ACCESS_DENIED', startsThread: 'ERR_ACCESS_DENIED' })
  })

  it('has the ciphers that the gateway has', () => expect(found['hasNativeCiphers']).toBe(hasNativeCiphers()))

  it('is given no setting of the gateway, and three quarters of its memory for the heap', () => {
    const given = ['LANG', 'NODE_CHANNEL_FD', 'NODE_CHANNEL_SERIALIZATION_MODE', 'PATH', 'TZ']
    for (const name of found['env'] as string[]) expect(given).toContain(name)
    expect(found['flags']).toContain('--max-old-space-size=384')
  })

  it('has a pipe for signatures', () => expect(child.stdio[keyPipeFd]).toBeTruthy())
})

describe('the memory of a process', () => {
  it('is told of one that runs, and is unknown of one that does not', async () => {
    const own = await residentBytes(process.pid)
    if (process.platform === 'linux') expect(own).toBeGreaterThan(10_000_000)
    // Larger than any number of a process.
    expect(await residentBytes(2 ** 30)).toBeNull()
  })
})
