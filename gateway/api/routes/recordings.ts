// Recordings: the list, one in detail, checking it, replaying it for a stated purpose, and exporting evidence.

import { Readable } from 'node:stream'
import { dirname } from 'node:path'
import { create as createTar } from 'tar'
import { Type } from 'typebox'
import { parseSessionId, type SessionId } from '../../../policy/index.ts'
import { ExportBody, PurposeBody } from '../../contract/bodies.ts'
import { prefix, routes } from '../../contract/routes.ts'
import { ListOf, RecordingView, ReplayView, VerificationView } from '../../contract/views.ts'
import { GatewayError } from '../../errors.ts'
import type { StoredSession } from '../../store/sessions.ts'
import { needRole, type Logins } from '../logins.ts'
import { IdParams, needId, nextOf, PageQuery, pageOf, problemAnswers, type ApiScope } from '../scope.ts'
import type { Services } from '../services.ts'
import { openViewer } from '../view.ts'

const viewers = ['auditor', 'isms-manager'] as const

export function recordingRoutes(app: ApiScope, services: Services, logins: Logins): void {
  const { store, recordings, exports, clock, log } = services
  const viewer = openViewer(services)

  async function sessionOf(id: string): Promise<StoredSession> {
    const stored = await store.sessions.byId(needId(parseSessionId(id)))
    if (!stored) throw new GatewayError('not-found')
    return stored
  }

  app.route({
    ...routes.recordings,
    url: routes.recordings.path,
    schema: { querystring: Type.Object(PageQuery), response: { 200: ListOf(RecordingView), ...problemAnswers } },
    handler: async (request) => {
      needRole(await logins.actor(request), ...viewers)
      const page = pageOf(request.query)
      const rows = await store.sessions.list({ person: null, live: false }, page)
      const items = await Promise.all(rows.map((row) => viewer.recording(row, [])))
      return { items, next: nextOf(rows, page.limit, rows.at(-1)?.id) }
    },
  })
  app.route({
    ...routes.recording,
    url: routes.recording.path,
    schema: { params: IdParams, response: { 200: RecordingView, ...problemAnswers } },
    handler: async (request) => {
      needRole(await logins.actor(request), ...viewers)
      const stored = await sessionOf(request.params.id)
      return viewer.recording(stored, await recordings.channels(stored.id))
    },
  })
  app.route({
    ...routes.verify,
    url: routes.verify.path,
    schema: { params: IdParams, response: { 200: VerificationView, ...problemAnswers } },
    handler: async (request) => {
      needRole(await logins.actor(request), ...viewers)
      const { id, seal } = await sessionOf(request.params.id)
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
    ...routes.replay,
    url: routes.replay.path,
    schema: { params: IdParams, body: PurposeBody, response: { 200: ReplayView, ...problemAnswers } },
    handler: async (request) => {
      const actor = await logins.actor(request)
      needRole(actor, ...viewers)
      const { id } = await sessionOf(request.params.id)
      const replay = await recordings.replay(actor, id, request.body.purpose)
      return {
        session: id,
        expiresAt: replay.expiresAt,
        channels: replay.channels.map(({ channel, kind }) => ({
          channel,
          kind,
          cast: `${prefix}/replays/${replay.token}/${channel}`,
        })),
      }
    },
  })
  app.route({
    ...routes.cast,
    url: routes.cast.path,
    schema: {
      params: Type.Object({
        replay: Type.String({ maxLength: 64 }),
        channel: Type.String({ pattern: '^[0-9]{1,5}$' }),
      }),
    },
    handler: async (request, reply) => {
      const actor = await logins.actor(request)
      needRole(actor, ...viewers)
      const lines = recordings
        .cast(actor, request.params.replay, Number(request.params.channel))
        [Symbol.asyncIterator]()
      // The first line is read before the answer begins, so that a replay that is over is a proper refusal.
      const first = await lines.next()
      async function* whole(): AsyncGenerator<string> {
        if (first.done === true) return
        yield first.value
        for (let next = await lines.next(); next.done !== true; next = await lines.next()) yield next.value
      }
      return reply.type('application/x-asciicast').header('cache-control', 'no-store').send(Readable.from(whole()))
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
      const { dir, dispose } = await exports.make(actor, sessions, request.body.purpose)
      const stream = Readable.from(createTar({ cwd: dirname(dir), portable: true, strict: true }, ['export']))
      stream.once('close', () => {
        dispose().catch((err: unknown) => log.error({ err, dir }, 'Temporary export not removed'))
      })
      const name = `sallyport-export-${new Date(clock.now()).toISOString().slice(0, 19).replaceAll(':', '')}.tar`
      return reply
        .type('application/x-tar')
        .header('content-disposition', `attachment; filename="${name}"`)
        .header('cache-control', 'no-store')
        .send(stream)
    },
  })
}
