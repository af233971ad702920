// Heads of living recordings: when they are due, what they say, and what they cost.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generateX25519Identity, identityToRecipient } from 'age-encryption'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openRecordingHeads, type RecordingHeads } from '../../../gateway/sessions/heads.ts'
import { mint } from '../../../gateway/clock.ts'
import { openLog } from '../../../gateway/log.ts'
import { createRecording, type Recording } from '../../../recorder/index.ts'
import type { EvidenceEvent, SessionId } from '../../../policy/index.ts'
import { signerOf } from '../../recorder/sample-keys.ts'
import { ledgerOf, openBase, type Base } from '../../support/memory-store.ts'

let folder: string
let scene: Base
let heads: RecordingHeads
let recipient: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sallyport-heads-'))
  scene = await openBase()
  heads = openRecordingHeads({ store: scene.store, clock: scene.clock, log: openLog('silent') })
  recipient = await identityToRecipient(await generateX25519Identity())
})
afterEach(async () => {
  await scene.store.close()
  await rm(folder, { recursive: true })
})

async function record(): Promise<{ readonly id: SessionId; readonly recording: Recording }> {
  const id = mint.session(scene.clock.now())
  const recording = await createRecording({
    root: folder,
    sessionId: id,
    meta: {},
    recipients: [recipient],
    now: scene.clock.now,
    monotonic: () => process.hrtime.bigint(),
    signer: signerOf(1),
  })
  heads.watch(id, recording)
  return { id, recording }
}

const pass = (ms: number): void => void (scene.clock.at += ms)

async function written(): Promise<readonly EvidenceEvent[]> {
  return (await ledgerOf(scene.store)).filter(({ type }) => type === 'session.recording_head')
}

describe('the heads of living recordings', () => {
  it('are written ten seconds after the last, where anything was recorded since', async () => {
    const { id, recording } = await record()
    const channel = recording.openChannel({ kind: 'exec', command: 'tail -f plc.log' })
    await heads.round()
    expect(await written()).toEqual([])
    pass(10_000)
    await heads.round()
    const [head] = recording.heads()
    expect((await written()).map(({ data }) => data)).toEqual([{ session: id, streams: [{ channel: 0, ...head }] }])
    pass(60_000)
    await heads.round()
    expect(await written()).toHaveLength(1)
    channel.data('out', Buffer.from('line\n'))
    await heads.round()
    expect(await written()).toHaveLength(2)
  })

  it('are written at once with the first MiB, and with each that follows at most once a second', async () => {
    const { recording } = await record()
    const channel = recording.openChannel({ kind: 'exec', command: 'cat image' })
    channel.data('out', Buffer.alloc((1 << 20) - 1_000))
    await heads.round()
    expect(await written()).toHaveLength(0)
    channel.data('out', Buffer.alloc(1_000))
    await heads.round()
    expect(await written()).toHaveLength(1)
    channel.data('out', Buffer.alloc(4 << 20))
    pass(999)
    await heads.round()
    expect(await written()).toHaveLength(1)
    pass(1)
    await heads.round()
    expect(await written()).toHaveLength(2)
    pass(1_000)
    channel.data('out', Buffer.alloc(1_000))
    await heads.round()
    expect(await written()).toHaveLength(2)
  })

  it('name only the streams that have grown', async () => {
    const { recording } = await record()
    const first = recording.openChannel({ kind: 'exec', command: 'a' })
    const second = recording.openChannel({ kind: 'exec', command: 'b' })
    pass(10_000)
    await heads.round()
    second.data('out', Buffer.from('more'))
    first.close()
    pass(10_000)
    await heads.round()
    second.data('out', Buffer.from('more'))
    pass(10_000)
    await heads.round()
    const channels = (await written()).map(({ data }) =>
      (data['streams'] as { channel: number }[]).map((one) => one.channel),
    )
    expect(channels).toEqual([[0, 1], [0, 1], [1]])
  })

  it('of many sessions are all taken, in few transactions, and one round at a time', async () => {
    let changes = 0
    const change: typeof scene.store.change = (work) => {
      changes++
      return scene.store.change(work)
    }
    heads = openRecordingHeads({ store: { change }, clock: scene.clock, log: openLog('silent') })
    const recordings = await Promise.all(Array.from({ length: 40 }, record))
    for (const { recording } of recordings) recording.openChannel({ kind: 'exec', command: 'x' })
    pass(10_000)
    await Promise.all([heads.round(), heads.round()])
    expect((await written()).length).toBe(40)
    expect(new Set((await written()).map(({ data }) => data['session'])).size).toBe(40)
    expect(changes).toBe(2)
  })

  it('are not taken of a session that is over', async () => {
    const { id, recording } = await record()
    recording.openChannel({ kind: 'exec', command: 'x' })
    await recording.seal({ status: 'complete', reason: 'client' })
    heads.forget(id)
    pass(10_000)
    await heads.round()
    expect(await written()).toEqual([])
  })
})
