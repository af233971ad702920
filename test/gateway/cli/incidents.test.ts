// Incidents as people of the plant type them, all of `sallyport incident`, and what the committee reads, against a real
// gateway.

import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { stageGateway, type GatewayStage } from '../../support/gateway-stage.ts'
import { sallyport, type Run } from './run-sallyport.ts'

let stage: GatewayStage
const people = ['isms', 'deputy', 'approver', 'safety', 'auditor', 'welder'] as const
type Login = (typeof people)[number]

beforeAll(async () => {
  stage = await stageGateway({ targets: [], logLevel: 'error' })
  const plain = { supplier: null, plants: [] }
  await stage.enrol({ ...plain, login: 'isms', displayName: 'ISMS manager', roles: ['isms-manager'] })
  await stage.enrol({ ...plain, login: 'deputy', displayName: 'Deputy', roles: ['isms-manager'] })
  await stage.enrol({ ...plain, login: 'welder', displayName: 'Welder', roles: ['engineer'] })
  for (const login of people) {
    const file = join(stage.folder, `${login}.password`)
    writeFileSync(file, `${stage.person(login).password.expose()}\n`, { mode: 0o600 })
    const url = `https://localhost:${stage.gateway.https.port}`
    const where = ['--url', url, '--ca', stage.stage.pki.paths['ca.pem']]
    const who = ['--user', login, '--password-file', file, '--code', stage.code(login)]
    const { status, stderr } = await as(login, 'login', ...where, ...who)
    if (status !== 0) throw new Error(stderr)
  }
}, 120_000)
afterAll(() => stage.stop())

const as = (login: Login, ...args: string[]): Promise<Run> =>
  sallyport(args, { env: { XDG_STATE_HOME: join(stage.folder, `state-${login}`) } })

async function said(login: Login, ...args: string[]): Promise<string> {
  const { status, stdout, stderr } = await as(login, ...args)
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  return stdout
}

const idIn = (text: string, prefix: string): string => new RegExp(`${prefix}_[0-9a-z]{26}`).exec(text)?.[0] ?? 'none'

/** Opened by the welder on the engineering workstation. */
const opened = async (severity = 'high'): Promise<string> =>
  idIn(
    await said('welder', 'incident', 'open', 'Writes', '--what', 'moved', '--severity', severity, '--asset', 'ews-1'),
    'inc',
  )

