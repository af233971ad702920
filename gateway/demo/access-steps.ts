// The first half of the scripted demo: a vendor asks, the plant answers, the vendor works with the ordinary OpenSSH
// client, and the plant ends the access while a terminal is open.

import type { RequestBody } from '../contract/bodies.ts'
import type {
  AssetView,
  ConfirmedView,
  EvidenceView,
  GrantView,
  ListView,
  ProblemView,
  RequestView,
  SessionView,
} from '../contract/views.ts'
import type { Actors } from './actors.ts'
import { askFor } from './asking.ts'
import { openVisitor, problemOf, type ApiVisitor } from './api-visitor.ts'
import { controllerAsset, lastLogLine, logFile, statusFile, type Plant } from './plant.ts'
import { lastWords, type SshConnection } from './ssh-connection.ts'
import { until, type Steps } from './steps.ts'

const asset = 'ews-1'
/** What is reached in the demo was seen before. */
const walkedDown = [asset, 'ews-2', 'hist-1', 'hmi-3']
const outOfScope = 'south-ews-1'
const hourMs = 3_600_000
/** Revocation reaches the open terminal within a second; what it took is shown. On a busy laptop the demo forgives more. */
const cutWithinMs = 5_000
const revokeReason = 'the line starts again in ten minutes'
const ask = (asset: string, now: number): RequestBody => ({
  assets: [asset],
  protocol: 'ssh',
  operationClass: 'operate',
  when: { kind: 'window', from: now, until: now + hourMs },
  purpose: 'drive 12 is down: read its log and find the fault',
  ticket: 'WO-1042',
})

export interface Visitors {
  readonly vendor: ApiVisitor
  readonly approver: ApiVisitor
  readonly auditor: ApiVisitor
}

export interface AccessDone {
  readonly visitors: Visitors
  /** Id of the session that took place. */
  readonly session: string
}

/** What must be so for the demo to be what it says. @throws with what was expected and what came. */
export function ensure(holds: boolean, expected: string, got: string): asserts holds {
  if (!holds) throw new Error(`expected ${expected}, got ${got}`)
}

/**
 * A further channel of a session that takes no input is refused. What was typed before on the same connection has
 * reached the gateway by then.
 */
export async function ensureBarred(ssh: SshConnection, why: string): Promise<void> {
  const { exit, stderr } = await (await ssh.open([], ['hostname'])).ended
  const said = stderr.toString('utf8')
  ensure(exit !== 0 && said.includes(why), `a channel refused because \`${why}\``, `exit ${exit}: ${lastWords(said)}`)
}

const clockTime = (at: number, timeZone: string): string =>
  new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' }).format(at)

