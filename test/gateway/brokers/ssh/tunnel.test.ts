// Whose bytes of a tunnel still reach the target when something had stopped them meanwhile. Over a real SSH channel; the
// target is a stream that takes what it gets when told.

import { Duplex } from 'node:stream'
import type { ClientChannel } from 'ssh2'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { openFlow, type Flow } from '../../../../gateway/brokers/broker.ts'
import { leftText, startTunnel, untakenText, type Tunnel } from '../../../../gateway/brokers/ssh/tunnel.ts'
import { channelPair } from '../../../support/channel-pair.ts'
import { eventually } from '../../../support/eventually.ts'
import { listRecord, type ListRecord } from './list-record.ts'

const stopped: Flow = { input: false, locked: false, held: false, why: 'your escort has left' }
const held: Flow = { input: true, locked: false, held: true, why: 'the disk is full' }

const undo: (() => void)[] = []
afterEach(() => {
  for (const step of undo.splice(0)) step()
})

class Controller extends Duplex {
  got = ''
  isFull = false
  #taken: (() => void)[] = []
  override _read(): void {}
  override _write(bytes: Buffer, _encoding: string, done: () => void): void {
    this.got += bytes.toString()
    if (this.isFull) this.#taken.push(done)
    else done()
  }
  /** Takes what is under way, and no more. */
  sip(): void {
    this.#taken.shift()?.()
  }
  drink(): void {
    this.isFull = false
    for (const done of this.#taken.splice(0)) done()
  }
}

interface Scene {
  readonly tool: ClientChannel
  readonly controller: Controller
  readonly tunnel: Tunnel
  readonly record: ListRecord
  /** What the gateway knows of the tool's end. */
  state(): string
  /** Has the tunnel ended? */
  isOver(): boolean
}

/** A tunnel across which `hello` has come. */
async function scene(): Promise<Scene> {
  const { near, far: tool } = await channelPair(undo)
  const controller = new Controller()
  const record = listRecord()
  const tunnel = startTunnel(near, controller, record, openFlow, (error) => {
    throw error
  })
  let isOver = false
  void tunnel.ended.then(() => (isOver = true))
  tool.resume()
  tool.write('hello')
  await eventually('the tool is heard', () => controller.got === 'hello')
  const { incoming } = near as unknown as { readonly incoming: { readonly state: string } }
  return { tool, controller, tunnel, record, state: () => incoming.state, isOver: () => isOver }
}

const cuts = ({ lines }: ListRecord): string[] => lines.filter((line) => line.includes('cut'))
const cutLine = `event {"cut":"${leftText}"}`

describe('a tunnel whose input is stopped', () => {
  it.each([
    ['stopped', stopped],
    ['held', held],
  ])('ends as soon as its client closes it, and nothing that waited reaches the target (%s)', async (_name, flow) => {
    const { tool, controller, tunnel, record } = await scene()
    tunnel.flow(flow)
    tool.write('switch on')
    tool.close()
    await tunnel.ended
    expect([controller.got, controller.destroyed]).toEqual(['hello', true])
    expect(cuts(record)).toEqual([cutLine])
    tunnel.flow(openFlow)
    expect([controller.got, record.lines.at(-1)]).toEqual(['hello', 'close'])
  })

  it('ends when input flows again where its client has said its end meanwhile: its tool may be gone', async () => {
    const { tool, controller, tunnel, record, state } = await scene()
    tunnel.flow(stopped)
    tool.end('switch on')
    await eventually('the end has come', () => state() === 'eof')
    tunnel.flow(openFlow)
    await tunnel.ended
    expect([controller.got, controller.destroyed]).toEqual(['hello', true])
    expect(cuts(record)).toEqual([cutLine])
  })

  it('brings what came with the end of its client where only the disk had it wait', async () => {
    const { tool, controller, tunnel, record, state } = await scene()
    tunnel.flow(held)
    tool.end(' and the end')
    await eventually('the end has come', () => state() === 'eof')
    tunnel.flow(openFlow)
    await eventually('the target knows the end', () => controller.writableEnded)
    controller.push(null)
    await tunnel.ended
    expect([controller.got, cuts(record)]).toEqual(['hello and the end', []])
  })

  it('passes on the end of a client that had nothing waiting, and its answer', async () => {
    const { tool, controller, tunnel, record, state } = await scene()
    let answer = ''
    tool.on('data', (part: Buffer) => (answer += part.toString()))
    tunnel.flow(stopped)
    tool.end()
    await eventually('the end has come', () => state() === 'eof')
    tunnel.flow(openFlow)
    await eventually('the target knows the end', () => controller.writableEnded)
    controller.push('all heard')
    controller.push(null)
    await tunnel.ended
    expect([controller.got, answer, cuts(record)]).toEqual(['hello', 'all heard', []])
  })

  it('ends without a word where its client closes it and nothing waits', async () => {
    const { tool, tunnel, record } = await scene()
    tunnel.flow(stopped)
    tool.close()
    await tunnel.ended
    expect(cuts(record)).toEqual([])
  })

  it('brings what a client that is still there had sent, when input flows again', async () => {
    const { tool, controller, tunnel, isOver } = await scene()
    tunnel.flow(stopped)
    tool.write('switch on')
    tunnel.flow(held)
    tunnel.flow(openFlow)
    await eventually('it arrives', () => controller.got === 'helloswitch on')
    expect(isOver()).toBe(false)
  })
})

describe('a tunnel whose target is full', () => {
  it('brings what came before the end of its client, when the target takes more, and the end', async () => {
    const { tool, controller, tunnel, record, state } = await scene()
    controller.isFull = true
    tool.write('first ')
    await eventually('the target is full', () => controller.got.endsWith('first '))
    tool.end('second')
    await eventually('the end has come', () => state() === 'eof')
    // A stop that comes after the end says nothing of who has left.
    tunnel.flow(stopped)
    tunnel.flow(openFlow)
    controller.drink()
    await eventually('all of it arrives', () => controller.writableFinished)
    expect([controller.got, cuts(record)]).toEqual(['hellofirst second', []])
  })

  it('waits for a target that takes something now and then, and says what is missing where it takes no more', async () => {
    const { tool, controller, tunnel, record, state, isOver } = await scene()
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    undo.push(() => vi.useRealTimers())
    controller.isFull = true
    tool.write('one')
    await eventually('the first is under way', () => controller.got === 'helloone')
    tool.write('two')
    tool.close()
    await eventually('its client has closed', () => state() === 'closed')
    vi.advanceTimersByTime(29_000)
    controller.sip()
    await eventually('the second is under way', () => controller.got === 'helloonetwo')
    vi.advanceTimersByTime(29_000)
    expect(isOver()).toBe(false)
    vi.advanceTimersByTime(2_000)
    await tunnel.ended
    expect(cuts(record)).toEqual([`event {"cut":"${untakenText}"}`])
  })

  it('still brings it where its client has closed, but not past a stop', async () => {
    const { tool, controller, tunnel, record, state } = await scene()
    controller.isFull = true
    tool.write('first ')
    await eventually('the target is full', () => controller.got.endsWith('first '))
    // More than may wait, so that nobody reads to the end.
    tool.write(Buffer.alloc(512 * 1024, 'x'))
    tool.close()
    await eventually('the close has come', () => state() === 'closed')
    tunnel.flow(stopped)
    await tunnel.ended
    controller.drink()
    expect([controller.got, controller.destroyed]).toEqual(['hellofirst ', true])
    expect(cuts(record)).toEqual([cutLine])
  })
})
