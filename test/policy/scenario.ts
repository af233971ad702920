// A scenario as a plant engineer reads it, and what it stands for: the bundle, the question and the facts. What is not
// written is the ordinary: nine on a Monday, two hours to operate, a second factor, a quiet world.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseBundle } from '../../policy/bundle/parse.ts'
import type { Bundle } from '../../policy/bundle/bundle.ts'
import { showProblem } from '../../policy/bundle/problem.ts'
import type { AssetId, GrantId, PlantId, RequestId, SupplierId, SuspensionId, ZoneId } from '../../policy/ids.ts'
import {
  quietWorld,
  type AccessAsk,
  type DecisionRequest,
  type Facts,
  type FileTerms,
  type Grant,
  type MfaKind,
  type OperationClass,
  type Person,
  type PhysicalState,
  type Protocol,
  type Schedule,
  type ScopeStatus,
  type SuspensionTarget,
  type TicketState,
  type Tier,
  type Window,
  type World,
} from '../../policy/model.ts'
import { people } from './people.ts'

interface Used {
  readonly from?: string
  readonly until?: string
  readonly operationClass?: OperationClass
  readonly schedule?: Schedule
  readonly tier?: Tier
  readonly transfer?: FileTerms
  /** `ssh` if not given; of what is asked for, or of the grant that is used. */
  readonly protocol?: Protocol
}

export interface Scenario {
  readonly name: string
  readonly now?: string
  readonly person: string
  readonly mfa?: readonly MfaKind[]
  /** The address the person comes from. */
  readonly source?: string
  readonly ticketState?: TicketState
  readonly world?: {
    readonly suspended?: readonly { readonly kind: SuspensionTarget['kind']; readonly id?: string }[]
    readonly present?: readonly { readonly person: string; readonly zone: string; readonly until: string }[]
    readonly attested?: readonly { readonly person: string; readonly label: string; readonly until: string }[]
    /** Trainings of people, by the part they play; expectations of suppliers, by id: until when each is attested. */
    readonly trained?: Readonly<Record<string, Readonly<Record<string, string>>>>
    readonly expected?: Readonly<Record<string, Readonly<Record<string, string>>>>
    readonly heldScope?: Readonly<Record<string, ScopeStatus>>
    readonly brokenSeals?: readonly string[]
    /** Assets seen at a walkdown: in which zone, on which day. */
    readonly confirmed?: readonly { readonly asset: string; readonly zone: string; readonly seenOn: string }[]
    /** Dependencies that do not work, by id. */
    readonly unavailable?: readonly string[]
    /** What doors, cabinets and key switches say, and how long it counts. */
    readonly physical?: readonly { readonly source: string; readonly state: PhysicalState; readonly until: string }[]
  }
  /** In a file of the bundle, this text by that. */
  readonly replace?: Readonly<Record<string, readonly (readonly [string, string])[]>>
  readonly addPolicy?: string
  readonly onlyPolicy?: string
  readonly request: Used & {
    readonly action: DecisionRequest['action']
    /** The session lives already: dependencies that did not work when it began. */
    readonly living?: { readonly unavailable: readonly string[] }
    readonly asset: AssetId
    readonly requester?: string
    readonly ticket?: string
    readonly criteria?: readonly string[]
    readonly rollback?: string
    readonly files?: AccessAsk['files']
    readonly grant?:
      | (Used & {
          readonly person?: string
          readonly asset?: AssetId
          readonly kind?: Grant['kind']
          readonly escort?: boolean
        })
      | null
  }
  readonly expect: {
    readonly kind: 'permit' | 'deny'
    /** In order. */
    readonly rules: readonly string[]
    /** As policies write them: `escort:5`. */
    readonly obligations?: readonly string[]
    /** Kinds of what would have to change. */
    readonly remedies?: readonly string[]
    readonly exceptions?: readonly string[]
    readonly acceptedRisks?: readonly string[]
    /** Rules that do not hold yet and would have been at work: `refuse no-engineering-at-night`. */
    readonly watched?: readonly string[]
    readonly scope?: string
    /** Shared services it leans on. */
    readonly leansOn?: readonly string[]
    /** Dependencies that do not work, as far as they touch it. */
    readonly unavailable?: readonly string[]
    /** Parts that the reasons' texts hold. */
    readonly says?: readonly string[]
  }
}

const scenariosFolder = join(import.meta.dirname, 'scenarios')
const bundleFolder = join(import.meta.dirname, 'scenario-bundle')