/** Plays it. @throws StepFailed with the step that went wrong. */
export async function playAccess(plant: Plant, steps: Steps, actors: Actors): Promise<AccessDone> {
  const { gateway } = plant

  await steps.run('guess', async () => {
    const visitor = openVisitor({ port: gateway.https.port, ca: plant.ca })
    const tries = [
      await visitor.login('vendor', 'let me in', '000000'),
      await visitor.login('nobody', 'let me in', '000000'),
    ]
    const [known, unknown] = tries.map((answer) => `${answer.status}: ${problemOf(answer)}`)
    ensure(known?.startsWith('401') === true, 'a refusal (401)', String(known))
    ensure(known === unknown, `the same answer for an unknown login, \`${known}\``, String(unknown))
    return {
      value: null,
      line: 'somebody guesses a password: refused, with the same answer whether the login exists or not',
    }
  })

  const visitors = await steps.run('log in', async () => {
    const [vendor, approver, auditor] = await Promise.all([
      actors.visitor('vendor'),
      actors.visitor('approver'),
      actors.visitor('auditor'),
    ])
    return {
      value: { vendor, approver, auditor },
      line: 'vendor, approver and auditor log in to the web API, each with password and authenticator code',
    }
  })
  const { vendor, approver } = visitors

  await steps.run('walkdown', async () => {
    const items = walkedDown.map((each) => ({ asset: each, note: 'label and serial number as declared' }))
    const confirmed = await approver.ok<ConfirmedView>('POST', '/assets/confirmations', { items })
    const [seen] = confirmed.items
    ensure(seen?.confirmation?.state === 'fresh', 'confirmed assets', `${confirmed.items.length} others`)
    return {
      value: null,
      line: `approver has walked down and confirms ${walkedDown.join(', ')}: each stands where it is declared`,
    }
  })

  const request = await steps.run('ask', async () => {
    const { items } = await vendor.ok<ListView<AssetView>>('GET', '/assets')
    const known = items.find(({ id }) => id === asset)
    ensure(known !== undefined, `asset ${asset} in the vendor's list`, `${items.length} others`)
    const asked = await askFor(vendor, ask(asset, Date.now()))
    const { window, timeZone, operationClass } = asked
    const times = `${clockTime(window.from, timeZone)} to ${clockTime(window.until, timeZone)} (${timeZone})`
    return { value: asked, line: `vendor asks to ${operationClass} ${asset}, ${known.name}, ${times}: ${asked.state}` }
  })

  await steps.run('refuse', async () => {
    const body = ask(outOfScope, Date.now())
    const answer = await vendor.call<ProblemView>('POST', '/requests', body)
    ensure(answer.status === 403, 'a refusal (403)', `status ${answer.status}`)
    const [reason] = answer.json().decision?.reasons ?? []
    ensure(reason !== undefined, 'a refusal with its reason', problemOf(answer))
    return {
      value: null,
      line: `vendor asks for ${outOfScope}, and policy refuses it (rule ${reason.rule}, control ${reason.controls.join(', ')}):`,
      details: [reason.text],
    }
  })

  const ssh = await steps.run('connect', async () => {
    const connection = await actors.ssh('vendor', asset)
    const early = await (await connection.open([], ['hostname'])).ended
    const said = early.stderr.toString('utf8')
    ensure(early.exit !== 0 && said.includes('access refused'), 'no session before approval', lastWords(said))
    return {
      value: connection,
      line: `vendor logs in with OpenSSH, key and code; before approval ${asset} is out of reach: exit ${early.exit}`,
    }
  })

  const grant = await steps.run('approve', async () => {
    const { items } = await approver.ok<ListView<RequestView>>('GET', '/requests?state=submitted')
    const queued = items.find(({ id }) => id === request.id)
    ensure(queued?.forMe?.kind === 'permit', 'the request in the approver\u2019s queue', `${items.length} others`)
    const answer = { digest: queued.digest, comment: 'line 1 stands until 06:00' }
    const approved = await approver.ok<RequestView>('POST', `/requests/${request.id}/approve`, answer)
    ensure(approved.grant !== null, 'a grant', `a request that is ${approved.state}`)
    const until = clockTime(approved.grant.window.until, approved.timeZone)
    return { value: approved.grant, line: `approver reads the request and approves it: access until ${until}` }
  })

  await steps.run('terminal', async () => {
    const terminal = await openTerminal(ssh)
    terminal.type(`cat ${statusFile}\nexit 0\n`)
    const { exit } = await terminal.ended
    const shown = terminal.stdout()
    const found = shown.split(/[\r\n]+/).find((line) => line.startsWith('drive 12 is down'))
    ensure(found !== undefined, 'what the machine has to say', JSON.stringify(shown.slice(-200)))
    ensure(exit === 0, 'exit status 0', String(exit))
    return { value: null, line: `a terminal on ${asset} through the gateway: \`cat ${statusFile}\` shows \`${found}\`` }
  })

  await steps.run('command', async () => {
    const command = `tail -n 1 ${logFile}; echo 'fan 2 stands still' >&2; exit 7`
    const { exit, stdout, stderr } = await (await ssh.open([], [command])).ended
    const [out, err] = [stdout.toString('utf8').trim(), stderr.toString('utf8')]
    ensure(out === lastLogLine, 'the last line of the log', JSON.stringify(out))
    ensure(err.includes('fan 2 stands still') && exit === 7, 'standard error and exit status 7', `${exit}: ${err}`)
    return {
      value: null,
      line: `a command on ${asset}: output and standard error kept apart, exit status ${exit} comes back`,
    }
  })

  await steps.run('tunnel', () => playTunnel(plant, ssh, visitors))

  const session = await steps.run('revoke', async () => {
    const terminal = await openTerminal(ssh)
    const { items } = await approver.ok<ListView<SessionView>>('GET', '/sessions?state=live')
    const live = items.find(({ grant: of }) => of === grant.id)
    ensure(live !== undefined, 'the session in the approver\u2019s list', `${items.length} others`)
    const started = performance.now()
    const cut = terminal.ended.then((end) => ({ ...end, ms: Math.round(performance.now() - started) }))
    await approver.ok<GrantView>('POST', `/grants/${grant.id}/revoke`, { reason: revokeReason })
    const { ms, exit } = await cut
    const told = `${terminal.stdout()}\n${terminal.stderr()}`
      .split(/[\r\n]+/)
      .find((line) => line.includes(revokeReason))
    ensure(told !== undefined && exit !== 0, 'the reason in the terminal', lastWords(terminal.stderr()))
    ensure(ms <= cutWithinMs, `the end within ${cutWithinMs} ms`, `${ms} ms`)
    await ssh.ended
    return {
      value: live.id,
      line: `approver revokes while a terminal is open: ssh ended ${ms} ms later, exit ${exit}, and said:`,
      details: [told.trim()],
    }
  })
  return { visitors, session }
}

/** An engineering tool of the vendor's own would read a controller: a grant for one asset opens no way to another. */
async function playTunnel(
  { controller }: Plant,
  ssh: SshConnection,
  { auditor }: Visitors,
): Promise<{ readonly value: null; readonly line: string }> {
  const to = `${controllerAsset}:${controller.port}`
  const { exit } = await (await ssh.open(['-W', to])).ended
  ensure(exit !== 0, 'a refused tunnel', `exit ${exit}`)
  // The refusal is answered at once and written right after.
  await until(async () => {
    const { items } = await auditor.ok<ListView<EvidenceView>>('GET', '/evidence?types=policy.decision')
    return items.find(({ data }) => data.asset === controllerAsset && data.action === 'connect') ?? null
  })
  return {
    value: null,
    line: `a tunnel to a controller (\`ssh -W ${to}\`) is refused without a grant for it, and the attempt is evidence`,
  }
}

async function openTerminal(ssh: SshConnection) {
  const terminal = await ssh.open(['-tt'])
  await terminal.says(`@${asset}`)
  return terminal
}
