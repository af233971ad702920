// What an incident touches: the plants, assets, sessions and suppliers somebody names, and what follows from them. A
// session brings its asset, its plant and its supplier with it, an asset its plant.

import {
  baselinesOf,
  plantOf,
  type AssetId,
  type Bundle,
  type Events,
  type PlantId,
  type SessionId,
  type SupplierId,
} from '../../policy/index.ts'
import { GatewayError } from '../errors.ts'
import type { Touched } from '../store/incidents.ts'
import type { Tables } from '../store/store.ts'

/** As somebody names them. */
export interface NamedThings {
  readonly plants?: readonly string[]
  readonly assets?: readonly string[]
  readonly sessions?: readonly string[]
  readonly suppliers?: readonly string[]
}

export const nothing: Touched = { plants: [], assets: [], sessions: [], suppliers: [] }
/** An entry of the ledger holds 65,535 bytes. */
const mostThings = 500

/** @throws GatewayError `not-found` for what is not there, `malformed-body` for too much. */
export async function findThings(
  tables: Pick<Tables, 'sessions' | 'people'>,
  bundle: Bundle,
  { plants = [], assets = [], sessions = [], suppliers = [] }: NamedThings,
): Promise<Touched> {
  const found = { plants: new Set<PlantId>(), assets: new Set<AssetId>(), suppliers: new Set<SupplierId>() }
  const ids: SessionId[] = []
  for (const name of plants) found.plants.add(declared(bundle.plants, name, 'plant'))
  for (const name of suppliers) found.suppliers.add(declared(bundle.suppliers, name, 'supplier'))
  for (const name of assets) {
    const id = declared(bundle.assets, name, 'asset')
    found.assets.add(id)
    const asset = bundle.assets.get(id)
    if (asset !== undefined) found.plants.add(plantOf(asset, bundle).id)
  }
  for (const name of sessions) {
    // INVARIANT: what the store finds under an id is a session's.
    const session = await tables.sessions.byId(name as SessionId)
    if (!session) throw new GatewayError('not-found', `no session \`${name}\``)
    ids.push(session.id)
    found.assets.add(session.asset)
    found.plants.add(session.plant)
    const supplier = (await tables.people.byId(session.person))?.supplier ?? null
    if (supplier !== null) found.suppliers.add(supplier)
  }
  return {
    plants: [...found.plants].toSorted(),
    assets: [...found.assets].toSorted(),
    sessions: [...new Set(ids)].toSorted(),
    suppliers: [...found.suppliers].toSorted(),
  }
}

function declared<T extends string>(known: ReadonlyMap<T, unknown>, name: string, what: string): T {
  // The cast says what the check then shows: a name of the map is an id.
  const id = name as T
  if (known.has(id)) return id
  throw new GatewayError('not-found', `no ${what} \`${name}\` in the bundle in force`)
}

export const countOf = ({ plants, assets, sessions, suppliers }: Touched): number =>
  plants.length + assets.length + sessions.length + suppliers.length

/** Both together. @throws GatewayError `malformed-body` where that is too much for one incident. */
export function joined(one: Touched, other: Touched): Touched {
  const both = <T extends string>(a: readonly T[], b: readonly T[]): readonly T[] =>
    [...new Set([...a, ...b])].toSorted((x, y) => (x < y ? -1 : 1))
  const all = {
    plants: both(one.plants, other.plants),
    assets: both(one.assets, other.assets),
    sessions: both(one.sessions, other.sessions),
    suppliers: both(one.suppliers, other.suppliers),
  }
  const count = countOf(all)
  if (count > mostThings)
    throw new GatewayError(
      'malformed-body',
      `an incident touches at most ${mostThings} things, got ${count}: name plants`,
    )
  return all
}

type ToldTouched = Pick<Events['incident.touches'], keyof Touched | 'baselines' | 'spansBaselines'>

/** The same as the evidence has it, with the baselines of its plants. */
export function toldOf(touched: Touched, { plants }: Pick<Bundle, 'plants'>): ToldTouched {
  const baselines = baselinesOf(touched.plants, plants)
  return { ...touched, baselines, spansBaselines: baselines.length > 1 }
}
