// What a channel carries beside its bytes: variables, breaks, signals, the way a program ended, long commands. The client
// is OpenSSH's, or ssh2 where OpenSSH would not do it; the target is sshd, or ssh2 where it has to misbehave.

import type { Client, ClientChannel, ServerChannel } from 'ssh2'
import { afterAll, beforeAll, expect, it } from 'vitest'

import { sendChannelRequest, wireString } from '../../gateway/brokers/ssh/channel-requests.ts'
import { sendBreak } from '../../gateway/brokers/ssh/breaks.ts'
import { sendSignal } from '../../gateway/brokers/ssh/signals.ts'
import { describeWith } from '../support/describe-with.ts'
import { eventually } from '../support/eventually.ts'
import { stageGateway, type GatewayStage } from '../support/gateway-stage.ts'
import { enter, exec } from '../support/library-client.ts'
import { startLibraryTarget, type LibraryTarget } from '../support/library-target.ts'
import { readRecorded } from '../support/recorded.ts'
import { openSsh, runSsh } from '../support/ssh-session.ts'

const channels = 64

describeWith(['ssh', 'sshd', 'ssh-keygen', 'script'], 'a channel', () => {
  let stage: GatewayStage
  let target: LibraryTarget | undefined
  const heard: string[] = []
  const open: ServerChannel[] = []

  beforeAll(async () => {
    stage = await stageGateway({
      targets: ['ews-1', 'hist-1'],
      overrides: { 'ssh.maxChannels': channels },
      async spoil(place) {
        if (place.asset !== 'hist-1') return place
        target = await startLibraryTarget(behave, (what) => heard.push(what))
        return { ...place, port: target.port, hostKeys: [target.hostKey] }
      },
    })
    await stage.grant('ews-1')
    await stage.grant('hist-1')
    await stage.api('auditor')
  })
  afterAll(async () => {
    await stage.stop()
    await target?.stop()
  })

  /** The target ends as its command says: `signal FOO`, `core SEGV`; without one it stays. */
  function behave(channel: ServerChannel, command: string): void {
    const [how, name = ''] = command.split(' ')
    if (how !== 'signal' && how !== 'core') {
      open.push(channel)
      channel.write('ready\n')
      return
    }
    const core = Buffer.of(how === 'core' ? 1 : 0)
    const data = [wireString(name), core, wireString('\x1b[31mhostile words'), wireString('')]
    channel.write('last words\n', () => {
      sendChannelRequest(channel, 'exit-signal', Buffer.concat(data))
      channel.end()
    })
  }

  async function library(asset: string): Promise<Client> {
    const [port, code] = [stage.gateway.ssh.port, stage.code('vendor')]
    const password = stage.person('vendor').password.expose()
    const entry = await enter({ port, username: `vendor%${asset}`, password, code })
    if (entry.kind === 'refused') throw new Error(entry.text)
    return entry.client
  }

  async function lastSession(): Promise<string> {
    return String((await stage.evidence({ types: ['session.started'] })).at(-1)?.data['session'])
  }
  const refusedVariables = async (): Promise<readonly string[]> =>
    (await stage.evidence({ types: ['session.feature_refused'] })).flatMap(({ data, meaning }) =>
      data['feature'] === 'env' ? [String(meaning[String(data['detail'])])] : [],
    )

  it('sets the language on the target, and nothing else, and the recording says what was set', async () => {
    const run = await runSsh(await stage.sshLogin('vendor%ews-1'), {
      options: ['-o', 'SetEnv=LC_ALL=de_DE.UTF-8 LD_PRELOAD=/tmp/evil.so BASH_ENV=/tmp/evil', '-o', 'SendEnv=LANG'],
      command: 'env',
    })
    expect(run.exit).toBe(0)
    expect(run.stdout.toString()).toMatch(/^LC_ALL=de_DE\.UTF-8$/m)
    expect(run.stdout.toString()).toMatch(/^LANG=C\.UTF-8$/m)
    expect(run.stdout.toString()).not.toMatch(/LD_PRELOAD|BASH_ENV/)
    const { frames } = await readRecorded(stage.stage, await lastSession())
    expect(frames[0]).toMatchObject({
      kind: 'open',
      meta: { command: 'env', environment: { LANG: 'C.UTF-8', LC_ALL: 'de_DE.UTF-8' } },
    })
    await eventually('the refusal is evidence, once a connection', async () => {
      const names = await refusedVariables()
      return names.length === 1 && ['LD_PRELOAD', 'BASH_ENV'].includes(names[0] ?? '')
    })
  })

  it('passes the break of OpenSSH’s escape `~B` to a terminal’s line, and it stands in the recording', async () => {
    const run = await openSsh(await stage.sshLogin('vendor%hist-1'), {
      options: ['-tt'],
      terminal: { cols: 80, rows: 24 },
    })
    await run.sees('ready')
    run.write('\r~B')
    await eventually('the target hears the break', () => heard.includes('break 1000'))
    open.splice(0).forEach((channel) => channel.end())
    await run.ended
    const { frames } = await readRecorded(stage.stage, await lastSession())
    expect(frames.filter(({ kind }) => kind === 'event')).toMatchObject([{ event: { break: 1000 } }])
  })

  it('refuses a break where there is no line, and passes signals by any name', async () => {
    const client = await library('hist-1')
    const channel = await new Promise<ClientChannel>((resolve, reject) =>
      client.exec('stay', (error, opened) => (error ? reject(error) : resolve(opened))),
    )
    await new Promise((resolve) => channel.once('data', resolve))
    const before = heard.length
    sendBreak(channel, 500)
    sendSignal(channel, 'USR1')
    sendSignal(channel, 'INFO@openssh.com')
    sendChannelRequest(channel, 'signal', wireString('no name\x1b[2J'))
    sendSignal(channel, 'TERM')
    await eventually('the last signal arrives', () => heard.includes('signal TERM'))
    expect(heard.slice(before)).toEqual(['signal USR1', 'signal INFO@openssh.com', 'signal TERM'])
    client.end()
    await stage.quiet()
  })

  it.each([
    ['signal TERM', 'SIGTERM', false],
    ['core SEGV', 'SIGSEGV', true],
    ['signal XCPU@example.org', 'SIGXCPU@example.org', false],
    ['signal \x1b[2J', 'SIGUNKNOWN@sallyport', false],
  ])(
    'tells how a program was killed, to its last byte, and no words of the target with it: %j',
    async (command, name, core) => {
      const client = await library('hist-1')
      const seen = await new Promise((resolve, reject) =>
        client.exec(command, (error, channel) => {
          if (error) return reject(error)
          let out = ''
          let exit: unknown[] = []
          channel.on('data', (part: Buffer) => (out += part.toString()))
          channel.on('exit', (...all: unknown[]) => (exit = all))
          channel.on('close', () => resolve({ out, exit }))
        }),
      )
      expect(seen).toEqual({ out: 'last words\n', exit: [null, name, core, ''] })
      client.end()
      await stage.quiet()
      const { frames } = await readRecorded(stage.stage, await lastSession())
      expect(frames.filter(({ kind }) => kind === 'event')).toHaveLength(core ? 1 : 0)
      expect(frames.filter(({ kind }) => kind === 'exit')).toMatchObject([{ status: { signal: name.slice(3) } }])
    },
  )

  it('brings a killed command’s status as OpenSSH does', async () => {
    const run = await runSsh(await stage.sshLogin('vendor%ews-1'), { command: 'kill -KILL $$' })
    expect(run.exit).toBe(255)
    const shell = await runSsh(await stage.sshLogin('vendor%ews-1'), { command: 'sh -c "kill -TERM \\$\\$"; echo $?' })
    expect(shell.stdout.toString()).toBe('143\n')
  })

  it('takes a command as long as the target’s kernel does', async () => {
    const text = 'x'.repeat(120_000)
    const run = await runSsh(await stage.sshLogin('vendor%ews-1'), { command: `: ${text}; echo done` })
    expect({ exit: run.exit, shown: run.shown }).toEqual({ exit: 0, shown: 'done\n' })
    const { frames } = await readRecorded(stage.stage, await lastSession())
    expect(frames[0]).toMatchObject({ meta: { command: `: ${text}; echo done` } })
  })

  it('runs nothing of a command whose bytes it would have to change', async () => {
    const client = await library('ews-1')
    // ssh2 takes bytes as well as text; its types do not say so.
    const command = Buffer.concat([Buffer.from('echo '), Buffer.of(0xfc), Buffer.from('ber')]) as unknown as string
    const { exit: code, stdout, stderr } = await exec(client, command)
    expect({ code, stdout }).toEqual({ code: 255, stdout: '' })
    expect(stderr).toContain('the command holds bytes that are not UTF-8, and nothing was run')
    client.end()
  })

  it(`is one of ${channels} at the same time, each with its own bytes`, async () => {
    const client = await library('ews-1')
    const all = Array.from({ length: channels }, (_, n) => n)
    const ran = await Promise.all(all.map((n) => exec(client, `echo ${n}; echo ${n} >&2; exit ${n}`)))
    expect(ran).toEqual(all.map((n) => ({ exit: n, stdout: `${n}\n`, stderr: `${n}\n` })))
    client.end()
    await stage.quiet()
  })
})
