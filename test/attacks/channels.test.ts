// What somebody who was let in asks for beside what they were given: tunnels, files elsewhere, and messages whose lengths lie.

import { mkdir, readFile, readdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import type { Client, ClientChannel } from 'ssh2'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

import { wireString } from '../../gateway/identity/certificates/wire.ts'
import { message, openBareLogin, wordFor } from '../support/bare-login.ts'
import { describeWith } from '../support/describe-with.ts'
import { stageGateway, type GatewayStage } from '../support/gateway-stage.ts'
import { closedOf, enter, exec, sendMessage } from '../support/library-client.ts'
import { openSftp, type SftpClient } from '../support/sftp-client.ts'
import { runSsh } from '../support/ssh-session.ts'
import { dial, forward, hear, startController, tunnelConduits, type Controller } from '../support/tunnel-stage.ts'

const rules = `
rules:
  - id: drop
    text: whoever maintains it
    paths: ['/**/drop/**']
    allow: [list, read, write, delete, rename, mkdir, setstat, symlink]
    upload: pass
    download: pass
    largestMegabytes: 1000
`
const all = ['list', 'read', 'write', 'delete', 'rename', 'mkdir', 'setstat', 'symlink'] as const
const secret = 'what nobody is to read'
/** A length that nothing has. */
const lie = Buffer.from([0xff, 0xff, 0xff, 0xf0])
const denied = 3
const reading = { flags: 1, attributes: {} } as const

describeWith(['ssh', 'sshd', 'ssh-keygen'], 'on a channel', () => {
  let stage: GatewayStage
  let controller: Controller
  let drop: string
  let elsewhere: string

  beforeAll(async () => {
    controller = await startController((socket) => void socket.pipe(socket))
    stage = await stageGateway({
      targets: ['ews-1', 'hist-1'],
      spoil: (place) => Promise.resolve({ ...place, endpoint: { features: ['terminal', 'command', 'sftp', 'scp'] } }),
      tunnels: { 'hist-1': { host: '127.0.0.1', ports: [controller.port] } },
      files: { 'files.yaml': rules, 'zones.yaml': await tunnelConduits() },
    })
    const supplier = { roles: ['vendor'], supplier: 'acme-drives', plants: ['north'] }
    await stage.enrol({ login: 'attacker', displayName: 'Another engineer', ...supplier })
    for (const by of ['vendor', 'attacker'])
      await stage.grant('ews-1', { by, transfer: { allow: all, paths: ['/**'] } })
    drop = join(stage.folder, 'drop')
    elsewhere = join(stage.folder, 'elsewhere')
    for (const folder of [drop, elsewhere]) await mkdir(folder)
    await writeFile(join(elsewhere, 'secret'), secret)
    await stage.api('auditor')
  })
  afterAll(async () => {
    await stage.stop()
    await controller.stop()
  })
  beforeEach(() => stage.clock.advance(30_000))

  async function library(username = 'attacker%ews-1'): Promise<Client> {
    const [login = ''] = username.split('%')
    const [port, code] = [stage.gateway.ssh.port, stage.code(login)]
    const entry = await enter({ port, username, password: stage.person(login).password.expose(), code })
    if (entry.kind === 'refused') throw new Error(entry.text)
    return entry.client
  }
  async function leave(client: Client): Promise<void> {
    const closed = closedOf(client)
    client.end()
    await closed
  }
  async function servesOn(): Promise<void> {
    const ran = await runSsh(await stage.sshLogin('vendor%ews-1'), { command: 'echo on' })
    expect([ran.stderr, ran.stdout.toString()]).toEqual(['', 'on\n'])
  }
  async function evidenceOf(type: string, work: () => Promise<unknown>) {
    const before = (await stage.evidence({ types: [type] })).length
    await work()
    return (await stage.evidence({ types: [type] })).slice(before).map(({ data }) => data)
  }

  describe('attack 12: a tunnel gets where a session would not', () => {
    /** What refuses a tunnel, in the client's words. */
    const tunnel = (client: Client, host: string, port: number): Promise<string> =>
      new Promise((resolve) =>
        client.forwardOut('127.0.0.1', 1, host, port, (error) => resolve(error ? error.message : 'open')),
      )

    it('beside a session to another asset, on its connection', async () => {
      const client = await library()
      expect((await exec(client, 'echo admitted')).stdout).toBe('admitted\n')
      const decisions = await evidenceOf('policy.decision', async () =>
        expect(await tunnel(client, 'hist-1', controller.port)).toContain('access refused: '),
      )
      expect(decisions).toMatchObject([{ action: 'connect', asset: 'hist-1', outcome: 'deny' }])
      expect(controller.served).toBe(0)
      await leave(client)
    })

    it('with a grant to that very asset, but for another protocol', async () => {
      await stage.grant('hist-1', { by: 'attacker' })
      const client = await library()
      const decisions = await evidenceOf('policy.decision', async () =>
        expect(await tunnel(client, 'hist-1', controller.port)).toContain('access refused: '),
      )
      expect(decisions).toMatchObject([{ asset: 'hist-1', outcome: 'deny' }])
      expect(controller.served).toBe(0)
      await leave(client)
    })

    it('to a socket of the asset, which no rule names', async () => {
      const client = await library()
      await exec(client, 'true')
      const refused = await evidenceOf('session.feature_refused', async () => {
        const opening = message(90, 'direct-streamlocal@openssh.com', 55, 1 << 20, 1 << 15)
        const where = message(0, '/var/run/docker.sock', '', 0).subarray(1)
        sendMessage(client, Buffer.concat([opening, where]))
        await exec(client, 'true')
      })
      expect(refused).toMatchObject([{ feature: 'direct-streamlocal@openssh.com' }])
      await leave(client)
    })

    it('of somebody else, who asks to have it taken back', async () => {
      await stage.grant('hist-1', { protocol: 'tcp' })
      const mine = await forward(stage, 'vendor', `hist-1:${controller.port}`)
      const client = await library()
      const cancel = (port: number): Buffer =>
        Buffer.concat([message(80, 'cancel-tcpip-forward', true, '127.0.0.1'), message(0, port).subarray(1)])
      for (const port of [mine.port, controller.port]) sendMessage(client, cancel(port))
      const answer = await new Promise((resolve) => client.unforwardIn('127.0.0.1', mine.port, resolve))
      expect(answer).toBeInstanceOf(Error)
      const socket = await dial(mine.port)
      socket.end('still there')
      expect(String(await hear(socket))).toBe('still there')
      await leave(client)
      mine.run.child.kill()
      await mine.run.ended
    })
  })

  describe('attack 36: SFTP gives files that are nobody’s to give', () => {
    async function onSftp(work: (sftp: SftpClient) => Promise<void>): Promise<Record<string, unknown>[]> {
      const client = await library()
      try {
        return await evidenceOf('file.step_refused', async () => work(await openSftp(client)))
      } finally {
        await leave(client)
      }
    }
    const refusal = { kind: 'status', code: denied }

    it('by other ways to write a path', async () => {
      const paths = [
        `${elsewhere}/secret`,
        `${drop}/../elsewhere/secret`,
        `${drop}/./../elsewhere//secret`,
        `${drop}//..//elsewhere/secret/`,
        `/${elsewhere}/secret`,
        `${stage.stage.config.dataFolder}/store.db`,
        '/etc/passwd',
      ]
      const steps = await onSftp(async (sftp) => {
        for (const path of paths) {
          const reply = await sftp.ask({ kind: 'open', path, ...reading })
          expect([path, reply]).toMatchObject([path, refusal])
        }
      })
      // One for each that is another path when it is written as it is.
      expect(steps.length).toBeGreaterThanOrEqual(3)
    })

    it('by links, that were there or are made for it', async () => {
      await symlink(join(elsewhere, 'secret'), join(drop, 'file-link'))
      await symlink(elsewhere, join(drop, 'folder-link'))
      const steps = await onSftp(async (sftp) => {
        for (const path of [`${drop}/file-link`, `${drop}/folder-link/secret`, `${drop}/folder-link/../secret`]) {
          const reply = await sftp.ask({ kind: 'open', path, ...reading })
          expect([path, reply.kind]).toEqual([path, 'status'])
        }
        await sftp.ask({ kind: 'symlink', from: '../elsewhere/secret', to: `${drop}/made` })
        const made = await sftp.ask({ kind: 'open', path: `${drop}/made`, ...reading })
        expect(made.kind).toBe('status')
        const hard = await sftp.ask({ kind: 'hardlink', from: `${elsewhere}/secret`, to: `${drop}/hard` })
        expect(hard).toMatchObject(refusal)
      })
      expect(steps.length).toBeGreaterThanOrEqual(3)
      expect(await readdir(drop)).not.toContain('hard')
    })

    it('by other requests than to open one', async () => {
      await writeFile(join(drop, 'own'), 'own')
      await onSftp(async (sftp) => {
        for (const kind of ['rename', 'posix-rename'] as const) {
          expect(await sftp.ask({ kind, from: `${elsewhere}/secret`, to: `${drop}/x` })).toMatchObject(refusal)
          expect(await sftp.ask({ kind, from: `${drop}/own`, to: `${elsewhere}/x` })).toMatchObject(refusal)
        }
        expect(await sftp.ask({ kind: 'remove', path: `${elsewhere}/secret` })).toMatchObject(refusal)
        expect(await sftp.ask({ kind: 'setstat', path: `${elsewhere}/secret`, attributes: { size: 0 } })).toMatchObject(
          refusal,
        )
        expect(await sftp.ask({ kind: 'opendir', path: elsewhere })).toMatchObject(refusal)
        // An extension nobody knows (draft-ietf-secsh-filexfer-02 section 8), by name and by number.
        const unknown = Buffer.concat([Buffer.from([200]), u32(900), wireString('give-me@attacker'), wireString('x')])
        for (const packet of [unknown, Buffer.from([199, ...u32(901)])])
          sftp.send(Buffer.concat([u32(packet.length), packet]))
        expect(await sftp.answerTo(900)).toMatchObject({ kind: 'status', code: 8 })
        expect(await sftp.answerTo(901)).toMatchObject({ kind: 'status', code: 8 })
      })
      expect(await readFile(join(elsewhere, 'secret'), 'utf8')).toBe(secret)
      expect(await readdir(elsewhere)).toEqual(['secret'])
    })

    it('by a folder that becomes a link after the look', async () => {
      const [sub, kept] = [join(drop, 'sub'), join(drop, 'kept')]
      await mkdir(sub)
      await writeFile(join(sub, 'secret'), 'what anybody may read')
      await symlink(elsewhere, join(drop, 'leads-out'))
      const steps = await onSftp(async (sftp) => {
        const open = { kind: 'open', path: `${sub}/secret`, ...reading } as const
        const opened = await sftp.ask(open)
        if (opened.kind !== 'handle') throw new Error('what is allowed was refused')
        // A link that leads out is put in its place, by the client itself.
        expect(await sftp.ask({ kind: 'rename', from: sub, to: kept })).toMatchObject({ code: 0 })
        expect(await sftp.ask({ kind: 'rename', from: join(drop, 'leads-out'), to: sub })).toMatchObject({ code: 0 })
        const got = await sftp.ask({ kind: 'read', handle: opened.handle, offset: 0, length: 100 })
        expect(got.kind === 'data' && got.data.toString()).toBe('what anybody may read')
        expect(await sftp.ask(open)).toMatchObject(refusal)
        expect(await sftp.ask({ ...open, flags: 2 | 8 | 16 })).toMatchObject(refusal)
        expect(await sftp.ask({ kind: 'remove', path: `${sub}/secret` })).toMatchObject(refusal)
      })
      expect(steps.length).toBeGreaterThanOrEqual(2)
      expect(await readFile(join(elsewhere, 'secret'), 'utf8')).toBe(secret)
    })

    it('of the gateway itself, where no target was named', async () => {
      const client = await library('attacker')
      await expect(openSftp(client)).rejects.toThrow(/sftp/i)
      await leave(client)
    })

    const u32 = (value: number): Buffer => message(0, value).subarray(1)
  })

  describe('attack 38: lengths that lie, and lines within lines', () => {
    it.each([
      [
        'a request without an algorithm',
        () => [message(50, 'a', 'ssh-connection', 'publickey', true), lie, wireString('k')],
      ],
      [
        'a request of a host',
        () => [message(50, 'a', 'ssh-connection', 'hostbased'), lie, wireString('k'), wireString('k')],
      ],
      ['a request that ends', () => [message(50, 'a'), lie]],
      ['a name longer than its message', () => [Buffer.from([50]), lie, Buffer.from('a')]],
      ['a service', () => [Buffer.from([5]), lie]],
      [
        'a number of answers',
        () => [message(61), lie],
        () => message(50, 'a', 'ssh-connection', 'keyboard-interactive', '', ''),
      ],
    ] as const)('of a stranger: %s', async (_what, parts, before?: () => Uint8Array) => {
      const login = await openBareLogin(stage.gateway.ssh.port)
      if (before) {
        login.send(before())
        await login.next()
      }
      login.send(Buffer.concat([...parts(), wireString('x'), wireString('y')]))
      let word = ''
      // Turned away or cut off: never let in, never left waiting.
      while (word !== 'closed' && word !== 'no' && word !== 'in') word = wordFor(await login.next())
      expect(word).not.toBe('in')
      login.close()
      await servesOn()
    })

    it.each([
      ['a command', (id: number) => [message(98, id, 'exec', true), lie, Buffer.from('id')]],
      ['a terminal', (id: number) => [message(98, id, 'pty-req', true, 'xterm', 80, 24, 0, 0), lie]],
      ['a size', (id: number) => [message(98, id, 'window-change', false), Buffer.from([0])]],
      ['a kind of request', (id: number) => [message(98, id), lie]],
      ['a variable', (id: number) => [message(98, id, 'env', true, 'LANG'), lie]],
      ['data', (id: number) => [message(94, id), lie, Buffer.from('x')]],
      ['an opening', () => [Buffer.from([90]), lie]],
      ['where a tunnel leads', () => [message(90, 'direct-tcpip', 9, 1 << 20, 1 << 15), lie]],
      ['a request of the connection', () => [Buffer.from([80]), lie]],
    ])('of somebody who was let in: %s', async (_what, parts) => {
      const client = await library()
      const channel = await new Promise<ClientChannel>((resolve, reject) =>
        client.exec('cat', (error, opened) => (error ? reject(error) : resolve(opened))),
      )
      const { id } = (channel as unknown as { outgoing: { id: number } }).outgoing
      const up = new Promise((resolve) => channel.once('data', resolve))
      channel.write('up')
      await up
      const ended = await evidenceOf('session.ended', async () => {
        sendMessage(client, Buffer.concat(parts(id)))
        client.end()
        await closedOf(client)
        await stage.quiet()
      })
      expect(ended).toHaveLength(1)
      await servesOn()
    })

    it.each([
      ['longer than anybody takes', Buffer.from([0xff, 0xff, 0xff, 0xff, 3])],
      ['of nothing', Buffer.alloc(9)],
      ['that begin anew', Buffer.from([0, 0, 0, 5, 1, 0, 0, 0, 3])],
    ])('of SFTP: packets %s', async (_what, bytes) => {
      const client = await library()
      const sftp = await openSftp(client)
      sftp.send(bytes)
      await sftp.closed
      expect(sftp.told()).toContain('the client sent no SFTP')
      // The connection and what else is on it go on.
      expect((await exec(client, 'echo here')).stdout).toBe('here\n')
      await leave(client)
    })

    it('of SFTP: a path longer than its packet, and one with a zero byte: that request is refused, and no other', async () => {
      const client = await library()
      const sftp = await openSftp(client)
      const number = (value: number): Buffer => message(0, value).subarray(1)
      const bodies = [
        Buffer.concat([Buffer.from([11]), number(801), lie]),
        Buffer.concat([Buffer.from([11]), number(802), wireString(`${drop}\0/../elsewhere`)]),
      ]
      for (const body of bodies) sftp.send(Buffer.concat([number(body.length), body]))
      for (const id of [801, 802]) expect((await sftp.answerTo(id)).kind).toBe('status')
      expect((await sftp.ask({ kind: 'opendir', path: drop })).kind).toBe('handle')
      await leave(client)
    })

    it.each([
      ['a way up in a name', 'C0644 4 ../elsewhere/evil\n'],
      ['a way', 'C0644 4 sub/evil\n'],
      ['no name', 'C0644 4 \n'],
      ['the folder itself', 'D0755 0 ..\n'],
      ['a size beyond all numbers', 'C0644 99999999999999999999 evil\n'],
      ['a size below none', 'C0644 -4 evil\n'],
      ['a line without end', `C0644 4 ${'x'.repeat(100_000)}`],
      ['a command', 'X0644 4 evil\n'],
    ])('of scp: %s', async (_what, line) => {
      const run = await runSsh(await stage.sshLogin('attacker%ews-1', 'password'), {
        command: `scp -r -t ${drop}`,
        input: Buffer.concat([Buffer.from(line), Buffer.from('evil\0')]),
      })
      expect(run.exit).not.toBe(0)
      expect(run.shown).toMatch(/scp: |sallyport/)
      const found = [...(await readdir(stage.folder)), ...(await readdir(drop)), ...(await readdir(elsewhere))]
      expect(found.filter((name) => /evil|xxx/.test(name))).toEqual([])
    })
  })
})
