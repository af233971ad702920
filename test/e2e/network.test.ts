// What the network says, on a whole gateway with the ordinary client: sessions held against the kernel's own sockets, the
// way of a session in the evidence, and addresses of the network held against the inventory.

import { once } from 'node:events'
import { connect } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'

import type { ComparedView, SeenListView, SeenView, SocketsView } from '../../gateway/contract/views.ts'
import { describeWith } from '../support/describe-with.ts'
import { eventually } from '../support/eventually.ts'
import { stageGateway, type GatewayStage } from '../support/gateway-stage.ts'
import { openSsh } from '../support/ssh-session.ts'

describeWith(['ssh', 'sshd', 'ssh-keygen', 'script'], 'what the network says', () => {
  let stage: GatewayStage

  beforeAll(async () => {
    stage = await stageGateway({ targets: ['ews-1', 'hmi-3'] })
    for (const login of ['vendor', 'approver', 'auditor', 'security', 'engineer']) await stage.api(login)
  })
  afterAll(() => stage.stop())

  const sockets = async (): Promise<SocketsView> => (await stage.api('approver')).ok('GET', '/sessions/sockets')

  it('agrees with the kernel while a session lives, and names a connection to a target that belongs to none', async () => {
    expect(await sockets()).toMatchObject({ known: true, agrees: true, sessions: [], strangers: [] })
    await stage.grant('ews-1')
    const client = await openSsh(await stage.sshLogin('vendor%ews-1'), { terminal: { cols: 80, rows: 24 } })
    client.write('echo u""p\r\n')
    await client.sees('up')
    const agreed = await sockets()
    expect(agreed).toMatchObject({ agrees: true, strangers: [] })
    expect(agreed.sessions).toMatchObject([{ asset: 'ews-1', state: 'agreed' }])
    const remote = agreed.sessions[0]?.remote ?? ''

    // The stage's gateway runs in this process: what the test dials, the kernel counts as the gateway's.
    const stranger = connect(Number(remote.split(':').at(-1)), '127.0.0.1')
    await once(stranger, 'connect')
    const found = await sockets()
    expect(found).toMatchObject({ agrees: false, strangers: [{ asset: 'ews-1', remote, isChild: false }] })
    const alarm = await eventually('the alarm is in the evidence', async () => {
      const [entry] = await stage.evidence({ types: ['session.socket_unexplained'] })
      return entry ?? null
    })
    expect(alarm.data).toMatchObject({ kind: 'stranger', session: null, asset: 'ews-1', plant: 'north' })
    stranger.destroy()
    client.write('exit\r\n')
    await client.ended
    await stage.quiet()
    await eventually('all agrees again', async () => (await sockets()).agrees)
    expect((await stage.evidence({ types: ['session.heartbeat'] })).length).toBeGreaterThan(0)
  })

  it('keeps the way of a session with its start and its decision', async () => {
    const [started] = await stage.evidence({ types: ['session.started'] })
    expect(started?.data['path']).toEqual([
      { from: null, to: 'north-dmz', conduit: null, boundaries: ['L4-L3'], accepted: false },
      {
        from: 'north-dmz',
        to: 'north-operations',
        conduit: 'north-dmz-to-operations',
        boundaries: ['L4-L3'],
        accepted: false,
      },
    ])
    const decisions = await stage.evidence({ types: ['policy.decision'] })
    expect(decisions.filter(({ data }) => data['path'] !== undefined).length).toBeGreaterThan(0)
  })

  it('has what was seen and is not declared explained by somebody of the plant', async () => {
    const engineer = await stage.api('engineer')
    const addresses = ['10.20.1.11', '10.20.99.1', '::ffff:10.20.99.1', '192.0.2.7']
    const compared: ComparedView = await engineer.ok('POST', '/assets/seen', { addresses })
    expect(compared).toEqual({ registered: 1, unregistered: 1, fresh: 1, elsewhere: 1 })
    const again: ComparedView = await engineer.ok('POST', '/assets/seen', { addresses })
    expect(again.fresh).toBe(0)

    const list: SeenListView = await engineer.ok('GET', '/assets/seen')
    expect(list.items).toMatchObject([{ address: '10.20.99.1', plant: 'north', decided: null, isOverdue: false }])
    expect(list.accuracy.outstanding).toBe(1)
    expect(list.accuracy.ratio).toBeLessThan(1)
    const id = list.items[0]?.id ?? ''
    const body = { verdict: 'known', reason: 'multicast of the time server' }
    expect((await (await stage.api('vendor')).call('POST', `/assets/seen/${id}`, body)).status).toBe(403)
    const view: SeenView = await engineer.ok('POST', `/assets/seen/${id}`, body)
    expect(view.decided).toMatchObject({ verdict: 'known', reason: body.reason })
    const after: SeenListView = await engineer.ok('GET', '/assets/seen')
    expect(after).toMatchObject({ items: [], accuracy: { outstanding: 0, ratio: 1 } })

    const types = ['asset.unregistered_seen', 'asset.seen_triaged', 'asset.flows_compared']
    expect((await stage.evidence({ types })).map(({ type }) => type)).toEqual([
      'asset.unregistered_seen',
      'asset.flows_compared',
      'asset.flows_compared',
      'asset.seen_triaged',
    ])
  })
})
