// Safety before security on a running gateway: what gets no updates takes input only while somebody who watches lets it
// through, and a session on what is safety-related is not cut off by a kill, a suspension or a revocation, but taken the
// way its asset declares as safe; a safety engineer overrides that in one step. With the ordinary client.

import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'

import type { ListView, SessionView } from '../../gateway/contract/views.ts'
import { describeWith } from '../support/describe-with.ts'
import { eventually } from '../support/eventually.ts'
import { stageGateway, type GatewayStage } from '../support/gateway-stage.ts'
import { openSsh } from '../support/ssh-session.ts'

const minute = 60_000
const terminal = { cols: 100, rows: 30 }

async function demoFile(path: string, ...changes: readonly (readonly [string, string])[]): Promise<string> {
  let text = await readFile(new URL(`../../gateway/demo/bundle/${path}`, import.meta.url), 'utf8')
  for (const [from, to] of changes) {
    expect(text).toContain(from)
    text = text.replace(from, to)
  }
  return text
}

describeWith(['ssh', 'sshd', 'ssh-keygen', 'script'], 'safety before security', () => {
  let stage: GatewayStage

  beforeAll(async () => {
    stage = await stageGateway({
      targets: ['ews-1', 'hist-1'],
      files: {
        'policies/safety.cedar': await demoFile('policies/safety.cedar', [
          'resource in Plant::"north"',
          'resource in Plant::"south"',
        ]),
        'register.yaml': await demoFile('register.yaml', [
          'GW-RAC-07]\n    assets: [cnc-1]',
          'GW-RAC-07]\n    assets: [cnc-1, ews-1]',
        ]),
      },
      spoil: async (place) => ({
        ...place,
        expiry: { drain: 10 },
        ...(place.asset === 'ews-1' ? { unsupported: true } : { safety: 'related' }),
      }),
    })
    for (const login of ['vendor', 'approver', 'escort', 'auditor', 'safety']) await stage.api(login)
  })
  afterAll(() => stage.stop())

  async function live(state: SessionView['state']): Promise<SessionView> {
    return eventually(`a session is ${state}`, async () => {
      const list: ListView<SessionView> = await (await stage.api('approver')).ok('GET', '/sessions?state=live')
      return list.items.find((session) => session.state === state) ?? null
    })
  }

  async function open(asset: string, state: SessionView['state']) {
    const login = await stage.sshLogin(`vendor%${asset}`)
    const from = stage.clock.now()
    const grant = await stage.grant(asset, { window: { from, until: from + 60 * minute } })
    const client = await openSsh(login, { terminal })
    return { client, grant, session: await live(state) }
  }

  async function ledgerOf(session: string) {
    return eventually('the session is sealed', async () => {
      const events = await stage.evidence({ session })
      return events.at(-1)?.type === 'session.recording_sealed' ? events : null
    })
  }

  it('holds what is typed on what gets no updates until who watches lets it through, and again when they leave', async () => {
    const { client, session } = await open('ews-1', 'observing')
    const escort = await stage.api('escort')
    expect(session).toMatchObject({
      profile: { name: 'unsupported', exceptions: ['EX-01'] },
      writeHold: { liftedBy: null },
    })
    await client.sees('until somebody of the plant who watches lets it through')
    client.write('echo lo""st\r\n')
    const lift = `/sessions/${session.id}/write-hold/lift`
    expect((await escort.call('POST', lift)).status).toBe(409)
    expect((await (await stage.api('vendor')).call('POST', lift)).status).toBe(409)
    await escort.ok('POST', `/sessions/${session.id}/escort`)
    expect(await escort.ok<SessionView>('POST', lift)).toMatchObject({ writeHold: { liftedBy: { login: 'escort' } } })
    client.write('echo fir""st\r\n')
    await client.sees('first')
    await escort.ok('POST', `/sessions/${session.id}/escort/leave`)
    await live('observing')
    client.write('echo se""cond\r\n')
    // Back, and not lifted by that alone.
    await escort.ok('POST', `/sessions/${session.id}/escort`)
    expect((await live('observing')).writeHold).toEqual({ liftedBy: null })
    await escort.ok('POST', lift)
    client.write('echo thi""rd; exit\r\n')
    await client.sees('third')
    await client.ended
    expect(client.shown()).not.toContain('lost')
    expect(client.shown()).not.toContain('second')
    const events = await ledgerOf(session.id)
    const started = events.find(({ type }) => type === 'session.started')
    expect(started?.data['profile']).toEqual({ name: 'unsupported', protocols: ['ssh'], exceptions: ['EX-01'] })
    expect(events.filter(({ type }) => type === 'session.write_hold_lifted')).toHaveLength(2)
    expect(events.find(({ type }) => type === 'session.degraded')?.data['stops']).toEqual(['write-hold'])
    const refused = await stage.evidence({ types: ['standing.step_refused'] })
    expect(refused.filter(({ data }) => data['code'] === 'not-attached')).toHaveLength(2)
  })

  it('stops input at once and closes at the hard limit when a session on what is safety-related is killed', async () => {
    const { client, session } = await open('hist-1', 'active')
    client.write('echo u""p\r\n')
    await client.sees('up')
    const approver = await stage.api('approver')
    const held = await approver.ok<SessionView>('POST', `/sessions/${session.id}/kill`, { reason: 'wrong machine' })
    expect(held.safetyHold).not.toBeNull()
    await client.sees('its target is safety-related')
    client.write('echo lo""st\r\n')
    expect((await approver.call('POST', `/sessions/${session.id}/kill`, { reason: 'now' })).status).toBe(409)
    const over = { reason: 'now', override: true }
    expect((await approver.call('POST', `/sessions/${session.id}/kill`, over)).status).toBe(403)
    expect(client.child.exitCode).toBeNull()
    stage.clock.advance(10 * minute)
    await client.ended
    expect(client.shown()).not.toContain('lost')
    const events = await ledgerOf(session.id)
    expect(events.find(({ type }) => type === 'safety.block')?.data).toMatchObject({
      action: 'end',
      wanted: 'killed',
      outcome: 'drain',
    })
    expect(events.find(({ type }) => type === 'session.ended')?.data['reason']).toBe('killed')
  })

  it('is held the same way by a revocation, and cut off at once by a safety engineer, which is reviewed', async () => {
    const { client, grant, session } = await open('hist-1', 'active')
    client.write('echo u""p\r\n')
    await client.sees('up')
    await (await stage.api('approver')).ok('POST', `/grants/${grant.id}/revoke`, { reason: 'no longer needed' })
    await client.sees('its target is safety-related')
    const safety = await stage.api('safety')
    await safety.ok('POST', `/sessions/${session.id}/kill`, { reason: 'the machine moves', override: true })
    await client.ended
    const events = await ledgerOf(session.id)
    expect(events.find(({ type }) => type === 'safety.block')?.data).toMatchObject({ wanted: 'revoked' })
    expect(events.find(({ type }) => type === 'safety.overridden')?.data).toMatchObject({ held: true })
    expect(events.some(({ type }) => type === 'review.opened')).toBe(true)
    expect(events.find(({ type }) => type === 'session.ended')?.data['reason']).toBe('killed')
  })
})
