import { createHash, randomBytes } from 'node:crypto'
import { afterEach, describe, expect, it } from 'vitest'
import { ChannelOutput } from '../../../../gateway/brokers/ssh/channel-output.ts'
import { channelPair } from '../../../support/channel-pair.ts'
import { eventually } from '../../../support/eventually.ts'

const undo: (() => void)[] = []
afterEach(() => {
  for (const step of undo.splice(0)) step()
})

const sha = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

describe('writing to a channel', () => {
  it('brings both streams across whole when they take turns at a peer that reads late', async () => {
    const { near, far } = await channelPair(undo)
    const sent = { out: [] as Buffer[], err: [] as Buffer[] }
    const output = new ChannelOutput(near, () => undefined)
    // Several windows (2 MiB) of each, so that each waits for the peer after the other has waited before: what ssh2 keeps
    // of the first must not be sent again.
    for (let i = 0; i < 12; i++) {
      const stream = i % 2 === 0 ? 'out' : 'err'
      const bytes = randomBytes(1_500_000)
      sent[stream].push(bytes)
      output.write(stream, bytes)
    }
    const got = { out: [] as Buffer[], err: [] as Buffer[] }
    far.on('data', (part: Buffer) => got.out.push(part))
    far.stderr.on('data', (part: Buffer) => got.err.push(part))
    await output.drained()
    const closed = new Promise<void>((resolve) => far.once('close', () => resolve()))
    near.exit(0)
    near.end()
    await closed
    for (const stream of ['out', 'err'] as const)
      expect(sha(Buffer.concat(got[stream]))).toBe(sha(Buffer.concat(sent[stream])))
  })

  it('says when to stop and when there is room again', async () => {
    const { near, far } = await channelPair(undo)
    const room = new Promise<void>((resolve) => {
      const output = new ChannelOutput(near, resolve)
      let goOn = true
      for (let i = 0; i < 64 && goOn; i++) goOn = output.write('out', randomBytes(256 * 1024))
      expect(goOn).toBe(false)
    })
    far.resume()
    await room
  })

  it('does not wait for a peer that is gone', async () => {
    const { near } = await channelPair(undo)
    const output = new ChannelOutput(near, () => undefined)
    output.write('out', randomBytes(8_000_000))
    const drained = output.drained()
    output.abandon()
    await drained
    expect(output.write('out', Buffer.from('late'))).toBe(true)
  })

  it('gives up where the client closes while standard error waits for it and nobody reads what it had sent', async () => {
    const { near, far } = await channelPair(undo)
    const output = new ChannelOutput(near, () => undefined)
    far.write('unread')
    await eventually('something is there to be read', () => near.readableLength > 0)
    // More than a window, so that a part of it waits.
    output.write('err', randomBytes(3_000_000))
    far.close()
    await eventually('the close has come', () => near.stderr.writableEnded)
    output.write('err', Buffer.from('one word more'))
    await output.drained()
    expect([near.readableLength, output.write('err', Buffer.from('late'))]).toEqual([6, true])
  })

  it('holds back what is written, says what is said, and loses nothing of either', async () => {
    const { near, far } = await channelPair(undo)
    const output = new ChannelOutput(near, () => undefined)
    const got: Buffer[] = []
    far.on('data', (part: Buffer) => got.push(part))
    const seen = (): string => Buffer.concat(got).toString()
    output.hold()
    output.write('out', Buffer.from('one '))
    output.say('out', Buffer.from('locked; '))
    output.write('out', Buffer.from('two'))
    output.say('out', Buffer.from('still locked; '))
    await eventually('what is said arrives', () => seen() === 'locked; still locked; ')
    output.release()
    await output.drained()
    await eventually('what was held arrives', () => seen().endsWith('two'))
    expect(seen()).toBe('locked; still locked; one two')
  })

  it('never shows what was held and dropped', async () => {
    const { near, far } = await channelPair(undo)
    const output = new ChannelOutput(near, () => undefined)
    const got: Buffer[] = []
    far.on('data', (part: Buffer) => got.push(part))
    output.hold()
    output.write('out', Buffer.from('secret'))
    output.dropHeld()
    output.write('out', Buffer.from('bye'))
    await output.drained()
    await eventually('the end arrives', () => got.length > 0)
    expect(Buffer.concat(got).toString()).toBe('bye')
  })
})
