import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openGuardedChannel } from '../../../gateway/workers/guarded-channel.ts'
import { openLink } from '../../../gateway/workers/link.ts'
import { parseFromWorker } from '../../../gateway/workers/asks.ts'

const program = fileURLToPath(new URL('hostile-child.ts', import.meta.url))

function startHostile(): ChildProcess {
  const child = fork(program, { serialization: 'advanced', execArgv: [] })
  onTestFinished(() => void child.kill('SIGKILL'))
  return child
}

/** What a worker that plays this trick is said to have done. */
function faultOf(trick: string): Promise<string> {
  const child = startHostile()
  const { promise, resolve } = Promise.withResolvers<string>()
  const told: string[] = []
  const fault = (why: string): void => {
    told.push(why)
    resolve(why)
  }
  const channel = openGuardedChannel(child, fault, (error) => fault(error.message))
  const { link, serve } = openLink<Near, Far>(channel)
  const words = { pong: () => undefined }
  serve({ calls: {}, words, parse: parseFromWorker, mostCalls: 1, onFault: fault })
  link.call('setup', null).catch(() => undefined)
  channel.send(trick)
  return promise
}

interface Near {
  readonly calls: Record<never, never>
  readonly words: { pong: null }
}
interface Far {
  readonly calls: { setup: { ask: null; answer: null } }
  readonly words: Record<never, never>
}

describe('the channel to a worker that is not believed', { timeout: 20_000 }, () => {
  it.each([
    ['bytes that are no message', 'channel: Unable to deserialize'],
    ['a message without end', 'channel: expected messages of at most 16777216 bytes'],
    ["a word of Node's own out of turn", 'channel: '],
    ['a handle nobody asked for', 'channel: expected no handle'],
    ['a name that is no text', 'word of type object: expected one of the table'],
  ])('takes %s for a fault of it, and lives on', async (trick, expected) => {
    expect(await faultOf(trick)).toContain(expected)
  })

  it('hears messages, and sends them', async () => {
    const child = fork(fileURLToPath(new URL('confined-child.ts', import.meta.url)), {
      serialization: 'advanced',
      execArgv: [],
    })
    onTestFinished(() => void child.kill('SIGKILL'))
    const faults: string[] = []
    const channel = openGuardedChannel(
      child,
      (why) => faults.push(why),
      () => undefined,
    )
    const { promise, resolve } = Promise.withResolvers<unknown>()
    channel.onMessage(resolve)
    const nowhere = '/nowhere'
    channel.send({ secret: program, elsewhere: '/dev/null', own: nowhere, others: nowhere, sealed: nowhere })
    expect(await promise).toMatchObject({ readsSecret: 'done' })
    expect(faults).toEqual([])
  })

  it('lets its end be seen as ever', async () => {
    const child = startHostile()
    openGuardedChannel(
      child,
      () => undefined,
      () => undefined,
    )
    const ended = new Promise((resolve) => child.once('exit', (_code, signal) => resolve(signal)))
    const disconnected = new Promise<void>((resolve) => child.once('disconnect', () => resolve()))
    child.kill('SIGKILL')
    expect(await ended).toBe('SIGKILL')
    await disconnected
  })
})
