// A certificate authority for development: makes a CA and issues server and client certificates, X.509 v3 as RFC 5280
// has it. Keys are RSA, because node-forge signs nothing else; node:crypto makes them, which is faster and off the main
// thread. Writing files is left to dev-pki.ts. Production certificates come from the plant's own CA.

import { generateKeyPair, randomBytes } from 'node:crypto'
import { isIP } from 'node:net'
import { promisify } from 'node:util'

import forge from 'node-forge'

export interface Issued {
  /** PEM. */
  readonly certificate: string
  /** PEM, PKCS #8, unencrypted. */
  readonly key: string
}

const makeKeyPair = promisify(generateKeyPair)

const minute = 60_000
const day = 24 * 60 * minute
/** Certificates are valid from a little before now, so that a machine whose clock lags accepts them. */
const backdate = 5 * minute
const caLifetime = 825 * day
const leafLifetime = 397 * day

/** Makes a self-signed CA that may issue end-entity certificates only. `now` is in ms since the epoch. */
export async function createCa(commonName: string, now: number): Promise<Issued> {
  const { key, cert } = await begin(3072, commonName, now, now + caLifetime)
  cert.setIssuer(cert.subject.attributes)
  cert.setExtensions([
    { name: 'basicConstraints', critical: true, cA: true, pathLenConstraint: 0 },
    { name: 'keyUsage', critical: true, keyCertSign: true, cRLSign: true },
    { name: 'subjectKeyIdentifier' },
  ])
  return finish(cert, key, key)
}

/**
 * Issues a TLS server certificate for host names and IP addresses. They stand in subjectAltName only, as RFC 9525 has
 * it; the common name would hold no more than 64 characters.
 * Throws when there is none, or with every name that is neither.
 */
export async function issueServer(
  ca: Issued,
  names: { readonly hostnames: readonly string[]; readonly ips: readonly string[] },
  now: number,
): Promise<Issued> {
  const problems = findNameProblems(names)
  if (problems.length > 0) throw new Error(problems.join('; '))
  const altNames = [
    ...names.hostnames.map((value) => ({ type: 2, value })),
    ...names.ips.map((ip) => ({ type: 7, ip })),
  ]
  return issueLeaf(ca, 'Sallyport gateway', now, [
    { name: 'keyUsage', critical: true, digitalSignature: true, keyEncipherment: true },
    { name: 'extKeyUsage', serverAuth: true },
    { name: 'subjectAltName', altNames },
  ])
}

/** Issues a TLS client certificate to a machine or service. Throws when the name is empty or not printable. */
export async function issueClient(ca: Issued, commonName: string, now: number): Promise<Issued> {
  if (!/^[\x20-\x7e]{1,64}$/.test(commonName)) {
    throw new Error(`client ${JSON.stringify(commonName)}: expected 1 to 64 printable characters`)
  }
  return issueLeaf(ca, commonName, now, [
    { name: 'keyUsage', critical: true, digitalSignature: true },
    { name: 'extKeyUsage', clientAuth: true },
  ])
}

/** What is wrong with the names for a server certificate, one clause each; empty when nothing is. */
export function findNameProblems(names: {
  readonly hostnames: readonly string[]
  readonly ips: readonly string[]
}): string[] {
  const label = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?'
  const hostname = new RegExp(`^(?=.{1,253}$)(?:\\*\\.)?${label}(?:\\.${label})*$`, 'i')
  const none = names.hostnames.length + names.ips.length === 0 ? ['server certificate: expected at least one name'] : []
  return [
    ...none,
    ...names.hostnames
      .filter((name) => !hostname.test(name) || isIP(name) !== 0)
      .map((name) => `host name ${JSON.stringify(name)}: expected letters, digits, - and dots`),
    ...names.ips
      .filter((ip) => isIP(ip) === 0)
      .map((ip) => `address ${JSON.stringify(ip)}: expected an IPv4 or IPv6 address`),
  ]
}

async function issueLeaf(ca: Issued, commonName: string, now: number, extensions: readonly object[]): Promise<Issued> {
  const { key, cert } = await begin(2048, commonName, now, now + leafLifetime)
  const issuer = forge.pki.certificateFromPem(ca.certificate)
  cert.setIssuer(issuer.subject.attributes)
  cert.setExtensions([
    { name: 'basicConstraints', critical: true, cA: false },
    ...extensions,
    { name: 'subjectKeyIdentifier' },
    { name: 'authorityKeyIdentifier', keyIdentifier: issuer.generateSubjectKeyIdentifier().getBytes() },
  ])
  return finish(cert, key, ca.key)
}

async function begin(bits: number, commonName: string, now: number, until: number) {
  const pair = await makeKeyPair('rsa', {
    modulusLength: bits,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  const cert = forge.pki.createCertificate()
  cert.publicKey = forge.pki.publicKeyFromPem(pair.publicKey)
  cert.serialNumber = makeSerial()
  cert.validity.notBefore = new Date(now - backdate)
  cert.validity.notAfter = new Date(until)
  cert.setSubject([
    { name: 'commonName', value: commonName },
    { name: 'organizationName', value: 'Sallyport development' },
  ])
  return { key: pair.privateKey, cert }
}

function finish(cert: forge.pki.Certificate, key: string, signer: string): Issued {
  cert.sign(forge.pki.privateKeyFromPem(signer), forge.md.sha256.create())
  return { certificate: forge.pki.certificateToPem(cert).replaceAll('\r\n', '\n'), key }
}

/** 128 random bits, less the two that make the number positive and its encoding 16 bytes long (RFC 5280, 4.1.2.2). */
function makeSerial(): string {
  const bytes = randomBytes(16)
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40
  return bytes.toString('hex')
}
