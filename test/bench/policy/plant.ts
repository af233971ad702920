// A made-up plant of any size as bundle files: so many assets, so many policies, and the same question to ask at every
// size. Everything follows from the numbers, so that two runs measure the same.

import { generateOpensshKey } from '../../../certs-dev/openssh-key.ts'

export interface PlantSize {
  readonly assets: number
  readonly policies: number
}

/** Assets stand in zones of at most so many, as a line has machines. */
const assetsPerZone = 250
const zonesPerPlant = 20
const types = ['engineering-workstation', 'hmi', 'scada-server', 'historian', 'plc'] as const
const labels = ['drives', 'packaging', 'robots', 'control'] as const

export const zoneCount = ({ assets }: PlantSize): number => Math.max(4, Math.ceil(assets / assetsPerZone))
const plantOf = (zone: number): number => Math.floor(zone / zonesPerPlant)
const plantCount = (size: PlantSize): number => plantOf(zoneCount(size) - 1) + 1

/** Ids as the questions name them. */
export const assetId = (i: number): string => `asset-${i}`
export const zoneId = (i: number): string => `zone-${i}`
export const plantId = (i: number): string => `plant-${i}`
export const plantIds = (size: PlantSize): string[] => Array.from({ length: plantCount(size) }, (_, i) => plantId(i))

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i)

function scopeYaml(size: PlantSize): string {
  const plants = range(plantCount(size))
  return [
    'version: bench-1',
    'statement: everything of these plants',
    'justification: a bench measures all of it',
    'plants:',
    ...plants.map((i) => `  - { id: ${plantId(i)}, name: Plant ${i}, timeZone: Europe/Berlin, maxWindowMinutes: 480 }`),
    'include:',
    ...plants.map((i) => `  - { id: all-of-${i}, plant: ${plantId(i)}, reason: all of it }`),
    'exclude: []',
    'phases:',
    '  - phase: 1',
    `    types: [${types.join(', ')}]`,
    '    criteria: [{ text: it is a bench, metOn: 2026-01-01 }]',
    '    plannedFor: 2026-01-02',
    '    opened: { on: 2026-01-02, by: OT security lead }',
    '',
  ].join('\n')
}

function zonesYaml(size: PlantSize): string {
  const plants = range(plantCount(size))
  const zones = range(zoneCount(size))
  return [
    'zones:',
    ...plants.map(
      (i) =>
        `  - { id: dmz-${i}, plant: ${plantId(i)}, name: Boundary ${i}, level: 3.5, owner: OT security lead, gateway: true }`,
    ),
    ...zones.map(
      (i) =>
        `  - { id: ${zoneId(i)}, plant: ${plantId(plantOf(i))}, name: Zone ${i}, level: 2, owner: Automation lead }`,
    ),
    'boundaries:',
    ...plants.flatMap((i) =>
      ['L4-L3', 'L3-L2'].map(
        (profile) => `  - { profile: ${profile}, plant: ${plantId(i)}, owner: OT security lead, reason: a bench }`,
      ),
    ),
    'conduits:',
    ...zones.map((i) =>
      [
        `  - id: into-${zoneId(i)}`,
        `    from: dmz-${plantOf(i)}`,
        `    to: ${zoneId(i)}`,
        '    direction: forward',
        '    protocols: [ssh]',
        '    operationClass: engineer',
        '    owner: OT security lead',
        '    reason: brokered maintenance',
        '    spans: a bench',
        '    reviewBy: 2035-12-31',
      ].join('\n'),
    ),
    '',
  ].join('\n')
}

interface AssetRow {
  readonly id: string
  readonly name: string
  readonly zone: string
  readonly type: string
  readonly criticality: string
  readonly labels: string
}

/** No two assets have one address. */
const hostOf = (i: number): string => `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`

/** Every field of the n-th asset follows from n. */
function assetRow(i: number, size: PlantSize): AssetRow {
  return {
    id: assetId(i),
    name: `Asset ${i}`,
    zone: zoneId(i % zoneCount(size)),
    type: types[i % types.length] ?? types[0],
    criticality: i % 3 === 0 ? 'high' : 'medium',
    labels: labels[i % labels.length] ?? labels[0],
  }
}

function assetsYaml(size: PlantSize, hostKey: string): string {
  const rows = range(size.assets).map((i) => {
    const { id, name, zone, type, criticality, labels: label } = assetRow(i, size)
    return [
      `  - id: ${id}`,
      `    name: ${name}`,
      `    zone: ${zone}`,
      '    owner: Automation lead',
      `    type: ${type}`,
      `    criticality: ${criticality}`,
      '    safety: none',
      `    labels: [${label}]`,
      '    endpoints:',
      `      - { protocol: ssh, host: ${hostOf(i)}, port: 22, hostKeys: [${hostKey}], account: service, credential: c-${i} }`,
      '    expiry: cut',
    ].join('\n')
  })
  return ['assets:', ...rows, ''].join('\n')
}

