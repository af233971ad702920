import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { configReference, parseConfig, variableOf } from '../../gateway/config.ts'

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
