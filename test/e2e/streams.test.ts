// Bytes in bulk: nothing lost, nothing changed, nothing kept back, and the recording holds the same.

import { createHash, randomBytes } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'

import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'

import { describeWith } from '../support/describe-with.ts'
import { eventually } from '../support/eventually.ts'
import { stageGateway, type GatewayStage } from '../support/gateway-stage.ts'
import { readRecorded, recordingOf } from '../support/recorded.ts'
import { openSsh, runSsh, type SshRun } from '../support/ssh-session.ts'

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')
const MiB = 1024 * 1024

describeWith(['ssh', 'sshd', 'ssh-keygen'], 'bytes through a session', () => {
  let stage: GatewayStage

  beforeAll(async () => {
    stage = await stageGateway()
    await stage.grant('ews-1')
  })
  afterAll(() => stage.stop())
  // The session that lives is looked for by that: there is one at a time.
  afterEach(() => stage.quiet())

  async function lastSession(): Promise<string> {
    return String((await stage.evidence({ types: ['session.started'] })).at(-1)?.data['session'])
  }

  async function sealed(session: string): Promise<void> {
    await eventually(
      'the recording is sealed',
      async () => (await stage.evidence({ types: ['session.recording_sealed'], session })).length === 1,
    )
  }

  it('come back unchanged after 8 MiB of random bytes went out and in, and stand so in the recording', async () => {
    const sent = randomBytes(8 * MiB)
    const { exit, stdout } = await runSsh(await stage.sshLogin('vendor%ews-1'), { command: 'cat', input: sent })
    expect(exit).toBe(0)
    expect(sha256(stdout)).toBe(sha256(sent))
    const session = await lastSession()
    await sealed(session)
    const recorded = await readRecorded(stage.stage, session)
    expect([sha256(recorded.in), sha256(recorded.out)]).toEqual([sha256(sent), sha256(sent)])
    const [ended] = await stage.evidence({ types: ['session.ended'], session })
    expect(ended?.data).toMatchObject({ bytesIn: sent.length, bytesOut: sent.length })
  })

  it('keep both output streams whole when they alternate', async () => {
    const lines = (from: number): string => Array.from({ length: 60_000 }, (_, i) => `${from + i}\n`).join('')
    const command = Array.from({ length: 4 }, (_, i) => {
      const from = 1 + i * 60_000
      return `seq ${from} ${from + 59_999}; seq ${from} ${from + 59_999} >&2`
    }).join(';')
    const whole = lines(1) + lines(60_001) + lines(120_001) + lines(180_001)
    const { exit, stdout, stderr } = await runSsh(await stage.sshLogin('vendor%ews-1'), { command })
    expect(exit).toBe(0)
    expect(sha256(stdout)).toBe(sha256(Buffer.from(whole)))
    expect(sha256(Buffer.from(stderr))).toBe(sha256(Buffer.from(whole)))
  })

  it('wait for a reader that has stopped reading, and then arrive whole', async () => {
    const total = 48 * MiB
    const run = await openSsh(await stage.sshLogin('vendor%ews-1'), {
      command: `head -c ${total} /dev/zero`,
      input: '',
    })
    run.child.stdout?.pause()
    const session = await eventually('the session begins', () => liveSession())
    const length = await standsStill(session)
    // Kernel and SSH windows on both legs, and the gateway's own megabyte: a few, and never all of it.
    expect(length).toBeLessThan(24 * MiB)
    run.child.stdout?.resume()
    expect((await run.ended).exit).toBe(0)
    expect(run.stdout().length).toBe(total)
    expect(run.stdout().equals(Buffer.alloc(total))).toBe(true)
  })

  it('wait for a target that has stopped reading, and then arrive whole', async () => {
    const sent = randomBytes(32 * MiB)
    const gate = join(stage.folder, 'gate')
    const command = `while [ ! -e ${gate} ]; do sleep 0.05; done; sha256sum`
    const run = await openSsh(await stage.sshLogin('vendor%ews-1'), { command, input: sent })
    const length = await standsStill(await eventually('the session begins', () => liveSession()))
    expect(length).toBeLessThan(24 * MiB)
    await runSsh(await stage.sshLogin('vendor%ews-1'), { command: `touch ${gate}` })
    expect((await run.ended).exit).toBe(0)
    expect(run.stdout().toString()).toBe(`${sha256(sent)}  -\n`)
  })

  it('stop at once when the client leaves in the middle', async () => {
    const run: SshRun = await openSsh(await stage.sshLogin('vendor%ews-1'), { command: 'yes', input: '' })
    await run.sees('y\ny\n')
    run.child.kill('SIGKILL')
    await run.ended
    const session = await lastSession()
    await sealed(session)
    const [ended] = await stage.evidence({ types: ['session.ended'], session })
    expect(ended?.data).toMatchObject({ reason: 'client' })
  })

  async function liveSession(): Promise<string | null> {
    const auditor = await stage.api('auditor')
    const { items }: { items: { id: string }[] } = await auditor.ok('GET', '/sessions?state=live')
    return items[0]?.id ?? null
  }

  /** The length of the recorded stream once it grows no more. */
  async function standsStill(session: string): Promise<number> {
    const file = join(recordingOf(stage.stage, session), '0000.stream')
    let seen: readonly number[] = []
    return eventually('the recording stands still', async () => {
      const { size } = await stat(file).catch(() => ({ size: 0 }))
      seen = [...seen, size].slice(-20)
      return size > MiB / 2 && seen.length === 20 && seen.every((each) => each === size) ? size : null
    })
  }
})
