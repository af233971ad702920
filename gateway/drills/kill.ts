// How long it takes from taking access away to the end of a session: with a session of the drill's own, among the living
// ones, with a real recording and nobody at the other end. It leaves nothing: its recording goes when it is over, and its
// end is told by the drill's own entry.

import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createRecording, type Signer } from '../../recorder/index.ts'
import { plantOf, type Bundle, type Commitment, type EndReason } from '../../policy/index.ts'
import type { Bus } from '../bus/bus.ts'
import { mint, type Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { SessionFacts } from '../sessions/facts.ts'
import type { Registry } from '../sessions/registry.ts'
import { recordedHere } from '../sessions/recorder.ts'
import { LiveSession } from '../sessions/session.ts'
import type { Store, Tx } from '../store/store.ts'
import type { Attempt } from './attempts.ts'
import type { StandIn } from './stand-in.ts'

/** The target, and what the plant was promised (design: within a second). */
const targetMs = 1_000

export interface KillDeps {
  readonly store: Store
  readonly registry: Registry
  readonly bus: Bus
  readonly clock: Clock
  readonly log: Log
  readonly signer: Signer
  readonly recipients: readonly string[]
  /** A folder for what is thrown away. */
  readonly scratch: string
}

const nothing: Commitment = `sha256:${'0'.repeat(64)}`

/** A session of nobody is nobody's evidence: what it would write of its life is written nowhere. */
function silentOver(store: Store): Store {
  const silent: Tx = {
    ...store,
    sessions: { ...store.sessions, insert: async () => undefined, update: async () => undefined },
    ledger: { append: async () => 0, commit: async () => nothing },
  }
  return { ...store, change: (work) => work(silent), bookkeep: (work) => work(silent) }
}

export async function timeKill(
  run: KillDeps & { readonly on: StandIn; readonly bundle: () => Bundle },
): Promise<Attempt> {
  const { registry, bus, clock, log, signer, recipients, scratch, on } = run
  const { asset, grant, actor } = on
  const { person, mfa } = actor
  const folder = await mkdtemp(join(scratch, 'drill-'))
  try {
    const startedAt = clock.now()
    const plant = plantOf(asset, run.bundle())
    const facts: SessionFacts = {
      id: mint.session(startedAt),
      grant: grant.id,
      person: person.id,
      // It takes no place of those a supplier has at a time.
      supplier: null,
      asset: asset.id,
      plant: plant.id,
      zone: asset.zone,
      assetType: asset.type,
      labels: asset.labels,
      handlingRules: [],
      masksPrompts: false,
      protocol: grant.protocol,
      timeZone: plant.timeZone,
      startedAt,
      expiry: { kind: 'cut' },
      safety: 'none',
      recordingPauseMinutes: 0,
      mfa,
      source: actor.source ?? '',
    }
    const recording = await createRecording({
      root: folder,
      sessionId: facts.id,
      meta: { asset: asset.id, plant: plant.id, person: person.id, grant: grant.id, protocol: grant.protocol },
      recipients,
      now: clock.now,
      monotonic: clock.monotonic,
      signer,
      waitsForRoom: false,
    })
    const ended = Promise.withResolvers<EndReason>()
    const permission = { windowUntil: grant.window.until, obligations: [], decidedUntil: null }
    const session = new LiveSession(facts, permission, recordedHere(recording), {
      store: silentOver(run.store),
      clock,
      log,
      onOver: () => registry.remove(facts.id),
      redecide: () => undefined,
      offerExtension: () => undefined,
    })
    registry.add(session)
    session.begin(permission)
    session.listen({ warn: () => undefined, flow: () => undefined, end: (reason) => ended.resolve(reason) })
    const before = clock.monotonic()
    bus.publish({ kind: 'grant-revoked', grant: grant.id, reason: 'drill' })
    const reason = await Promise.race([ended.promise, late(targetMs)])
    await session.closed()
    const tookMs = Math.round(Number(clock.monotonic() - before) / 10_000) / 100
    const isGone = registry.get(facts.id) === null
    const isHeld = reason === 'revoked' && isGone && tookMs <= targetMs
    const got = `${reason === 'late' ? 'it did not end' : `it ended, \`${reason}\``}${isGone ? '' : ', and is still among the living'}`
    return { verdict: isHeld ? 'held' : 'failed', got, tookMs }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function late(ms: number): Promise<'late'> {
  return new Promise((resolve) => setTimeout(() => resolve('late'), ms).unref())
}
