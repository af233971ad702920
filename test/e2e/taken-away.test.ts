// A session never outlives its permission, also where it is not the grant that is taken away: a port of the asset, streams
// through it, the host key its target has shown, the key somebody logged in with. Each ends what rests on it, says why, and
// leaves what does not.

import { once } from 'node:events'
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, expect, it } from 'vitest'

import type { TargetView } from '../../gateway/contract/views.ts'
import { activate, enrolKeepers, redeclared, rollBack } from '../support/bundle-change.ts'
import { describeWith } from '../support/describe-with.ts'
import { eventually } from '../support/eventually.ts'
import { stageGateway, type GatewayStage } from '../support/gateway-stage.ts'
import { openSsh } from '../support/ssh-session.ts'
import { freePort } from '../support/sshd.ts'
import { dial, forward, listens, startController, tunnelConduits, type Controller } from '../support/tunnel-stage.ts'
import { certify, makeKeyOf, makeRevocationList } from '../support/user-authority.ts'

const terminal = { cols: 100, rows: 30 }

describeWith(['ssh', 'sshd', 'ssh-keygen', 'script'], 'what a session rests on, taken away', () => {
  let stage: GatewayStage
  let folder: string
  let kept: Controller
  let taken: Controller
  const echo = (socket: { pipe(to: unknown): unknown }): void => void socket.pipe(socket)

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sp-taken-away-'))
    await makeKeyOf(join(folder, 'ca'), 'ed25519')
    await writeFile(join(folder, 'revoked'), '')
    kept = await startController(echo)
    taken = await startController(echo)
    stage = await stageGateway({
      targets: ['ews-1', 'ews-2'],
      tunnels: { 'hist-1': { host: '127.0.0.1', ports: [kept.port, taken.port] } },
      files: { 'zones.yaml': await tunnelConduits() },
      spoil: async (place) => ({
        ...place,
        features: ['terminal', 'command', 'forward'],
        ...(place.asset === 'ews-2' && { endpoint: { hostKeys: 'enrol' } }),
      }),
      overrides: {
        'ssh.userAuthorities': [
          { name: 'ca', key: join(folder, 'ca.pub'), suppliers: ['acme-drives'], secondFactor: true },
        ],
        'ssh.revokedKeys': join(folder, 'revoked'),
      },
    })
    await enrolKeepers(stage)
    for (const login of ['chief', 'deputy'])
      await stage.enrol({ login, displayName: login, roles: ['admin'], supplier: null, plants: ['north'] })
    for (const login of ['approver', 'auditor', 'chief', 'deputy']) await stage.api(login)
    await stage.grant('ews-1')
    await stage.grant('hist-1', { protocol: 'tcp' })
  })
  afterAll(async () => {
    await stage.stop()
    await Promise.all([kept.stop(), taken.stop(), rm(folder, { recursive: true, force: true })])
  })

  const redeclare = (field: 'ports' | 'host', value: unknown): Promise<void> =>
    activate(stage, redeclared('hist-1', field, value))

  const lastSession = async (): Promise<string> =>
    String((await stage.evidence({ types: ['session.started'] })).at(-1)?.data['session'])
  const endOf = (session: string) =>
    eventually('the session is sealed', async () => {
      const events = await stage.evidence({ session })
      if (!events.some(({ type }) => type === 'session.recording_sealed')) return null
      return events.find(({ type }) => type === 'session.ended')?.data['reason']
    })
  const withdrawn = async (session: string) =>
    (await stage.evidence({ types: ['session.tunnels_withdrawn'], session })).map(({ data }) => data)

  it('a port: its tunnels are cut, those to another port go on, and the next one is refused in words', async () => {
    const spec = `127.0.0.1:${await freePort()}`
    const { run, port } = await forward(stage, 'vendor', `hist-1:${taken.port}`, ['-L', `${spec}:hist-1:${kept.port}`])
    const other = Number(spec.split(':')[1])
    const [going, staying] = [await dial(port), await dial(other)]
    for (const socket of [going, staying]) {
      socket.on('error', () => undefined)
      socket.write('hello')
      await once(socket, 'data')
    }
    const gone = once(going, 'close')
    going.on('end', () => going.end()).resume()
    await redeclare('ports', [kept.port])
    await gone
    await eventually('nothing is left of it', () => taken.connections.size === 0)
    const answered = once(staying, 'data')
    staying.write('still')
    expect(String((await answered)[0])).toBe('still')
    const session = await lastSession()
    expect(await withdrawn(session)).toMatchObject([{ count: 1, to: [expect.stringMatching(/^sha256:/)] }])
    const late = await dial(port)
    late.on('error', () => undefined)
    late.resume()
    await run.sees(`asset \`hist-1\` declares no port ${taken.port}`)
    staying.destroy()
    run.child.kill()
    await run.ended
    expect(await endOf(session)).toBe('client')
    await rollBack(stage)
  })

  it('an address: its tunnels are cut, and the next one goes to the new address', async () => {
    const moved = await startController((socket) => void socket.end('moved'), { host: '127.0.0.2', port: kept.port })
    try {
      const { run, port } = await forward(stage, 'vendor', `hist-1:${kept.port}`)
      const going = await dial(port)
      going.on('error', () => undefined)
      going.write('hello')
      await once(going, 'data')
      const gone = once(going, 'close')
      going.on('end', () => going.end()).resume()
      await redeclare('host', '127.0.0.2')
      await gone
      await eventually('nothing is left of it', () => kept.connections.size === 0)
      const session = await lastSession()
      expect(await withdrawn(session)).toMatchObject([{ count: 1 }])
      const next = await dial(port)
      expect(String((await once(next, 'data'))[0])).toBe('moved')
      next.destroy()
      run.child.kill()
      await run.ended
      expect(await endOf(session)).toBe('client')
      expect((await stage.evidence({ types: ['session.started'] })).at(-1)?.data['session']).toBe(session)
      await rollBack(stage)
    } finally {
      await moved.stop()
    }
  })

  it('streams through the asset: they are cut, its terminal is told why and goes on', async () => {
    const port = await freePort()
    const run = await openSsh(await stage.sshLogin('vendor%ews-1'), {
      terminal,
      options: ['-L', `127.0.0.1:${port}:localhost:${kept.port}`],
    })
    run.write('echo u""p\r')
    await run.sees('up')
    await eventually('the client listens', () => listens(port))
    const stream = await dial(port)
    stream.on('error', () => undefined)
    stream.write('hello')
    await once(stream, 'data')
    const gone = once(stream, 'close')
    stream.on('end', () => stream.end())
    stream.resume()
    await activate(stage, (text) => text.replaceAll(/\n\s+- forward\b/g, '').replaceAll(', forward', ''))
    await gone
    await run.sees('streams to ports of ews-1 were closed: the plant no longer declares where they lead')
    run.write('echo st""ill\r')
    await run.sees('still')
    const session = await lastSession()
    expect(await withdrawn(session)).toMatchObject([{ count: 1 }])
    run.write('exit\r')
    await run.ended
    expect(await endOf(session)).toBe('client')
    await rollBack(stage)
  })

  it('the host key two people had accepted: who reached the target by it is ended, and told', async () => {
    const step = async (login: string, path: string, body: unknown) =>
      (await stage.api(login)).ok<TargetView>('POST', `/targets/ews-2/host-keys${path}`, body)
    const { keys } = await step('chief', '', { comment: 'new' })
    const { fingerprint = '' } = keys[0] ?? {}
    await step('deputy', '/accept', { fingerprint, comment: 'as on its display' })
    await stage.grant('ews-2', { by: 'engineer' })
    const run = await openSsh(await stage.sshLogin('engineer%ews-2', 'password'), { terminal })
    run.write('echo u""p\r')
    await run.sees('up')
    const session = await lastSession()
    await step('chief', '/reject', { fingerprint, comment: 'it is not what its maker says' })
    expect((await run.ended).exit).toBe(255)
    expect(run.shown()).toContain('the plant no longer believes the host key of the target')
    expect(await endOf(session)).toBe('host-key-withdrawn')
  })

  it('a certificate, by its serial number: the session it opened is ended and told, one by another goes on', async () => {
    const by = async (name: string, serial: string) => {
      const key = await makeKeyOf(join(folder, name), 'ed25519')
      await certify(join(folder, 'ca'), key, { principals: 'vendor', serial })
      const login = { ...(await stage.sshLogin('vendor%ews-1')), identity: key, password: 'not this' }
      const run = await openSsh(login, { terminal, options: ['-o', 'PreferredAuthentications=publickey'] })
      run.write('echo u""p\r')
      await run.sees('up')
      return { run, session: await lastSession() }
    }
    const [one, other] = [await by('one', '41'), await by('other', '42')]
    const list = await makeRevocationList(folder, ['serial: 41'], join(folder, 'ca.pub'))
    await rename(list, join(folder, 'revoked'))
    expect((await one.run.ended).exit).toBe(255)
    expect(one.run.shown()).toContain('the key or certificate you logged in with was revoked')
    expect(await endOf(one.session)).toBe('key-revoked')
    other.run.write('echo st""ill\r')
    await other.run.sees('still')
    other.run.write('exit\r')
    await other.run.ended
  })
})
