// Targets that speak telnet, by the ordinary SSH client: the real telnetd, and a hostile one.

import type { Socket } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'

import { describeWith } from '../support/describe-with.ts'
import { eventually } from '../support/eventually.ts'
import type { GatewayStage } from '../support/gateway-stage.ts'
import { readRecorded } from '../support/recorded.ts'
import { openSsh, resizeTerminal, runSsh, shareConnection } from '../support/ssh-session.ts'
import { stageTelnet, startTelnetd, telnetAccount, telnetPassword, type Telnetd } from '../support/telnet-stage.ts'
import { startController, type Controller } from '../support/tunnel-stage.ts'

const IAC = 255
const [DO, WILL, SB, TERMINAL_TYPE, ECHO] = [253, 251, 250, 24, 1]
const terminal = { cols: 100, rows: 30 }

describeWith(['ssh', 'script', 'telnetd'], 'a target that speaks telnet', () => {
  let stage: GatewayStage
  let telnetd: Telnetd
  let hostile: Controller
  let serve: (socket: Socket) => void = () => undefined
  let heard = Buffer.alloc(0)

  beforeAll(async () => {
    telnetd = await startTelnetd(true)
    hostile = await startController((socket) => {
      heard = Buffer.alloc(0)
      socket.on('data', (part: Buffer) => (heard = Buffer.concat([heard, part])))
      socket.once('end', () => socket.end())
      serve(socket)
    })
    stage = await stageTelnet({ ports: { 'hist-1': telnetd.port, 'ews-1': hostile.port } })
    await stage.grant('hist-1', { protocol: 'telnet' })
    await stage.grant('ews-1', { protocol: 'telnet' })
  })
  afterAll(async () => {
    await stage.stop()
    await telnetd.stop()
    await hostile.stop()
  })

  const lastSession = async (): Promise<string> =>
    String((await stage.evidence({ types: ['session.started'] })).at(-1)?.data['session'])
  const open = async (asset: string) => openSsh(await stage.sshLogin(`vendor%${asset}`), { terminal })
  const ended = async (session: string) =>
    (await stage.evidence({ types: ['session.ended'], session })).at(-1)?.data['reason']

  it('is logged in to by the gateway, and used like every other terminal', async () => {
    const run = await open('hist-1')
    await run.sees('plc-7> ')
    run.write('stty size; echo "term=$TERM"\r')
    await run.sees('30 100')
    await run.sees(/term=\w+/)
    await resizeTerminal(run, 120, 40)
    await eventually('the target knows the new size', async () => {
      run.write('stty size\r')
      return /40 120/.test(run.shown())
    })
    run.write("printf 'b\\377\\302\\265e\\n'\r")
    const printed = Buffer.from([0x62, 255, 0xc2, 0xb5, 0x65])
    await eventually('what is no text arrives as it is', () => run.stdout().includes(printed))
    // By itself: this telnetd does not send what its shell wrote last, where it learns first that the shell has ended.
    run.write('exit\r')
    const { exit } = await run.ended
    expect(exit).toBe(0)
    await stage.quiet()

    const session = await lastSession()
    const { frames, out, in: typed } = await readRecorded(stage.stage, session)
    const said = out.toString('latin1')
    expect(frames[0]).toMatchObject({ kind: 'open', meta: { kind: 'pty' } })
    // What it says before the login is there; the password is not, though this target shows it.
    expect(said).toContain('Controller 7, line 3')
    expect(said).toContain('plc-7 login: ')
    expect(said).toContain('********')
    const events = frames.flatMap((frame) => (frame.kind === 'event' ? [frame.event] : []))
    const everything = Buffer.concat([out, typed, Buffer.from(JSON.stringify(events)), run.stdout()])
    expect(everything.includes(telnetPassword)).toBe(false)
    expect(events).toContainEqual({ login: 'account sent by the gateway' })
    expect(events).toContainEqual({ login: 'password sent by the gateway' })
    expect(events).toContainEqual({ telnet: { option: 'window-size', by: 'gateway', on: true } })
    expect(typed.toString()).toContain('stty size')

    const evidence = await stage.evidence({ session })
    const types = evidence.map(({ type }) => type)
    expect(types.indexOf('session.connected')).toBeLessThan(types.indexOf('credential.injected'))
    expect(evidence.find(({ type }) => type === 'session.started')?.data).toMatchObject({ protocol: 'telnet' })
    expect(evidence.find(({ type }) => type === 'session.connected')?.data).toMatchObject({
      hostKey: null,
      target: null,
      clearText: { protocol: 'telnet', exception: 'EX-90' },
    })
    expect(JSON.stringify(evidence)).not.toContain(telnetPassword)
    expect(await stage.log()).not.toContain(telnetPassword)
  })

  it('is interrupted by Ctrl-C, and what follows the mark of it is read right', async () => {
    const run = await open('hist-1')
    await run.sees('plc-7> ')
    run.write('echo begun; sleep 600\r')
    await run.sees(/begun\r\n/)
    run.write('\u0003')
    await run.sees(/\^C[^]*plc-7> /)
    run.write('echo after-$((40+2))\r')
    await run.sees('after-42')
    run.write('exit\r')
    await run.ended
    expect(run.stdout().includes(Buffer.from([0xf2]))).toBe(false)
    expect(run.stdout().includes(Buffer.from([0xff]))).toBe(false)
  })

  it('gets no commands, files or tunnels, each with a reason', async () => {
    const command = await runSsh(await stage.sshLogin('vendor%hist-1'), { command: 'id' })
    expect(command.exit).toBe(255)
    expect(command.stderr).toContain('speaks telnet, which has terminals and nothing else')
    const shell = await runSsh(await stage.sshLogin('vendor%hist-1'), {})
    expect(shell.stderr).toContain('ask for a terminal')
    const files = await runSsh(await stage.sshLogin('vendor%hist-1'), { options: ['-s'], command: 'sftp' })
    expect(files.stderr).toContain('speaks telnet')
    const stream = await runSsh(await stage.sshLogin('vendor%hist-1'), {
      logLevel: 'INFO',
      options: ['-W', 'localhost:80'],
    })
    expect(stream.stderr).toMatch(/administratively prohibited: .*telnet/)
    await stage.quiet()
    const refused = await stage.evidence({ types: ['session.feature_refused'] })
    const features = refused.map(({ data }) => data['feature'])
    expect(features).toEqual(expect.arrayContaining(['exec', 'shell', 'subsystem:sftp', 'direct-tcpip']))
    expect(telnetd.running.size).toBe(0)
  })

  it('ends within a second of a kill, also while it is being logged in', async () => {
    serve = (socket) => socket.write('wait ')
    const run = await open('ews-1')
    await run.sees('wait ')
    const session = await lastSession()
    const at = Date.now()
    await (await stage.api('approver')).ok('POST', `/sessions/${session}/kill`, { reason: 'stop that' })
    await run.ended
    await eventually('its connection is closed', () => hostile.connections.size === 0)
    expect(Date.now() - at).toBeLessThan(5_000)
    expect(heard.length).toBe(0)
    await stage.quiet()
    expect(await ended(session)).toBe('killed')
  })

  it('shares a session among the terminals of one connection, each with a connection of its own', async () => {
    const { master, options } = await shareConnection(await stage.sshLogin('vendor%hist-1'))
    const login = await stage.sshLogin('vendor%hist-1')
    const [one, two] = [await openSsh(login, { terminal, options }), await openSsh(login, { terminal, options })]
    await Promise.all([one.sees('plc-7> '), two.sees('plc-7> ')])
    expect(telnetd.running.size).toBe(2)
    const session = await lastSession()
    one.write('exit\r')
    await one.ended
    two.write('echo still-$((1+1))\r')
    await two.sees('still-2')
    master.child.kill()
    await two.ended
    await stage.quiet()
    const [sealed] = await stage.evidence({ types: ['session.recording_sealed'], session })
    expect(sealed?.data).toMatchObject({ channels: 2, status: 'complete' })
    await eventually('both are gone', () => telnetd.running.size === 0)
  })

  it('that asks for the password again and again gets it once', async () => {
    serve = (socket) => {
      socket.write('login: ')
      socket.on('data', () => socket.write('\r\nPassword: '))
    }
    const run = await open('ews-1')
    const { exit } = await run.ended
    expect(exit).toBe(255)
    expect(run.shown()).toContain('the target refused the credential')
    const sent = `${telnetAccount}\r\0${telnetPassword}\r\0`
    expect(heard.toString('utf8')).toBe(sent)
    await stage.quiet()
    expect(await ended(await lastSession())).toBe('target-refused-login')
  })

  it('that never asks as declared gets nothing', async () => {
    serve = (socket) => {
      socket.write('Password: or rather\r\nPassword: ')
      setTimeout(() => socket.end(), 200)
    }
    const run = await open('ews-1')
    await run.ended
    expect(run.shown()).toContain('closed the connection before login')
    expect(heard.length).toBe(0)
  })

  it('that negotiates without end is cut off, and what it makes the gateway say is bounded', async () => {
    serve = (socket) => {
      const flood = Buffer.from(Array.from({ length: 3000 }, (_, i) => [IAC, DO, i % 200]).flat())
      const pour = (): void => {
        while (socket.writable && socket.write(flood)) continue
        socket.once('drain', pour)
      }
      pour()
    }
    const run = await open('ews-1')
    const { exit } = await run.ended
    expect(exit).toBe(255)
    expect(run.shown()).toContain('negotiates telnet options without end')
    expect(heard.length).toBeLessThan(10_000)
    await stage.quiet()
    expect(await ended(await lastSession())).toBe('target-protocol')
  })

  it('that never ends a subnegotiation is cut off, also when somebody works there', async () => {
    serve = (socket) => {
      socket.write('login: ')
      socket.once('data', () => {
        socket.write('Password: ')
        socket.once('data', () => {
          socket.write(Buffer.from([IAC, WILL, ECHO, ...Buffer.from('plc-7> ')]))
          socket.on('data', (part: Buffer) => {
            if (!part.includes('x')) return
            const pour = (): void => {
              while (socket.writable && socket.write(Buffer.alloc(4096, SB))) continue
              socket.once('drain', pour)
            }
            socket.write(Buffer.from([IAC, SB, TERMINAL_TYPE]))
            pour()
          })
        })
      })
    }
    const run = await open('ews-1')
    await run.sees('plc-7> ')
    run.write('x')
    const { exit } = await run.ended
    expect(run.shown()).toContain('subnegotiation of telnet longer than')
    expect(exit).toBe(255)
    await eventually('its connection is closed', () => hostile.connections.size === 0)
  })

  it('that talks and talks before a login is cut off', async () => {
    serve = (socket) => {
      const pour = (): void => {
        while (socket.writable && socket.write('Welcome! '.repeat(100))) continue
        socket.once('drain', pour)
      }
      pour()
    }
    const run = await open('ews-1')
    await run.ended
    expect(run.shown()).toContain('asks for no login')
  })

  it('passes a break as a break', async () => {
    serve = (socket) => {
      socket.write('login: ')
      socket.once('data', () => {
        socket.write('Password: ')
        socket.once('data', () => socket.write(Buffer.from([IAC, WILL, ECHO, ...Buffer.from('plc-7> ')])))
      })
    }
    const run = await open('ews-1')
    await run.sees('plc-7> ')
    run.write('\r~B')
    await eventually('the break arrives', () => heard.includes(Buffer.from([IAC, 243])))
    run.write('\r~.')
    await run.ended
    await stage.quiet()
    const { frames } = await readRecorded(stage.stage, await lastSession())
    expect(frames).toContainEqual(expect.objectContaining({ kind: 'event', event: { break: 1000 } }))
  })

  it('is shown to the asker as what it is', async () => {
    const vendor = await stage.api('vendor')
    const assets = await vendor.ok<{ items: { id: string; protocols: string[]; connect: string | null }[] }>(
      'GET',
      '/assets',
    )
    const asset = assets.items.find(({ id }) => id === 'hist-1')
    expect(asset?.protocols).toEqual(['telnet'])
    expect(asset?.connect).toMatch(/^ssh .*vendor\+hist-1@/)
  })
})
