// A client that closes a channel which nobody reads just then: it waits for its target, its input is stopped, or the target is
// full. Real SSH on both legs; the target does what it is asked for when told.

import type { AddressInfo } from 'node:net'
import ssh2, { type Client, type ClientChannel, type Connection, type ServerChannel } from 'ssh2'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { generateOpensshKey } from '../../../../certs-dev/openssh-key.ts'
import { openFlow, type BrokeredSession, type Flow } from '../../../../gateway/brokers/broker.ts'
import { serveChannel, type ChannelHost, type Leg } from '../../../../gateway/brokers/ssh/channel.ts'
import { holdToWindow } from '../../../../gateway/brokers/ssh/receive-window.ts'
import type { Relay } from '../../../../gateway/brokers/ssh/relay.ts'
import { eventually } from '../../../support/eventually.ts'
import { openLog } from '../../../../gateway/log.ts'
import { listRecord, type ListRecord } from './list-record.ts'

const stopped: Flow = { input: false, locked: false, held: false, why: 'your escort has left' }
const undo: (() => void)[] = []
let target: Client
let user: Client
let leg: PromiseWithResolvers<Leg>
let records: ListRecord[] = []
let relays: Relay[] = []
/** Channels of the user that were closed by them. */
let closed = 0
// Of the target: what it runs, its channels that were closed, and what it has not confirmed yet.
let runs: { readonly what: string; readonly channel: ServerChannel }[] = []
let targetClosed = 0
let isSlow = false
let unconfirmed: (() => void)[] = []

async function listen(serve: (connection: Connection) => void): Promise<Client> {
  const listener = new ssh2.Server({ hostKeys: [generateOpensshKey('t').private] })
  listener.on('connection', (connection) => {
    connection.on('error', () => connection.end())
    connection.on('authentication', (ctx) => ctx.accept())
    connection.on('ready', () => serve(connection))
  })
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  const client = new ssh2.Client()
  undo.push(
    () => client.destroy(),
    () => listener.close(),
  )
  const ready = new Promise<void>((resolve, reject) => {
    client.once('ready', resolve)
    client.once('error', reject)
  })
  client.connect({ host: '127.0.0.1', port: (listener.address() as AddressInfo).port, username: 'u', password: 'p' })
  await ready
  return client
}

function serveTarget(connection: Connection): void {
  connection.on('session', (accept) => {
    function confirm(): void {
      const session = accept()
      session.on('close', () => targetClosed++)
      session.on('pty', (acceptPty) => {
        if (isSlow) unconfirmed.push(acceptPty)
        else acceptPty()
      })
      session.on('exec', (run, _reject, { command: what }) => void runs.push({ what, channel: run() }))
      session.on('shell', (run) => void runs.push({ what: 'shell', channel: run() }))
    }
    if (isSlow) unconfirmed.push(confirm)
    else confirm()
  })
}

/** As much of a session as a command needs. */
function session(): BrokeredSession {
  return {
    id: 'session',
    isMachine: false,
    onlyLooks: () => false,
    barsOpening: () => null,
    features: () => ['command', 'terminal'],
    flow: () => openFlow,
    endpoint: { protocol: 'ssh', features: ['command', 'terminal'] },
    record() {
      const record = listRecord()
      records.push(record)
      return record
    },
  } as unknown as BrokeredSession
}

beforeEach(async () => {
  ;[records, relays, runs, unconfirmed, closed, targetClosed, isSlow] = [[], [], [], [], 0, 0, false]
  leg = Promise.withResolvers()
  target = await listen(serveTarget)
  const host: ChannelHost = {
    reach: () => leg.promise,
    typedAhead: (channel) => channel.readableLength,
    refuse: (feature) => `no ${feature}`,
    bounds: () => undefined,
    takes: () => undefined,
    relaying: (relay) => void relays.push(relay),
    relayed: (relay) => void (relays = relays.filter((one) => one !== relay)),
    log: openLog('silent'),
  }
  user = await listen((connection) => {
    holdToWindow(connection, () => connection.end())
    connection.on('session', (accept) => {
      const asked = accept()
      asked.on('close', () => closed++)
      serveChannel(asked, host)
    })
  })
})
afterEach(() => {
  for (const step of undo.splice(0)) step()
})

const reached = (): void => leg.resolve({ kind: 'ready', client: target, session: session() })
const run = (command: string | null): Promise<ClientChannel> =>
  new Promise((resolve, reject) => {
    const done = (error: Error | undefined, channel: ClientChannel): void => (error ? reject(error) : resolve(channel))
    if (command === null) user.shell({ term: 'xterm', cols: 80, rows: 24 }, done)
    else user.exec(command, done)
  })
