// A timestamp signed again by another certificate: what an authority gives that openssl's own would refuse to be.

import { createHash, createPrivateKey, webcrypto, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import * as asn1 from 'asn1js'
import * as pki from 'pkijs'

/** @param names the certificate that the signature says it is by: left out, the one it is by. */
export async function resigned(
  response: Buffer,
  by: { readonly key: string; readonly certificate: string },
  names: string | null = by.certificate,
): Promise<Buffer> {
  const parsed = pki.TimeStampResp.fromBER(new Uint8Array(response).buffer)
  const before = new pki.SignedData({ schema: parsed.timeStampToken?.content })
  const raw = new X509Certificate(readFileSync(by.certificate)).raw
  const certificate = pki.Certificate.fromBER(new Uint8Array(raw).buffer)
  const content = before.encapContentInfo.eContent?.getValue() ?? new ArrayBuffer(0)
  const digest = createHash('sha256').update(Buffer.from(content)).digest()
  const attribute = (type: string, value: unknown): pki.Attribute => new pki.Attribute({ type, values: [value] })
  const attributes = [
    attribute('1.2.840.113549.1.9.3', new asn1.ObjectIdentifier({ value: '1.2.840.113549.1.9.16.1.4' })),
    attribute('1.2.840.113549.1.9.4', new asn1.OctetString({ valueHex: new Uint8Array(digest) })),
  ]
  if (names !== null) {
    const named = createHash('sha256')
      .update(new X509Certificate(readFileSync(names)).raw)
      .digest()
    // ESSCertIDv2 (RFC 5035 section 4): SHA-256 is its default and left out.
    const id = new asn1.Sequence({ value: [new asn1.OctetString({ valueHex: new Uint8Array(named) })] })
    const list = new asn1.Sequence({ value: [new asn1.Sequence({ value: [id] })] })
    attributes.push(attribute('1.2.840.113549.1.9.16.2.47', list))
  }
  const signed = new pki.SignedData({
    version: 3,
    encapContentInfo: new pki.EncapsulatedContentInfo({
      eContentType: '1.2.840.113549.1.9.16.1.4',
      eContent: new asn1.OctetString({ valueHex: content }),
    }),
    certificates: [certificate],
    signerInfos: [
      new pki.SignerInfo({
        version: 1,
        sid: new pki.IssuerAndSerialNumber({ issuer: certificate.issuer, serialNumber: certificate.serialNumber }),
        signedAttrs: new pki.SignedAndUnsignedAttributes({ type: 0, attributes }),
      }),
    ],
  })
  const pkcs8 = createPrivateKey(readFileSync(by.key)).export({ format: 'der', type: 'pkcs8' })
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' }
  const key = await webcrypto.subtle.importKey('pkcs8', new Uint8Array(pkcs8), algorithm, false, ['sign'])
  await signed.sign(key, 0, 'SHA-256')
  const token = new pki.ContentInfo({ contentType: '1.2.840.113549.1.7.2', content: signed.toSchema(true) })
  const made = new pki.TimeStampResp({ status: parsed.status, timeStampToken: token })
  return Buffer.from(made.toSchema().toBER())
}
