// One HTTPS exchange with a gateway, certificate checked always. What goes wrong on the way becomes a clause that names
// the next step; what the gateway answers is for client.ts to read.

import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http'
import { Agent, request } from 'node:https'
import { getCACertificates } from 'node:tls'
import { codeOf, Failure, messageOf } from './failure.ts'
import { plain } from './plain.ts'

export interface Line {
  /** `https://host:port` */
  readonly url: string
  readonly agent: Agent
}

export interface Ask {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly headers: OutgoingHttpHeaders
  readonly body: string | null
  /** Ms without a byte from the gateway, after which it is given up. */
  readonly patience: number
}

/**
 * A line to a gateway; connections are kept until `agent.destroy()`.
 * @param ca PEM of the CA that the certificate must be of. Null: the CAs this machine and its Node.js trust.
 * @throws Failure when the PEM holds no certificate.
 */
export function openLine(url: string, ca: string | null): Line {
  if (ca !== null) {
    try {
      new X509Certificate(ca)
    } catch (error) {
      throw new Failure('CA file: expected a PEM certificate: give the one the gateway\u2019s certificate is of', {
        cause: error,
      })
    }
  }
  const trusted = ca === null ? [...getCACertificates('default'), ...getCACertificates('system')] : ca
  return { url, agent: new Agent({ keepAlive: true, ca: trusted, minVersion: 'TLSv1.2' }) }
}

/**
 * Sends and gives the answer, its body unread.
 * @throws Failure when there is no answer.
 */
export async function exchange(
  { url, agent }: Line,
  { method, path, headers, body, patience }: Ask,
): Promise<IncomingMessage> {
  const sent = request(new URL(path, url), {
    agent,
    method,
    headers: { ...headers, ...(body === null ? {} : { 'content-length': Buffer.byteLength(body) }) },
    timeout: patience,
  })
  sent.on('timeout', () =>
    sent.destroy(new Failure(`\`${url}\`: no answer in ${patience / 1000} s: is the gateway busy or the network slow`)),
  )
  sent.end(body ?? undefined)
  try {
    const [answer] = (await once(sent, 'response')) as [IncomingMessage]
    return answer
  } catch (error) {
    throw error instanceof Failure
      ? error
      : new Failure(`\`${url}\`: ${explain(error)}`, { cause: error, details: { code: codeOf(error) } })
  }
}

/** The whole body as text. @throws Failure beyond `limit` bytes, or when it breaks off. */
export async function readText(answer: IncomingMessage, limit: number): Promise<string> {
  return (await readBytes(answer, limit)).toString('utf8')
}

/** The whole body. @throws Failure beyond `limit` bytes, or when it breaks off. */
export async function readBytes(answer: IncomingMessage, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      size += chunk.length
      if (size > limit)
        throw new Failure(`the gateway\u2019s answer is larger than ${limit} bytes: ask for less with --limit`)
      chunks.push(chunk)
    }
  } catch (error) {
    throw error instanceof Failure
      ? error
      : new Failure(`the gateway\u2019s answer broke off: ${messageOf(error)}: try again`, { cause: error })
  }
  return Buffer.concat(chunks)
}

/** The lines of a body as they come. @throws Failure when it breaks off, or a line is endless. */
export async function* linesOf(answer: IncomingMessage, longest = 32 << 20): AsyncGenerator<string> {
  let rest = ''
  try {
    for await (const chunk of answer.setEncoding('utf8') as AsyncIterable<string>) {
      const lines = (rest + chunk).split('\n')
      rest = lines.pop() ?? ''
      if (rest.length > longest) throw new Failure('the gateway\u2019s answer has a line without an end')
      yield* lines
    }
  } catch (error) {
    throw error instanceof Failure
      ? error
      : new Failure(`the gateway\u2019s answer broke off: ${messageOf(error)}: try again`, { cause: error })
  }
  if (rest !== '') yield rest
}

const untrusted =
  'its certificate is not of a CA that is trusted here: give the gateway\u2019s CA certificate with --ca FILE'
const explanations: Readonly<Record<string, string>> = {
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
  UNABLE_TO_GET_ISSUER_CERT: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
  CERT_SIGNATURE_FAILURE:
    'its certificate is not signed by the CA given: is this the right gateway, and the right --ca file',
  CERT_HAS_EXPIRED: 'its certificate has expired: the operator of the gateway has to renew it',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet: is the clock of this machine right',
  ECONNREFUSED: 'nothing listens there: is the gateway running, and the port right',
  ECONNRESET: 'the connection was cut: is this the HTTPS port of a gateway',
  ENOTFOUND: 'there is no such host: is the name right',
  EAI_AGAIN: 'the name could not be looked up: is the network up',
  EHOSTUNREACH: 'there is no way to that host: is the network up',
  ENETUNREACH: 'there is no way to that network: is the network up',
  ETIMEDOUT: 'no connection: is the host right, and no firewall between',
  ERR_SSL_WRONG_VERSION_NUMBER: 'does not speak TLS there: is this the HTTPS port of a gateway',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'does not speak TLS there: is this the HTTPS port of a gateway',
}

function explain(error: unknown): string {
  const code = codeOf(error)
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    const { host, cert } = error as { readonly host?: string; readonly cert?: { readonly subjectaltname?: string } }
    const names = cert?.subjectaltname ?? 'no name'
    return `its certificate is for ${plain(names)}, not for \`${plain(host ?? '')}\`: use one of these names in --url`
  }
  // Several addresses were tried (happy eyeballs): the first says what is wrong as well as any.
  if (error instanceof AggregateError && error.errors.length > 0) return explain(error.errors[0])
  return explanations[code] ?? `${plain(messageOf(error))}: is this the address of a gateway`
}