/** The scenarios are ours and of this shape; a wrong one fails its test. */
export function readScenarios(): ReadonlyMap<string, readonly Scenario[]> {
  return new Map(
    readdirSync(scenariosFolder).map((file) => [
      file,
      JSON.parse(readFileSync(join(scenariosFolder, file), 'utf8')) as readonly Scenario[],
    ]),
  )
}

const written: ReadonlyMap<string, string> = new Map(
  readdirSync(bundleFolder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(yaml|cedar)$/.test(name))
    .map((name) => [name, readFileSync(join(bundleFolder, name), 'utf8')]),
)

/** The plant of the scenarios, file by file. */
export function plantFiles(): Map<string, string> {
  return new Map(written)
}

/** Bundles read before, by their files: many scenarios have the plant as it is written. */
const read = new Map<string, Bundle>()

export function bundleFrom(files: ReadonlyMap<string, string>): Bundle {
  const key = JSON.stringify([...files])
  const known = read.get(key)
  if (known !== undefined) return known
  const parsed = parseBundle(files)
  if (parsed.kind === 'invalid') throw new Error(parsed.problems.map(showProblem).join('\n'))
  read.set(key, parsed.bundle)
  return parsed.bundle
}

/** The plant's bundle, with one more policy if any is given, or with that one alone. */
export function plantWith(policy?: string, alone = false): Bundle {
  const files = plantFiles()
  if (alone) for (const file of files.keys()) if (file.endsWith('.cedar')) files.delete(file)
  if (policy !== undefined) files.set('policies/scenario.cedar', policy)
  return bundleFrom(files)
}

export function bundleOf({ replace, addPolicy, onlyPolicy }: Scenario): Bundle {
  const files = plantFiles()
  for (const [file, pairs] of Object.entries(replace ?? {})) {
    for (const [from, to] of pairs) {
      const text = files.get(file) ?? ''
      if (!text.includes(from)) throw new Error(`${file} does not hold ${from}`)
      files.set(file, text.replace(from, to))
    }
  }
  if (onlyPolicy !== undefined) for (const file of files.keys()) if (file.endsWith('.cedar')) files.delete(file)
  const policy = addPolicy ?? onlyPolicy
  if (policy !== undefined) files.set('policies/scenario.cedar', policy)
  return bundleFrom(files)
}

const nineOnMonday = '2026-03-02T09:00:00Z'
const twoHours = 2 * 3_600_000

function nowOf({ now }: Scenario): number {
  return Date.parse(now ?? nineOnMonday)
}

export function factsOf(scenario: Scenario): Facts {
  return {
    now: nowOf(scenario),
    person: named(scenario.person),
    mfa: scenario.mfa ?? ['totp'],
    source: scenario.source ?? null,
    ticket: scenario.ticketState ?? (scenario.request.ticket === undefined ? 'none' : 'unchecked'),
    world: worldOf(scenario),
  }
}

function worldOf(scenario: Scenario): World {
  const { world = {} } = scenario
  return {
    ...quietWorld,
    suspensions: (world.suspended ?? []).map((given, i) => ({
      id: `sus_${String(i).padStart(26, '0')}` as SuspensionId,
      target: targetOf(given.kind, given.id ?? ''),
      by: named('approver').id,
      at: Date.parse(nineOnMonday) - 3_600_000,
      reason: 'an unknown laptop was seen',
    })),
    presences: (world.present ?? []).map(({ person, zone, until }) => ({
      person: named(person).id,
      zone: zone as ZoneId,
      until: Date.parse(until),
    })),
    attestations: (world.attested ?? []).map(({ person, label, until }) => ({
      person: named(person).id,
      label,
      until: Date.parse(until),
    })),
    trainings: new Map(Object.entries(world.trained ?? {}).map(([who, ends]) => [named(who).id, endsOf(ends)])),
    expectations: new Map(
      Object.entries(world.expected ?? {}).map(([supplier, ends]) => [supplier as SupplierId, endsOf(ends)]),
    ),
    heldScope: new Map(Object.entries(world.heldScope ?? {}).map(([asset, scope]) => [asset as AssetId, scope])),
    brokenSeals: new Set((world.brokenSeals ?? []) as readonly AssetId[]),
    unavailable: new Set(world.unavailable ?? []),
    physical: new Map(
      (world.physical ?? []).map(({ source, state, until }) => {
        const declared = [...bundleOf(scenario).physicalSources.values()].find(({ id }) => id === source)
        if (declared === undefined) throw new Error(`no source is called \`${source}\``)
        const { id, kind, zone, asset } = declared
        const fact = {
          source: id,
          kind,
          zone,
          asset,
          state,
          since: Date.parse(nineOnMonday) - 60_000,
          until: Date.parse(until),
        }
        return [id, { ...fact, message: 'evt-1' }] as const
      }),
    ),
    confirmations: new Map(
      (world.confirmed ?? []).map(({ asset, zone, seenOn }) => [
        asset as AssetId,
        {
          asset: asset as AssetId,
          zone: zone as ZoneId,
          seenOn,
          by: named('approver').id,
          at: Date.parse(`${seenOn}T12:00:00Z`),
        },
      ]),
    ),
  }
}

