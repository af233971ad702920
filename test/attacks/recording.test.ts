// Attacks on the record: bytes that cross before there is one, names that lead out of its folder, signatures that are
// missing and nobody notices, input that is let by because it cannot be read, and a target that writes for the terminal and
// the browser of whoever looks at it later.

import { cp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { inspect } from 'node:util'
import ssh2, { type Client, type ClientChannel } from 'ssh2'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'

import { prefix } from '../../gateway/contract/routes.ts'
import type { EvidenceView, ListView, ProblemView, ReplayView, SessionView } from '../../gateway/contract/views.ts'
import { send } from '../../gateway/demo/api-visitor.ts'
import { describeWith } from '../support/describe-with.ts'
import { eventually } from '../support/eventually.ts'
import { stageGateway, type GatewayStage } from '../support/gateway-stage.ts'
import { closedOf, enter, exec, sendMessage, wireString } from '../support/library-client.ts'
import { startLibraryTarget, type LibraryTarget } from '../support/library-target.ts'
import { readRecorded, recordingOf } from '../support/recorded.ts'
import { runSsh } from '../support/ssh-session.ts'

const all = ['list', 'read', 'write', 'delete', 'rename', 'mkdir', 'setstat', 'symlink'] as const
const rules = `
rules:
  - { id: drop, text: whoever maintains it, paths: ['/**/drop/**'], allow: [${all.join(', ')}], upload: pass, download: pass, largestMegabytes: 10 }
`
/** What makes a terminal answer, act or lie: answer-back, reports of title and place, clipboard, window, keys, hidden link. */
const hostile = [
  '\u0005',
  '\u001b]0;reboot\u0007\u001b[21t',
  '\u001b]0;`reboot`\r\u0007',
  '\u001b[6n\u001b[c\u001b[>c\u001bZ',
  '\u001b]52;c;cmVib290Cg==\u0007',
  '\u001bP$q"p\u001b\\\u001bP+q544e\u001b\\',
  '\u001b_Ga=T;AAAA\u001b\\',
  '\u001b]8;;file:///etc/shadow\u0007readme\u001b]8;;\u0007',
  '\u001b[?1049h\u001b[8;1;1t\u001b[5i',
  '\u009d52;c;cmVib290Cg==\u009c\u009b21t',
  '<img src=x onerror="window.owned=1"><script>window.owned=1</script>',
].join('\r\n')

describeWith(['ssh', 'sshd', 'ssh-keygen'], 'attacks on the record', () => {
  let stage: GatewayStage
  let targets: LibraryTarget[] = []
  let heard: string[] = []
  let got: Record<string, string> = {}

  beforeAll(async () => {
    const start = (): Promise<LibraryTarget> =>
      startLibraryTarget(
        (channel, command) => {
          channel.on('error', () => channel.close())
          channel.on('data', (bytes: Buffer) => (got[command] = `${got[command] ?? ''}${bytes.toString()}`))
          channel.on('end', () => {
            channel.exit(0)
            channel.end()
          })
          if (command.startsWith('hostile')) channel.write(`${hostile}\r\nharmless\r\n`)
        },
        (what) => heard.push(what),
      )
    const [panel, historian] = [await start(), await start()]
    targets = [panel, historian]
    stage = await stageGateway({
      targets: ['ews-1', 'hmi-3', 'hist-1'],
      files: { 'files.yaml': rules },
      spoil: async (place) => {
        if (place.asset === 'ews-1') return { ...place, features: ['terminal', 'command', 'sftp'] }
        const { port, hostKey } = place.asset === 'hmi-3' ? panel : historian
        return { ...place, port, hostKeys: [hostKey], expiry: 'cut' }
      },
    })
    for (const login of ['vendor', 'approver', 'escort', 'auditor']) await stage.api(login)
    await stage.grant('ews-1', { transfer: { allow: all, paths: ['/**'] } })
    await stage.grant('hist-1')
    await stage.grant('hmi-3')
  })
  afterAll(async () => {
    await stage.stop()
    await Promise.all(targets.map((one) => one.stop()))
  })

  async function library(user: string): Promise<Client> {
    const [port, code] = [stage.gateway.ssh.port, stage.code('vendor')]
    const entry = await enter({ port, username: user, password: stage.person('vendor').password.expose(), code })
    if (entry.kind === 'refused') throw new Error(entry.text)
    return entry.client
  }
  const opened = (client: Client, command: string): Promise<ClientChannel> =>
    new Promise((resolve, reject) =>
      client.exec(command, (error, channel) => (error ? reject(error) : resolve(channel))),
    )
  const last = async (type: string): Promise<EvidenceView['data']> =>
    (await stage.evidence({ types: [type] })).at(-1)?.data ?? {}
  const lastSealed = async (): Promise<string> => String((await last('session.recording_sealed'))['session'])
  const verify = async (session: string): Promise<{ holds: boolean }> =>
    (await stage.api('auditor')).ok('POST', `/recordings/${session}/verify`)

  describe('attack 14: channels are opened before anybody is admitted, so that they are not recorded', () => {
    it('before a login: the connection ends, and no target hears of it', async () => {
      heard = []
      const client = new ssh2.Client()
      const failed = new Promise<string>((resolve) => client.once('error', (error) => resolve(error.message)))
      client.once('handshake', () => {
        const room = Buffer.from([0, 0, 0, 0, 0, 16, 0, 0, 0, 0, 128, 0])
        sendMessage(client, Buffer.concat([Buffer.from([90]), wireString('session'), room]))
        const run = Buffer.concat([wireString('exec'), Buffer.from([1]), wireString('reboot')])
        sendMessage(client, Buffer.concat([Buffer.from([98, 0, 0, 0, 0]), run]))
        sendMessage(client, Buffer.concat([Buffer.from([94, 0, 0, 0, 0]), wireString('reboot\n')]))
      })
      const before = (await stage.doings()).length
      const { port } = stage.gateway.ssh
      client.connect({ host: '127.0.0.1', port, username: 'vendor%hmi-3', password: 'none', readyTimeout: 20_000 })
      await Promise.race([failed, closedOf(client)])
      client.destroy()
      expect(heard).toEqual([])
      const types = (await stage.doings()).slice(before).map(({ type }) => type)
      expect(types.filter((type) => type.startsWith('session.'))).toEqual([])
    })

    it('after a login, while the door has not decided: all of it waits, and is in the record when it crosses', async () => {
      ;[heard, got] = [[], {}]
      const client = await library('vendor%hmi-3')
      // The gateway takes channels at once; bytes are sent on them before anybody has let this person in.
      const channels = await Promise.all(['one', 'two', 'three'].map((command) => opened(client, command)))
      for (const [n, channel] of channels.entries()) channel.write(`early bytes of ${n}\n`)
      const waiting = await eventually('the session waits for its escort', async () => {
        const { items }: ListView<SessionView> = await (await stage.api('escort')).ok('GET', '/sessions?state=live')
        return items.find(({ state }) => state === 'waiting') ?? null
      })
      expect({ heard, got }).toEqual({ heard: [], got: {} })
      await (await stage.api('escort')).ok('POST', `/sessions/${waiting.id}/escort`)
      await eventually('the target has heard all', () => Object.keys(got).length === 3)
      for (const channel of channels) channel.resume().end()
      await Promise.all(channels.map((channel) => new Promise((resolve) => channel.once('close', resolve))))
      client.end()
      await stage.quiet()
      const recorded = await Promise.all([0, 1, 2].map((n) => readRecorded(stage.stage, waiting.id, n)))
      const crossed = Object.values(got).toSorted()
      expect(crossed).toEqual(['early bytes of 0\n', 'early bytes of 1\n', 'early bytes of 2\n'])
      expect(recorded.map((channel) => channel.in.toString()).toSorted()).toEqual(crossed)
      const types = (await stage.evidence({ session: waiting.id })).map(({ type }) => type)
      expect(types.indexOf('session.escort_awaited')).toBe(0)
      expect(types.indexOf('session.started')).toBeLessThan(types.indexOf('session.connected'))
    })
  })

  describe('attack 19: a name leads out of the folder of recordings', () => {
    const names = [
      '../../../tmp/out',
      '..',
      'ews-1/../../out',
      '%2e%2e%2fout',
      'ews-1\u0000/../out',
      '/etc/passwd',
      '~/.ssh',
    ]

    it('names of people, assets and sessions never become a path, and are kept as commitments', async () => {
      const folder = join(stage.stage.config.dataFolder, 'recordings')
      const before = await readdir(folder)
      for (const name of names)
        for (const user of [`vendor%${name}`, `${name}%ews-1`]) {
          const [port, code] = [stage.gateway.ssh.port, stage.code('vendor')]
          const password = stage.person('vendor').password.expose()
          const entry = await enter({ port, username: user, password, code })
          if (entry.kind === 'refused') continue
          const ran = await exec(entry.client, 'true').catch((error: Error) => ({ exit: 255, stderr: error.message }))
          expect({ user, exit: ran.exit }).toEqual({ user, exit: 255 })
          entry.client.end()
        }
      expect(await readdir(folder)).toEqual(before)
      for (const session of ['ses_..%2f..%2fvault.key', '..%2f..%2fvault.key', 'ses_%2e%2e']) {
        const answer = await (await stage.api('auditor')).call('POST', `/recordings/${session}/verify`, {})
        expect([400, 404]).toContain(answer.status)
      }
      const purpose = 'to read what is no recording'
      const exported = { sessions: ['../../vault.key'], purpose }
      expect((await (await stage.api('auditor')).call('POST', '/exports', exported)).status).toBe(400)
      const entries = JSON.stringify((await stage.evidence()).map(({ data }) => data))
      for (const name of names.filter((each) => each.length > 4)) expect(entries).not.toContain(name)
      const denied = (await stage.evidence({ types: ['policy.decision'] })).filter(
        ({ data }) => data['outcome'] === 'deny',
      )
      expect(denied.length).toBeGreaterThan(0)
    })

    it('a link in place of a recording, or of a stream of one, is not followed, and that it is there is evidence', async () => {
      await runSsh(await stage.sshLogin('vendor%ews-1'), { command: 'echo first' })
      await stage.quiet()
      const first = await lastSealed()
      await runSsh(await stage.sshLogin('vendor%ews-1'), { command: 'echo second' })
      await stage.quiet()
      const second = await lastSealed()
      expect([(await verify(first)).holds, (await verify(second)).holds]).toEqual([true, true])
      const dir = recordingOf(stage.stage, second)
      const auditor = await stage.api('auditor')

      await rename(dir, `${dir}.away`)
      await symlink(recordingOf(stage.stage, first), dir)
      onTestFinished(async () => {
        await rm(dir, { recursive: true, force: true })
        await rename(`${dir}.away`, dir)
      })
      expect(await verify(second)).toMatchObject({ holds: false })

      await rm(dir)
      await cp(`${dir}.away`, dir, { recursive: true })
      await rm(join(dir, '0000.stream'))
      // What it leads to is the stream itself, to the last byte: where links were followed all of this would go well.
      await symlink(join(`${dir}.away`, '0000.stream'), join(dir, '0000.stream'))
      expect(await verify(second)).toMatchObject({ holds: false })
      const purpose = { purpose: 'to see what is behind the link' }
      const replay = await auditor.call<ReplayView>('POST', `/recordings/${second}/replay`, purpose)
      const channel = replay.status < 300 ? replay.json().channels[0] : undefined
      if (channel !== undefined) {
        const cast = await auditor.call('GET', channel.cast.replace(prefix, ''))
        expect(cast.bytes.toString()).not.toContain('second')
      }
      const corrupt = await stage.evidence({ types: ['recording.found_corrupt'], session: second })
      expect(corrupt.length).toBeGreaterThan(0)
    })
  })

  describe('attack 20: what should be signed is not, and nobody notices', () => {
    it('a recording without its signature, or with another’s, does not hold', async () => {
      await runSsh(await stage.sshLogin('vendor%ews-1'), { command: 'echo signed' })
      await stage.quiet()
      const session = await lastSealed()
      expect((await verify(session)).holds).toBe(true)
      const file = join(recordingOf(stage.stage, session), 'seal')
      const seal = await readFile(file, 'utf8')
      onTestFinished(() => writeFile(file, seal))
      const lines = seal.split('\n')
      const signature = lines.findIndex((line) => line.startsWith('\u2014 '))
      expect(signature).toBeGreaterThan(0)
      const [dash = '', name = '', value = ''] = (lines[signature] ?? '').split(' ')
      const flipped = Buffer.from(value, 'base64')
      flipped.writeUInt8(flipped.readUInt8(20) ^ 1, 20)
      for (const line of [null, `${dash} ${name} ${flipped.toString('base64')}`, `${dash} other ${value}`]) {
        await writeFile(file, [...lines.slice(0, signature), ...(line === null ? [] : [line]), ''].join('\n'))
        expect((await verify(session)).holds, String(line)).toBe(false)
      }
      expect((await stage.evidence({ types: ['recording.found_corrupt'], session })).length).toBeGreaterThan(0)
    })

    it('a gateway whose key is gone, broken, empty or another’s does not start at all', async () => {
      const { key } = stage.stage.config.evidence
      const right = await readFile(key, 'utf8')
      await stage.gateway.stop()
      const wrong = [null, '', 'not a key', right.slice(0, -40), stage.stage.pki.contents['server.key']]
      for (const text of wrong) {
        if (text === null) await rm(key)
        else await writeFile(key, text, { mode: 0o600 })
        await expect(stage.restart(), String(text).slice(0, 20)).rejects.toThrow(/evidence|key/)
      }
      await writeFile(key, right, { mode: 0o600 })
      await stage.restart()
      const ran = await runSsh(await stage.sshLogin('vendor%ews-1'), { command: 'echo on' })
      expect(ran.stdout.toString()).toBe('on\n')
      await stage.quiet()
      expect((await verify(await lastSealed())).holds).toBe(true)
    })
  })

  describe('attack 21: what cannot be read is let by without a record', () => {
    it('bodies in other notations, and bodies that are none, are refused and kept', async () => {
      const vendor = await stage.api('vendor')
      const cookie = [...vendor.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
      const address = { port: stage.gateway.https.port, ca: stage.stage.pki.contents['ca.pem'] }
      const yaml = 'assets: [ews-1]\nprotocol: ssh\n'
      for (const type of [
        'application/yaml',
        'text/yaml',
        'application/json',
        'application/json; charset=utf-7',
        'multipart/form-data',
      ]) {
        const before = (await stage.evidence({ types: ['input.refused'] })).length
        const headers = { cookie, 'x-sallyport-csrf': vendor.csrf, 'content-type': type }
        const answer = await send<ProblemView>(address, {
          method: 'POST',
          path: `${prefix}/requests`,
          headers,
          body: yaml,
        })
        expect([400, 415]).toContain(answer.status)
        const refused = await stage.evidence({ types: ['input.refused'] })
        expect(refused.length, type).toBe(before + 1)
        expect(refused.at(-1)?.data['person']).toBe(stage.person('vendor').person.id)
      }
    })

    it('packets of files that are none end their channel: recorded, and not passed on', async () => {
      const client = await library('vendor%ews-1')
      const channel = await new Promise<ClientChannel>((resolve, reject) =>
        client.subsys('sftp', (error, made) => (error ? reject(error) : resolve(made))),
      )
      channel.on('error', () => channel.destroy())
      channel.resume()
      const over = new Promise<void>((resolve) => channel.once('close', () => resolve()))
      channel.write(Buffer.from('000000050100000003', 'hex'))
      // Longer than any packet may be: its content would never be looked at.
      channel.write(Buffer.concat([Buffer.from('7fffffff06', 'hex'), Buffer.from('remove /drop/everything')]))
      await over
      client.end()
      await stage.quiet()
      const { frames, in: sent } = await readRecorded(stage.stage, await lastSealed())
      expect(sent.includes(Buffer.from('7fffffff', 'hex'))).toBe(true)
      expect(frames.at(-1)?.kind).toBe('close')
      expect(inspect(frames.filter(({ kind }) => kind !== 'data'))).toMatch(/packet/)
    })

    it('channels, requests and commands of unknown kinds are refused and kept', async () => {
      const client = await library('vendor%hist-1')
      ;[heard, got] = [[], {}]
      const before = (await stage.evidence({ types: ['session.feature_refused'] })).length
      const room = Buffer.from([0, 0, 0, 99, 0, 16, 0, 0, 0, 0, 128, 0])
      sendMessage(client, Buffer.concat([Buffer.from([90]), wireString('vpn@example.org'), room]))
      sendMessage(client, Buffer.concat([Buffer.from([80]), wireString('route-all@example.org'), Buffer.from([0])]))
      await new Promise((resolve) => client.subsys('my-own', resolve))
      const command = Buffer.concat([Buffer.from('echo '), Buffer.of(0xfc, 0xff)]) as unknown as string
      expect((await exec(client, command)).exit).toBe(255)
      client.end()
      await stage.quiet()
      const refused = (await stage.evidence({ types: ['session.feature_refused'] })).slice(before)
      expect(refused.map(({ data }) => data['feature'])).toEqual(
        expect.arrayContaining(['other', 'other', 'subsystem:other', 'exec']),
      )
      expect(heard).toEqual([])
    })
  })

  describe('attack 22: a target attacks who looks at it, now or later', () => {
    it('what acts on a terminal is in the record byte for byte, and in no replay or transcript', async () => {
      const ran = await runSsh(await stage.sshLogin('vendor%hist-1'), { command: 'hostile' })
      expect(ran.stdout.toString()).toContain('harmless')
      await stage.quiet()
      const session = await lastSealed()
      expect((await readRecorded(stage.stage, session)).out.toString()).toBe(`${hostile}\r\nharmless\r\n`)
      const auditor = await stage.api('auditor')
      const replay = await auditor.ok<ReplayView>('POST', `/recordings/${session}/replay`, { purpose: 'to look' })
      const cast = `${replay.channels[0]?.cast}`.replace(prefix, '')
      for (const format of ['v2', 'v3', 'text']) {
        const { bytes } = await auditor.call('GET', `${cast}?format=${format}`)
        const shown = bytes.toString()
        expect(shown).toContain('harmless')
        expect(shown).toContain('readme')
        // Neither raw, nor as JSON writes them.
        for (const part of [
          '\\u001b]',
          '\\u001bP',
          '\\u001b_',
          '\\u001bZ',
          '\\u0005',
          'cmVib290',
          '/etc/shadow',
          '544e',
        ])
          expect(`${format} ${part} ${shown.includes(part)}`).toBe(`${format} ${part} false`)
        expect(shown).not.toMatch(/[\u0005\u0080-\u009f]|\u001b[\]P_Z]|(?:\\u001b|\u001b)\[[0-9;?>]*[cnti]/)
      }
    })
  })
})
