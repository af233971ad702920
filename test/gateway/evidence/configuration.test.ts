// What the gateway is configured by, as evidence of each start: what changed is said in words, and nothing confidential.

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { ConfigSchema, fieldsOf, type Config } from '../../../gateway/config-fields.ts'
import { parseConfig } from '../../../gateway/config.ts'
import { digestOfTold } from '../../../gateway/evidence/configuration-told.ts'
import { recordConfiguration, releaseDays, type Platform } from '../../../gateway/evidence/configuration.ts'
import { openLog } from '../../../gateway/log.ts'
import { Secret } from '../../../gateway/secret.ts'
import { ledgerOf, openBase, type Base } from '../../support/memory-store.ts'

let base: Base
let folder: string
beforeEach(async () => {
  base = await openBase()
  folder = await mkdtemp(join(tmpdir(), 'sallyport-configuration-'))
  for (const name of [
    'host.key',
    'tls.pem',
    'tls.key',
    'evidence.key',
    'replay.agekey',
    'siem.secret',
    'password',
    'acme-ca.pub',
    'revoked.krl',
  ])
    await writeFile(join(folder, name), `contents of ${name}`)
})
afterEach(async () => {
  await base.store.close()
  await rm(folder, { recursive: true, force: true })
})

const vaultKey = new Secret<Uint8Array>(Buffer.alloc(32, 7))

const document = {
  ssh: {
    hostKeys: ['host.key'],
    userAuthorities: [{ name: 'acme', key: 'acme-ca.pub', suppliers: ['acme-drives'], secondFactor: true }],
    revokedKeys: 'revoked.krl',
    workers: 2,
  },
  airlock: { clamd: '127.0.0.1:3310' },
  https: { certificate: 'tls.pem', key: 'tls.key' },
  evidence: {
    origin: 'plant.example/ledger',
    key: 'evidence.key',
    recipients: ['age1qqqqqqqqqqqqqqqq'],
    replayIdentity: 'replay.agekey',
  },
  notify: {
    smtp: { host: 'relay.plant.example', from: 'gate@plant.example', user: 'mailer-7', passwordFile: 'password' },
    webhooks: [{ name: 'siem', url: 'https://siem.plant.example/T0KEN-IN-PATH', secretFile: 'siem.secret' }],
  },
}

function configOf(env: Readonly<Record<string, string>> = {}, from: unknown = document): Config {
  const parsed = parseConfig(from, env, folder)
  if (parsed.kind === 'invalid') throw new Error(parsed.problems.join('\n'))
  return parsed.config
}

const here: Platform = { version: '1.0.0', program: 'sha256:1', runtime: process.version, system: 'linux x64' }
const start = (config: Config, platform: Platform = here): Promise<readonly string[]> =>
  recordConfiguration({ store: base.store, config, vaultKey, clock: base.clock, log: openLog('silent'), platform })
const entries = async (type: string) => (await ledgerOf(base.store)).filter((event) => event.type === type)

describe('a start', () => {
  it('keeps every field that is set and a digest that anybody can compute from it', async () => {
    await start(configOf())
    const [{ data } = { data: {} }] = await entries('gateway.configured')
    const fields = (data as { fields: Record<string, string> }).fields
    expect(fields).toMatchObject({
      'ssh.port': '2222',
      'evidence.origin': 'plant.example/ledger',
      'https.certificate': join(folder, 'tls.pem'),
      'https.certificate (contents)': expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      'https.key (contents)': expect.stringMatching(/^keyed:[0-9a-f]{32}$/),
      'ssh.userAuthorities[acme].suppliers': '["acme-drives"]',
      'ssh.userAuthorities[acme].secondFactor': 'true',
      'ssh.userAuthorities[acme].key (contents)': expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      'ssh.revokedKeys (contents)': expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      'notify.webhooks[siem].url': expect.stringMatching(/^keyed:[0-9a-f]{32}$/),
    })
    expect(data).toMatchObject({ digest: digestOfTold(fields), runtime: process.version })
    const optional = /^(?:tickets|outboundCa|recordings\.s3|evidence\.(?:publish|witnessPolicy|formerKeys|timestamps))/
    for (const { path } of fieldsOf(ConfigSchema)) {
      const name = path.join('.')
      const isTold = Object.keys(fields).some((field) => field === name || field.startsWith(`${name}[`))
      expect(isTold || optional.test(name), name).toBe(true)
    }
  })

  it('tells no secret, no address with one in it, and no person', async () => {
    await start(configOf())
    await start(configOf({ SALLYPORT_NOTIFY_SMTP_USER: 'mailer-8', SALLYPORT_NOTIFY_SMTP_FROM: 'other@plant.example' }))
    const text = JSON.stringify(await ledgerOf(base.store))
    for (const secret of ['mailer-7', 'mailer-8', 'gate@plant', 'other@plant', 'T0KEN', 'contents of'])
      expect(text, secret).not.toContain(secret)
  })

  it('with the same configuration says no more than that', async () => {
    await start(configOf())
    expect(await start(configOf())).toEqual([])
    expect(await entries('gateway.configured')).toHaveLength(2)
    expect(await entries('gateway.configuration_changed')).toEqual([])
  })

  it('with another one says in words what is different, and since which entry', async () => {
    await start(configOf())
    base.clock.at += 60_000
    await writeFile(join(folder, 'tls.pem'), 'another certificate')
    await writeFile(join(folder, 'siem.secret'), 'another secret')
    const env = {
      SALLYPORT_SSH_PORT: '2200',
      SALLYPORT_NOTIFY_SMTP_USER: 'mailer-8',
      SALLYPORT_EVIDENCE_PUBLISH: 'copy.note',
      SALLYPORT_TICKETS_URL: 'https://change.plant.example/api',
    }
    await start(configOf(env))
    const [first, second] = await entries('gateway.configured')
    expect((await entries('gateway.configuration_changed')).map(({ data }) => data)).toEqual([
      {
        before: first?.data['digest'],
        digest: second?.data['digest'],
        since: first?.index,
        changes: [
          `evidence.publish: is set, to \`${join(folder, 'copy.note')}\``,
          'https.certificate: the file holds something else than before',
          'notify.smtp.user: another value, not shown',
          'notify.webhooks[siem].secretFile: the file holds something else than before',
          'ssh.port: `2200`, was `2222`',
          'tickets.url: is set, to a value that is not shown',
        ],
        dueAt: base.clock.now() + releaseDays * 24 * 3_600_000,
      },
    ])
  })

  it('without a webhook that was there says which part is gone', async () => {
    await start(configOf())
    const changes = await start(configOf({}, { ...document, notify: { smtp: document.notify.smtp } }))
    expect(changes).toContain('notify.webhooks[siem].url: is not set any more, was a value that is not shown')
  })

  it('on another release or runtime says so', async () => {
    await start(configOf())
    expect(await start(configOf(), { ...here, version: '1.1.0', program: 'sha256:2', system: 'linux arm64' })).toEqual([
      'release of the gateway: `1.1.0`, was `1.0.0`',
      'system: `linux arm64`, was `linux x64`',
      'program: other files',
    ])
    expect(await start(configOf(), { ...here, version: '1.1.0', program: 'sha256:3', system: 'linux arm64' })).toEqual([
      'program: other files, of the same version',
    ])
  })

  it('tells a file that cannot be read as such', async () => {
    await start(configOf())
    await rm(join(folder, 'siem.secret'))
    expect(await start(configOf())).toEqual([
      'notify.webhooks[siem].secretFile: the file holds something else than before',
    ])
  })
})
