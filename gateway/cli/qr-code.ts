// A QR code for the terminal: what a person's authenticator reads, shown once.

import type { Secret } from '../secret.ts'

/** With colours of its own: a code in the terminal's colours would be inverted on a dark one. */
export async function qrCode(uri: Secret<string>): Promise<string> {
  const { default: qrcode } = await import('qrcode')
  return qrcode.toString(uri.expose(), { type: 'terminal', small: true })
}
