// What a change of bundle would end of sessions whose grants stay: those whose target showed a host key that is taken out.

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fingerprintOfLine } from '../../../gateway/access/host-keys.ts'
import { impactOf } from '../../../gateway/access/impact.ts'
import type { Negotiated } from '../../../gateway/brokers/broker.ts'
import { endpointOf, enrolledKeys, type Bundle, type SshEndpoint } from '../../../policy/index.ts'
import { idOf } from '../../support/ids.ts'
import { keyLine, makeSigningKey } from '../../support/login-key.ts'
import { openSessionScene, type SessionScene } from '../../support/session-scene.ts'

let scene: SessionScene
const open: (() => Promise<void>)[] = []

beforeEach(async () => {
  scene = await openSessionScene()
})
afterEach(async () => {
  await Promise.all(open.splice(0).map((close) => close()))
  await scene.close()
})

const ews = idOf.asset('ews-1')
const newKey = (): string => keyLine(makeSigningKey('ssh-ed25519'))
const algorithms: Negotiated = {
  kex: 'curve25519-sha256',
  hostKey: 'ssh-ed25519',
  toServer: { cipher: 'aes128-gcm@openssh.com', mac: null },
  toClient: { cipher: 'aes128-gcm@openssh.com', mac: null },
}

/** The bundle in which `ews-1` is declared with these host keys; in force from now on. */
function declare(hostKeys: SshEndpoint['hostKeys']): Bundle {
  const asset = scene.door.bundle().assets.get(ews)
  const endpoint = asset && endpointOf(asset, 'ssh')
  if (!endpoint) throw new Error('ews-1 has SSH')
  scene.setAsset('ews-1', { endpoints: [{ ...endpoint, hostKeys }] })
  return scene.door.bundle()
}

/** A session whose target shows this key; one that shows none has not got so far. */
async function begin(hostKey: string | null): Promise<void> {
  const admission = await scene.admission().admit(scene.visitor, 'ews-1')
  if (admission.kind === 'refused') throw new Error(admission.text)
  const { session } = admission
  session.listen({ warn: () => undefined, flow: () => undefined, end: () => undefined })
  if (hostKey !== null) await session.negotiated({ software: 'OpenSSH_10.0', hostKey, algorithms }, null)
  open.push(() => session.closed())
}

async function accept(key: string): Promise<void> {
  const at = { by: scene.approver.id, at: 1 }
  const fingerprint = fingerprintOfLine(key)
  const entry = { asset: ews, fingerprint, key, state: 'accepted', address: 'here port 22', seenAt: 1 } as const
  await scene.store.bookkeep((tx) => tx.targetHostKeys.put({ ...entry, proposed: at, decided: at }))
}

const ending = async (from: Bundle, to: Bundle) => {
  const { ends, sessions, unbelieved } = await impactOf({ ...scene, world: scene.world.now }, from, to)
  return { grants: ends.count, sessions, unbelieved: unbelieved.count, assets: [...unbelieved.assets] }
}

describe('a host key that a bundle takes out', () => {
  const none = { grants: 0, sessions: 0, unbelieved: 0, assets: [] }
  const one = { grants: 0, sessions: 1, unbelieved: 1, assets: ['ews-1'] }

  it('ends the sessions whose targets showed it, and no other', async () => {
    const [old, other, next] = [newKey(), newKey(), newKey()]
    const from = declare([old, other])
    for (const key of [old, other, null]) await begin(key)
    expect(await ending(from, declare([other, next]))).toEqual(one)
    expect(await ending(from, declare([next]))).toEqual({ ...one, sessions: 2, unbelieved: 2 })
    expect(await ending(from, declare([next, other, old]))).toEqual(none)
  })

  it('is believed on where two people accepted it and keys are accepted from now on, and the other way round', async () => {
    const [key, stranger] = [newKey(), newKey()]
    const [pinned, enrolled] = [declare([key]), declare(enrolledKeys)]
    declare([key])
    await begin(key)
    expect(await ending(pinned, enrolled)).toEqual(one)
    await accept(key)
    expect(await ending(pinned, enrolled)).toEqual(none)
    expect(await ending(enrolled, declare([stranger]))).toEqual(one)
    expect(await ending(enrolled, pinned)).toEqual(none)
  })

  it('ends no session twice whose grant ends with it', async () => {
    const key = newKey()
    const from = declare([key])
    await begin(key)
    declare([newKey()])
    // Its supplier may touch drives, and nothing else.
    scene.setAsset('ews-1', { labels: ['packaging'] })
    expect(await ending(from, scene.door.bundle())).toEqual({ ...none, grants: 1, sessions: 1 })
  })
})
