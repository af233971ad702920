// Which plants an entry of the ledger concerns, so that people who look over some plants read the entries of these, and a
// plant's register and export are its own. An entry says it itself, or by the session, grant, request, asset, zone or
// conduit it names; one that names none of them is of whom it is about, or of the gateway as a whole. Who wrote an entry
// does not make it theirs.

import {
  plantOf,
  type AssetId,
  type Bundle,
  type ConcernId,
  type ConduitId,
  type DeletionId,
  type DrillRunId,
  type EvidenceEvent,
  type IncidentId,
  type Person,
  type PlantId,
  type ReviewId,
  type ZoneId,
} from '../../policy/index.ts'
import type { Spot } from '../store/places.ts'
import type { Tables } from '../store/store.ts'
import { openSharedTurns } from '../turns.ts'

/** `house`: of no plant. `unknown`: it names something that cannot be found any more; only who looks over all reads it. */
export type Place =
  | { readonly kind: 'house' }
  | { readonly kind: 'unknown' }
  | {
      readonly kind: 'plants'
      readonly plants: ReadonlySet<PlantId>
      /** The assets it is about, where it is about some, with the sessions. */
      readonly spots: readonly Spot[]
    }

export interface PlaceReader {
  /** Where each of these entries belongs, in their order. For as many as one batch holds; in turns. */
  of(events: readonly EvidenceEvent[]): Promise<readonly Place[]>
}

type Tabled = Pick<Tables, 'places' | 'people' | 'reviews' | 'concerns' | 'incidents' | 'deletions' | 'drillRuns'>

const house: Place = { kind: 'house' }
const unknown: Place = { kind: 'unknown' }

const textsIn = (data: EvidenceEvent['data'], ...fields: readonly string[]): string[] =>
  fields.flatMap((field) => {
    const value = data[field]
    if (typeof value === 'string') return [value]
    return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : []
  })

/** What an entry is about by `target` or `subject`, as `{ kind, id }`. */
function targetIn({ data }: EvidenceEvent): { readonly kind: string; readonly id: string } | null {
  const target: unknown = data['target']
  if (typeof target !== 'object' || target === null || !('kind' in target)) return null
  const id = 'id' in target && typeof target.id === 'string' ? target.id : ''
  return { kind: String(target.kind), id }
}

/** The sessions of a sample. */
function drawnIn(data: EvidenceEvent['data']): string[] {
  const drawn: unknown = data['drawn']
  return Array.isArray(drawn) ? drawn.flatMap((one: EvidenceEvent['data']) => textsIn(one, 'session')) : []
}

/** Sessions, grants and requests an entry names, by id. */
function rowsIn(event: EvidenceEvent): readonly string[] {
  const { data } = event
  const target = targetIn(event)
  return [
    ...textsIn(data, 'session', 'sessions', 'grant', 'grants', 'request', 'names'),
    ...(target !== null && ['session', 'grant'].includes(target.kind) ? [target.id] : []),
    ...textsIn(data, 'subject'),
    ...drawnIn(data),
  ].filter((id) => /^(?:ses|gra|req)_/.test(id))
}

/** Whom an entry is about, by id. */
function peopleIn(event: EvidenceEvent): readonly string[] {
  const target = targetIn(event)
  const ids = [...textsIn(event.data, 'person', 'machine'), ...(target?.kind === 'person' ? [target.id] : [])]
  return ids.filter((id) => id.startsWith('per_'))
}

