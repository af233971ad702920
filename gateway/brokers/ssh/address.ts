// The SSH user name says who and what: `alice+ews-1` is alice, to the asset ews-1; `alice` alone asks for the menu.
// Both halves stay text here. The login is judged by identity, the asset by the door: neither is trusted for its form.
//
// `alice%ews-1` says the same, for programs that send it as it was typed. OpenSSH from 10.0 on does not: in a user name it
// replaces `%h` by the host, refuses what it does not know, and makes one `%` of two. Those before send both, so two of
// them are taken as one, and `alice%%ews-1` is the same with each.

export interface Addressee {
  readonly login: string
  /** Null: none was named, which is not the same as any. */
  readonly asset: string | null
}

const separator = /\+|%%?/

/** Splits at the first separator. A name too long to be either is cut, so that logs and evidence stay small. */
export function parseAddressee(user: string): Addressee {
  const text = user.slice(0, 512)
  const found = separator.exec(text)
  if (found === null) return { login: text, asset: null }
  return { login: text.slice(0, found.index), asset: text.slice(found.index + found[0].length) }
}
