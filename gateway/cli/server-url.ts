// The address of a gateway as people give it.

import type { Parsed } from './duration.ts'

/** `https://host[:port]` in one form: lower case, no path, no default port. */
export function parseServer(text: string): Parsed<string> {
  const expected = 'expected `https://host:port`'
  const url = URL.parse(text)
  if (url === null) return { kind: 'malformed', reason: expected }
  if (url.protocol !== 'https:') return { kind: 'malformed', reason: `${expected}: a login never goes over plain http` }
  if (url.username !== '' || url.password !== '')
    return { kind: 'malformed', reason: `${expected}: give the login with --user` }
  if ((url.pathname !== '/' && url.pathname !== '') || url.search !== '' || url.hash !== '') {
    return { kind: 'malformed', reason: `${expected} without a path` }
  }
  return { kind: 'ok', value: url.origin }
}
