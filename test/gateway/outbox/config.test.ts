import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseConfig, type Config } from '../../../gateway/config.ts'
import { readOutgoing } from '../../../gateway/outbox/material.ts'
import { createCa } from '../../../certs-dev/pki.ts'

const base = {
  ssh: { hostKeys: ['host_key'] },
  https: { certificate: 'server.pem', key: 'server.key' },
  evidence: {
    origin: 'plant.example/ledger',
    key: 'evidence.key',
    recipients: [`age1${'q'.repeat(58)}`],
    replayIdentity: 'replay.agekey',
  },
}
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sp-outgoing-'))
  await writeFile(join(folder, 'password'), 'relay secret\nmore\n')
  await writeFile(join(folder, 'empty'), '\n')
  await writeFile(join(folder, 'hook'), `whsec_${Buffer.alloc(32, 1).toString('base64')}\n`)
  await writeFile(join(folder, 'ca.pem'), (await createCa('Test CA', Date.now())).certificate)
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const parse = (over: object, env: Record<string, string> = {}) => parseConfig({ ...base, ...over }, env, folder)
function configOf(over: object, env: Record<string, string> = {}): Config {
  const parsed = parse(over, env)
  if (parsed.kind === 'invalid') throw new Error(parsed.problems.join('\n'))
  return parsed.config
}
function problemsOf(over: object, env: Record<string, string> = {}): string {
  const parsed = parse(over, env)
  return parsed.kind === 'ok' ? '' : parsed.problems.join('\n')
}

const relay = { host: 'relay.example', from: 'sallyport@plant.example' }
const hook = { name: 'siem', url: 'https://siem.example/in', secretFile: 'hook', events: [] }

describe('the configuration of outgoing messages', () => {
  it('needs nothing: then nobody is told, and no change system is asked', async () => {
    const read = await readOutgoing(configOf({}))
    expect(read).toEqual({ kind: 'ok', outgoing: { smtp: null, webhooks: [], tickets: null, ca: null } })
  })

  it('takes a relay with a login, webhooks and a change system, with paths from the configuration\u2019s folder', async () => {
    const config = configOf({
      outboundCa: 'ca.pem',
      notify: { smtp: { ...relay, user: 'gateway', passwordFile: 'password' }, webhooks: [hook] },
      tickets: { url: 'https://change.example/api', tokenFile: 'password', timeoutSeconds: 3 },
    })
    const read = await readOutgoing(config)
    if (read.kind === 'invalid') throw new Error(JSON.stringify(read.problems))
    const { smtp, webhooks, tickets, ca } = read.outgoing
    expect(smtp).toMatchObject({ host: 'relay.example', port: 587, security: 'starttls', login: { user: 'gateway' } })
    expect(smtp?.login?.password.expose()).toBe('relay secret')
    expect(webhooks.map(({ name, keys }) => [name, keys.length])).toEqual([['siem', 1]])
    expect(tickets).toMatchObject({ url: 'https://change.example/api', timeoutMs: 3_000 })
    expect(ca?.length).toBeGreaterThan(1)
    expect(JSON.stringify(read)).not.toContain('relay secret')
  })

  it('takes webhooks from the environment as JSON', () => {
    const { notify } = configOf({}, { SALLYPORT_NOTIFY_WEBHOOKS: JSON.stringify([hook]) })
    expect(notify.webhooks).toEqual([{ ...hook, secretFile: join(folder, 'hook') }])
    expect(problemsOf({}, { SALLYPORT_NOTIFY_WEBHOOKS: '[oops' })).toContain('notify.webhooks')
  })

  it.each([
    [{ notify: { smtp: { host: 'relay.example' } } }, 'notify.smtp.from: is missing'],
    [{ notify: { smtp: { ...relay, from: 'a@b\nBcc: c@d' } } }, 'notify.smtp.from: mail address'],
    [{ notify: { smtp: { ...relay, user: 'x' } } }, 'notify.smtp.user: goes with notify.smtp.passwordFile'],
    [
      { notify: { smtp: { ...relay, security: 'none', user: 'x', passwordFile: 'password' } } },
      'notify.smtp.security: `none` would show the password to the network',
    ],
    [{ notify: { webhooks: [{ ...hook, url: 'http://siem.example' }] } }, 'plain http is for this machine alone'],
    [{ notify: { webhooks: [{ ...hook, url: 'ftp://siem.example' }] } }, 'expected an address with https'],
    [{ notify: { webhooks: [{ ...hook, url: 'siem' }] } }, 'expected an address such as'],
    [{ notify: { webhooks: [{ ...hook, url: 'https://a:b@siem.example' }] } }, 'expected no user and password'],
    [{ notify: { webhooks: [hook, hook] } }, '`siem` is there twice'],
    [{ notify: { webhooks: [{ ...hook, events: ['auth.failed'] }] } }, '`auth.failed` is told to nobody'],
    [{ notify: { webhooks: [{ ...hook, secret: 'x' }] } }, 'notify.webhooks'],
    [{ tickets: { url: 'http://change.example' } }, 'tickets.url: expected https'],
    [{ tickets: { url: 'https://change.example/?q=' } }, 'tickets.url: expected no `?`'],
  ])('refuses %j', (over, problem) => {
    expect(problemsOf(over)).toContain(problem)
  })

  it('names every file that is missing or holds something else, and none of what they hold', async () => {
    const read = await readOutgoing(
      configOf({
        outboundCa: 'password',
        notify: {
          smtp: { ...relay, user: 'x', passwordFile: 'empty' },
          webhooks: [{ ...hook, secretFile: 'password' }],
        },
        tickets: { url: 'http://localhost:1', tokenFile: 'none' },
      }),
    )
    if (read.kind === 'ok') throw new Error('expected problems')
    expect(read.problems.map(({ field }) => field).toSorted()).toEqual([
      'notify.smtp.passwordFile',
      'notify.webhooks',
      'outboundCa',
      'tickets.tokenFile',
    ])
    expect(JSON.stringify(read)).not.toContain('relay secret')
  })
})
