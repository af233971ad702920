// Attacks on whoever watches: around them by another channel, in spite of them after they have left, in their place
// without a right to, and afterwards by fetching what was recorded. By the ordinary programs, against a station where an
// escort of the plant has to be there.

import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { spawn } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { prefix, routes } from '../../gateway/contract/routes.ts'
import type { EvidenceView, ListView, ProblemView, ReplayView, SessionView } from '../../gateway/contract/views.ts'
import { openVisitor, send } from '../../gateway/demo/api-visitor.ts'
import { prepareSsh } from '../../gateway/demo/ssh-client.ts'
import { describeWith } from '../support/describe-with.ts'
import { eventually } from '../support/eventually.ts'
import { follow } from '../support/following.ts'
import { stageGateway, type GatewayStage } from '../support/gateway-stage.ts'
import { partPath } from '../support/parts.ts'
import { readRecorded } from '../support/recorded.ts'
import { openSsh, runSsh, shareConnection, type SharedConnection } from '../support/ssh-session.ts'
import { startController, type Controller } from '../support/tunnel-stage.ts'

const minute = 60_000
const terminal = { cols: 100, rows: 30 }
const all = ['list', 'read', 'write', 'delete', 'rename', 'mkdir', 'setstat', 'symlink'] as const
const rules = `
rules:
  - { id: drop, text: whoever maintains it, paths: ['/**/drop/**'], allow: [${all.join(', ')}], upload: pass, download: pass, largestMegabytes: 10 }
`

