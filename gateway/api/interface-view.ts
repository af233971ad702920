// Interfaces and information as the contract shows them: of some plants, or of all.

import {
  informationReport,
  interfaceReport,
  plantOf,
  plantOfInterface,
  type Bundle,
  type InformationAsset,
  type PlantInterface,
} from '../../policy/index.ts'
import type { InformationView, InterfaceView } from '../contract/views.ts'

/** Every interface of some plants, or, for null, all; what is overdue first. */
export function interfaceViews(
  bundle: Bundle,
  now: number,
  plants: readonly string[] | null,
): readonly InterfaceView[] {
  const views = [...bundle.interfaces.values()]
    .filter((each) => plants === null || isAmong(plantOfInterface(each, bundle)?.id, plants))
    .map((each) => interfaceView(each, bundle, now))
  return [...views.filter(({ faults }) => faults.length > 0), ...views.filter(({ faults }) => faults.length === 0)]
}

function interfaceView(each: PlantInterface, bundle: Bundle, now: number): InterfaceView {
  const { from, to, payloads, faults, conduits, supplier, ...rest } = interfaceReport(each, bundle, now)
  return {
    ...rest,
    plant: plantOfInterface(each, bundle)?.name ?? '',
    from: { ...from },
    to: { ...to },
    payloads: [...payloads],
    faults: [...faults],
    conduits: [...conduits],
    supplier: supplier === null ? null : (bundle.suppliers.get(supplier)?.name ?? supplier),
  }
}

/** Information that some plants hold, or, for null, all; of a holder in another plant nothing is said. */
export function informationViews(bundle: Bundle, plants: readonly string[] | null): readonly InformationView[] {
  return [...bundle.information.values()]
    .map((item) => informationView(item, bundle, plants))
    .filter(({ heldBy }) => heldBy.length > 0)
}

function informationView(item: InformationAsset, bundle: Bundle, plants: readonly string[] | null): InformationView {
  const { labels, heldBy, ...rest } = informationReport(item, bundle)
  const shown = heldBy.filter(({ asset: id }) => {
    const asset = bundle.assets.get(id)
    return plants === null || (asset !== undefined && isAmong(plantOf(asset, bundle).id, plants))
  })
  return { ...rest, labels: [...labels], heldBy: shown.map((one) => ({ ...one })) }
}

const isAmong = (plant: string | undefined, plants: readonly string[]): boolean =>
  plant !== undefined && plants.includes(plant)
