// Terminals: size and its changes, keys that mean something, and the menu for those who named no asset.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { describeWith } from '../support/describe-with.ts'
import { eventually } from '../support/eventually.ts'
import { stageGateway, type GatewayStage } from '../support/gateway-stage.ts'
import { readRecorded } from '../support/recorded.ts'
import { openSsh, resizeTerminal, runSsh, type SshRun } from '../support/ssh-session.ts'

const terminal = { cols: 111, rows: 40 }

describeWith(['ssh', 'sshd', 'ssh-keygen', 'script'], 'a terminal', () => {
  let stage: GatewayStage

  beforeAll(async () => {
    stage = await stageGateway({ targets: ['ews-1', 'hist-1'] })
    await stage.grant('ews-1')
    await stage.grant('hist-1')
  })
  afterAll(() => stage.stop())

  const open = async (user: string): Promise<SshRun> => openSsh(await stage.sshLogin(user), { terminal })

  async function lastSession() {
    const started = (await stage.evidence({ types: ['session.started'] })).at(-1)
    return { id: String(started?.data['session']), asset: started?.data['asset'] }
  }

  it('has the client’s size on the target, follows its changes, and ends with the shell’s status', async () => {
    const run = await open('vendor%ews-1')
    run.write('stty size; echo $TERM\r')
    await run.sees(/40 111\r\n[^\r]*xterm-256color/)
    await resizeTerminal(run, 100, 30)
    await eventually('the target sees the new size', () => {
      run.write('stty size\r')
      return run.shown().includes('30 100')
    })
    run.write('exit 9\r')
    expect((await run.ended).exit).toBe(9)
    const { id } = await lastSession()
    const { frames } = await readRecorded(stage.stage, id)
    expect(frames[0]).toMatchObject({ kind: 'open', meta: { kind: 'pty', term: 'xterm-256color', ...terminal } })
    expect(frames).toContainEqual(expect.objectContaining({ kind: 'resize', cols: 100, rows: 30 }))
    expect(frames.at(-1)?.kind).toBe('close')
  })

  it('passes Ctrl-C to the program on the target and goes on', async () => {
    const run = await open('vendor%ews-1')
    run.write('echo rea""dy; sleep 1000\r')
    await run.sees('ready')
    run.write('\x03')
    run.write('echo sta""tus $?\r')
    await run.sees('status 130')
    run.write('exit 3\r')
    expect((await run.ended).exit).toBe(3)
  })

  it('shows what the target shows, and the recording holds it to the last byte', async () => {
    const run = await open('vendor%ews-1')
    await run.sees(/[$#] $/)
    run.write(`PS1='$ '; printf 'a\\tb\\033[1mbold\\033[0m\\n'; exit\r`)
    const { exit } = await run.ended
    expect(exit).toBe(0)
    const { id } = await lastSession()
    const recorded = await readRecorded(stage.stage, id)
    expect(run.stdout().toString('latin1')).toContain(recorded.out.toString('latin1'))
    expect(recorded.in.toString()).toContain('exit\r')
  })

  it('keeps of a password only how long it was, and of what is echoed everything', async () => {
    const run = await open('vendor%ews-1')
    await run.sees(/[$#] $/)
    run.write(
      `stty -echo; printf 'Pass''word: '; read secret; stty echo; echo; printf 'Pass''code: '; read shown; exit\r`,
    )
    await run.sees(/Password: $/)
    run.write('h0rse battery\r')
    await run.sees(/Passcode: $/)
    run.write('4')
    await run.sees('Passcode: 4')
    run.write('711\r')
    expect((await run.ended).exit).toBe(0)
    const { id } = await lastSession()
    const recorded = await readRecorded(stage.stage, id)
    expect(recorded.frames.flatMap((frame) => (frame.kind === 'masked' ? [frame.count] : []))).toEqual([13, 1])
    const typed = recorded.in.toString()
    expect(typed).not.toContain('horse')
    expect(typed).not.toContain('h0rse')
    expect(typed).toMatch(/exit\r\r711\r$/)
  })

  describe('without an asset named', () => {
    it('offers what may be reached now, and takes a number', async () => {
      const run = await open('vendor')
      await run.sees('You may reach now:')
      expect(run.shown()).toMatch(/1 +ews-1 .*Plant North, until \d\d:\d\d \(Europe\/Berlin\)/)
      run.write('2\r')
      await run.sees(/[$#] $/)
      run.write('exit\r')
      expect((await run.ended).exit).toBe(0)
      expect((await lastSession()).asset).toBe('hist-1')
    })

    it('takes a name, corrected with backspace, after something that was neither', async () => {
      const run = await open('vendor')
      await run.sees('> ')
      run.write('7\r')
      await run.sees('expected a number from 1 to 2 or a name above')
      run.write('ews-9\x7f1\r')
      await run.sees(/[$#] $/)
      run.write('exit\r')
      expect((await run.ended).exit).toBe(0)
      expect((await lastSession()).asset).toBe('ews-1')
    })

    it.each(['q\r', '\x03', '\x04'])('lets the user leave with %j', async (keys) => {
      const run = await open('vendor')
      await run.sees('> ')
      run.write(keys)
      expect((await run.ended).exit).toBe(0)
    })

    it('keeps what was typed ahead for the session', async () => {
      const run = await open('vendor')
      await run.sees('> ')
      run.write('1\recho typed-ah""ead; exit 6\r')
      expect((await run.ended).exit).toBe(6)
      expect(run.shown()).toContain('typed-ahead')
    })

    it('says how to name one where there is no terminal', async () => {
      const { exit, stderr, stdout } = await runSsh(await stage.sshLogin('vendor'), { command: 'true' })
      expect({ exit, stdout: stdout.toString() }).toEqual({ exit: 255, stdout: '' })
      expect(stderr).toBe('[sallyport] no asset was named: use `ssh login+asset@gateway`\r\n')
    })

    it('says that there is nothing to reach to somebody without a grant', async () => {
      const login = await stage.sshLogin('engineer', 'password')
      const run = await openSsh(login, { terminal })
      expect((await run.ended).exit).toBe(255)
      expect(run.shown()).toContain('You have no grant in its window now.')
    })
  })
})
