// Is every asset in scope, every conduit that leads to one, every interface and all declared information covered: by somebody who answers for it, by a control
// that applies to it and holds, and by evidence about this very thing? Thing by thing, what is not covered first.

import type { Bundle } from './bundle/bundle.ts'
import { digestOf } from './digest.ts'
import { faultsOf, plantOfInterface } from './interface.ts'
import {
  pathways,
  type Asset,
  type Conduit,
  type InformationAsset,
  type Instant,
  type PlantInterface,
} from './model.ts'
import type { ControlState } from './register/evaluate.ts'
import { days } from './register/rule.ts'
import type { Subjects, SubjectTest } from './register/subjects.ts'
import { plantOf, scopeOf } from './scope.ts'
import { show } from './window.ts'

/**
 * `uncovered`: nobody answers for it, or no control of the register applies to it and is fresh. `untested`: such a
 * control is there, and nothing in the ledger shows one at work on this very thing lately.
 */
export const coverageStates = ['uncovered', 'untested', 'covered'] as const
export type CoverageState = (typeof coverageStates)[number]

export interface Coverage {
  readonly kind: 'asset' | 'conduit' | 'interface' | 'information'
  readonly id: string
  readonly name: string
  readonly plant: string
  readonly owner: string | null
  /** Controls of the register that apply to it. */
  readonly controls: readonly { readonly id: string; readonly state: ControlState['kind'] }[]
  readonly freshest: SubjectTest | null
  readonly state: CoverageState
  /** Why, in one clause. */
  readonly why: string
}

export interface CoverageReport {
  readonly counts: Readonly<Record<CoverageState, number>>
  /** What is not covered first. */
  readonly items: readonly Coverage[]
}

const always = (): boolean => true
const isSis = ({ safety }: Asset): boolean => safety === 'SIS'

/** Which assets a control is about; one that is not here is about people, rules or the gateway itself. */
const assetControls: Readonly<Record<string, (asset: Asset) => boolean>> = {
  'GW-SCP-01': always,
  'GW-INV-01': always,
  'GW-ACC-01': always,
  'GW-ACC-02': always,
  'GW-ACC-03': always,
  'GW-AUT-01': always,
  'GW-RAC-04': always,
  'GW-RAC-05': always,
  'GW-RAC-07': always,
  'GW-NET-04': always,
  'GW-LOG-02': always,
  'GW-CHG-01': always,
  'GW-SAF-01': isSis,
}
const conduitControls: readonly string[] = ['GW-NET-01', 'GW-NET-02', 'GW-NET-04', 'GW-INV-02']
const interfaceControls: readonly string[] = ['GW-INV-02']
/** Of ways past the boundary as well. */
const pathwayControls: readonly string[] = [...interfaceControls, 'GW-SUP-04']
const informationControls: readonly string[] = ['GW-INV-01', 'GW-CLS-01', 'GW-ACC-01', 'GW-NET-04', 'GW-LOG-02']
/** The register of interfaces is gone through once a year at least (control GW-INV-02). */
const registeredDays = 366

