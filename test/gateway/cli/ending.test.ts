// Ending access and enrolling a zone's device on the gateway's own machine, with no gateway running: the store is enough.

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { buildStage, type Stage } from '../../../gateway/demo/stage.ts'
import { storeFile } from '../../../gateway/keys.ts'
import { openSqlite } from '../../../gateway/store/sqlite.ts'
import { openStore } from '../../../gateway/store/store.ts'
import { sallyport, type Run } from './run-sallyport.ts'

let root: string
let stage: Stage
let config: string

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'sallyport-ending-'))
  const folder = join(root, 'gateway')
  mkdirSync(folder)
  stage = await buildStage(folder, { places: [], sshPort: 0, httpsPort: 0, vendorKeys: [], logLevel: 'error' })
  config = join(folder, 'sallyport.yaml')
  for (const [login, role] of [
    ['chief', 'admin'],
    ['isms', 'isms-manager'],
  ] as const)
    await local('user', 'add', login, '--name', login, '--role', role)
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

const local = (...args: string[]): Promise<Run> => sallyport([...args, '--config', config])
const suspend = (target: string, as: string, ...more: string[]): Promise<Run> =>
  local('suspend', target, '--reason', 'network incident', '--local', '--as', as, ...more)

describe('sallyport suspend --local', () => {
  it('keeps off without a gateway, in the name of somebody who may', async () => {
    const done = await suspend('supplier:acme-drives', 'chief')
    expect(done).toMatchObject({ status: 0, stderr: '' })
    expect(done.stdout).toMatch(/^Suspended supplier:acme-drives as sus_[0-9a-z]{26}: ended 0 grants and 0 sessions$/m)
    const store = await openStore(openSqlite(storeFile(stage.config.dataFolder)))
    try {
      expect(await store.suspensions.inForce()).toMatchObject([{ target: { kind: 'supplier', id: 'acme-drives' } }])
      const types = { types: ['suspension.created', 'supplier.suspended'], session: null }
      const events = await store.evidence.list(types, { limit: 10, before: null })
      expect(events.map(({ data }) => data['via'] ?? null)).toEqual([null, 'local'])
    } finally {
      await store.close()
    }
    const again = await suspend('supplier:acme-drives', 'isms', '--json')
    expect(again.status).toBe(1)
    expect(JSON.parse(again.stdout)).toMatchObject({ problem: { code: 'state-conflict' } })
  })

  it.each([
    ['all', 'vendor', /you are suspended yourself: end access by a revocation/],
    ['all', 'nobody', /there is none of that login/],
    ['person:nobody', 'chief', /no person `nobody`/],
    ['zone:nowhere', 'chief', /no zone `nowhere`/],
  ])('%s as %s is refused with the reason', async (target, as, message) => {
    const { status, stderr } = await suspend(target, as)
    expect(status).toBe(1)
    expect(stderr).toMatch(message)
  })
})

describe('sallyport revoke --local', () => {
  it('says what it ended, nothing where nothing is open', async () => {
    const done = await local('revoke', 'all', '--reason', 'incident', '--local', '--as', 'chief')
    expect(done).toMatchObject({ status: 0, stderr: '', stdout: 'Revoked all: ended 0 grants and 0 sessions\n' })
    const missing = await local(
      'revoke',
      'gra_00000000000000000000000000',
      '--reason',
      'x',
      '--local',
      '--as',
      'chief',
      '--json',
    )
    expect(JSON.parse(missing.stdout)).toMatchObject({ problem: { code: 'not-found' } })
  })
})

describe('sallyport presence enrol', () => {
  it('shows the secret of a zone’s device once, and replaces the one before', async () => {
    const first = await local('presence', 'enrol', '--zone', 'north-control')
    expect(first).toMatchObject({ status: 0, stderr: '' })
    expect(first.stdout).toMatch(/^one-time codes +otpauth:\/\/totp\/Sallyport:zone%20north-control/m)
    const second = await local('presence', 'enrol', '--zone', 'north-control')
    expect(second.stdout).toContain('the one before stops working')
    expect(/secret=(\w+)/.exec(second.stdout)?.[1]).not.toBe(/secret=(\w+)/.exec(first.stdout)?.[1])
    expect((await local('presence', 'enrol', '--zone', 'nowhere')).stderr).toContain('not in the bundle in force')
  })
})
