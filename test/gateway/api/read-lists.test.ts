// Who reads what in the lists of a whole gateway, where rows of several people and plants stand: everybody exactly what is
// theirs to read, whatever the length of a page.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import type { ListView } from '../../../gateway/contract/views.ts'
import { mint } from '../../../gateway/clock.ts'
import { parseGrantId } from '../../../policy/index.ts'
import { stageGateway, type GatewayStage } from '../../support/gateway-stage.ts'
import { goesDuring } from '../../support/goes.ts'
import { idOf } from '../../support/ids.ts'

const south = idOf.plant('south')
const incidents = 450
let stage: GatewayStage
/** Where each row is: those of the north are the vendor's, those of the south the rival's. */
const places = new Map<string, 'north' | 'south'>()

beforeAll(async () => {
  stage = await stageGateway({ targets: [], logLevel: 'error' })
  const rival = { login: 'rival', displayName: 'Rival', roles: ['vendor'], supplier: 'robot-cell-service' }
  const { person } = await stage.enrol({ ...rival, plants: ['north'] })
  const plain = { supplier: null, plants: ['south'] }
  await stage.enrol({ ...plain, login: 'southern', displayName: 'Southern', roles: ['approver'] })
  const checker = { login: 'checker', displayName: 'Checker', roles: ['auditor'], oversight: 'plants' } as const
  await stage.enrol({ ...plain, ...checker })
  const parsed = parseGrantId((await stage.grant('ews-1')).id)
  const at = stage.clock.now()
  await stage.withStore(async (store) => {
    const stored = parsed.kind === 'ok' ? await store.grants.byId(parsed.id) : null
    const asked = stored && (await store.requests.byId(stored.grant.request))
    if (stored === null || asked === null) throw new Error('the stage has no grant')
    const { grant, plant: north } = stored
    const [request, foreign] = [mint.request(at), mint.grant(at)]
    for (const id of [grant.id, grant.request]) places.set(id, 'north')
    for (const id of [request, foreign]) places.set(id, 'south')
    await store.bookkeep(async (tx) => {
      await tx.requests.insert({
        ...asked,
        request: { ...asked.request, id: request, by: person.id },
        plant: south,
      })
      await tx.grants.insert({ grant: { ...grant, id: foreign, request, person: person.id }, plant: south })
      for (const [whose, on, plant] of [
        [grant.person, grant.id, north],
        [person.id, foreign, south],
      ] as const) {
        const [session, file] = [mint.session(at), mint.fileTransfer(at)]
        for (const id of [session, file]) places.set(id, plant === north ? 'north' : 'south')
        await tx.sessions.insert({
          id: session,
          grant: on,
          person: whose,
          asset: grant.asset,
          plant,
          protocol: 'ssh',
          state: 'sealed',
          startedAt: at,
          windowUntil: at + 1,
          endedAt: at + 1,
          endReason: 'client',
          channels: 0,
          bytesIn: 0,
          bytesOut: 0,
          source: '192.0.2.7',
          recording: 'complete',
          seal: 'ab',
          sealIndex: 0,
          assetType: null,
          labels: [],
        })
        await tx.fileTransfers.insert({
          id: file,
          session,
          grant: on,
          person: whose,
          supplier: null,
          asset: grant.asset,
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
      }
      for (let each = 0; each < incidents; each++)
        await tx.incidents.insert({
          id: mint.incident(at),
          title: 'Unknown writes',
          words: 'setpoints moved twice',
          severity: 'low',
          gravest: 'low',
          by: grant.person,
          at,
          concern: null,
          touched: { plants: [south], assets: [], sessions: [], suppliers: [] },
          assignedTo: null,
          hands: [],
          containBy: null,
          containedAt: null,
          assessed: [],
          closing: null,
          action: null,
        })
    })
  })
}, 120_000)
afterAll(() => stage.stop())

type Listed = ListView<{ readonly id: string } | { readonly session: { readonly id: string } }>

/** Every page of a list, one row each. */
async function read(login: string, path: string): Promise<readonly string[]> {
  const visitor = await stage.api(login)
  const found: string[] = []
  for (let cursor: string | null = ''; cursor !== null;) {
    const query = new URLSearchParams({ limit: '1', ...(path === '/sessions' && { state: 'all' }) })
    if (cursor !== '') query.set('cursor', cursor)
    const page: Listed = await visitor.ok<Listed>('GET', `${path}?${query.toString()}`)
    found.push(...page.items.map((row) => places.get('id' in row ? row.id : row.session.id) ?? 'unknown'))
    cursor = page.next
  }
  return found.toSorted()
}

describe.each(['/files', '/sessions', '/requests', '/grants'])('%s', (path) => {
  it.each([
    ['vendor', ['north']],
    ['rival', ['south']],
    ['approver', ['north']],
    ['southern', ['south']],
    ['checker', ['south']],
    ['auditor', ['north', 'south']],
  ])('is read by `%s` as far as it is theirs', async (login, theirs) => {
    expect(await read(login, path)).toEqual(theirs)
  })
})

it('recordings are listed to who looks over the plant', async () => {
  expect(await read('checker', '/recordings')).toEqual(['south'])
  expect(await read('auditor', '/recordings')).toEqual(['north', 'south'])
})

it('incidents that are not theirs to read are passed over while everything else goes on', async () => {
  const visitor = await stage.api('approver')
  const { goes, value } = await goesDuring(() => visitor.ok<Listed>('GET', '/incidents?limit=1'))
  expect(value).toEqual({ items: [], next: null })
  expect(goes).toBeGreaterThanOrEqual(incidents)
})
