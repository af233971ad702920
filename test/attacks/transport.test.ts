// What somebody between two ends, or an end itself, does beneath the login: messages slipped in and cut out of the
// beginning, and windows, packets and compression that are to take the gateway's memory or time.

import ssh2, { type AnyAuthMethod, type Client, type ClientChannel, type ServerChannel } from 'ssh2'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

import { changeOffer } from '../../gateway/brokers/ssh/offer.ts'
import { watchPayloads } from '../../gateway/brokers/ssh/payload-watch.ts'
import { message } from '../support/bare-login.ts'
import { describeWith } from '../support/describe-with.ts'
import { stageGateway, type GatewayStage } from '../support/gateway-stage.ts'
import { closedOf, enter, exec, sendMessage } from '../support/library-client.ts'
import { startLibraryTarget, type LibraryTarget } from '../support/library-target.ts'
import { chachaLength, startPrefixCutter, type CutterWish, type PrefixCutter } from '../support/prefix-cutter.ts'
import { runSsh } from '../support/ssh-session.ts'

const chacha = 'chacha20-poly1305@openssh.com' as const
/** Says of each channel that it takes packets of no bytes. */
function takeNothing(connection: object): void {
  interface Inside {
    channelOpenConfirm(remote: number, local: number, window: number, packetSize: number): void
  }
  const { _protocol: protocol } = connection as { _protocol: Inside }
  const confirm = protocol.channelOpenConfirm.bind(protocol)
  protocol.channelOpenConfirm = (remote, local, window) => confirm(remote, local, window, 0)
}
const openSession = (packetSize: number, window = 1 << 20): Buffer => message(90, 'session', 77, window, packetSize)

