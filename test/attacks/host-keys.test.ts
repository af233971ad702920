// Targets that are not what they should be: whoever stands in for one learns nothing, whatever key it shows.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import ssh2 from 'ssh2'
import type { AddressInfo } from 'node:net'

import { generateOpensshKey } from '../../certs-dev/openssh-key.ts'
import { Secret } from '../../gateway/secret.ts'
import { describeWith } from '../support/describe-with.ts'
import { stageGateway, type GatewayStage } from '../support/gateway-stage.ts'
import { runSsh } from '../support/ssh-session.ts'

const password = 'the password of the plant'

interface FalseTarget {
  readonly port: number
  /** Type and key, as a bundle pins it. */
  readonly hostKey: string
  /** Connections it has had. */
  readonly visits: number
  /** Every way to log in that was tried on it, and every password. */
  readonly tries: readonly string[]
  stop(): Promise<void>
}

/** Takes any login and keeps what it is told. */
async function startFalseTarget(key = generateOpensshKey('false-target')): Promise<FalseTarget> {
  const tries: string[] = []
  let visits = 0
  const server = new ssh2.Server({ hostKeys: [key.private] }, (connection) => {
    visits++
    connection.on('error', () => connection.end())
    connection.on('authentication', (ctx) => {
      tries.push(ctx.method === 'password' ? `password ${ctx.password}` : ctx.method)
      if (ctx.method === 'none') return ctx.reject(['password', 'keyboard-interactive', 'publickey'])
      ctx.accept()
    })
    connection.on('session', (accept) => {
      accept().on('exec', (acceptExec) => {
        const channel = acceptExec()
        channel.exit(0)
        channel.end('it is me\n')
      })
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    hostKey: key.public.split(' ').slice(0, 2).join(' '),
    get visits() {
      return visits
    },
    tries,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

describeWith(['ssh', 'sshd', 'ssh-keygen'], 'attack 9: a false target', () => {
  let stage: GatewayStage
  let right: FalseTarget
  let neighbour: FalseTarget
  let wrong: FalseTarget
  let other: FalseTarget
  let unknown: FalseTarget

  beforeAll(async () => {
    const known = generateOpensshKey('known')
    ;[right, neighbour, wrong, other, unknown] = await Promise.all([
      startFalseTarget(known),
      startFalseTarget(known),
      startFalseTarget(),
      startFalseTarget(),
      startFalseTarget(),
    ])
    const places = new Map([
      // Its own key: what shows that the credential would be sent.
      ['ews-1', { port: right.port, hostKeys: [right.hostKey] }],
      // Where it should be stands one that shows a key of its own.
      ['hist-1', { port: wrong.port, hostKeys: [right.hostKey] }],
      // Where it should be stands one that shows the key of another asset, which is pinned there.
      ['ews-2', { port: neighbour.port, hostKeys: [other.hostKey] }],
      ['hmi-3', { port: unknown.port, hostKeys: [unknown.hostKey], endpoint: { hostKeys: 'enrol' } }],
    ])
    stage = await stageGateway({
      targets: [...places.keys()],
      spoil: async (place) => ({
        ...place,
        ...places.get(place.asset),
        credential: { kind: 'password', secret: new Secret(password) },
      }),
    })
    for (const asset of ['ews-1', 'hist-1']) await stage.grant(asset)
    for (const asset of ['ews-2', 'hmi-3']) await stage.grant(asset, { by: 'engineer' })
    await stage.api('auditor')
  })
  afterAll(async () => {
    await stage.stop()
    await Promise.all([right, neighbour, wrong, other, unknown].map((target) => target.stop()))
  })

  async function visit(user: string) {
    const run = await runSsh(await stage.sshLogin(user, 'password'), { command: 'who are you' })
    await stage.quiet()
    const session = String((await stage.evidence({ types: ['session.started'] })).at(-1)?.data['session'])
    return { ...run, events: await stage.evidence({ session }) }
  }
  const typesOf = (events: readonly { readonly type: string }[]): string[] => events.map(({ type }) => type)

  it('gets the credential where it shows the key of the target: so it is the key that the rest is about', async () => {
    const { stdout, events } = await visit('vendor%ews-1')
    expect(stdout.toString()).toBe('it is me\n')
    expect(right.tries).toContain(`password ${password}`)
    expect(typesOf(events)).toContain('credential.injected')
  })

  it('gets nothing where it shows one of its own', async () => {
    const { exit, stderr, events } = await visit('vendor%hist-1')
    expect([exit, wrong.visits]).toEqual([255, 1])
    expect(stderr).toContain('a host key that is not the pinned one: nothing was sent to it')
    expect(wrong.tries).toEqual([])
    expect(typesOf(events)).not.toContain('credential.injected')
    expect(events.find(({ type }) => type === 'target.host_key_seen')?.data).toMatchObject({ asset: 'hist-1' })
    expect(events.find(({ type }) => type === 'session.ended')?.data).toMatchObject({ reason: 'host-key-mismatch' })
  })

  it('gets nothing where it shows the key of another target, which is known for that one alone', async () => {
    const { exit, events } = await visit('engineer%ews-2')
    expect([exit, neighbour.visits, neighbour.tries]).toEqual([255, 1, []])
    expect(typesOf(events)).not.toContain('credential.injected')
    expect(events.find(({ type }) => type === 'session.ended')?.data).toMatchObject({ reason: 'host-key-mismatch' })
  })

  it('is not even visited where no key has been accepted: none known is not any', async () => {
    const run = await runSsh(await stage.sshLogin('engineer%hmi-3', 'password'), { command: 'who are you' })
    expect([run.exit, unknown.visits]).toEqual([255, 0])
    expect(run.stderr).toContain('nobody has accepted a host key of the target yet')
    expect((await stage.evidence({ types: ['session.refused'] })).at(-1)?.data).toMatchObject({ reason: 'no-host-key' })
  })

  describe('and the people who might wave it through', () => {
    it.each(['vendor', 'engineer', 'approver'])('cannot, as %s', async (login) => {
      const body = { comment: 'it looks right to me' }
      const answer = await (await stage.api(login)).call('POST', '/targets/hist-1/host-keys', body)
      expect([403, 404]).toContain(answer.status)
      expect((await visit('vendor%hist-1')).exit).toBe(255)
      expect(wrong.tries).toEqual([])
    })
  })
})
