// A session in the middle of its work when the disk is full: nothing crosses that is not recorded, and nothing is cut. It
// is held, its user is told, and it goes on where it stood when there is room, or ends when its time for that is over.

import { execFile } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'

import type { SessionView } from '../../gateway/contract/views.ts'
import { describeWith } from '../support/describe-with.ts'
import { eventually } from '../support/eventually.ts'
import { stageGateway, type GatewayStage } from '../support/gateway-stage.ts'
import { partPath } from '../support/parts.ts'
import { readRecorded } from '../support/recorded.ts'
import { openSsh, runSsh, shareConnection } from '../support/ssh-session.ts'
import { workersOf } from '../support/worker-processes.ts'

const MiB = 1024 * 1024
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

describeWith(['ssh', 'sshd', 'ssh-keygen', 'prlimit'], 'a session whose recording finds no room', () => {
  let stage: GatewayStage

  beforeAll(async () => {
    stage = await stageGateway({ apart: true })
    await stage.grant('ews-1')
    await stage.api('approver')
    await stage.api('auditor')
  })
  afterEach(() => limitFiles('unlimited'))
  afterAll(() => stage.stop())

  /** From here on no file of the gateway grows beyond this (RLIMIT_FSIZE), as on a full disk or at the end of a quota. */
  async function limitFiles(bytes: number | 'unlimited'): Promise<void> {
    const { pid } = stage.gateway
    for (const one of [pid, ...(await workersOf(pid))])
      await promisify(execFile)(partPath('prlimit'), ['--pid', String(one), `--fsize=${bytes}:unlimited`])
  }

  async function held(): Promise<SessionView> {
    const approver = await stage.api('approver')
    return eventually('the session is held', async () => {
      const { items } = (await approver.ok('GET', '/sessions?state=live')) as { items: readonly SessionView[] }
      return items.find(({ state }) => state === 'held') ?? null
    })
  }

  const sealed = (session: string) =>
    eventually('the recording is sealed', async () => {
      const found = await stage.evidence({ types: ['session.recording_sealed'], session })
      return found[0]?.data ?? null
    })

  it('takes a file from the target whole, though the disk was full in the middle', async () => {
    const source = join(stage.folder, 'firmware')
    const bytes = randomBytes(24 * MiB)
    await writeFile(source, bytes)
    await limitFiles(6 * MiB)
    const running = runSsh(await stage.sshLogin('vendor%ews-1'), { command: `cat ${source}` })
    const { id } = await held()
    await limitFiles('unlimited')
    const run = await running
    expect({ exit: run.exit, sha256: sha256(run.stdout) }).toEqual({ exit: 0, sha256: sha256(bytes) })
    expect(await sealed(id)).toMatchObject({ status: 'complete' })
    expect(sha256((await readRecorded(stage.stage, id)).out)).toBe(sha256(bytes))
    const [paused] = await stage.evidence({ types: ['session.recording_paused'], session: id })
    expect(Number(paused?.data['until'])).toBeGreaterThan(Number(paused?.data['from']))
  })

  it('puts a file on the target whole, and the end of it comes after its last byte', async () => {
    const received = join(stage.folder, 'received')
    const bytes = randomBytes(24 * MiB)
    await limitFiles(6 * MiB)
    const running = runSsh(await stage.sshLogin('vendor%ews-1'), {
      command: `cat > ${received} && sha256sum < ${received}`,
      input: bytes,
    })
    const { id } = await held()
    // What stands at the target was recorded before; the rest waits on this side.
    const crossed = (await stat(received)).size
    expect((await readRecorded(stage.stage, id)).in.length).toBeGreaterThanOrEqual(crossed)
    expect(crossed).toBeLessThan(bytes.length)
    await limitFiles('unlimited')
    const run = await running
    expect({ exit: run.exit, stdout: run.stdout.toString() }).toEqual({ exit: 0, stdout: `${sha256(bytes)}  -\n` })
    expect(sha256(await readFile(received))).toBe(sha256(bytes))
    expect(await sealed(id)).toMatchObject({ status: 'complete' })
    const recorded = await readRecorded(stage.stage, id)
    expect(sha256(recorded.in)).toBe(sha256(bytes))
    // Nothing is missing, and the record does not say so.
    expect(recorded.notices.join('\n')).not.toContain('did not reach')
  })

  it('tells who sits at a terminal, and what is typed meanwhile goes nowhere, for nobody means keys that wait', async () => {
    await limitFiles(6 * MiB)
    const run = await openSsh(await stage.sshLogin('vendor%ews-1'), { terminal: { cols: 100, rows: 30 } })
    await run.sees(/[$#] $/)
    run.write('head -c 8M /dev/zero | base64; echo do""ne\r')
    const { id } = await held()
    await run.sees('the recording waits, because its disk is full: nothing moves until there is room')
    run.write('echo typed in the g""ap\r')
    await stage.api('auditor')
    await limitFiles('unlimited')
    await run.sees('the session goes on')
    await run.sees('done')
    run.write('echo aft""er; exit 0\r')
    await run.ended
    expect(await sealed(id)).toMatchObject({ status: 'complete' })
    const { notices, out } = await readRecorded(stage.stage, id)
    expect(notices.join('\n')).toMatch(
      /the recording waits[^]*the session goes on[^]*bytes sent while input was stopped/,
    )
    expect(out.toString()).toContain('after')
    expect(out.toString()).not.toContain('in the g')
  })

  it('refuses another channel meanwhile, and leaves the session be', async () => {
    await limitFiles(6 * MiB)
    const login = await stage.sshLogin('vendor%ews-1')
    const { master, options } = await shareConnection(login)
    const first = await openSsh(login, { options, command: 'head -c 24M /dev/zero; cat' })
    const { id } = await held()
    const second = await runSsh(login, { options, command: 'echo in' })
    expect({ exit: second.exit, stdout: second.stdout.toString() }).toEqual({ exit: 255, stdout: '' })
    expect(second.stderr).toContain('the disk has no room to record another channel now')
    await limitFiles('unlimited')
    first.write('the end')
    first.child.stdin?.end()
    expect((await first.ended).exit).toBe(0)
    expect(
      first
        .stdout()
        .subarray(24 * MiB)
        .toString(),
    ).toBe('the end')
    master.child.kill()
    await master.ended
    expect(await sealed(id)).toMatchObject({ status: 'complete', channels: 1 })
  })

  it('ends when the minutes its asset may wait are over, recorded to the last byte that crossed', async () => {
    await limitFiles(6 * MiB)
    const running = runSsh(await stage.sshLogin('vendor%ews-1'), { command: 'head -c 24M /dev/urandom' })
    const { id } = await held()
    stage.clock.advance(5 * 60_000 + 1_000)
    const run = await running
    expect(run.exit).toBe(255)
    expect(run.stderr).toContain('the session ended because it can no longer be recorded')
    expect(await sealed(id)).toMatchObject({ status: 'interrupted' })
    const paused = await stage.evidence({ types: ['session.recording_paused'], session: id })
    expect(paused).toHaveLength(1)
    const { out } = await readRecorded(stage.stage, id)
    expect(run.stdout.length).toBeGreaterThan(MiB)
    const [ended] = await stage.evidence({ types: ['session.ended'], session: id })
    expect(ended?.data['bytesOut']).toBe(out.length)
    expect(out.subarray(0, run.stdout.length).equals(run.stdout)).toBe(true)
  })
})
