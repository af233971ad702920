// Attacks with time, attack class 39: clocks that are set back and ahead, codes of another moment, and the night on which
// an hour is missing. The stage's clock stands before the gateway's, as the machine's would.

import { afterAll, beforeAll, expect, it } from 'vitest'

import type { EvidenceView, RequestView } from '../../gateway/contract/views.ts'
import { askFor } from '../../gateway/demo/asking.ts'
import { openVisitor } from '../../gateway/demo/api-visitor.ts'
import { describeWith } from '../support/describe-with.ts'
import { eventually } from '../support/eventually.ts'
import { stageGateway, type GatewayStage } from '../support/gateway-stage.ts'
import { openSsh, runSsh } from '../support/ssh-session.ts'

const [minute, hour] = [60_000, 3_600_000]
/** The night of 28 March 2027 in Berlin goes from 02:00 to 03:00 at once. */
const before = Date.parse('2027-03-27T12:00:00Z')
const begins = Date.parse('2027-03-28T00:30:00Z')
const ends = Date.parse('2027-03-28T01:30:00Z')

describeWith(['ssh', 'sshd', 'ssh-keygen'], 'attack 39: time is turned against the gateway', () => {
  let stage: GatewayStage

  beforeAll(async () => {
    stage = await stageGateway({ overrides: { 'https.loginsPerMinute': 1000, 'https.refreshHours': 72 } })
    stage.clock.advance(before - stage.clock.now())
    await stage.api('auditor')
  }, 120_000)
  afterAll(() => stage?.stop())

  const lastOf = async (type: string): Promise<EvidenceView['data']> =>
    (await stage.evidence({ types: [type] })).at(-1)?.data ?? {}
  const tryIt = async () => runSsh(await stage.sshLogin('vendor%ews-1'), { command: 'echo in' })

  /** Asked for and agreed to, by two people where it takes two: at night it does. */
  async function ask(when: Parameters<typeof askFor>[1]['when']): Promise<void> {
    const wish = { assets: ['ews-1'], protocol: 'ssh', operationClass: 'operate', when } as const
    const vendor = await stage.api('vendor')
    const asked = await askFor(vendor, { ...wish, assets: ['ews-1'], purpose: 'replace the drive', ticket: '' })
    let { state } = asked
    for (const who of ['approver', 'security']) {
      const answer = { digest: asked.digest, comment: 'agreed' }
      const approve = `/requests/${asked.id}/approve`
      if (state === 'submitted') ({ state } = await (await stage.api(who)).ok<RequestView>('POST', approve, answer))
    }
    expect(state).toBe('approved')
  }
  const granted = (from: number) => ask({ kind: 'window', from, until: from + hour })

  it('in the night that is an hour short a window ends when the plant’s clock says, and no hour later', async () => {
    await ask({
      kind: 'recurring',
      days: ['sun'],
      from: '01:30',
      until: '03:30',
      firstDay: '2027-03-27',
      lastDay: '2027-03-29',
    })

    stage.clock.advance(begins - 5 * minute - stage.clock.now())
    const early = await tryIt()
    expect([early.exit, early.stdout.toString()]).toEqual([255, ''])
    expect(await lastOf('policy.decision')).toMatchObject({ outcome: 'deny', action: 'connect' })

    stage.clock.advance(begins + minute - stage.clock.now())
    const run = await openSsh(await stage.sshLogin('vendor%ews-1'), { command: 'echo up; cat' })
    await run.sees('up')
    stage.clock.advance(ends - 2 * minute - stage.clock.now())
    run.write('still here\n')
    await run.sees('still here')
    stage.clock.advance(ends - stage.clock.now())
    expect((await run.ended).exit).toBe(255)
    await stage.quiet()
    expect(await lastOf('session.ended')).toMatchObject({ reason: 'expired', windowUntil: ends })
    const late = await tryIt()
    expect(late.exit).toBe(255)
  })

  it('a clock that is set back opens no window again, also over a new start, and is evidence', async () => {
    const from = stage.clock.now()
    await granted(from)
    expect((await tryIt()).stdout.toString()).toBe('in\n')
    await stage.quiet()
    stage.clock.advance(hour)
    expect((await tryIt()).exit).toBe(255)
    const openGrants = async () => {
      const page = { limit: 50, before: null }
      const grants = await stage.withStore((store) => store.grants.list({ open: true, person: null }, page))
      return grants.filter(({ grant }) => grant.window.from === from).map(({ grant }) => grant.id)
    }
    await eventually('the grant is over', async () => (await openGrants()).length === 0)
    const [login, later] = [await stage.sshLogin('vendor%ews-1'), await stage.sshLogin('vendor%ews-1')]
    const again = async (by: typeof login) => (await runSsh(by, { command: 'echo in' })).stdout.toString()
    stage.clock.setWall(-50 * minute)
    try {
      expect(await again(login)).toBe('')
      expect(await lastOf('policy.decision')).toMatchObject({ outcome: 'deny', action: 'connect' })
      const jump = await eventually('the jump is evidence', async () => {
        const found = await lastOf('time.drift')
        return Number(found['byMs']) < 0 ? found : null
      })
      expect(jump['byMs']).toBeLessThan(-45 * minute)
      await stage.gateway.stop()
      await stage.restart()
      expect(await again(later)).toBe('')
      expect(await openGrants()).toEqual([])
    } finally {
      stage.clock.setWall(50 * minute)
    }
  })

  it('a clock that is set ahead makes nothing longer: a session ends, and no code of then is good now', async () => {
    const from = stage.clock.now()
    await granted(from)
    const run = await openSsh(await stage.sshLogin('vendor%ews-1'), { command: 'echo up; cat' })
    await run.sees('up')
    const code = stage.stage.code('fitter', stage.clock.now() + 10 * minute)
    const visitor = openVisitor({ port: stage.gateway.https.port, ca: stage.stage.pki.contents['ca.pem'] })
    const login = (totp: string) => visitor.login('fitter', stage.person('fitter').password.expose(), totp)
    expect((await login(code)).status).toBe(401)
    expect((await login(stage.stage.code('fitter', stage.clock.now() - 10 * minute))).status).toBe(401)
    expect(await lastOf('auth.mfa_failed')).toMatchObject({ person: stage.person('fitter').person.id })
    // One that was good is used up, also when its time comes again.
    const good = stage.code('fitter')
    expect((await login(good)).status).toBe(200)
    stage.clock.setWall(-minute)
    try {
      expect((await login(good)).status).toBe(401)
    } finally {
      stage.clock.setWall(minute)
    }

    stage.clock.setWall(2 * hour)
    try {
      expect((await run.ended).exit).toBe(255)
    } finally {
      stage.clock.setWall(-2 * hour)
    }
    await stage.quiet()
    expect(await lastOf('session.ended')).toMatchObject({ reason: 'expired' })
    expect(await lastOf('time.drift')).toHaveProperty('byMs')
  })
})
