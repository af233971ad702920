// A recording that holds less at the next start than the ledger says it did: no crash does that.

import { truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { recoverSessions } from '../../../gateway/evidence/recover.ts'
import type { SessionId } from '../../../policy/index.ts'
import { ledgerOf } from '../../support/memory-store.ts'
import { openSessionScene, type SessionScene } from '../../support/session-scene.ts'
import { recordNow } from '../../support/recording-now.ts'

let scene: SessionScene
const eventsOf = async (kind: string) => (await ledgerOf(scene.store)).filter(({ type }) => type === kind)
beforeEach(async () => {
  scene = await openSessionScene()
})
afterEach(() => scene.close())

/** A session that was alive when the gateway died: a head is in the ledger, and more was recorded after it. */
async function left(): Promise<{ readonly id: SessionId; readonly stream: string; readonly atHead: number }> {
  const admission = await scene.admission().admit(scene.visitor, 'ews-1')
  if (admission.kind !== 'admitted') throw new Error('the session was not admitted')
  const { session } = admission
  const record = recordNow(session, { kind: 'exec', command: 'plc-read', terminal: null })
  record.data('out', 'coil 1 on\n')
  scene.clock.at += 10_000
  await scene.heads.round()
  const [head] = await eventsOf('session.recording_head')
  const streams = head?.data['streams'] as readonly { readonly length: number }[] | undefined
  record.data('out', 'coil 2 off\n')
  return {
    id: session.id,
    stream: join(scene.recordings, session.id, '0000.stream'),
    atHead: streams?.[0]?.length ?? 0,
  }
}

describe('a recording that a crash left', () => {
  it('is no gap where it holds what the ledger says, and perhaps less than was written after that', async () => {
    const { stream, atHead } = await left()
    await truncate(stream, atHead)
    expect(await recoverSessions(scene)).toEqual({ sealed: 1, damaged: 0 })
    expect(await eventsOf('session.recording_gap')).toEqual([])
  })

  it('is told as corrupt, once, where what is left is no recording', async () => {
    const { id } = await left()
    await writeFile(join(scene.recordings, id, 'manifest.json'), '{}')
    expect(await recoverSessions(scene)).toEqual({ sealed: 0, damaged: 1 })
    await recoverSessions(scene)
    expect((await eventsOf('recording.found_corrupt')).map(({ data }) => data)).toEqual([
      { session: id, by: 'start', where: 'recording', what: expect.stringContaining('manifest') },
    ])
  })

  it('is a gap where it holds less', async () => {
    const { id, stream, atHead } = await left()
    await truncate(stream, atHead - 1)
    await recoverSessions(scene)
    const [gap] = await eventsOf('session.recording_gap')
    expect(gap?.data).toMatchObject({ session: id, channel: 0, held: { frames: 2, length: atHead }, frames: 1 })
  })
})
