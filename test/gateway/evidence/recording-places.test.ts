// Where a recording is read: in the folder of the worker that writes it, and from its end on in its place.

import { mkdtemp, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { makeLiveFolder, moveHome } from '../../../gateway/evidence/live-folders.ts'
import { RecordingPlaces } from '../../../gateway/evidence/recording-places.ts'
import { openRecordings } from '../../../gateway/evidence/recordings.ts'
import { Secret } from '../../../gateway/secret.ts'
import type { SessionId } from '../../../policy/index.ts'
import { makeEscrow, openRecording, sessionA } from '../../recorder/sample.ts'
import { openBase } from '../../support/memory-store.ts'

describe('a recording that is being written by a worker', () => {
  const session = sessionA as SessionId
  let root: string
  let folder: string
  let places: RecordingPlaces

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'sallyport-places-'))
    folder = await makeLiveFolder(root)
    places = new RecordingPlaces(root)
  })
  afterEach(() => rm(root, { recursive: true, force: true }))

  async function open() {
    const escrow = await makeEscrow()
    const recording = await openRecording(folder, escrow)
    recording.openChannel({ kind: 'exec', command: 'ls' })
    places.written(session, folder)
    const { store } = await openBase()
    const identities = [new Secret(escrow.identity)]
    return openRecordings({ store, root, places, identities, keys: () => Promise.reject(new Error('not asked')) })
  }
  function goHome(): void {
    expect(moveHome(root, folder, session)).toEqual({ kind: 'home' })
    places.home(session)
  }

  it('is read where it is, before and after it was brought to its place', async () => {
    const recordings = await open()
    const [live, home] = [join(folder, session), join(root, session)]
    const held = await recordings.hold(session)
    expect([recordings.folderOf(session), held.dir, held.now()]).toEqual([live, live, live])
    const key = await recordings.key(session)
    expect(await recordings.channels(session)).toEqual([{ channel: 0, kind: 'exec', command: 'ls' }])
    goHome()
    expect([recordings.folderOf(session), held.now(), (await recordings.hold(session)).now()]).toEqual([
      home,
      home,
      home,
    ])
    expect(await recordings.key(session)).toEqual(key)
    expect(await recordings.channels(session)).toHaveLength(1)
  })

  it('is read where it is also by who began to look when it was still elsewhere', async () => {
    const recordings = await open()
    const reading = [recordings.key(session), recordings.channels(session)] as const
    goHome()
    const [key, channels] = await Promise.all(reading)
    expect([key.length, channels.length]).toEqual([32, 1])
  })

  it('is unreadable where it is nowhere', async () => {
    const recordings = await open()
    await rename(join(folder, session), join(root, 'aside'))
    await expect(recordings.key(session)).rejects.toMatchObject({ code: 'unreadable' })
    expect(await recordings.channels(session)).toEqual([])
  })
})
