// How the gateway's own parts stand: the disk of recordings, the ledger, what waits to be sent, the clock. Looked at now
// and then and kept, so that whoever asks, and however often, costs nothing.

import type { Instant } from '../../policy/index.ts'
import type { Clock } from '../clock.ts'
import { levelOf, type Space, type Thresholds } from '../evidence/storage.ts'
import type { Log } from '../log.ts'
import type { Store } from '../store/store.ts'

export const partStates = ['working', 'degraded', 'stopped'] as const
/** `stopped`: no new session begins. */
export type PartState = (typeof partStates)[number]
export const partNames = ['recordings', 'ledger', 'outbox', 'clock'] as const
export type PartName = (typeof partNames)[number]

export interface Part {
  readonly part: PartName
  readonly state: PartState
  /** Since when, as far as this run of the gateway knows. */
  readonly since: Instant
  /** A clause with figures, for the plant's own people. */
  readonly text: string
}

export interface Parts {
  read(): readonly Part[]
  /** Looks again; never throws for what it finds. */
  round(): Promise<void>
}

type Found = Pick<Part, 'state' | 'text'>

const unsignedMs = 15 * 60_000
const waitingMs = 15 * 60_000
/** A disk that is gone, or a store that waits, keeps a look waiting: so long, and that is the answer. */
const lookMs = 5_000
/** Less is the daily work of time synchronisation. */
const lagMs = 2_000

export function openParts(deps: {
  readonly store: Pick<Store, 'evidence' | 'outbox'>
  readonly clock: Clock
  /** The clock of the system, which may have been moved. */
  readonly wall: () => Instant
  readonly space: () => Promise<Space>
  readonly thresholds: Thresholds
  readonly log: Log
  /** For how long a look is waited for. */
  readonly lookMs?: number
}): Parts {
  const { store, clock, wall, space, thresholds, log, lookMs: mostMs = lookMs } = deps
  const looks: Readonly<Record<PartName, () => Promise<Found>>> = {
    async recordings() {
      const found = await space()
      const percent = found.totalBytes === 0 ? 0 : (found.freeBytes / found.totalBytes) * 100
      const text = `${percent.toFixed(1)} % of the disk is free, warned below ${thresholds.warnPercent} %`
      const level = levelOf(found, thresholds, 'enough')
      return { state: level === 'full' ? 'stopped' : level === 'low' ? 'degraded' : 'working', text }
    },
    async ledger() {
      const size = await store.evidence.size()
      const newest = await store.evidence.latestCheckpoint()
      const unsigned = size - (newest?.size ?? 0)
      const text = `${size} ${size === 1 ? 'entry' : 'entries'}, ${unsigned === 0 ? 'all signed' : `${unsigned} not signed yet`}`
      const isLate = unsigned > 0 && clock.now() - (newest?.at ?? clock.now()) > unsignedMs
      return { state: isLate ? 'degraded' : 'working', text }
    },
    async outbox() {
      const { waiting, failed } = await store.outbox.counts()
      const oldest = await store.outbox.oldestWaiting()
      const isLate = oldest !== null && clock.now() - oldest > waitingMs
      const text = `${waiting} ${waiting === 1 ? 'message waits' : 'messages wait'}, ${failed} given up`
      return { state: isLate || failed > 0 ? 'degraded' : 'working', text }
    },
    async clock() {
      const behind = clock.now() - wall()
      const text = `the system\u2019s clock is ${Math.round(behind / 1_000)} s behind the gateway\u2019s: it was set back`
      return behind > lagMs ? { state: 'degraded', text } : { state: 'working', text: 'was not set back' }
    },
  }
  let parts: readonly Part[] = []
  /** Looks under way, by part: none is begun beside one that still waits. */
  const waiting = new Map<PartName, Promise<Found>>()

  function begin(part: PartName): Promise<Found> {
    const begun = waiting.get(part)
    if (begun !== undefined) return begun
    const work = looks[part]().finally(() => waiting.delete(part))
    waiting.set(part, work)
    return work
  }

  /** As it is, or that nothing came in time: what is not known works no more than what failed. */
  async function inTime(part: PartName): Promise<Found> {
    const { promise: late, resolve } = Promise.withResolvers<Found>()
    const timer = setTimeout(() => resolve({ state: 'stopped', text: `no answer within ${mostMs / 1_000} s` }), mostMs)
    try {
      return await Promise.race([begin(part), late])
    } finally {
      clearTimeout(timer)
    }
  }

  async function look(part: PartName): Promise<Part> {
    let found: Found
    try {
      found = await inTime(part)
    } catch (err) {
      log.error({ err, part }, 'A part of the gateway could not be looked at')
      // Without its store or its disk nothing begins.
      found = { state: 'stopped', text: 'it could not be looked at: the log says why' }
    }
    const before = parts.find((each) => each.part === part)
    return { part, ...found, since: before?.state === found.state ? before.since : clock.now() }
  }

  return {
    read: () => parts,
    async round() {
      parts = await Promise.all(partNames.map(look))
    },
  }
}
