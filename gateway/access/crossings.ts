// The register of crossings in the ledger: what of conduits and interfaces came, changed or went with the bundle in force,
// and which interfaces are overdue. Compared with what the ledger itself said last, so that a restart repeats nothing and
// a ledger that began before crossings were registered catches up. That a conduit is closed every decision reckons.

import {
  conduitDigest,
  faultsOf,
  interfaceDigest,
  isConduitInScope,
  type Bundle,
  type Conduit,
  type Events,
  type InterfaceEnd,
  type PlantInterface,
} from '../../policy/index.ts'
import type { Clock } from '../clock.ts'
import { newestFirst } from '../store/newest-first.ts'
import type { Store, Tx } from '../store/store.ts'

export interface CrossingRegister {
  /** Called every second; looks again when another bundle is in force, and once a minute at what became overdue. */
  sweep(): Promise<void>
}

const lookEveryMs = 60_000
/** Entries in one transaction: others wait for it. */
const atOnce = 100

const registered = [
  'conduit.defined',
  'conduit.changed',
  'conduit.removed',
  'interface.defined',
  'interface.changed',
  'interface.removed',
] as const

type Write = (tx: Tx, now: number) => Promise<unknown>
type Kind = 'conduit' | 'interface'

/** What the ledger says of crossings: the digest of each as it was declared last, and the faults written of it. */
class Said {
  readonly digests = new Map<string, string>()
  readonly faults = new Set<string>()
}

const keyOf = (kind: Kind, id: string): string => `${kind} ${id}`
const faultKey = (id: string, fault: string, digest: string): string => `${id} ${fault} ${digest}`

async function readSaid(store: Store): Promise<Said> {
  const said = new Said()
  const gone = new Set<string>()
  for await (const { type, data } of newestFirst(store.evidence, { types: registered, session: null })) {
    const kind: Kind = type.startsWith('conduit.') ? 'conduit' : 'interface'
    const key = keyOf(kind, String(data[kind]))
    if (gone.has(key) || said.digests.has(key)) continue
    if (type.endsWith('.removed')) gone.add(key)
    else said.digests.set(key, String(data['digest']))
  }
  const current = new Set(said.digests.values())
  for await (const { data } of newestFirst(store.evidence, { types: ['interface.overdue'], session: null })) {
    const digest = String(data['digest'])
    if (current.has(digest)) said.faults.add(faultKey(String(data['interface']), String(data['fault']), digest))
  }
  return said
}

async function conduitEntry(tx: Tx, each: Conduit, bundle: Bundle): Promise<Events['conduit.defined']> {
  const { id, from, to, direction, protocols, payloads, spans, owner, reason, reviewBy } = each
  return {
    conduit: id,
    from,
    to,
    direction,
    protocols,
    payloads,
    ...(spans !== null && { spans: await tx.ledger.commit(spans) }),
    owner: owner === null ? null : await tx.ledger.commit(owner),
    reason: await tx.ledger.commit(reason),
    reviewBy,
    closesAt: bundle.conduitClosesAt.get(id) ?? 0,
    inScope: isConduitInScope(each, bundle),
    bundle: bundle.digest,
    digest: conduitDigest(each, bundle),
  }
}

async function interfaceEntry(tx: Tx, each: PlantInterface, bundle: Bundle): Promise<Events['interface.defined']> {
  const { id, type, direction, payloads, owner, reason, change, reviewBy, state, conduits } = each
  const end = async (of: InterfaceEnd): Promise<Events['interface.defined']['from']> => ({
    kind: of.kind,
    id: of.kind === 'outside' ? await tx.ledger.commit(of.name) : of.id,
  })
  return {
    interface: id,
    type,
    from: await end(each.from),
    to: await end(each.to),
    direction,
    payloads,
    owner: owner === null ? null : await tx.ledger.commit(owner),
    reason: await tx.ledger.commit(reason),
    change: await tx.ledger.commit(change),
    reviewBy,
    state: state.kind,
    until: state.kind === 'in-use' ? null : state.kind === 'remove-by' ? state.day : state.exception,
    conduits,
    bundle: bundle.digest,
    digest: interfaceDigest(each, bundle),
  }
}

/** What is to be written so that the ledger says what the bundle does. */
function movesTo(bundle: Bundle, said: Said): readonly { readonly done: () => void; readonly write: Write }[] {
  const moves: { done: () => void; write: Write }[] = []
  const declared = new Set<string>()
  const note = (kind: Kind, id: string, digest: string, write: (was: boolean) => Write): void => {
    const key = keyOf(kind, id)
    declared.add(key)
    const before = said.digests.get(key)
    if (before === digest) return
    moves.push({ done: () => said.digests.set(key, digest), write: write(before !== undefined) })
  }
  for (const each of bundle.conduits.values())
    note('conduit', each.id, conduitDigest(each, bundle), (was) => async (tx, now) => {
      const entry = await conduitEntry(tx, each, bundle)
      await tx.ledger.append(was ? 'conduit.changed' : 'conduit.defined', now, entry)
    })
  for (const each of bundle.interfaces.values())
    note('interface', each.id, interfaceDigest(each, bundle), (was) => async (tx, now) => {
      const entry = await interfaceEntry(tx, each, bundle)
      await tx.ledger.append(was ? 'interface.changed' : 'interface.defined', now, entry)
    })
  for (const key of said.digests.keys()) {
    if (declared.has(key)) continue
    const [kind, id] = key.split(' ') as [Kind, never]
    const entry = { bundle: bundle.digest }
    moves.push({
      done: () => said.digests.delete(key),
      write: (tx, now) =>
        kind === 'conduit'
          ? tx.ledger.append('conduit.removed', now, { conduit: id, ...entry })
          : tx.ledger.append('interface.removed', now, { interface: id, ...entry }),
    })
  }
  return moves
}

function overdue(
  bundle: Bundle,
  said: Said,
  now: number,
): readonly { readonly done: () => void; readonly write: Write }[] {
  return [...bundle.interfaces.values()].flatMap((each) => {
    const faults = faultsOf(each, bundle, now)
    if (faults.length === 0) return []
    const digest = interfaceDigest(each, bundle)
    return faults.flatMap(({ kind: fault, since }) => {
      const key = faultKey(each.id, fault, digest)
      if (said.faults.has(key)) return []
      const entry = { interface: each.id, type: each.type, fault, since, digest, bundle: bundle.digest }
      return [
        { done: () => said.faults.add(key), write: (tx: Tx) => tx.ledger.append('interface.overdue', now, entry) },
      ]
    })
  })
}

export function openCrossings(deps: {
  readonly store: Store
  readonly clock: Clock
  readonly bundle: () => Bundle
}): CrossingRegister {
  const { store, clock, bundle } = deps
  let said: Said | null = null
  let looked = { digest: '', at: 0 }

  return {
    async sweep() {
      const [current, now] = [bundle(), clock.now()]
      if (looked.digest === current.digest && Math.abs(now - looked.at) < lookEveryMs) return
      said ??= await readSaid(store)
      // What is declared changes with the bundle alone; what is overdue, with the time as well.
      const moves = looked.digest === current.digest ? [] : movesTo(current, said)
      const due = [...moves, ...overdue(current, said, now)]
      for (let first = 0; first < due.length; first += atOnce) {
        const some = due.slice(first, first + atOnce)
        await store.change(async (tx) => {
          for (const { write } of some) await write(tx, now)
        })
        for (const { done } of some) done()
      }
      looked = { digest: current.digest, at: now }
    },
  }
}