function endsOf(ends: Readonly<Record<string, string>>): ReadonlyMap<string, number> {
  return new Map(Object.entries(ends).map(([what, until]) => [what, Date.parse(until)]))
}

function targetOf(kind: SuspensionTarget['kind'], id: string): SuspensionTarget {
  switch (kind) {
    case 'person':
      return { kind, id: named(id).id }
    case 'supplier':
      return { kind, id: id as SupplierId }
    case 'asset':
      return { kind, id: id as AssetId }
    case 'zone':
      return { kind, id: id as ZoneId }
    case 'plant':
      return { kind, id: id as PlantId }
    case 'all':
      return { kind }
  }
}

export function requestOf(scenario: Scenario): DecisionRequest {
  const { request } = scenario
  if (request.action === 'connect') {
    const grant = request.grant === null ? null : grantOf(scenario, request.grant ?? {})
    const { living } = request
    const protocol = request.grant?.protocol ?? 'ssh'
    const question = { action: 'connect', asset: request.asset, protocol, grant } as const
    return living === undefined ? question : { ...question, living: { unavailable: living.unavailable } }
  }
  const ask: AccessAsk = {
    asset: request.asset,
    protocol: request.protocol ?? 'ssh',
    operationClass: request.operationClass ?? 'operate',
    window: windowOf(request, nowOf(scenario)),
    schedule: request.schedule ?? { kind: 'whole' },
    tier: request.tier ?? 'standard',
    criteria: request.criteria ?? [],
    purpose: 'drive 7 does not start',
    ticket: request.ticket ?? '',
    rollback: request.rollback ?? '',
    files: request.files ?? [],
    ...(request.transfer && { transfer: request.transfer }),
  }
  if (request.action === 'request') return { action: 'request', ask }
  return { action: request.action, ask, requester: named(request.requester ?? 'plant-engineer') }
}

function windowOf({ from, until }: Used, now: number): Window {
  const start = from === undefined ? now : Date.parse(from)
  return { from: start, until: until === undefined ? start + twoHours : Date.parse(until) }
}

function grantOf(scenario: Scenario, given: Scenario['request']['grant'] & object): Grant {
  const core = {
    id: 'gra_00000000000000000000000001' as GrantId,
    request: 'req_00000000000000000000000001' as RequestId,
    person: named(given.person ?? scenario.person).id,
    asset: given.asset ?? scenario.request.asset,
    protocol: given.protocol ?? ('ssh' as const),
    operationClass: given.operationClass ?? ('operate' as const),
    window: windowOf(given, nowOf(scenario)),
    schedule: given.schedule ?? { kind: 'whole' as const },
    tier: given.tier ?? ('standard' as const),
    escort: given.escort ?? false,
    conditions: '',
    ...(given.transfer && { transfer: given.transfer }),
  }
  const at = core.window.from + 60_000
  if (given.kind === 'revoked') {
    return { ...core, kind: 'revoked', by: named('approver').id, at, reason: 'line is running' }
  }
  return given.kind === 'expired' ? { ...core, kind: 'expired', at } : { ...core, kind: 'open' }
}

/** An open grant of somebody on an asset, as the scenarios have it. */
export function grantIn(person: Person, asset: string): Grant {
  const scenario = { name: '', person: '', request: { action: 'connect', asset: asset as AssetId } } as Scenario
  return { ...grantOf({ ...scenario, person: 'approver' }, {}), person: person.id }
}

export function named(part: string): Person {
  const found = people.get(part)
  if (found === undefined) throw new Error(`nobody plays \`${part}\``)
  return found
}
