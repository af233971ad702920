// Files that do not come and go in peace: many at a time, ended in the middle, to a client that does not read, from a
// target that lies. Nobody waits for ever, nothing is left on the target, and the gateway stays as small as it was.

import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import type { Client, ClientChannel, ServerChannel } from 'ssh2'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'

import { prepareSsh } from '../../gateway/demo/ssh-client.ts'
import { openFlags, packetTypes as types } from '../../gateway/guards/sftp/codes.ts'
import { packet, string, u32, u64 } from '../../gateway/guards/sftp/fields.ts'
import { PacketSplitter } from '../../gateway/guards/sftp/splitter.ts'
import {
  attrsPacket,
  dataPacket,
  handlePacket,
  namePacket,
  statusPacket,
  versionPacket,
} from '../../gateway/guards/sftp/replies.ts'
import { readRequest, writeRequest, type SftpRequest } from '../../gateway/guards/sftp/requests.ts'
import { describeWith } from '../support/describe-with.ts'
import { eventually } from '../support/eventually.ts'
import { stageGateway, type GatewayStage } from '../support/gateway-stage.ts'
import { enter } from '../support/library-client.ts'
import { startLibraryTarget, type LibraryTarget } from '../support/library-target.ts'
import { partPath } from '../support/parts.ts'
import { openSftp } from '../support/sftp-client.ts'
import { shareConnection, type SharedConnection } from '../support/ssh-session.ts'

const rules = `
rules:
  - id: drop
    text: whoever maintains it
    paths: ['/**/drop/**']
    allow: [list, read, write]
    upload: pass
    download: pass
    largestMegabytes: 1000
  - id: looked-at
    text: what crosses here is looked at
    paths: ['/**/looked-at/**']
    allow: [list, read, write]
    upload: scan
    download: scan
    withoutVerdict: pass
    largestMegabytes: 1000
  - id: waits
    text: a person lets it go
    paths: ['/**/waits/**']
    allow: [list, write]
    upload: release
    withoutVerdict: pass
    releasedBy: [approver]
    largestMegabytes: 1000
`
const MB = 1_000_000

/** What the target of lies answers; null: nothing. */
type Lie = (request: SftpRequest) => Buffer | readonly Buffer[] | null

