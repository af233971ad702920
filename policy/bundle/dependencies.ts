// The section `dependencies` of scope.yaml: what the path of access leans on, who answers for it, how its state is known,
// and what follows where it does not work. An address that is looked at is a service of IT or the boundary, never a
// target: see checkDependencies.

import { isIP } from 'node:net'
import { quote } from '../ids.ts'
import {
  dependencyKinds,
  dependencyUses,
  outageEffects,
  tiers,
  type Asset,
  type Dependency,
  type DependencyOutage,
  type DependencyWatch,
  type Scope,
  type Zone,
} from '../model.ts'
import type { Place } from './document.ts'
import {
  readBoolean,
  readChoice,
  readInteger,
  readList,
  readMap,
  readOptional,
  readText,
  shape,
  whole,
} from './fields.ts'
import { readPlants, readSuppliers } from './named-lists.ts'
import type { Reading } from './reading.ts'

export const dependencyShape = shape(
  ['id', 'name', 'kind', 'owner', 'inScope', 'watch'],
  ['service', 'plants', 'failures', 'whenDown'],
)
export const watchShape = shape([], ['use', 'connect', 'get', 'everySeconds', 'timeoutSeconds'])
export const outageShape = shape(['effect'], ['suppliers', 'exceptTiers', 'living'])

/** Each is looked at by itself: more would be a scan of the network. */
export const mostDependencies = 40
export const mostFailures = 100
export const lookSeconds = { least: 10, usual: 60, most: 86_400 }
export const timeoutSeconds = { least: 1, usual: 5, most: 30 }

const idForm = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/
const hostForm = /^(?=.{1,253}$)[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$/

export function parseDependency(place: Place, reading: Reading): Dependency | null {
  const { problems, references } = reading
  const fields = readMap(problems, place, dependencyShape)
  if (fields === null) return null
  const id = readName(fields.get('id'), reading)
  if (id !== null) references.declare('dependency', id, fields.at('id'))
  const service = readOptional(fields.get('service'), null, (at) => {
    const named = readText(problems, at, 60)
    if (named !== null) references.refer('shared service', named, at)
    return named
  })
  const core = whole<Omit<Dependency, 'service'>>({
    id,
    name: readText(problems, fields.get('name')),
    kind: readChoice(problems, fields.get('kind'), dependencyKinds),
    owner: readText(problems, fields.get('owner')),
    inScope: readBoolean(problems, fields.get('inScope')),
    plants: readPlants(fields.get('plants'), reading) ?? [],
    watch: parseWatch(fields.get('watch'), reading),
    failures: readOptional(fields.get('failures'), 3, (at) => readInteger(problems, at, 1, mostFailures)),
    whenDown: parseOutage(fields.get('whenDown'), reading),
  })
  return core && reading.keep({ ...core, service }, place)
}

function readName(place: Place | null, { problems }: Reading): string | null {
  const text = readText(problems, place)
  if (text === null || place === null || idForm.test(text)) return text
  problems.report(place, `dependency ${quote(text)}: expected 1 to 63 of a-z, 0-9 and -, as policies name it`)
  return null
}

function parseWatch(place: Place | null, { problems }: Reading): DependencyWatch | null {
  const fields = readMap(problems, place, watchShape)
  if (fields === null || place === null) return null
  const ways = (['use', 'connect', 'get'] as const).filter((way) => fields.get(way) !== null)
  const [way] = ways
  if (way === undefined || ways.length > 1) {
    const got = ways.length === 0 ? 'none of them' : `${ways.length} of them`
    problems.report(
      place,
      `expected one of \`use\` (what the gateway uses itself), \`connect\` (\`host:port\`) and \`get\` (an http address), got ${got}`,
    )
    return null
  }
  const [every, timeout] = [fields.get('everySeconds'), fields.get('timeoutSeconds')]
  if (way === 'use') {
    for (const at of [every, timeout])
      if (at !== null) problems.report(at, 'nothing is asked only to know it where `use` is given: leave it out')
    const use = readChoice(problems, fields.get('use'), dependencyUses)
    return use && { kind: 'use', use }
  }
  const times = whole<{ everySeconds: number; timeoutSeconds: number }>({
    everySeconds: readOptional(every, lookSeconds.usual, (at) =>
      readInteger(problems, at, lookSeconds.least, lookSeconds.most),
    ),
    timeoutSeconds: readOptional(timeout, timeoutSeconds.usual, (at) =>
      readInteger(problems, at, timeoutSeconds.least, timeoutSeconds.most),
    ),
  })
  if (times !== null && times.timeoutSeconds >= times.everySeconds) {
    problems.report(
      timeout ?? place,
      `expected a \`timeoutSeconds\` below \`everySeconds\` (${times.everySeconds}), got ${times.timeoutSeconds}`,
    )
    return null
  }
  const at = fields.get(way)
  const text = readText(problems, at, 500)
  if (text === null || at === null || times === null) return null
  const target = way === 'connect' ? parseAddress(text) : parseUrl(text)
  if (typeof target !== 'string') return { ...target, ...times }
  problems.report(at, `${target}, got ${quote(text)}`)
  return null
}

/** `host:port`, or `[address]:port` for IPv6 (RFC 3986 section 3.2.2); a text says what was expected. */
function parseAddress(text: string): { kind: 'connect'; host: string; port: number } | string {
  const expected = 'expected a host and a port, as `directory.example:636` or `[2001:db8::1]:636`'
  const found = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text)
  if (found === null) return expected
  const [, bracketed, plain = '', digits] = found
  const port = Number(digits)
  const isHost = bracketed === undefined ? hostForm.test(plain) : isIP(bracketed) === 6
  return isHost && port >= 1 && port <= 65_535 ? { kind: 'connect', host: bracketed ?? plain, port } : expected
}

