// Addresses that were seen in the network, held against the inventory: what lies in a plant's own networks and belongs to
// no declared asset is kept until somebody of the plant has said what it is. What they say is evidence.

import {
  addressesOf,
  inventoryOf,
  plainIp,
  plantOf,
  type Asset,
  type Bundle,
  type PlantId,
  type SeenAddressId,
  type SeenVerdict,
} from '../../policy/index.ts'
import type { Clock } from '../clock.ts'
import { GatewayError } from '../errors.ts'
import type { StoredSeen } from '../store/seen-addresses.ts'
import type { Store } from '../store/store.ts'
import type { Actor } from './authorize.ts'
import { keepRefusal } from './refusal.ts'
import { keepUnknown, outstandingIn } from './unregistered.ts'
import { mayConfirm } from './walkdowns.ts'

export interface Compared {
  /** Of assets of the asker's plants. */
  readonly registered: number
  /** In networks of the asker's plants, and no asset's. */
  readonly unregistered: number
  /** Of those, how many were not known before. */
  readonly fresh: number
  /** Anything else: of other plants, and from outside. */
  readonly elsewhere: number
}

/** How much of what is known to be in the plants' networks is declared (ISO/IEC 27001:2022 A.5.9). */
export interface Accuracy {
  readonly declared: number
  /** Seen, not declared, and not said to be no asset. */
  readonly outstanding: number
  /** 0 to 1; null where nothing is known of either. */
  readonly ratio: number | null
}

export interface SeenService {
  /**
   * Compares distinct addresses, and keeps what nobody declared; all of it, or nothing.
   * @throws GatewayError `role-missing`, `malformed-body` for what is no address, `state-conflict` where too much waits.
   */
  compare(actor: Actor, addresses: readonly string[]): Promise<Compared>
  /** @throws GatewayError `role-missing`, `not-found`. What was said before may be said otherwise. */
  triage(actor: Actor, id: SeenAddressId, verdict: SeenVerdict, reason: string): Promise<StoredSeen>
  /** Is it declared by now? */
  isDeclared(seen: StoredSeen): boolean
  /** Of some plants, or, for null, of all. */
  accuracy(plants: readonly PlantId[] | null): Promise<Accuracy>
}

export function openSeenAddresses(deps: {
  readonly store: Store
  readonly clock: Clock
  readonly bundle: () => Bundle
}): SeenService {
  const { store, clock, bundle } = deps

  return {
    async compare(actor, addresses) {
      const { person } = actor
      const plants = bundle().scope.plants.filter(({ id }) => mayConfirm(person, id))
      if (plants.length === 0)
        return keepRefusal(
          { store, clock },
          { person: person.id, step: 'compare-flows', code: 'role-missing', subject: 'inventory' },
          'holding addresses against the inventory needs somebody who works at a plant',
        )
      const wrong = addresses.findIndex((address) => plainIp(address) === null)
      if (wrong >= 0) throw new GatewayError('malformed-body', `addresses[${wrong}]: expected an IP address`)
      const theirs = new Set(plants.map(({ id }) => id))
      const distinct = new Set(addresses.map((address) => plainIp(address) ?? address))
      const found = new Map<string, PlantId>()
      let registered = 0
      for (const address of distinct) {
        const seen = inventoryOf(bundle())(address)
        // Of another plant's inventory nothing is said, not even that it holds an address.
        if (seen.kind === 'asset') registered += isOf(theirs, bundle().assets.get(seen.asset)) ? 1 : 0
        else if (seen.kind === 'unregistered' && theirs.has(seen.plant)) found.set(address, seen.plant)
      }
      const counts = { registered, unregistered: found.size, elsewhere: distinct.size - registered - found.size }
      return store.change(async (tx) => {
        const fresh = await keepUnknown(tx, person.id, found, bundle(), clock.now())
        const entry = { by: person.id, ...counts, bundle: bundle().digest }
        await tx.ledger.append('asset.flows_compared', clock.now(), entry)
        return { ...counts, fresh }
      })
    },

    async triage({ person }, id, verdict, reason) {
      const seen = await store.seenAddresses.byId(id)
      if (seen === null) throw new GatewayError('not-found')
      if (!mayConfirm(person, seen.plant))
        return keepRefusal(
          { store, clock },
          { person: person.id, step: 'triage-address', code: 'role-missing', subject: id },
          `saying what this address is needs somebody who works at plant \`${seen.plant}\``,
        )
      const decided = { verdict, by: person.id, at: clock.now(), reason }
      await store.change(async (tx) => {
        await tx.seenAddresses.decide(id, decided)
        const entry = { seen: id, plant: seen.plant, by: person.id, verdict, reason: await tx.ledger.commit(reason) }
        await tx.ledger.append('asset.seen_triaged', decided.at, entry)
      })
      return { ...seen, decided }
    },

    isDeclared: ({ address }) => inventoryOf(bundle())(address).kind === 'asset',

    async accuracy(plants) {
      const theirs = plants === null ? null : new Set(plants)
      const assets = [...bundle().assets.values()].filter((asset) => theirs === null || isOf(theirs, asset))
      const declared = new Set(assets.flatMap(addressesOf)).size
      let outstanding = 0
      const rest = outstandingIn(store.seenAddresses, bundle(), plants)
      while ((await rest.next()).done !== true) outstanding++
      const all = declared + outstanding
      return { declared, outstanding, ratio: all === 0 ? null : declared / all }
    },
  }

  function isOf(plants: ReadonlySet<PlantId>, asset: Asset | undefined): boolean {
    return asset !== undefined && plants.has(plantOf(asset, bundle()).id)
  }
}
