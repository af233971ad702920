// A bundle that comes into force reaches the sessions that run: what it forbids ends at once with the reason, what it
// still permits goes on, and a rollback lets people in again.

import { afterAll, beforeAll, expect, it } from 'vitest'

import type { BundleView, ProposalView } from '../../gateway/contract/bundle-views.ts'
import { enrolKeepers, filesWith, redeclared } from '../support/bundle-change.ts'
import { describeWith } from '../support/describe-with.ts'
import { eventually } from '../support/eventually.ts'
import { stageGateway, type GatewayStage } from '../support/gateway-stage.ts'
import { keyLine, makeSigningKey } from '../support/login-key.ts'
import { openSsh } from '../support/ssh-session.ts'

const terminal = { cols: 100, rows: 30 }

describeWith(['ssh', 'sshd', 'ssh-keygen', 'script'], 'an activation', () => {
  let stage: GatewayStage

  beforeAll(async () => {
    stage = await stageGateway({ targets: ['ews-1', 'hist-1'] })
    await enrolKeepers(stage)
    for (const login of ['vendor', 'approver', 'auditor']) await stage.api(login)
  })
  afterAll(() => stage.stop())

  async function open(asset: string) {
    const login = await stage.sshLogin(`vendor%${asset}`, 'key')
    await stage.grant(asset)
    const run = await openSsh(login, { terminal })
    run.write('echo u""p\r\n')
    await run.sees('up')
    const [started] = (await stage.evidence({ types: ['session.started'] })).slice(-1)
    return { run, session: String(started?.data['session']) }
  }

  it('ends the session it forbids, with the reason, and leaves the other; a rollback lets people in again', async () => {
    const [keeper, second] = [await stage.api('keeper'), await stage.api('second')]
    const [forbidden, permitted] = [await open('ews-1'), await open('hist-1')]
    const files = filesWith(stage, 'scope.yaml', (text) =>
      text.replace(
        'exclude:',
        'exclude:\n  - { id: no-ews-1, plant: north, assets: [ews-1], reason: it is being replaced }',
      ),
    )
    const view = await keeper.ok<ProposalView>('POST', '/proposals', { files, comment: 'ews-1 is replaced' })
    expect(view.comparison).toMatchObject({
      sessionsEnded: 1,
      ends: { count: 1, items: [{ asset: 'ews-1', sessions: [forbidden.session] }] },
    })
    const base = view.comparison?.from.digest
    await second.ok<BundleView>('POST', `/proposals/${view.proposal.id}/activate`, { base })

    expect((await forbidden.run.ended).exit).toBe(255)
    expect(forbidden.run.shown()).toContain('it is being replaced')
    const events = await eventually('the session is sealed', async () => {
      const found = await stage.evidence({ session: forbidden.session })
      return found.at(-1)?.type === 'session.recording_sealed' ? found : null
    })
    expect(events.find(({ type }) => type === 'session.ended')?.data).toMatchObject({
      reason: expect.stringMatching(/^(policy|scope)-changed$/),
    })
    permitted.run.write('echo st""ill\r\n')
    await permitted.run.sees('still')

    const again = await openSsh(await stage.sshLogin('vendor%ews-1', 'key'), { terminal })
    expect((await again.ended).exit).toBe(255)
    const decisions = await stage.evidence({ types: ['policy.decision'] })
    expect(decisions.at(-1)?.data).toMatchObject({ outcome: 'deny', asset: 'ews-1', bundle: view.proposal.bundle })

    const back = await second.ok<BundleView>('POST', '/bundles/rollback', {
      base: view.proposal.bundle,
      reason: 'the replacement is late',
    })
    expect(back.digest).toBe(base)
    const after = await open('ews-1')
    for (const { run } of [after, permitted]) {
      run.write('exit\r\n')
      await run.ended
    }
  })

  it('is told beforehand which sessions it ends though their grants stay: those a host key was taken out from under', async () => {
    await stage.quiet()
    const { run } = await open('hist-1')
    const newKey = [keyLine(makeSigningKey('ssh-ed25519'))]
    const others = filesWith(stage, 'assets.yaml', redeclared('hist-1', 'hostKeys', newKey))
    const keeper = await stage.api('keeper')
    const other = await keeper.ok<ProposalView>('POST', '/proposals', { files: others, comment: 'another key' })
    expect(other.comparison).toMatchObject({
      sessionsEnded: 1,
      ends: { count: 0 },
      unbelieved: { sessions: 1, assets: ['hist-1'] },
    })
    run.write('exit\r\n')
    await run.ended
  })
})