/** The same inventory as a table. */
function assetsCsv(size: PlantSize, hostKey: string): string {
  const rows = range(size.assets).map((i) => {
    const { id, name, zone, type, criticality, labels: label } = assetRow(i, size)
    return [id, name, zone, type, criticality, label, hostOf(i), hostKey, `c-${i}`].join(';')
  })
  return ['Tag;Description;Area;Class;Criticality;Labels;Address;Host key;Credential', ...rows, ''].join('\n')
}

const mapping = `separator: ;
fields:
  id: Tag
  name: Description
  zone: Area
  owner: { constant: Automation lead }
  type: Class
  criticality: Criticality
  safety: { constant: none }
  labels: Labels
  expiry: { constant: cut }
  endpoint.protocol: { constant: ssh }
  endpoint.host: Address
  endpoint.port: { constant: 22 }
  endpoint.hostKeys: Host key
  endpoint.account: { constant: service }
  endpoint.credential: Credential
`

const suppliersYaml = `suppliers:
${labels.map((label) => `  - { id: ${label}-service, name: Service of ${label}, sponsor: Automation lead, contract: { from: 2024-01-01, until: 2035-12-31 }, labels: [${label}] }`).join('\n')}
`

const registerYaml = `controls:
  - { control: GW-ACC-01, owner: OT security lead, risks: [R-01] }
risks:
  - { id: R-01, title: Somebody reaches what nobody knew was reachable, owner: OT security lead }
`

const annotated = (id: string, text: string, body: string): string => `@id("${id}")\n@text("${text}")\n${body}\n`

/** The rules every plant has; the others are about zones, suppliers and kinds of assets in turn. */
const basePolicies = [
  annotated(
    'supplier-may-request',
    'A supplier asks.',
    'permit (principal, action == Action::"request", resource) when { principal.roles.contains(Role::"vendor") && principal has supplier };',
  ),
  annotated(
    'engineer-may-request',
    'An engineer asks.',
    'permit (principal, action == Action::"request", resource) when { principal.roles.contains(Role::"engineer") };',
  ),
  annotated(
    'approver-may-approve',
    'An approver approves.',
    'permit (principal, action in [Action::"approve", Action::"extend"], resource) when { principal.roles.contains(Role::"approver") };',
  ),
  annotated(
    'grant-may-be-used',
    'A grant is used.',
    'permit (principal, action == Action::"connect", resource) when { context.grant == GrantState::"open" && context.grantFits && context.insideWindow };',
  ),
  annotated(
    'own-request',
    'Nobody decides on their own request.',
    'forbid (principal, action in [Action::"approve", Action::"extend"], resource) when { context.ownRequest };',
  ),
]

/** Three of four rules name a zone, as a plant's own rules do; the fourth is about everything. */
function policyOf(i: number, size: PlantSize): string {
  const zone = zoneId(i % zoneCount(size))
  switch (i % 4) {
    case 0:
      return annotated(
        `rule-${i}`,
        'Short windows for engineering here.',
        `forbid (principal, action, resource in Zone::"${zone}") when { context.operationClass == OperationClass::"engineer" && context.windowMinutes > ${480 + i} };`,
      )
    case 1:
      return annotated(
        `rule-${i}`,
        'Suppliers do not engineer here on high criticality.',
        `forbid (principal, action, resource in Zone::"${zone}") when { principal has supplier && resource.criticality == Criticality::"high" && context.operationClass == OperationClass::"engineer" && context.windowMinutes > ${300 + i} };`,
      )
    case 2:
      return annotated(
        `rule-${i}`,
        'Nothing of this kind here.',
        `forbid (principal, action, resource in Zone::"${zone}") when { resource.type == "kind-${i}" };`,
      )
    default:
      return annotated(
        `rule-${i}`,
        'Nothing with this label.',
        `forbid (principal, action, resource) when { resource.labels.contains("label-${i}") };`,
      )
  }
}

/** The bundle's files. `inventory` says how the assets are written down. */
export function plantFiles(size: PlantSize, inventory: 'yaml' | 'csv'): Map<string, string> {
  const hostKey = generateOpensshKey('bench').public.split(' ').slice(0, 2).join(' ')
  const more = range(Math.max(0, size.policies - basePolicies.length)).map((i) => policyOf(i, size))
  const assets =
    inventory === 'yaml'
      ? ([['assets.yaml', assetsYaml(size, hostKey)]] as const)
      : ([
          ['assets.csv', assetsCsv(size, hostKey)],
          ['assets.mapping.yaml', mapping],
        ] as const)
  return new Map([
    ['scope.yaml', scopeYaml(size)],
    ['zones.yaml', zonesYaml(size)],
    ...assets,
    ['suppliers.yaml', suppliersYaml],
    ['register.yaml', registerYaml],
    ['policies/all.cedar', [...basePolicies, ...more].join('\n')],
  ])
}
