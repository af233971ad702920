// Asks for access to one asset over the API, as the demo and the tests do it.

import type { RequestBody } from '../contract/bodies.ts'
import type { RequestView, SubmittedView } from '../contract/views.ts'
import type { ApiVisitor } from './api-visitor.ts'

/** @throws when the gateway refuses, or answers with other than one request. */
export async function askFor(visitor: ApiVisitor, body: RequestBody): Promise<RequestView> {
  const { requests } = await visitor.ok<SubmittedView>('POST', '/requests', body)
  const [request] = requests
  if (request === undefined || requests.length > 1) throw new Error(`expected one request, got ${requests.length}`)
  return request
}
