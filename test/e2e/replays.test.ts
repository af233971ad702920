// Replays over the API of a whole gateway, of sessions of the real OpenSSH client: watched while they live, sought in when
// they have ended, and closed to whoever has no part in them.

import { createHash } from 'node:crypto'
import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'

import { afterAll, beforeAll, expect, it } from 'vitest'

import type { ProblemView, ReplayChannelView, ReplayView, SessionView } from '../../gateway/contract/views.ts'
import { send, type ApiVisitor } from '../../gateway/demo/api-visitor.ts'
import { describeWith } from '../support/describe-with.ts'
import { eventually } from '../support/eventually.ts'
import { follow, type Following } from '../support/following.ts'
import { stageGateway, type GatewayStage } from '../support/gateway-stage.ts'
import { readRecorded } from '../support/recorded.ts'
import { openSsh, runSsh } from '../support/ssh-session.ts'

let stage: GatewayStage

const purpose = 'review of CHG-4711'
const short = (address: string): string => address.replace('/api/v1', '')

async function open(who: ApiVisitor, session: string): Promise<ReplayView> {
  return who.ok('POST', `/recordings/${session}/replay`, { purpose })
}

async function refused(who: string, session: string): Promise<string> {
  const answer = await (await stage.api(who)).call<ProblemView>('POST', `/recordings/${session}/replay`, { purpose })
  return answer.status < 400 ? 'permitted' : answer.json().code
}

async function living(): Promise<string> {
  const { items } = await (await stage.api('auditor')).ok<{ items: SessionView[] }>('GET', '/sessions?state=live')
  const id = items[0]?.id
  if (id === undefined) throw new Error('nobody is at work')
  return id
}

const stream = (who: ApiVisitor, path: string): Following => follow(stage, who, path)

