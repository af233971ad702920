// Releases of the gateway itself: found at a start, recorded by one person, approved by another.

import { afterEach, beforeEach, expect, it } from 'vitest'

import type { Actor } from '../../../gateway/access/authorize.ts'
import { parseConfig } from '../../../gateway/config.ts'
import { recordConfiguration, type Platform } from '../../../gateway/evidence/configuration.ts'
import { openReleasesOfGateway, type ReleasesOfGateway } from '../../../gateway/evidence/platform-releases.ts'
import { openLog } from '../../../gateway/log.ts'
import { Secret } from '../../../gateway/secret.ts'
import { openStandingScene, codeOf, type StandingScene } from '../../support/standing-scene.ts'

let scene: StandingScene
let releases: ReleasesOfGateway
let operator: Actor
let manager: Actor
beforeEach(async () => {
  scene = await openStandingScene()
  releases = openReleasesOfGateway(scene)
  operator = await scene.person('operator', ['admin'], [])
  manager = await scene.person('manager', ['isms-manager'], [])
})
afterEach(() => scene.store.close())

const config = (() => {
  const document = {
    ssh: { hostKeys: ['host.key'] },
    https: { certificate: 'tls.pem', key: 'tls.key' },
    evidence: {
      origin: 'plant.example/ledger',
      key: 'evidence.key',
      recipients: ['age1qqqqqqqqqqqqqqqq'],
      replayIdentity: 'replay.agekey',
    },
  }
  const parsed = parseConfig(document, {}, '/nowhere')
  if (parsed.kind === 'invalid') throw new Error(parsed.problems.join('\n'))
  return parsed.config
})()

const first: Platform = { version: '1.0.0', program: 'sha256:1', runtime: 'v24.1.0', system: 'linux x64' }
const vaultKey = new Secret<Uint8Array>(Buffer.alloc(32, 7))
const start = (platform: Platform): Promise<readonly string[]> =>
  recordConfiguration({ ...scene, config, vaultKey, log: openLog('silent'), platform })

/** The entry of the release that a start with another version begins. */
async function found(): Promise<number> {
  await start(first)
  await start({ ...first, version: '1.1.0', program: 'sha256:2' })
  const [release] = await scene.store.platformReleases.list({ limit: 1, before: null })
  return release?.entry ?? expect.fail('no release was found')
}

const records = { change: 'CHG-2041', impact: 'none for vendors', test: 'FAT-7', rollback: 'package of 1.0.0' }

it('begins with the start that finds it, and with no other', async () => {
  await start(first)
  await start(first)
  expect(await scene.store.platformReleases.list({ limit: 10, before: null })).toEqual([])
  await start({ ...first, program: 'sha256:2' })
  const [release] = await scene.store.platformReleases.list({ limit: 10, before: null })
  expect(release).toMatchObject({
    changes: ['program: other files, of the same version'],
    record: null,
    verdict: null,
  })
  const entry = await scene.store.evidence.event(release?.entry ?? -1)
  expect(entry?.type).toBe('gateway.configuration_changed')
})

it('rests on four records that another person looks at, each as evidence', async () => {
  const entry = await found()
  const { record } = await releases.record(operator, entry, records)
  expect(record).toMatchObject({ ...records, by: operator.person.id })
  const judged = await releases.judge(manager, entry, {
    verdict: 'approved',
    record: record?.entry ?? -1,
    comment: 'test record read',
  })
  expect(judged.verdict).toMatchObject({ verdict: 'approved', by: manager.person.id, comment: 'test record read' })
  expect(await scene.store.platformReleases.byEntry(entry)).toEqual(judged)
  expect((await scene.events('platform.release_approved'))[0]).toMatchObject({
    release: entry,
    record: record?.entry,
    by: manager.person.id,
  })
  // Once it stands, it stands.
  expect(await codeOf(releases.record(operator, entry, records))).toBe('state-conflict')
})

it('is approved by nobody who recorded it, and by nobody who read other records', async () => {
  const entry = await found()
  const judge = (by: Actor, record: number) =>
    codeOf(releases.judge(by, entry, { verdict: 'approved', record, comment: 'fine' }))
  expect(await judge(manager, 0)).toBe('state-conflict')
  const before = (await releases.record(operator, entry, records)).record?.entry ?? -1
  expect(await judge(operator, before)).toBe('policy-denied')
  const now = (await releases.record(operator, entry, { ...records, test: 'FAT-8' })).record?.entry ?? -1
  expect(await judge(manager, before)).toBe('state-conflict')
  expect(await judge(manager, now)).toBe('done')
  expect((await scene.events('platform.step_refused')).map(({ code }) => code)).toEqual([
    'nothing-recorded',
    'own-record',
    'record-outdated',
  ])
})

it('goes back to who recorded it, and other records take the verdict away', async () => {
  const entry = await found()
  const { record } = await releases.record(operator, entry, records)
  const sent = await releases.judge(manager, entry, {
    verdict: 'sent-back',
    record: record?.entry ?? -1,
    comment: 'FAT-7 is of another version',
  })
  expect(sent.verdict?.verdict).toBe('sent-back')
  const again = await releases.record(operator, entry, { ...records, test: 'FAT-9' })
  expect(again).toMatchObject({ verdict: null, record: { test: 'FAT-9' } })
})

it('is nothing for suppliers, and for people without the role', async () => {
  const entry = await found()
  const vendor = await scene.person('vendor-lead', ['vendor'], [], 'acme-drives')
  const engineer = await scene.person('engineer-1', ['engineer'], ['north'])
  for (const person of [vendor, engineer])
    expect(await codeOf(releases.record(person, entry, records)), person.person.login).toBe('role-missing')
  expect(await codeOf(releases.record(operator, 999_999, records))).toBe('not-found')
  expect((await scene.events('platform.step_refused')).map(({ code, release }) => [code, release])).toEqual([
    ['role-missing', entry],
    ['role-missing', entry],
    ['no-such-release', null],
  ])
})

it('is listed newest first, a page at a time', async () => {
  await start(first)
  for (const n of [2, 3, 4]) await start({ ...first, program: `sha256:${n}` })
  const page = await scene.store.platformReleases.list({ limit: 2, before: null })
  const rest = await scene.store.platformReleases.list({ limit: 2, before: page.at(-1)?.entry ?? null })
  const entries = [...page, ...rest].map(({ entry }) => entry)
  expect(entries).toHaveLength(3)
  expect(entries).toEqual(entries.toSorted((a, b) => b - a))
})
