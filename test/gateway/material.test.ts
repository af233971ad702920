// What a gateway refuses to start with. Each case starts the real gateway: it must name the field and the next step,
// leave no port open, and leave the ledger as it was.

import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { connect, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { connect as connectTls } from 'node:tls'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { makeDevPki, type DevPki } from '../../certs-dev/dev-pki.ts'
import { startGateway } from '../../gateway/app.ts'
import { systemClock } from '../../gateway/clock.ts'
import type { Config } from '../../gateway/config.ts'
import { buildStage, type Stage } from '../../gateway/demo/stage.ts'
import { openLog } from '../../gateway/log.ts'
import { readMaterial } from '../../gateway/material.ts'
import { StartRefused } from '../../gateway/start-problem.ts'
import { evidenceIn } from '../../gateway/store/evidence.ts'
import { openSqlite } from '../../gateway/store/sqlite.ts'
import { openStore } from '../../gateway/store/store.ts'
import { eventually } from '../support/eventually.ts'
import { sallyport } from './cli/run-sallyport.ts'

const log = openLog('silent')
const day = 86_400_000

let root: string
let stage: Stage
let other: DevPki

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'sallyport-material-'))
  const folder = join(root, 'gateway')
  await mkdir(folder)
  stage = await buildStage(folder, { places: [], sshPort: 0, httpsPort: 0, vendorKeys: [], logLevel: 'error' })
  const out = join(root, 'other')
  other = await makeDevPki({ out, hostnames: ['localhost'], ips: ['127.0.0.1'], now: Date.now() })
  await writeFile(join(root, 'junk'), 'junk that is no key\n')
  await mkdir(join(root, 'broken-bundle'))
  await writeFile(join(root, 'broken-bundle', 'zones.yaml'), 'zones: [{ id: 1 }]\n')
  // One good round, so that there is a ledger with a signed checkpoint.
  await (await startGateway(stage.config, log)).stop()
})
afterAll(() => rm(root, { recursive: true, force: true }))

async function entries(): Promise<number> {
  const db = openSqlite(join(stage.config.dataFolder, 'store.sqlite'))
  try {
    return await evidenceIn(db).size()
  } finally {
    await db.destroy()
  }
}

type Section = 'ssh' | 'https' | 'evidence'

/** The stage's configuration with `section.field` laid over it. */
function changed(over: Readonly<Record<string, unknown>>): Config {
  const config = structuredClone(stage.config)
  for (const [path, value] of Object.entries(over)) {
    const [section = '', field] = path.split('.')
    if (field === undefined) Object.assign(config, { [section]: value })
    else Object.assign(config[section as Section], { [field]: value })
  }
  return config
}

async function refusal(config: Config, now?: number): Promise<string[]> {
  const before = await entries()
  const clock = now === undefined ? systemClock : { ...systemClock, now: () => now }
  const error = await startGateway(config, log, clock).then(
    () => new Error('it started'),
    (thrown: unknown) => thrown,
  )
  expect(await entries()).toBe(before)
  if (!(error instanceof StartRefused)) throw error
  return error.message.split('\n')
}

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('expected a port')
  return address.port
}

async function freePort(): Promise<number> {
  const server = createServer()
  const port = await listening(server)
  server.close()
  await once(server, 'close')
  return port
}