describeWith(['ssh', 'sftp', 'sshd', 'ssh-keygen'], 'files in trouble', () => {
  let stage: GatewayStage
  let liar: LibraryTarget
  let lie: Lie = () => null
  let login: Awaited<ReturnType<GatewayStage['sshLogin']>>
  let shared: SharedConnection
  let argv: readonly string[]
  let [drop, lookedAt, waits, here] = ['', '', '', '']

  beforeAll(async () => {
    liar = await startLibraryTarget((channel, command) => {
      if (command === 'subsystem sftp') speakSftp(channel, () => lie)
      else channel.close()
    })
    stage = await stageGateway({
      targets: ['ews-1', 'hist-1'],
      spoil: (place) => {
        const endpoint = { features: ['terminal', 'command', 'sftp'] }
        const at = place.asset === 'hist-1' ? { port: liar.port, hostKeys: [liar.hostKey] } : {}
        return Promise.resolve({ ...place, ...at, endpoint })
      },
      files: { 'files.yaml': rules },
    })
    drop = join(stage.folder, 'drop')
    lookedAt = join(stage.folder, 'looked-at')
    waits = join(stage.folder, 'waits')
    here = join(stage.folder, 'here')
    for (const folder of [drop, lookedAt, waits, here]) await mkdir(folder)
  })
  afterAll(async () => {
    await stage.stop()
    await liar.stop()
  })

  beforeEach(async () => {
    for (const asset of ['ews-1', 'hist-1'])
      await stage.grant(asset, { transfer: { allow: ['list', 'read', 'write'], paths: ['/**'] } })
    await connect('vendor%ews-1')
  })
  afterEach(() => shared.master.child.kill())

  async function connect(user: string): Promise<void> {
    login = await stage.sshLogin(user)
    shared = await shareConnection(login)
    argv = (await prepareSsh(login)).argv.map((word) => (word === '-p' ? '-P' : word))
  }

  function sftp(lines: readonly string[], options: readonly string[] = []) {
    const child = spawn(partPath('sftp'), ['-b', '-', ...options, ...shared.options, ...argv], { cwd: here })
    let [stdout, stderr] = ['', '']
    child.stdout.on('data', (part: Buffer) => (stdout += part.toString()))
    child.stderr.on('data', (part: Buffer) => (stderr += part.toString()))
    child.stdin.on('error', () => child.stdin.destroy())
    child.stdin.end(lines.map((line) => `${line}\n`).join(''))
    const ended = new Promise<{ exit: number | null; stdout: string; stderr: string }>((resolve) =>
      child.once('close', (exit) => resolve({ exit, stdout, stderr })),
    )
    return { child, ended }
  }

  const isBeside = (name: string): boolean => name.startsWith('.sallyport-')
  const beingWritten = () =>
    eventually('it is being written', async () => (await readdir(lookedAt)).some(isBeside), 60_000)

  async function revoke(): Promise<void> {
    const approver = await stage.api('approver')
    const grants = await stage.withStore((store) =>
      store.grants.openOf(stage.person('vendor').person.id, stage.clock.now()),
    )
    for (const { grant } of grants) await approver.ok('POST', `/grants/${grant.id}/revoke`, { reason: 'enough' })
  }

  it('come several at a time through the airlock, and each is what was sent', async () => {
    const names = Array.from({ length: 24 }, (_, i) => `many-${i}`)
    for (const [i, name] of names.entries()) await writeFile(join(here, name), randomBytes(i * 40_000))
    const fours = Array.from({ length: 6 }, (_, i) => names.slice(i * 4, i * 4 + 4))
    const ran = await Promise.all(
      fours.map((four) => sftp(four.map((name) => `put ${name} ${lookedAt}/${name}`)).ended),
    )
    expect(ran.map(({ exit }) => exit)).toEqual([0, 0, 0, 0, 0, 0])
    for (const name of names) expect(await sha256(join(lookedAt, name))).toBe(await sha256(join(here, name)))
    const fetched = await Promise.all(
      fours.map((four) => sftp(four.map((name) => `get ${lookedAt}/${name} b-${name}`)).ended),
    )
    expect(fetched.map(({ exit }) => exit)).toEqual([0, 0, 0, 0, 0, 0])
    for (const name of names) expect(await sha256(join(here, `b-${name}`))).toBe(await sha256(join(here, name)))
    expect((await readdir(lookedAt)).filter(isBeside)).toEqual([])
  }, 120_000)

  it('wait once for a person, however often they are sent, and one word lets every client go on', async () => {
    await writeFile(join(here, 'same'), randomBytes(100_000))
    const both = [1, 2].map(() => sftp([`put same ${waits}/same`]).ended)
    const approver = await stage.api('approver')
    type Listed = { readonly items: readonly { readonly id: string; readonly state: string }[] }
    const states = async () => (await approver.ok<Listed>('GET', '/files?limit=2')).items.map(({ state }) => state)
    await eventually('one waits with the other', async () =>
      (await states()).toSorted().join() === 'joined,waiting' ? true : null,
    )
    const { items } = await approver.ok<Listed>('GET', '/files?waiting=true')
    expect(items).toHaveLength(1)
    await approver.ok('POST', `/files/${items[0]?.id}/release`, { reason: 'known' })
    expect((await Promise.all(both)).map(({ exit }) => exit)).toEqual([0, 0])
    expect(await sha256(join(waits, 'same'))).toBe(await sha256(join(here, 'same')))
    expect(await states()).toEqual(['delivered', 'delivered'])
    expect(await stage.evidence({ types: ['file.held'] })).toHaveLength(1)
    expect(await stage.evidence({ types: ['file.joined'] })).toHaveLength(1)
  }, 120_000)

  it('go with as many and as large requests as the client likes', async () => {
    await writeFile(join(here, 'wide'), randomBytes(30 * MB))
    for (const to of [drop, lookedAt]) {
      const lines = [`put wide ${to}/wide`, `get ${to}/wide again`]
      expect(await sftp(lines, ['-R', '256', '-B', '262000']).ended).toMatchObject({ exit: 0 })
      const digests = [await sha256(join(to, 'wide')), await sha256(join(here, 'again'))]
      expect(digests).toEqual([await sha256(join(here, 'wide')), await sha256(join(here, 'wide'))])
    }
  }, 120_000)

  it.each([
    ['the access is revoked', revoke],
    ['the client is killed', () => Promise.resolve(void shared.master.child.kill('SIGKILL'))],
  ])(
    'leave nothing half written on the target that evidence does not name, when %s',
    async (_when, end) => {
      await writeFile(join(here, 'large'), randomBytes(100 * MB))
      const { ended } = sftp([`put large ${lookedAt}/late`])
      await beingWritten()
      await end()
      await ended
      await stage.quiet()
      const [last] = (await stage.evidence({ types: ['file.broken_off'] })).slice(-1)
      const text = last?.meaning[String(last.data['text'])] ?? ''
      expect(last?.data['stage']).toBe('delivering')
      const left = (await readdir(lookedAt)).filter(isBeside)
      // Where the target was too slow to take it away, its name is evidence.
      expect(left.every((name) => text.includes(name))).toBe(true)
      expect(await readdir(lookedAt)).not.toContain('late')
      for (const name of left) await rm(join(lookedAt, name))
    },
    120_000,
  )

  it('do not pile up in the gateway for a client that asks and does not read', async () => {
    await writeFile(join(lookedAt, 'to-read'), randomBytes(2 * MB))
    const { client, channel } = await openLibrary('vendor%ews-1')
    const answers = new PacketSplitter()
    const got: Buffer[] = []
    channel.on('data', (bytes: Buffer) => got.push(...answers.take(bytes)))
    channel.write(packet(types.init, u32(3)))
    await eventually('it speaks', () => got.length === 1)
    channel.write(packet(types.open, u32(1), string(`${lookedAt}/to-read`), u32(openFlags.read), u32(0)))
    await eventually('it is open', () => got.length === 2)
    const handle = got[1]?.subarray(13) ?? Buffer.alloc(0)
    channel.pause()
    const before = process.memoryUsage.rss()
    let most = before
    const watch = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 20)
    const read = packet(types.read, u32(2), string(handle), u64(0), u32(255 * 1024))
    for (let i = 0; i < 3_000; i++) channel.write(read)
    // Another one works meanwhile, and takes longer than those reads would.
    await writeFile(join(here, 'beside'), randomBytes(20 * MB))
    expect(await sftp([`put beside ${lookedAt}/beside`]).ended).toMatchObject({ exit: 0 })
    clearInterval(watch)
    client.destroy()
    expect(most - before).toBeLessThan(200 * MB)
  }, 60_000)

  async function openLibrary(username: string): Promise<{ client: Client; channel: ClientChannel }> {
    const [port, code] = [stage.gateway.ssh.port, stage.code('vendor')]
    const entry = await enter({ port, username, password: stage.person('vendor').password.expose(), code })
    if (entry.kind === 'refused') throw new Error(entry.text)
    const { client } = entry
    client.on('error', () => client.destroy())
    const channel = await new Promise<ClientChannel>((resolve, reject) =>
      client.subsys('sftp', (error: Error | undefined, opened: ClientChannel) =>
        error ? reject(error) : resolve(opened),
      ),
    )
    return { client, channel }
  }

  /** A server that has one file, `/drop/a`, of a million bytes. */
  const honest: Lie = (request) => {
    if (request.kind === 'init') return versionPacket(new Map())
    const { id, kind } = request
    if (kind === 'realpath') return namePacket(id, request.path === '.' ? '/drop' : request.path)
    if (kind === 'lstat' || kind === 'stat')
      return /^\/(drop(\/a)?)?$/.test(request.path)
        ? attrsPacket(id, { permissions: request.path.endsWith('a') ? 0o100644 : 0o040755, size: MB })
        : statusPacket(id, 2, 'no')
    if (kind === 'open') return handlePacket(id, 'h')
    if (kind === 'fstat') return attrsPacket(id, { permissions: 0o100644, size: MB })
    if (kind !== 'read') return statusPacket(id, 0, 'ok')
    const left = MB - request.offset
    return left <= 0 ? statusPacket(id, 1, 'end') : dataPacket(id, Buffer.alloc(Math.min(request.length, left)))
  }
  const but =
    (kind: SftpRequest['kind'], answer: (request: SftpRequest & { id: number }) => Buffer | readonly Buffer[]): Lie =>
    (request) =>
      request.kind === kind ? answer({ id: 0, ...request }) : honest(request)

  const leadsOn: Lie = (request) => {
    if (request.kind === 'lstat') return attrsPacket(request.id, { permissions: 0o120777 })
    return request.kind === 'readlink' ? namePacket(request.id, request.path) : honest(request)
  }

  it.each<[string, Lie, RegExp]>([
    ['speaks another version', but('init', () => packet(types.version, u32(6))), /speaks SFTP version 6/],
    [
      'brings more than was asked for',
      but('read', ({ id }) => dataPacket(id, Buffer.alloc(200_000))),
      /were asked for/,
    ],
    [
      'answers what nobody asked',
      but('open', ({ id }) => [handlePacket(id, 'h'), handlePacket(77, 'x')]),
      /nothing that was asked/,
    ],
    ['says success and brings nothing', but('open', ({ id }) => statusPacket(id, 0, '')), /success where handle/],
    ['sends a packet without end', but('open', () => u32(0xffff_ffff)), /packet of 4294967295 bytes/],
    ['sends no packet', but('lstat', () => Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')), /no SFTP/],
    [
      'names a place of control characters',
      but('realpath', ({ id }) => namePacket(id, '/\u001b]0;x\u0007')),
      /no rule of the plant lets anybody list/,
    ],
    ['leads from link to link', leadsOn, /not found/],
  ])(
    'end with a sentence when the target %s',
    async (_what, said, words) => {
      lie = said
      shared.master.child.kill()
      await connect('vendor%hist-1')
      const { exit, stderr } = await sftp(['get /drop/a lied']).ended
      expect(exit).not.toBe(0)
      expect(stderr).toMatch(words)
      expect(stderr).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/)
      // Its neighbour has not noticed.
      shared.master.child.kill()
      await connect('vendor%ews-1')
      expect(await sftp([`ls ${drop}`]).ended).toMatchObject({ exit: 0 })
    },
    60_000,
  )

  it('are no business of another channel of the connection, which goes on when one closes in the middle of its answers', async () => {
    const username = 'vendor%ews-1'
    const entry = await enter({
      ...(await stage.sshLogin(username, 'password')),
      username,
      port: stage.gateway.ssh.port,
    })
    if (entry.kind === 'refused') throw new Error(entry.text)
    const { client } = entry
    const stays = await openSftp(client)
    // A listing of many packets, most of which come when nobody is there for them.
    const many = join(drop, 'many')
    await mkdir(many)
    await Promise.all(Array.from({ length: 5_000 }, (_, i) => writeFile(join(many, `of many files ${i}`), '')))
    for (let i = 0; i < 5; i++) {
      const leaves = await openSftp(client)
      const opened = await leaves.ask({ kind: 'opendir', path: many })
      if (opened.kind !== 'handle') throw new Error('the folder does not open')
      const { handle } = opened
      for (let id = 101; id <= 200; id++) leaves.send(writeRequest({ kind: 'readdir', id, handle }))
      leaves.channel.close()
      await leaves.closed
      expect(await stays.ask({ kind: 'realpath', path: '.' })).toMatchObject({ kind: 'name' })
    }
    const [session] = (await stage.evidence({ types: ['session.started'] })).slice(-1)
    client.end()
    await stage.quiet()
    const ended = await stage.evidence({ types: ['session.ended'], session: String(session?.data['session']) })
    expect(ended).toMatchObject([{ data: { reason: 'client' } }])
  })

  it('end when the client does, though the target does not', async () => {
    lie = Object.assign((request: SftpRequest) => honest(request), { neverEnds: true })
    shared.master.child.kill()
    await connect('vendor%hist-1')
    const { stderr } = await sftp(['pwd']).ended
    expect(stderr).toContain('the target does not end its file service')
  }, 60_000)

  it('end when the access does, though the target never answers', async () => {
    lie = but('read', () => [])
    shared.master.child.kill()
    await connect('vendor%hist-1')
    const { ended } = sftp(['get /drop/a lied'])
    await eventually('it has begun', async () => (await readdir(here)).includes('lied'))
    await revoke()
    const { exit, stderr } = await ended
    expect([exit === 0, stderr]).toEqual([false, expect.stringContaining('revoked')])
    await stage.quiet()
    expect((await stat(join(here, 'lied'))).size).toBe(0)
    expect((await readFile(join(here, 'lied'))).length).toBe(0)
  }, 60_000)
})

async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const part of createReadStream(file)) hash.update(part as Buffer)
  return hash.digest('hex')
}

function speakSftp(channel: ServerChannel, answer: () => Lie): void {
  const requests = new PacketSplitter()
  channel.on('end', () => {
    if (!('neverEnds' in answer())) channel.close()
  })
  channel.on('data', (bytes: Buffer) => {
    for (const frame of requests.take(bytes))
      for (const said of [answer()(readRequest(frame)) ?? []].flat()) channel.write(said)
  })
}
