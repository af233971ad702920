// OpenSSH 10 at both ends of the gateway, as it comes: its client and its server prefer a post-quantum key exchange, and
// the gateway speaks it with both. What else its client does through the gateway is in the matrix (clients/).

import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtemp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { afterAll, beforeAll, expect, it } from 'vitest'

import { prepareSsh, type SshLogin } from '../../gateway/demo/ssh-client.ts'
import type { Place } from '../../gateway/demo/stage.ts'
import { makeAuthority, publicAuthority } from '../../gateway/identity/user-authority.ts'
import { Secret } from '../../gateway/secret.ts'
import { fileSwitches, sshFeatures } from '../../policy/index.ts'
import { describeWith } from '../support/describe-with.ts'
import { stageGateway, type GatewayStage } from '../support/gateway-stage.ts'
import { partPath, type PartName } from '../support/parts.ts'
import { openSsh, runSsh, shareConnection, type RunWish, type SharedConnection } from '../support/ssh-session.ts'
import { startSshd, type Sshd, type SshdWish } from '../support/sshd.ts'

const run = promisify(execFile)
const hybrid = 'mlkem768x25519-sha256'
const program = 'ssh-10'
/** What the gateway of the demo plant says to who logs in. */
const said = ['Access through this gateway is by approval only. Sessions are recorded and may be watched.', 'Sallyport']
const everywhere = `${tmpdir()}/**`

const filesText = JSON.stringify({
  rules: [
    {
      id: 'work-files',
      text: 'Files of the work at hand.',
      assets: ['ews-1'],
      paths: [everywhere],
      allow: fileSwitches,
      upload: 'pass',
      download: 'pass',
    },
  ],
})

const needed = ['ssh-10', 'scp-10', 'sftp-10', 'ssh-keygen-10', 'sshd-10', 'ssh-keygen', 'sshd', 'script'] as const

