// Text that is none: half of a surrogate pair has no UTF-8, so nothing could be hashed, signed or shown of it. It is
// refused where it comes in.

import { GatewayError } from '../errors.ts'

/** @throws GatewayError `malformed-body` when a text or a name anywhere in a parsed JSON body is not well-formed Unicode. */
export function needWellFormed(body: unknown): void {
  const left: unknown[] = [body]
  while (left.length > 0) {
    const value = left.pop()
    if (typeof value === 'string' && !value.isWellFormed())
      throw new GatewayError('malformed-body', 'the request body holds text that is not well-formed Unicode')
    if (typeof value !== 'object' || value === null) continue
    for (const [name, inner] of Object.entries(value)) left.push(name, inner)
  }
}
