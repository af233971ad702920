// Releases of the gateway itself over HTTP: read by who answers for the gateway and by auditors.

import { Type } from 'typebox'
import { overseesAll, type Person } from '../../../policy/index.ts'
import { PlatformRecordsBody, PlatformReleaseView, PlatformVerdictBody } from '../../contract/platform.ts'
import { routes } from '../../contract/routes.ts'
import { ListOf } from '../../contract/views.ts'
import { GatewayError } from '../../errors.ts'
import { openReleasesOfGateway, platformHands } from '../../evidence/platform-releases.ts'
import type { PlatformRelease } from '../../store/platform-releases.ts'
import { needRole, type Logins } from '../logins.ts'
import { refOf } from '../person-ref.ts'
import { IdParams, nextOf, PageQuery, pageOf, problemAnswers, type ApiScope } from '../scope.ts'
import type { Services } from '../services.ts'

const readers = ['auditor', ...platformHands] as const

export function platformRoutes(app: ApiScope, { store, clock, bundle }: Services, logins: Logins): void {
  const releases = openReleasesOfGateway({ store, clock })

  app.route({
    ...routes.platformReleases,
    url: routes.platformReleases.path,
    schema: {
      querystring: Type.Object(PageQuery),
      response: { 200: ListOf(PlatformReleaseView), ...problemAnswers },
    },
    handler: async (request) => {
      const actor = await logins.actor(request)
      needRole(actor, ...readers)
      const { limit, before } = pageOf(request.query)
      const rows = await store.platformReleases.list({ limit, before: before === null ? null : entryOf(before) })
      return { items: await viewsOf(actor.person, rows), next: nextOf(rows, limit, rows.at(-1)?.entry.toString()) }
    },
  })
  app.route({
    ...routes.recordPlatformRelease,
    url: routes.recordPlatformRelease.path,
    schema: { params: IdParams, body: PlatformRecordsBody, response: { 200: PlatformReleaseView, ...problemAnswers } },
    handler: async (request) => {
      const actor = await logins.actor(request)
      return viewOf(actor.person, await releases.record(actor, entryOf(request.params.id), request.body))
    },
  })
  app.route({
    ...routes.judgePlatformRelease,
    url: routes.judgePlatformRelease.path,
    schema: { params: IdParams, body: PlatformVerdictBody, response: { 200: PlatformReleaseView, ...problemAnswers } },
    handler: async (request) => {
      const actor = await logins.actor(request)
      return viewOf(actor.person, await releases.judge(actor, entryOf(request.params.id), request.body))
    },
  })

  async function viewOf(reader: Person, release: PlatformRelease): Promise<PlatformReleaseView> {
    const [view] = await viewsOf(reader, [release])
    if (view === undefined) throw new GatewayError('not-found')
    return view
  }

  async function viewsOf(reader: Person, rows: readonly PlatformRelease[]): Promise<PlatformReleaseView[]> {
    const named = rows.flatMap(({ record, verdict }) => [record?.by, verdict?.by].filter((by) => by !== undefined))
    const people = await store.people.byIds(named)
    const current = bundle()
    const isHand = overseesAll(reader, platformHands)
    return rows.map(({ entry, at, dueAt, changes, record, verdict }) => {
      const isOver = verdict?.verdict === 'approved'
      return {
        id: String(entry),
        at,
        dueAt,
        state: verdict?.verdict ?? (record === null ? 'open' : 'recorded'),
        changes: [...changes],
        record: record === null ? null : { ...record, by: refOf(people, record.by, current) },
        verdict:
          verdict === null
            ? null
            : {
                entry: verdict.entry,
                at: verdict.at,
                comment: verdict.comment,
                by: refOf(people, verdict.by, current),
              },
        mayRecord: isHand && !isOver,
        mayJudge: isHand && !isOver && record !== null && record.by !== reader.id,
      }
    })
  }
}

function entryOf(text: string): number {
  const entry = /^(?:0|[1-9][0-9]{0,14})$/.test(text) ? Number(text) : NaN
  if (Number.isNaN(entry)) throw new GatewayError('not-found', 'a release of the gateway is named by its ledger entry')
  return entry
}
