// While input is stopped nothing of the client reaches the target: no key, no signal, no size, no command, no end of file,
// and nothing that was on its way. A client that does what OpenSSH would not, and a target that says what it heard.

import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Client, ClientChannel, ServerChannel } from 'ssh2'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'

import type { GrantView, ListView, SessionView } from '../../gateway/contract/views.ts'
import { describeWith } from '../support/describe-with.ts'
import { eventually } from '../support/eventually.ts'
import { stageGateway, type GatewayStage } from '../support/gateway-stage.ts'
import { enter, exec } from '../support/library-client.ts'
import { startLibraryTarget, type LibraryTarget } from '../support/library-target.ts'
import { readRecorded } from '../support/recorded.ts'

const minute = 60_000
const MiB = 1024 * 1024
const lookOnly = `@id("hist-is-looked-at")
@text("The historian is looked at, and no more.")
@control("GW-ACC-01")
@duty
@obligation("observe-only")
permit (principal, action, resource == Asset::"hist-1");
@id("hmi-is-locked-at-rest")
@text("A panel nobody types at is locked.")
@control("GW-ACC-01")
@duty
@obligation("idle-lock:30")
permit (principal, action, resource == Asset::"ews-1");
`

describeWith(['sshd', 'ssh-keygen'], 'input that is stopped', () => {
  let stage: GatewayStage
  let targets: LibraryTarget[] = []
  let heard: string[] = []
  let got: Buffer[] = []
  let far: ServerChannel | null = null

  beforeAll(async () => {
    const start = (): Promise<LibraryTarget> =>
      startLibraryTarget(
        (channel, command) => {
          far = channel
          channel.on('error', () => channel.close())
          channel.on('end', () => heard.push('end of file'))
          if (command !== 'deaf') channel.on('data', (bytes: Buffer) => got.push(bytes))
          channel.write('up\n')
        },
        (what) => heard.push(what),
      )
    const [ews, hist] = [await start(), await start()]
    targets = [ews, hist]
    stage = await stageGateway({
      targets: ['ews-1', 'hist-1'],
      spoil: async (place, folder) => {
        const policies = join(folder, 'bundle/policies')
        await mkdir(policies, { recursive: true })
        await writeFile(join(policies, 'test.cedar'), lookOnly)
        const { port, hostKey } = place.asset === 'ews-1' ? ews : hist
        return { ...place, port, hostKeys: [hostKey], observe: [], expiry: { drain: 10 } }
      },
    })
    for (const login of ['vendor', 'approver', 'auditor']) await stage.api(login)
  })
  afterAll(async () => {
    await stage.stop()
    await Promise.all(targets.map((one) => one.stop()))
  })
  beforeEach(() => {
    heard = []
    got = []
  })

  async function library(asset: string): Promise<Client> {
    const [port, code] = [stage.gateway.ssh.port, stage.code('vendor')]
    const password = stage.person('vendor').password.expose()
    const entry = await enter({ port, username: `vendor%${asset}`, password, code })
    if (entry.kind === 'refused') throw new Error(entry.text)
    return entry.client
  }

  /** A channel on which the target's greeting has come. */
  async function open(client: Client, command: string | null, shown: Buffer[] = []): Promise<ClientChannel> {
    const channel = await new Promise<ClientChannel>((resolve, reject) => {
      const done = (error: Error | undefined, opened: ClientChannel): void => (error ? reject(error) : resolve(opened))
      if (command === null) client.shell({ term: 'xterm', cols: 80, rows: 24 }, done)
      else client.exec(command, done)
    })
    channel.on('data', (bytes: Buffer) => shown.push(bytes))
    await eventually('the target greets', () => Buffer.concat(shown).includes('up'))
    return channel
  }

  async function stands(state: SessionView['state']): Promise<SessionView> {
    return eventually(`the session is ${state}`, async () => {
      const list: ListView<SessionView> = await (await stage.api('approver')).ok('GET', '/sessions?state=live')
      return list.items.find((session) => session.state === state) ?? null
    })
  }

  async function grantFor(minutes: number): Promise<GrantView> {
    const from = stage.clock.now()
    return stage.grant('ews-1', { window: { from, until: from + minutes * minute } })
  }

  async function extend({ id, window }: GrantView): Promise<void> {
    const until = window.until + 30 * minute
    await (await stage.api('approver')).ok('POST', `/grants/${id}/extend`, { until, comment: 'needs longer' })
  }

  /** An answer proves that the gateway has read everything before the question. */
  async function asked(client: Client): Promise<string> {
    return (await exec(client, 'around')).stderr
  }

  /** A longer grant of the test before would be used instead of the next one. */
  async function leave(client: Client, grant?: GrantView): Promise<void> {
    client.destroy()
    if (grant) await (await stage.api('approver')).ok('POST', `/grants/${grant.id}/revoke`, { reason: 'done' })
    await stage.quiet()
  }

  const drained = (): number => got.reduce((sum, bytes) => sum + bytes.length, 0)

  it('by its terms shows the screen and takes no key, signal, size, command or end of file', async () => {
    await stage.grant('hist-1')
    const client = await library('hist-1')
    const shown: Buffer[] = []
    const channel = await open(client, null, shown)
    const { id } = await stands('observing')
    channel.write('reboot\n')
    channel.signal('INT')
    channel.setWindow(50, 200, 0, 0)
    expect(await asked(client)).toContain('this access lets you look only: no command can be run')
    channel.end()
    far?.write('temperature 42\n')
    await eventually('the screen is shown', () => Buffer.concat(shown).includes('temperature 42'))
    expect(Buffer.concat(shown).toString()).toContain('this access lets you look only')
    expect({ heard, bytes: drained() }).toEqual({ heard: ['pty', 'shell'], bytes: 0 })
    await leave(client)
    const recorded = await readRecorded(stage.stage, id)
    expect(recorded.in.length).toBe(0)
    expect(recorded.notices.join('\n')).toContain('7 bytes sent while input was stopped did not reach the target')

    const other = await library('hist-1')
    heard = []
    expect(await asked(other)).toContain('this access lets you look only: no command can be run')
    expect(heard).toEqual([])
    await leave(other)
  })

  it('at the end of its window holds the size back, and tells the newest when input flows again', async () => {
    const grant = await grantFor(5)
    const client = await library('ews-1')
    const channel = await open(client, null)
    channel.setWindow(30, 100, 0, 0)
    await eventually('the target knows its size', () => heard.includes('size 100x30'))
    stage.clock.advance(5 * minute)
    await stands('observing')
    for (const cols of [101, 102, 103]) channel.setWindow(30, cols, 0, 0)
    channel.signal('KILL')
    channel.write('lost')
    expect(await asked(client)).toContain('the session may only observe')
    expect(heard).toEqual(['pty', 'shell', 'size 100x30'])
    await extend(grant)
    await stands('active')
    channel.write('found')
    await eventually('what is typed arrives', () => Buffer.concat(got).toString() === 'found')
    expect(heard).toEqual(['pty', 'shell', 'size 100x30', 'size 103x30'])
    await leave(client, grant)
  })

  it('leaves what the target had no room for where it is, and of a program it comes whole in the end', async () => {
    const grant = await grantFor(5)
    const client = await library('ews-1')
    const channel = await open(client, 'deaf')
    const { id } = await stands('active')
    const sent = Buffer.alloc(6 * MiB, 'x')
    channel.end(sent)
    const crossed = async (): Promise<number> => (await stands('active')).bytesIn
    await eventually('more is on its way than the target takes', async () => (await crossed()) > 3 * MiB)
    stage.clock.advance(5 * minute)
    await stands('observing')
    await asked(client)
    const reached = far?.readableLength ?? 0
    expect(reached).toBeLessThan((await stands('observing')).bytesIn)
    far?.on('data', (bytes: Buffer) => got.push(bytes))
    await eventually('the target has read what had reached it', () => drained() === reached)
    await asked(client)
    expect({ bytes: drained(), heard }).toEqual({ bytes: reached, heard: ['exec deaf'] })
    await extend(grant)
    await eventually('the rest arrives', () => drained() === sent.length)
    await eventually('and its end', () => heard.includes('end of file'))
    await leave(client, grant)
    expect((await readRecorded(stage.stage, id)).in.length).toBe(sent.length)
  })

  it('on a locked terminal answers keys only as fast as the client reads, so that the memory stays flat', async () => {
    await grantFor(60)
    const client = await library('ews-1')
    const shown: Buffer[] = []
    const channel = await open(client, null, shown)
    const { id } = await stands('active')
    stage.clock.advance(30 * minute)
    await stands('locked')
    await eventually('it asks for a code', () => Buffer.concat(shown).includes('Code of your authenticator'))
    channel.pause()
    const { outgoing } = channel as unknown as { outgoing: { window: number } }
    channel.write(Buffer.from('7\b'.repeat(4 * MiB)))
    await eventually('the gateway reads no further', () => outgoing.window === 0)
    for (let i = 0; i < 3; i++) expect(await asked(client)).toContain('the session is locked')
    expect(outgoing.window).toBe(0)
    channel.resume()
    await eventually('it reads on with the client', () => outgoing.window > 0)
    expect(heard).toEqual(['pty', 'shell'])
    client.destroy()
    await stage.quiet()
    expect((await readRecorded(stage.stage, id)).in.length).toBe(0)
  })
})
