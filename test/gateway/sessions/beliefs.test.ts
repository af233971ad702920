// A session lives no longer than what it was opened on is believed: the host key of its target, and the key or certificate
// its person logged in with.

import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fingerprintOfLine } from '../../../gateway/access/host-keys.ts'
import type { Negotiated, Visitor } from '../../../gateway/brokers/broker.ts'
import { nothingRevoked, parseRevoked, type Revoked } from '../../../gateway/identity/certificates/revoked.ts'
import { endpointOf, enrolledKeys, type Asset, type EndReason } from '../../../policy/index.ts'
import { describeWith } from '../../support/describe-with.ts'
import { idOf } from '../../support/ids.ts'
import { keyLine, makeSigningKey } from '../../support/login-key.ts'
import { openSessionScene, type SessionScene } from '../../support/session-scene.ts'
import { blobIn, certify, makeKeyOf, makeRevocationList } from '../../support/user-authority.ts'

let scene: SessionScene
/** What the list of revoked keys holds now; null while nobody can read it. */
let revoked: Revoked | null
const open: (() => Promise<void>)[] = []

beforeEach(async () => {
  revoked = nothingRevoked
  scene = await openSessionScene({ revocation: { current: () => Promise.resolve(revoked) } })
})
afterEach(async () => {
  await Promise.all(open.splice(0).map((close) => close()))
  await scene.close()
})

const algorithms: Negotiated = {
  kex: 'curve25519-sha256',
  hostKey: 'ssh-ed25519',
  toServer: { cipher: 'aes128-gcm@openssh.com', mac: null },
  toClient: { cipher: 'aes128-gcm@openssh.com', mac: null },
}

const hostKeyLine = (): string => keyLine(makeSigningKey('ssh-ed25519'))

const ews = idOf.asset('ews-1')
function setEndpoint(change: Partial<Extract<Asset['endpoints'][number], { protocol: 'ssh' }>>): void {
  const asset = scene.door.bundle().assets.get(ews)
  const endpoint = asset && endpointOf(asset, 'ssh')
  if (!endpoint) throw new Error('ews-1 has SSH')
  scene.setAsset('ews-1', { endpoints: [{ ...endpoint, ...change }] })
}

async function accept(key: string, state: 'accepted' | 'rejected' | 'replaced' = 'accepted'): Promise<void> {
  const at = { by: scene.approver.id, at: 1 }
  const entry = { asset: ews, fingerprint: fingerprintOfLine(key), key, state, address: 'here port 22', seenAt: 1 }
  await scene.store.bookkeep((tx) => tx.targetHostKeys.put({ ...entry, proposed: at, decided: at }))
}

/** A session whose target has shown this key, and why it ended. */
async function session(hostKey: string, over: Partial<Visitor> = {}): Promise<EndReason[]> {
  const admission = await scene.admission().admit({ ...scene.visitor, ...over }, 'ews-1')
  if (admission.kind === 'refused') throw new Error(admission.text)
  const ends: EndReason[] = []
  const { session: opened } = admission
  opened.listen({ warn: () => undefined, flow: () => undefined, end: (reason) => ends.push(reason) })
  await opened.negotiated({ software: 'OpenSSH_10.0', hostKey, algorithms }, null)
  open.push(() => opened.closed())
  return ends
}

async function changes(): Promise<void> {
  scene.bus.publish({ kind: 'reevaluate', because: 'world' })
  await scene.registry.settled()
}

