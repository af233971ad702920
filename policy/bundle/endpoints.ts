// The endpoints of an asset: where it is dialled, whose key it must show, and which credential of the vault opens it.

import { quote } from '../ids.ts'
import type { Endpoint, SshEndpoint } from '../model.ts'
import { enrolledKeys, protocols } from '../model.ts'
import type { Place } from './document.ts'
import { readChoice, readInteger, readList, readMap, readOptional, readText, shape, whole } from './fields.ts'
import { readEnvironment, readFeatures } from './endpoint-openings.ts'
import { parseHostKey } from './host-key.ts'
import { parseLegacy } from './legacy.ts'
import type { Problems } from './problem.ts'
import type { Reading } from './reading.ts'
import { checkTunnelPorts, isTcpEndpoint, parseTcpEndpoint } from './tcp-endpoint.ts'
import { checkClearText, isTelnetEndpoint, parseTelnetEndpoint } from './telnet-endpoint.ts'

export const endpointShape = shape(
  ['protocol', 'host', 'port', 'hostKeys', 'account', 'credential'],
  ['observe', 'principals', 'legacy', 'features', 'environment'],
)

/** Commands that only look, for one endpoint, and characters of one: a person reads them all in a sentence. */
export const mostObserved = 20
export const longestObserved = 200
export const mostPrincipals = 16

// RFC 1123 2.1 host names; an address of either version. Whether it answers is found out when it is dialled.
const hostName =
  /^(?=.{1,253}$)[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$/
const ipv6 = /^(?=.*:.*:)[0-9A-Fa-f:]{2,39}(?:\d{1,3}(?:\.\d{1,3}){3})?$/
// `\` for a Windows domain; nothing that a shell or a log line could take for more than a name.
export const accountName = /^[A-Za-z_][A-Za-z0-9._@\\-]{0,63}$/
export const credentialName = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/

/** At most one for each protocol. */
export function parseEndpoints(place: Place | null, reading: Reading): readonly Endpoint[] | null {
  const { problems } = reading
  const seen = new Set<string>()
  const endpoints = readList(problems, place, (item) => {
    const endpoint = parseEndpoint(item, reading)
    if (endpoint !== null && seen.has(endpoint.protocol)) {
      problems.report(item, `duplicate endpoint for protocol \`${endpoint.protocol}\`: expected one for each protocol`)
      return null
    }
    if (endpoint !== null) seen.add(endpoint.protocol)
    return endpoint
  })
  if (endpoints === null || place === null) return endpoints
  const isTight = checkTunnelPorts(endpoints, place, problems)
  return checkClearText(endpoints, place, problems) && isTight ? endpoints : null
}

function readHost(at: Place | null, problems: Problems): string | null {
  const text = readText(problems, at)
  if (text === null || at === null || hostName.test(text) || ipv6.test(text)) return text
  problems.report(at, `expected a host name or an ip address, without port or scheme, got ${quote(text)}`)
  return null
}

function readNamed(at: Place | null, problems: Problems, pattern: RegExp, expected: string): string | null {
  const text = readText(problems, at)
  if (text === null || at === null || pattern.test(text)) return text
  problems.report(at, `expected ${expected}, got ${quote(text)}`)
  return null
}

const readAccount = (at: Place | null, problems: Problems): string | null =>
  readNamed(at, problems, accountName, 'an account name of letters, digits and . _ @ \\ -')

const readCredential = (at: Place | null, problems: Problems): string | null =>
  readNamed(at, problems, credentialName, 'the name of a credential in the vault, of a-z, 0-9 and -')

function parseEndpoint(place: Place, reading: Reading): Endpoint | null {
  const { problems } = reading
  if (isTcpEndpoint(place)) return parseTcpEndpoint(place, problems, (at) => readHost(at, problems))
  if (isTelnetEndpoint(place))
    return parseTelnetEndpoint(place, reading, {
      host: (at) => readHost(at, problems),
      account: (at) => readAccount(at, problems),
      credential: (at) => readCredential(at, problems),
    })
  const fields = readMap(problems, place, endpointShape)
  if (fields === null) return null
  const core = whole<SshEndpoint>({
    // The other protocols went their own ways above.
    protocol: readChoice(problems, fields.get('protocol'), protocols) === null ? null : 'ssh',
    host: readHost(fields.get('host'), problems),
    port: readInteger(problems, fields.get('port'), 1, 65535),
    hostKeys: readHostKeys(fields.get('hostKeys'), problems),
    account: readAccount(fields.get('account'), problems),
    credential: readCredential(fields.get('credential'), problems),
    observe: readOptional(fields.get('observe'), [], (place) => readObserved(place, problems)),
  })
  const principals = readOptional(fields.get('principals'), null, (at) => readPrincipals(at, problems))
  const legacy = readOptional(fields.get('legacy'), null, (at) => parseLegacy(at, reading))
  const features = readOptional(fields.get('features'), null, (at) => readFeatures(at, problems))
  const environment = readOptional(fields.get('environment'), null, (at) => readEnvironment(at, problems))
  const openings = { ...(features && { features }), ...(environment && { environment }) }
  return core && { ...core, ...(principals && { principals }), ...(legacy && { legacy }), ...openings }
}

/** The keys, or the word that says two people accept them in the gateway. */
function readHostKeys(place: Place | null, problems: Problems): SshEndpoint['hostKeys'] | null {
  if (place?.value.kind === 'scalar' && place.value.value === enrolledKeys) return enrolledKeys
  return readList(problems, place, (item) => readHostKey(item, problems), { atLeast: 1 })
}

/** Names on a certificate (PROTOCOL.certkeys, `valid principals`); an empty list would stand for everybody. */
function readPrincipals(place: Place, problems: Problems): readonly string[] | null {
  const names = readList(
    problems,
    place,
    (item) => {
      const name = readText(problems, item, 64)
      if (name === null || accountName.test(name)) return name
      problems.report(item, `expected a name of letters, digits and . _ @ \\ -, got ${quote(name)}`)
      return null
    },
    { atLeast: 1 },
  )
  if (names === null || names.length <= mostPrincipals) return names
  problems.report(place, `expected at most ${mostPrincipals} names, got ${names.length}`)
  return null
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
