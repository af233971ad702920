// The form of mail addresses that are taken, for people and for the gateway itself. Keeping one is identity's.

import { quote } from '../policy/ids.ts'

const atom = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
const label = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?'
const form = new RegExp(`^${atom}(?:\\.${atom})*@${label}(?:\\.${label})*$`)

export type ParsedAddress =
  | { readonly kind: 'ok'; readonly address: string }
  | { readonly kind: 'malformed'; readonly reason: string }

/**
 * A mail address in the dot-atom form of RFC 5321 section 4.1.2, without quoted parts, comments or address literals:
 * nothing that could mean something else in a header line.
 */
export function parseAddress(text: string): ParsedAddress {
  if (text.length <= 254 && text.indexOf('@') <= 64 && form.test(text)) return { kind: 'ok', address: text }
  return { kind: 'malformed', reason: `mail address ${quote(text)}: expected a form such as \`name@host.example\`` }
}
