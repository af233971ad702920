// Recordings: the list, one in detail, checking it, and exporting evidence.

import { Readable } from 'node:stream'
import { dirname } from 'node:path'
import { create as createTar } from 'tar'
import { Type } from 'typebox'
import {
  handlingOfRecording,
  overseenPlants,
  parsePlantId,
  parseSessionId,
  type SessionId,
} from '../../../policy/index.ts'
import { ExportBody } from '../../contract/bodies.ts'
import { keptBackHeader, routes } from '../../contract/routes.ts'
import { ListOf, RecordingView, VerificationView } from '../../contract/views.ts'
import { GatewayError } from '../../errors.ts'
import { mayView, rolesFor, viewers } from '../../evidence/viewing.ts'
import type { StoredSession } from '../../store/sessions.ts'
import type { Whose } from '../../store/whose.ts'
import type { Actor } from '../../access/authorize.ts'
import { needRole, type Logins } from '../logins.ts'
import { IdParams, needId, nextOf, PageQuery, pageOf, problemAnswers, type ApiScope } from '../scope.ts'
import { PlantQuery } from '../plants-asked.ts'
import { readablePage } from '../readable-page.ts'
import type { Services } from '../services.ts'
import { openViewer } from '../view.ts'
import { refuseHidden } from './hidden.ts'
import { needLooker, needViewedSession } from './viewed-session.ts'

export function recordingRoutes(app: ApiScope, services: Services, logins: Logins): void {
  const { store, bundle, viewing, recordings, exports, clock, log } = services
  const viewer = openViewer(services)

  /** Living sessions are watched, others replayed. */
  const purposeOf = ({ endedAt }: StoredSession): 'follow' | 'replay' => (endedAt === null ? 'follow' : 'replay')

  /** Who looks at recordings in general reads what there is; whom the rules of one let look, that one. */
  const mayList = ({ person }: Actor, stored: StoredSession): boolean =>
    mayView(person, stored, viewers) ||
    mayView(person, stored, rolesFor(handlingOfRecording(bundle(), stored), purposeOf(stored)))

  /** Whose recordings can be listed for somebody at all, whatever the rules of each. */
  const listedFor = ({ person }: Actor): Whose => {
    if (person.supplier !== null) return person.id
    return { people: [], plants: overseenPlants(person, viewers) === null ? null : person.plants }
  }

  app.route({
    ...routes.recordings,
    url: routes.recordings.path,
    schema: {
      querystring: Type.Object({ ...PlantQuery, ...PageQuery }),
      response: { 200: ListOf(RecordingView), ...problemAnswers },
    },
    handler: async (request) => {
      const actor = await logins.actor(request)
      const page = pageOf(request.query)
      // Somebody whom no rule names anywhere is told so, and not shown an empty list.
      needLooker(services, actor, viewers)
      const plant = request.query.plant === undefined ? null : needId(parsePlantId(request.query.plant))
      const filter = { person: listedFor(actor), live: false, plant }
      const rows = await readablePage(
        page,
        (from) => store.sessions.list(filter, from),
        ({ id }) => id,
        (row) => mayList(actor, row),
      )
      const items = await Promise.all(rows.map((row) => viewer.recording(actor, row, [])))
      return { items, next: nextOf(rows, page.limit, rows.at(-1)?.id) }
    },
  })
  app.route({
    ...routes.recording,
    url: routes.recording.path,
    schema: { params: IdParams, response: { 200: RecordingView, ...problemAnswers } },
    handler: async (request) => {
      const actor = await logins.actor(request)
      const stored = await needViewedSession(services, request, actor, request.params.id)
      if (!mayList(actor, stored)) {
        needRole(actor, ...viewers)
        return refuseHidden(services, request, actor)
      }
      // What was run stands in the channels: that is for who may look.
      const { kind } = await viewing.permitView(actor, stored, purposeOf(stored))
      return viewer.recording(actor, stored, kind === 'permitted' ? await recordings.channels(stored.id) : [])
    },
  })
  app.route({
    ...routes.verify,
    url: routes.verify.path,
    schema: { params: IdParams, response: { 200: VerificationView, ...problemAnswers } },
    handler: async (request) => {
      const actor = await logins.actor(request)
      needRole(actor, ...viewers)
      const stored = await needViewedSession(services, request, actor, request.params.id)
      if (!mayList(actor, stored)) return refuseHidden(services, request, actor)
      const { id, seal } = stored
      if (seal === null)
        throw new GatewayError(
          'state-conflict',
          'the recording is not sealed yet: verify it when the session has ended',
        )
      const { holds, findings } = await recordings.verify(id)
      return { session: id, holds, checkedAt: clock.now(), findings: findings.map((finding) => ({ ...finding })) }
    },
  })
  app.route({
    ...routes.export,
    url: routes.export.path,
    schema: { body: ExportBody },
    handler: async (request, reply) => {
      const actor = await logins.actor(request)
      needRole(actor, ...viewers)
      const sessions: SessionId[] = request.body.sessions.map((id) => needId(parseSessionId(id)))
      const { dir, keptBack, dispose } = await exports.make(actor, sessions, request.body.purpose, request.body)
      const stream = Readable.from(createTar({ cwd: dirname(dir), portable: true, strict: true }, ['export']))
      stream.once('close', () => {
        dispose().catch((err: unknown) => log.error({ err, dir }, 'Temporary export not removed'))
      })
      const name = `sallyport-export-${new Date(clock.now()).toISOString().slice(0, 19).replaceAll(':', '')}.tar`
      return reply
        .type('application/x-tar')
        .header('content-disposition', `attachment; filename="${name}"`)
        .header(keptBackHeader, keptBack)
        .header('cache-control', 'no-store')
        .send(stream)
    },
  })
}