const junk = (): string => join(root, 'junk')
const cases: readonly (readonly [string, () => Readonly<Record<string, unknown>>, RegExp])[] = [
  [
    'a certificate that is not there',
    () => ({ 'https.certificate': '/no/cert' }),
    /^https\.certificate: `\/no\/cert`: is not there: put/,
  ],
  [
    'a certificate that is none',
    () => ({ 'https.certificate': junk() }),
    /^https\.certificate: .*expected a certificate in PEM: /,
  ],
  [
    'a TLS key that is none',
    () => ({ 'https.key': junk() }),
    /^https\.key: .*expected a private key in PEM, without passphrase: /,
  ],
  [
    'a TLS key of another certificate',
    () => ({ 'https.key': other.paths['server.key'] }),
    /^https\.key: .*does not belong to https\.certificate: /,
  ],
  [
    'a host key that is not there',
    () => ({ 'ssh.hostKeys': ['/no/key'] }),
    /^ssh\.hostKeys: `\/no\/key`: is not there: put/,
  ],
  [
    'a host key that is none',
    () => ({ 'ssh.hostKeys': [junk()] }),
    /^ssh\.hostKeys: .*expected a private key in OpenSSH or PEM form/,
  ],
  [
    'a public host key',
    () => ({ 'ssh.hostKeys': [stage.pki.paths['ssh_host_ed25519_key.pub']] }),
    /^ssh\.hostKeys: .*expected a private key/,
  ],
  [
    'an evidence key that is none',
    () => ({ 'evidence.key': junk() }),
    /^evidence\.key: .*expected an Ed25519 private key/,
  ],
  [
    'an evidence key of another kind',
    () => ({ 'evidence.key': stage.pki.paths['server.key'] }),
    /^evidence\.key: .*expected an Ed25519 private key/,
  ],
  [
    'an evidence key that did not sign the ledger',
    () => ({ 'evidence.key': other.paths['evidence.key'] }),
    /^evidence\.key: is not the key that signed .*: put the old key back/,
  ],
  [
    'another origin than the ledger is signed as',
    () => ({ 'evidence.origin': 'plant2.example/ledger' }),
    /^evidence\.origin: expected `demo\.sallyport\.example\/ledger`.* got `plant2\.example\/ledger`: set it back/,
  ],
  [
    'an origin that format lines begin with',
    () => ({ 'evidence.origin': 'sallyport-x/ledger' }),
    /^evidence\.origin: `sallyport-x\/ledger`: cannot name a ledger: /,
  ],
  [
    'a replay identity that is none',
    () => ({ 'evidence.replayIdentity': junk() }),
    /^evidence\.replayIdentity: .*expected an age identity/,
  ],
  [
    'a replay identity whose recipient is not named',
    () => ({ 'evidence.recipients': [stage.pki.recipients.escrow] }),
    /^evidence\.replayIdentity: .*its recipient `age1\w{58}` is not in evidence\.recipients: add it/,
  ],
  [
    'a bundle folder that is not there',
    () => ({ bundleFolder: '/no/bundle' }),
    /^bundleFolder: `\/no\/bundle`: is not there: set it/,
  ],
  [
    'a bundle folder that is a file',
    () => ({ bundleFolder: junk() }),
    /^bundleFolder: .*cannot be read as a folder \(ENOTDIR\): /,
  ],
  [
    'an address that is not ours',
    () => ({ 'ssh.host': '192.0.2.1' }),
    /^ssh\.host: this machine has no address `192\.0\.2\.1`/,
  ],
  [
    'a data folder that cannot be made',
    () => ({ dataFolder: join(junk(), 'data') }),
    /^dataFolder: .*cannot be made \(ENOTDIR\): set it/,
  ],
]

