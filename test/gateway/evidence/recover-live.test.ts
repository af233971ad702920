// What a crash left in the folders of workers: brought to its place and sealed, whatever else a worker put there.

import { existsSync } from 'node:fs'
import { cp, mkdir, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findRecordings } from '../../../gateway/evidence/found-recordings.ts'
import { liveRecordingsIn, makeLiveFolder } from '../../../gateway/evidence/live-folders.ts'
import { recoverSessions } from '../../../gateway/evidence/recover.ts'
import type { SessionId } from '../../../policy/index.ts'
import { parseVerifierKey, readSeal, recordingDir, sealInterrupted, type Verifier } from '../../../recorder/index.ts'
import { openRecording, sessionA, signerOf } from '../../recorder/sample.ts'
import { ledgerOf } from '../../support/memory-store.ts'
import { openSessionScene, type SessionScene } from '../../support/session-scene.ts'
import { arrivalAt } from '../../support/test-arrival.ts'
import { openWorkerHere, type WorkerHere } from '../../support/worker-here.ts'

describe('what a worker was recording when the gateway died', () => {
  let scene: SessionScene
  let worker: WorkerHere
  let session: SessionId
  let live: string
  let home: string

  beforeEach(async () => {
    scene = await openSessionScene()
    worker = await openWorkerHere(scene)
    worker.desk.connections.add(1, arrivalAt(scene.visitor.source))
    worker.desk.connections.get(1).complete(scene.visitor)
    const answer = await worker.core.call('admit', { connection: 1, jump: false, named: 'ews-1' })
    if (answer.kind === 'refused') throw new Error(answer.text)
    session = answer.session.session as SessionId
    const record = worker.recordings.get(session)?.book.open({ kind: 'exec', command: 'cat', terminal: null })
    record?.data('in', [Buffer.from('typed before the crash')], () => undefined)
    live = join(worker.folder, session)
    home = recordingDir(scene.recordings, session)
  })
  afterEach(async () => {
    worker.recordings.close()
    await scene.close()
  })

  const eventsOf = async (kind: string) =>
    (await ledgerOf(scene.store)).filter(({ type }) => type === kind).map(({ data }) => data)
  const verifier = (): Verifier => {
    const parsed = parseVerifierKey(scene.signer.vkey)
    if (parsed.kind === 'malformed') throw new Error(parsed.reason)
    return parsed.value
  }

  it('is sealed in its place, and the folder goes', async () => {
    expect(await recoverSessions(scene)).toEqual({ sealed: 1, damaged: 0 })
    expect([existsSync(home), existsSync(worker.folder)]).toEqual([true, false])
    expect(await eventsOf('session.recording_sealed')).toMatchObject([{ session, status: 'interrupted', channels: 1 }])
  })

  it('is sealed also where the crash came in the middle of the move', async () => {
    await rename(live, join(scene.recordings, `.arriving-${session}`))
    expect(await recoverSessions(scene)).toEqual({ sealed: 1, damaged: 0 })
    expect((await readSeal(home)).seal.session).toBe(session)
  })

  it('is told as corrupt where a link stands in place of a stream, and nothing outside is touched', async () => {
    const outside = join(scene.recordings, 'outside')
    await writeFile(outside, 'not a recording')
    await rm(join(live, '0000.stream'))
    await symlink(outside, join(live, '0000.stream'))
    expect(await recoverSessions(scene)).toEqual({ sealed: 0, damaged: 1 })
    expect(existsSync(home)).toBe(false)
    const what = '`0000.stream`: not a regular file'
    expect(await eventsOf('recording.found_corrupt')).toEqual([{ session, by: 'start', where: 'recording', what }])
  })

  it('counts as sealed only by a key of this ledger', async () => {
    await sealInterrupted({ root: worker.folder, sessionId: session, signer: signerOf(9), now: scene.clock.now })
    expect(await recoverSessions(scene)).toEqual({ sealed: 0, damaged: 1 })
    expect(await eventsOf('session.recording_sealed')).toEqual([])
    const [told] = await eventsOf('recording.found_corrupt')
    expect(told).toMatchObject({ session, what: 'seal: no signature by a trusted key' })
  })

  it('is the one whose manifest the ledger names, where another worker made one as well', async () => {
    const folders = [await makeLiveFolder(scene.recordings), await makeLiveFolder(scene.recordings)]
    for (const folder of folders) {
      await cp(live, join(folder, session), { recursive: true })
      await writeFile(join(folder, session, 'manifest.json'), '{}')
    }
    expect(await recoverSessions(scene)).toEqual({ sealed: 1, damaged: 0 })
    expect(existsSync(live)).toBe(false)
    expect(
      liveRecordingsIn(scene.recordings)
        .map(({ folder }) => folder)
        .toSorted(),
    ).toEqual(folders.toSorted())
  })

  it('stays where it is if no session waits for it, until the loss of its entries is declared', async () => {
    const folder = await makeLiveFolder(scene.recordings)
    await openRecording(folder, { recipient: scene.recipients[0] ?? '', identity: '' }, { session: sessionA })
    await recoverSessions(scene)
    expect(liveRecordingsIn(scene.recordings)).toEqual([{ session: sessionA, folder }])
    const find = { ...scene, root: scene.recordings, verifiers: [verifier()], now: scene.clock.now }
    expect(await findRecordings(find)).toMatchObject({ recordings: [{ session: sessionA }], doubtful: [] })
    expect(existsSync(recordingDir(scene.recordings, sessionA))).toBe(true)
    const doubtful = `ses_${'0'.repeat(26)}`
    await mkdir(join(folder, doubtful))
    await symlink('/nowhere', join(folder, doubtful, 'manifest.json'))
    expect(await findRecordings(find)).toMatchObject({ doubtful: [{ session: doubtful }] })
    expect(await readdir(folder)).toEqual([])
  })
})
