// Clients that are let in and ask for much: many answers, new keys all the time, channels, and strangers beside them who guess.
// What is too much by number is tried in strangers.test.ts.

import { createHash, randomBytes } from 'node:crypto'
import type { Client, ClientChannel } from 'ssh2'
import { afterAll, beforeAll, expect, it } from 'vitest'

import { describeWith } from '../support/describe-with.ts'
import { stageGateway, type GatewayStage } from '../support/gateway-stage.ts'
import { closedOf, enter, exec, sendMessage, wireString } from '../support/library-client.ts'
import { runSsh } from '../support/ssh-session.ts'

const MiB = 1024 * 1024

describeWith(['ssh', 'sshd', 'ssh-keygen'], 'a client that was let in', () => {
  let stage: GatewayStage
  beforeAll(async () => {
    stage = await stageGateway({ overrides: { 'login.passwordParallel': 1, 'login.passwordQueue': 1 } })
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
    { timeout: 15_000 },
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

  it('is not held up by strangers who have passwords checked without end', { timeout: 60_000 }, async () => {
    const running = await library()
    const channel = await new Promise<ClientChannel>((resolve, reject) =>
      running.exec('cat', (error, opened) => (error ? reject(error) : resolve(opened))),
    )
    const port = stage.gateway.ssh.port
    const guesses = Promise.all(
      Array.from({ length: 9 }, (_, i) =>
        enter({ port, username: `nobody-${i}`, password: 'x'.repeat(1_000), code: '0' }),
      ),
    )
    for (let i = 0; i < 50; i++) {
      const answer = new Promise((resolve) => channel.once('data', (part: Buffer) => resolve(part.toString())))
      channel.write(`${i}\n`)
      expect(await answer).toBe(`${i}\n`)
    }
    expect((await guesses).every(({ kind }) => kind === 'refused')).toBe(true)
    const reasons = (await stage.evidence({ types: ['auth.failed'] })).map(({ data }) => data['reason'])
    // One at a time, one that waits: what is more is turned away unchecked.
    expect(reasons).toContain('busy')
    running.end()
    await closedOf(running)
  })
})
