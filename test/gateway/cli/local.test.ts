// Commands on the gateway's own machine: people, credentials, configuration and doctor, as an operator runs them.

import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { generateOpensshKey } from '../../../certs-dev/openssh-key.ts'
import { cast } from '../../../gateway/demo/cast.ts'
import { buildStage, type Stage } from '../../../gateway/demo/stage.ts'
import { storeFile } from '../../../gateway/keys.ts'
import { evidenceIn } from '../../../gateway/store/evidence.ts'
import { openSqlite } from '../../../gateway/store/sqlite.ts'
import { openStore } from '../../../gateway/store/store.ts'
import type { EvidenceEvent } from '../../../policy/index.ts'
import { sallyport, sallyportProcess, scratch, type Run } from './run-sallyport.ts'

let root: string
let stage: Stage
let config: string

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'sallyport-local-'))
  const folder = join(root, 'gateway')
  mkdirSync(folder)
  stage = await buildStage(folder, { places: [], sshPort: 0, httpsPort: 0, vendorKeys: [], logLevel: 'error' })
  config = join(folder, 'sallyport.yaml')
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

const local = (...args: string[]): Promise<Run> => sallyport([...args, '--config', config])

async function eventsOf(type: string): Promise<readonly EvidenceEvent[]> {
  const db = openSqlite(join(stage.config.dataFolder, 'store.sqlite'))
  try {
    return await evidenceIn(db).list({ types: [type], session: null }, { limit: 100, before: null })
  } finally {
    await db.destroy()
  }
}

describe('sallyport user', () => {
  it('adds a person, shows the password and the one-time codes once, and lists them without', async () => {
    const added = await local(
      'user',
      'add',
      'shift-lead',
      '--name',
      'Shift \u001b[31mExample',
      '--role',
      'approver,escort',
      '--plant',
      'north',
    )
    expect(added).toMatchObject({ status: 0, stderr: '' })
    expect(added.stdout).toMatch(/^Added Shift \\u\{1b\}\[31mExample as shift-lead \(per_[0-9a-z]{26}\)$/m)
    expect(added.stdout).toMatch(/^password +\S{20}$/m)
    expect(added.stdout).toMatch(/^one-time codes +otpauth:\/\/totp\/Sallyport/m)
    const listed = await local('user', 'list')
    expect(listed.stdout).toMatch(/^shift-lead +Shift \\u\{1b\}\[31mExample +approver,escort +- +north +0 +enabled/m)
    const password = /^password +(\S+)$/m.exec(added.stdout)?.[1] ?? 'none'
    expect((await local('user', 'list', '--json')).stdout).not.toContain(password)
    expect(await eventsOf('identity.created')).toHaveLength(cast.length + 1)
  })

  it('takes a password from a file and keys from others, and answers in JSON', async () => {
    const folder = scratch()
    writeFileSync(join(folder, 'password'), 'correct horse battery\nsecond line\n')
    writeFileSync(join(folder, 'key.pub'), generateOpensshKey('drive-engineer').public)
    const { status, stdout } = await local(
      'user',
      'add',
      'drive-engineer',
      '--name',
      'Drive',
      '--role',
      'vendor',
      '--supplier',
      'acme-drives',
      '--plant',
      'north',
      '--key',
      join(folder, 'key.pub'),
      '--password-file',
      join(folder, 'password'),
      '--json',
    )
    expect(status).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      person: { login: 'drive-engineer', supplier: 'acme-drives' },
      password: null,
    })
    const taken = await local('user', 'key', 'shift-lead', join(folder, 'key.pub'))
    expect(taken).toMatchObject({ status: 1, stdout: '' })
    expect(taken.stderr).toContain('belongs to somebody already')
    writeFileSync(join(folder, 'key.pub'), generateOpensshKey('drive-engineer').public)
    expect((await local('user', 'key', 'drive-engineer', join(folder, 'key.pub'))).stdout).toMatch(
      /^Added key SHA256:\S+ to drive-engineer$/m,
    )
    expect(await eventsOf('identity.key_added')).toHaveLength(1)
  })

  it('names everything that is wrong with a person, and adds nobody', async () => {
    const { status, stderr } = await local(
      'user',
      'add',
      'No_Such',
      '--name',
      ' ',
      '--role',
      'boss',
      '--supplier',
      'acme-drives',
    )
    expect(status).toBe(1)
    const [head, ...problems] = stderr
      .trimEnd()
      .split('\n')
      .filter((line) => !line.startsWith('note:'))
    expect(head).toContain('not added: mend what is named and try again')
    expect(problems.length).toBeGreaterThan(2)
    expect((await local('user', 'list', '--json')).stdout).not.toContain('No_Such')
  })

  it('says of a plant or supplier that is not in the bundle that it gives no access', async () => {
    const { stderr } = await local(
      'user',
      'add',
      'line-engineer',
      '--name',
      'Line',
      '--role',
      'vendor',
      '--supplier',
      'nobody',
      '--plant',
      'moon',
    )
    expect(stderr).toContain('note: plant `moon` is not in the bundle')
    expect(stderr).toContain('note: supplier `nobody` is not in the bundle')
  })

  it('disables a person once, as evidence', async () => {
    expect((await local('user', 'disable', 'vendor', '--reason', 'left')).stdout).toContain('Disabled')
    const again = await local('user', 'disable', 'vendor', '--reason', 'left')
    expect(again).toMatchObject({ status: 1, stdout: '' })
    expect((await local('user', 'disable', 'nobody', '--reason', 'x')).stderr).toContain('see `sallyport user list`')
    const [event] = await eventsOf('identity.disabled')
    expect(event?.data).toMatchObject({ by: null, reason: expect.stringMatching(/^sha256:/) })
  })
})

