// Holds what the gateway believes of its sessions against the kernel, every few seconds and whenever somebody asks. What
// does not agree is looked at twice, since a connection is opened and closed in its own time; then it is an alarm.

import type { AssetId, Bundle, SessionId } from '../../policy/index.ts'
import { plantOf } from '../../policy/index.ts'
import type { TargetLeg } from '../brokers/broker.ts'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { Store } from '../store/store.ts'
import { compareSockets, keyOf, showPlain, targetsOf, type Compared, type Leg } from './compare.ts'
import type { KernelSocket } from './kernel.ts'

/** What is asked of a living session. */
export interface Connected {
  readonly facts: { readonly id: SessionId; readonly asset: AssetId }
  readonly target: { readonly legs: readonly TargetLeg[] }
}

export interface SocketWatch {
  /** Now, confirmed by a second look where something does not agree; null where the system shows no sockets. */
  look(): Promise<Compared | null>
  /** One look of the watch, which keeps as evidence what it finds. */
  round(): Promise<void>
}

/** How often the comparison itself is kept: while sessions live, and while none does. */
const beatMs = 3_600_000
const quietBeatMs = 24 * 3_600_000
/** Addresses that sessions dialled by name, remembered. */
const mostDialled = 10_000
/** Alarms remembered, so that each is given once. */
const mostAlarms = 10_000

export function openSocketWatch(deps: {
  readonly store: Pick<Store, 'change'>
  readonly clock: Clock
  readonly log: Log
  readonly bundle: () => Bundle
  readonly sessions: () => readonly Connected[]
  /** The ports of the gateway's own listeners. */
  readonly listening: () => readonly number[]
  readonly read: () => Promise<readonly KernelSocket[] | null>
}): SocketWatch {
  const { store, clock, log, bundle } = deps
  const dialled = new Map<string, AssetId>()
  const alarmed = new Map<string, true>()
  // Owned by round: what did not agree the last time, and when the comparison was last kept.
  let suspected: ReadonlySet<string> = new Set()
  let beatAt: number | null = null

  function legs(): readonly Leg[] {
    return deps.sessions().flatMap(({ facts, target }) =>
      target.legs.map((leg) => {
        remember(dialled, showPlain(leg.remote), facts.asset, mostDialled)
        return { session: facts.id, asset: facts.asset, leg }
      }),
    )
  }

  async function compare(): Promise<Compared | null> {
    const before = legs()
    const sockets = await deps.read()
    if (sockets === null) return null
    return compareSockets(sockets, { before, after: legs() }, targetsOf(bundle(), dialled), new Set(deps.listening()))
  }

  async function alarm({ strangers, missing }: Compared): Promise<void> {
    const found = [
      ...strangers.map(({ socket, asset }) => ({ kind: 'stranger', of: socket, session: null, asset }) as const),
      ...missing.map(({ leg, session, asset }) => ({ kind: 'missing', of: leg, session, asset }) as const),
    ]
    const fresh = found.filter((one) => !alarmed.has(`${one.kind} ${keyOf(one.of)}`))
    if (fresh.length === 0) return
    const now = clock.now()
    await store.change(async (tx) => {
      for (const { kind, of, session, asset } of fresh) {
        const declared = bundle().assets.get(asset)
        const remote = await tx.ledger.commit(showPlain(of.remote))
        const plant = declared === undefined ? null : plantOf(declared, bundle()).id
        await tx.ledger.append('session.socket_unexplained', now, { kind, session, asset, plant, remote })
      }
    })
    for (const one of fresh) {
      remember(alarmed, `${one.kind} ${keyOf(one.of)}`, true, mostAlarms)
      log.error(
        { kind: one.kind, sessionId: one.session, asset: one.asset, remote: showPlain(one.of.remote) },
        'Sessions and sockets do not agree',
      )
    }
  }

  async function beat(compared: Compared): Promise<void> {
    const now = clock.now()
    const sessions = deps.sessions().length
    if (beatAt !== null ? now - beatAt < (sessions > 0 ? beatMs : quietBeatMs) : sessions === 0) return
    const { agreed, missing, strangers } = compared
    const counts = { connections: agreed.length, missing: missing.length, strangers: strangers.length }
    await store.change(({ ledger }) => ledger.append('session.heartbeat', now, { sessions, ...counts }))
    beatAt = now
  }

  return {
    async look() {
      const first = await compare()
      if (first === null || first.missing.length + first.strangers.length === 0) return first
      const again = await compare()
      return again === null ? null : onlyIn(again, suspectsOf(first))
    },
    async round() {
      const compared = await compare()
      if (compared === null) return
      const sure = onlyIn(compared, suspected)
      suspected = suspectsOf(compared)
      await alarm(sure)
      await beat(sure)
    },
  }
}

function suspectsOf({ missing, strangers }: Compared): ReadonlySet<string> {
  return new Set([...missing.map(({ leg }) => keyOf(leg)), ...strangers.map(({ socket }) => keyOf(socket))])
}

/** What did not agree then and does not now. */
function onlyIn(compared: Compared, suspected: ReadonlySet<string>): Compared {
  return {
    ...compared,
    missing: compared.missing.filter(({ leg }) => suspected.has(keyOf(leg))),
    strangers: compared.strangers.filter(({ socket }) => suspected.has(keyOf(socket))),
  }
}

function remember<V>(map: Map<string, V>, key: string, value: V, most: number): void {
  map.delete(key)
  map.set(key, value)
  const oldest = map.size > most ? map.keys().next() : null
  if (oldest !== null && oldest.done !== true) map.delete(oldest.value)
}
