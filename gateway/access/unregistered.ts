// Addresses in a plant's networks that no declared asset has, kept until somebody of the plant has said what they are:
// those of a list of what was seen, and those somebody asked for at the door. Who may give a list, and who says what an
// address is, is seen-addresses.ts's.

import {
  inventoryOf,
  plainIp,
  triageDays,
  type Bundle,
  type Instant,
  type PersonId,
  type PlantId,
} from '../../policy/index.ts'
import { mint } from '../clock.ts'
import { GatewayError } from '../errors.ts'
import type { SeenAddresses, StoredSeen } from '../store/seen-addresses.ts'
import type { Tx } from '../store/store.ts'

/** More than anybody goes through: the networks are declared wrongly, or the inventory is empty. */
const mostSeen = 10_000
/** What is asked for at the door fills no more than this: nobody makes up addresses until no list can be kept. */
const mostAskedFor = 1_000
const dayMs = 24 * 3_600_000
const pageSize = 500

/**
 * Keeps addresses, by the plant each lies in, and gives how many were not known before.
 * @throws GatewayError `state-conflict` where too much waits.
 */
export async function keepUnknown(
  tx: Tx,
  by: PersonId,
  found: ReadonlyMap<string, PlantId>,
  bundle: Bundle,
  now: Instant,
): Promise<number> {
  const before = await tx.seenAddresses.byAddresses([...found.keys()])
  const fresh = [...found].filter(([address]) => !before.has(address))
  const { all } = await tx.seenAddresses.counts()
  if (all + fresh.length > mostSeen)
    throw new GatewayError(
      'state-conflict',
      `nothing was kept: at most ${mostSeen} undeclared addresses are kept, and this makes ${all + fresh.length}: declare what is there, or correct \`networks\` of the plants`,
    )
  await tx.seenAddresses.again(
    [...before.values()].map(({ id }) => id),
    now,
  )
  for (const [address, plant] of fresh) {
    const id = mint.seenAddress(now)
    await tx.seenAddresses.insert({ id, address, plant, firstAt: now, lastAt: now, decided: null })
    await tx.ledger.append('asset.unregistered_seen', now, {
      seen: id,
      plant,
      address: await tx.ledger.commit(address),
      by,
      triageBy: now + triageDays * dayMs,
      bundle: bundle.digest,
    })
  }
  return fresh.length
}

/** Keeps what somebody named at the door, where it is an address in a plant's networks that no asset has. */
export async function keepAskedFor(tx: Tx, by: PersonId, named: string, bundle: Bundle, now: Instant): Promise<void> {
  const address = plainIp(named)
  if (address === null) return
  const seen = inventoryOf(bundle)(address)
  if (seen.kind !== 'unregistered') return
  const { all } = await tx.seenAddresses.counts()
  if (all < mostAskedFor) await keepUnknown(tx, by, new Map([[address, seen.plant]]), bundle, now)
}

/** What is still declared nowhere and was not said to be no asset, newest first; of some plants, or, for null, all. */
export async function* outstandingIn(
  seen: Pick<SeenAddresses, 'list'>,
  bundle: Bundle,
  plants: readonly PlantId[] | null,
): AsyncGenerator<StoredSeen> {
  const of = inventoryOf(bundle)
  let before: StoredSeen['id'] | null = null
  do {
    const page: readonly StoredSeen[] = await seen.list({ open: false, plants }, { limit: pageSize, before })
    for (const one of page) if (one.decided?.verdict !== 'known' && of(one.address).kind === 'unregistered') yield one
    before = page.length === pageSize ? (page.at(-1)?.id ?? null) : null
  } while (before !== null)
}
