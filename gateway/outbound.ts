// One HTTP exchange with a server that the configuration names: a webhook's receiver, a ticket system. Its address comes
// from the operator and never from a user; a redirect is an answer like any other and is not followed, so that nobody
// can send the gateway somewhere else. Time and size of the answer are bounded, and a certificate has to be right.

import { once } from 'node:events'
import { request as requestHttp, type IncomingMessage } from 'node:http'
import { request as requestHttps } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'

export interface OutboundRequest {
  readonly method: 'GET' | 'POST'
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array | null
  /** How the answer's bytes become `body`: as UTF-8, or for what is no text one character a byte. */
  readonly encoding?: 'utf8' | 'latin1'
  readonly timeoutMs: number
  /** The longest answer that is read, in bytes; of a longer one the rest is thrown away. */
  readonly maxBytes: number
  /** Certificates trusted, PEM; null takes those of the runtime. */
  readonly ca: readonly string[] | null
  /** Where the url's host is, when its name was resolved before: no other address is gone to. */
  readonly address?: string
  /** Gives up early, when the gateway stops. */
  readonly signal?: AbortSignal
}

export type OutboundAnswer =
  | {
      readonly kind: 'answered'
      readonly status: number
      /** Media type without its parameters, in small letters; empty when none was given. */
      readonly type: string
      readonly body: string
      readonly complete: boolean
    }
  /** No answer in time, or none at all; `reason` is the system's word for it. */
  | { readonly kind: 'unreachable'; readonly reason: string }

const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/

/** What is wrong with an address to send to, as a clause, or null. TLS is left out only on the machine itself. */
export function outboundFault(text: string): string | null {
  if (!URL.canParse(text)) return 'expected an address such as `https://host.example/path`'
  const url = new URL(text)
  if (url.username !== '' || url.password !== '') return 'expected no user and password in the address'
  if (url.hash !== '') return 'expected no `#` in the address'
  if (url.protocol === 'https:') return null
  if (url.protocol !== 'http:') return 'expected an address with https'
  return loopback.test(url.hostname) ? null : 'expected https: plain http is for this machine alone'
}

async function readBody(
  answer: IncomingMessage,
  maxBytes: number,
  encoding: 'utf8' | 'latin1',
): Promise<{ body: string; complete: boolean }> {
  const parts: Buffer[] = []
  let size = 0
  for await (const part of answer as AsyncIterable<Buffer>) {
    const room = maxBytes - size
    parts.push(part.subarray(0, room))
    size += part.length
    if (size > maxBytes) break
  }
  return { body: Buffer.concat(parts).toString(encoding), complete: size <= maxBytes }
}

/** A resolver that knows one answer. */
function alwaysAt(address: string): LookupFunction {
  const family = isIP(address)
  return (_host, options, answer) =>
    options.all === true ? answer(null, [{ address, family }]) : answer(null, address, family)
}

/** Makes the exchange. Never throws for what the other side does. */
export async function exchange(asked: OutboundRequest): Promise<OutboundAnswer> {
  const { method, url, headers, body, timeoutMs, maxBytes, ca, signal, address } = asked
  const deadline = AbortSignal.timeout(timeoutMs)
  const ends = signal === undefined ? deadline : AbortSignal.any([deadline, signal])
  const options = {
    method,
    headers: { ...headers, ...(body === null ? {} : { 'content-length': String(Buffer.byteLength(body)) }) },
    agent: false,
    signal: ends,
    ...(ca === null ? {} : { ca: [...ca] }),
    ...(address === undefined ? {} : { lookup: alwaysAt(address) }),
  } as const
  const sent = url.protocol === 'https:' ? requestHttps(url, options) : requestHttp(url, options)
  try {
    sent.end(body ?? undefined)
    const [answer] = (await once(sent, 'response')) as [IncomingMessage]
    const type = answer.headers['content-type']?.split(';')[0]?.trim().toLowerCase() ?? ''
    return {
      kind: 'answered',
      status: answer.statusCode ?? 0,
      type,
      ...(await readBody(answer, maxBytes, asked.encoding ?? 'utf8')),
    }
  } catch (error) {
    if (!(error instanceof Error)) throw error
    if (signal?.aborted === true) return { kind: 'unreachable', reason: 'the gateway stops' }
    if (deadline.aborted) return { kind: 'unreachable', reason: `no answer within ${timeoutMs / 1_000} s` }
    const code = 'code' in error && typeof error.code === 'string' ? error.code : error.message
    return { kind: 'unreachable', reason: code }
  } finally {
    // What comes after the answer, or instead of one, is nobody's concern any more.
    sent.on('error', () => undefined)
    sent.destroy()
  }
}
