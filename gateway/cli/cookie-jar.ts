// Cookies of one gateway (RFC 6265bis), as far as a command line needs them: names, values and paths. Everything goes to
// one origin over TLS, so domain, Secure and SameSite have nothing to decide; how long one lives is the gateway's to say.

import type { Cookie } from './session-file.ts'

// RFC 6265bis section 4.1.1: a token; then visible characters without quote, comma, semicolon and backslash.
const form = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+)=("?)([\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*)\2$/

export class CookieJar {
  readonly #cookies = new Map<string, Cookie>()

  /** Takes Set-Cookie headers of an answer from `path`. What is not well formed is let go; an empty value removes. */
  take(headers: readonly string[], path: string): void {
    for (const header of headers) {
      const [pair = '', ...attributes] = header.split(';').map((part) => part.trim())
      const [, name, quote = '', value = ''] = form.exec(pair) ?? []
      if (name === undefined) continue
      const given = attributes.map((text) => /^path=(\/.*)$/i.exec(text)?.[1]).find((found) => found !== undefined)
      // Section 5.1.4: without a Path it is the folder of the address.
      const cookie = {
        name,
        value: quote + value + quote,
        path: given ?? (path.slice(0, path.lastIndexOf('/')) || '/'),
      }
      if (value === '') this.#cookies.delete(name)
      else this.#cookies.set(name, cookie)
    }
  }

  /** The Cookie header for an address. */
  header(path: string): string {
    return [...this.#cookies.values()]
      .filter((cookie) => isUnder(path, cookie.path))
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ')
  }

  /** The cookie that goes to one path and not to another; null unless there is exactly one. */
  only(here: string, notHere: string): Cookie | null {
    const found = [...this.#cookies.values()].filter(({ path }) => isUnder(here, path) && !isUnder(notHere, path))
    return found.length === 1 ? (found[0] ?? null) : null
  }
}

/** Section 5.1.4, path-match. */
function isUnder(address: string, folder: string): boolean {
  const path = address.split('?')[0] ?? ''
  return path === folder || (path.startsWith(folder) && (folder.endsWith('/') || path[folder.length] === '/'))
}
