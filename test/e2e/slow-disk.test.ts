// A session on a disk that is really slow: every write and every sync of the gateway is held up in the kernel. The session
// waits with the disk, what crosses is whole and recorded, and the slow disk is evidence and told.

import { spawn, type ChildProcess } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { afterAll, beforeAll, expect, it } from 'vitest'

import { describeWith } from '../support/describe-with.ts'
import { eventually } from '../support/eventually.ts'
import { stageGateway, type GatewayStage } from '../support/gateway-stage.ts'
import { partPath } from '../support/parts.ts'
import { readRecorded } from '../support/recorded.ts'
import { openSsh, runSsh } from '../support/ssh-session.ts'
import { workersOf } from '../support/worker-processes.ts'

const MiB = 1024 * 1024
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

describeWith(['ssh', 'sshd', 'ssh-keygen', 'strace'], 'a session on a slow disk', () => {
  let stage: GatewayStage
  let slowing: ChildProcess | null = null

  beforeAll(async () => {
    stage = await stageGateway({ apart: true })
    await stage.grant('ews-1')
    await stage.api('auditor')
  })
  afterAll(async () => {
    await letGo()
    await stage.stop()
  })

  /** From here on each of these calls of the gateway takes so much longer in the kernel. */
  async function slowDown(call: 'writev' | 'fsync', ms: number): Promise<void> {
    const inject = `inject=${call}:delay_enter=${ms * 1_000}`
    const { pid } = stage.gateway
    const pids = [pid, ...(await workersOf(pid))].flatMap((one) => ['-p', String(one)])
    const args = ['-f', '-q', '-o', '/dev/null', '-e', `trace=${call}`, '-e', inject, ...pids]
    slowing = spawn(partPath('strace'), args, { stdio: ['ignore', 'ignore', 'pipe'] })
    await eventually('it is slow', async () =>
      /TracerPid:\t[1-9]/.test(await readFile(`/proc/${stage.gateway.pid}/status`, 'utf8')) ? true : null,
    )
  }

  async function letGo(): Promise<void> {
    const running = slowing
    slowing = null
    if (running === null || running.exitCode !== null) return
    const ended = once(running, 'exit')
    running.kill('SIGTERM')
    await ended
  }

  const last = async (type: string) =>
    eventually(`there is ${type}`, async () => (await stage.evidence({ types: [type] })).at(-1)?.data ?? null)

  it('puts a file on the target whole, slowly, and records each byte before it gets there', async () => {
    const received = join(stage.folder, 'received')
    const bytes = randomBytes(3 * MiB)
    await slowDown('writev', 50)
    const run = await runSsh(await stage.sshLogin('vendor%ews-1'), { command: `cat > ${received}`, input: bytes })
    await letGo()
    expect(run.exit).toBe(0)
    expect(sha256(await readFile(received))).toBe(sha256(bytes))
    const session = String((await last('session.started'))['session'])
    await stage.quiet()
    expect(sha256((await readRecorded(stage.stage, session)).in)).toBe(sha256(bytes))
    expect(await stage.evidence({ types: ['session.recording_paused'], session })).toEqual([])
  })

  it('tells who is in a session that it waits for the disk, and goes on when the disk does', async () => {
    const run = await openSsh(await stage.sshLogin('vendor%ews-1'), { terminal: { cols: 100, rows: 30 } })
    await run.sees(/[$#] $/)
    await slowDown('writev', 1_200)
    run.write('echo go""es on\r')
    await run.sees('the disk of recordings is slow at the moment')
    await letGo()
    await run.sees('goes on')
    run.write('exit 0\r')
    await run.ended
    expect(await last('recording.disk_slow')).toMatchObject({ sessions: 1 })
    const { longestMs } = await last('recording.disk_slow')
    expect(Number(longestMs)).toBeGreaterThanOrEqual(1_200)
    await stage.quiet()
    const session = String((await last('session.started'))['session'])
    const verdict = await (await stage.api('auditor')).ok('POST', `/recordings/${session}/verify`)
    expect(verdict).toMatchObject({ holds: true })
    expect((await readRecorded(stage.stage, session)).out.toString()).toContain('goes on')
  })
})
