// What is there and not for the person who asks: the answer is that of something that does not exist, and that they asked
// is evidence.

import type { FastifyRequest } from 'fastify'
import type { Actor } from '../../access/authorize.ts'
import { GatewayError } from '../../errors.ts'
import type { Services } from '../services.ts'

/** Keeps the attempt as evidence. @throws GatewayError `not-found`, always. */
export async function refuseHidden(
  { store, clock }: Pick<Services, 'store' | 'clock'>,
  request: FastifyRequest,
  { person }: Actor,
): Promise<never> {
  const code = 'not-found'
  await store.change(async ({ ledger }) => {
    const route = `${request.method} ${request.routeOptions.url ?? 'unknown'}`
    const entry = { person: person.id, route, code, source: await ledger.commit(request.ip) }
    await ledger.append('input.refused', clock.now(), entry)
  })
  throw new GatewayError(code)
}
