// Recordings handled by their labels, on a whole gateway: looked at by two, exported without keys, prompts as declared.

import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { extract } from 'tar'
import { afterAll, beforeAll, expect, it } from 'vitest'

import { keptBackHeader, prefix } from '../../gateway/contract/routes.ts'
import type { BundleFilesView, ProposalView } from '../../gateway/contract/bundle-views.ts'
import type { ListView, ProblemView, RecordingView, ReplayView, ViewingView } from '../../gateway/contract/views.ts'
import { sallyport } from '../gateway/cli/run-sallyport.ts'
import { describeWith } from '../support/describe-with.ts'
import { eventually } from '../support/eventually.ts'
import { stageGateway, type GatewayStage } from '../support/gateway-stage.ts'
import { runSsh } from '../support/ssh-session.ts'

const handling = `
retention:
  classes:
    - { id: standard, text: A year, keepDays: 400 }
    - { id: long, text: Ten years, keepDays: 3653 }
  default: standard
rules:
  - id: drives-by-two
    text: What the drives do is looked at by two people.
    labels: [drives]
    view: { roles: [auditor, isms-manager], secondPerson: true }
    export: without-keys
    retention: long
  - id: packaging-stays
    text: What the packaging line does stays in the house.
    labels: [packaging]
    view: { roles: [auditor, vendor] }
    export: refused
`

