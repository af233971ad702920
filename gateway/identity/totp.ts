// Time-based one-time passwords (RFC 6238: SHA-1, 30 s, six digits, as authenticator apps expect).

import { generateSecret, generateSync, generateURI, verifySync } from 'otplib'
import { Secret } from '../secret.ts'

const period = 30

export function newTotpSecret(): Secret<string> {
  return new Secret(generateSecret({ length: 20 }))
}

/** The `otpauth://` address authenticator apps read from a QR code. Holds the secret. */
export function enrolmentUri(login: string, secret: Secret<string>): Secret<string> {
  return new Secret(generateURI({ issuer: 'Sallyport', label: login, secret: secret.expose() }))
}

/** The code for an instant; for the demo and the tests, which have no authenticator in their hand. */
export function codeAt(secret: Secret<string>, now: number): string {
  return generateSync({ secret: secret.expose(), epoch: Math.floor(now / 1000) })
}

/**
 * The time step the code belongs to, one step of clock difference allowed either way (RFC 6238 section 5.2), or null
 * when it belongs to none. Whether the step was used before is the store's to say.
 */
export function stepOf(secret: Secret<string>, code: string, now: number): number | null {
  const digits = code.replaceAll(' ', '')
  if (!/^[0-9]{6}$/.test(digits)) return null
  const result = verifySync({
    secret: secret.expose(),
    token: digits,
    epoch: Math.floor(now / 1000),
    epochTolerance: period,
  })
  return result.valid && 'timeStep' in result ? result.timeStep : null
}