describe('sallyport credential set', () => {
  it('keeps a password sealed, and says when it replaces one', async () => {
    const file = join(scratch(), 'password')
    writeFileSync(file, 'target-secret-4711\n')
    expect((await local('credential', 'set', 'ews-9', '--password-file', file)).stdout).toBe(
      'Stored password `ews-9`\n',
    )
    expect((await local('credential', 'set', 'ews-9', '--password-file', file)).stdout).toBe(
      'Replaced password `ews-9`\n',
    )
    for (const name of ['store.sqlite', 'store.sqlite-wal']) {
      const path = join(stage.config.dataFolder, name)
      if (existsSync(path)) expect(readFileSync(path).includes('target-secret-4711')).toBe(false)
    }
  })

  it('refuses a public key in place of a private one, and both files at once', async () => {
    const file = join(scratch(), 'key.pub')
    writeFileSync(file, generateOpensshKey('x').public)
    expect((await local('credential', 'set', 'ews-9', '--key-file', file)).stderr).toContain('expected a private key')
    expect((await local('credential', 'set', 'ews-9', '--key-file', file, '--password-file', file)).status).toBe(2)
  })
})

describe('sallyport credential set --kind ca', () => {
  const lineIn = (text: string): string => /^ssh-ed25519 [A-Za-z0-9+/=]+ \S+$/m.exec(text)?.[0] ?? 'no line'

  it('makes an authority, prints what targets trust, and changes to another one in two steps', async () => {
    const made = await local('credential', 'set', 'accounts', '--kind', 'ca')
    expect(made.stdout).toMatch(/^Stored authority `accounts`\nFingerprint SHA256:/)
    const first = lineIn(made.stdout)
    expect((await local('credential', 'trust', 'accounts')).stdout).toContain(first)
    expect((await local('credential', 'rotate', 'accounts', '--switch')).stderr).toContain('no next one waits')
    const next = lineIn((await local('credential', 'rotate', 'accounts')).stdout)
    expect(next).not.toBe(first)
    const both = (await local('credential', 'trust', 'accounts')).stdout
    expect([both.includes(first), both.includes(next)]).toEqual([true, true])
    expect((await local('credential', 'rotate', 'accounts', '--switch')).status).toBe(0)
    const after = (await local('credential', 'trust', 'accounts')).stdout
    expect([after.includes(first), after.includes(next)]).toEqual([false, true])
  })

  it('takes an Ed25519 key that is there, and no other', async () => {
    const file = join(scratch(), 'ca')
    const key = generateOpensshKey('ca')
    writeFileSync(file, key.private)
    const taken = await local('credential', 'set', 'taken', '--kind', 'ca', '--key-file', file)
    expect(taken.stdout).toContain(key.fingerprint)
    writeFileSync(file, key.public)
    expect((await local('credential', 'set', 'taken', '--kind', 'ca', '--key-file', file)).stderr).toContain(
      'expected an Ed25519 private key without passphrase',
    )
    expect((await local('credential', 'set', 'taken', '--kind', 'cat')).status).toBe(2)
    expect((await local('credential', 'trust', 'ews-9')).stderr).toContain('the vault holds no authority of that name')
  })
})

