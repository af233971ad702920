// Errors on their way to a client: every one becomes a ProblemView with a code of the closed list. What came in
// malformed, too large or forged is evidence too.

import type { FastifyError, FastifyInstance, FastifyRequest } from 'fastify'
import { quote, type Decision } from '../../policy/index.ts'
import type { RefusedAsset } from '../access/steps.ts'
import { expectedForms } from '../contract/primitives.ts'
import type { ProblemView } from '../contract/views.ts'
import { GatewayError, problems, type ProblemCode } from '../errors.ts'
import type { Services } from './services.ts'
import { decisionView } from './access-view.ts'

/** Refusals of input that are kept as evidence; the others either are already, or say nothing about anybody. */
const evidenced: ReadonlySet<ProblemCode> = new Set([
  'malformed-body',
  'malformed-id',
  'malformed-query',
  'body-too-large',
  'unsupported-media',
  'csrf-missing',
  'role-missing',
  'not-agreed',
])

type Invalid = NonNullable<FastifyError['validation']>[number]

/** One line a field: an unknown one by its name, the others with what was expected. */
function problemLines({ instancePath, keyword, message, params }: Invalid): string[] {
  if (keyword === 'boolean') return []
  const unknown = params['additionalProperties']
  if (keyword === 'additionalProperties' && Array.isArray(unknown))
    return unknown.map((name) => `unknown field ${quote(`${instancePath}/${name}`)}`)
  const { pattern } = params
  const expected = keyword === 'pattern' && typeof pattern === 'string' ? expectedForms[pattern] : undefined
  return [`${instancePath || '/'}: ${expected ?? message ?? 'not valid'}`]
}

function asGatewayError(error: unknown): GatewayError | null {
  if (error instanceof GatewayError) return error
  const { code, validation, validationContext, statusCode, message } = error as Partial<FastifyError>
  if (validation) {
    const where =
      validationContext === 'body'
        ? 'malformed-body'
        : validationContext === 'params'
          ? 'malformed-id'
          : 'malformed-query'
    const list = validation.flatMap(problemLines)
    return new GatewayError(where, `${problems[where].text}: ${list.join('; ')}`, { problems: list })
  }
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return new GatewayError('body-too-large')
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return new GatewayError('unsupported-media')
  // What cannot be written as evidence does not happen: the store is full, locked or gone.
  if (code === 'ERR_SQLITE_ERROR') return new GatewayError('recorder-failed', null, {}, error)
  if (statusCode === 429) return new GatewayError('too-many-requests')
  if (statusCode === 400)
    return new GatewayError('malformed-body', `${problems['malformed-body'].text}: ${message ?? ''}`)
  // What a file server will not serve is not there, whatever its reason.
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) return new GatewayError('not-found')
  return null
}

export function answerProblems(app: FastifyInstance, { store, clock, log }: Services): void {
  async function keep(request: FastifyRequest, code: ProblemCode): Promise<void> {
    const claims = request.user as { readonly sub?: string } | undefined
    const person = claims?.sub === undefined ? null : await store.people.byId(claims.sub as never)
    await store.change(async (tx) => {
      await tx.ledger.append('input.refused', clock.now(), {
        person: person?.id ?? null,
        route: `${request.method} ${request.routeOptions.url ?? 'unknown'}`,
        code,
        source: await tx.ledger.commit(request.ip),
      })
    })
  }

  app.setErrorHandler(async (error, request, reply) => {
    const known = asGatewayError(error)
    if (!known) {
      log.error({ err: error, route: request.routeOptions.url }, 'Request failed inside the gateway')
      return reply.code(500).send({ code: 'internal', message: problems.internal.text } satisfies ProblemView)
    }
    if (known.code === 'recorder-failed')
      log.error(
        { err: error, route: request.routeOptions.url },
        'Evidence could not be written; the request did nothing',
      )
    if (evidenced.has(known.code))
      await keep(request, known.code).catch((err: unknown) =>
        log.error({ err }, 'A refusal could not be kept as evidence'),
      )
    const {
      decision,
      refused,
      offered,
      problems: list,
    } = known.extra as {
      decision?: Decision
      refused?: readonly RefusedAsset[]
      offered?: readonly string[]
      problems?: string[]
    }
    const body: ProblemView = {
      code: known.code,
      message: known.message,
      ...(decision ? { decision: decisionView(decision) } : {}),
      ...(refused ? { refused: refused.map((one) => ({ ...one, decision: decisionView(one.decision) })) } : {}),
      ...(offered ? { offered: [...offered] } : {}),
      ...(list ? { problems: list } : {}),
    }
    return reply.code(problems[known.code].status).send(body)
  })
}
