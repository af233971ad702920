// No evidence, no session: when the disk takes no more, the session of an asset that does not wait ends before a byte crosses unrecorded; while nothing
// can be written, nothing begins; and when there is room again, the same gateway goes on.

import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { afterAll, beforeAll, expect, it } from 'vitest'

import type { Place } from '../../gateway/demo/stage.ts'
import { describeWith } from '../support/describe-with.ts'
import { eventually } from '../support/eventually.ts'
import { stageGateway, type GatewayStage } from '../support/gateway-stage.ts'
import { partPath } from '../support/parts.ts'
import { readRecorded } from '../support/recorded.ts'
import { runSsh } from '../support/ssh-session.ts'
import { workersOf } from '../support/worker-processes.ts'

const MiB = 1024 * 1024

describeWith(
  ['ssh', 'sshd', 'ssh-keygen', 'prlimit'],
  'attack 23: the recorder dies, its disk is full, and the session goes on: a gateway that cannot write',
  () => {
    let stage: GatewayStage

    beforeAll(async () => {
      const endsAtOnce = async (place: Place): Promise<Place> => ({ ...place, recordingPauseMinutes: 0 })
      stage = await stageGateway({ apart: true, spoil: endsAtOnce })
      await stage.grant('ews-1')
      await stage.api('auditor')
    })
    afterAll(() => stage.stop())

    /** From here on no file of the gateway grows beyond this (RLIMIT_FSIZE): its writes fail, as on a full disk. */
    async function limitFiles(bytes: number | 'unlimited'): Promise<void> {
      for (const pid of [stage.gateway.pid, ...(await workersOf(stage.gateway.pid))])
        await promisify(execFile)(partPath('prlimit'), ['--pid', String(pid), `--fsize=${bytes}:unlimited`])
    }

    async function lastSession(): Promise<string> {
      return String((await stage.evidence({ types: ['session.started'] })).at(-1)?.data['session'])
    }

    it.each([
      ['what the client sends', 'in'],
      ['what the target sends', 'out'],
    ] as const)(
      'ends the session when it can no longer record %s, and nothing crosses unrecorded',
      async (_what, way) => {
        await limitFiles(6 * MiB)
        const received = join(stage.folder, `received-${way}`)
        const sent = randomBytes(24 * MiB)
        const wish =
          way === 'in' ? { command: `cat > ${received}`, input: sent } : { command: 'head -c 24M /dev/urandom' }
        const run = await runSsh(await stage.sshLogin('vendor%ews-1'), wish)
        expect(run.exit).toBe(255)
        expect(run.stderr).toContain('the session ended because it can no longer be recorded')
        const session = await lastSession()
        const [ended] = await eventually('the end is evidence', async () => {
          const found = await stage.evidence({ types: ['session.ended'], session })
          return found.length > 0 ? found : null
        })
        expect(ended?.data).toMatchObject({ reason: 'recorder-failed' })
        const recorded = await readRecorded(stage.stage, session)
        const crossed = way === 'in' ? await readFile(received) : run.stdout
        expect(crossed.length).toBeGreaterThan(MiB)
        expect(crossed.length).toBeLessThanOrEqual(recorded[way].length)
        expect(crossed.equals(recorded[way].subarray(0, crossed.length))).toBe(true)
        const [sealed] = await stage.evidence({ types: ['session.recording_sealed'], session })
        expect(sealed?.data).toMatchObject({ status: 'interrupted' })
        const verdict = await (await stage.api('auditor')).ok('POST', `/recordings/${session}/verify`)
        expect(verdict).toMatchObject({ holds: true })
        await limitFiles('unlimited')
      },
    )

    it('begins no session when its recording cannot be opened', async () => {
      const recordings = join(stage.stage.config.dataFolder, 'recordings')
      const before = (await stage.evidence({ types: ['session.started'] })).length
      await rename(recordings, `${recordings}.away`)
      const { exit, stdout, stderr } = await runSsh(await stage.sshLogin('vendor%ews-1'), { command: 'echo in' })
      await rename(`${recordings}.away`, recordings)
      expect({ exit, stdout: stdout.toString() }).toEqual({ exit: 255, stdout: '' })
      expect(stderr).toBe(
        '[sallyport] the session cannot be recorded at the moment, so it cannot begin: tell the plant\r\n',
      )
      expect((await stage.evidence({ types: ['session.started'] })).length).toBe(before)
    })

    it('lets nobody in when the ledger cannot be written', async () => {
      const vendor = await stage.api('vendor')
      const before = await stage.doings()
      await limitFiles(1)
      const login = await stage.sshLogin('vendor%ews-1')
      const { exit, stdout } = await runSsh(login, { command: 'echo in' })
      const when = { kind: 'window', from: stage.clock.now(), until: stage.clock.now() + 60_000 }
      const rest = { protocol: 'ssh', operationClass: 'observe', when, purpose: 'find out', ticket: '' }
      const answer = await vendor.call('POST', '/requests', { assets: ['ews-1'], ...rest })
      await limitFiles('unlimited')
      expect({ exit, stdout: stdout.toString() }).toEqual({ exit: 255, stdout: '' })
      expect(answer.status).toBeGreaterThanOrEqual(500)
      expect(await stage.doings()).toEqual(before)
    })

    it('goes on when there is room again', async () => {
      const { exit, stdout } = await runSsh(await stage.sshLogin('vendor%ews-1'), { command: 'echo again' })
      expect({ exit, stdout: stdout.toString() }).toEqual({ exit: 0, stdout: 'again\n' })
      const session = await lastSession()
      const sealed = await eventually('the recording is sealed', async () => {
        const found = await stage.evidence({ types: ['session.recording_sealed'], session })
        return found.length > 0 ? found : null
      })
      expect(sealed[0]?.data).toMatchObject({ status: 'complete' })
      // The log was on the full disk too: what it could not say then it says now.
      const log = await eventually('the log goes on', async () => {
        const text = await stage.log()
        return text.includes(`"sessionId":"${session}"`) && text.includes('Session sealed') ? text : null
      })
      expect(log).toContain('Recording failed; the session ends')
    })
  },
)