describe('sallyport config', () => {
  it('says that a configuration is valid, or everything that is wrong with it', async () => {
    expect((await local('config', 'check')).stdout).toMatch(/^valid: /)
    const file = join(scratch(), 'broken.yaml')
    writeFileSync(file, 'dataFolder: 7\nshh: {}\n')
    const { status, stderr } = await sallyport(['config', 'check', '--config', file])
    expect(status).toBe(1)
    expect(stderr).toContain('dataFolder')
    expect(stderr).toContain('shh')
    expect(stderr).toContain('evidence.origin')
  })

  it('explains every field', async () => {
    const { stdout } = await sallyport(['config', 'reference'])
    expect(stdout).toContain('SALLYPORT_SSH_MAX_CHANNELS')
  })
})

describe('sallyport doctor', () => {
  interface Checks {
    readonly healthy: boolean
    readonly checks: readonly {
      readonly what: string
      readonly state: string
      readonly found: string
      readonly next: string
    }[]
  }
  async function doctor(...args: string[]): Promise<Checks & { readonly status: number | null }> {
    const { status, stdout } = await local('doctor', '--json', ...args)
    return { status, ...(JSON.parse(stdout) as Checks) }
  }

  it('finds a gateway that was set up well to be healthy', async () => {
    const { status, healthy, checks } = await doctor()
    expect(checks.filter(({ state }) => state === 'fail')).toEqual([])
    expect({ status, healthy }).toEqual({ status: 0, healthy: true })
    expect(checks.map(({ what }) => what)).toEqual(
      expect.arrayContaining([
        'node',
        'ssh ciphers',
        'ssh processes',
        'clock',
        'bundle',
        'data folder',
        'vault key',
        'tls certificate',
        'evidence signer',
        'ssh port',
      ]),
    )
  })

  it('fails on a key that others may read, and says the command that mends it', async () => {
    const key = stage.pki.paths['evidence.key']
    chmodSync(key, 0o644)
    try {
      const { status, checks } = await doctor()
      expect(status).toBe(1)
      expect(checks.filter(({ state }) => state === 'fail')).toEqual([
        {
          what: 'evidence key',
          state: 'fail',
          found: `${key}: others may read it, mode 644`,
          next: `chmod 600 ${key}`,
        },
      ])
    } finally {
      chmodSync(key, 0o600)
    }
  })

  it('says what cannot be brought out of the gateway, since when and why', async () => {
    const store = await openStore(openSqlite(storeFile(stage.config.dataFolder)))
    const setback = { what: 'publication', to: '/srv/ledger', since: 0, reason: 'EACCES', told: false } as const
    try {
      await store.setbacks.put(setback)
      const { status, checks } = await doctor()
      expect(status).toBe(0)
      expect(checks.find(({ what }) => what === 'delivery')).toMatchObject({
        state: 'warn',
        found: 'publication to /srv/ledger has failed since 1970-01-01T00:00:00.000Z: EACCES',
      })
      await store.setbacks.remove(setback.what, setback.to)
    } finally {
      await store.close()
    }
  })

  it('gives each warning or failure a next step', async () => {
    for (const { state, next } of (await doctor()).checks) expect(next === '').toBe(state === 'ok')
  })

  it('still looks at the machine when there is no configuration', async () => {
    const { status, stdout } = await sallyport(['doctor'])
    expect(status).toBe(1)
    expect(stdout).toMatch(/^ok +node +version 24\./m)
    expect(stdout).toContain('give --config FILE or SALLYPORT_CONFIG')
  })
})

describe('sallyport run', () => {
  it('says where it listens, stops cleanly when asked, and starts again', async () => {
    for (let round = 0; round < 2; round++) {
      const { status, stdout } = await sallyportProcess(['run', '--config', config, '--json'], {
        signalWhen: (text) => (text.includes('\n}\n') ? 'SIGTERM' : null),
      })
      expect(status).toBe(0)
      expect(JSON.parse(stdout)).toMatchObject({ ssh: { host: '127.0.0.1' }, https: { host: '127.0.0.1' } })
    }
    expect(await eventsOf('gateway.stopped')).toHaveLength(2)
  })

  it('says what keeps it from starting', async () => {
    const { status, stdout, stderr } = await sallyport(['run', '--config', config], {
      env: { SALLYPORT_BUNDLE_FOLDER: '/nonexistent' },
    })
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    expect(stderr).toMatch(/^sallyport: gateway not started: one problem: .*`sallyport doctor`/)
    expect(stderr).toContain('- bundleFolder: `/nonexistent`: is not there: set it to the folder of a bundle')
  })
})