describeWith(['ssh', 'sshd', 'script'], 'a replay', () => {
  beforeAll(async () => {
    stage = await stageGateway({ logLevel: 'warn' })
    await stage.grant('ews-1')
  })
  afterAll(() => stage.stop())

  it('shows a session while it lives, from its present screen on, and ends with it; watching is evidence', async () => {
    const run = await openSsh(await stage.sshLogin('vendor%ews-1'), { terminal: { cols: 90, rows: 28 } })
    await run.sees(/[$#] /)
    run.write('echo before-$((40+2))\n')
    await run.sees('before-42')
    const session = await living()
    const auditor = await stage.api('auditor')
    const replay = await open(auditor, session)
    expect(replay).toMatchObject({ session, live: true, channels: [{ channel: 0, kind: 'pty' }] })
    const [watched] = await stage.evidence({ types: ['session.watched'], session })
    expect(watched?.data).toMatchObject({ session, by: stage.person('auditor').person.id, viewing: null })
    const [channel] = replay.channels
    const view = await auditor.ok<ReplayChannelView>('GET', short(channel?.index ?? ''))
    expect(view).toMatchObject({ complete: false, columns: 90, rows: 28, unreadable: null, screens: 1 })

    const following = stream(auditor, `${channel?.cast}?follow=true&from=${view.duration}`)
    await eventually('the present screen', () => following.text().includes('before-42'))
    run.write('echo after-$((50+5))\n')
    await eventually('what is typed now', () => following.text().includes('after-55'))
    run.write('exit 7\n')
    await run.ended
    await following.ended
    expect(following.text()).toContain('"m","exit 7"')
    await stage.quiet()
    // The same replay serves what has been sealed meanwhile.
    expect(await auditor.ok('GET', short(channel?.index ?? ''))).toMatchObject({ complete: true, exit: { code: 7 } })
  })

  it('of a session in which nothing happens is given up with its last viewer, so that others may watch', async () => {
    const run = await openSsh(await stage.sshLogin('vendor%ews-1'), { terminal: { cols: 80, rows: 24 } })
    await run.sees(/[$#] $/)
    const auditor = await stage.api('auditor')
    const { channels } = await open(auditor, await living())
    const address = `${channels[0]?.cast}?follow=true`
    const many = Array.from({ length: 64 }, () => stream(auditor, address))
    await eventually('all of them watch', () => many.every((each) => each.text().split('\n').length > 2))
    const tooMany = await auditor.call<ProblemView>('GET', short(address))
    expect([tooMany.status, tooMany.json().code]).toEqual([429, 'too-many-requests'])
    for (const each of many) each.stop()
    const next = await eventually('there is room for another', async () => {
      const another = stream(auditor, address)
      await Promise.race([another.ended, eventually('it shows something', () => another.text().split('\n').length > 2)])
      return another.text().split('\n').length > 2 ? another : null
    })
    run.write('exit\n')
    await run.ended
    await next.ended
    await stage.quiet()
  })

  it('is for the people of the plant while it lives, and for nobody of a supplier', async () => {
    const run = await openSsh(await stage.sshLogin('vendor%ews-1'), { terminal: { cols: 80, rows: 24 } })
    await run.sees(/[$#] /)
    const session = await living()
    expect(await refused('approver', session)).toBe('permitted')
    expect(await refused('vendor', session)).toBe('role-missing')
    const approver = await open(await stage.api('approver'), session)
    const following = stream(await stage.api('approver'), `${approver.channels[0]?.cast}?follow=true`)
    await eventually('the approver watches', () => following.text().includes('"version":2'))
    run.write('exit\n')
    await run.ended
    await following.ended
    await stage.quiet()
    // Who may watch may not for that reason replay.
    expect(await refused('approver', session)).toBe('viewing-refused')
    const late = await (await stage.api('approver')).call<ProblemView>('GET', short(approver.channels[0]?.cast ?? ''))
    expect(late.json().code).toBe('viewing-refused')
    expect(await refused('auditor', session)).toBe('permitted')
  })

  it('seeks, gives transcripts and the bytes that crossed, in ranges', async () => {
    const command = 'read line; seq 1 60000; echo "got $line"; echo careful >&2; exit 2'
    await runSsh(await stage.sshLogin('vendor%ews-1'), { command, input: 'parameter 17\n' })
    await stage.quiet()
    const sealed = (await stage.evidence({ types: ['session.recording_sealed'] })).at(-1)
    const session = String(sealed?.data['session'])
    const recorded = await readRecorded(stage.stage, session)
    const auditor = await stage.api('auditor')
    const { channels, live } = await open(auditor, session)
    expect(live).toBe(false)
    const [channel] = channels
    const view = await auditor.ok<ReplayChannelView>('GET', short(channel?.index ?? ''))
    expect(view).toMatchObject({ kind: 'exec', command, complete: true, exit: { code: 2 }, columns: 80, rows: 24 })
    // How many depends on how the target's output fell into frames.
    expect(view.screens).toBeGreaterThan(0)
    expect(view.raw.map(({ direction, bytes, sha256 }) => ({ direction, bytes, sha256 }))).toEqual(
      (['in', 'out', 'err'] as const).map((direction) => ({
        direction,
        bytes: recorded[direction].length,
        sha256: createHash('sha256').update(recorded[direction]).digest('hex'),
      })),
    )

    const cast = async (query: string) => auditor.call('GET', `${short(channel?.cast ?? '')}?${query}`)
    const end = await cast(`from=${view.duration}&times=clip`)
    expect(end.status).toBe(200)
    const lines = end.bytes.toString().trimEnd().split('\n').slice(1)
    // The screen at the end, not the sixty thousand lines before it.
    expect(end.bytes.length).toBeLessThan(recorded.out.length / 2)
    expect(lines.every((line) => (JSON.parse(line) as [number])[0] === 0)).toBe(true)
    expect(end.bytes.toString()).toContain('got parameter 17')
    const text = await cast('format=text')
    expect(text.headers['content-type']).toBe('text/plain; charset=utf-8')
    expect(text.bytes.toString()).toMatch(/> parameter 17\n/)
    expect(text.bytes.toString()).toMatch(/\* exit 2\n$/)
    expect((await cast('format=v3')).bytes.toString()).toContain('"x","2"')
    for (const bad of ['from=-1', 'from=x', 'format=gif', 'follow=false']) expect((await cast(bad)).status).toBe(400)

    const out = view.raw.find(({ direction }) => direction === 'out')?.href ?? ''
    const cookie = [...auditor.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const address = { port: stage.gateway.https.port, ca: stage.stage.pki.contents['ca.pem'] }
    const ranged = (range: string) => send(address, { method: 'GET', path: out, headers: { cookie, range } })
    const whole = await auditor.call('GET', short(out))
    expect(whole.bytes.equals(recorded.out)).toBe(true)
    const part = await ranged('bytes=200000-200099')
    expect(part.status).toBe(206)
    expect(part.headers['content-range']).toBe(`bytes 200000-200099/${recorded.out.length}`)
    expect(part.bytes.equals(recorded.out.subarray(200_000, 200_100))).toBe(true)
    expect((await ranged('bytes=-10')).bytes.equals(recorded.out.subarray(-10))).toBe(true)
    expect((await ranged(`bytes=${recorded.out.length}-`)).status).toBe(416)
  })

  it('works only for who opened it, for its time, and makes its index again where that is lost', async () => {
    const session = String((await stage.evidence({ types: ['session.recording_sealed'] })).at(-1)?.data['session'])
    const auditor = await stage.api('auditor')
    const { channels } = await open(auditor, session)
    const address = short(channels[0]?.index ?? '')
    const other = await stage.enrol({
      login: 'auditor-2',
      displayName: 'Second Auditor',
      roles: ['auditor'],
      supplier: null,
      plants: [],
    })
    expect(other.person.login).toBe('auditor-2')
    expect((await (await stage.api('auditor-2')).call('GET', address)).status).toBe(404)
    expect((await auditor.call('GET', address.replace(/0$/, '7'))).status).toBe(404)
    await stage.gateway.stop()
    const folder = join(stage.stage.config.dataFolder, 'replay')
    expect(await readdir(folder)).toContain(session)
    await rm(folder, { recursive: true })
    await mkdir(folder)
    await stage.restart()
    const again = await open(await stage.api('auditor'), session)
    const view = await (await stage.api('auditor')).ok<ReplayChannelView>('GET', short(again.channels[0]?.index ?? ''))
    expect(view).toMatchObject({ complete: true })
    stage.clock.advance(31 * 60_000)
    // A login lasts less than a replay does, and is made anew.
    const later = await stage.api('auditor')
    const over = await later.call<ProblemView>('GET', short(again.channels[0]?.index ?? ''))
    expect([401, 404]).toContain(over.status)
  })
})
