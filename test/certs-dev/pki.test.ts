import { execFileSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import tls from 'node:tls'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { createCa, findNameProblems, issueClient, issueServer } from '../../certs-dev/pki.ts'
import type { Issued } from '../../certs-dev/pki.ts'
import { describeWith } from '../support/describe-with.ts'
import { partPath } from '../support/parts.ts'

const now = Date.now()
const minute = 60_000
let ca: Issued
let stranger: Issued
let server: Issued
let client: Issued

beforeAll(async () => {
  ca = await createCa('Test CA', now)
  stranger = await createCa('Test CA', now)
  server = await issueServer(ca, { hostnames: ['gateway.example'], ips: ['127.0.0.1', '::1'] }, now)
  client = await issueClient(ca, 'historian', now)
})

/** Joins a client and a server that both insist on the other's certificate, and returns what each saw. */
async function shakeHands(clientKeys: Issued, trust: Issued, name: string) {
  const listener = tls.createServer({
    cert: server.certificate,
    key: server.key,
    ca: ca.certificate,
    requestCert: true,
    rejectUnauthorized: true,
  })
  listener.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const accepted = new Promise<string>((resolve) => {
    listener.on('secureConnection', (socket) => {
      const { CN } = socket.getPeerCertificate().subject
      resolve(`client ${Array.isArray(CN) ? CN.join() : (CN ?? '')}`)
      socket.end()
    })
    listener.on('tlsClientError', (error: NodeJS.ErrnoException) => resolve(`refused: ${error.code ?? error.message}`))
  })
  const socket = tls.connect({
    host: '127.0.0.1',
    port: (listener.address() as AddressInfo).port,
    servername: name,
    ca: trust.certificate,
    cert: clientKeys.certificate,
    key: clientKeys.key,
  })
  const dialled = new Promise<string>((resolve) => {
    socket.on('secureConnect', () => resolve('server trusted'))
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(`refused: ${error.code ?? error.message}`))
  })
  try {
    return { dialled: await dialled, accepted: await accepted }
  } finally {
    socket.destroy()
    listener.close()
  }
}

describe('createCa', () => {
  it('makes a CA that may issue certificates and nothing else, valid from five minutes ago', () => {
    const cert = new X509Certificate(ca.certificate)
    expect(cert.ca).toBe(true)
    expect(cert.verify(cert.publicKey)).toBe(true)
    expect(cert.validFromDate.getTime()).toBe(Math.floor((now - 5 * minute) / 1000) * 1000)
    expect(cert.validToDate.getTime()).toBeGreaterThan(new X509Certificate(server.certificate).validToDate.getTime())
  })

  it('never gives two certificates the same serial number, and gives 16 bytes, positive', () => {
    const serials = [ca, stranger, server, client].map((issued) => new X509Certificate(issued.certificate).serialNumber)
    expect(new Set(serials).size).toBe(4)
    for (const serial of serials) expect(serial).toMatch(/^[4-7][0-9A-F]{31}$/)
  })
})

describe('issueServer', () => {
  it('names every host name and address', () => {
    const cert = new X509Certificate(server.certificate)
    expect(cert.checkHost('gateway.example')).toBe('gateway.example')
    expect(cert.checkHost('other.example')).toBeUndefined()
    expect(cert.checkIP('127.0.0.1')).toBe('127.0.0.1')
    expect(cert.checkIP('::1')).toBe('::1')
    expect(cert.ca).toBe(false)
  })

  it('reports every bad name at once', () => {
    const problems = findNameProblems({ hostnames: ['ok.example', 'no spaces', '-dash'], ips: ['10.0.0.256', '::1'] })
    expect(problems).toEqual([
      'host name "no spaces": expected letters, digits, - and dots',
      'host name "-dash": expected letters, digits, - and dots',
      'address "10.0.0.256": expected an IPv4 or IPv6 address',
    ])
  })

  it('refuses to issue a certificate without a name', async () => {
    await expect(issueServer(ca, { hostnames: [], ips: [] }, now)).rejects.toThrow('expected at least one name')
  })
})

describe('a TLS handshake with both certificates', () => {
  it('succeeds for a name in the certificate', async () => {
    const seen = await shakeHands(client, ca, 'gateway.example')
    expect(seen).toEqual({ dialled: 'server trusted', accepted: 'client historian' })
  })

  it('fails for a name that is not in the certificate', async () => {
    expect((await shakeHands(client, ca, 'other.example')).dialled).toBe('refused: ERR_TLS_CERT_ALTNAME_INVALID')
  })

  it('fails for a client that trusts another CA of the same name', async () => {
    expect((await shakeHands(client, stranger, 'gateway.example')).dialled).toMatch(/^refused: /)
  })

  it('fails for a client certificate of another CA of the same name', async () => {
    const intruder = await issueClient(stranger, 'historian', now)
    expect((await shakeHands(intruder, ca, 'gateway.example')).accepted).toMatch(/^refused: /)
  })

  it('fails for a server certificate that is shown as a client certificate', async () => {
    expect((await shakeHands(server, ca, 'gateway.example')).accepted).toMatch(/^refused: /)
  })
})

describeWith('openssl', 'certificates, judged by openssl', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-test-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  const openssl = (...args: string[]): string =>
    execFileSync(partPath('openssl'), args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  const write = (name: string, content: string): void => writeFileSync(join(folder, name), content)

  beforeAll(() => {
    write('ca.pem', ca.certificate)
    write('stranger.pem', stranger.certificate)
    write('server.pem', server.certificate)
    write('client.pem', client.certificate)
  })

  it('verify strictly for their purpose, host name and address', () => {
    const strict = ['verify', '-x509_strict', '-CAfile', 'ca.pem']
    expect(openssl(...strict, '-purpose', 'sslserver', '-verify_hostname', 'gateway.example', 'server.pem')).toBe(
      'server.pem: OK\n',
    )
    expect(openssl(...strict, '-purpose', 'sslserver', '-verify_ip', '::1', 'server.pem')).toBe('server.pem: OK\n')
    expect(openssl(...strict, '-purpose', 'sslclient', 'client.pem')).toBe('client.pem: OK\n')
  })

  it('do not verify for another purpose or under another CA', () => {
    expect(() => openssl('verify', '-CAfile', 'ca.pem', '-purpose', 'sslclient', 'server.pem')).toThrow('unsuitable')
    expect(() => openssl('verify', '-CAfile', 'stranger.pem', 'client.pem')).toThrow('verification failed')
  })

  it('carry the extensions of RFC 5280', () => {
    const show = (name: string): string => openssl('x509', '-in', name, '-noout', '-text')
    expect(show('ca.pem')).toMatch(/Basic Constraints: critical\s+CA:TRUE, pathlen:0/)
    expect(show('ca.pem')).toMatch(/Key Usage: critical\s+Certificate Sign, CRL Sign/)
    expect(show('server.pem')).toMatch(/Basic Constraints: critical\s+CA:FALSE/)
    expect(show('server.pem')).toMatch(/Extended Key Usage:\s+TLS Web Server Authentication/)
    expect(show('client.pem')).toMatch(/Extended Key Usage:\s+TLS Web Client Authentication/)
    const ski = /Subject Key Identifier:\s+([0-9A-F:]+)/.exec(show('ca.pem'))?.[1]
    expect(/Authority Key Identifier:\s+([0-9A-F:]+)/.exec(show('server.pem'))?.[1]).toBe(ski)
  })
})
