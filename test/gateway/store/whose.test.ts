// Whose rows a list gives: of people, of plants, of either, of all; the same for every list that is asked so.

import { mkdtemp, rm } from 'node:fs/promises'
import { DatabaseSync } from 'node:sqlite'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { mint } from '../../../gateway/clock.ts'
import { openSqlite } from '../../../gateway/store/sqlite.ts'
import { openStore } from '../../../gateway/store/store.ts'
import type { Whose } from '../../../gateway/store/whose.ts'
import type { PersonId, PlantId } from '../../../policy/index.ts'
import { idOf } from '../../support/ids.ts'
import { openStandingScene, type StandingScene } from '../../support/standing-scene.ts'

const page = { limit: 200, before: null }
const south = idOf.plant('south')
const plants = [idOf.plant('north'), south, idOf.plant('east')]
let scene: StandingScene
let one: PersonId
let other: PersonId

interface Row {
  readonly person: PersonId
  readonly plant: PlantId
}

const lists: Readonly<Record<string, (person: Whose) => Promise<readonly Row[]>>> = {
  sessions: (person) => scene.store.sessions.list({ person, live: false }, page),
  files: (person) => scene.store.fileTransfers.list({ person }, page),
  requests: async (person) =>
    (await scene.store.requests.list({ kind: null, person }, page)).map(({ request: { by }, plant }) => ({
      person: by,
      plant,
    })),
  grants: async (person) =>
    (await scene.store.grants.list({ open: false, person }, page)).map(({ grant, plant }) => ({
      person: grant.person,
      plant,
    })),
}

/** A request, a grant, a session and a file of two people in each of three plants. */
beforeAll(async () => {
  scene = await openStandingScene()
  const { store, clock } = scene
  await scene.person('approver', ['approver'], ['north'])
  for (const login of ['one', 'other']) {
    const by = await scene.person(login, ['engineer'], ['north'])
    const first = await scene.grant(by, 'ews-1')
    const session = await store.sessions.byId(await scene.session(by, first, 'ews-1'))
    const stored = await store.grants.byId(first)
    const asked = stored && (await store.requests.byId(stored.grant.request))
    if (session === null || stored === null || asked === null) throw new Error('the scene has no session')
    if (login === 'one') one = by.person.id
    else other = by.person.id
    for (const plant of plants) {
      const at = clock.now()
      const [request, grant] = [mint.request(at), mint.grant(at)]
      await store.bookkeep(async (tx) => {
        if (plant !== 'north') {
          await tx.requests.insert({ ...asked, request: { ...asked.request, id: request }, plant })
          await tx.grants.insert({ grant: { ...stored.grant, id: grant, request }, plant })
          await tx.sessions.insert({ ...session, id: mint.session(at), plant })
        }
        await tx.fileTransfers.insert({
          id: mint.fileTransfer(at),
          session: session.id,
          grant: first,
          person: by.person.id,
          supplier: null,
          asset: session.asset,
          plant,
          program: 'sftp',
          direction: 'in',
          path: '/tmp/a',
          rules: [],
          crossing: 'release',
          withoutVerdict: 'hold',
          releasedBy: [],
          declaredOnly: false,
          retention: [],
          askedAt: at,
        })
      })
    }
  }
})
afterAll(() => scene.store.close())

describe.each(Object.keys(lists))('a list of %s', (name) => {
  const table: readonly (readonly [string, () => Whose, (row: Row) => boolean, number])[] = [
    ['everybody', () => null, () => true, 6],
    ['one person', () => one, ({ person }) => person === one, 3],
    ['several people', () => [one, other], () => true, 6],
    ['nobody', () => [], () => false, 0],
    ['people alone', () => ({ people: [one], plants: [] }), ({ person }) => person === one, 3],
    ['plants alone', () => ({ people: [], plants: [south] }), ({ plant }) => plant === south, 2],
    [
      'people and plants',
      () => ({ people: [one], plants: [south] }),
      ({ person, plant }) => person === one || plant === south,
      4,
    ],
    ['no people and no plants', () => ({ people: [], plants: [] }), () => false, 0],
    ['all plants', () => ({ people: [one], plants: null }), () => true, 6],
  ]
  it.each(table)('has the rows of %s', async (_, whose, isTheirs, count) => {
    const rows = (await lists[name]?.(whose())) ?? []
    expect(rows).toHaveLength(count)
    expect(rows.every(isTheirs)).toBe(true)
  })
})

it('of grants is of one plant where one is asked for', async () => {
  const filter = { open: false, person: { people: [one], plants: null }, plant: south }
  const rows = await scene.store.grants.list(filter, page)
  expect(rows.map(({ plant }) => plant)).toEqual(['south', 'south'])
})

it.each(['file_transfer', 'session', 'request', 'access_grant'])(
  'of a person goes over theirs alone: %s',
  async (table) => {
    const folder = await mkdtemp(join(tmpdir(), 'sp-whose-'))
    try {
      const file = join(folder, 'store.sqlite')
      await (await openStore(openSqlite(file))).close()
      const db = new DatabaseSync(file, { readOnly: true })
      const query = `select * from ${table} where (person in (?)) order by id desc limit 200`
      const plan = db.prepare(`explain query plan ${query}`).all('per_x')
      db.close()
      // Not `SCAN`: over everybody's.
      expect(plan[0]?.['detail']).toMatch(/^SEARCH .* \(person=\?\)$/)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  },
)
