// What an S3-compatible server or the way to it did, put into one of few words: gone, not now, or not at all.

import type { StoreFault } from './blobs.ts'

export type S3Fault = StoreFault | { readonly kind: 'missing' }

interface Answered {
  readonly status: number
  readonly name: string
}

/** What a server's refusal is known by; null where it was none. */
function answeredOf(error: Error): Answered | null {
  if (!('$metadata' in error)) return null
  const { httpStatusCode } = error.$metadata as { readonly httpStatusCode?: unknown }
  return typeof httpStatusCode === 'number' ? { status: httpStatusCode, name: error.name } : null
}

/** Refusals that are none: the clock, the network or the load may be better at the next try. */
const passing: ReadonlySet<string> = new Set([
  'RequestTimeout',
  'BadDigest',
  'IncompleteBody',
  'SlowDown',
  'OperationAborted',
])
const gone: ReadonlySet<string> = new Set(['NoSuchKey', 'NoSuchVersion', 'NotFound', 'NoSuchUpload'])

/** @throws what is no failure of the store or the network: a fault of ours. */
export function faultOf(error: unknown): S3Fault {
  if (!(error instanceof Error)) throw error
  const answered = answeredOf(error)
  if (answered !== null) {
    const { status, name } = answered
    if (gone.has(name)) return { kind: 'missing' }
    const reason = `answered ${status}${/^[A-Za-z]{1,64}$/.test(name) ? ` ${name}` : ''}`
    if (status >= 500 || status === 429 || status === 408 || passing.has(name)) return { kind: 'unreachable', reason }
    // 200 and the like: the answer broke off, or was none of S3.
    return status < 400
      ? { kind: 'unreachable', reason: `${reason}, which cannot be read` }
      : { kind: 'refused', reason }
  }
  const code = 'code' in error && typeof error.code === 'string' ? error.code : null
  if (error.name === 'TimeoutError' || error.name === 'AbortError')
    return { kind: 'unreachable', reason: 'no answer in time' }
  if (code !== null) return { kind: 'unreachable', reason: code }
  if (error.cause !== undefined) return faultOf(error.cause)
  throw error
}

/** The same, where it cannot be missing: a bucket or a file that is not there is a refusal. */
export function storeFaultOf(error: unknown): StoreFault {
  const fault = faultOf(error)
  return fault.kind === 'missing' ? { kind: 'refused', reason: 'answered 404' } : fault
}