/** The report; `states` are those of the register's controls now. */
export function coverageReport(
  bundle: Bundle,
  states: ReadonlyMap<string, ControlState>,
  subjects: Subjects,
  now: Instant,
): CoverageReport {
  const used = bundle.register.controls.flatMap(({ control }) => states.get(control) ?? [])
  const testedSince = now - days(bundle.scope.confirmEveryDays)
  const inScope = [...bundle.assets.values()].filter((asset) => scopeOf(asset, bundle).kind === 'in')
  const zones = new Set(inScope.map(({ zone }) => zone))
  const items = [
    ...inScope.map((asset) => {
      const controls = used.filter(({ control }) => assetControls[control.id]?.(asset) === true)
      const { id, name, owner } = asset
      const about = { kind: 'asset', id, name, plant: plantOf(asset, bundle).name, owner } as const
      return judge(about, controls, subjects.asset(id), testedSince)
    }),
    ...[...bundle.conduits.values()]
      .filter(({ from, to }) => zones.has(from) || zones.has(to))
      .map((conduit) => {
        const controls = used.filter(({ control }) => conduitControls.includes(control.id))
        return judge(conduitRow(conduit, bundle), controls, subjects.conduit(conduit.id), testedSince)
      }),
    // Whatever the scope says of what they join.
    ...[...bundle.interfaces.values()].map((each) => {
      const ids = pathways.has(each.type) ? pathwayControls : interfaceControls
      const controls = used.filter(({ control }) => ids.includes(control.id))
      const row = judge(interfaceRow(each, bundle), controls, subjects.interface(each.id), now - days(registeredDays))
      const fault = faultsOf(each, bundle, now).find(({ kind }) => kind !== 'ownerless')
      return fault === undefined || row.owner === null ? row : { ...row, state: 'uncovered' as const, why: fault.text }
    }),
    ...[...bundle.information.values()].map((item) => {
      const controls = used.filter(({ control }) => informationControls.includes(control.id))
      const tests = item.heldBy.flatMap((id) => subjects.asset(id) ?? [])
      const latest = tests.reduce<SubjectTest | null>((best, one) => (best && best.at >= one.at ? best : one), null)
      const row = judge(informationRow(item, bundle), controls, latest, testedSince)
      if (item.labels.length > 0) return row
      return { ...row, state: 'uncovered' as const, why: 'it has no label, so nothing is handled by what it is' }
    }),
  ]
  const counts = { uncovered: 0, untested: 0, covered: 0 }
  for (const { state } of items) counts[state] += 1
  const rank = (row: Coverage): number => coverageStates.indexOf(row.state)
  return { counts, items: items.toSorted((a, b) => rank(a) - rank(b)) }
}

/** SHA-256 (hex) over what the report says of each thing: two reports that say the same have the same. */
export function coverageDigest({ items }: CoverageReport): string {
  return digestOf(
    items.flatMap(({ kind, id, owner, state, controls, freshest }) => [
      kind,
      id,
      owner ?? '',
      state,
      controls.map((one) => `${one.id} ${one.state}`).join(','),
      freshest === null ? '' : `${freshest.control} ${freshest.index}`,
    ]),
  )
}

function interfaceRow(each: PlantInterface, bundle: Bundle): About {
  const { id, name, owner } = each
  return { kind: 'interface', id, name, plant: plantOfInterface(each, bundle)?.name ?? '', owner }
}

function informationRow({ id, name, owner, heldBy }: InformationAsset, bundle: Bundle): About {
  const holders = heldBy.flatMap((asset) => bundle.assets.get(asset) ?? [])
  const plants = new Set(holders.map((asset) => plantOf(asset, bundle).name))
  return { kind: 'information', id, name, plant: [...plants].join(', '), owner }
}

type About = Pick<Coverage, 'kind' | 'id' | 'name' | 'plant' | 'owner'>

function conduitRow({ id, from, to, owner }: Conduit, bundle: Bundle): About {
  const [source, target] = [bundle.zones.get(from), bundle.zones.get(to)]
  const zone = target ?? source
  const plant = zone && bundle.plants.get(zone.plant)
  return {
    kind: 'conduit',
    id,
    name: `${source?.name ?? from} to ${target?.name ?? to}`,
    plant: plant?.name ?? '',
    owner,
  }
}

function judge(
  about: About,
  states: readonly ControlState[],
  freshest: SubjectTest | null,
  testedSince: Instant,
): Coverage {
  const controls = states.map(({ control, kind }) => ({ id: control.id, state: kind }))
  const row = { ...about, controls, freshest }
  const uncovered = (why: string): Coverage => ({ ...row, state: 'uncovered', why })
  if (about.owner === null) return uncovered('nobody answers for it')
  if (controls.length === 0) return uncovered('no control of the register applies to it')
  const fresh = controls.filter(({ state }) => state === 'fresh').length
  if (fresh === 0) return uncovered(`of ${controls.length} controls that apply none is fresh`)
  if (freshest === null) return { ...row, state: 'untested', why: 'the ledger shows no control at work on it' }
  if (freshest.at < testedSince)
    return { ...row, state: 'untested', why: `last tested at ${show(freshest.at)}, by ${freshest.control}` }
  return { ...row, state: 'covered', why: `${fresh} of ${controls.length} controls that apply are fresh` }
}