describeWith(['ssh', 'sshd', 'ssh-keygen'], 'beneath the login', () => {
  let stage: GatewayStage
  let tiny: LibraryTarget
  const cutters: PrefixCutter[] = []

  async function cutBetween(to: number, wish: CutterWish): Promise<PrefixCutter> {
    const cutter = await startPrefixCutter(to, wish)
    cutters.push(cutter)
    return cutter
  }

  beforeAll(async () => {
    const serve = (channel: ServerChannel): void => void channel.on('error', () => channel.close())
    tiny = await startLibraryTarget(serve, () => undefined, takeNothing)
    stage = await stageGateway({
      logLevel: 'debug',
      targets: ['ews-1', 'hist-1', 'ews-2', 'hmi-3'],
      async spoil(place) {
        // The target's list of extensions, or the gateway's request for a login, is the first message under new keys.
        if (place.asset === 'hist-1')
          return { ...place, port: (await cutBetween(place.port, { of: 'server', cut: 0 })).port }
        if (place.asset === 'ews-2')
          return { ...place, port: (await cutBetween(place.port, { of: 'client', cut: 0 })).port }
        return place.asset === 'hmi-3' ? { ...place, port: tiny.port, hostKeys: [tiny.hostKey] } : place
      },
    })
    for (const asset of ['ews-1', 'hist-1']) await stage.grant(asset)
    for (const asset of ['ews-2', 'hmi-3']) await stage.grant(asset, { by: 'engineer' })
    await stage.api('auditor')
  })
  afterAll(async () => {
    await stage.stop()
    await tiny.stop()
    await Promise.all(cutters.map((cutter) => cutter.stop()))
  })
  beforeEach(() => stage.clock.advance(60_000))

  async function library(username = 'vendor%ews-1') {
    const [login = ''] = username.split('%')
    const [port, code] = [stage.gateway.ssh.port, stage.code(login)]
    const entry = await enter({ port, username, password: stage.person(login).password.expose(), code })
    if (entry.kind === 'refused') throw new Error(entry.text)
    return entry.client
  }
  async function servesOn(): Promise<void> {
    const ran = await runSsh(await stage.sshLogin('vendor%ews-1'), { command: 'echo on' })
    expect([ran.stderr, ran.stdout.toString()]).toEqual(['', 'on\n'])
  }

  describe('attack 1: the beginning of a connection is cut (Terrapin, CVE-2023-48795)', () => {
    // A byte, a count, and two names and values: what the gateway says first under the new keys.
    const names = 'ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,rsa-sha2-512,rsa-sha2-256'
    const said = ['server-sig-algs', names, 'publickey-hostbound@openssh.com', '0']
    const extensions = chachaLength(5 + said.reduce((sum, text) => sum + 4 + text.length, 0))

    /** A client that asks for a login and says nothing more; whether it heard of the extensions. */
    function visit(port: number, isStrict: boolean): Promise<'reached, told' | 'reached, not told' | 'failed'> {
      return new Promise((resolve) => {
        const client = new ssh2.Client()
        let isTold = false
        const settle = (how: 'reached, told' | 'reached, not told' | 'failed'): void => {
          resolve(how)
          client.end()
        }
        client.on('error', () => settle('failed'))
        client.once('close', () => settle('failed'))
        client.connect({
          host: '127.0.0.1',
          port,
          username: 'nobody',
          readyTimeout: 0,
          algorithms: { cipher: [chacha] },
          authHandler: ((): void =>
            settle(isTold ? 'reached, told' : 'reached, not told')) as unknown as AnyAuthMethod[],
        })
        watchPayloads(client, (payload) => {
          if (payload[0] === 7) isTold = true
          return payload
        })
        if (!isStrict) askNoStrictness(client)
      })
    }

    /** Takes the wish for a strict exchange out of what the client offers. */
    function askNoStrictness(client: Client): void {
      changeOffer(client, ({ kex, serverHostKey }) => ({
        kex: kex.filter((name) => !name.startsWith('kex-strict')),
        serverHostKey,
      }))
      // ssh2 would be strict wherever the server is, whether it has asked for it or not.
      const { _protocol: protocol } = client as unknown as { _protocol: { _strictMode?: boolean } }
      protocol._strictMode = false
    }

    it('which works on a client that asks for no strict exchange: so the attack is the real one', async () => {
      expect(await visit(stage.gateway.ssh.port, false)).toBe('reached, told')
      const cutter = await cutBetween(stage.gateway.ssh.port, { of: 'server', cut: extensions })
      expect(await visit(cutter.port, false)).toBe('reached, not told')
      expect(cutter.done).toEqual({ slippedIn: 1, cut: extensions })
    })

    it('on the way to a client: the gateway offers a strict exchange, and the client sees through it', async () => {
      expect(await visit(stage.gateway.ssh.port, true)).toBe('reached, told')
      const cutter = await cutBetween(stage.gateway.ssh.port, { of: 'server', cut: extensions })
      expect(await visit(cutter.port, true)).toBe('failed')
      const login = { ...(await stage.sshLogin('vendor%ews-1')), port: cutter.port }
      const { exit, stdout, stderr } = await runSsh(login, {
        command: 'echo never',
        options: ['-c', chacha],
        logLevel: 'INFO',
      })
      expect([exit, stdout.toString()]).toEqual([255, ''])
      expect(stderr).toMatch(/strict KEX violation/)
    })

    it('on the way to the gateway: it ends the connection before any key is used', async () => {
      const cutter = await cutBetween(stage.gateway.ssh.port, { of: 'client', cut: chachaLength(17) })
      const before = (await stage.evidence({ types: ['auth.succeeded'] })).length
      const login = { ...(await stage.sshLogin('vendor%ews-1')), port: cutter.port }
      const { exit, stdout } = await runSsh(login, { command: 'echo never', options: ['-c', chacha] })
      expect([exit, stdout.toString()]).toEqual([255, ''])
      expect(cutter.done).toEqual({ slippedIn: 1, cut: 0 })
      expect((await stage.evidence({ types: ['auth.succeeded'] })).length).toBe(before)
      expect(await stage.log()).toContain('KEXINIT not first packet in strict KEX mode')
    })

    it.each([
      ['what the target says', 'hist-1', 'vendor'],
      ['what the gateway says', 'ews-2', 'engineer'],
    ] as const)('on the leg to a target, in %s: no credential is sent', async (_what, asset, by) => {
      const login = await stage.sshLogin(`${by}%${asset}`, 'password')
      const { exit, stdout, stderr } = await runSsh(login, { command: 'echo never' })
      expect([exit, stdout.toString()]).toEqual([255, ''])
      expect(stderr).toContain('[sallyport] ')
      await stage.quiet()
      const session = String((await stage.evidence({ types: ['session.started'] })).at(-1)?.data['session'])
      const events = await stage.evidence({ session })
      expect(events.map(({ type }) => type)).not.toContain('credential.injected')
      expect(['target-protocol', 'target-unreachable']).toContain(
        events.find(({ type }) => type === 'session.ended')?.data['reason'],
      )
      expect(stage.targets[asset]?.log()).not.toContain('Accepted')
      if (asset === 'ews-2') expect(stage.targets[asset]?.log()).toContain('strict KEX violation')
    })
  })

  describe('attack 6: sizes that take the memory or the time of the gateway', () => {
    it('packets of no bytes, or of a few, on a channel of a client: it is not opened', async () => {
      const client = await library()
      const refusals: string[] = []
      watchPayloads(client, (payload) => {
        if (payload[0] !== 92) return payload
        refusals.push(payload.toString('latin1', 13, 13 + payload.readUInt32BE(9)))
        return null
      })
      for (const size of [0, 1, 255]) sendMessage(client, openSession(size))
      // Answered after them.
      expect((await exec(client, 'echo here')).stdout).toBe('here\n')
      expect(refusals).toEqual(Array.from({ length: 3 }, () => 'packets on a channel are of 256 bytes at least'))
      client.end()
      await closedOf(client)
      const refused = await stage.evidence({ types: ['session.feature_refused'] })
      expect(refused.at(-1)?.data).toMatchObject({ feature: 'channel-packet-size' })
      await servesOn()
    })

    it('packets of no bytes on a channel of a target: the session ends, and says so', async () => {
      const login = await stage.sshLogin('engineer%hmi-3', 'password')
      const { exit, stderr } = await runSsh(login, { command: 'cat', input: 'anything at all' })
      expect(exit).not.toBe(0)
      expect(stderr).toContain('the target takes packets on a channel that nothing fits into')
      await stage.quiet()
      expect((await stage.evidence({ types: ['session.ended'] })).at(-1)?.data).toMatchObject({
        reason: 'flow-violation',
      })
      await servesOn()
    })

    it('a window that grows beyond all numbers, and messages for channels there are not', async () => {
      const client = await library()
      const channel = await new Promise<ClientChannel>((resolve, reject) =>
        client.exec('cat', (error, opened) => (error ? reject(error) : resolve(opened))),
      )
      const { id } = (channel as unknown as { outgoing: { id: number } }).outgoing
      for (let i = 0; i < 1_000; i++) sendMessage(client, message(93, id, 0xffff_ffff))
      const nowhere = 0xffff_fff0
      for (const kind of [96, 97, 99, 100]) sendMessage(client, message(kind, nowhere))
      sendMessage(client, message(93, nowhere, 1))
      sendMessage(client, message(94, nowhere, 'x'))
      sendMessage(client, message(95, nowhere, 1, 'x'))
      const answer = new Promise((resolve) => channel.once('data', (part: Buffer) => resolve(part.toString())))
      channel.write('still here')
      expect(await answer).toBe('still here')
      client.end()
      await closedOf(client)
      await servesOn()
    })

    it('compression, in which a few bytes are many: none is offered', async () => {
      const client = new ssh2.Client()
      const failed = new Promise<string>((resolve) => client.once('error', ({ message: text }) => resolve(text)))
      client.connect({
        host: '127.0.0.1',
        port: stage.gateway.ssh.port,
        username: 'nobody',
        algorithms: { compress: ['zlib@openssh.com', 'zlib'] },
      })
      expect(await failed).toMatch(/no matching .*compression/)
      client.end()
      await servesOn()
    })
  })
})
