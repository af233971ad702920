// A session never outlives its permission. Each way it can be taken away ends the client that is running, soon, with the
// reason on its terminal and in the evidence.

import { afterAll, beforeAll, expect, it } from 'vitest'

import type { EvidenceView, GrantView } from '../../gateway/contract/views.ts'
import { disablePerson } from '../../gateway/identity/disable.ts'
import { describeWith } from '../support/describe-with.ts'
import { eventually } from '../support/eventually.ts'
import { stageGateway, type GatewayStage } from '../support/gateway-stage.ts'
import { readRecorded } from '../support/recorded.ts'
import { openSsh, runSsh, type RunWish } from '../support/ssh-session.ts'

const second = 1_000
/**
 * What is promised is a second, and `npm run demo -- --once` measures it. A test runs on whatever machine there is, beside
 * whatever else runs there: here it only has to be soon, and not the end of the window or a time-out.
 */
const soon = 10 * second
const terminal = { cols: 100, rows: 30 }

describeWith(['ssh', 'sshd', 'ssh-keygen', 'script'], 'a session ends', () => {
  let stage: GatewayStage

  beforeAll(async () => {
    stage = await stageGateway()
    await stage.enrol({
      login: 'leaver',
      displayName: 'Leaver',
      roles: ['engineer'],
      supplier: null,
      plants: ['north'],
    })
    for (const login of ['vendor', 'approver', 'auditor', 'leaver']) await stage.api(login)
  })
  afterAll(() => stage.stop())

  /** A grant of its own and a client on it that has shown it is up. */
  async function open(wish: { by?: string; lastsMs?: number; run?: RunWish } = {}) {
    const { by = 'vendor', lastsMs = 3_600_000, run: options = { terminal } } = wish
    // Codes are taken first: taking one may move the clock on.
    const login = await stage.sshLogin(`${by}%ews-1`, by === 'vendor' ? 'key' : 'password')
    const from = stage.clock.now()
    const grant = await stage.grant('ews-1', { by, window: { from, until: from + lastsMs } })
    const run = await openSsh(login, options)
    run.write('echo u""p\r\n')
    await run.sees('up')
    const [started] = (await stage.evidence({ types: ['session.started'] })).slice(-1)
    return { grant, run, session: String(started?.data['session']) }
  }

  async function ledgerOf(session: string): Promise<readonly EvidenceView[]> {
    return eventually('the session is sealed', async () => {
      const events = await stage.evidence({ session })
      return events.at(-1)?.type === 'session.recording_sealed' ? events : null
    })
  }

  const endedIn = (events: readonly EvidenceView[]) => events.find(({ type }) => type === 'session.ended')?.data ?? {}

  /** The instants are whole milliseconds of one clock: how long after `at` the gateway had closed every socket. */
  const lateBy = (data: Readonly<Record<string, unknown>>, at: number): number => Number(data['endedAt']) - at

  it('when its window ends, by the clock, to the second', async () => {
    const { grant, run, session } = await open({ lastsMs: 60 * second })
    stage.clock.advance(grant.window.until - stage.clock.now() - second)
    expect((await run.ended).exit).toBe(255)
    expect(run.shown()).toMatch(
      /the session ended because the access window ended at \d\d:\d\d:\d\d \(Europe\/Berlin\)/,
    )
    const events = await ledgerOf(session)
    expect(endedIn(events)).toMatchObject({ reason: 'expired', windowUntil: grant.window.until })
    expect(lateBy(endedIn(events), grant.window.until)).toBeGreaterThanOrEqual(0)
    expect(lateBy(endedIn(events), grant.window.until)).toBeLessThan(soon)
    expect(events.map(({ type }) => type)).toContain('session.terminated_expiry')
  })

  it('when its window ends, also where somebody sets the wall clock back', async () => {
    const { grant, run, session } = await open({ lastsMs: 60 * second })
    stage.clock.advance(grant.window.until - stage.clock.now() - second)
    stage.clock.setWall(-3_600_000)
    try {
      expect((await run.ended).exit).toBe(255)
      const events = await ledgerOf(session)
      expect(endedIn(events)).toMatchObject({ reason: 'expired', windowUntil: grant.window.until })
      expect(lateBy(endedIn(events), grant.window.until)).toBeLessThan(soon)
      const jump = await eventually(
        'the jump is evidence',
        async () => (await stage.evidence({ types: ['time.drift'] })).at(-1) ?? null,
      )
      expect(jump.data['byMs']).toBeLessThan(-3_500_000)
    } finally {
      stage.clock.setWall(3_600_000)
    }
  })

  it('after a warning in the terminal, which is recorded, and not into a program’s output', async () => {
    const withTerminal = await open({ lastsMs: 20 * second })
    await withTerminal.run.sees('[sallyport] access ends in 10 seconds, at ')
    stage.clock.advance(10 * second)
    await withTerminal.run.ended
    const { notices } = await readRecorded(stage.stage, withTerminal.session)
    expect(notices[0]).toMatch(
      /^access ends in 10 seconds, at .*: ask the approver for an extension if you need longer$/,
    )

    const without = await open({ lastsMs: 12 * second, run: { command: 'echo up; while sleep 0.2; do echo; done' } })
    stage.clock.advance(12 * second)
    await without.run.ended
    expect(without.run.stdout().toString()).not.toContain('sallyport')
    expect(without.run.stderr()).toContain('the access window ended')
  })

  it('later, when the grant was extended', async () => {
    const { grant, run, session } = await open({ lastsMs: 5 * second })
    const until = grant.window.until + 3_600_000
    await (await stage.api('approver')).ok('POST', `/grants/${grant.id}/extend`, { until, comment: 'needs longer' })
    await run.sees('access was extended: it now ends at ')
    stage.clock.advance(6 * second)
    await eventually('the first end is over', async () => stage.clock.now() > grant.window.until)
    run.write('echo still o""pen\r\n')
    await run.sees('still open')
    expect(run.child.exitCode).toBeNull()
    stage.clock.advance(3_600_000)
    expect((await run.ended).exit).toBe(255)
    expect(endedIn(await ledgerOf(session))).toMatchObject({ reason: 'expired', windowUntil: until })
  })

  it('when an approver revokes the grant, with the words they wrote', async () => {
    const { grant, run, session } = await open()
    const at = stage.clock.now()
    const answer: GrantView = await (
      await stage.api('approver')
    ).ok('POST', `/grants/${grant.id}/revoke`, {
      reason: 'line 1 is needed',
    })
    expect(answer).toMatchObject({ state: 'revoked', reason: 'line 1 is needed' })
    expect((await run.ended).exit).toBe(255)
    expect(run.shown()).toContain('the session ended because the access was revoked: line 1 is needed')
    const events = await ledgerOf(session)
    expect(endedIn(events)).toMatchObject({ reason: 'revoked' })
    expect(lateBy(endedIn(events), at)).toBeLessThan(soon)
  })

  it('when the plant kills it, and the evidence says how long that took', async () => {
    const { run, session } = await open()
    await (await stage.api('approver')).ok('POST', `/sessions/${session}/kill`, { reason: 'wrong cabinet' })
    expect((await run.ended).exit).toBe(255)
    expect(run.shown()).toContain('the session was ended by the plant: wrong cabinet')
    const events = await ledgerOf(session)
    expect(endedIn(events)).toMatchObject({ reason: 'killed' })
    const kill = events.find(({ type }) => type === 'session.terminated_kill')?.data ?? {}
    expect(kill).toMatchObject({ by: stage.person('approver').person.id })
    expect(Number(kill['closedAt']) - Number(kill['orderedAt'])).toBeLessThan(soon)
    const again = await (await stage.api('approver')).call('POST', `/sessions/${session}/kill`, { reason: 'again' })
    expect(again.status).toBe(409)
  })

  it('once, when two kill it at the same time: one order is evidence, the other finds it ending', async () => {
    const { run, session } = await open()
    const approver = await stage.api('approver')
    const orders = ['first', 'second'].map((reason) => approver.call('POST', `/sessions/${session}/kill`, { reason }))
    expect(
      (await Promise.all(orders)).map(({ status }) => status).toSorted((a, b) => String(a).localeCompare(String(b))),
    ).toEqual([200, 409])
    expect((await run.ended).exit).toBe(255)
    const types = (await ledgerOf(session)).map(({ type }) => type).filter((type) => type.includes('kill'))
    expect(types).toEqual(['session.kill_ordered', 'session.terminated_kill'])
  })

  it('when it is killed although the client has stopped listening', async () => {
    const { run, session } = await open({ run: { command: 'echo up; yes' } })
    run.child.kill('SIGSTOP')
    await (await stage.api('approver')).ok('POST', `/sessions/${session}/kill`, { reason: 'no answer' })
    const kill = (await ledgerOf(session)).find(({ type }) => type === 'session.terminated_kill')?.data ?? {}
    expect(Number(kill['closedAt']) - Number(kill['orderedAt'])).toBeLessThan(soon)
    await eventually('the target’s side is closed', async () => (await stage.targets['ews-1']?.connections()) === 0)
    run.child.kill('SIGCONT')
    expect((await run.ended).exit).toBe(255)
  })

  it('when the person is disabled by another process', async () => {
    const { run, session } = await open({ by: 'leaver' })
    const at = stage.clock.now()
    const { person } = stage.person('leaver')
    await stage.withStore((store) => disablePerson({ store, clock: stage.clock }, person, null, 'left the company'))
    expect((await run.ended).exit).toBe(255)
    expect(run.shown()).toContain('the session ended because the account was disabled')
    const ended = endedIn(await ledgerOf(session))
    expect(ended).toMatchObject({ reason: 'person-disabled' })
    // Another process is noticed at the next look, which comes every second.
    expect(lateBy(ended, at)).toBeLessThan(soon)
    expect((await (await stage.api('leaver')).call('GET', '/auth/me')).status).toBe(401)
  })

  it('when the target goes away', async () => {
    const { run, session } = await open()
    run.write('kill -9 $PPID\r\n')
    expect((await run.ended).exit).toBe(255)
    expect(endedIn(await ledgerOf(session))).toMatchObject({ reason: 'target' })
  })

  it('when the gateway stops, with a word to the user, and everything is sealed', async () => {
    const { run, session } = await open({ run: { command: 'echo up; cat' } })
    const left = stage.gateway.stop()
    expect((await run.ended).exit).toBe(255)
    expect(run.stderr()).toContain('the session ended because the gateway is stopping: try again in a few minutes')
    await left
    const stored = await stage.withStore((store) => store.sessions.unsealed())
    expect(stored).toEqual([])
    const events = await stage.withStore((store) =>
      store.evidence.list({ types: null, session }, { limit: 10, before: null }),
    )
    expect(events.map(({ type }) => type)).toContain('session.recording_sealed')
    const login = { ...(await stage.sshLogin('vendor%ews-1')), port: stage.gateway.ssh.port }
    expect((await runSsh(login, { command: 'true' })).stderr).toContain('Connection refused')
  })
})
