// The endpoints of an asset: where it is dialled, whose key it must show, and which credential of the vault opens it.

import { quote } from '../ids.ts'
import type { Endpoint, SshEndpoint } from '../model.ts'
import { protocols } from '../model.ts'
import type { Place } from './document.ts'
import { readChoice, readInteger, readList, readMap, readOptional, readText, shape, whole } from './fields.ts'
import { parseHostKey } from './host-key.ts'
import type { Problems } from './problem.ts'

export const endpointShape = shape(['protocol', 'host', 'port', 'hostKeys', 'account', 'credential'], ['observe'])

/** Commands that only look, for one endpoint, and characters of one: a person reads them all in a sentence. */
export const mostObserved = 20
export const longestObserved = 200

// RFC 1123 2.1 host names; an address of either version. Whether it answers is found out when it is dialled.
const hostName =
  /^(?=.{1,253}$)[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$/
const ipv6 = /^(?=.*:.*:)[0-9A-Fa-f:]{2,39}(?:\d{1,3}(?:\.\d{1,3}){3})?$/
// `\` for a Windows domain; nothing that a shell or a log line could take for more than a name.
export const accountName = /^[A-Za-z_][A-Za-z0-9._@\\-]{0,63}$/
export const credentialName = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/

/** At most one for each protocol. */
export function parseEndpoints(place: Place | null, problems: Problems): readonly Endpoint[] | null {
  const seen = new Set<string>()
  return readList(problems, place, (item) => {
    const endpoint = parseEndpoint(item, problems)
    if (endpoint !== null && seen.has(endpoint.protocol)) {
      problems.report(item, `duplicate endpoint for protocol \`${endpoint.protocol}\`: expected one for each protocol`)
      return null
    }
    if (endpoint !== null) seen.add(endpoint.protocol)
    return endpoint
  })
}

function parseEndpoint(place: Place, problems: Problems): Endpoint | null {
  const fields = readMap(problems, place, endpointShape)
  if (fields === null) return null
  const named = (name: 'account' | 'credential', pattern: RegExp, expected: string): string | null => {
    const at = fields.get(name)
    const text = readText(problems, at)
    if (text === null || at === null || pattern.test(text)) return text
    problems.report(at, `expected ${expected}, got ${quote(text)}`)
    return null
  }
  const host = (): string | null => {
    const at = fields.get('host')
    const text = readText(problems, at)
    if (text === null || at === null || hostName.test(text) || ipv6.test(text)) return text
    problems.report(at, `expected a host name or an ip address, without port or scheme, got ${quote(text)}`)
    return null
  }
  return whole<SshEndpoint>({
    protocol: readChoice(problems, fields.get('protocol'), protocols),
    host: host(),
    port: readInteger(problems, fields.get('port'), 1, 65535),
    hostKeys: readList(problems, fields.get('hostKeys'), (item) => readHostKey(item, problems), { atLeast: 1 }),
    account: named('account', accountName, 'an account name of letters, digits and . _ @ \\ -'),
    credential: named('credential', credentialName, 'the name of a credential in the vault, of a-z, 0-9 and -'),
    observe: readOptional(fields.get('observe'), [], (place) => readObserved(place, problems)),
  })
}

/** Command lines are compared as they are written: nothing that somebody could type after them is ever part of one. */
export function readObserved(place: Place, problems: Problems): readonly string[] | null {
  const seen = new Set<string>()
  const commands = readList(problems, place, (item) => {
    const command = readText(problems, item, longestObserved)
    if (command === null || !seen.has(command)) {
      if (command !== null) seen.add(command)
      return command
    }
    problems.report(item, `duplicate command ${quote(command)}: expected each once`)
    return null
  })
  if (commands === null || commands.length <= mostObserved) return commands
  problems.report(place, `expected at most ${mostObserved} commands, got ${commands.length}`)
  return null
}

function readHostKey(place: Place, problems: Problems): string | null {
  // A private key pasted by mistake must not end up in an error message, and so in a log.
  if (place.value.kind === 'scalar' && /PRIVATE KEY/.test(String(place.value.value))) {
    problems.report(
      place,
      'expected a public host key, got a private key: write the line of its `.pub` file and replace the key, it is no longer secret',
    )
    return null
  }
  const text = readText(problems, place, 20_000)
  if (text === null) return null
  const parsed = parseHostKey(text)
  if (parsed.kind === 'ok') return parsed.key
  problems.report(place, parsed.reason)
  return null
}