describe('a session whose target showed a host key', () => {
  it.each(['rejected', 'replaced'] as const)('ends when two people accepted it and it is %s later', async (state) => {
    const key = hostKeyLine()
    setEndpoint({ hostKeys: enrolledKeys })
    await accept(key)
    const ends = await session(key)
    await scene.registry.sweep()
    await changes()
    expect(ends).toEqual([])
    await accept(key, state)
    await scene.registry.sweep()
    expect(ends).toEqual(['host-key-withdrawn'])
  })

  it('ends at once when the bundle no longer pins it, and not when another one is pinned beside it', async () => {
    const [key, other] = [hostKeyLine(), hostKeyLine()]
    setEndpoint({ hostKeys: [key] })
    const ends = await session(key)
    setEndpoint({ hostKeys: [other, key] })
    await changes()
    expect(ends).toEqual([])
    setEndpoint({ hostKeys: [other] })
    await changes()
    expect(ends).toEqual(['host-key-withdrawn'])
  })

  it('is let go as safety wants it where people could come to harm', async () => {
    const key = hostKeyLine()
    scene.setAsset('ews-1', { safety: 'related', expiry: { kind: 'drain', hardLimitMinutes: 10 } })
    setEndpoint({ hostKeys: [key] })
    const ends = await session(key)
    const [live] = scene.registry.all()
    setEndpoint({ hostKeys: [hostKeyLine()] })
    await changes()
    expect([ends, live?.flow.input]).toEqual([[], false])
    scene.clock.at += 11 * 60_000
    await scene.registry.sweep()
    expect(ends).toEqual(['host-key-withdrawn'])
  })
})

describeWith(['ssh-keygen'], 'a session that was logged in to with a key', () => {
  let folder: string
  let keys = { plain: '', certificate: '', certified: '', authority: '' }
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sp-revoked-'))
    const [plain, authority, certified] = await Promise.all(
      ['plain', 'authority', 'certified'].map((name) => makeKeyOf(join(folder, name), 'ed25519')),
    )
    if (!plain || !authority || !certified) throw new Error('ssh-keygen made no keys')
    const certificate = await certify(authority, certified, { principals: 'vendor', serial: '12' })
    keys = { plain, certificate, certified, authority }
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))

  const host = hostKeyLine()
  const shown = async (file: string): Promise<Partial<Visitor>> => ({
    shownKey: (await blobIn(file)).toString('base64'),
  })
  async function revoke(bytes: Uint8Array): Promise<void> {
    const read = parseRevoked(bytes)
    if (read.kind === 'malformed') throw new Error(read.problem)
    revoked = read.revoked
    await scene.registry.sweep()
  }

  it('ends when that key is put on the list, and others go on', async () => {
    setEndpoint({ hostKeys: [host] })
    const [plain, certified, password] = [
      await session(host, await shown(`${keys.plain}.pub`)),
      await session(host, await shown(keys.certificate)),
      await session(host),
    ]
    await revoke(await readFile(`${keys.plain}.pub`))
    expect([plain, certified, password]).toEqual([['key-revoked'], [], []])
  })

  it.each([
    ['its serial number', ['serial: 12'], true],
    ['its key id', ['id: test id'], true],
    ['another one', ['serial: 13'], false],
  ])('as a certificate ends when %s is revoked', async (_what, lines, ended) => {
    setEndpoint({ hostKeys: [host] })
    const ends = await session(host, await shown(keys.certificate))
    await revoke(await readFile(await makeRevocationList(folder, lines, `${keys.authority}.pub`)))
    expect(ends).toEqual(ended ? ['key-revoked'] : [])
  })

  it('as a certificate ends with its key and with its authority', async () => {
    setEndpoint({ hostKeys: [host] })
    for (const file of [keys.certified, keys.authority]) {
      revoked = nothingRevoked
      const ends = await session(host, await shown(keys.certificate))
      await revoke(await readFile(`${file}.pub`))
      expect(ends).toEqual(['key-revoked'])
      await Promise.all(open.splice(0).map((close) => close()))
    }
  })

  it('goes on while nobody can read the list, and past the end of its certificate', async () => {
    setEndpoint({ hostKeys: [host] })
    const ends = await session(host, {
      ...(await shown(keys.certificate)),
      certificate: {
        authority: 'ca',
        authorityKey: 'SHA256:x',
        keyId: 'test id',
        serial: '12',
        until: scene.clock.at + 1,
        command: null,
        terminal: true,
        forwarding: true,
      },
    })
    revoked = null
    scene.clock.at += 60_000
    await scene.registry.sweep()
    await changes()
    expect(ends).toEqual([])
  })
})
