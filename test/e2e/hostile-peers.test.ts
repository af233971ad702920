// Peers that are let in and then misbehave: they send more than SSH flow control allows, or flood the menu. Their own
// connection ends, with the reason, and the gateway serves on.

import type { Client, ClientChannel, Connection } from 'ssh2'
import { afterAll, beforeAll, expect, it } from 'vitest'

import { describeWith } from '../support/describe-with.ts'
import { eventually } from '../support/eventually.ts'
import { stageGateway, type GatewayStage } from '../support/gateway-stage.ts'
import { enter } from '../support/library-client.ts'
import { sendRegardless, startLibraryTarget, type LibraryTarget } from '../support/library-target.ts'
import { readRecorded } from '../support/recorded.ts'
import { runSsh } from '../support/ssh-session.ts'

const MiB = 1024 * 1024
const piece = Buffer.alloc(32 * 1024, 'x')

describeWith(['ssh', 'sshd', 'ssh-keygen'], 'a peer that overruns', () => {
  let stage: GatewayStage
  let hostile: LibraryTarget | undefined

  beforeAll(async () => {
    hostile = await startLibraryTarget((channel, command, connection) => {
      channel.on('error', () => channel.close())
      // Reads nothing, and floods where the command says so.
      if (command === 'wait') channel.write('up\n')
      else if (command === 'rekey') makeKeys(connection)
      else if (command === 'speak-late') speakLate(connection, channel)
      else flood(connection, channel, command === 'flood-err' ? 'err' : 'out')
    })
    const { port, hostKey } = hostile
    stage = await stageGateway({
      targets: ['ews-1', 'hist-1'],
      spoil: async (place) => (place.asset === 'hist-1' ? { ...place, port, hostKeys: [hostKey] } : place),
    })
    for (const asset of ['ews-1', 'hist-1']) await stage.grant(asset)
  })
  afterAll(async () => {
    await stage.stop()
    await hostile?.stop()
  })

  function flood(connection: object, channel: object, stream: 'out' | 'err' = 'out'): void {
    for (let sent = 0; sent < 16 * MiB; sent += piece.length) sendRegardless(connection, channel, piece, stream)
  }

  /** New keys, and again as soon as they are made. */
  function makeKeys(connection: Connection): void {
    connection.rekey(() => makeKeys(connection))
  }

  /** Ends its words, and goes on in the same packet of bytes, to both streams. */
  function speakLate(connection: object, channel: object): void {
    const { _protocol } = connection as { readonly _protocol: { channelEOF(recipient: number): void } }
    sendRegardless(connection, channel, Buffer.from('said in time\n'))
    _protocol.channelEOF((channel as { readonly outgoing: { readonly id: number } }).outgoing.id)
    for (const stream of ['err', 'out'] as const) sendRegardless(connection, channel, Buffer.from('too late\n'), stream)
  }

  async function library(username: string): Promise<{ client: Client; closed: Promise<void> }> {
    const [port, code] = [stage.gateway.ssh.port, stage.code('vendor')]
    const entry = await enter({ port, username, password: stage.person('vendor').password.expose(), code })
    if (entry.kind === 'refused') throw new Error(entry.text)
    const { client } = entry
    return { client, closed: new Promise((resolve) => client.once('close', () => resolve())) }
  }

  const run = (client: Client, command: string): Promise<ClientChannel> =>
    new Promise((resolve, reject) =>
      client.exec(command, (error, channel) => (error ? reject(error) : resolve(channel))),
    )

  /** The session's end and what its record holds, once it is sealed. */
  async function lastSession() {
    await stage.quiet()
    const ended = (await stage.evidence({ types: ['session.ended'] })).at(-1)?.data ?? {}
    return { ended, recorded: await readRecorded(stage.stage, String(ended['session'])) }
  }

  async function servesOn(): Promise<void> {
    const ran = await runSsh(await stage.sshLogin('vendor%ews-1'), { command: 'echo on' })
    expect(ran.stdout.toString()).toBe('on\n')
  }

  it('as the client ends its connection, with the reason on the screen and in the evidence', async () => {
    const { client, closed } = await library('vendor%hist-1')
    const channel = await run(client, 'wait')
    let told = ''
    channel.stderr.on('data', (part: Buffer) => (told += part.toString()))
    await new Promise((resolve) => channel.once('data', resolve))
    flood(client, channel)
    await closed
    expect(told).toContain('the session ended because the client sent more at a time than SSH flow control allows')
    const { ended, recorded } = await lastSession()
    expect(ended['reason']).toBe('flow-violation')
    expect(recorded.notices.join()).toContain('the client sent more at a time')
    expect(recorded.in.length).toBeLessThan(16 * MiB)
    await servesOn()
  })

  it.each(['flood-out', 'flood-err'])('as the target ends the session, on either stream (%s)', async (command) => {
    const { client, closed } = await library('vendor%hist-1')
    const channel = await run(client, command)
    channel.pause()
    await closed
    const { ended, recorded } = await lastSession()
    expect(ended['reason']).toBe('flow-violation')
    expect(recorded.notices.join()).toContain('the target sent more at a time')
    expect(recorded.out.length + recorded.err.length).toBeLessThan(16 * MiB)
    await servesOn()
  })

  it('as a target that makes new keys again and again ends the session, with the reason', async () => {
    const { client, closed } = await library('vendor%hist-1')
    const channel = await run(client, 'rekey')
    let told = ''
    channel.resume()
    channel.stderr.on('data', (part: Buffer) => (told += part.toString()))
    await closed
    expect(told).toContain('the session ended because the target asked for more than one peer may')
    expect((await lastSession()).ended['reason']).toBe('flow-violation')
    await servesOn()
  })

  it('as a target speaks after its end of file is not heard, and harms nobody else', async () => {
    const says = (channel: ClientChannel): Promise<string> =>
      new Promise((resolve) => channel.once('data', (part: Buffer) => resolve(part.toString())))
    // Where there are workers, each of them carries one of these.
    const others = [await library('vendor%hist-1'), await library('vendor%hist-1')]
    for (const { client } of others) expect(await says(await run(client, 'wait'))).toBe('up\n')
    const { client, closed } = await library('vendor%hist-1')
    const channel = await run(client, 'speak-late')
    let heard = ''
    for (const stream of [channel, channel.stderr]) stream.on('data', (part: Buffer) => (heard += part.toString()))
    await eventually('what it said in time is heard', () => heard !== '')
    // The gateway has read on since: this is answered by the same target, on the same connection.
    expect(await says(await run(client, 'wait'))).toBe('up\n')
    expect(heard).toBe('said in time\n')
    for (const one of others) {
      expect(await says(await run(one.client, 'wait'))).toBe('up\n')
      one.client.end()
    }
    client.end()
    await Promise.all([closed, ...others.map((one) => one.closed)])
    expect((await lastSession()).ended['reason']).toBe('client')
    expect(await stage.evidence({ types: ['gateway.worker_died'] })).toEqual([])
    await servesOn()
  })

  it('before it has a session ends its connection all the same', async () => {
    const before = (await stage.evidence({ types: ['session.started'] })).length
    const { client, closed } = await library('vendor')
    const channel = await new Promise<ClientChannel>((resolve, reject) =>
      client.shell((error, shell) => (error ? reject(error) : resolve(shell))),
    )
    // The menu takes a few keys at a time, and what waits for it is held to the window.
    flood(client, channel)
    await closed
    expect((await stage.evidence({ types: ['session.started'] })).length).toBe(before)
    await servesOn()
  })

  it('in tries at the menu is shown out with a word', async () => {
    const { client } = await library('vendor')
    const channel = await new Promise<ClientChannel>((resolve, reject) =>
      client.shell((error, shell) => (error ? reject(error) : resolve(shell))),
    )
    let told = ''
    let exit: number | null = null
    channel.resume()
    channel.stderr.on('data', (part: Buffer) => (told += part.toString()))
    channel.on('exit', (code: number | null) => (exit = code))
    const over = new Promise<void>((resolve) => channel.once('close', () => resolve()))
    channel.write('\r'.repeat(1000))
    await over
    expect({ exit, told }).toEqual({
      exit: 255,
      told: '[sallyport] expected a number from 1 to 2 or a name above, got neither\r\n',
    })
    client.end()
    await servesOn()
  })
})