describeWith(['ssh', 'sshd', 'ssh-keygen'], 'recordings by label', () => {
  let stage: GatewayStage
  let session: string

  beforeAll(async () => {
    stage = await stageGateway({ targets: ['ews-1'], files: { 'handling.yaml': handling } })
    await stage.grant('ews-1')
    await runSsh(await stage.sshLogin('vendor%ews-1'), { command: 'echo the secret of the drives' })
    session = await eventually('the recording is sealed', async () => {
      const [sealed] = await stage.evidence({ types: ['session.recording_sealed'] })
      return sealed === undefined ? null : String(sealed.data['session'])
    })
  })
  afterAll(() => stage.stop())

  const last = async (type: string) => (await stage.evidence({ types: [type] })).at(-1)?.data
  const read = async (login: string) => (await stage.api(login)).ok<RecordingView>('GET', `/recordings/${session}`)

  it('remember the labels and rules of their asset at the start', async () => {
    expect(await last('session.started')).toMatchObject({
      assetType: 'engineering-workstation',
      labels: ['drives', 'line-1'],
      handlingRules: ['drives-by-two'],
      promptsMasked: true,
    })
    const { labels, handling: handled, mayView, channels } = await read('auditor')
    expect(labels).toEqual(['drives', 'line-1'])
    expect(handled).toMatchObject({
      secondPerson: true,
      export: 'without-keys',
      retention: { id: 'long', keepDays: 3653 },
    })
    expect(mayView).toMatchObject({ kind: 'second-person' })
    // What was run is for who may look.
    expect(channels).toEqual([])
  })

  it('are looked at only after another person has agreed, and the evidence says by which rules', async () => {
    const auditor = await stage.api('auditor')
    const purpose = { purpose: 'incident 17' }
    const early = await auditor.call<ProblemView>('POST', `/recordings/${session}/replay`, purpose)
    expect(early.json()).toMatchObject({ code: 'second-person-needed' })
    expect(early.json().message).toContain('rule `drives-by-two`: What the drives do is looked at by two people')

    const asked = await auditor.ok<ViewingView>('POST', `/recordings/${session}/viewings`, purpose)
    expect(asked).toMatchObject({ state: 'asked', mayAnswer: false, rules: [{ id: 'drives-by-two' }] })
    expect((await auditor.call<ProblemView>('POST', `/viewings/${asked.id}/confirm`)).status).toBe(403)
    expect(await last('recording.view_answer_refused')).toMatchObject({ why: 'own-viewing' })
    for (const login of ['vendor', 'escort', 'approver'])
      expect((await (await stage.api(login)).call('POST', `/viewings/${asked.id}/confirm`)).status).toBe(403)

    const manager = await stage.api('manager')
    const { items } = await manager.ok<ListView<ViewingView>>('GET', '/viewings')
    expect(items).toMatchObject([{ id: asked.id, mayAnswer: true, purpose: 'incident 17' }])
    expect(await (await stage.api('escort')).ok('GET', '/viewings')).toMatchObject({ items: [] })
    await manager.ok('POST', `/viewings/${asked.id}/confirm`)

    expect((await read('auditor')).mayView).toMatchObject({ kind: 'permitted' })
    const replay = await auditor.ok<ReplayView>('POST', `/recordings/${session}/replay`, purpose)
    const cast = await auditor.call('GET', replay.channels[0]?.cast.slice(prefix.length) ?? '')
    expect(cast.bytes.toString()).toContain('the secret of the drives')
    expect(await last('session.replayed')).toMatchObject({
      viewing: asked.id,
      rules: ['drives-by-two'],
      bundle: stage.stage.bundle.digest,
    })

    stage.clock.advance(31 * 60_000)
    const late = await auditor.call<ProblemView>('GET', replay.channels[0]?.cast.slice(prefix.length) ?? '')
    expect(late.status).toBe(404)
    expect((await read('auditor')).mayView).toMatchObject({ kind: 'second-person' })
  })

  it('are asked for, agreed to and replayed on the command line', async () => {
    const as = (login: string, ...args: string[]) =>
      sallyport(args, { env: { XDG_STATE_HOME: join(stage.folder, `state-${login}`) } })
    for (const login of ['auditor', 'manager']) {
      const file = join(stage.folder, `${login}.password`)
      await writeFile(file, `${stage.person(login).password.expose()}\n`, { mode: 0o600 })
      const url = `https://localhost:${stage.gateway.https.port}`
      const where = ['--url', url, '--ca', stage.stage.pki.paths['ca.pem'], '--user', login]
      const entered = await as(login, 'login', ...where, '--password-file', file, '--code', stage.code(login))
      expect(entered.stderr).toBe('')
    }
    const replay = ['replay', session, '--purpose', 'incident 18']
    const early = await as('auditor', ...replay)
    expect(early.status).toBe(1)
    expect(early.stderr).toContain('another person has to agree to this viewing first: rule `drives-by-two`')
    expect(early.stderr).toContain('sallyport viewing ask SESSION --purpose TEXT')
    const shown = await as('auditor', 'recordings', session)
    expect(shown.stdout).toMatch(/labels +drives, line-1/)
    expect(shown.stdout).toMatch(/you may look +another person has to agree/)

    const asked = await as('auditor', 'viewing', 'ask', session, '--purpose', 'incident 18')
    const [id = ''] = /vie_[0-9a-z]{26}/.exec(asked.stdout) ?? []
    expect((await as('auditor', 'viewing', 'confirm', id)).stderr).toContain('another person has to agree than who')
    expect((await as('manager', 'viewing', 'list')).stdout).toMatch(new RegExp(`${id} +asked +yes +auditor`))
    expect((await as('manager', 'viewing', 'confirm', id)).stdout).toMatch(/^Agreed: auditor may look at ses_/)
    const again = await as('manager', 'viewing', 'refuse', id, '--reason', 'too late')
    expect(again.stderr).toContain('was answered already')
    expect((await as('auditor', ...replay)).stdout).toContain('the secret of the drives')
    stage.clock.advance(31 * 60_000)
  })

  it('tell a vendor nothing of themselves', async () => {
    const vendor = await stage.api('vendor')
    const refused = await vendor.call<ProblemView>('POST', `/recordings/${session}/replay`, { purpose: 'mine' })
    expect(refused.json()).toMatchObject({ code: 'viewing-refused' })
    const fitter = await stage.api('fitter')
    const hidden = await fitter.call<ProblemView>('POST', `/recordings/${session}/replay`, { purpose: 'theirs' })
    expect(hidden.json()).toMatchObject({ code: 'not-found' })
    expect(await vendor.ok('GET', '/recordings')).toMatchObject({ items: [] })
    const engineer = await stage.api('engineer')
    expect((await engineer.call<ProblemView>('GET', '/recordings')).json().code).toBe('role-missing')
  })

  it('leave the house without keys, casts and what their entries commit to, and verify all the same', async () => {
    const auditor = await stage.api('auditor')
    const source = (await last('session.started'))?.['source']
    const tar = await auditor.call('POST', '/exports', { sessions: [session], purpose: 'for a customer' })
    expect(tar.status).toBe(200)
    expect(await last('evidence.exported')).toMatchObject({
      sessions: [session],
      withoutKeys: 1,
      keptBack: 0,
      rules: ['drives-by-two'],
      bundle: stage.stage.bundle.digest,
    })
    const folder = await mkdtemp(join(stage.folder, 'export-'))
    await writeFile(join(folder, 'export.tar'), tar.bytes)
    await extract({ file: join(folder, 'export.tar'), cwd: folder, strict: true })
    const files = await readdir(join(folder, 'export'), { recursive: true })
    expect(files).toContain(`recordings/${session}/seal`)
    expect(files.filter((file) => /^(?:keys|casts)\b/.test(file))).toEqual([])
    const disclosures = await readFile(join(folder, 'export', 'disclosures.json'), 'utf8')
    expect(source).toMatch(/^sha256:/)
    expect(disclosures).not.toContain(String(source))
    // Of logins and requests nothing is held back: they are no part of the recording.
    expect(disclosures).toContain('sha256:')
    await writeFile(join(folder, 'trust.json'), (await auditor.call('GET', '/evidence/trust')).bytes)
    const verified = await sallyport(['verify', join(folder, 'export'), '--trust', join(folder, 'trust.json')])
    expect(verified.status, verified.stdout).toBe(0)
    expect(verified.stdout).toContain('VERIFIED: everything holds')
  })

  it('stay in the house where a rule says so, by the labels of today as by those of then', async () => {
    const [admin, manager, auditor] = [await stage.api('admin'), await stage.api('manager'), await stage.api('auditor')]
    const base = stage.stage.bundle.digest
    const { files } = await admin.ok<BundleFilesView>('GET', `/bundles/${base}/files`)
    const stricter = { ...files, 'handling.yaml': handling.replace('labels: [packaging]', 'labels: [line-1]') }
    const body = { files: stricter, comment: 'stricter' }
    const { proposal } = await admin.ok<ProposalView>('POST', '/proposals', body)
    await manager.ok('POST', `/proposals/${proposal.id}/activate`, { base })
    const refused = await auditor.call<ProblemView>('POST', '/exports', { sessions: [session], purpose: 'again' })
    expect(refused.json()).toMatchObject({ code: 'viewing-refused' })
    expect(refused.json().message).toContain('rule `packaging-stays`')
    const rest = await auditor.call('POST', '/exports', { sessions: [], purpose: 'all there is' })
    expect(rest.headers[keptBackHeader]).toBe('1')
    expect(await last('evidence.exported')).toMatchObject({ sessions: [], keptBack: 1 })
  })
})
