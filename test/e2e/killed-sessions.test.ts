// `kill -9` of the gateway in the middle of ten living sessions, again and again: every recording verifies to the last byte
// that was acknowledged, in both directions. KILLS says how often; a few times where nothing is said.

import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'

import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'

import { parseTrust, unwrapSessionKey, verifyRecording } from '../../recorder/index.ts'
import { describeWith } from '../support/describe-with.ts'
import { eventually } from '../support/eventually.ts'
import { stageGateway, type GatewayStage } from '../support/gateway-stage.ts'
import { readRecorded, recordingOf } from '../support/recorded.ts'
import { openSsh, type SshRun } from '../support/ssh-session.ts'
import { idOf } from '../support/ids.ts'

const kills = Number(process.env['KILLS'] ?? 3)
const people = Array.from({ length: 10 }, (_, n) => `engineer-${n}`)

describeWith(['ssh', 'sshd', 'ssh-keygen'], `ten living sessions, and ${kills} times a kill -9`, () => {
  let stage: GatewayStage

  beforeAll(async () => {
    stage = await stageGateway({
      apart: true,
      overrides: { 'ssh.maxUnauthenticatedPerSource': 20, 'ssh.dialTimeoutSeconds': 60 },
    })
    for (const login of people) {
      await stage.enrol({ login, displayName: login, roles: ['engineer'], supplier: null, plants: ['north'] })
      await stage.grant('ews-1', { by: login })
    }
  }, 240_000)
  afterAll(() => stage.stop())

  interface Busy {
    readonly run: SshRun
    /** Where the target keeps what reached it. */
    readonly received: string
    readonly feed: NodeJS.Timeout
  }

  /** A session that talks in both directions all the time: the target counts, and keeps what is typed to it. */
  async function busy(login: string, round: number): Promise<Busy> {
    const received = join(stage.folder, `received-${round}-${login}`)
    const command = `echo begun; (i=0; while :; do i=$((i+1)); echo "line $i of ${login}"; done) & cat > ${received}`
    const run = await openSsh(await stage.sshLogin(`${login}%ews-1`, 'password'), { command })
    onTestFinished(() => void run.child.kill())
    await run.sees('begun\n', 60_000)
    let n = 0
    const feed = setInterval(() => run.write(`input ${n++} of ${login}, round ${round}\n`), 1)
    onTestFinished(() => clearInterval(feed))
    return { run, received, feed }
  }

  /** Zero where the target has not even begun to keep it. */
  const sizeOf = (path: string): Promise<number> =>
    stat(path).then(
      ({ size }) => size,
      () => 0,
    )

  const beginningOf = (whole: Buffer, part: Buffer): boolean => whole.subarray(0, part.length).equals(part)

  it.each(Array.from({ length: kills }, (_, n) => n + 1))(
    'every recording holds what crossed, and verifies: kill %i',
    { timeout: 240_000 },
    async (round) => {
      const sessions = await Promise.all(people.map((login) => busy(login, round)))
      // Somewhere in the middle: another place in each round.
      await Promise.all(sessions.map(({ run }, n) => run.sees(`line ${100 + 37 * ((round + n) % 10)} of`, 60_000)))
      for (const { received } of sessions)
        await eventually('the target has got something', async () => (await sizeOf(received)) > 0)
      await stage.gateway.kill()
      for (const { feed } of sessions) clearInterval(feed)
      await Promise.all(sessions.map(({ run }) => run.ended))
      await stage.restart()

      const started = (await stage.evidence({ types: ['session.started'] })).slice(-people.length)
      const logins = await stage.withStore(async (store) => {
        const found = new Map<string, string>()
        for (const { data } of started) {
          const person = await store.people.byId(idOf.person(String(data['person'])))
          found.set(person?.login ?? '', String(data['session']))
        }
        return found
      })
      expect([...logins.keys()].toSorted()).toEqual(people)
      const trust = parseTrust(await (await stage.api('auditor')).ok('GET', '/evidence/trust'))
      if (trust.kind === 'malformed') throw new Error(trust.problems.join('; '))
      const { verifiers } = trust.trust
      const identity =
        stage.stage.pki.contents['replay.agekey'].split('\n').find((line) => line.startsWith('AGE-')) ?? ''
      for (const [n, login] of people.entries()) {
        const session = logins.get(login) ?? ''
        const dir = recordingOf(stage.stage, session)
        const key = await unwrapSessionKey(dir, [identity])
        const { recording, findings } = await verifyRecording(dir, { verifiers, key })
        expect(findings.filter(({ holds }) => !holds)).toEqual([])
        expect(recording).toMatchObject({ holds: true, status: 'interrupted' })
        const recorded = await readRecorded(stage.stage, session)
        const one = sessions[n]
        if (one === undefined) throw new Error(`no session of ${login}`)
        expect(beginningOf(recorded.out, one.run.stdout()), `${login}: what was shown`).toBe(true)
        const reached = await readFile(one.received)
        expect(beginningOf(recorded.in, reached), `${login}: what reached the target`).toBe(true)
      }
      await eventually('the target is rid of them', async () => (await stage.targets['ews-1']?.connections()) === 0)
    },
  )
})