describe('a gateway', () => {
  it.each(cases)('refuses %s', async (_what, over, message) => {
    const problems = await refusal(changed(over()))
    expect(problems).toEqual([expect.stringMatching(message)])
  })

  it('refuses a recipient whose checksum is wrong', async () => {
    const { replay, escrow } = stage.pki.recipients
    const wrong = `${escrow.slice(0, -1)}${escrow.endsWith('q') ? 'p' : 'q'}`
    expect(await refusal(changed({ 'evidence.recipients': [replay, wrong] }))).toEqual([
      expect.stringContaining(`evidence.recipients: \`${wrong}\`: expected an age X25519 recipient`),
    ])
    expect(await refusal(changed({ 'evidence.recipients': [replay, 'age1qqqqqqqqqqqqqqqqqqqqqqqqqqq'] }))).toHaveLength(
      1,
    )
  })

  it('refuses a certificate that is not valid yet, or no longer', async () => {
    const now = Date.now()
    expect(await refusal(stage.config, now - 10 * day)).toEqual([expect.stringContaining('not valid before')])
    expect(await refusal(stage.config, now + 5000 * day)).toEqual([expect.stringContaining('has expired on')])
  })

  it('refuses a vault key that is missing or malformed beside a store', async () => {
    const path = join(stage.config.dataFolder, 'vault.key')
    const kept = await readFile(path)
    try {
      await writeFile(path, 'short')
      expect(await refusal(stage.config)).toEqual([
        expect.stringMatching(/vault\.key`: expected 64 hex digits: restore it/),
      ])
      await rm(path)
      expect(await refusal(stage.config)).toEqual([expect.stringMatching(/vault\.key`: is missing, .*: restore it/)])
    } finally {
      await writeFile(path, kept, { mode: 0o600 })
    }
  })

  it('names every problem at once, those of the bundle one by one', async () => {
    const over = {
      'https.certificate': '/no/cert',
      'https.key': junk(),
      'ssh.hostKeys': ['/no/key', junk()],
      'evidence.key': junk(),
      'evidence.recipients': ['age1qqqqqqqqqqqqqqqqqqqqqqqqqqq'],
      bundleFolder: join(root, 'broken-bundle'),
    }
    const problems = await refusal(changed(over))
    const fields = problems.map((line) => line.split(':')[0])
    expect(new Set(fields)).toEqual(new Set([...Object.keys(over), 'evidence.replayIdentity']))
    expect(fields.filter((field) => field === 'ssh.hostKeys')).toHaveLength(2)
    expect(fields.filter((field) => field === 'bundleFolder').length).toBeGreaterThan(1)
    expect(problems.join('\n')).not.toContain('junk that is no key')
  })

  it('names each port that is taken, and frees the other', async () => {
    const busy = createServer()
    const taken = await listening(busy)
    try {
      const free = await freePort()
      for (const [section, rest] of [
        ['ssh', 'https'],
        ['https', 'ssh'],
      ] as const) {
        const problems = await refusal(changed({ [`${section}.port`]: taken, [`${rest}.port`]: free }))
        expect(problems).toEqual([
          expect.stringContaining(
            `${section}.port: port ${taken} of \`127.0.0.1\` is taken by another program: stop it, or`,
          ),
        ])
        const again = createServer()
        again.listen(free, '127.0.0.1')
        await once(again, 'listening')
        again.close()
        await once(again, 'close')
      }
      expect(await refusal(changed({ 'ssh.port': taken, 'https.port': taken }))).toHaveLength(2)
    } finally {
      busy.close()
    }
  })

  it('says nothing to who connects before the start is on record', async () => {
    const store = join(stage.config.dataFolder, 'store.sqlite')
    const opened = await openStore(openSqlite(store))
    await opened.change((tx) => tx.ledger.append('gateway.stopped', Date.now(), { reason: 'stopped' }))
    await opened.close()
    const ports = [await freePort(), await freePort()] as const
    const [sshPort, httpsPort] = ports
    // Linux lists a port that listens (0A) as `0100007F:1F90 00000000:0000 0A`.
    const areBound = (): boolean => {
      const table = readFileSync('/proc/self/net/tcp', 'latin1')
      const local = ports.map((port) => `:${port.toString(16).toUpperCase().padStart(4, '0')} 00000000:0000 0A`)
      return local.every((text) => table.includes(text))
    }
    const neighbour = new DatabaseSync(store)
    const held = Promise.withResolvers<void>()
    let isHeld = false
    // Signing what stands in the ledger is the first thing written: another process holds the store just then.
    const now = (): number => {
      if (!isHeld && areBound()) {
        isHeld = true
        neighbour.exec('begin immediate')
        held.resolve()
      }
      return Date.now()
    }
    const starting = startGateway(changed({ 'ssh.port': sshPort, 'https.port': httpsPort }), log, {
      ...systemClock,
      now,
    })
    try {
      await Promise.race([held.promise, starting])
      expect(isHeld).toBe(true)
      const said: string[] = []
      const ssh = connect(sshPort, '127.0.0.1').on('data', (bytes: Buffer) => said.push(bytes.toString('latin1')))
      const secure = { host: '127.0.0.1', port: httpsPort, ca: stage.pki.contents['ca.pem'], servername: 'localhost' }
      const https = connectTls(secure).on('data', (bytes: Buffer) => said.push(bytes.toString('latin1')))
      await once(https, 'secureConnect')
      https.write('GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n')
      // Whoever comes later has got a whole handshake: the others would have been answered by now.
      const later = connectTls(secure)
      await once(later, 'secureConnect')
      later.destroy()
      expect(said).toEqual([])
      neighbour.exec('commit')
      const gateway = await starting
      await eventually(
        'both are answered',
        () => said.some((text) => text.startsWith('HTTP/1.1 200')) && said.length > 1,
      )
      expect(said.some((text) => text.startsWith('SSH-2.0-Sallyport'))).toBe(true)
      ssh.destroy()
      https.destroy()
      await gateway.stop()
    } finally {
      neighbour.close()
    }
  })

  it('removes what a crash left in the making, and keeps recordings', async () => {
    const { dataFolder } = stage.config
    const session = 'ses_01234567890123456789012345'
    await mkdir(join(dataFolder, 'scratch', 'export-left'), { recursive: true })
    await writeFile(join(dataFolder, 'scratch', 'export-left', 'key'), 'a session key')
    for (const name of [`.opening-${session}`, session, '.opening-other'])
      await mkdir(join(dataFolder, 'recordings', name), { recursive: true })
    await (await startGateway(stage.config, log)).stop()
    expect(await readdir(join(dataFolder, 'scratch'))).toEqual([])
    expect(await readdir(join(dataFolder, 'recordings'))).toEqual(['.live', '.opening-other', session])
  })

  it('leaves what is in the making alone while another gateway has the folder', async () => {
    const gateway = await startGateway(stage.config, log)
    const left = join(stage.config.dataFolder, 'scratch', 'export-now')
    try {
      await mkdir(left)
      await expect(startGateway(stage.config, log)).rejects.toThrow('another gateway runs')
      expect((await stat(left)).isDirectory()).toBe(true)
    } finally {
      await gateway.stop()
    }
  })
})

