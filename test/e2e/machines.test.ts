// A machine account with the ordinary OpenSSH client, through a whole gateway to a real sshd: its key is all of its login,
// it runs what the bundle names and nothing else, comes from where it is declared to, and is off with its owner.

import { mkdtemp, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'

import type { EvidenceView, MachinesView, MachineView, RequestView } from '../../gateway/contract/views.ts'
import { askFor } from '../../gateway/demo/asking.ts'
import type { SshLogin } from '../../gateway/demo/ssh-client.ts'
import { disablePerson } from '../../gateway/identity/disable.ts'
import { changeMachine, registerMachine } from '../../gateway/identity/machines.ts'
import { parseLogin, type Person } from '../../policy/index.ts'
import { describeWith } from '../support/describe-with.ts'
import { stageGateway, type GatewayStage } from '../support/gateway-stage.ts'
import { makeKey } from '../support/sshd.ts'
import { openSsh, runSsh } from '../support/ssh-session.ts'

const hour = 3_600_000
const counters = 'echo counters 42'
const waiting = 'echo begun; sleep 600'
const only = `no other command can be run than exactly \`${counters}\` or \`${waiting}\``
const here = ['127.0.0.0/8', '::1/128']

describeWith(['ssh', 'sshd', 'ssh-keygen', 'script'], 'a machine account', () => {
  let stage: GatewayStage
  let key = ''
  let request: RequestView

  beforeAll(async () => {
    const demo = await readFile(join(import.meta.dirname, '../../gateway/demo/bundle/access.yaml'), 'utf8')
    const commands = JSON.stringify([counters, waiting])
    stage = await stageGateway({
      targets: ['hist-1'],
      spoil: async (place) => ({ ...place, observe: [counters, waiting] }),
      files: { 'access.yaml': demo.replace('commands: [cat status.txt]', `commands: ${commands}`) },
    })
    const of = { supplier: null, plants: ['north'] }
    await stage.enrol({ ...of, login: 'mes', displayName: 'MES engineer', roles: ['engineer', 'approver'] })
    await stage.enrol({ ...of, login: 'mes2', displayName: 'Second MES engineer', roles: ['engineer'] })
    await stage.enrol({ ...of, login: 'chief', displayName: 'Chief', roles: ['admin'] })
    key = await makeKey(join(stage.folder, 'machine_key'))
    const made = await stage.withStore(async (store) =>
      registerMachine(
        { store, clock: stage.clock },
        {
          login: 'svc-mes-erp',
          displayName: 'MES to ERP',
          owner: 'mes',
          purpose: 'counters of the night',
          supplier: null,
          plants: ['north'],
          until: '2099-12-31',
          sources: here,
          keys: [await readFile(`${key}.pub`, 'utf8')],
        },
        null,
      ),
    )
    if (made.kind === 'invalid') throw new Error(made.problems.join('; '))
    const now = stage.clock.now()
    request = await askFor(await stage.api('mes'), {
      assets: ['hist-1'],
      protocol: 'ssh',
      operationClass: 'observe',
      when: { kind: 'window', from: now, until: now + hour },
      purpose: 'counters for the ERP',
      ticket: 'CHG-2',
      for: 'svc-mes-erp',
    })
  })
  afterAll(() => stage.stop())

  async function login(user = 'svc-mes-erp%hist-1', over: Partial<SshLogin> = {}): Promise<SshLogin> {
    return {
      user,
      port: stage.gateway.ssh.port,
      folder: await mkdtemp(join(stage.folder, 'ssh-')),
      hostKey: stage.stage.pki.contents['ssh_host_ed25519_key.pub'],
      identity: key,
      password: 'there is none',
      code: '000000',
      ...over,
    }
  }

  async function machine(): Promise<Person> {
    const parsed = parseLogin('svc-mes-erp')
    if (parsed.kind === 'malformed') throw new Error(parsed.reason)
    const found = await stage.withStore((store) => store.people.byLogin(parsed.id))
    if (!found) throw new Error('the machine account is gone')
    return found
  }
  /** Why logins of the machine account failed. */
  async function failures(): Promise<unknown[]> {
    const { id } = await machine()
    const all = await stage.evidence({ types: ['auth.failed'] })
    return all.filter(({ data }) => data['person'] === id).map(({ data }) => data['reason'])
  }
  const last = async (type: string): Promise<EvidenceView['data']> =>
    (await stage.evidence({ types: [type] })).at(-1)?.data ?? {}

  it('is asked for by its owner, who does not approve it; somebody else does', async () => {
    expect(request).toMatchObject({ by: { login: 'svc-mes-erp', owner: 'MES engineer' }, askedBy: { login: 'mes' } })
    const answer = { digest: request.digest, comment: '' }
    const own = await (await stage.api('mes')).call('POST', `/requests/${request.id}/approve`, answer)
    expect({ status: own.status, text: own.bytes.toString() }).toMatchObject({
      status: 403,
      text: expect.stringContaining('nobody decides on their own request') as string,
    })
    const approver = await stage.api('approver')
    const approved = await approver.ok<RequestView>('POST', `/requests/${request.id}/approve`, answer)
    expect(approved.state).toBe('approved')
    expect(approved.decision.obligations.map(({ kind }) => kind)).toContain('declared-commands')
  })

  it('logs in with its key alone and runs what the bundle names', async () => {
    const run = await runSsh(await login(), { command: counters })
    expect({ exit: run.exit, stdout: run.stdout.toString(), stderr: run.stderr }).toEqual({
      exit: 0,
      stdout: 'counters 42\n',
      stderr: '',
    })
    await stage.quiet()
    const logins = await stage.evidence({ types: ['auth.succeeded'] })
    expect(logins.find(({ data }) => data['via'] === 'ssh')?.data).toMatchObject({ factor: 'publickey', mfa: [] })
    const { owner } = (await machine()).machine ?? {}
    expect(await last('session.started')).toMatchObject({ person: (await machine()).id, owner: owner?.id, mfa: [] })
  })

  it.each([
    ['another command', { command: 'id' }],
    ['a command with more behind it', { command: `${counters}; id` }],
    ['a shell', {}],
    ['a shell with a terminal', { terminal: { cols: 80, rows: 24 }, options: ['-tt'] }],
    ['a terminal for what it may run', { command: counters, terminal: { cols: 80, rows: 24 }, options: ['-tt'] }],
  ])('asks in vain for %s, and is told what it may run', async (_what, wish) => {
    const run = await openSsh(await login(), { ...wish, ...('terminal' in wish ? {} : { input: '' }) })
    expect((await run.ended).exit).toBe(255)
    expect(run.shown()).toContain('a machine account gets no terminal and no shell')
    expect(run.shown()).toContain(only)
    await stage.quiet()
    expect(['exec', 'shell']).toContain((await last('session.feature_refused'))['feature'])
  })

  it('has no menu, no password and no page', async () => {
    const menu = await openSsh(await login('svc-mes-erp'), { terminal: { cols: 80, rows: 24 }, options: ['-tt'] })
    expect((await menu.ended).exit).toBe(255)
    expect(menu.shown()).toContain('no asset was named')
    const typed = await runSsh(await login(undefined, { identity: null }), { command: counters })
    expect({ exit: typed.exit, stderr: typed.stderr }).toMatchObject({
      exit: 255,
      stderr: expect.stringContaining('Permission denied') as string,
    })
    expect(await failures()).toEqual(expect.arrayContaining(['method-refused']))
    expect(await failures()).not.toContain('wrong-password')
    expect(await stage.evidence({ types: ['auth.locked_out'] })).toEqual([])
  })

  it('comes from where it is declared to, or not at all', async () => {
    const put = async (sources: readonly string[]) => {
      const person = await machine()
      const change = { sources, reason: 'moved' }
      return stage.withStore((store) => changeMachine({ store, clock: stage.clock }, person, change, null))
    }
    const session = await openSsh(await login(), { command: waiting })
    await session.sees('begun')
    expect((await put(['192.0.2.0/24'])).kind).toBe('ok')
    expect((await session.ended).exit).toBe(255)
    expect(session.shown()).toContain('comes from none of the networks declared for it')
    await stage.quiet()
    const run = await runSsh(await login(), { command: counters })
    expect(run.exit).toBe(255)
    expect(run.stderr).toContain('Permission denied')
    expect(await failures()).toContain('undeclared-source')
    expect((await put(here)).kind).toBe('ok')
  })

  it('ends with its owner, is of no use until somebody else answers for it, and then goes on', async () => {
    const session = await openSsh(await login(), { command: waiting })
    await session.sees('begun')
    const owner = stage.person('mes').person
    await stage.withStore((store) => disablePerson({ store, clock: stage.clock }, owner, null, 'left'))
    expect((await session.ended).exit).toBe(255)
    expect(session.shown()).toContain('nobody answers for the machine account any more')
    await stage.quiet()
    expect(await last('session.ended')).toMatchObject({ reason: 'owner-gone' })
    expect(await last('identity.machine_orphaned')).toMatchObject({ owner: owner.id, machine: (await machine()).id })

    const orphaned = await runSsh(await login(), { command: counters })
    expect({ exit: orphaned.exit, stdout: orphaned.stdout.length }).toEqual({ exit: 255, stdout: 0 })
    expect(await failures()).toContain('owner-disabled')

    const chief = await stage.api('chief')
    const { items } = await chief.ok<MachinesView>('GET', '/machines')
    const [one] = items
    if (one === undefined) throw new Error('no machine account is listed')
    expect(one).toMatchObject({ state: 'ownerless', openGrants: 1, commands: [counters, waiting], keyAlone: true })
    expect(one.lastUse).not.toBeNull()
    const taken = { to: 'mes2', reason: 'took over the MES' }
    const auditor = await (await stage.api('auditor')).call('POST', `/machines/${one.machine.id}/owner`, taken)
    expect(auditor.status).toBe(403)
    const handed = await chief.ok<MachineView>('POST', `/machines/${one.machine.id}/owner`, taken)
    expect(handed).toMatchObject({ state: 'usable', owner: { login: 'mes2' } })
    const again = await runSsh(await login(), { command: counters })
    expect({ exit: again.exit, stdout: again.stdout.toString() }).toEqual({ exit: 0, stdout: 'counters 42\n' })
    const mine = await (await stage.api('mes2')).ok<{ items: RequestView[] }>('GET', '/requests?mine=true')
    expect(mine.items.map(({ id }) => id)).toEqual([request.id])
  })
})