describe('sallyport incident', () => {
  it('opens one, says what is owed, and sees it through to its end', async () => {
    const id = await opened('medium')
    const shown = await said('isms', 'incident', 'show', id)
    expect(shown).toMatch(/^title +Writes$/m)
    expect(shown).toMatch(/^plants +north \(.*\)$/m)
    expect(await said('isms', 'incident', 'list')).toMatch(new RegExp(`^${id} +open +medium .* Writes$`, 'm'))

    const touched = await said('isms', 'incident', 'touch', id, '--asset', 'hmi-1', '--supplier', 'acme-drives')
    expect(touched).toMatch(/^suppliers +acme-drives$/m)
    const again = await as('isms', 'incident', 'touch', id, '--asset', 'hmi-1')
    expect(again.stderr).toContain('touches no more than it did')
    expect((await as('isms', 'incident', 'touch', id)).stderr).toContain('name something: --plant')

    const rated = await said('isms', 'incident', 'rate', id, '--severity', 'high', '--reason', 'a second line')
    expect(rated).toMatch(/incident\.rated ISMS manager \| medium to high \| a second line$/m)
    expect(rated).toMatch(/^ {2}early-warning: Early warning to the CSIRT \(.*\), due 20/m)
    const told = await said('isms', 'incident', 'reported', id, 'early-warning', '--reference', 'CSIRT 2026-1')
    expect(told).toMatch(/early-warning: .* made .* as CSIRT 2026-1$/m)

    expect(await said('isms', 'incident', 'assign', id, '--to', 'approver')).toMatch(
      /incident\.assigned ISMS manager \| to .+$/m,
    )
    await said('welder', 'incident', 'note', id, 'the line stands')
    expect(await said('auditor', 'incident', 'hold', id, '--reason', 'until the cause is known')).toMatch(
      /^legal holds +hld_\w+, hld_\w+, hld_\w+$/m,
    )
    const suspended = await said('isms', 'suspend', 'supplier:acme-drives', '--reason', 'incident')
    const suspension = idIn(suspended, 'sus')
    expect(await said('approver', 'incident', 'link', id, '--suspension', suspension)).toMatch(
      new RegExp(`incident\\.linked .* \\| ${suspension}$`, 'm'),
    )

    await said('approver', 'incident', 'contain', id, 'the account is off')
    await said('safety', 'incident', 'assess', id, 'nobody was near', '--kind', 'safety')
    await said('approver', 'incident', 'assess', id, 'two pallets', '--kind', 'production')
    const close = ['incident', 'close', id, '--cause', 'shared password', '--learned', 'keys only']
    expect((await as('deputy', ...close)).stderr).toContain('a decision of the committee')
    expect((await as('deputy', ...close, '--action', 'keys')).stderr).toContain('give all of them, or none')
    const grave = ['--decision', 'RC-1', '--action', 'keys', '--owner', 'approver', '--due', '2999-01-01T00:00Z']
    expect((await as('approver', ...close, ...grave)).stderr).toContain('another person closes an incident')
    const closed = await said('deputy', ...close, ...grave)
    expect(closed).toMatch(/^state +closed$/m)
    expect(closed).toMatch(/^decision +RC-1$/m)
    expect(closed).toMatch(/^corrective action +keys, by .*, until 2999-01-01/m)
    const works = await said('isms', 'incident', 'action-works', id, 'no shared password is left')
    expect(works).toMatch(/^its effect +no shared password is left$/m)
    expect(await said('isms', 'incident', 'list')).not.toContain(id)
    expect(await said('isms', 'incident', 'list', '--all')).toContain(id)
  })

  it('asks others for evidence, and follows each piece from hand to hand', async () => {
    const id = await opened()
    const ask = ['--party', 'Robot Cell Service', '--what', 'VPN log', '--why', 'contract 4.2', '--for', '5d']
    const asked = await said('isms', 'incident', 'ask-evidence', id, ...ask)
    expect(asked).toMatch(/evr_\w+: VPN log, of Robot Cell Service, due 20/)
    const request = idIn(asked, 'evr')
    const file = join(stage.folder, 'vpn.log')
    writeFileSync(file, 'from the supplier\n')
    const kept = ['--holder', 'ISMS manager', '--place', 'safe 2']
    const lost = await as('isms', 'incident', 'receive-evidence', request, '--file', `${file}.gone`, ...kept)
    expect(lost.stderr).toContain('cannot be read')
    const got = await said('isms', 'incident', 'receive-evidence', request, '--file', file, ...kept)
    const sha256 = createHash('sha256').update('from the supplier\n').digest('hex')
    expect(got).toContain(`vpn.log, 18 B, sha256 ${sha256}, with ISMS manager, safe 2`)
    const step = ['--kind', 'handed-over', '--to', 'laboratory', '--place', 'vault', '--purpose', 'analysis']
    expect(await said('isms', 'incident', 'move-evidence', idIn(got, 'exh'), ...step)).toContain(
      'with laboratory, vault',
    )
    const end = ['--outcome', 'complete', '--reason', 'all of it']
    expect(await said('isms', 'incident', 'end-evidence', request, ...end)).toMatch(/complete 20.*: all of it$/m)
    const custody = (await said('auditor', 'incident', 'custody', id)).split('\n')
    expect(
      custody.filter((line) => line.includes(sha256)).map((line) => /received|handed-over/.exec(line)?.[0]),
    ).toEqual(['received', 'handed-over'])
    const foreign = await as('welder', 'incident', 'end-evidence', request, ...end)
    expect(foreign.status).toBe(1)
  })

  it('tells who may not read an incident nothing of it, also not by what was asked for it', async () => {
    const made = await said('isms', 'incident', 'open', 'South', '--what', 'x', '--severity', 'low', '--plant', 'south')
    const ask = ['--party', 'P', '--what', 'w', '--why', 'y', '--for', '1d']
    const request = idIn(await said('isms', 'incident', 'ask-evidence', idIn(made, 'inc'), ...ask), 'evr')
    const refused = await as('welder', 'incident', 'end-evidence', request, '--outcome', 'withdrawn', '--reason', 'x')
    expect(refused.stderr).toContain(`no request for evidence \`${request}\``)
    expect(refused.stderr).not.toContain('inc_')
  })
})

describe('sallyport report committee', () => {
  it('writes what it reads as Markdown, with what is overdue last', async () => {
    const text = await said('auditor', 'report', 'committee', '--since', '2020-01-01T00:00Z')
    expect(text).toMatch(/^# For the risk committee: 2020-01-01/)
    expect(text).toMatch(/^- .*: inc\\_\w+ \\\(high\\\): Writes: closed; decision RC-1 \[\d+\]$/m)
    expect([...text.matchAll(/^## (.+) \(\d+\)$/gm)].map(([, title]) => title).at(-1)).toBe('Overdue now, with its day')
    expect((await as('approver', 'report', 'committee', '--since', '2020-01-01T00:00Z')).status).toBe(1)
  })
})
