// RFC 3161 timestamps: asking for one, and whether what came shows that some bytes were there at a time. Apart from index.ts,
// and loaded only where a timestamp is at hand: the one-file verifier stays readable without the ASN.1 library behind this,
// and names the openssl command instead.

import { createHash, randomBytes, X509Certificate } from 'node:crypto'
import * as asn1 from 'asn1js'
import * as pki from 'pkijs'
import { messageOf } from '../errors.ts'

/** What a PEM file of certification authorities held. */
export interface TimeAuthorities {
  readonly certificates: readonly pki.Certificate[]
}

export type TimestampVerdict =
  | {
      readonly kind: 'attested'
      /** Milliseconds since the Unix epoch, as the authority said. */
      readonly time: number
      /** The signing certificate's subject, as OpenSSL writes it. */
      readonly by: string
      /** When the signing certificate ends; after that openssl has to be told the time with `-attime`. */
      readonly certificateUntil: number
    }
  | { readonly kind: 'refused'; readonly reason: string }

const sha256 = '2.16.840.1.101.3.4.2.1'
const signedData = '1.2.840.113549.1.7.2'
const tstInfo = '1.2.840.113549.1.9.16.1.4'
const contentType = '1.2.840.113549.1.9.3'
const signingCertificate = '1.2.840.113549.1.9.16.2.12'
const signingCertificateV2 = '1.2.840.113549.1.9.16.2.47'
const extKeyUsage = '2.5.29.37'
const timeStamping = '1.3.6.1.5.5.7.3.8'
const hashNames: Readonly<Record<string, string>> = {
  '1.3.14.3.2.26': 'sha1',
  [sha256]: 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
}
export const maxTimestampBytes = 64 * 1024

/** The DER of a TimeStampReq (RFC 3161 section 2.4.1) for some bytes, asking for the certificates, with its nonce. */
export function timestampRequest(document: Uint8Array): { readonly request: Buffer; readonly nonce: Buffer } {
  const nonce = randomBytes(16)
  // Positive and without a leading zero byte, so that the INTEGER has one form.
  nonce[0] = ((nonce[0] ?? 0) & 0x7f) | 0x40
  const request = new pki.TimeStampReq({
    version: 1,
    messageImprint: new pki.MessageImprint({
      hashAlgorithm: new pki.AlgorithmIdentifier({ algorithmId: sha256, algorithmParams: new asn1.Null() }),
      hashedMessage: new asn1.OctetString({ valueHex: new Uint8Array(digest('sha256', document)) }),
    }),
    nonce: new asn1.Integer({ valueHex: new Uint8Array(nonce) }),
    certReq: true,
  })
  return { request: Buffer.from(request.toSchema().toBER()), nonce }
}

/** The certificates of a PEM text; null where it holds none, or something that is no certificate. */
export function readTimeAuthorities(pem: string): TimeAuthorities | null {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
  try {
    const certificates = blocks.map((block) => pki.Certificate.fromBER(exact(new X509Certificate(block).raw)))
    return certificates.length === 0 ? null : { certificates }
  } catch (error) {
    if (error instanceof Error) return null
    throw error
  }
}

/**
 * Judges a TimeStampResp. It attests a time when it was granted for the SHA-256 of these bytes, one signer signed it whose
 * certificate it names (RFC 5035), that certificate is for time-stamping and nothing else (RFC 3161 section 2.3), and leads to
 * one of the authorities, each valid at the time that is attested. Never throws for what the response holds.
 * @param nonce the one that was asked with; null when judging what was kept.
 */
export async function verifyTimestamp(
  response: Uint8Array,
  document: Uint8Array,
  authorities: TimeAuthorities,
  nonce: Uint8Array | null,
): Promise<TimestampVerdict> {
  if (response.length > maxTimestampBytes) return refused(`expected at most ${maxTimestampBytes} bytes`)
  let parsed: Parsed
  try {
    parsed = parseResponse(response)
  } catch (error) {
    // The library throws its own errors, and TypeErrors for what it did not foresee: all say that this is no timestamp.
    return refused(`not a timestamp: ${messageOf(error)}`)
  }
  if (parsed.kind === 'refused') return parsed
  const { info, signed } = parsed
  const { messageImprint: imprint } = info
  if (imprint.hashAlgorithm.algorithmId !== sha256) return refused('message imprint: expected SHA-256')
  if (!digest('sha256', document).equals(octets(imprint.hashedMessage)))
    return refused('message imprint: is of other bytes')
  if (nonce !== null && !sameNumber(info.nonce === undefined ? new Uint8Array() : octets(info.nonce), nonce))
    return refused('nonce: is not the one that was asked with')
  const fault = attributeFault(signed)
  if (fault !== null) return refused(fault)
  return verifySigner(signed, document, info.genTime, authorities)
}

type Parsed =
  | { readonly kind: 'parsed'; readonly info: pki.TSTInfo; readonly signed: pki.SignedData }
  | { readonly kind: 'refused'; readonly reason: string }