/** Resolves when the gateway has heard of it. */
async function leave(channel: ClientChannel): Promise<void> {
  channel.close()
  await eventually('the gateway has heard', () => closed > 0)
}
/** Asks the target for another channel and has it answered: what was to be sent before has come. */
async function targetAnswers(): Promise<void> {
  isSlow = false
  await new Promise<void>((resolve) => target.exec('last', () => resolve()))
}

describe('a channel that its client closes while it waits', () => {
  it.each(['stop-line 4', null])('for somebody to come along opens nothing on the target (%s)', async (command) => {
    const channel = await run(command)
    channel.write('typed ahead\n')
    await leave(channel)
    reached()
    await targetAnswers()
    expect([runs.map(({ what }) => what), records, relays]).toEqual([['last'], [], []])
  })

  it('for the target to confirm the channel starts nothing on it, and gives the channel back', async () => {
    isSlow = true
    const channel = await run('stop-line 4')
    reached()
    await eventually('the target is asked', () => unconfirmed.length === 1)
    await leave(channel)
    for (const confirm of unconfirmed.splice(0)) confirm()
    await eventually('the target is told', () => targetClosed === 1)
    await targetAnswers()
    expect(runs.map(({ what }) => what)).toEqual(['last'])
    expect(records.map(({ lines }) => lines)).toEqual([['notice the client left before the target had begun', 'close']])
  })

  it('for the target to give it a terminal starts no shell', async () => {
    const channel = await run(null)
    isSlow = true
    reached()
    await eventually('the target is asked', () => unconfirmed.length === 1)
    for (const confirm of unconfirmed.splice(0)) confirm()
    await eventually('the target is asked for a terminal', () => unconfirmed.length === 1)
    await leave(channel)
    for (const confirm of unconfirmed.splice(0)) confirm()
    await eventually('the target is told', () => targetClosed === 1)
    await targetAnswers()
    expect(runs.map(({ what }) => what)).toEqual(['last'])
  })
})

describe('a channel that its client closes while it runs', () => {
  async function running(): Promise<{ channel: ClientChannel; relay: Relay; far: ServerChannel; record: ListRecord }> {
    const channel = await run('cat')
    reached()
    const [relay, one, record] = await eventually('it runs', () => {
      const [standing, { channel: far } = {}, lines] = [relays[0], runs[0], records[0]]
      return standing && far && lines ? ([standing, far, lines] as const) : null
    })
    return { channel, relay, far: one, record }
  }

  it('is given up where input is stopped, with its channel on the target, and its record says what was not sent', async () => {
    const { channel, relay, far, record } = await running()
    let got = ''
    far.on('data', (part: Buffer) => (got += part.toString()))
    relay.flow(stopped)
    channel.write('late command\n')
    await leave(channel)
    expect(await relay.ended).toEqual({ by: 'client' })
    await eventually('the target is told', () => targetClosed === 1)
    expect([got, relays]).toEqual(['', []])
    expect(record.lines).toEqual([
      'notice your escort has left',
      'notice the last 13 bytes the client sent before it left did not reach the target',
      'close',
    ])
  })

  it('is given up where the target reads nothing, and what the target still says harms nobody', async () => {
    const { channel, relay, far, record } = await running()
    // What the target says waits for the client's window, and what the client says for the target's.
    const said = Buffer.alloc(64 * 1024, 'e')
    channel.pause()
    channel.stderr.pause()
    for (let sent = 0; sent < 64; sent++) far.stderr.write(said)
    for (let sent = 0; sent < 100; sent++) channel.write(said)
    const written = (): number => record.lines.length
    let before = -1
    await eventually('nothing moves any more', () => {
      const isStill = before === written() && before > 0
      before = written()
      return isStill
    })
    await leave(channel)
    far.stderr.write('one word more\n')
    expect(await relay.ended).toEqual({ by: 'client' })
    await eventually('the target is told', () => targetClosed === 1)
    await targetAnswers()
    expect(record.lines.at(-1)).toBe('close')
    expect(record.lines.at(-2)).toMatch(/^notice the last \d+ bytes the client sent before it left/)
  })

  it('takes nothing of what the target goes on saying into a record that is closed', async () => {
    const { channel, relay, far, record } = await running()
    channel.resume()
    const goOn = (): void => {
      while (far.writable && far.write(Buffer.alloc(32 * 1024, 'o')));
    }
    far.on('drain', goOn)
    goOn()
    await eventually('it is heard', () => record.lines.length > 3)
    await leave(channel)
    await relay.ended
    await eventually('the target is told', () => targetClosed === 1)
    await targetAnswers()
    expect([record.lines.at(-1), record.late]).toEqual(['close', []])
  })
})