function parseUrl(text: string): { kind: 'get'; url: string } | string {
  if (!URL.canParse(text)) return 'expected an address, as `https://change.example/health`'
  const url = new URL(text)
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'expected an address with http or https'
  if (url.username !== '' || url.password !== '') return 'expected an address without user and password'
  if (url.hash !== '') return 'expected an address without `#`'
  return { kind: 'get', url: url.href }
}

const onlySaid: DependencyOutage = { effect: 'note', suppliers: [], exceptTiers: [], living: false }

function parseOutage(place: Place | null, reading: Reading): DependencyOutage | null {
  if (place === null) return onlySaid
  const { problems } = reading
  const fields = readMap(problems, place, outageShape)
  if (fields === null) return null
  return whole<DependencyOutage>({
    effect: readChoice(problems, fields.get('effect'), outageEffects),
    suppliers: readSuppliers(fields.get('suppliers'), reading) ?? [],
    exceptTiers: readOptional(fields.get('exceptTiers'), [], (at) =>
      readList(problems, at, (item) => readChoice(problems, item, tiers)),
    ),
    living: readOptional(fields.get('living'), false, (at) => readBoolean(problems, at)),
  })
}

/** The host a look would go to, in small letters and without brackets; null where nothing is asked. */
export function watchedHost(watch: DependencyWatch): string | null {
  switch (watch.kind) {
    case 'use':
      return null
    case 'connect':
      return plainHost(watch.host)
    case 'get':
      return plainHost(new URL(watch.url).hostname)
  }
}

/**
 * A name in small letters, without the dot of the root; an address in the one form `URL` writes it in, and an IPv4 address
 * that is written as one of IPv6 (RFC 4291 section 2.5.5.2) as itself.
 */
export function plainHost(host: string): string {
  const bare = host.replace(/^\[|\]$/g, '').replace(/%.*$/, '')
  const url = isIP(bare) === 6 ? `http://[${bare}]/` : `http://${bare}/`
  const written = (URL.canParse(url) ? new URL(url).hostname : bare).replace(/^\[|\]$/g, '').toLowerCase()
  const [, high, low] = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(written) ?? []
  if (high === undefined || low === undefined) return written.replace(/(?<=[^.])\.$/, '')
  return [high, low].flatMap((part) => [parseInt(part, 16) >> 8, parseInt(part, 16) & 255]).join('.')
}

/** Purdue levels from which on something is no target of process control any more. */
const operationsLevel = 3

/** Is it in process control, or part of a safety function? Nothing is ever sent there but by a session. */
export function isUnlookable(asset: Asset, zone: Pick<Zone, 'level'> | undefined): boolean {
  return asset.safety !== 'none' || zone === undefined || zone.level < operationsLevel
}

/** No look goes to a target in levels 0 to 2; what is out of scope is managed as such. */
export function checkDependencies(
  scope: Scope,
  zones: readonly Zone[],
  assets: readonly Asset[],
  reading: Reading,
): void {
  const { problems, warnings } = reading
  if (scope.dependencies.length > mostDependencies)
    problems.report(
      reading.at(scope.dependencies[mostDependencies] ?? scope),
      `expected at most ${mostDependencies} dependencies, got ${scope.dependencies.length}: each is looked at by itself`,
    )
  const levels = new Map(zones.map((zone) => [zone.id, zone]))
  const targets = new Map<string, Asset>()
  if (scope.dependencies.length > 0)
    for (const asset of assets.filter((each) => isUnlookable(each, levels.get(each.zone))))
      for (const { host } of asset.endpoints) targets.set(plainHost(host), asset)
  const services = new Map(scope.sharedServices.map((service) => [service.id, service]))
  for (const dependency of scope.dependencies) {
    const { id, watch, service, inScope } = dependency
    const host = watchedHost(watch)
    const target = host === null ? undefined : targets.get(host)
    if (target !== undefined)
      problems.report(
        reading.at(dependency, 'watch'),
        `dependency \`${id}\` would look at ${quote(host)}, the address of asset \`${target.id}\` in zone \`${target.zone}\`: nothing is sent to process control or a safety function only to see whether it is there: name the service itself, in IT or the boundary`,
      )
    const known = service === null ? undefined : services.get(service)
    if (known !== undefined && known.inScope !== inScope)
      problems.report(
        reading.at(dependency, 'inScope'),
        `dependency \`${id}\` says \`inScope: ${inScope}\`, and shared service \`${known.id}\` says \`${known.inScope}\`: make the two agree`,
      )
    if (service === null && !inScope)
      warnings.report(
        reading.at(dependency, 'inScope'),
        `dependency \`${id}\` is out of scope, and nothing says which risk that is: declare it in \`sharedServices\` with \`risk\` and \`compensating\`, and name that as its \`service\``,
      )
  }
}
