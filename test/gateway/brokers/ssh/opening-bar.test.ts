import type { AddressInfo } from 'node:net'
import ssh2, { type Client, type ClientChannel } from 'ssh2'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { generateOpensshKey } from '../../../../certs-dev/openssh-key.ts'
import { BarredOpening, holdOpenings } from '../../../../gateway/brokers/ssh/opening-bar.ts'
import { eventually } from '../../../support/eventually.ts'

const undo: (() => void)[] = []
let client: Client
/** Channels the target was asked for and has not confirmed: it does when told to. */
let asked: (() => void)[] = []
let heard: string[] = []
/** Requests for a terminal it has not confirmed. */
let terminals: (() => void)[] = []
let closed = 0

beforeEach(async () => {
  ;[asked, heard, terminals, closed] = [[], [], [], 0]
  const listener = new ssh2.Server({ hostKeys: [generateOpensshKey('t').private] })
  listener.on('connection', (server) => {
    server.on('error', () => server.end())
    server.on('authentication', (ctx) => ctx.accept())
    server.on('session', (accept) => {
      asked.push(() => {
        const session = accept()
        session.on('close', () => closed++)
        session.on('pty', (acceptPty) => terminals.push(() => acceptPty()))
        session.on('exec', (run, _reject, { command }) => {
          heard.push(command)
          run().end('done')
        })
        session.on('shell', (run) => {
          heard.push('shell')
          run().end('done')
        })
      })
    })
  })
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  client = new ssh2.Client()
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
})
afterEach(() => {
  for (const step of undo.splice(0)) step()
})

type Answer =
  | { readonly kind: 'open'; readonly channel: ClientChannel }
  | { readonly kind: 'not'; readonly error: Error }
const answered =
  (resolve: (answer: Answer) => void) =>
  (error: Error | undefined, channel: ClientChannel): void =>
    resolve(error ? { kind: 'not', error } : { kind: 'open', channel })
const exec = (command: string): Promise<Answer> => new Promise((resolve) => client.exec(command, answered(resolve)))
const shell = (): Promise<Answer> => new Promise((resolve) => client.shell(answered(resolve)))

describe('the bar before an opening', () => {
  it('lets a command and a shell through, and knows which is which', async () => {
    const seen: (string | null)[] = []
    holdOpenings(client, (command) => (seen.push(command), null))
    const [command, terminal] = [exec('uptime'), shell()]
    await eventually('both are asked for', () => asked.length === 2)
    for (const confirm of asked) confirm()
    await eventually('the terminal is asked for', () => terminals.length === 1)
    for (const confirm of terminals) confirm()
    expect((await command).kind).toBe('open')
    expect((await terminal).kind).toBe('open')
    expect(seen).toEqual(['uptime', null])
    expect(heard.toSorted((a, b) => (a < b ? -1 : 1))).toEqual(['shell', 'uptime'])
  })

  it('holds a command back that was stopped before the target confirmed its channel', async () => {
    let why: string | null = null
    holdOpenings(client, () => why)
    const command = exec('reboot')
    await eventually('the channel is asked for', () => asked.length === 1)
    why = 'the window is over'
    asked[0]?.()
    const answer = await command
    expect(answer).toMatchObject({ kind: 'not', error: { message: 'the window is over' } })
    expect(answer.kind === 'not' && answer.error).toBeInstanceOf(BarredOpening)
    await eventually('the channel is given back', () => closed === 1)
    expect(heard).toEqual([])
  })

  it('holds a shell back that was stopped before the target gave it a terminal, and the next one goes through', async () => {
    let why: string | null = null
    holdOpenings(client, () => why)
    const first = shell()
    await eventually('the channel is asked for', () => asked.length === 1)
    asked[0]?.()
    await eventually('the terminal is asked for', () => terminals.length === 1)
    why = 'its escort has left'
    terminals[0]?.()
    expect(await first).toMatchObject({ kind: 'not', error: { message: 'its escort has left' } })
    why = null
    const second = exec('uptime')
    await eventually('another is asked for', () => asked.length === 2)
    asked[1]?.()
    expect((await second).kind).toBe('open')
    expect(heard).toEqual(['uptime'])
  })

  it('is not put before a connection that starts things elsewhere', () => {
    expect(() => holdOpenings({} as Client, () => null)).toThrow('elsewhere than in 1.17')
  })
})
