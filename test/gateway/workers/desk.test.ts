// One worker from the core's side, joined to a worker's own recordings: what is recorded there is sealed with a signature
// made here, and nothing else is signed; and what a worker that is gone has left is sealed from the disk.

import { existsSync } from 'node:fs'
import { cp, link, mkdir, open, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import type { ChannelRecord } from '../../../gateway/brokers/broker.ts'
import { RecordingPlaces } from '../../../gateway/evidence/recording-places.ts'
import type { SessionFacts } from '../../../gateway/sessions/facts.ts'
import { openFarRecorder, sealLeftBehind, type LeftBehind } from '../../../gateway/workers/far-recorder.ts'
import { encodeAsk } from '../../../gateway/workers/key-pipe.ts'
import type { Link } from '../../../gateway/workers/link.ts'
import type { WorkerSide } from '../../../gateway/workers/wire.ts'
import {
  parseSeal,
  parseVerifierKey,
  recordingDir,
  unwrapSessionKey,
  verifyRecording,
} from '../../../recorder/index.ts'
import { eventually } from '../../support/eventually.ts'
import { settled } from '../../support/joined-channels.ts'
import { ledgerOf } from '../../support/memory-store.ts'
import { openSessionScene, type SessionScene } from '../../support/session-scene.ts'
import { arrivalAt, type TestArrival } from '../../support/test-arrival.ts'
import { openWorkerHere, type WorkerHere } from '../../support/worker-here.ts'
import { makeFullDisk, type FullDisk } from '../../recorder/full-disk.ts'
import type { SessionId } from '../../../policy/index.ts'

const opening = { kind: 'exec', command: 'cat', terminal: null } as const

describe('a worker', () => {
  let scene: SessionScene
  let worker: WorkerHere
  let arrival: TestArrival
  let disk: FullDisk

  async function enter(over: Parameters<typeof openWorkerHere>[1] = {}): Promise<void> {
    worker = await openWorkerHere(scene, { disk: disk.disk, ...over })
    arrival = arrivalAt(scene.visitor.source)
    worker.desk.connections.add(1, arrival)
    worker.desk.connections.get(1).complete(scene.visitor)
  }
  beforeEach(async () => {
    scene = await openSessionScene()
    disk = makeFullDisk()
    await enter()
  })
  afterEach(async () => {
    worker.die()
    await scene.close()
  })

  async function admit(): Promise<SessionId> {
    const answer = await worker.core.call('admit', { connection: 1, jump: false, named: 'ews-1' })
    if (answer.kind === 'refused') throw new Error(answer.text)
    return answer.session.session as SessionId
  }
  function openChannel(session: SessionId): ChannelRecord {
    const record = worker.recordings.get(session)?.book.open(opening)
    if (!record) throw new Error('the channel got no record')
    return record
  }
  /** A channel on which `text` crossed inwards. */
  function cross(session: SessionId, text: string): void {
    let isWritten = false
    openChannel(session).data('in', [Buffer.from(text)], () => (isWritten = true))
    expect(isWritten).toBe(true)
  }
  const dataOf = async (type: string) =>
    (await ledgerOf(scene.store)).findLast((event) => event.type === type)?.data as Record<string, unknown> | undefined
  const seen = (type: string) => eventually(`${type} is written`, async () => (await dataOf(type)) ?? null)

  async function verified(session: SessionId) {
    const dir = recordingDir(scene.recordings, session)
    const verifier = parseVerifierKey(scene.signer.vkey)
    if (verifier.kind === 'malformed') throw new Error('no verifier')
    const key = await unwrapSessionKey(dir, [scene.identity.expose()])
    const { recording, findings } = await verifyRecording(dir, { verifiers: [verifier.value], key })
    expect(findings.filter(({ holds }) => !holds)).toEqual([])
    return recording
  }

  it('records a session, and the core signs its seal', async () => {
    const session = await admit()
    cross(session, 'hello')
    worker.recordings.get(session)?.tell()
    await worker.core.call('session.closed', { session })
    expect(await seen('session.recording_sealed')).toMatchObject({ session, status: 'complete', channels: 1 })
    expect(await dataOf('session.ended')).toMatchObject({ reason: 'client', bytesIn: 5, bytesOut: 0 })
    expect(await verified(session)).toMatchObject({ holds: true, status: 'complete' })
    expect(worker.recordings.get(session)).toBeNull()
    expect([worker.desk.sessions.size, worker.faults]).toEqual([0, []])
  })

  it('has its recordings’ heads taken, up to what was written', async () => {
    const session = await admit()
    cross(session, 'x'.repeat(3 << 19))
    worker.recordings.get(session)?.tell()
    await settled()
    await scene.heads.round()
    const head = await seen('session.recording_head')
    expect(head).toMatchObject({ session, streams: [{ channel: 0 }] })
  })

  it('holds its session where the disk has no room, and lets it go on when there is some', async () => {
    scene.setAsset('ews-1', { recordingPauseMinutes: 5 })
    const session = await admit()
    const channel = openChannel(session)
    let isWritten = false
    disk.full = true
    channel.data('in', [Buffer.from('waits')], () => (isWritten = true))
    await eventually('it is held', () => scene.registry.get(session)?.standing === 'held')
    expect(isWritten).toBe(false)
    disk.full = false
    await eventually('it goes on', () => scene.registry.get(session)?.standing === 'active')
    expect(isWritten).toBe(true)
    expect(await seen('session.recording_paused')).toMatchObject({ session })
  })

  it('ends a session whose recording failed, with that reason, sealed as interrupted', async () => {
    scene.setAsset('ews-1', { recordingPauseMinutes: 0 })
    const session = await admit()
    disk.full = true
    expect(() => cross(session, 'never')).toThrow('ENOSPC')
    await eventually('it ends', () => scene.registry.get(session)?.state === 'ending')
    disk.full = false
    await worker.core.call('session.closed', { session })
    expect(await seen('session.ended')).toMatchObject({ session, reason: 'recorder-failed' })
    expect(await seen('session.recording_sealed')).toMatchObject({ session, status: 'interrupted' })
  })

  it('that is gone leaves recordings that are sealed here, to the last byte that was written', async () => {
    const session = await admit()
    cross(session, 'hello')
    expect(worker.die()).toEqual({ sessions: 1, connections: 1 })
    expect(arrival.lefts).toBe(1)
    expect(await seen('session.ended')).toMatchObject({ session, reason: 'worker-died' })
    expect(await seen('session.recording_sealed')).toMatchObject({ session, status: 'interrupted', channels: 1 })
    expect(await verified(session)).toMatchObject({ holds: true, status: 'interrupted' })
    await eventually('nobody lives', () => scene.registry.all().length === 0)
    expect(worker.die()).toEqual({ sessions: 0, connections: 0 })
  })

  it('that is gone in the middle of a seal leaves it to be made here', async () => {
    worker.die()
    await enter({ answering: { 'recording.seal': () => new Promise<never>(() => undefined) } })
    const session = await admit()
    cross(session, 'hello')
    void worker.core.call('session.closed', { session }).catch(() => undefined)
    await settled()
    worker.die()
    expect(await seen('session.recording_sealed')).toMatchObject({ session, status: 'interrupted', channels: 1 })
    expect(await verified(session)).toMatchObject({ holds: true })
  })

  describe('has a folder of its own', () => {
    const isHome = (session: SessionId) => existsSync(recordingDir(scene.recordings, session))
    const ends = (session: SessionId) => worker.core.call('session.closed', { session })
    /** A worker that does something more when it has sealed. */
    const enterWith = (trick: (folder: string, session: string) => Promise<unknown>) =>
      enter({
        answering: {
          async 'recording.seal'(ask) {
            const result = await worker.recordings.answering['recording.seal'](ask)
            await trick(worker.folder, ask.session)
            return result
          },
        },
      })

    it('where its recordings stand until they are sealed, and then in their place', async () => {
      const session = await admit()
      cross(session, 'hello')
      const live = join(worker.folder, session)
      expect([worker.places.folderOf(session), existsSync(live), isHome(session)]).toEqual([live, true, false])
      await ends(session)
      await seen('session.recording_sealed')
      expect(worker.places.folderOf(session)).toBe(recordingDir(scene.recordings, session))
      expect([await readdir(worker.folder), isHome(session)]).toEqual([[], true])
    })

    it('of which nothing that is left there stands between a recording and its seal', async () => {
      const session = await admit()
      await mkdir(join(worker.folder, `.opening-${session}`))
      await writeFile(join(worker.folder, 'something'), 'else')
      worker.die()
      await seen('session.recording_sealed')
      expect(await verified(session)).toMatchObject({ holds: true })
    })

    it('from which a recording whose file it could still write by another name is not taken as sealed', async () => {
      const session = await admit()
      cross(session, 'hello')
      await link(join(worker.folder, session, '0000.stream'), join(worker.folder, 'second-name'))
      await ends(session)
      await eventually('it is a fault', () => worker.faults.length > 0)
      expect(worker.faults).toEqual(['seal: `0000.stream`: has 2 names'])
      expect([isHome(session), await dataOf('session.recording_sealed')]).toEqual([false, undefined])
      const what = '`0000.stream`: has 2 names'
      expect(await seen('recording.found_corrupt')).toEqual({ session, by: 'sealing', where: 'recording', what })
      expect(await seen('session.ended')).toMatchObject({ session })
    })

    it('from which no link leads out, whatever it leaves in place of a recording', async () => {
      const first = await admit()
      await ends(first)
      await seen('session.recording_sealed')
      worker.die()
      await enterWith(async (folder, session) => {
        await rename(join(folder, session), join(folder, 'aside'))
        await symlink(recordingDir(scene.recordings, first), join(folder, session))
      })
      const second = await admit()
      await ends(second)
      await eventually('it is a fault', () => worker.faults.length > 0)
      expect(worker.faults).toEqual(['seal: recording: expected a folder'])
      expect(await seen('recording.found_corrupt')).toMatchObject({ session: second, by: 'sealing' })
      expect(isHome(second)).toBe(false)
      expect(await verified(first)).toMatchObject({ holds: true, status: 'complete' })
    })

    it('from which a recording that has gone is told at once', async () => {
      await enterWith((folder, session) => rm(join(folder, session), { recursive: true }))
      const session = await admit()
      await ends(session)
      await eventually('it is a fault', () => worker.faults.length > 0)
      const what = 'the recording is gone'
      expect(await seen('recording.found_corrupt')).toEqual({ session, by: 'sealing', where: 'recording', what })
    })

    it('whose seal is the one that was signed, not one that was put there after it', async () => {
      worker.die()
      await enterWith((folder, session) => writeFile(join(folder, session, 'seal'), 'sallyport-seal/v1\n'))
      await ends(await admit())
      await eventually('it is a fault', () => worker.faults.length > 0)
      expect(await dataOf('session.recording_sealed')).toBeUndefined()
      expect(await seen('recording.found_corrupt')).toMatchObject({ by: 'sealing' })
    })

    it('whose files it keeps open after they were sealed: a fault', async () => {
      const session = await admit()
      cross(session, 'hello')
      const kept = await open(join(worker.folder, session, '0000.stream'), 'a')
      onTestFinished(() => kept.close())
      await ends(session)
      await seen('session.recording_sealed')
      expect(worker.faults).toEqual(['files of a sealed recording were kept open'])
    })

    it('beside which no second recording of a session is opened', async () => {
      await mkdir(recordingDir(scene.recordings, `ses_${'0'.repeat(26)}`))
      const unasked: Link<WorkerSide> = {
        call: () => Promise.reject(new Error('it was asked')),
        tell: () => undefined,
        close: () => undefined,
      }
      const recorder = openFarRecorder({
        ...scene,
        folder: worker.folder,
        places: worker.places,
        worker: unasked,
        openFiles: async () => [],
        isGone: () => false,
        keep: () => undefined,
        forget: () => undefined,
        onFault: () => undefined,
      })
      const facts = { id: `ses_${'0'.repeat(26)}` } as SessionFacts
      await expect(recorder.open(facts)).rejects.toMatchObject({ code: 'exists' })
    })
  })

  it('that was gone before its recording was there carries no session', async () => {
    worker.die()
    await enter({ answering: { 'recording.open': () => new Promise<never>(() => undefined) } })
    const admitted = worker.desk.sessions.answering.admit({ connection: 1, jump: false, named: 'ews-1' })
    await settled()
    worker.die()
    expect(await admitted).toMatchObject({ kind: 'refused', text: expect.stringContaining('cannot be recorded') })
    expect(await seen('session.refused')).toMatchObject({ reason: 'recording-not-opened' })
    expect(scene.registry.all()).toEqual([])
  })

  it('leaves evidence of who had shown a first factor on it and is gone with it', async () => {
    worker.desk.connections.add(2, arrivalAt('192.0.2.8'))
    worker.desk.connections.get(2).keepProof({ person: scene.visitor.person, factor: 'password' })
    worker.die()
    expect(await seen('auth.failed')).toMatchObject({ via: 'ssh' })
  })

  it('says that somebody is in only where the core has seen it', async () => {
    const stranger = arrivalAt('192.0.2.8')
    worker.desk.connections.add(2, stranger)
    for (const connection of [1, 2, 3]) worker.core.tell('entered', { connection })
    worker.core.tell('turnedAway', { connection: 2, why: 'it took too long' })
    worker.core.tell('turnedAway', { connection: 3, why: 'nobody' })
    await settled()
    expect([arrival.entries, stranger.entries, stranger.away]).toEqual([1, 0, ['it took too long']])
    expect(worker.faults).toEqual([])
  })

  describe('asks for a seal to be signed', () => {
    /** A seal as it would be of a session that lives. */
    async function textOf(session: SessionId): Promise<string> {
      const copy = join(scene.recordings, '..', `copy-${session}`)
      await cp(scene.recordings, copy, { recursive: true })
      onTestFinished(() => rm(copy, { recursive: true }))
      const folder = join(copy, relative(scene.recordings, worker.folder))
      const places = new RecordingPlaces(copy)
      await sealLeftBehind({ ...scene, recordings: copy, folder, places }, session, 'early')
      const note = await readFile(join(recordingDir(copy, session), 'seal'), 'utf8')
      return note.slice(0, note.indexOf('\n\n') + 1)
    }
    const sign = (session: string, text: string) => worker.core.call('seal.sign', { session, text: Buffer.from(text) })
    const refusal = 'the seal is not signed'

    it('of a session that is not being sealed: refused, and a fault', async () => {
      const session = await admit()
      const text = await textOf(session)
      expect(parseSeal(text)).toMatchObject({ kind: 'ok', value: { session } })
      await expect(sign(session, text)).rejects.toThrow(refusal)
      expect(worker.faults).toEqual(['a seal that nobody asked for'])
    })

    it('of no session at all: refused, and a fault', async () => {
      await expect(sign(`ses_${'0'.repeat(26)}`, 'a text')).rejects.toThrow(refusal)
      expect(worker.faults).toEqual(['a seal that nobody asked for'])
    })

    it.each([
      ['that is no seal', (text: string) => text.replace(/^.*\n/, 'something else\n')],
      ['of nothing', () => ''],
      ['with a note of the ledger', () => 'plant1.example/gateway-ledger\n1\nAAAA\n'],
      ['of another session', (text: string, session: string) => text.replaceAll(session, `ses_${'0'.repeat(26)}`)],
      ['over another manifest', (text: string) => text.replaceAll(/[0-9a-f]{64}/g, '0'.repeat(64))],
    ])('%s, in the moment its own is made: refused, and a fault', async (_what, change) => {
      worker.die()
      const asked: string[] = []
      await enter()
      const session = await admit()
      cross(session, 'hello')
      // What it asks for in truth, and then what it should never ask for.
      const { call } = worker.core
      const changed: typeof call = async (name, ask) => {
        if (name !== 'seal.sign') return call(name, ask)
        const { text } = ask as { text: Uint8Array }
        const honest = Buffer.from(text).toString()
        asked.push(honest)
        return call(name, { ...ask, text: Buffer.from(change(honest, session)) })
      }
      Object.assign(worker.core, { call: changed })
      void worker.core.call('session.closed', { session }).catch(() => undefined)
      await eventually('it is a fault', () => worker.faults.length > 0)
      expect(asked).toHaveLength(1)
      expect(worker.faults).toEqual(['a seal that nobody asked for'])
      // It is not believed any more: its process is ended, and the core seals what it left.
      worker.die()
      expect(await seen('session.recording_sealed')).toMatchObject({ session, status: 'interrupted' })
      expect(await verified(session)).toMatchObject({ holds: true })
    })
  })

  describe('asks for a signature with a host key', () => {
    const hash = Buffer.alloc(32, 3)
    const askOn = (connection: number) => worker.askKeys(encodeAsk({ connection, key: 0, data: hash, hash: null }))

    it('for a connection it was handed: signed, and it is the session identifier from then on', async () => {
      const answer = await askOn(1)
      expect(answer.subarray(4).toString()).toBe(`signed ${hash.toString()}`)
      const length = Buffer.from([0, 0, 0, 32])
      expect(worker.desk.connections.get(1).isSignedHere(Buffer.concat([length, hash, Buffer.from('x')]))).toBe(true)
    })

    it('for one it was not handed, or that is closed: refused', async () => {
      expect(await askOn(7)).toEqual(Buffer.alloc(4))
      worker.core.tell('left', { connection: 1 })
      await settled()
      expect(await askOn(1)).toEqual(Buffer.alloc(4))
      expect(worker.faults).toEqual([])
    })

    it('over something that is no exchange hash: a fault', async () => {
      await worker.askKeys(Buffer.from([0, 0, 0, 39, 1, 2, 3]))
      expect(worker.faults).toHaveLength(1)
    })
  })
})

describe('what a worker left', () => {
  let scene: SessionScene
  beforeEach(async () => {
    scene = await openSessionScene()
  })
  afterEach(() => scene.close())
  const deps = (): LeftBehind => ({
    ...scene,
    folder: join(scene.recordings, 'of-nobody'),
    places: new RecordingPlaces(scene.recordings),
  })

  it('is sealed once: asked again it is the same seal', async () => {
    const worker = await openWorkerHere(scene)
    worker.desk.connections.add(1, arrivalAt('192.0.2.7'))
    worker.desk.connections.get(1).complete(scene.visitor)
    const answer = await worker.core.call('admit', { connection: 1, jump: false, named: 'ews-1' })
    if (answer.kind === 'refused') throw new Error(answer.text)
    const session = answer.session.session as SessionId
    worker.die()
    await eventually('it is sealed', async () =>
      (await ledgerOf(scene.store)).some(({ type }) => type === 'session.recording_sealed'),
    )
    const again = await sealLeftBehind(deps(), session, 'worker-died')
    const once = (await ledgerOf(scene.store)).find(({ type }) => type === 'session.recording_sealed')?.data
    expect(once).toMatchObject({ seal: again.sealDigest, status: again.status, channels: again.channels })
    // Also by who cannot open its key.
    expect(await sealLeftBehind({ ...deps(), identities: [] }, session, 'worker-died')).toEqual(again)
  })

  it('cannot be sealed where there is nothing', async () => {
    const nothing = sealLeftBehind(deps(), `ses_${'0'.repeat(26)}` as SessionId, 'worker-died')
    await expect(nothing).rejects.toMatchObject({ code: expect.any(String) })
  })
})
