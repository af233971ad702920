// A gateway with workers in a process of its own: what becomes of them when it is killed, and when their disk is full.

import { execFile } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { afterAll, beforeAll, expect, it } from 'vitest'

import type { SessionView } from '../../gateway/contract/views.ts'
import { describeWith } from '../support/describe-with.ts'
import { eventually } from '../support/eventually.ts'
import { stageGateway, type GatewayStage } from '../support/gateway-stage.ts'
import { partPath } from '../support/parts.ts'
import { readRecorded } from '../support/recorded.ts'
import { openSsh, runSsh } from '../support/ssh-session.ts'
import { isAlive, workersOf } from '../support/worker-processes.ts'

const MiB = 1 << 20
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

describeWith(['ssh', 'sshd', 'ssh-keygen', 'prlimit'], 'a gateway with workers, in a process of its own', () => {
  let stage: GatewayStage

  beforeAll(async () => {
    stage = await stageGateway({ apart: true, overrides: { 'ssh.workers': 2 } })
    await stage.grant('ews-1')
    for (const login of ['approver', 'auditor']) await stage.api(login)
  }, 120_000)
  afterAll(() => stage?.stop())

  const workers = () => workersOf(stage.gateway.pid)

  it('holds a session whose worker finds no room on the disk, and it goes on whole when there is some', async () => {
    const limitFiles = async (bytes: number | 'unlimited') => {
      for (const pid of await workers())
        await promisify(execFile)(partPath('prlimit'), ['--pid', String(pid), `--fsize=${bytes}:unlimited`])
    }
    const source = join(stage.folder, 'firmware')
    const bytes = randomBytes(24 * MiB)
    await writeFile(source, bytes)
    await limitFiles(6 * MiB)
    const running = runSsh(await stage.sshLogin('vendor%ews-1'), { command: `cat ${source}` })
    const approver = await stage.api('approver')
    const { id } = await eventually('the session is held', async () => {
      const { items } = await approver.ok<{ items: readonly SessionView[] }>('GET', '/sessions?state=live')
      return items.find(({ state }) => state === 'held') ?? null
    })
    await limitFiles('unlimited')
    const run = await running
    expect({ exit: run.exit, sha256: sha256(run.stdout) }).toEqual({ exit: 0, sha256: sha256(bytes) })
    await stage.quiet()
    expect(sha256((await readRecorded(stage.stage, id)).out)).toBe(sha256(bytes))
    const [paused] = await stage.evidence({ types: ['session.recording_paused'], session: id })
    expect(Number(paused?.data['until'])).toBeGreaterThan(Number(paused?.data['from']))
  })

  it('leaves no worker behind when it is killed, and the next start seals what they recorded', async () => {
    const command = 'i=0; while :; do i=$((i+1)); echo "line $i"; sleep 0.002; done'
    const run = await openSsh(await stage.sshLogin('vendor%ews-1'), { command })
    run.write('typed before the crash\n')
    await run.sees('line 100\n')
    const pids = await workers()
    expect(pids).toHaveLength(2)
    await stage.gateway.kill()
    expect((await run.ended).exit).toBe(255)
    for (const pid of pids) await eventually('the worker has ended', async () => !(await isAlive(pid)))
    await stage.restart()
    const session = String((await stage.evidence({ types: ['session.started'] })).at(-1)?.data['session'])
    const [ended] = await stage.evidence({ types: ['session.ended'], session })
    expect(ended?.data).toMatchObject({ reason: 'interrupted' })
    const [seal] = await stage.evidence({ types: ['session.recording_sealed'], session })
    expect(seal?.data).toMatchObject({ status: 'interrupted', channels: 1 })
    const recorded = await readRecorded(stage.stage, session)
    expect(recorded.out.subarray(0, run.stdout().length)).toEqual(run.stdout())
    expect(recorded.in.toString()).toBe('typed before the crash\n')
    await eventually('the target serves nobody', async () => (await stage.targets['ews-1']?.connections()) === 0)
    expect(await workers()).toHaveLength(2)
  })

  it('takes its workers along when it stops', async () => {
    const pids = await workers()
    await stage.gateway.stop()
    expect(await Promise.all(pids.map(isAlive))).toEqual([false, false])
    await stage.restart()
  })
})
