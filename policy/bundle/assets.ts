// assets.yaml: the targets, each with zone, owner, safety class and pinned endpoints.

import { parseAssetId, parseZoneId, quote } from '../ids.ts'
import type { Asset, Endpoint, ExpiryBehaviour, SshEndpoint } from '../model.ts'
import { criticalities, expiryKinds, protocols, safetyClasses } from '../model.ts'
import type { Place } from './document.ts'
import { readChoice, readId, readInteger, readList, readMap, readText, whole } from './fields.ts'
import { parseHostKey } from './host-key.ts'
import type { Problems } from './problem.ts'
import type { References } from './references.ts'

// RFC 1123 2.1 host names; an address of either version. Whether it answers is found out when it is dialled.
const hostName =
  /^(?=.{1,253}$)[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$/
const ipv6 = /^(?=.*:.*:)[0-9A-Fa-f:]{2,39}(?:\d{1,3}(?:\.\d{1,3}){3})?$/
// `\` for a Windows domain; nothing that a shell or a log line could take for more than a name.
const accountName = /^[A-Za-z_][A-Za-z0-9._@\\-]{0,63}$/
const credentialName = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/

export function parseAssets(document: Place, problems: Problems, references: References): readonly Asset[] | null {
  const fields = readMap(problems, document, ['assets'])
  if (fields === null) return null
  return readList(problems, fields.get('assets'), (place) => parseAsset(place, problems, references))
}

function parseAsset(place: Place, problems: Problems, references: References): Asset | null {
  const fields = readMap(problems, place, [
    'id',
    'name',
    'zone',
    'owner',
    'type',
    'criticality',
    'safety',
    'labels',
    'endpoints',
    'expiry',
  ])
  if (fields === null) return null
  const id = readId(problems, fields.get('id'), parseAssetId)
  if (id !== null) references.declare('asset', id, fields.get('id') ?? place)
  const zone = readId(problems, fields.get('zone'), parseZoneId)
  if (zone !== null) references.refer('zone', zone, fields.get('zone') ?? place)
  const expiry = readChoice(problems, fields.get('expiry'), expiryKinds)
  return whole<Asset>({
    id,
    name: readText(problems, fields.get('name')),
    zone,
    owner: readText(problems, fields.get('owner')),
    type: readText(problems, fields.get('type'), 60),
    criticality: readChoice(problems, fields.get('criticality'), criticalities),
    safety: readChoice(problems, fields.get('safety'), safetyClasses),
    labels: readList(problems, fields.get('labels'), (item) => readText(problems, item, 60)),
    endpoints: parseEndpoints(fields.get('endpoints'), problems),
    expiry: expiry === null ? null : ({ kind: expiry } satisfies ExpiryBehaviour),
  })
}

function parseEndpoints(place: Place | null, problems: Problems): readonly Endpoint[] | null {
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
  const fields = readMap(problems, place, ['protocol', 'host', 'port', 'hostKeys', 'account', 'credential'])
  if (fields === null) return null
  const named = (name: string, pattern: RegExp, expected: string): string | null => {
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
  })
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
