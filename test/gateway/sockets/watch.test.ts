// The watch on real connections of this very process, read from the real kernel; sessions are values.

import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { TargetLeg } from '../../../gateway/brokers/broker.ts'
import { loadBundle } from '../../../gateway/access/bundles.ts'
import { mint } from '../../../gateway/clock.ts'
import { openLog } from '../../../gateway/log.ts'
import { keyOf, targetsOf } from '../../../gateway/sockets/compare.ts'
import { readKernelSockets } from '../../../gateway/sockets/kernel.ts'
import { openSocketWatch, type Connected } from '../../../gateway/sockets/watch.ts'
import type { AssetId, Bundle } from '../../../policy/index.ts'
import { ledgerOf, openBase, type Base } from '../../support/memory-store.ts'

let base: Base
let target: Server
let bundle: Bundle
const open: Socket[] = []
const sessions: Connected[] = []
const asset = 'ews-1' as AssetId

/** The demo bundle, in which the workstation stands where the target of this test listens. */
async function bundleAt(port: number): Promise<Bundle> {
  const loaded = await loadBundle(join(import.meta.dirname, '../../../gateway/demo/bundle'))
  if (loaded.kind === 'invalid') throw new Error('the demo bundle is not valid')
  const declared = loaded.bundle.assets.get(asset)
  if (!declared) throw new Error('no ews-1')
  const endpoints = declared.endpoints.map((endpoint) => ({ ...endpoint, host: '127.0.0.1', port }))
  return { ...loaded.bundle, assets: new Map([...loaded.bundle.assets, [declared.id, { ...declared, endpoints }]]) }
}

beforeEach(async () => {
  base = await openBase()
  target = createServer((socket) => {
    open.push(socket)
    socket.on('error', () => undefined)
  }).listen(0, '127.0.0.1')
  await once(target, 'listening')
  bundle = await bundleAt((target.address() as AddressInfo).port)
})
afterEach(async () => {
  for (const socket of open.splice(0)) socket.destroy()
  sessions.splice(0)
  target.close()
  await base.store.close()
})

async function dial(): Promise<TargetLeg> {
  const socket = connect((target.address() as AddressInfo).port, '127.0.0.1')
  open.push(socket)
  await once(socket, 'connect')
  const { localAddress = '', localPort = 0, remoteAddress = '', remotePort = 0 } = socket
  return { local: { address: localAddress, port: localPort }, remote: { address: remoteAddress, port: remotePort } }
}

function watch() {
  return openSocketWatch({
    store: base.store,
    clock: base.clock,
    log: openLog('silent'),
    bundle: () => bundle,
    sessions: () => sessions,
    listening: () => [],
    read: readKernelSockets,
  })
}

function session(leg: TargetLeg | null): Connected {
  const one = { facts: { id: mint.session(base.clock.now()), asset }, target: { legs: leg === null ? [] : [leg] } }
  sessions.push(one)
  return one
}

const entries = async (type: string) => (await ledgerOf(base.store)).filter((event) => event.type === type)

describe('sessions and the kernel\u2019s sockets', () => {
  it('agree while each connection to a target belongs to a session', async () => {
    session(await dial())
    session(null)
    const looked = await watch().look()
    expect(looked?.agreed).toHaveLength(1)
    expect(looked).toMatchObject({ missing: [], strangers: [] })
  })

  it('gives an alarm, once, for a connection to a target that no session answers for', async () => {
    const stranger = await dial()
    const running = watch()
    expect((await running.look())?.strangers.map(({ socket }) => keyOf(socket))).toEqual([keyOf(stranger)])
    await running.round()
    expect(await entries('session.socket_unexplained')).toHaveLength(0)
    await running.round()
    await running.round()
    const alarms = await entries('session.socket_unexplained')
    expect(alarms.map(({ data }) => data)).toMatchObject([
      { kind: 'stranger', session: null, asset: 'ews-1', plant: 'north' },
    ])
  })

  it('knows a target however its address is written, and by those it has beside its endpoints', async () => {
    const declared = bundle.assets.get(asset)
    if (!declared) throw new Error('no ews-1')
    const endpoints = declared.endpoints.map((each) => ({ ...each, host: '2001:DB8:0:0::7', port: 22 }))
    const changed = { ...declared, endpoints, addresses: ['10.20.1.200'] }
    const targets = targetsOf({ ...bundle, assets: new Map([[asset, changed]]) }, new Map())
    expect(targets.at({ address: '2001:db8::7', port: 22 })).toBe(asset)
    expect(targets.at({ address: '10.20.1.200', port: 443 })).toBe(asset)
    expect(targets.at({ address: '10.20.1.201', port: 443 })).toBeNull()
  })

  it('gives an alarm for a session whose connection the kernel does not know', async () => {
    const leg = await dial()
    const one = session({ ...leg, local: { ...leg.local, port: 1 } })
    const running = watch()
    expect((await running.look())?.missing.map((each) => each.session)).toEqual([one.facts.id])
    await running.round()
    await running.round()
    const kinds = (await entries('session.socket_unexplained')).map(({ data }) => data['kind'])
    expect(new Set(kinds)).toEqual(new Set(['missing', 'stranger']))
  })

  it('gives no alarm for what did not agree at one look only', async () => {
    const leg = await dial()
    const running = watch()
    await running.round()
    session(leg)
    await running.round()
    await running.round()
    expect(await entries('session.socket_unexplained')).toHaveLength(0)
  })

  it('keeps that it compared: with the first session, and an hour later again', async () => {
    const running = watch()
    await running.round()
    expect(await entries('session.heartbeat')).toHaveLength(0)
    session(await dial())
    await running.round()
    await running.round()
    expect((await entries('session.heartbeat')).map(({ data }) => data)).toEqual([
      { sessions: 1, connections: 1, missing: 0, strangers: 0 },
    ])
    base.clock.at += 3_600_000
    await running.round()
    expect(await entries('session.heartbeat')).toHaveLength(2)
  })

  it('says that nothing is known where the system shows no sockets', async () => {
    expect(await readKernelSockets('/nowhere')).toBeNull()
  })
})