function parseResponse(response: Uint8Array): Parsed {
  const bytes = exact(response)
  const read = asn1.fromBER(bytes)
  if (read.offset !== bytes.byteLength) return refused('not a timestamp: has bytes after its end')
  const { status, timeStampToken } = new pki.TimeStampResp({ schema: read.result })
  if (Number(status.status) > 1) return refused(`the authority refused, with status ${Number(status.status)}`)
  if (timeStampToken === undefined) return refused('not a timestamp: has no token')
  if (timeStampToken.contentType !== signedData) return refused('token: expected signed data')
  const signed = new pki.SignedData({ schema: timeStampToken.content })
  const { eContentType, eContent } = signed.encapContentInfo
  if (eContentType !== tstInfo || eContent === undefined) return refused('token: expected a TSTInfo')
  if (signed.signerInfos.length !== 1) return refused('token: expected one signer')
  const info = pki.TSTInfo.fromBER(eContent.getValue())
  return info.version === 1 ? { kind: 'parsed', info, signed } : refused('TSTInfo: expected version 1')
}

/** What pkijs does not look at: the signed content type, and that the signature names its certificate. */
function attributeFault(signed: pki.SignedData): string | null {
  const attributes = signed.signerInfos[0]?.signedAttrs?.attributes ?? []
  const valueOf = (type: string): unknown => attributes.find((one) => one.type === type)?.values[0]
  const said = valueOf(contentType)
  if (!(said instanceof asn1.ObjectIdentifier) || said.getValue() !== tstInfo)
    return 'signed attributes: content type: expected TSTInfo'
  if (valueOf(signingCertificate) === undefined && valueOf(signingCertificateV2) === undefined)
    return 'signed attributes: expected the signing certificate'
  return null
}

async function verifySigner(
  signed: pki.SignedData,
  document: Uint8Array,
  genTime: Date,
  { certificates }: TimeAuthorities,
): Promise<TimestampVerdict> {
  let signer: pki.Certificate | null
  try {
    const verdict = await signed.verify({
      signer: 0,
      data: exact(document),
      trustedCerts: [...certificates],
      checkDate: genTime,
      checkChain: true,
      passedWhenNotRevValues: true,
      extendedMode: true,
    })
    if (verdict.signatureVerified !== true) return refused('signature does not hold')
    signer = verdict.signerCertificate ?? null
  } catch (error) {
    return refused(`signature: ${messageOf(error)}`)
  }
  if (signer === null) return refused('signature: its certificate is not in the token')
  const fault = signerFault(signed, signer)
  if (fault !== null) return refused(fault)
  const certificate = new X509Certificate(Buffer.from(signer.toSchema().toBER()))
  return {
    kind: 'attested',
    time: genTime.getTime(),
    by: certificate.subject.replaceAll('\n', ', '),
    certificateUntil: certificate.validToDate.getTime(),
  }
}

/** Whether the certificate that signed is the one the signature names, and is for time-stamping alone. */
function signerFault(signed: pki.SignedData, signer: pki.Certificate): string | null {
  const usage = signer.extensions?.find(({ extnID }) => extnID === extKeyUsage)
  const purposes = usage?.parsedValue instanceof pki.ExtKeyUsage ? usage.parsedValue.keyPurposes : []
  if (usage?.critical !== true || purposes.length !== 1 || purposes[0] !== timeStamping)
    return 'certificate: expected the critical extended key usage timeStamping, and no other'
  const raw = Buffer.from(signer.toSchema().toBER())
  for (const { type, values } of signed.signerInfos[0]?.signedAttrs?.attributes ?? []) {
    if (type !== signingCertificate && type !== signingCertificateV2) continue
    const named = firstCertificate(values[0], type === signingCertificate ? 'sha1' : 'sha256')
    if (named === null || !digest(named.algorithm, raw).equals(named.hash))
      return 'certificate: is not the one that the signature names'
  }
  return null
}

/** ESSCertID and ESSCertIDv2 (RFC 5035): the hash of the certificate that signed, which is the first of the list. */
function firstCertificate(value: unknown, usual: string): { readonly algorithm: string; readonly hash: Buffer } | null {
  const parts = partsOf(partsOf(partsOf(value)[0])[0])
  const [first, second] = parts
  if (first instanceof asn1.OctetString) return { algorithm: usual, hash: octets(first) }
  const [named] = partsOf(first)
  const algorithm = named instanceof asn1.ObjectIdentifier ? hashNames[named.getValue()] : undefined
  return algorithm !== undefined && second instanceof asn1.OctetString ? { algorithm, hash: octets(second) } : null
}

const partsOf = (value: unknown): readonly unknown[] => (value instanceof asn1.Sequence ? value.valueBlock.value : [])

const octets = (value: asn1.OctetString | asn1.Integer): Buffer => Buffer.from(value.valueBlock.valueHexView)

/** An INTEGER may carry a leading zero byte. */
function sameNumber(a: Uint8Array, b: Uint8Array): boolean {
  const plain = (bytes: Uint8Array): string =>
    Buffer.from(bytes)
      .toString('hex')
      .replace(/^(?:00)+/, '')
  return plain(a) === plain(b)
}

const digest = (name: string, bytes: Uint8Array): Buffer => createHash(name).update(bytes).digest()

/** A copy in a buffer of its own: the library reads whole ArrayBuffers. */
const exact = (bytes: Uint8Array): ArrayBuffer => new Uint8Array(bytes).buffer

const refused = (reason: string): { readonly kind: 'refused'; readonly reason: string } => ({ kind: 'refused', reason })