export function openPlaces(deps: { readonly store: Tabled; readonly bundle: () => Bundle }): PlaceReader {
  const { store, bundle } = deps

  const ofAsset = (id: string): Spot | null => {
    const asset = bundle().assets.get(id as AssetId)
    if (asset === undefined) return null
    return { plant: plantOf(asset, bundle()).id, asset: asset.id, session: null, labels: asset.labels }
  }

  function plantsOfZones(zones: readonly string[]): PlantId[] | null {
    const plants = zones.map((zone) => bundle().zones.get(zone as ZoneId)?.plant)
    return plants.every((plant) => plant !== undefined) ? plants : null
  }

  function ofDeclared(event: EvidenceEvent): Place | null {
    const { data } = event
    const target = targetIn(event)
    const assets = [...textsIn(data, 'asset', 'assets'), ...(target?.kind === 'asset' ? [target.id] : [])]
    if (assets.length > 0) {
      const spots = assets.map(ofAsset)
      return spots.every((spot) => spot !== null) ? placeOf(spots) : unknown
    }
    const conduits = textsIn(data, 'conduit').map((id) => bundle().conduits.get(id as ConduitId))
    if (conduits.includes(undefined)) return unknown
    const zones = [
      ...textsIn(data, 'zone', 'zones'),
      ...(target?.kind === 'zone' ? [target.id] : []),
      ...conduits.flatMap((conduit) => (conduit ? [conduit.from, conduit.to] : [])),
    ]
    if (zones.length === 0) return null
    const plants = plantsOfZones(zones)
    return plants === null ? unknown : { kind: 'plants', plants: new Set(plants), spots: [] }
  }

  /** Of a review, a concern, a deletion or a drill that later entries name alone. */
  async function ofObject({ data }: EvidenceEvent): Promise<Place | null> {
    const [review] = textsIn(data, 'review').filter((id) => id.startsWith('rev_'))
    if (review !== undefined) {
      const stored = await store.reviews.byId(review as ReviewId)
      return stored ? { kind: 'plants', plants: new Set([stored.plant]), spots: [] } : unknown
    }
    // What a drill tried stands nowhere else: its person is in no table, and what it names may be no asset.
    const [drill] = textsIn(data, 'drill')
    if (drill !== undefined) {
      const run = await store.drillRuns.byId(drill as DrillRunId)
      return run ? { kind: 'plants', plants: new Set([run.plant]), spots: [] } : unknown
    }
    const [concern] = textsIn(data, 'concern')
    if (concern !== undefined) {
      const stored = await store.concerns.byId(concern as ConcernId)
      if (!stored) return unknown
      return stored.plant === null ? house : { kind: 'plants', plants: new Set([stored.plant]), spots: [] }
    }
    const [deletion] = textsIn(data, 'deletion')
    if (deletion !== undefined) {
      const items = await store.deletions.items(deletion as DeletionId)
      return placeOf([...(await store.places.spots(items.map(({ session }) => session))).values()])
    }
    return null
  }

  /**
   * Of all that an incident touches, whatever the entry itself names of it: a session of one plant does not hide that
   * another is touched. What touches no plant is read by who looks over all, as the incident itself is.
   */
  async function ofIncident(id: string): Promise<Place> {
    const stored = await store.incidents.byId(id as IncidentId)
    if (!stored) return unknown
    const { plants, assets, sessions } = stored.touched
    const spots = [...(await store.places.spots(sessions)).values(), ...assets.flatMap((asset) => ofAsset(asset) ?? [])]
    const all = new Set([...plants, ...spots.map(({ plant }) => plant)])
    return all.size === 0 ? unknown : { kind: 'plants', plants: all, spots }
  }

  /** Null: whom it is about says where it belongs. */
  async function one(event: EvidenceEvent, spots: ReadonlyMap<string, Spot>): Promise<Place | null> {
    const rows = rowsIn(event)
    const known = rows.flatMap((id) => spots.get(id) ?? [])
    const [plant] = textsIn(event.data, 'plant')
    const target = targetIn(event)
    if (plant !== undefined || target?.kind === 'plant') {
      const said = (plant ?? target?.id) as PlantId
      const asset = textsIn(event.data, 'asset').flatMap((id) => ofAsset(id) ?? [])
      return { kind: 'plants', plants: new Set([said]), spots: known.length > 0 ? known : asset }
    }
    // One of several that cannot be found may have been of any plant.
    if (rows.length > 0) return known.length < rows.length ? unknown : placeOf(known)
    const found = ofDeclared(event) ?? (await ofObject(event))
    if (found !== null) return found
    const plants = textsIn(event.data, 'plants') as PlantId[]
    return plants.length > 0 ? { kind: 'plants', plants: new Set(plants), spots: [] } : null
  }

  return {
    async of(events) {
      const giveWay = openSharedTurns()
      const spots = await store.places.spots(events.flatMap(rowsIn))
      const places: (Place | null)[] = []
      const incidents = new Map<string, Place>()
      for (const event of events) {
        const [incident] = textsIn(event.data, 'incident')
        const known = incident === undefined ? null : (incidents.get(incident) ?? (await ofIncident(incident)))
        if (incident !== undefined && known !== null) incidents.set(incident, known)
        places.push(known ?? (await one(event, spots)))
        await giveWay()
      }
      const about = events.map((event, at) => (places[at] === null ? peopleIn(event) : []))
      const people = await store.people.byIds(about.flat())
      return places.map((place, at) => place ?? placeOfPeople((about[at] ?? []).flatMap((id) => people.get(id) ?? [])))
    },
  }
}

/** What names no place is of the plants of whom it is about; who acts for none is of the house. */
function placeOfPeople(people: readonly Person[]): Place {
  const plants = new Set(people.flatMap((person) => person.plants))
  return plants.size === 0 ? house : { kind: 'plants', plants, spots: [] }
}

function placeOf(spots: readonly Spot[]): Place {
  if (spots.length === 0) return unknown
  return { kind: 'plants', plants: new Set(spots.map(({ plant }) => plant)), spots }
}

/** Does it concern one of these plants, or none? `plants` null: who looks over all reads everything. */
export function isReadable(place: Place, plants: readonly PlantId[] | null): boolean {
  if (plants === null || place.kind === 'house') return true
  return place.kind === 'plants' && plants.some((plant) => place.plants.has(plant))
}

/** Does it concern these plants and no other? What belongs to no plant is not theirs alone. */
export function isOnlyOf(place: Place, plants: readonly PlantId[] | null): boolean {
  if (plants === null) return true
  return place.kind === 'plants' && [...place.plants].every((plant) => plants.includes(plant))
}
