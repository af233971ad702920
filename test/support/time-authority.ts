// A time-stamping authority: a root, certificates for its signers, and `openssl ts` behind a small HTTP server (RFC 3161 section
// 3.4). What it answers can be bent, to be an authority that is down, slow, wrong or foreign.

import { execFile, execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'

import { partPath } from './parts.ts'

export interface TimeAuthority {
  /** PEM file of its root. */
  readonly ca: string
  /** Answers a TimeStampReq (DER) as its signer, or as another one. */
  reply(query: Buffer, signer?: string): Promise<Buffer>
  /** Makes another signer under the root, with these extensions (OpenSSL's words) and days of validity. */
  addSigner(name: string, extensions: string, validity?: readonly string[]): void
}

const proper =
  'extendedKeyUsage=critical,timeStamping\nkeyUsage=critical,digitalSignature\nbasicConstraints=critical,CA:FALSE\n'

/** Makes root and signer in a new folder. */
export function makeTimeAuthority(folder: string): TimeAuthority {
  const openssl = partPath('openssl')
  mkdirSync(folder, { recursive: true })
  const file = (name: string): string => join(folder, name)
  const run = (...args: string[]): void => void execFileSync(openssl, args, { stdio: 'pipe' })
  const ec = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  const rootIs = ['-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=critical,keyCertSign,cRLSign']
  run(
    'req',
    '-x509',
    ...ec,
    '-keyout',
    file('ca.key'),
    '-out',
    file('ca.pem'),
    '-days',
    '3650',
    '-subj',
    '/CN=Test time root',
    ...rootIs,
  )
  writeFileSync(file('serial'), '01\n')
  writeFileSync(
    file('tsa.cnf'),
    [
      '[tsa]',
      'default_tsa = one',
      '[one]',
      `serial = ${file('serial')}`,
      'signer_digest = sha256',
      'default_policy = 1.3.6.1.4.1.32473.1',
      'digests = sha256',
      'accuracy = secs:1',
      'ess_cert_id_alg = sha256',
      '',
    ].join('\n'),
  )
  let queries = 0
  const authority: TimeAuthority = {
    ca: file('ca.pem'),
    addSigner(name, extensions, validity = ['-days', '3650']) {
      writeFileSync(file(`${name}.ext`), extensions)
      run('req', ...ec, '-keyout', file(`${name}.key`), '-out', file(`${name}.csr`), '-subj', `/CN=Test time ${name}`)
      const signed = ['-CA', file('ca.pem'), '-CAkey', file('ca.key'), '-CAcreateserial', ...validity]
      run(
        'x509',
        '-req',
        '-in',
        file(`${name}.csr`),
        ...signed,
        '-extfile',
        file(`${name}.ext`),
        '-out',
        file(`${name}.pem`),
      )
    },
    async reply(query, signer = 'signer') {
      const at = file(`query-${queries++}`)
      writeFileSync(at, query)
      const by = ['-signer', file(`${signer}.pem`), '-inkey', file(`${signer}.key`)]
      await new Promise<void>((resolve, reject) => {
        const args = ['ts', '-reply', '-config', file('tsa.cnf'), '-queryfile', at, ...by, '-out', `${at}.tsr`]
        execFile(openssl, args, (error) => (error === null ? resolve() : reject(error)))
      })
      return readFileSync(`${at}.tsr`)
    },
  }
  authority.addSigner('signer', proper)
  return authority
}

export interface TimeServer {
  readonly url: string
  /** TimeStampReqs that came. */
  readonly queries: readonly Buffer[]
  /** What the next answers are made of; null is an authority that answers with status 503. */
  answer: ((query: Buffer) => Promise<Buffer>) | null
  stop(): Promise<void>
}

/** Serves an authority on a free port of this machine. */
export async function serveTimeAuthority(authority: TimeAuthority): Promise<TimeServer> {
  const queries: Buffer[] = []
  const served: { answer: TimeServer['answer'] } = { answer: (query) => authority.reply(query) }
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      const query = Buffer.concat(parts)
      queries.push(query)
      const fail = (): void => void response.writeHead(503).end()
      if (served.answer === null || request.headers['content-type'] !== 'application/timestamp-query') return fail()
      served
        .answer(query)
        .then((body) => response.writeHead(200, { 'content-type': 'application/timestamp-reply' }).end(body), fail)
    })
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/tsr`,
    queries,
    get answer() {
      return served.answer
    },
    set answer(answer) {
      served.answer = answer
    },
    stop: () => new Promise((resolve) => void server.close(() => resolve())),
  }
}

/** What `openssl ts -verify` says of a response: OK, or why not. */
export function opensslVerifies(response: string, document: string, ca: string, attime?: number): boolean {
  const at = attime === undefined ? [] : ['-attime', String(Math.floor(attime / 1000))]
  try {
    execFileSync(partPath('openssl'), ['ts', '-verify', '-in', response, '-data', document, '-CAfile', ca, ...at], {
      stdio: 'pipe',
    })
    return true
  } catch (error) {
    if (error instanceof Error && 'status' in error && error.status === 1) return false
    throw error
  }
}
