// The scripted demo, where somebody of the plant comes along: a supplier's session in process control waits for its
// escort, stops while the escort is away, and ends when the supplier is suspended, which another person has to lift.

import type { RequestBody } from '../contract/bodies.ts'
import type { SuspendedView, SuspensionView } from '../contract/standing-views.ts'
import type { EscortView, ListView, ProblemView, RequestView, SessionView } from '../contract/views.ts'
import { ensure, ensureBarred, type Visitors } from './access-steps.ts'
import type { Actors } from './actors.ts'
import { problemOf } from './api-visitor.ts'
import { askFor } from './asking.ts'
import { lastWords, type RunningSsh } from './ssh-connection.ts'
import { until, type Steps } from './steps.ts'

const asset = 'hmi-3'
const supplier = 'acme-drives'
const hourMs = 3_600_000
const why = 'a login of theirs was seen at two places at once'
const ask = (name: string, now: number): RequestBody => ({
  assets: [name],
  protocol: 'ssh',
  operationClass: 'operate',
  when: { kind: 'window', from: now, until: now + hourMs },
  purpose: 'look at the trends of drive 31 with the operator',
  ticket: 'WO-1043',
})

/** Plays it. @throws StepFailed with the step that went wrong. */
export async function playEscort(steps: Steps, actors: Actors, { vendor, approver, auditor }: Visitors): Promise<void> {
  const { ssh, terminal, session } = await steps.run('wait', async () => {
    const fitter = await actors.visitor('fitter')
    const asked = await askFor(fitter, ask(asset, Date.now()))
    const answer = { digest: asked.digest, comment: 'with an escort' }
    const approved = await approver.ok<RequestView>('POST', `/requests/${asked.id}/approve`, answer)
    const hint = approved.grant?.hints.find((text) => text.includes('watch')) ?? ''
    const login = await actors.ssh('fitter', asset)
    const shell = await login.open(['-tt'])
    const waiting = await until(() => liveOn(approver))
    ensure(waiting.state === 'waiting', 'a session that waits', waiting.state)
    return {
      value: { ssh: login, terminal: shell, session: waiting.id },
      line: `a second service engineer connects to ${asset}, in process control: nothing reaches it before an escort is there`,
      details: hint === '' ? [] : [hint],
    }
  })

  await steps.run('escort', async () => {
    const escort = await actors.visitor('escort')
    await escort.ok<EscortView>('POST', `/sessions/${session}/escort`)
    await terminal.says(`@${asset}`)
    await escort.ok<SessionView>('POST', `/sessions/${session}/escort/leave`)
    await terminal.says('your escort has left')
    const state = (await liveOn(approver))?.state
    ensure(state === 'paused', 'a paused session', String(state))
    terminal.type('echo alone-$((6 * 7))\n')
    await ensureBarred(ssh, 'waits for its escort')
    await escort.ok<EscortView>('POST', `/sessions/${session}/escort`)
    await until(async () => ((await liveOn(approver))?.state === 'active' ? true : null))
    terminal.type('echo together-$((6 * 7))\n')
    await terminal.says('together-42')
    ensure(!terminal.stdout().includes('alone-42'), 'nothing typed while alone', terminal.stdout().slice(-300))
    return {
      value: null,
      line: 'an escort comes, and it begins; the escort leaves, and input stops; the escort is back, and it goes on',
    }
  })

  const suspension = await steps.run('suspend', async () => {
    const security = await actors.visitor('security')
    const started = performance.now()
    const done = await security.ok<SuspendedView>('POST', '/suspensions', {
      target: { kind: 'supplier', id: supplier },
      reason: why,
    })
    await terminal.says('safety-related')
    const ms = Math.round(performance.now() - started)
    terminal.type('echo after-$((6 * 7))\n')
    await ensureBarred(ssh, 'may only observe')
    // Closed by itself ten minutes later; who knows the process says that it may go now.
    const safety = await actors.visitor('safety')
    await safety.ok<SessionView>('POST', `/sessions/${session}/kill`, { reason: 'line 3 stands', override: true })
    const { exit } = await terminal.ended
    const told = lineWith(terminal, 'line 3 stands')
    ensure(told !== '' && exit !== 0, 'the reason in the terminal', lastWords(terminal.stderr()))
    ensure(!terminal.stdout().includes('after-42'), 'nothing typed after that', terminal.stdout().slice(-300))
    return {
      value: done.suspension.id,
      line: `OT security suspends the supplier: input of its session stopped ${ms} ms later, and a safety engineer says that it may go:`,
      details: [told],
    }
  })

  await steps.run('blocked', async () => {
    const login = await actors.ssh('vendor', asset)
    const { exit, stderr } = await (await login.open([], ['hostname'])).ended
    const said = stderr.toString('utf8')
    ensure(exit !== 0 && said.includes('suspended'), 'a refusal that names the suspension', lastWords(said))
    await login.close()
    const { items } = await auditor.ok<ListView<unknown>>('GET', '/evidence?types=session.reconnect_blocked')
    ensure(items.length > 0, 'the attempt as evidence', 'none')
    return {
      value: null,
      line: 'everybody of that supplier is off: another of them connects and is refused, as evidence',
    }
  })

  await steps.run('lift', async () => {
    const [security, manager] = [await actors.visitor('security'), await actors.visitor('manager')]
    const path = `/suspensions/${suspension}/lift`
    const own = await security.call<ProblemView>('POST', path, { reason: 'false alarm' })
    ensure(own.status === 403, 'a refusal (403)', `status ${own.status}`)
    await manager.ok<SuspensionView>('POST', path, { reason: 'the two places are one office' })
    const again = await askFor(vendor, ask('ews-1', Date.now()))
    await vendor.ok<RequestView>('POST', `/requests/${again.id}/withdraw`)
    return {
      value: null,
      line: 'who suspended cannot lift it; another person does, and the supplier may ask again:',
      details: [problemOf(own)],
    }
  })
}

/** The session on the asset, whatever it does. */
async function liveOn(visitor: { ok<T>(method: 'GET', path: string): Promise<T> }): Promise<SessionView | null> {
  const { items } = await visitor.ok<ListView<SessionView>>('GET', '/sessions?state=live')
  return items.find(({ asset: on }) => on === asset) ?? null
}

function lineWith(terminal: RunningSsh, text: string): string {
  const shown = `${terminal.stdout()}\n${terminal.stderr()}`
  return (
    shown
      .split(/[\r\n]+/)
      .find((line) => line.includes(text))
      ?.trim() ?? ''
  )
}
