// What routes share: the typed fastify instance, paging, ids in addresses, and which answers a route may give.

import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify'
import { Type } from 'typebox'
import type { ParsedId } from '../../policy/index.ts'
import { ProblemView } from '../contract/views.ts'
import { GatewayError } from '../errors.ts'

export type ApiScope = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>

export const IdParams = Type.Object({ id: Type.String({ maxLength: 64 }) })

/** Query strings are text; numbers in them are checked as such. */
export const PageQuery = {
  limit: Type.Optional(Type.String({ pattern: '^[0-9]{1,3}$', description: 'rows, 1 to 200; 50 when not given' })),
  cursor: Type.Optional(Type.String({ pattern: '^[a-z0-9_]{1,64}$', description: '`next` of the page before' })),
}

export interface PageAsked {
  readonly limit: number
  readonly before: string | null
}

export function pageOf(query: { limit?: string; cursor?: string }): PageAsked {
  const limit = query.limit === undefined ? 50 : Number(query.limit)
  if (limit < 1 || limit > 200) throw new GatewayError('malformed-query', `limit: expected 1 to 200, got \`${limit}\``)
  return { limit, before: query.cursor ?? null }
}

/** The cursor of the next page: the last row's id, when the page is full. */
export function nextOf(rows: readonly unknown[], limit: number, last: string | undefined): string | null {
  return rows.length === limit && last !== undefined ? last : null
}

/** @throws GatewayError `malformed-id` */
export function needId<T>(parsed: ParsedId<T>): T {
  if (parsed.kind === 'malformed') throw new GatewayError('malformed-id', parsed.reason)
  return parsed.id
}

export const problemAnswers = { '4xx': ProblemView, '5xx': ProblemView }
