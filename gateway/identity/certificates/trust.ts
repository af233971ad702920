// Whose certificates are believed, and for whom: a configured authority speaks for people of the suppliers it was named
// for, or of the plant, while a certificate is valid, from where it may be used, and for nothing it does not allow. Pure.

import { createHash } from 'node:crypto'
import { isIP } from 'node:net'
import { isInNetworks, isNetwork, type AuthFailure, type Person } from '../../../policy/index.ts'
import type { LoginCertificate } from '../../brokers/broker.ts'
import { isGenuine, optionText, type Certificate } from './certificate.ts'
import type { Revoked } from './revoked.ts'

/** A user authority as the configuration names it. */
export interface UserAuthority {
  readonly name: string
  /** Its public key as a blob. */
  readonly key: Uint8Array
  /** Suppliers whose people it may speak for, by id. */
  readonly suppliers: readonly string[]
  /** May it speak for people of the plant? */
  readonly plant: boolean
  /** Has it seen a second factor before it signs, so that the certificate alone is a complete login? */
  readonly secondFactor: boolean
}

export type { LoginCertificate }

export type CertificateVerdict =
  | { readonly kind: 'good'; readonly certificate: LoginCertificate; readonly secondFactor: boolean }
  | { readonly kind: 'refused'; readonly reason: AuthFailure }

const known: readonly string[] = ['force-command', 'source-address']

const fingerprint = (key: Uint8Array): string =>
  `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`

/** `192.0.2.7` is the network of that one address. */
const asNetwork = (text: string): string => (isIP(text) === 0 ? text : `${text}/${isIP(text) === 6 ? 128 : 32}`)

/** A list that holds something that is no network lets nobody in: what it was meant to say is not known. */
function comesFrom(list: string, source: string): boolean {
  const networks = list.split(',').map(asNetwork)
  return networks.every(isNetwork) && isInNetworks(source, networks)
}

const speaksFor = (authority: UserAuthority, { supplier }: Pick<Person, 'supplier'>): boolean =>
  supplier === null ? authority.plant : authority.suppliers.includes(supplier)

/**
 * May this person log in with this certificate? That its owner showed it is not asked here.
 * @param now in milliseconds, of the gateway's clock.
 */
export function judgeCertificate(
  certificate: Certificate,
  authorities: readonly UserAuthority[],
  revoked: Revoked,
  who: { readonly person: Person; readonly source: string },
  now: number,
): CertificateVerdict {
  const refused = (reason: AuthFailure): CertificateVerdict => ({ kind: 'refused', reason })
  const { person, source } = who
  const authority = authorities.find(({ key }) => Buffer.compare(key, certificate.authority) === 0)
  if (authority === undefined) return refused('unknown-authority')
  if (!isGenuine(certificate) || certificate.kind !== 'user') return refused('bad-certificate')
  if (revoked.hasCertificate(certificate)) return refused('revoked-key')
  if ([...certificate.critical.keys()].some((name) => !known.includes(name))) return refused('bad-certificate')
  // A certificate without principals would be good for anybody: such a one is for nobody.
  if (!certificate.principals.includes(person.login) || !speaksFor(authority, person))
    return refused('certificate-of-other')
  if (now < certificate.from || (certificate.until !== null && now >= certificate.until))
    return refused('certificate-not-in-time')
  const [sources, command] = ['source-address', 'force-command'].map((name) => {
    const value = certificate.critical.get(name)
    return value === undefined ? null : (optionText(value) ?? '')
  })
  if (typeof sources === 'string' && !comesFrom(sources, source)) return refused('undeclared-source')
  if (command === '') return refused('bad-certificate')
  return {
    kind: 'good',
    secondFactor: authority.secondFactor,
    certificate: {
      authority: authority.name,
      authorityKey: fingerprint(authority.key),
      keyId: certificate.keyId,
      serial: certificate.serial.toString(),
      until: certificate.until,
      command: command ?? null,
      terminal: certificate.extensions.has('permit-pty'),
      forwarding: certificate.extensions.has('permit-port-forwarding'),
    },
  }
}
