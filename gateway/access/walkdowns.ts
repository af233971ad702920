// Walkdowns: somebody of the plant has stood before an asset and found it as it is declared. Kept in memory for the
// door, which asks at every decision; the store is the record, and is read on from where the last reading stopped.

import {
  confirmedUntil,
  faultOfWalkdown,
  parseAssetId,
  plantOf,
  quote,
  todayAt,
  type Asset,
  type AssetId,
  type Bundle,
  type Confirmation,
  type Person,
  oversees,
} from '../../policy/index.ts'
import type { Bus } from '../bus/bus.ts'
import type { Clock } from '../clock.ts'
import { GatewayError } from '../errors.ts'
import type { Store } from '../store/store.ts'
import type { Actor } from './authorize.ts'
import { keepRefusal } from './refusal.ts'

/** One asset seen, on a day in its plant's own zone; without one, today. */
export interface SeenAsset {
  readonly asset: string
  readonly seenOn?: string
  readonly note?: string
}

export interface Walkdowns {
  /** The last of each asset, for `World.confirmations`. */
  confirmations(): ReadonlyMap<AssetId, Confirmation>
  /** Reads on: after each confirmation here, and every second for what another process wrote. */
  refresh(): Promise<void>
  /**
   * Confirms all of them, or none: every asset has to be declared, and each day to be one that still counts.
   * @throws GatewayError `role-missing`, `malformed-body` with every fault.
   */
  confirm(actor: Actor, seen: readonly SeenAsset[]): Promise<readonly Asset[]>
}

/** May this person say so? Who works at the plant goes and looks; an isms-manager may do so anywhere. */
export function mayConfirm(person: Person, plant: Person['plants'][number]): boolean {
  const { supplier, roles, plants } = person
  if (supplier !== null) return false
  if (oversees(person, plant, ['isms-manager'])) return true
  const looks = roles.some((role) => ['engineer', 'approver', 'escort', 'safety-engineer', 'admin'].includes(role))
  return looks && plants.includes(plant)
}

interface Row {
  readonly asset: Asset
  readonly seenOn: string
  readonly note: string | null
}

export async function openWalkdowns(deps: {
  readonly store: Store
  readonly clock: Clock
  readonly bundle: () => Bundle
  readonly bus: Bus
}): Promise<Walkdowns> {
  const { store, clock, bundle, bus } = deps
  let last = 0
  let known: ReadonlyMap<AssetId, Confirmation> = new Map()
  let reading: Promise<void> = Promise.resolve()

  async function read(): Promise<void> {
    const rows = await store.confirmations.after(last)
    if (rows.length === 0) return
    const next = new Map(known)
    for (const { seq, asset, zone, seenOn, by, at } of rows) {
      last = seq
      // A walkdown that is entered late does not make a newer one older.
      const before = next.get(asset)
      if (before === undefined || before.seenOn <= seenOn) next.set(asset, { asset, zone, seenOn, by, at })
    }
    known = next
    bus.publish({ kind: 'reevaluate', because: 'world' })
  }

  function refresh(): Promise<void> {
    reading = reading.then(read, read)
    return reading
  }

  function readRow({ asset: named, seenOn, note }: SeenAsset, now: number): Row | string {
    const parsed = parseAssetId(named)
    const asset = parsed.kind === 'ok' ? bundle().assets.get(parsed.id) : undefined
    if (asset === undefined) return `asset ${quote(named)} is not declared: expected the id of a declared asset`
    const day = seenOn ?? todayAt(asset, bundle(), now)
    // It stood elsewhere later than that: where it is declared now, nobody can have seen it then.
    const last = known.get(asset.id)
    if (last !== undefined && last.zone !== asset.zone && day < last.seenOn)
      return `asset ${quote(asset.id)}: seen on ${day}: expected a day from ${last.seenOn} on, when it was seen in zone ${quote(last.zone)}`
    return faultOfWalkdown(asset, day, bundle(), now) ?? { asset, seenOn: day, note: note ?? null }
  }

  await refresh()
  return {
    confirmations: () => known,
    refresh,
    async confirm({ person }, seen) {
      const now = clock.now()
      const read = seen.map((one) => readRow(one, now))
      const rows = read.filter((row) => typeof row !== 'string')
      const foreign = rows.find(({ asset }) => !mayConfirm(person, plantOf(asset, bundle()).id))
      if (foreign !== undefined)
        return keepRefusal(
          { store, clock },
          { person: person.id, step: 'confirm-asset', code: 'role-missing', subject: foreign.asset.id },
          `confirming asset \`${foreign.asset.id}\` needs somebody who works at plant \`${plantOf(foreign.asset, bundle()).id}\``,
        )
      const named = seen.map(({ asset }) => asset)
      const twice = [...new Set(named.filter((name, i) => named.indexOf(name) !== i))]
      const faults = [
        ...read.filter((row) => typeof row === 'string'),
        ...twice.map((name) => `asset ${quote(name)} is named twice`),
      ]
      if (faults.length > 0)
        throw new GatewayError('malformed-body', 'nothing was confirmed: what is wrong has to be mended first', {
          problems: faults,
        })
      await store.change(async (tx) => {
        const by = person.id
        await tx.confirmations.insert(
          rows.map(({ asset, seenOn, note }) => ({ asset: asset.id, zone: asset.zone, seenOn, by, at: now, note })),
        )
        for (const { asset, seenOn, note } of rows)
          await tx.ledger.append('asset.walkdown_confirmed', now, {
            asset: asset.id,
            plant: plantOf(asset, bundle()).id,
            zone: asset.zone,
            seenOn,
            until: confirmedUntil(asset, seenOn, bundle()),
            by,
            note: note === null ? null : await tx.ledger.commit(note),
            bundle: bundle().digest,
          })
      })
      await refresh()
      return rows.map(({ asset }) => asset)
    },
  }
}
