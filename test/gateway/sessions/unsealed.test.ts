// A session whose recording cannot be sealed, or whose end cannot be written: it ends all the same, keeps its reason, and
// is sealed later, by a next try or by the next start.

import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { recoverSessions } from '../../../gateway/evidence/recover.ts'
import { recordedHere } from '../../../gateway/sessions/recorder.ts'
import { LiveSession } from '../../../gateway/sessions/session.ts'
import type { StoredSession } from '../../../gateway/store/sessions.ts'
import type { SessionId } from '../../../policy/index.ts'
import type { Recording } from '../../../recorder/index.ts'
import { eventually } from '../../support/eventually.ts'
import { ledgerOf } from '../../support/memory-store.ts'
import { openSessionScene, type SessionScene } from '../../support/session-scene.ts'

let scene: SessionScene
beforeEach(async () => {
  scene = await openSessionScene()
})
afterEach(() => scene.close())

async function admitted(): Promise<LiveSession> {
  const admission = await scene.admission().admit(scene.visitor, 'ews-1')
  const session = admission.kind === 'admitted' ? scene.registry.get(admission.session.id) : null
  if (!session) throw new Error('the session was not admitted')
  return session
}

async function stored(id: SessionId): Promise<StoredSession> {
  const row = await scene.store.sessions.byId(id)
  if (!row) throw new Error('the session is not stored')
  return row
}

async function endOf(id: SessionId) {
  const events = await ledgerOf(scene.store)
  const own = events.filter(({ type, data }) => data['session'] === id && type !== 'session.started')
  return own.map(({ type, data }) => [type, data['reason'] ?? data['status']]).slice(1)
}

const recover = () => recoverSessions(scene)

/** A recording whose seal fails so often before it works. */
function failing(times: number): Recording {
  let left = times
  const seal = async () => {
    if (left-- > 0) throw new Error('disk full')
    return { sealDigest: 'f'.repeat(64), status: 'interrupted', channels: 1, frames: 2 }
  }
  return { seal, sync: async () => undefined, onWaiting: () => undefined } as unknown as Recording
}

/** Another life of an admitted session, on a recording of our choice. */
async function session(
  recording: Recording,
  store = scene.store,
  retries: readonly number[] = [1, 1],
  thereafterMs = 3_600_000,
) {
  const { facts, windowUntil } = await admitted()
  let over = 0
  const nothing = (): void => undefined
  const deps = {
    ...scene,
    store,
    retries,
    thereafterMs,
    onOver: () => over++,
    redecide: nothing,
    offerExtension: nothing,
  }
  const permission = { windowUntil, obligations: [], decidedUntil: null }
  const live = new LiveSession(facts, permission, recordedHere(recording), deps)
  live.begin(permission)
  return { id: facts.id, live, timesOver: () => over }
}

describe('a session whose recording cannot be sealed', () => {
  it('is over with its reason, and listed as ended and not as alive', async () => {
    const { id, live, timesOver } = await session(failing(9))
    live.end('killed', 'wrong cabinet', { by: scene.visitor.person.id, orderedAt: scene.clock.now() })
    await live.closed()
    expect([timesOver(), live.state]).toEqual([1, 'ended'])
    expect(await stored(id)).toMatchObject({ state: 'ended', recording: 'unsealed', endReason: 'killed', seal: null })
    expect((await endOf(id)).map(([type]) => type)).toEqual(['session.terminated_kill', 'session.ended'])
    const page = { limit: 9, before: null }
    expect(await scene.store.sessions.list({ person: null, live: true }, page)).toEqual([])
    expect((await scene.store.sessions.unsealed()).map((row) => row.id)).toEqual([id])
  })

  it('is sealed by a later try, and its end is written once', async () => {
    const { id, live, timesOver } = await session(failing(2))
    live.end('revoked')
    await live.closed()
    await eventually('it is sealed', async () => (await stored(id)).state === 'sealed')
    expect(await endOf(id)).toEqual([
      ['session.ended', 'revoked'],
      ['session.recording_sealed', 'interrupted'],
    ])
    expect([timesOver(), (await stored(id)).endReason]).toEqual([1, 'revoked'])
  })

  it('is sealed without a new start, however long the disk was full', async () => {
    const { id, live } = await session(failing(9), scene.store, [1], 1)
    live.end('revoked')
    await live.closed()
    await eventually('it is sealed', async () => (await stored(id)).state === 'sealed')
    expect((await endOf(id)).map(([type]) => type)).toEqual(['session.ended', 'session.recording_sealed'])
  })

  it('is written by a later try when only the ledger failed, without sealing twice', async () => {
    let failures = 2
    const change: typeof scene.store.change = (work) =>
      failures-- > 0 ? Promise.reject(new Error('locked')) : scene.store.change(work)
    const { id, live } = await session(failing(0), { ...scene.store, change })
    failures = 2
    live.end('expired')
    await live.closed()
    await eventually('it is sealed', async () => (await stored(id)).state === 'sealed')
    expect((await endOf(id)).map(([type]) => type)).toEqual([
      'session.terminated_expiry',
      'session.ended',
      'session.recording_sealed',
    ])
  })
})

describe('the next start', () => {
  it('adds the seal to a session that had ended, and keeps its reason and time', async () => {
    const { id, live } = await session(failing(9), scene.store, [])
    live.end('revoked')
    await live.closed()
    const { endedAt } = await stored(id)
    scene.clock.at += 600_000
    expect(await recover()).toEqual({ sealed: 1, damaged: 0 })
    expect(await stored(id)).toMatchObject({ state: 'sealed', recording: 'interrupted', endReason: 'revoked', endedAt })
    expect(await endOf(id)).toEqual([
      ['session.ended', 'revoked'],
      ['session.recording_sealed', 'interrupted'],
    ])
  })

  it('calls a session interrupted that nobody had ended, also when an order to end it was given', async () => {
    const { facts } = await admitted()
    await scene.store.bookkeep((tx) => tx.sessions.update(facts.id, { state: 'ending' }))
    await recover()
    expect(await endOf(facts.id)).toEqual([
      ['session.ended', 'interrupted'],
      ['session.recording_sealed', 'interrupted'],
    ])
  })

  it('writes one end for a recording that has gone, however often it starts', async () => {
    const { facts } = await admitted()
    await rename(join(scene.recordings, facts.id), join(scene.recordings, 'away'))
    await recover()
    await recover()
    // The end, and that there is nothing to replay of it: each once.
    expect(await endOf(facts.id)).toEqual([
      ['session.ended', 'interrupted'],
      ['recording.found_corrupt', undefined],
    ])
    expect(await stored(facts.id)).toMatchObject({ state: 'sealed', recording: 'missing' })
  })
})