describe('what a start would refuse', () => {
  it('is read without changing anything', async () => {
    const before = await entries()
    expect((await readMaterial(stage.config, Date.now())).kind).toBe('ok')
    expect(await entries()).toBe(before)
  })

  it('is told alike by `config check`, `doctor` and `run`', async () => {
    const config = join(stage.folder, 'sallyport.yaml')
    const env = { SALLYPORT_HTTPS_KEY: other.paths['server.key'], SALLYPORT_SSH_HOST_KEYS: junk() }
    const read = await readMaterial(
      changed({ 'https.key': env.SALLYPORT_HTTPS_KEY, 'ssh.hostKeys': [junk()] }),
      Date.now(),
    )
    const problems = read.kind === 'invalid' ? read.problems : []
    expect(problems).toHaveLength(2)
    const check = await sallyport(['config', 'check', '--config', config], { env })
    const run = await sallyport(['run', '--config', config], { env })
    const doctor = await sallyport(['doctor', '--config', config, '--json'], { env })
    expect([check.status, run.status, doctor.status]).toEqual([1, 1, 1])
    const { checks } = JSON.parse(doctor.stdout) as { checks: { what: string; state: string; found: string }[] }
    const failed = checks.filter(({ state }) => state === 'fail')
    for (const { field, found, next } of problems) {
      for (const { stderr } of [check, run]) expect(stderr).toContain(`- ${field}: ${found}: ${next}`)
      expect(failed).toContainEqual({ what: field, state: 'fail', found, next })
    }
  })

  it('is told by doctor of the ledger too', async () => {
    const config = join(stage.folder, 'sallyport.yaml')
    const env = { SALLYPORT_EVIDENCE_ORIGIN: 'plant2.example/ledger' }
    const { status, stdout } = await sallyport(['doctor', '--config', config], { env })
    expect(status).toBe(1)
    expect(stdout).toMatch(/^fail +evidence\.origin +expected `demo\.sallyport\.example\/ledger`/m)
  })

  it('is not that others may read the store, but doctor says so', async () => {
    const store = join(stage.config.dataFolder, 'store.sqlite')
    expect((await stat(store)).mode & 0o777).toBe(0o600)
    expect((await stat(join(stage.config.dataFolder, 'gateway.lock'))).mode & 0o777).toBe(0o600)
    await chmod(store, 0o644)
    try {
      const { stdout } = await sallyport(['doctor', '--config', join(stage.folder, 'sallyport.yaml')])
      expect(stdout).toMatch(/^fail +store +\S+store\.sqlite: others may read it, mode 644$/m)
    } finally {
      await chmod(store, 0o600)
    }
  })
})
