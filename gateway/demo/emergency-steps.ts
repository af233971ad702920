// The scripted demo, when there is no time: an emergency that is answered by whoever is on duty and measured, and a
// session whose window ends while the process still needs watching.

import { sayDuty } from '../../policy/index.ts'
import type { RequestBody } from '../contract/bodies.ts'
import type { EvidenceView, GrantView, ListView, RequestView, SessionView } from '../contract/views.ts'
import { ensure, ensureBarred, type Visitors } from './access-steps.ts'
import type { Actors } from './actors.ts'
import { askFor } from './asking.ts'
import { until, type Steps } from './steps.ts'

const asset = 'ews-2'
const hourMs = 3_600_000
/** So short that a demo can wait for its end; what is asked for is an hour. */
const grantedMs = 8_000
const ask = (now: number): RequestBody => ({
  assets: [asset],
  protocol: 'ssh',
  operationClass: 'operate',
  when: { kind: 'window', from: now, until: now + hourMs },
  tier: 'emergency',
  criteria: ['line-down', 'no-other-way'],
  purpose: 'line 2 stands still: the packaging cell does not start',
  ticket: '',
})

const secondsText = (ms: number): string => `${(ms / 1000).toFixed(1)} s`

/** Plays it. @throws StepFailed with the step that went wrong. */
export async function playEmergency(steps: Steps, actors: Actors, { approver, auditor }: Visitors): Promise<void> {
  const asked = await steps.run('emergency', async () => {
    const engineer = await actors.visitor('engineer')
    const request = await askFor(engineer, ask(Date.now()))
    const [need] = request.needs
    ensure(need?.kind === 'duty' && request.needs.length === 1, 'one need, a duty', JSON.stringify(request.needs))
    const people = need.onDuty.map(({ displayName }) => displayName).join(', ')
    ensure(people !== '', 'somebody on duty', 'a gap in the roster')
    return {
      value: request,
      line: `engineer declares an emergency on ${asset}; on duty as ${sayDuty(need.name)}: ${people}`,
    }
  })

  const { ssh, terminal, grant } = await steps.run('answer', async () => {
    const login = await actors.ssh('engineer', asset)
    const { items } = await approver.ok<ListView<RequestView>>('GET', '/requests?state=submitted')
    const queued = items.find(({ id }) => id === asked.id)
    ensure(queued?.myYes?.counts === true, 'a request the approver\u2019s yes counts for', `${items.length} others`)
    const now = Date.now()
    const approved = await approver.ok<RequestView>('POST', `/requests/${asked.id}/approve`, {
      digest: queued.digest,
      comment: 'go, and call me',
      changes: { window: { from: queued.terms.window.from, until: now + grantedMs } },
    })
    ensure(approved.grant !== null, 'a grant', `a request that is ${approved.state}`)
    const shell = await login.open(['-tt'])
    await shell.says(`@${asset}`)
    const { emergency } = await approver.ok<RequestView>('GET', `/requests/${asked.id}`)
    const usedAt = emergency?.usedAt ?? null
    ensure(usedAt !== null && emergency?.alarmed === false, 'the first session measured', JSON.stringify(emergency))
    const aim = Math.round(((emergency?.targetAt ?? 0) - asked.submittedAt) / 60_000)
    return {
      value: { ssh: login, terminal: shell, grant: approved.grant },
      line: `the shift lead says yes, to ${grantedMs / 1000} s instead of an hour; from asking to the first session: ${secondsText(usedAt - asked.submittedAt)} (aim: ${aim} min)`,
    }
  })

  const live = async (): Promise<SessionView | null> => {
    const { items } = await approver.ok<ListView<SessionView>>('GET', '/sessions?state=live')
    return items.find(({ grant: of }) => of === grant.id) ?? null
  }

  await steps.run('drain', async () => {
    const observing = await until(async () => {
      const session = await live()
      return session === null || session.state === 'observing' ? { session } : null
    })
    ensure(observing.session !== null, 'a session that observes', 'none')
    await terminal.says('the access window is over')
    terminal.type('echo typed-$((6 * 7))\n')
    await ensureBarred(ssh, 'may only observe')
    const left = Math.round((observing.session.hardUntil - observing.session.windowUntil) / 60_000)
    return {
      value: null,
      line: `the window ends, and the line must not be dropped: the session observes for ${left} min more, input is stopped, and it says so`,
    }
  })

  await steps.run('extend', async () => {
    const body = { until: Date.now() + hourMs / 2, comment: 'finish what you began' }
    await approver.ok<GrantView>('POST', `/grants/${grant.id}/extend`, body)
    await until(async () => ((await live())?.state === 'active' ? true : null))
    terminal.type('echo again-$((6 * 7))\nexit 0\n')
    const { exit } = await terminal.ended
    const shown = terminal.stdout()
    ensure(exit === 0 && shown.includes('again-42'), 'input that arrives again', JSON.stringify(shown.slice(-300)))
    ensure(!shown.includes('typed-42'), 'nothing of what was typed in between', JSON.stringify(shown.slice(-300)))
    const { items } = await auditor.ok<ListView<EvidenceView>>(
      'GET',
      '/evidence?types=session.degraded,session.restored',
    )
    ensure(items.length >= 2, 'both as evidence', String(items.length))
    return { value: null, line: 'the approver extends: input flows again; what was typed in between never arrived' }
  })
  // The login would hold the engineer's place.
  const body = { reason: 'the line runs again' }
  await approver.call('POST', `/grants/${grant.id}/revoke`, body)
  await ssh.close()
}
