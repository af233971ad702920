// The SSH user name says who and what: `alice%ews-1` is alice, to the asset ews-1; `alice` alone asks for the menu.
// Both halves stay text here. The login is judged by identity, the asset by the door: neither is trusted for its form.

export interface Addressee {
  readonly login: string
  /** Null: none was named, which is not the same as any. */
  readonly asset: string | null
}

/** Splits at the first `%`. A name too long to be either is cut, so that logs and evidence stay small. */
export function parseAddressee(user: string): Addressee {
  const text = user.slice(0, 512)
  const at = text.indexOf('%')
  return at === -1 ? { login: text, asset: null } : { login: text.slice(0, at), asset: text.slice(at + 1) }
}
