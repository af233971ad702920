// A grant to observe is no shell: nothing typed reaches the target, exactly the commands its owner vouches for are run, and
// everything else is refused with words, as evidence. With the ordinary clients, and a target that says what it heard.

import { connect } from 'node:net'
import type { Client, ClientChannel, ServerChannel } from 'ssh2'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'

import type { EvidenceView } from '../../gateway/contract/views.ts'
import { describeWith } from '../support/describe-with.ts'
import { eventually } from '../support/eventually.ts'
import { stageGateway, type GatewayStage } from '../support/gateway-stage.ts'
import { enter, exec } from '../support/library-client.ts'
import { startLibraryTarget, type LibraryTarget } from '../support/library-target.ts'
import { readRecorded } from '../support/recorded.ts'
import { freePort } from '../support/sshd.ts'
import { openSsh, runSsh, shareConnection, type SshRun } from '../support/ssh-session.ts'

const vouched = ['cat status.txt', 'tail -f drive.log', 'wc'] as const
const only = 'no other command can be run than exactly `cat status.txt` or `tail -f drive.log` or `wc`'

describeWith(['ssh', 'sshd', 'ssh-keygen', 'script'], 'access to observe', () => {
  let stage: GatewayStage
  let target: LibraryTarget | undefined
  let heard: string[] = []
  let typed = ''
  let far: ServerChannel | null = null

  beforeAll(async () => {
    const started = await startLibraryTarget(
      (channel, command) => {
        far = channel
        channel.on('error', () => channel.close())
        channel.on('data', (bytes: Buffer) => (typed += bytes.toString()))
        if (command === 'wc') {
          channel.on('end', () => {
            channel.write('0 0 0\n')
            channel.exit(0)
            channel.end()
          })
          return
        }
        channel.write('running, 1480 rpm\n')
        if (command.startsWith('cat')) {
          channel.exit(0)
          channel.end()
        }
      },
      (what) => heard.push(what),
    )
    target = started
    stage = await stageGateway({
      targets: ['ews-1'],
      spoil: async (place) => ({ ...place, port: started.port, hostKeys: [started.hostKey], observe: vouched }),
    })
    for (const login of ['vendor', 'approver', 'auditor']) await stage.api(login)
    await stage.grant('ews-1', { operationClass: 'observe' })
  })
  afterAll(async () => {
    await stage.stop()
    await target?.stop()
  })
  beforeEach(() => {
    ;[heard, typed, far] = [[], '', null]
  })

  const refused = async (): Promise<readonly EvidenceView[]> => stage.evidence({ types: ['session.feature_refused'] })
  async function enterAsVendor(): Promise<{ readonly client: Client }> {
    const entry = await enter({
      port: stage.gateway.ssh.port,
      username: 'vendor%ews-1',
      password: stage.person('vendor').password.expose(),
      code: stage.code('vendor'),
    })
    if (entry.kind === 'refused') throw new Error(entry.text)
    return entry
  }

  async function lastSession(): Promise<string> {
    await stage.quiet()
    return String((await stage.evidence({ types: ['session.started'] })).at(-1)?.data['session'])
  }

  /** As a person leaves whose keys reach nobody: OpenSSH's own escape closes the connection. */
  async function leave(shell: SshRun): Promise<void> {
    shell.write('\r~.')
    await shell.ended
    await stage.quiet()
  }

  it('runs a command that is vouched for, and gives what it says and how it ends', async () => {
    const run = await runSsh(await stage.sshLogin('vendor%ews-1'), { command: vouched[0], input: 'rm -rf /\n' })
    expect({ exit: run.exit, stdout: run.stdout.toString() }).toEqual({ exit: 0, stdout: 'running, 1480 rpm\n' })
    expect({ heard, typed }).toEqual({ heard: [`exec ${vouched[0]}`], typed: '' })
    const recorded = await readRecorded(stage.stage, await lastSession())
    expect(recorded.out.toString()).toBe('running, 1480 rpm\n')
    expect(recorded.in.length).toBe(0)
  })

  it.each([
    ['keeps its input open', {}],
    ['sends some', { input: 'one two\n' }],
    ['has a terminal', { terminal: { cols: 100, rows: 30 }, options: ['-tt'] }],
  ])('ends the input of a command at once when its client %s', async (_what, wish) => {
    const run = await openSsh(await stage.sshLogin('vendor%ews-1'), { ...wish, command: 'wc' })
    await run.sees('0 0 0')
    expect((await run.ended).exit).toBe(0)
    expect(typed).toBe('')
    expect((await readRecorded(stage.stage, await lastSession())).in.length).toBe(0)
  })

  it.each([
    'cat status.txt; reboot',
    'cat status.txt ',
    'CAT status.txt',
    'cat  status.txt',
    'cat status.txt\nreboot',
    'sh',
    'scp -t /tmp',
    '',
  ])('does not run `%s`, says what may be run, and keeps that it was tried', async (command) => {
    const before = (await refused()).length
    const { client } = await enterAsVendor()
    const { exit, stderr } = await exec(client, command)
    expect({ exit, stderr }).toEqual({ exit: 255, stderr: `[sallyport] this access lets you look only: ${only}\r\n` })
    const events = await eventually('the refusal is evidence', async () => {
      const all = await refused()
      return all.length > before ? all.slice(before) : null
    })
    const [event] = events
    expect(events.map(({ data }) => data['feature'])).toEqual(['exec'])
    expect(event?.meaning[String(event.data['detail'])]).toBe(command)
    expect(heard).toEqual([])
    client.destroy()
    await stage.quiet()
  })

  it('opens a shell that shows, takes nothing, and says so with the commands', async () => {
    const login = await stage.sshLogin('vendor%ews-1')
    const shell = await openSsh(login, { terminal: { cols: 100, rows: 30 } })
    await shell.sees('running, 1480 rpm')
    await shell.sees('what you type does not reach the target')
    await shell.sees('`tail -f drive.log`')
    shell.write('reboot\n')
    far?.write('warning A0501\n')
    await shell.sees('warning A0501')
    await leave(shell)
    expect(typed).toBe('')
    expect((await readRecorded(stage.stage, await lastSession())).in.length).toBe(0)
  })

  it('opens no shell without a terminal, and says why', async () => {
    const run = await runSsh(await stage.sshLogin('vendor%ews-1'), { input: 'reboot\n' })
    expect(run.exit).toBe(255)
    expect(run.stderr).toContain(only)
    expect(heard).toEqual([])
    await stage.quiet()
  })

  it('gives each channel of one connection the same answer', async () => {
    const login = await stage.sshLogin('vendor%ews-1')
    const shared = await shareConnection(login)
    const ask = (command: string, more: readonly string[] = []) =>
      runSsh(login, { options: [...shared.options, ...more], command })
    expect((await ask(vouched[0])).exit).toBe(0)
    const other = await ask('uptime')
    expect(other.exit).toBe(255)
    expect(other.stderr).toContain(only)
    const files = await ask('sftp', ['-s'])
    expect(files.exit).toBe(255)
    expect(files.stderr).toContain('no file transfer')
    expect(files.stderr).toContain(only)
    expect((await ask(vouched[0])).exit).toBe(0)
    expect(heard.filter((what) => what.startsWith('exec'))).toEqual([`exec ${vouched[0]}`, `exec ${vouched[0]}`])
    shared.master.child.kill()
    await shared.master.ended
    await stage.quiet()
  })

  it('ends on the target what its client leaves, though the connection stays', async () => {
    const { client } = await enterAsVendor()
    const channel = await new Promise<ClientChannel>((resolve, reject) =>
      client.exec(vouched[1], (error, opened) => (error ? reject(error) : resolve(opened))),
    )
    await new Promise((resolve) => channel.once('data', resolve))
    const left = new Promise((resolve) => far?.once('close', resolve))
    channel.write('what nobody reads\n')
    channel.close()
    await left
    expect(typed).toBe('')
    expect((await exec(client, vouched[0])).exit).toBe(0)
    client.destroy()
    await stage.quiet()
  })

  it('tells whoever looks through a terminal that a forward is refused, and what may be run', async () => {
    const port = await freePort()
    const shell = await openSsh(await stage.sshLogin('vendor%ews-1'), {
      terminal: { cols: 100, rows: 30 },
      options: ['-L', `${port}:127.0.0.1:22`],
    })
    await shell.sees('what you type does not reach the target')
    const socket = connect(port, '127.0.0.1').on('error', () => socket.destroy())
    await shell.sees('as far as an access goes, and nothing else; this access')
    expect((await refused()).at(-1)?.data).toMatchObject({ feature: 'direct-tcpip' })
    socket.destroy()
    await leave(shell)
  })
})