describeWith([...needed, 'openssl', 'unshare'], 'OpenSSH 10', () => {
  let stage: GatewayStage
  let folder: string
  const servers: Record<string, Sshd> = {}
  const authority = makeAuthority()
  const password = randomBytes(12).toString('hex')

  async function serve(place: Place, at: string, wish: SshdWish): Promise<Place> {
    const sshd = await startSshd(join(at, `openssh-10-${place.asset}`), { program: 'sshd-10', ...wish })
    servers[place.asset] = sshd
    const { port, hostKey, credential } = sshd
    return { ...place, port, hostKeys: [hostKey], credential: { kind: 'private-key', secret: credential } }
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sp-openssh-10-'))
    await keygen('-f', join(folder, 'authority'))
    await keygen('-f', join(folder, 'card'))
    const card = ['-I', 'card of vendor', '-n', 'vendor', join(folder, 'card.pub')]
    await run(partPath('ssh-keygen-10'), ['-q', '-s', join(folder, 'authority'), ...card])
    stage = await stageGateway({
      targets: ['ews-1', 'ews-2', 'hist-1'],
      files: { 'files.yaml': filesText },
      overrides: {
        'ssh.userAuthorities': [
          { name: 'cards', key: join(folder, 'authority.pub'), suppliers: ['acme-drives'], secondFactor: true },
        ],
      },
      async spoil(place, at) {
        switch (place.asset) {
          case 'ews-1': {
            const made = await serve(place, at, {})
            return { ...made, endpoint: { features: [...sshFeatures] } }
          }
          case 'ews-2': {
            const trusted = join(folder, 'trusted.pub')
            await writeFile(trusted, `${publicAuthority(authority, 'gateway').line}\n`)
            const config = `TrustedUserCAKeys ${trusted}\nAuthorizedKeysFile none\n`
            return { ...(await serve(place, at, { config })), credential: { kind: 'authority', secret: authority } }
          }
          default: {
            // It says which keys it makes at this level alone, and shows some of it to who is in a session.
            const config = 'PubkeyAuthentication no\nRekeyLimit 1M\nLogLevel DEBUG1'
            const made = await serve(place, at, { password, config })
            return { ...made, credential: { kind: 'password', secret: new Secret(password) } }
          }
        }
      },
    })
    await stage.grant('ews-1', { transfer: { allow: [...fileSwitches], paths: [everywhere] } })
    await stage.grant('ews-2', { by: 'engineer' })
    await stage.grant('hist-1')
    await stage.api('auditor')
  }, 120_000)
  afterAll(async () => {
    await stage.stop()
    await Promise.all(Object.values(servers).map((server) => server.stop()))
    await rm(folder, { recursive: true, force: true })
  })

  async function keygen(...words: string[]): Promise<void> {
    await run(partPath('ssh-keygen-10'), ['-q', '-t', 'ed25519', '-N', '', '-C', 'test', ...words])
  }

  /** The evidence of the newest session, once it is over. */
  async function newest() {
    await stage.quiet()
    const session = String((await stage.evidence({ types: ['session.started'] })).at(-1)?.data['session'])
    const events = await stage.evidence({ session })
    const of = (type: string) => events.find((event) => event.type === type)?.data
    return { connected: of('session.connected'), injected: of('credential.injected') }
  }
  const both = (login: SshLogin, wish: RunWish) => runSsh(login, { program, logLevel: 'INFO', ...wish })

  it.each(['password', 'key', 'certificate'] as const)(
    'logs in by %s, agrees on ML-KEM at both legs by its defaults, and has nothing to warn of',
    async (by) => {
      const login = await stage.sshLogin('vendor%ews-1', by === 'password' ? 'password' : 'key')
      const identity = by === 'certificate' ? join(folder, 'card') : login.identity
      const { stdout, stderr, exit } = await both({ ...login, identity }, { command: 'echo in; exit 4' })
      expect([stdout.toString(), exit]).toEqual(['in\n', 4])
      // The gateway's own words before the login and while the code is asked, and none of the client's.
      expect(stderr.split(/\r?\n/).filter((line) => line !== '' && !said.includes(line))).toEqual([])
      const { connected } = await newest()
      const agreed = { kex: hybrid, hostKey: 'ssh-ed25519', toServer: { cipher: 'chacha20-poly1305@openssh.com' } }
      expect(connected).toMatchObject({
        software: expect.stringMatching(/^OpenSSH_\d\d/),
        client: agreed,
        target: { kex: hybrid, hostKey: 'ssh-ed25519', toServer: { cipher: 'aes128-gcm@openssh.com' } },
      })
    },
  )

  it.each([
    ['a key', 'vendor%ews-1', 'Accepted publickey for'],
    ['a password', 'vendor%hist-1', 'Accepted password for'],
    ['a certificate', 'engineer%ews-2', 'ED25519-CERT'],
  ] as const)('as a target takes %s of the gateway, and gives a terminal', async (_what, user, words) => {
    const by = user.startsWith('vendor') ? 'key' : 'password'
    const { shown, exit } = await both(await stage.sshLogin(user, by), {
      options: ['-tt'],
      command: 'tty; stty size; exit 3',
      terminal: { cols: 91, rows: 27 },
    })
    // `script` types a zero byte where its own input has ended, and a terminal echoes it when it comes early.
    expect(shown.replaceAll('^@', '')).toMatch(/\/dev\/pts\/\d+\s+27 91/)
    expect(exit).toBe(3)
    const asset = user.split('%')[1] ?? ''
    expect(servers[asset]?.log()).toContain(words)
    expect(await newest()).toMatchObject({
      connected: { software: expect.stringMatching(/^OpenSSH_\d\d/), client: { kex: hybrid }, target: { kex: hybrid } },
      injected: { credential: `${asset}-service` },
    })
  })

  it.each(['ssh', 'ssh-10'] as const)(
    'is told where to by any version: two per cent signs are one (%s)',
    async (of) => {
      const login = { ...(await stage.sshLogin('vendor')), user: 'vendor%%ews-1' }
      const { stdout, exit, stderr } = await runSsh(login, { program: of, command: 'echo in' })
      expect([stderr, stdout.toString(), exit]).toEqual(['', 'in\n', 0])
      await stage.quiet()
    },
  )

  it('makes new keys by ML-KEM in the middle of the bytes, at both legs, and every byte arrives', async () => {
    const sent = randomBytes(6_000_000)
    const rekeys = (text: string): number => text.split(`kex: algorithm: ${hybrid}`).length - 1
    const before = rekeys(servers['hist-1']?.log() ?? '')
    const { stdout, stderr, exit } = await both(await stage.sshLogin('vendor%hist-1'), {
      options: ['-v', '-o', 'RekeyLimit=1M'],
      command: 'cat',
      input: sent,
    })
    expect([exit, stdout.equals(sent)]).toEqual([0, true])
    await newest()
    expect(rekeys(stderr)).toBeGreaterThan(3)
    expect(rekeys(servers['hist-1']?.log() ?? '') - before).toBeGreaterThan(3)
    expect(stderr).not.toMatch(/kex: algorithm: (?!mlkem)/)
  })

  it('brings and fetches files, by SFTP and by the old protocol of scp, to a target of its own kind', async () => {
    const far = join(folder, 'far')
    await mkdir(far)
    const content = randomBytes(600_000)
    await writeFile(join(folder, 'drive.par'), content)
    const login = await stage.sshLogin('vendor%ews-1')
    const { env } = await prepareSsh(login)
    const shared = await shareConnection(login, { program })
    const own = ['-F', 'none', ...shared.options]
    const at = (path: string) => `vendor+ews-1@localhost:${path}`
    const ran = async (part: PartName, ...words: string[]): Promise<string> =>
      (await run(partPath(part), [...own, ...words], { cwd: folder, env })).stderr
    try {
      for (const [name, flags] of [
        ['new', []],
        ['old', ['-O']],
      ] as const) {
        expect(await ran('scp-10', '-p', ...flags, 'drive.par', at(join(far, name)))).toBe('')
        expect(await ran('scp-10', ...flags, at(join(far, name)), `back-${name}`)).toBe('')
        expect(await readFile(join(folder, `back-${name}`))).toEqual(content)
      }
      const batch = join(folder, 'batch')
      await writeFile(batch, `put drive.par ${far}/sent\nrename ${far}/sent ${far}/kept\nget ${far}/kept back-sftp\n`)
      expect(await ran('sftp-10', '-b', batch, 'vendor+ews-1@localhost')).toBe('')
      expect(await readFile(join(folder, 'back-sftp'))).toEqual(content)
    } finally {
      await endShared(shared)
    }
  })

  it('as a target opens a way to its own loopback', async () => {
    const shared = await shareConnection(await stage.sshLogin('vendor%ews-1'), { program })
    try {
      const port = String(servers['ews-1']?.port)
      const stream = await openSsh(await stage.sshLogin('vendor%ews-1'), {
        program,
        options: [...shared.options, '-W', `127.0.0.1:${port}`],
      })
      expect(await stream.sees('\n')).toMatch(/^SSH-2\.0-OpenSSH_\d\d/)
      stream.child.kill('SIGTERM')
      await stream.ended
    } finally {
      await endShared(shared)
    }
  })

  async function endShared({ master }: SharedConnection): Promise<void> {
    master.child.kill('SIGTERM')
    await master.ended
    await stage.quiet()
  }
})
