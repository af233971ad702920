// A gateway with workers in a process of its own: what becomes of them when it is killed, and when their disk is full.

import { execFile } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'

import type { SessionView } from '../../gateway/contract/views.ts'
import { everyRecording, liveFoldersIn, liveRecordingsIn, makeLiveFolder } from '../../gateway/evidence/live-folders.ts'
import { startWorker } from '../../gateway/workers/process.ts'
import type { Places } from '../gateway/workers/confined-child.ts'
import { describeWith } from '../support/describe-with.ts'
import { eventually } from '../support/eventually.ts'
import { stageGateway, type GatewayStage } from '../support/gateway-stage.ts'
import { partPath } from '../support/parts.ts'
import { readRecorded, recordingOf } from '../support/recorded.ts'
import { openSsh, runSsh } from '../support/ssh-session.ts'
import { isAlive, workerOf, workersOf } from '../support/worker-processes.ts'

const MiB = 1 << 20
const confined = fileURLToPath(new URL('../gateway/workers/confined-child.ts', import.meta.url))
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
  /** A session that waits for its input to end, and who carries it. */
  async function openOne() {
    const known = (await stage.evidence({ types: ['session.started'] })).length
    const run = await openSsh(await stage.sshLogin('vendor%ews-1'), { command: 'echo begun; cat' })
    onTestFinished(() => void run.child.kill())
    await run.sees('begun\n')
    const session = String((await stage.evidence({ types: ['session.started'] })).at(known)?.data['session'])
    return { run, session, worker: await workerOf(stage.gateway.pid, session) }
  }

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

  it(
    'gives each worker a folder of its own, from which nothing leads to what another records',
    { timeout: 120_000 },
    async () => {
      const root = join(stage.stage.config.dataFolder, 'recordings')
      const runs = [await openOne(), await openOne()]
      const [first, second] = runs
      if (!first || !second) throw new Error('two sessions were to begin')
      expect(first.worker).not.toBe(second.worker)
      const folders = await Promise.all(
        runs.map(async ({ worker, session }) => {
          const flags = (await readFile(`/proc/${worker}/cmdline`, 'utf8')).split('\0')
          const written = flags.flatMap((flag) => /^--allow-fs-write=(.*)$/.exec(flag)?.[1] ?? [])
          const read = flags.flatMap((flag) => /^--allow-fs-read=(.*)$/.exec(flag)?.[1] ?? [])
          expect(written).toHaveLength(1)
          expect(read.filter((path) => path.startsWith(root))).toEqual(written)
          expect(recordingOf(stage.stage, session)).toBe(join(written[0] ?? '', session))
          return written[0]
        }),
      )
      expect(new Set(folders).size).toBe(2)

      // A program held as they are, with a folder of its own, tries what it can on a living recording and on a sealed one.
      const [sealed = ''] = [...everyRecording(root).values()].filter((dir) => existsSync(join(dir, 'seal')))
      const own = await makeLiveFolder(root)
      const child = startWorker({ entry: confined, folder: own, memoryMebibytes: 256 })
      onTestFinished(() => void child.kill('SIGKILL'))
      const others = recordingOf(stage.stage, second.session)
      child.send({
        secret: join(root, '..', 'vault.key'),
        elsewhere: join(root, 'elsewhere'),
        own,
        others,
        sealed,
      } satisfies Places)
      const [found] = (await once(child, 'message')) as [Readonly<Record<string, unknown>>]
      for (const what of [found['others'], found['sealed']]) {
        const { makesOwn, ...tries } = what as Readonly<Record<string, string>>
        expect(makesOwn).toBe('done')
        expect(new Set(Object.values(tries))).toEqual(new Set(['ERR_ACCESS_DENIED']))
      }
      expect([found['listsAll'], found['linksOutside'], found['readsSecret']]).toEqual(
        Array(3).fill('ERR_ACCESS_DENIED'),
      )

      for (const { run } of runs) run.child.stdin?.end()
      await Promise.all(runs.map(({ run }) => run.ended))
      await stage.quiet()
      const auditor = await stage.api('auditor')
      for (const { session } of runs) {
        expect(recordingOf(stage.stage, session)).toBe(join(root, session))
        expect(await auditor.ok('POST', `/recordings/${session}/verify`, {})).toMatchObject({ holds: true })
      }
      for (const folder of folders) expect(await readdir(folder ?? '')).toEqual([])
      await rm(own, { recursive: true })
    },
  )

  it('leaves no worker behind when it is killed, and the next start seals what they recorded', async () => {
    const command = 'i=0; while :; do i=$((i+1)); echo "line $i"; sleep 0.002; done'
    const run = await openSsh(await stage.sshLogin('vendor%ews-1'), { command })
    run.write('typed before the crash\n')
    await run.sees('line 100\n')
    const pids = await workers()
    expect(pids).toHaveLength(2)
    const root = join(stage.stage.config.dataFolder, 'recordings')
    await stage.gateway.kill()
    expect((await run.ended).exit).toBe(255)
    for (const pid of pids) await eventually('the worker has ended', async () => !(await isAlive(pid)))
    const [left] = liveRecordingsIn(root)
    expect(left?.session).toMatch(/^ses_/)
    await stage.restart()
    expect(liveRecordingsIn(root)).toEqual([])
    expect(liveFoldersIn(root)).toHaveLength(2)
    const session = String((await stage.evidence({ types: ['session.started'] })).at(-1)?.data['session'])
    expect(left?.session).toBe(session)
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
