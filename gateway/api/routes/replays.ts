// Replays: opening one for a stated purpose, what there is to see of a channel, its cast or transcript from any time on, and
// what crossed it byte for byte. Of a living session all of it goes on.

import { Readable } from 'node:stream'
import { Type } from 'typebox'
import { PurposeBody } from '../../contract/bodies.ts'
import { routes } from '../../contract/routes.ts'
import { ReplayChannelView, ReplayView } from '../../contract/views.ts'
import { GatewayError } from '../../errors.ts'
import { byteRange } from '../byte-range.ts'
import type { Logins } from '../logins.ts'
import { replayChannelView, replayView } from '../replay-view.ts'
import { IdParams, problemAnswers, type ApiScope } from '../scope.ts'
import type { Services } from '../services.ts'
import { needViewedSession } from './viewed-session.ts'

const Seconds = Type.String({
  pattern: '^[0-9]{1,9}(?:\\.[0-9]{1,6})?$',
  description: 'seconds since the channel was opened',
})
const Yes = Type.Literal('true')
const params = {
  replay: Type.String({ maxLength: 64 }),
  channel: Type.String({ pattern: '^[0-9]{1,5}$' }),
}
const mediaTypes = { v2: 'application/x-asciicast', v3: 'application/x-asciicast', text: 'text/plain; charset=utf-8' }

export function replayRoutes(app: ApiScope, services: Services, logins: Logins): void {
  const { replays } = services

  app.route({
    ...routes.replay,
    url: routes.replay.path,
    schema: { params: IdParams, body: PurposeBody, response: { 200: ReplayView, ...problemAnswers } },
    handler: async (request) => {
      const actor = await logins.actor(request)
      const stored = await needViewedSession(services, request, actor, request.params.id)
      return replayView(stored.id, await replays.open(actor, stored, request.body.purpose))
    },
  })
  app.route({
    ...routes.replayChannel,
    url: routes.replayChannel.path,
    schema: { params: Type.Object(params), response: { 200: ReplayChannelView, ...problemAnswers } },
    handler: async (request) => {
      const { replay } = request.params
      const channel = Number(request.params.channel)
      return replayChannelView(replay, channel, await replays.channel(await logins.actor(request), replay, channel))
    },
  })
  app.route({
    ...routes.cast,
    url: routes.cast.path,
    schema: {
      params: Type.Object(params),
      querystring: Type.Object({
        from: Type.Optional(Seconds),
        until: Type.Optional(Seconds),
        format: Type.Optional(Type.Union([Type.Literal('v2'), Type.Literal('v3'), Type.Literal('text')])),
        input: Type.Optional(Yes),
        times: Type.Optional(Type.Union([Type.Literal('recording'), Type.Literal('clip')])),
        follow: Type.Optional(Yes),
      }),
    },
    handler: async (request, reply) => {
      const actor = await logins.actor(request)
      const { from, until, format = 'v2', input, times, follow } = request.query
      const gone = new AbortController()
      reply.raw.once('close', () => gone.abort())
      const lines = await replays.part(actor, request.params.replay, Number(request.params.channel), {
        from: micros(from ?? '0'),
        until: until === undefined ? null : micros(until),
        format,
        input: input === 'true',
        clipped: times === 'clip',
        follows: follow === 'true' ? gone.signal : null,
        stays: await logins.stays(request),
      })
      return reply.type(mediaTypes[format]).send(Readable.from(await begun(lines)))
    },
  })
  app.route({
    ...routes.rawChannel,
    url: routes.rawChannel.path,
    schema: {
      params: Type.Object({
        ...params,
        direction: Type.Union([Type.Literal('in'), Type.Literal('out'), Type.Literal('err')]),
      }),
    },
    handler: async (request, reply) => {
      const actor = await logins.actor(request)
      const { replay, channel, direction } = request.params
      const { length, read, release } = await replays.raw(actor, replay, Number(channel), direction)
      const range = byteRange(request.headers.range, length)
      if (range.kind === 'outside') {
        release()
        throw new GatewayError('range-outside', `there are ${length} bytes: ask for some of these`)
      }
      const { from, to } = range.kind === 'part' ? range : { from: 0, to: length }
      if (range.kind === 'part') reply.code(206).header('content-range', `bytes ${from}-${to - 1}/${length}`)
      const bytes = await begun(read(from, to))
      return reply
        .type('application/octet-stream')
        .header('accept-ranges', 'bytes')
        .header('content-length', to - from)
        .header('content-disposition', `attachment; filename="channel-${channel}.${direction}"`)
        .send(Readable.from(bytes, { objectMode: false }))
    },
  })
}

const micros = (seconds: string): number => Math.round(Number(seconds) * 1e6)

/** Has read the first piece, so that what cannot be read at all is a proper refusal and no answer broken off. */
async function begun<T>(pieces: AsyncIterable<T>): Promise<AsyncGenerator<T>> {
  const iterator = pieces[Symbol.asyncIterator]()
  const first = await iterator.next()
  async function* whole(): AsyncGenerator<T> {
    try {
      if (first.done === true) return
      yield first.value
      for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) yield next.value
    } finally {
      // Who goes away in the middle ends the reading, too.
      await iterator.return?.()
    }
  }
  return whole()
}
