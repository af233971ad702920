// Clients that are let in and ask for much: many answers, new keys all the time, channels. What is too much by number is
// tried in strangers.test.ts, and strangers who guess beside them in test/attacks.

import { createHash, randomBytes } from 'node:crypto'
import type { Socket } from 'node:net'
import type { Client, ClientChannel } from 'ssh2'
import { afterAll, beforeAll, expect, it } from 'vitest'

import { message } from '../support/bare-login.ts'
import { describeWith } from '../support/describe-with.ts'
import { eventually } from '../support/eventually.ts'
import { stageGateway, type GatewayStage } from '../support/gateway-stage.ts'
import { closedOf, enter, exec, sendMessage, wireString } from '../support/library-client.ts'
import { runSsh } from '../support/ssh-session.ts'

const MiB = 1024 * 1024

describeWith(['ssh', 'sshd', 'ssh-keygen'], 'a client that was let in', () => {
  let stage: GatewayStage
  beforeAll(async () => {
    stage = await stageGateway()
    await stage.grant('ews-1')
    await stage.api('auditor')
  })
  afterAll(() => stage.stop())

  async function library(username = 'vendor%ews-1'): Promise<Client> {
    const [port, code] = [stage.gateway.ssh.port, stage.code('vendor')]
    const entry = await enter({ port, username, password: stage.person('vendor').password.expose(), code })
    if (entry.kind === 'refused') throw new Error(entry.text)
    return entry.client
  }
  async function servesOn(): Promise<void> {
    const ran = await runSsh(await stage.sshLogin('vendor%ews-1'), { command: 'echo on' })
    expect(ran.stdout.toString()).toBe('on\n')
  }
  const question = Buffer.concat([Buffer.from([80]), wireString('a@b'), Buffer.from([1])])

  it('may ask many things, and gets an answer to each', async () => {
    const client = await library()
    for (let i = 0; i < 5_000; i++) sendMessage(client, question)
    expect((await exec(client, 'echo still here')).stdout).toBe('still here\n')
    client.end()
    await closedOf(client)
  })

  it('asks and takes none of the answers: its connection ends before they fill the memory', async () => {
    const client = await library()
    await new Promise<ClientChannel>((resolve, reject) =>
      client.exec('cat', (error, channel) => (error ? reject(error) : resolve(channel))),
    )
    const before = (await stage.evidence({ types: ['session.ended'] })).length
    const { _sock: socket } = client as unknown as { _sock: Socket }
    socket.pause()
    // A stream to an address: each is refused in words.
    const sizes = [9, 1 << 20, 1 << 15]
    const asked = message(90, 'direct-tcpip', ...sizes, '192.0.2.1', 22, '127.0.0.1', 1)
    for (let i = 0; i < 200_000; i++) sendMessage(client, asked)
    const ended = await eventually(
      'its session has ended',
      async () => (await stage.evidence({ types: ['session.ended'] })).at(before) ?? null,
    )
    expect(ended.data['reason']).toBe('flow-violation')
    const lines = (await stage.log()).split('\n').filter((line) => line.includes('SSH connection asked too much'))
    expect(lines.map((line) => (JSON.parse(line) as { why: string }).why)).toEqual([
      'it asks and does not take the answers',
    ])
    socket.destroy()
    await servesOn()
  })

  it('makes new keys again and again: its connection ends', async () => {
    const client = await library()
    const { _protocol } = client as unknown as { _protocol: { rekey(): void } }
    const closed = closedOf(client)
    client.on('handshake', () => _protocol.rekey())
    _protocol.rekey()
    expect(await closed).toBe(undefined)
    await servesOn()
  })

  it(
    'makes new keys every megabyte, both ways, and nothing is lost of 128 megabytes',
    { timeout: 120_000 },
    async () => {
      const options = ['-o', 'RekeyLimit=1M']
      const sent = randomBytes(MiB)
      const input = Buffer.concat(Array.from({ length: 64 }, () => sent))
      const expected = createHash('sha256').update(input).digest('hex')
      const up = await runSsh(await stage.sshLogin('vendor%ews-1'), { options, command: 'sha256sum', input })
      expect(up.stdout.toString()).toBe(`${expected}  -\n`)
      const down = await runSsh(await stage.sshLogin('vendor%ews-1'), {
        options,
        command: 'head -c 67108864 /dev/zero',
      })
      expect(down.stdout.length).toBe(64 * MiB)
      expect(down.stdout.every((byte) => byte === 0)).toBe(true)
    },
  )

  it('opens more channels than it may: the rest are refused, those there are go on', async () => {
    const client = await library()
    const opened = await Promise.allSettled(
      Array.from(
        { length: 30 },
        () =>
          new Promise<ClientChannel>((resolve, reject) =>
            client.exec('cat', (error, channel) => (error ? reject(error) : resolve(channel))),
          ),
      ),
    )
    const there = opened.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
    expect(there.length).toBe(10)
    const answers = there.map(
      (channel) => new Promise((resolve) => channel.once('data', (part: Buffer) => resolve(part.toString()))),
    )
    for (const channel of there) channel.write('x')
    expect(await Promise.all(answers)).toEqual(there.map(() => 'x'))
    client.end()
    await closedOf(client)
  })
})