describeWith(['ssh', 'sftp', 'sshd', 'ssh-keygen', 'script'], 'attacks on oversight', () => {
  let stage: GatewayStage
  let panel: Controller
  let drop: string
  let here: string

  beforeAll(async () => {
    panel = await startController((socket) => socket.end('panel\n'))
    stage = await stageGateway({
      targets: ['hmi-3', 'ews-1'],
      files: { 'files.yaml': rules },
      spoil: async (place) => ({ ...place, features: ['terminal', 'command', 'sftp', 'forward'], expiry: 'cut' }),
    })
    for (const login of ['vendor', 'fitter', 'approver', 'escort', 'auditor', 'manager']) await stage.api(login)
    ;[drop, here] = [join(stage.folder, 'drop'), join(stage.folder, 'here')]
    await Promise.all([mkdir(drop), mkdir(here)])
    await writeFile(join(here, 'firmware'), 'what nobody watched\n')
  })
  afterAll(async () => {
    await stage.stop()
    await panel.stop()
  })

  async function live(state: SessionView['state']): Promise<SessionView> {
    return eventually(`the session is ${state}`, async () => {
      const { items }: ListView<SessionView> = await (await stage.api('approver')).ok('GET', '/sessions?state=live')
      return items.find((session) => session.state === state) ?? null
    })
  }

  const along = async (session: string) => (await stage.api('escort')).ok('POST', `/sessions/${session}/escort`)
  const evidenceOf = async (session: string): Promise<readonly EvidenceView[]> => stage.evidence({ session })

  async function lastRecording(): Promise<string> {
    return String((await stage.evidence({ types: ['session.recording_sealed'] })).at(-1)?.data['session'])
  }

  async function grant(asset: string): Promise<void> {
    const from = stage.clock.now()
    const window = { from, until: from + 120 * minute }
    await stage.grant(asset, { window, transfer: { allow: all, paths: ['/**'] } })
  }

  /** The ordinary sftp over a connection that stands, with one batch of commands. */
  async function sftp({ options }: SharedConnection, user: string, ...lines: readonly string[]) {
    const { argv } = await prepareSsh(await stage.sshLogin(user))
    const words = ['-b', '-', ...options, ...argv.map((word) => (word === '-p' ? '-P' : word))]
    const child = spawn(partPath('sftp'), words, { cwd: here })
    let shown = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => (shown += part.toString()))
    child.stdin.end(lines.map((line) => `${line}\n`).join(''))
    const exit = new Promise<number | null>((resolve) => child.once('close', resolve))
    return { shown: () => shown, exit }
  }

  describe('attack 15: a sibling channel goes around the oversight of a session', () => {
    it('files, commands and forwards wait for the escort as the terminal does, and stop when they leave', async () => {
      await grant('hmi-3')
      const login = await stage.sshLogin('vendor%hmi-3')
      const shared = await shareConnection(login)
      const shell = await openSsh(login, { terminal, options: shared.options })
      await shell.sees('waiting for an escort of the plant')
      const early = await sftp(shared, 'vendor%hmi-3', `put firmware ${drop}/early`)
      const command = await openSsh(login, { options: shared.options, command: `echo early > ${drop}/command` })
      const around = await openSsh(login, { options: [...shared.options, '-W', `127.0.0.1:${panel.port}`] })
      const { id } = await live('waiting')
      expect(await stage.targets['hmi-3']?.connections()).toBe(0)
      expect([existsSync(join(drop, 'early')), existsSync(join(drop, 'command')), panel.served]).toEqual([
        false,
        false,
        0,
      ])

      await along(id)
      expect(await early.exit, early.shown()).toBe(0)
      await command.ended
      // What waited goes on by the target, and is recorded: the loopback it asked for is the target's.
      expect((await around.ended).exit).toBe(0)
      expect([around.stdout().toString(), panel.served]).toEqual(['panel\n', 1])
      shell.write('echo u""p\r\n')
      await shell.sees('up')
      await along(id)
      await (await stage.api('escort')).ok('POST', `/sessions/${id}/escort/leave`)
      await shell.sees('your escort has left')

      const late = await sftp(shared, 'vendor%hmi-3', `put firmware ${drop}/late`)
      expect(await late.exit).not.toBe(0)
      const further = await runSsh(login, { options: shared.options, command: `echo late > ${drop}/late` })
      expect([further.exit, further.shown]).toEqual([
        255,
        expect.stringContaining('the session waits for its escort to come back'),
      ])
      const forward = await runSsh(login, {
        options: [...shared.options, '-W', `127.0.0.1:${panel.port}`],
        logLevel: 'INFO',
      })
      expect(forward.exit).not.toBe(0)
      expect([existsSync(join(drop, 'late')), panel.served]).toEqual([false, 1])

      shell.write('\r~.')
      shared.master.child.kill()
      await Promise.all([shell.ended, shared.master.ended])
      await stage.quiet()
      const types = (await evidenceOf(id)).map(({ type }) => type)
      expect(types[0]).toBe('session.escort_awaited')
      expect(types.indexOf('file.crossed')).toBeGreaterThan(types.indexOf('session.attached_observer'))
      expect(types.filter((type) => type === 'file.crossed')).toHaveLength(1)
      const refused = (await evidenceOf(id)).filter(({ type }) => type === 'session.feature_refused')
      expect(refused.map(({ data }) => data['feature'])).toEqual(['channel', 'channel', 'channel'])
    })

    it('nor is a file transfer asked for less than a terminal: without the second factor there is none', async () => {
      const before = (await stage.evidence({ types: ['session.started'] })).length
      const { argv, env } = await prepareSsh({ ...(await stage.sshLogin('vendor%ews-1')), code: '000000' })
      const words = argv.map((word) => (word === '-p' ? '-P' : word))
      // A batch answers no question: its key is all it has. The other answers with a code that is wrong.
      for (const batch of [['-b', '-'], []]) {
        const child = spawn(partPath('sftp'), [...batch, ...words], { cwd: here, env })
        child.stdin.on('error', () => child.stdin.destroy())
        child.stdin.end(`put firmware ${drop}/one-factor\n`)
        expect(await new Promise((resolve) => child.once('close', resolve))).not.toBe(0)
      }
      expect(existsSync(join(drop, 'one-factor'))).toBe(false)
      expect((await stage.evidence({ types: ['session.started'] })).length).toBe(before)
      const failed = (await stage.evidence({ types: ['auth.mfa_failed'] })).at(-1)
      expect(failed?.data).toMatchObject({ person: stage.person('vendor').person.id, via: 'ssh' })
    })
  })

  describe('attack 16: the moderator is driven away, and the session goes on', () => {
    it('input stops with them, nobody of the supplier takes their place, and it ends when they stay away', async () => {
      await grant('hmi-3')
      const run = await openSsh(await stage.sshLogin('vendor%hmi-3'), { terminal })
      const { id } = await live('waiting')
      await along(id)
      run.write('echo u""p\r\n')
      await run.sees('up')
      // The escort's browser, cut off from the gateway: it says nothing any more, not even that it leaves.
      stage.clock.advance(minute)
      await run.sees('your escort has left: what you type no longer reaches the target')
      await live('paused')
      run.write(`echo unseen > ${drop}/unseen\r`)
      for (const who of ['vendor', 'fitter']) {
        const answer = await (await stage.api(who)).call<ProblemView>('POST', `/sessions/${id}/escort`)
        expect([403, 404]).toContain(answer.status)
      }
      // Nor does a connection of its own: it is a session of its own, and waits for an escort of its own.
      const sibling = await openSsh(await stage.sshLogin('vendor%hmi-3'), { command: `echo unseen > ${drop}/unseen` })
      await live('waiting')
      stage.clock.advance(10 * minute)
      expect((await run.ended).exit).toBe(255)
      expect((await sibling.ended).exit).toBe(255)
      expect(existsSync(join(drop, 'unseen'))).toBe(false)
      await stage.quiet()
      const events = await evidenceOf(id)
      expect(events.map(({ type }) => type)).toContain('session.observer_lost')
      expect(events.find(({ type }) => type === 'session.ended')?.data['reason']).toBe('escort-gone')
      expect((await readRecorded(stage.stage, id)).in.toString()).not.toContain('unseen')
      const tried = (await stage.evidence({ types: ['input.refused'] })).map(({ data }) => data['person'])
      for (const who of ['vendor', 'fitter']) expect(tried).toContain(stage.person(who).person.id)
    })
  })

  describe('attack 17: a live session is watched without a right to', () => {
    it(
      'by strangers, suppliers, with another’s replay, or after one’s own right is gone',
      { timeout: 90_000 },
      async () => {
        await grant('ews-1')
        const run = await openSsh(await stage.sshLogin('vendor%ews-1'), { terminal })
        run.write('echo u""p\r\n')
        await run.sees('up')
        const { id } = await live('active')
        const purpose = { purpose: 'to look over a shoulder' }
        const watch = (who: string) =>
          stage.api(who).then((api) => api.ok<ReplayView>('POST', `/recordings/${id}/replay`, purpose))

        const stranger = openVisitor({ port: stage.gateway.https.port, ca: stage.stage.pki.contents['ca.pem'] })
        expect((await stranger.call('POST', `/recordings/${id}/replay`, purpose)).status).toBe(401)
        for (const who of ['vendor', 'fitter', 'engineer']) {
          const answer = await (await stage.api(who)).call<ProblemView>('POST', `/recordings/${id}/replay`, purpose)
          expect([403, 404]).toContain(answer.status)
          const last = (await stage.evidence({ types: ['input.refused'] })).at(-1)
          expect(last?.data['person']).toBe(stage.person(who).person.id)
        }

        // A token that has leaked is of no use to anybody but who opened the replay.
        const own = await watch('auditor')
        const cast = `${own.channels[0]?.cast}?follow=true`
        for (const who of ['vendor', 'approver', 'manager'])
          expect((await (await stage.api(who)).call('GET', cast.replace(prefix, ''))).status).toBe(404)
        expect((await stranger.call('GET', cast.replace(prefix, ''))).status).toBe(401)

        // Who logs out, or is suspended, sees nothing more, also on what stood open before.
        const second = openVisitor({ port: stage.gateway.https.port, ca: stage.stage.pki.contents['ca.pem'] })
        const { password } = stage.person('approver')
        expect((await second.login('approver', password.expose(), stage.code('approver'))).status).toBe(200)
        const opened = await second.ok<ReplayView>('POST', `/recordings/${id}/replay`, purpose)
        const leaver = follow(stage, second, `${opened.channels[0]?.cast}?follow=true`)
        const suspended = follow(stage, await stage.api('auditor'), cast)
        await eventually('both watch', () => [leaver, suspended].every((each) => each.text().includes('up')))
        const cookies = new Map(second.cookies)
        await second.call('POST', '/auth/logout')
        const target = { kind: 'person', id: 'auditor' }
        await (await stage.api('manager')).ok('POST', '/suspensions', { target, reason: 'under suspicion' })
        stage.clock.advance(6_000)
        run.write('echo sec""ret\r\n')
        await run.sees('secret')
        await Promise.all([leaver.ended, suspended.ended])
        run.write('echo af""ter\r\n')
        await run.sees('after')
        for (const each of [leaver, suspended]) expect(each.text()).not.toContain('after')
        expect((await (await stage.api('auditor')).call('GET', cast.replace(prefix, ''))).status).toBe(403)
        for (const [name, value] of cookies) second.cookies.set(name, value)
        expect((await second.call('GET', `${opened.channels[0]?.cast}`.replace(prefix, ''))).status).toBe(401)

        const watched = await stage.evidence({ types: ['session.watched'], session: id })
        expect(watched.map(({ data }) => String(data['by'])).toSorted()).toEqual(
          ['auditor', 'approver'].map((who) => stage.person(who).person.id).toSorted(),
        )
        run.write('exit\r')
        await run.ended
        await stage.quiet()
      },
    )
  })

  describe('attack 18: recordings are fetched by nobody in particular', () => {
    beforeAll(async () => {
      await grant('ews-1')
      await runSsh(await stage.sshLogin('vendor%ews-1'), { command: 'echo kept' })
      await stage.quiet()
    })

    it('every route of the API knows no strangers, and the pages serve no file of the data folder', async () => {
      const address = { port: stage.gateway.https.port, ca: stage.stage.pki.contents['ca.pem'] }
      const recording = await lastRecording()
      expect(recording).toMatch(/^ses_/)
      const before = (await stage.doings()).length
      const open = ['login', 'refresh', 'beginEnrolment', 'finishEnrolment', 'reportPhysical', 'takePeopleFeed']
      for (const [name, { method, path }] of Object.entries(routes)) {
        if (open.includes(name)) continue
        const where = `${prefix}${path.replace(':id', recording).replaceAll(/:\w+/g, '0').replace('*', '0/000')}`
        const answer = await send<ProblemView>(address, { method, path: where })
        expect(`${name} ${answer.status} ${answer.json().code}`).toBe(`${name} 401 not-logged-in`)
      }
      const stream = join('recordings', recording, '0000.stream')
      for (const up of [
        '',
        '../',
        '../../data/',
        '..%2f..%2fdata%2f',
        '%2e%2e/%2e%2e/data/',
        '....//data/',
        '\\..\\data\\',
      ])
        for (const at of ['/', `${prefix}/recordings/`, '/assets/']) {
          const answer = await send(address, { method: 'GET', path: `${at}${up}${stream}` })
          // A path of no page is the application's own to answer: with its one page, and never with a file.
          const isPage = answer.bytes.includes('<!doctype html') || answer.status >= 400
          expect({ path: `${at}${up}`, isPage }).toEqual({ path: `${at}${up}`, isPage: true })
        }
      expect((await stage.doings()).slice(before)).toEqual([])
    })

    it('nor by people of suppliers or plants, whose tries are evidence', async () => {
      const recording = await lastRecording()
      const purpose = 'to have a copy'
      for (const who of ['vendor', 'fitter', 'engineer', 'escort'])
        for (const [path, body] of [
          [`/recordings/${recording}/replay`, { purpose }],
          [`/recordings/${recording}/verify`, {}],
          ['/exports', { sessions: [recording], purpose }],
        ] as const) {
          const before = (await stage.doings()).length
          const answer = await (await stage.api(who)).call<ProblemView>('POST', path, body)
          expect([403, 404], `${who} ${path}`).toContain(answer.status)
          const kept = (await stage.doings()).slice(before).flatMap(({ data }) => Object.values(data))
          expect(kept, `${who} ${path}`).toContain(stage.person(who).person.id)
        }
    })
  })
})
