// Sessions that go on under conditions: after their window they only observe, while their escort is away they wait, at
// rest they are locked, and where the process may need its hand they are not ended unasked. With the ordinary client.

import { createHash, randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ClientChannel } from 'ssh2'
import { afterAll, beforeAll, expect, it } from 'vitest'

import type { EvidenceView, GrantView, ListView, RequestView, SessionView } from '../../gateway/contract/views.ts'
import { askFor } from '../../gateway/demo/asking.ts'
import { describeWith } from '../support/describe-with.ts'
import { eventually } from '../support/eventually.ts'
import { stageGateway, type GatewayStage } from '../support/gateway-stage.ts'
import { enter } from '../support/library-client.ts'
import { readRecorded } from '../support/recorded.ts'
import { openSsh, runSsh, shareConnection, type RunWish } from '../support/ssh-session.ts'

const minute = 60_000
const terminal = { cols: 100, rows: 30 }

describeWith(['ssh', 'sshd', 'ssh-keygen', 'script'], 'a session under conditions', () => {
  let stage: GatewayStage

  beforeAll(async () => {
    stage = await stageGateway({
      targets: ['hist-1', 'hmi-3'],
      spoil: async (place) =>
        place.asset === 'hist-1' ? { ...place, expiry: { 'confirm-safe-state': 10 } } : { ...place, expiry: 'cut' },
    })
    for (const login of ['vendor', 'approver', 'escort', 'auditor', 'security']) await stage.api(login)
  })
  afterAll(() => stage.stop())

  async function live(state?: SessionView['state']): Promise<SessionView> {
    return eventually(`a session is ${state ?? 'alive'}`, async () => {
      const list: ListView<SessionView> = await (await stage.api('approver')).ok('GET', '/sessions?state=live')
      return list.items.find((session) => state === undefined || session.state === state) ?? null
    })
  }

  /** A client on `hist-1` that has shown it is up, with a window that ends in so many minutes. */
  async function open(minutes: number, run: RunWish = { terminal }) {
    const login = await stage.sshLogin('vendor%hist-1')
    const from = stage.clock.now()
    const grant = await stage.grant('hist-1', { window: { from, until: from + minutes * minute } })
    const client = await openSsh(login, run)
    const { id } = await live('active')
    return { grant, client, session: id }
  }

  /** Until the hard limit the session may be brought back. */
  async function extend({ id, window }: GrantView, minutes: number): Promise<void> {
    const until = window.until + minutes * minute
    await (await stage.api('approver')).ok('POST', `/grants/${id}/extend`, { until, comment: 'needs longer' })
  }

  async function ledgerOf(session: string): Promise<readonly EvidenceView[]> {
    return eventually('the session is sealed', async () => {
      const events = await stage.evidence({ session })
      return events.at(-1)?.type === 'session.recording_sealed' ? events : null
    })
  }

  it('observes after its window, is brought back by an extension, and is closed at the hard limit', async () => {
    const { grant, client, session } = await open(16)
    client.write('echo u""p\r\n')
    await client.sees('up')
    stage.clock.advance(2 * minute)
    await client.sees('[sallyport] access ends in 15 minutes')
    client.write('while sleep 0.2; do echo ti""ck; done &\r\n')
    await client.sees('tick')
    stage.clock.advance(14 * minute)
    await client.sees('the access window is over: what you type no longer reaches the target')
    const ticks = client.shown().split('tick').length
    client.write('echo lo""st\r\n')
    await eventually('the target is still heard', () => client.shown().split('tick').length > ticks + 3)
    expect((await live()).state).toBe('observing')
    await extend(grant, 30)
    await client.sees('what you type reaches the target again')
    client.write('echo fou""nd\r\n')
    await client.sees('found')
    expect(client.shown()).not.toContain('lost')
    stage.clock.advance(30 * minute)
    await live('observing')
    stage.clock.advance(10 * minute)
    expect((await client.ended).exit).toBe(255)
    expect(client.shown()).toContain('the session ended because the access window ended')
    const events = await ledgerOf(session)
    const windowUntil = grant.window.until + 30 * minute
    const ended = { reason: 'expired', windowUntil, hardUntil: windowUntil + 10 * minute }
    expect(events.find(({ type }) => type === 'session.ended')?.data).toMatchObject(ended)
    const about = events.map(({ type }) => type).filter((type) => /degraded|restored|offered/.test(type))
    expect(about.filter((type) => type !== 'session.extension_offered')).toEqual([
      'session.degraded',
      'session.restored',
      'session.degraded',
    ])
    expect(about).toContain('session.extension_offered')
    const recorded = await readRecorded(stage.stage, session)
    expect(recorded.in.toString()).not.toContain('lo""st')
    expect(recorded.notices.join('\n')).toContain('did not reach the target')
  })

  it('loses nothing of a file that is on its way when its window ends and is extended', async () => {
    const [first, second] = [randomBytes(300_000), randomBytes(3_000_000)]
    const { grant, client, session } = await open(5, { command: 'sha256sum' })
    client.write(first)
    const crossed = async (): Promise<number> => (await live()).bytesIn
    await eventually('the first part has crossed', async () => (await crossed()) === first.length)
    stage.clock.advance(5 * minute)
    await live('observing')
    client.write(second)
    client.child.stdin?.end()
    expect(await crossed()).toBe(first.length)
    await extend(grant, 30)
    expect((await client.ended).exit).toBe(0)
    const sum = createHash('sha256').update(first).update(second).digest('hex')
    expect(client.stdout().toString()).toContain(sum)
    const [events, recorded] = [await ledgerOf(session), await readRecorded(stage.stage, session)]
    expect(events.find(({ type }) => type === 'session.ended')?.data['bytesIn']).toBe(first.length + second.length)
    expect(recorded.in.equals(Buffer.concat([first, second]))).toBe(true)
  })

  it('is not killed unasked where the process may need its hand, and is when the plant insists', async () => {
    const { client, session } = await open(60)
    const approver = await stage.api('approver')
    const asked = await approver.call<{ code: string }>('POST', `/sessions/${session}/kill`, { reason: 'stop' })
    expect([asked.status, asked.json().code]).toEqual([409, 'confirm-safe-state'])
    expect(client.child.exitCode).toBeNull()
    await approver.ok('POST', `/sessions/${session}/kill`, { reason: 'stop', insist: true })
    expect((await client.ended).exit).toBe(255)
    const order = (await ledgerOf(session)).find(({ type }) => type === 'session.kill_ordered')
    expect(order?.data).toMatchObject({ insisted: true })
  })

  it('begins when its escort comes, waits while they are away, is locked at rest, and ends without them', async () => {
    const [vendor, approver, escort] = [
      await stage.api('vendor'),
      await stage.api('approver'),
      await stage.api('escort'),
    ]
    const login = await stage.sshLogin('vendor%hmi-3')
    const from = stage.clock.now()
    const asked = await askFor(vendor, {
      assets: ['hmi-3'],
      protocol: 'ssh',
      operationClass: 'operate',
      when: { kind: 'window', from, until: from + 120 * minute },
      purpose: 'look after the panel of line 3',
      ticket: 'CHG-2',
    })
    const answer = { digest: asked.digest, comment: 'with an escort' }
    const { grant } = await approver.ok<RequestView>('POST', `/requests/${asked.id}/approve`, answer)
    expect(grant).not.toBeNull()

    const { master, options } = await shareConnection(login)
    const client = await openSsh(login, { terminal, options })
    await client.sees('waiting for an escort of the plant')
    const { id } = await live('waiting')
    expect(await stage.targets['hmi-3']?.connections()).toBe(0)
    expect((await vendor.call('POST', `/sessions/${id}/escort`)).status).toBe(403)

    const come = () => escort.ok('POST', `/sessions/${id}/escort`)
    await come()
    client.write('echo u""p\r\n')
    await client.sees('up')
    expect((await live('active')).escorts.map((person) => person.login)).toEqual(['escort'])

    await come()
    await escort.ok('POST', `/sessions/${id}/escort/leave`)
    await client.sees('your escort has left')
    client.write('echo lo""st\r\n')
    // Another channel of the same session is no way around.
    const sibling = await runSsh(login, { options, command: 'echo around' })
    expect(sibling.shown).toContain('the session waits for its escort to come back')
    await come()
    await client.sees('what you type reaches the target again')
    client.write('while sleep 0.2; do echo ti""ck; done &\r\n')
    await client.sees('tick')
    expect(client.shown()).not.toContain('lost')

    stage.clock.advance(10 * minute)
    await come()
    await client.sees('locked, because nothing was typed for a while')
    const hidden = (): string => client.shown().slice(client.shown().lastIndexOf('locked, because'))
    client.write('not a code\r')
    await client.sees('not this one')
    expect(hidden()).not.toContain('tick')
    await come()
    client.write(`${stage.code('vendor')}\r`)
    await client.sees('unlocked')
    await come()
    await eventually('what was held back comes', () => hidden().includes('tick'))

    await escort.ok('POST', `/sessions/${id}/escort/leave`)
    stage.clock.advance(5 * minute)
    expect((await client.ended).exit).toBe(255)
    expect(client.shown()).toContain('its escort left and did not come back')
    await master.ended
    const events = await ledgerOf(id)
    expect(events[0]?.type).toBe('session.escort_awaited')
    const started = events.findIndex(({ type }) => type === 'session.started')
    expect(events.findIndex(({ type }) => type === 'session.attached_observer')).toBeLessThan(started)
    const types = new Set(events.map(({ type }) => type))
    for (const type of ['session.observer_lost', 'session.idle_locked', 'session.unlocked'])
      expect(types).toContain(type)
    expect((await readRecorded(stage.stage, id)).in.toString()).not.toContain('not a code')
  })

  it('does not wait for an escort whose user has left while it was still being let in', async () => {
    const password = stage.person('vendor').password.expose()
    const login = { port: stage.gateway.ssh.port, username: 'vendor%hmi-3', password, code: stage.code('vendor') }
    const entry = await enter(login)
    if (entry.kind === 'refused') throw new Error(entry.text)
    const { client } = entry
    const before = (await stage.evidence({ types: ['session.escort_awaited'] })).length
    // The gateway takes a channel at once, and asks its door afterwards.
    await new Promise<void>((resolve) => client.shell(() => resolve()))
    client.destroy()
    await eventually('it was let in', async () => {
      return (await stage.evidence({ types: ['session.escort_awaited'] })).length > before
    })
    await stage.quiet()
    const ended = (await stage.evidence({ types: ['session.ended'] })).at(-1)
    expect(ended?.data['reason']).toBe('client')
  })

  it('runs nothing of a channel that was closed while it waited for an escort', async () => {
    const password = stage.person('vendor').password.expose()
    const login = { port: stage.gateway.ssh.port, username: 'vendor%hmi-3', password, code: stage.code('vendor') }
    const entry = await enter(login)
    if (entry.kind === 'refused') throw new Error(entry.text)
    const { client } = entry
    const ran = join(stage.folder, 'ran')
    const start = (name: string): Promise<ClientChannel> =>
      new Promise((resolve, reject) =>
        client.exec(`echo ${name} >> ${ran}`, (error, channel) => (error ? reject(error) : resolve(channel))),
      )
    const [left, stays] = [await start('left'), await start('stays')]
    let told = ''
    left.stderr.on('data', (part: Buffer) => (told += part.toString()))
    await eventually('it waits', () => told.includes('waiting for an escort of the plant'))
    const [gone, over] = [left, stays].map(
      (channel) => new Promise((resolve) => channel.resume().once('close', () => resolve(true))),
    )
    stays.stderr.resume()
    left.close()
    await gone
    const { id } = await live('waiting')
    await (await stage.api('escort')).ok('POST', `/sessions/${id}/escort`)
    await over
    expect(await readFile(ran, 'utf8')).toBe('stays\n')
    client.end()
    await stage.quiet()
    expect((await readRecorded(stage.stage, id)).frames[0]).toMatchObject({
      meta: { kind: 'exec', command: `echo stays >> ${ran}` },
    })
  })

  it('ends when its supplier is suspended, and does not come back', async () => {
    const { client, session } = await open(60)
    const target = { kind: 'supplier', id: 'acme-drives' }
    const body = { target, reason: 'an incident is being looked into' }
    await (await stage.api('security')).ok('POST', '/suspensions', body)
    expect((await client.ended).exit).toBe(255)
    const ended = (await ledgerOf(session)).find(({ type }) => type === 'session.ended')
    expect(ended?.data['reason']).toBe('suspended')
    const told = 'supplier `acme-drives` is suspended: an incident is being looked into'
    expect(client.shown()).toContain(`the session ended because ${told}`)
    const again = await runSsh(await stage.sshLogin('vendor%hist-1'), { command: 'true' })
    expect(again.stderr).toContain('access refused')
  })
})
