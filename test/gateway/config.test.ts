import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { configReference, loadConfig, parseConfig, variableOf } from '../../gateway/config.ts'

const least = {
  ssh: { hostKeys: ['host.key'] },
  https: { certificate: 'tls.pem', key: 'tls.key' },
  evidence: {
    origin: 'plant.example/ledger',
    key: 'evidence.key',
    recipients: ['age1qqqqqqqqqqqqqqqq'],
    replayIdentity: 'replay.agekey',
  },
}

describe('the configuration', () => {
  it('fills in defaults and takes relative paths from the file’s folder', () => {
    const parsed = parseConfig(least, {}, '/etc/sallyport')
    expect(parsed).toMatchObject({
      kind: 'ok',
      config: {
        dataFolder: '/etc/sallyport/data',
        ssh: { port: 2222, hostKeys: ['/etc/sallyport/host.key'] },
        https: { port: 8443, certificate: '/etc/sallyport/tls.pem' },
        login: { lockoutAfter: 5, passwordCost: 'full' },
      },
    })
  })

  it('lets the environment override the file', () => {
    const env = { SALLYPORT_SSH_PORT: '22', SALLYPORT_SSH_HOST_KEYS: 'a, b', SALLYPORT_PUBLIC_HOST: 'gate.example' }
    const parsed = parseConfig(least, env, '/')
    expect(parsed).toMatchObject({ config: { publicHost: 'gate.example', ssh: { port: 22, hostKeys: ['/a', '/b'] } } })
  })

  it('sends every event to a webhook that names none', () => {
    const webhooks = [{ name: 'siem', url: 'https://siem.plant.example', secretFile: 'siem.secret' }]
    const parsed = parseConfig({ ...least, notify: { webhooks } }, {}, '/')
    expect(parsed).toMatchObject({ config: { notify: { webhooks: [{ name: 'siem', events: [] }] } } })
    expect(webhooks[0]).not.toHaveProperty('events')
  })

  it('reports every problem at once, by field', () => {
    const parsed = parseConfig(
      { ssh: { port: 70_000, hostkeys: [] }, evidence: { origin: 'https://x' }, unknown: 1 },
      { SALLYPORT_HTTPS_PORT: 'abc', SALLYPORT_NOTHING: '1' },
      '/',
    )
    const problems = parsed.kind === 'invalid' ? parsed.problems : []
    for (const field of ['ssh.port', 'evidence.origin', 'https.port', 'SALLYPORT_NOTHING', 'ssh', 'evidence', 'https'])
      expect(
        problems.some((text) => text.includes(field)),
        field,
      ).toBe(true)
    expect(problems.length).toBeGreaterThanOrEqual(7)
  })

  it.each([
    [
      { logLevel: 'loud' },
      'logLevel: expected one of `fatal`, `error`, `warn`, `info`, `debug` or `silent`, got `loud`: ',
    ],
    [{ publicHost: '' }, 'publicHost: expected a text, got nothing: '],
    [{ publicHost: ['a'] }, 'publicHost: expected a text, got a list: '],
    [{ maxSessionsPerPerson: '7' }, 'maxSessionsPerPerson: expected a whole number from 1 to 1000, got the text `7`: '],
    [{ dataFolder: 3 }, 'dataFolder: expected the name of a file or folder, got `3`: '],
    [{ login: 'strict' }, 'login: expected a mapping of fields, got `strict`'],
    [{ tickets: [] }, 'tickets: expected a mapping of fields, got a list'],
    [{ ssh: { ...least.ssh, maxChanels: 3 } }, 'ssh.maxChanels: no such field: did you mean `maxChannels`?'],
    [{ ssh: { hostKeys: [] } }, 'ssh.hostKeys: expected at least 1 in the list, got 0: '],
    [
      { evidence: { ...least.evidence, recipients: ['age1qqqqqqqqqqqqqqqq', 'ssh-ed25519 AAAA'] } },
      'evidence.recipients[1]: expected an age recipient, `age1…`, got `ssh-ed25519 AAAA`: ',
    ],
    [
      { notify: { webhooks: [{ name: 'Bad Name', url: 'https://siem.example', secretFile: 's' }] } },
      'notify.webhooks[0].name: expected 1 to 32 of a-z, 0-9 and `-`, letters or digits first and last, got `Bad Name`: ',
    ],
    [
      { notify: { webhooks: [{ name: 'siem', url: 'x', secretfile: 's' }] } },
      'notify.webhooks[0].secretFile: is missing: ',
    ],
  ])('says in words what is wrong with %j', (over, words) => {
    const parsed = parseConfig({ ...least, ...over }, {}, '/')
    const problems = parsed.kind === 'invalid' ? parsed.problems : []
    expect(problems.filter((text) => text.startsWith(words))).toHaveLength(1)
    for (const text of problems) expect(text).not.toMatch(/\bmust\b|\^\[|undefined/)
  })

  it('takes a section with nothing in it as one that is left out', () => {
    expect(parseConfig({ ...least, login: null }, {}, '/').kind).toBe('ok')
  })

  it('names the variable that was probably meant', () => {
    expect(parseConfig(least, { SALLYPORT_SSH_MAX_CHANELS: '3' }, '/')).toEqual({
      kind: 'invalid',
      problems: [
        'environment variable SALLYPORT_SSH_MAX_CHANELS: sets no field: did you mean `SALLYPORT_SSH_MAX_CHANNELS`?',
      ],
    })
  })

  it('refuses one port for both listeners, unless their addresses differ', () => {
    const both = (ssh: string, https: string): string =>
      parseConfig(
        { ...least, ssh: { ...least.ssh, host: ssh, port: 443 }, https: { ...least.https, host: https, port: 443 } },
        {},
        '/',
      ).kind
    expect(both('127.0.0.1', '127.0.0.2')).toBe('ok')
    expect(both('127.0.0.1', '127.0.0.1')).toBe('invalid')
    expect(both('127.0.0.1', '0.0.0.0')).toBe('invalid')
    const clash = parseConfig({ ...least, ssh: { ...least.ssh, port: 8443 } }, {}, '/')
    expect(clash).toEqual({
      kind: 'invalid',
      problems: ['https.port: 8443 is ssh.port too: give each a port of its own'],
    })
  })

  it('never shows a private key that stands where its file belongs', () => {
    const secret = 'AGE-SECRET-KEY-1QQQQ'
    const pem = '-----BEGIN PRIVATE KEY-----\nMC4CAQ\n-----END PRIVATE KEY-----\n'
    const evidence = { ...least.evidence, recipients: [secret], replayIdentity: secret, key: pem }
    const parsed = parseConfig({ ...least, evidence }, {}, '/')
    const problems = parsed.kind === 'invalid' ? parsed.problems : []
    expect(problems).toHaveLength(3)
    for (const text of problems) expect(text).toMatch(/^evidence\.\w+: holds a private key, which belongs in a file/)
    expect(problems.join()).not.toMatch(/QQQQ|MC4CAQ/)
  })

  it('names the line of a file that is no YAML, and shows nothing of it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sallyport-config-'))
    try {
      const file = join(folder, 'sallyport.yaml')
      await writeFile(file, 'publicHost: gate\nssh: [\nhttps: "hunter2\n')
      const { problems } = (await loadConfig(file, {})) as { problems: readonly string[] }
      expect(problems).toEqual([expect.stringMatching(/sallyport\.yaml: not YAML in line \d: /)])
      expect(problems.join()).not.toContain('hunter2')
      expect(await loadConfig(join(folder, 'none.yaml'), {})).toEqual({
        kind: 'invalid',
        problems: [expect.stringContaining('none.yaml: is not there: name a file')],
      })
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  it.each([null, undefined, 'text', 7, [], { evidence: null }, { ssh: 'x' }, { ssh: [] }])('refuses %j', (document) => {
    expect(parseConfig(document, {}, '/').kind).toBe('invalid')
  })

  it('is documented field by field', async () => {
    const page = await readFile(new URL('../../docs/configuration.md', import.meta.url), 'utf8')
    expect(page, 'run `npx sallyport config reference` and put its table into the page').toContain(configReference())
  })

  it('names variables after fields', () => {
    expect(variableOf(['ssh', 'maxUnauthenticatedPerSource'])).toBe('SALLYPORT_SSH_MAX_UNAUTHENTICATED_PER_SOURCE')
  })
})
