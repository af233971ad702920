// What a worker asks about logins: answered for the connection it is asked on, and only for what was shown there.

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openAuthenticator } from '../../../gateway/identity/authenticate.ts'
import { wireString } from '../../../gateway/identity/certificates/wire.ts'
import { enrol, type Enrolled } from '../../../gateway/identity/enrol.ts'
import { codeAt } from '../../../gateway/identity/totp.ts'
import { Secret } from '../../../gateway/secret.ts'
import { ServedConnections } from '../../../gateway/workers/connections.ts'
import { answerLogins } from '../../../gateway/workers/login-desk.ts'
import { keyLine, makeSigningKey } from '../../support/login-key.ts'
import { ledgerOf, openBase, type Base } from '../../support/memory-store.ts'
import { arrivalAt } from '../../support/test-arrival.ts'

const key = makeSigningKey('ssh-ed25519')
const password = 'correct horse battery'
const hashes = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)] as const
/** What a client signs to log in where this was exchanged. */
const toSign = (hash: Buffer): Buffer => Buffer.concat([wireString(hash), Buffer.from('\u0032user authentication')])

describe('the logins of a worker', () => {
  let base: Base
  let alice: Enrolled & { kind: 'ok' }
  let connections: ServedConnections
  let faults: string[]
  let desk: ReturnType<typeof answerLogins>

  beforeEach(async () => {
    base = await openBase()
    const enrolled = await enrol(base, {
      login: 'alice',
      displayName: 'Service engineer',
      roles: ['vendor'],
      supplier: 'acme-drives',
      plants: ['north'],
      password: new Secret(password),
      keys: [keyLine(key)],
    })
    if (enrolled.kind !== 'ok') throw new Error(enrolled.problems.join())
    alice = enrolled
    connections = new ServedConnections()
    for (const [i, hash] of hashes.entries()) {
      connections.add(i + 1, arrivalAt(`192.0.2.${i + 1}`))
      connections.get(i + 1).exchanged(hash)
    }
    faults = []
    const authenticator = openAuthenticator({ ...base, lockout: { threshold: 3, minutes: 5 } })
    desk = answerLogins(authenticator, connections, (why) => faults.push(why))
  })
  afterEach(() => base.store.close())

  const types = async (): Promise<string[]> => (await ledgerOf(base.store)).map(({ type }) => type)
  const code = (): string => codeAt(alice.totpSecret, base.clock.now())

  async function passwordOn(connection: number): Promise<number> {
    const told = await desk['auth.password']({ connection, login: 'alice', password })
    if (told.kind === 'bad') throw new Error('the password was refused')
    return told.proof
  }
  const signedOver = (hash: Buffer) => key.signed(toSign(hash))
  const publicKeyOn = async (connection: number, hash: Buffer) =>
    desk['auth.publicKey']({ connection, login: 'alice', key: key.blob, ...signedOver(hash) })

  it('are complete with both factors, and the visitor is who was shown here', async () => {
    const proof = await passwordOn(1)
    expect(() => connections.get(1).visitor(false)).toThrow('nobody has logged in')
    const login = await desk['auth.totp']({ connection: 1, proof, code: code() })
    expect(login?.person.login).toBe('alice')
    expect(connections.get(1).visitor(false)).toMatchObject({ person: { login: 'alice' }, source: '192.0.2.1' })
    expect(() => connections.get(2).visitor(false)).toThrow('nobody has logged in')
    const last = (await ledgerOf(base.store)).at(-1)
    expect(last).toMatchObject({ type: 'auth.succeeded', data: { via: 'ssh', mfa: ['totp'] } })
  })

  it('are not complete with a wrong code, and are with a right one after it', async () => {
    const proof = await passwordOn(1)
    expect(await desk['auth.totp']({ connection: 1, proof, code: '000000' })).toBeNull()
    expect(connections.get(1).isComplete).toBe(false)
    expect(await desk['auth.totp']({ connection: 1, proof, code: code() })).not.toBeNull()
    expect(connections.get(1).isComplete).toBe(true)
  })

  it('take a key by its signature over what was exchanged on the connection', async () => {
    const told = await publicKeyOn(1, hashes[0])
    expect(told).toEqual({ kind: 'good', proof: expect.any(Number) })
    expect(faults).toEqual([])
  })

  it('take a signature that was made for another connection for a fault, and do not look at it', async () => {
    expect(await publicKeyOn(2, hashes[0])).toEqual({ kind: 'bad' })
    expect(faults).toEqual(['login: a signature that was made for another connection'])
    expect((await types()).filter((type) => type.startsWith('auth.'))).toEqual([])
    const shown = { algorithm: 'ssh-ed25519-cert-v01@openssh.com', blob: key.blob, signature: Buffer.alloc(64) }
    const certificate = { connection: 2, login: 'alice', ...shown, signed: toSign(hashes[0]) }
    expect(await desk['auth.certificate'](certificate)).toEqual({ kind: 'bad' })
    expect(faults).toHaveLength(2)
  })

  it('take no signature where nothing was exchanged yet', async () => {
    connections.add(3, arrivalAt('192.0.2.3'))
    expect(await publicKeyOn(3, hashes[0])).toEqual({ kind: 'bad' })
    expect(faults).toHaveLength(1)
  })

  it('know no first factor of another connection', async () => {
    const proof = await passwordOn(1)
    await expect(desk['auth.totp']({ connection: 2, proof, code: code() })).rejects.toThrow('no first factor')
    await expect(desk['auth.abandoned']({ connection: 2, proof })).rejects.toThrow('no first factor')
    expect([connections.get(1).isComplete, connections.get(2).isComplete]).toEqual([false, false])
    expect(await desk['auth.totp']({ connection: 1, proof, code: code() })).not.toBeNull()
  })

  it('are made once on a connection: who is in is asked nothing more', async () => {
    await desk['auth.totp']({ connection: 1, proof: await passwordOn(1), code: code() })
    const again = 'somebody has logged in'
    await expect(passwordOn(1)).rejects.toThrow(again)
    await expect(publicKeyOn(1, hashes[0])).rejects.toThrow(again)
    expect(() => desk['auth.knowsKey']({ connection: 1, login: 'alice', key: key.blob })).toThrow(again)
    await expect(desk['auth.totp']({ connection: 1, proof: 1, code: code() })).rejects.toThrow(again)
  })

  it('are answered on no connection the worker was not handed', async () => {
    await expect(passwordOn(9)).rejects.toThrow('there is no connection 9')
    expect(() => desk['auth.knowsKey']({ connection: 9, login: 'alice', key: key.blob })).toThrow('no connection 9')
  })

  it('leave evidence where a first factor was good and the second never came, once', async () => {
    const proof = await passwordOn(1)
    connections.left(1)
    await desk['auth.abandoned']({ connection: 1, proof })
    await expect(desk['auth.abandoned']({ connection: 1, proof })).rejects.toThrow('no first factor')
    expect(connections.get(1).openProofs).toEqual([])
    const told = (await ledgerOf(base.store)).filter(({ type }) => type.startsWith('auth.'))
    expect(told).toHaveLength(1)
    expect(told[0]).toMatchObject({ type: 'auth.failed', data: { via: 'ssh' } })
  })

  it('are not abandoned once a code has followed, right or wrong', async () => {
    const proof = await passwordOn(1)
    expect(connections.get(1).openProofs).toHaveLength(1)
    expect(await desk['auth.totp']({ connection: 1, proof, code: 'no code' })).toBeNull()
    expect(connections.get(1).openProofs).toEqual([])
  })

  it('leave evidence of a way in that is not offered', async () => {
    await desk['auth.wrongMethod']({ connection: 1, login: 'alice' })
    expect(await types()).toContain('auth.failed')
  })
})
