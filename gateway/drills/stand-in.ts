// Who and what a drill is done with: a person who exists in it alone, access that nobody granted, and everything
// attested that could be asked for, so that the one thing that is wrong in a step is the one that is tried. None of it is
// written anywhere but in the drill's own entries.

import {
  ownLabels,
  plantOf,
  zoneOf,
  type Asset,
  type Bundle,
  type DrillRunId,
  type Grant,
  type Instant,
  type Login,
  type Person,
  type Place,
  type SuspensionId,
  type Supplier,
  type World,
} from '../../policy/index.ts'
import type { Actor } from '../access/authorize.ts'
import { mint } from '../clock.ts'
import type { Store, Tx } from '../store/store.ts'

const hour = 3_600_000
/** An address of nobody (RFC 5737, TEST-NET-1). */
const nowhere = '192.0.2.1'

export interface StandIn {
  readonly asset: Asset
  readonly actor: Actor
  /** The supplier they would be of; null where none may touch the asset: then they are of the plant. */
  readonly supplier: Supplier | null
  readonly grant: Grant
  /** What else holds, beside what really does. */
  readonly world: (really: World) => World
  /** May it be connected to from everywhere? */
  readonly isPlaceAsked: boolean
}

const firstAddress = (place: Place): string => place.networks[0]?.split('/')[0] ?? nowhere

/** Somebody everything is right of, and the access they would come with. */
export function standIn(asset: Asset, bundle: Bundle, really: World, now: Instant): StandIn {
  const plant = plantOf(asset, bundle)
  const zone = zoneOf(asset, bundle)
  const today = new Date(now).toISOString().slice(0, 10)
  const own = ownLabels(asset, bundle)
  const off = new Set(really.suspensions.flatMap(({ target }) => (target.kind === 'supplier' ? [target.id] : [])))
  const supplier =
    [...bundle.suppliers.values()].find(
      ({ id, labels, contract }) =>
        !off.has(id) && contract.from <= today && today < contract.until && labels.some((label) => own.includes(label)),
    ) ?? null
  const id = mint.person(now)
  const person: Person = {
    id,
    // Of nobody who was ever enrolled: wrong keys of theirs would count against somebody.
    login: `drill-${id.slice(-20)}` as Login,
    displayName: 'Drill',
    roles: [supplier === null ? 'engineer' : 'vendor'],
    supplier: supplier?.id ?? null,
    plants: [plant.id],
    disabled: false,
  }
  const colleague = mint.person(now)
  const controlled = bundle.scope.controlledLabels.filter(({ label }) => asset.labels.includes(label))
  const allowed = bundle.scope.places.find(({ country }) =>
    controlled.every(({ countries }) => countries.includes(country)),
  )
  const until = now + hour
  const grant: Grant = {
    kind: 'open',
    id: mint.grant(now),
    request: mint.request(now),
    person: person.id,
    asset: asset.id,
    protocol: 'ssh',
    operationClass: 'operate',
    window: { from: now - 60_000, until },
    schedule: { kind: 'whole' },
    tier: 'normal',
    escort: false,
    conditions: '',
  }
  return {
    asset,
    supplier,
    grant,
    actor: {
      person,
      mfa: ['totp'],
      source: controlled.length > 0 && allowed !== undefined ? firstAddress(allowed) : nowhere,
      drill: true,
    },
    isPlaceAsked: controlled.length > 0,
    world: (world) => ({
      ...world,
      presences: [...world.presences, { zone: zone.id, person: colleague, until }],
      attestations: [...world.attestations, ...controlled.map(({ label }) => ({ person: person.id, label, until }))],
      trainings: new Map([
        ...world.trainings,
        [person.id, new Map(bundle.access.trainings.map(({ id }) => [id, until]))],
      ]),
      expectations:
        supplier === null
          ? world.expectations
          : new Map([...world.expectations, [supplier.id, new Map(bundle.expectations.map(({ id }) => [id, until]))]]),
      confirmations: new Map([
        ...world.confirmations,
        [asset.id, { asset: asset.id, zone: zone.id, seenOn: today, by: colleague, at: now }],
      ]),
    }),
  }
}

/** A suspension nobody made, of the supplier or the person of a drill. */
export function supposedSuspension({ supplier, actor }: StandIn, now: Instant): World['suspensions'][number] {
  const target =
    supplier === null
      ? ({ kind: 'person', id: actor.person.id } as const)
      : ({ kind: 'supplier', id: supplier.id } as const)
  const id: SuspensionId = mint.suspension(now)
  return { id, target, by: actor.person.id, at: now, reason: 'drill' }
}

export interface MarkedStore {
  readonly store: Store
  /** Ledger indexes of what was written since the last time. */
  taken(): readonly number[]
}

/** The store, with every entry that is written through it marked as the drill's. */
export function markedBy(store: Store, drill: DrillRunId, alter: (tx: Tx) => Tx = (tx) => tx): MarkedStore {
  let entries: number[] = []
  return {
    store: {
      ...store,
      async change(work) {
        const written: number[] = []
        const result = await store.change((tx) =>
          work(
            alter({
              ...tx,
              ledger: {
                async append(type, at, data) {
                  const index = await tx.ledger.append(type, at, { ...data, drill })
                  written.push(index)
                  return index
                },
                commit: (value) => tx.ledger.commit(value),
              },
            }),
          ),
        )
        entries.push(...written)
        return result
      },
    },
    taken() {
      const given = entries
      entries = []
      return given
    },
  }
}
