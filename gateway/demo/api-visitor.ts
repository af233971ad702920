// A logged-in person at the HTTPS API, as a browser would be: cookies kept, the anti-forgery value repeated. For the
// scripted demo and the tests; people use the web application or the command line.

import { request as httpsRequest } from 'node:https'
import { csrfHeader, prefix } from '../contract/routes.ts'
import type { MeView, ProblemView } from '../contract/views.ts'

export interface Answer<T = unknown> {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly bytes: Buffer
  /** The body as JSON. @throws when it is none. */
  json(): T
}

export interface ApiAddress {
  readonly port: number
  /** CA certificate, PEM. */
  readonly ca: string
}

export interface ApiVisitor {
  call<T = unknown>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<Answer<T>>
  /** As `call`, for an answer that must be a success. @throws with the problem's message. */
  ok<T>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<T>
  login(login: string, password: string, totp: string): Promise<Answer<MeView>>
  readonly cookies: Map<string, string>
  csrf: string
}

export interface RawRequest {
  readonly method: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer
}

/** What a refusal says: its message where it has one, else the first of what came. */
export function problemOf({ headers, bytes }: Answer): string {
  const text = bytes.toString('utf8')
  if (!String(headers['content-type']).startsWith('application/json')) return text.slice(0, 600)
  const { message } = JSON.parse(text) as Partial<ProblemView>
  return message ?? text.slice(0, 600)
}

/** One request with nothing added. */
export function send<T = unknown>(
  { port, ca }: ApiAddress,
  { method, path, headers, body }: RawRequest,
): Promise<Answer<T>> {
  return new Promise((resolve, reject) => {
    const sent = httpsRequest(
      { host: '127.0.0.1', port, servername: 'localhost', ca, method, path, headers: headers ?? {}, agent: false },
      (answer) => {
        const parts: Buffer[] = []
        answer.on('data', (part: Buffer) => parts.push(part))
        answer.on('error', reject)
        answer.on('end', () => {
          const bytes = Buffer.concat(parts)
          const json = (): T => JSON.parse(bytes.toString('utf8')) as T
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, bytes, json })
        })
      },
    )
    sent.on('error', reject)
    sent.end(body)
  })
}

export function openVisitor(address: ApiAddress): ApiVisitor {
  const cookies = new Map<string, string>()
  const visitor: ApiVisitor = {
    cookies,
    csrf: '',
    async call<T>(method: 'GET' | 'POST', path: string, body?: unknown) {
      const headers: Record<string, string> = {}
      if (cookies.size > 0) headers.cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
      if (method === 'POST') headers[csrfHeader] = visitor.csrf
      if (body !== undefined) headers['content-type'] = 'application/json'
      const text = body === undefined ? undefined : JSON.stringify(body)
      const answer = await send<T>(address, {
        method,
        path: `${prefix}${path}`,
        headers,
        ...(text === undefined ? {} : { body: text }),
      })
      for (const line of answer.headers['set-cookie'] ?? []) {
        const [pair = ''] = line.split(';')
        const at = pair.indexOf('=')
        if (pair.slice(at + 1) === '') cookies.delete(pair.slice(0, at))
        else cookies.set(pair.slice(0, at), pair.slice(at + 1))
      }
      return answer
    },
    async ok<T>(method: 'GET' | 'POST', path: string, body?: unknown) {
      const answer = await visitor.call<T>(method, path, body)
      if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status}: ${problemOf(answer)}`)
      return answer.json()
    },
    async login(login, password, totp) {
      const answer = await visitor.call<MeView>('POST', '/auth/login', { login, password, totp })
      if (answer.status === 200) visitor.csrf = answer.json().csrf
      return answer
    },
  }
  return visitor
}
