// Several channels on one connection: one session, each channel decided anew and recorded by itself.

import type { Client } from 'ssh2'
import { afterAll, beforeAll, expect, it } from 'vitest'

import { describeWith } from '../support/describe-with.ts'
import { eventually } from '../support/eventually.ts'
import { stageGateway, type GatewayStage } from '../support/gateway-stage.ts'
import { startHoldingRelay, type HoldingRelay } from '../support/holding-relay.ts'
import { enter, exec } from '../support/library-client.ts'
import { readRecorded } from '../support/recorded.ts'
import { openSsh, runSsh, shareConnection } from '../support/ssh-session.ts'

describeWith(['ssh', 'sshd', 'ssh-keygen'], 'channels of one connection', () => {
  let stage: GatewayStage
  let relay: HoldingRelay | undefined

  beforeAll(async () => {
    stage = await stageGateway({
      targets: ['ews-1', 'hist-1'],
      overrides: { 'ssh.maxChannels': 6 },
      async spoil(place) {
        if (place.asset !== 'hist-1') return place
        relay = await startHoldingRelay(place.port)
        return { ...place, port: relay.port }
      },
    })
    await stage.grant('ews-1')
    await stage.grant('hist-1')
  })
  afterAll(async () => {
    await stage.stop()
    await relay?.stop()
  })

  const count = async (type: string): Promise<number> => (await stage.evidence({ types: [type] })).length

  it('run at the same time in one session, each with its own bytes, status and record', async () => {
    const sessions = await count('session.started')
    const login = await stage.sshLogin('vendor%ews-1')
    const shared = await shareConnection(login)
    const runs = await Promise.all(
      [1, 2, 3, 4, 5].map((n) =>
        runSsh(login, { options: shared.options, command: `cat; echo ${n}; exit ${n}`, input: `${n}`.repeat(50_000) }),
      ),
    )
    expect(runs.map(({ exit }) => exit)).toEqual([1, 2, 3, 4, 5])
    for (const [i, { stdout }] of runs.entries())
      expect(stdout.toString()).toBe(`${i + 1}`.repeat(50_000) + `${i + 1}\n`)
    shared.master.child.kill()
    await shared.master.ended

    expect(await count('session.started')).toBe(sessions + 1)
    const session = String((await stage.evidence({ types: ['session.started'] })).at(-1)?.data['session'])
    const [sealed] = await eventually('the recording is sealed', async () => {
      const found = await stage.evidence({ types: ['session.recording_sealed'], session })
      return found.length > 0 ? found : null
    })
    expect(sealed?.data).toMatchObject({ channels: 5, status: 'complete' })
    const recorded = await Promise.all([0, 1, 2, 3, 4].map((n) => readRecorded(stage.stage, session, n)))
    expect(recorded.map(({ out }) => out.toString()).toSorted()).toEqual(
      runs.map((run) => run.stdout.toString()).toSorted(),
    )
  })

  async function library(): Promise<Client> {
    const [port, code] = [stage.gateway.ssh.port, stage.code('vendor')]
    const password = stage.person('vendor').password.expose()
    const entry = await enter({ port, username: 'vendor%ews-1', password, code })
    if (entry.kind === 'refused') throw new Error(entry.text)
    return entry.client
  }

  it('share one session also when they come in one burst, before there is any', async () => {
    const sessions = await count('session.started')
    const client = await library()
    const ran = await Promise.all([1, 2, 3, 4, 5].map((n) => exec(client, `echo ${n}`)))
    expect(ran.map(({ stdout }) => stdout)).toEqual(['1\n', '2\n', '3\n', '4\n', '5\n'])
    expect(await count('session.started')).toBe(sessions + 1)
    client.end()
    await stage.quiet()
  })

  it('are no more at a time than the configuration allows, used or not, and leave room when they close', async () => {
    const client = await library()
    const held = await Promise.all(Array.from({ length: 6 }, () => hold(client)))
    await expect(exec(client, 'true')).rejects.toThrow('Channel open failure')
    held[0]?.close()
    await eventually('there is room again', () =>
      exec(client, 'echo room').then(
        (ran) => ran.stdout === 'room\n',
        () => false,
      ),
    )
    client.end()
  })

  /** A command that waits, and the way to close it. */
  function hold(client: Client): Promise<{ close(): void }> {
    return new Promise((resolve, reject) => {
      client.exec('cat', (error, channel) => {
        if (error) return reject(error)
        channel.resume()
        resolve({ close: () => channel.close() })
      })
    })
  }

  it('bring the status of a command whose end arrives together with its start', async () => {
    const login = await stage.sshLogin('vendor%hist-1')
    const shared = await shareConnection(login)
    await runSsh(login, { options: shared.options, command: 'true' })
    relay?.holdAfterNext()
    const command = `printf %1000s; exit 7`
    const run = await openSsh(login, { options: shared.options, command, input: '' })
    let seen: readonly number[] = []
    await eventually('the target has said everything', () => {
      seen = [...seen, relay?.held() ?? 0].slice(-20)
      return seen.length === 20 && seen.every((each) => each > 1000 && each === seen[0])
    })
    relay?.release()
    expect({ exit: (await run.ended).exit, stdout: run.stdout().toString() }).toEqual({
      exit: 7,
      stdout: ' '.repeat(1000),
    })
    shared.master.child.kill()
    await shared.master.ended
  })

  it('are opened no more once the grant was revoked', async () => {
    const login = await stage.sshLogin('vendor%ews-1')
    const shared = await shareConnection(login)
    const first = await openSsh(login, { options: shared.options, command: 'echo up; cat' })
    await first.sees('up\n')
    const grants: { items: { id: string; asset: string; state: string }[] } = await (
      await stage.api('approver')
    ).ok('GET', '/grants?state=open')
    const id = grants.items.find(({ asset }) => asset === 'ews-1')?.id ?? ''
    await (await stage.api('approver')).ok('POST', `/grants/${id}/revoke`, { reason: 'line is needed' })
    expect((await first.ended).exit).toBe(255)
    expect(first.shown()).toContain('the access was revoked: line is needed')
    const before = await count('session.started')
    const second = await runSsh(await stage.sshLogin('vendor%ews-1'), { options: shared.options, command: 'echo in' })
    expect({ exit: second.exit, stdout: second.stdout.toString() }).toEqual({ exit: 255, stdout: '' })
    expect(await count('session.started')).toBe(before)
    shared.master.child.kill()
    await shared.master.ended
  })
})
