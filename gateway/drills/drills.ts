// Drills of the bundle: run by a person of the plant, one at a time, each a row with its entries; and found overdue when
// nobody does. A failed one is a nonconformity, open until the drill passes. What is tried is attempts.ts's.

import { plantOf, type AssetId, type Drill, type Instant, type PlantId } from '../../policy/index.ts'
import type { Actor } from '../access/authorize.ts'
import { keepRefusal } from '../access/refusal.ts'
import { mayEnd } from '../access/steps.ts'
import { mint } from '../clock.ts'
import { GatewayError } from '../errors.ts'
import type { DrillStepResult, StoredDrillRun } from '../store/drills.ts'
import { attempt, attempts, type DrillDeps } from './attempts.ts'
import { markedBy, standIn } from './stand-in.ts'

const dayMs = 24 * 3_600_000
/** A drill that failed is to be followed up within. */
const followUpMs = 30 * dayMs

export interface DrillState {
  readonly drill: Drill
  readonly plant: PlantId
  readonly last: StoredDrillRun | null
  readonly dueAt: Instant
}

export interface Drills {
  /** The drills of the bundle in force, with when each is due. */
  states(): Promise<readonly DrillState[]>
  /**
   * Runs one, and resolves when it is over.
   * @throws GatewayError `not-found`, `role-missing`, `state-conflict` while another runs.
   */
  run(actor: Actor, name: string): Promise<StoredDrillRun>
  /** Writes which are overdue. */
  sweep(): Promise<void>
}

export function openDrills(deps: DrillDeps): Drills {
  const { store, bundle, clock, world } = deps
  let isRunning = false

  function plantOfAsset(id: AssetId): PlantId {
    const asset = bundle().assets.get(id)
    // The parser has checked that a drill names a declared asset.
    if (!asset) throw new Error(`asset \`${id}\` is not declared`)
    return plantOf(asset, bundle()).id
  }

  async function stateOf(drill: Drill): Promise<DrillState> {
    const last = await store.drillRuns.lastOf(drill.name)
    const from = last?.ended?.at ?? (await store.bookkeep((tx) => tx.drillRuns.seen(drill.name, clock.now())))
    return { drill, plant: plantOfAsset(drill.asset), last, dueAt: from + drill.everyDays * dayMs }
  }

  async function perform(actor: Actor, drill: Drill): Promise<StoredDrillRun> {
    const now = clock.now()
    const inForce = bundle()
    const asset = inForce.assets.get(drill.asset)
    if (!asset) throw new GatewayError('not-found', `no asset \`${drill.asset}\``)
    const id = mint.drillRun(now)
    const plant = plantOf(asset, inForce).id
    const about = { drill: id, name: drill.name, asset: asset.id, plant, by: actor.person.id, bundle: inForce.digest }
    const run: StoredDrillRun = {
      id,
      name: drill.name,
      asset: asset.id,
      plant,
      by: actor.person.id,
      bundle: inForce.digest,
      startedAt: now,
      ended: null,
    }
    await store.change(async (tx) => {
      await tx.drillRuns.insert(run)
      await tx.ledger.append('drill.started', now, about)
    })
    const marked = markedBy(store, id)
    const on = standIn(asset, inForce, world(), now)
    const steps: DrillStepResult[] = []
    for (const step of drill.steps) {
      const { verdict, got, tookMs } = await attempt({ ...deps, drill: id, on, marked }, step)
      const { expected } = attempts[step]
      steps.push({ step, verdict, expected, got, ...(tookMs !== undefined && { tookMs }), entries: marked.taken() })
    }
    const isPassed =
      steps.every(({ verdict }) => verdict !== 'failed') && steps.some(({ verdict }) => verdict === 'held')
    const outcome = isPassed ? 'passed' : 'failed'
    const at = clock.now()
    await store.change(async (tx) => {
      await tx.drillRuns.end(id, { at, outcome, steps })
      await tx.ledger.append('drill.completed', at, { ...about, outcome, startedAt: now, steps })
      if (!isPassed) {
        const { name, owner } = drill
        const opened = { because: 'drill', drill: id, name, plant, owner, dueAt: at + followUpMs } as const
        await tx.ledger.append('incident.capa_opened', at, opened)
      }
    })
    return { ...run, ended: { at, outcome, steps } }
  }

  return {
    async states() {
      const states: DrillState[] = []
      for (const drill of bundle().register.drills) states.push(await stateOf(drill))
      return states
    },

    async run(actor, name) {
      const drill = bundle().register.drills.find((each) => each.name === name)
      if (!drill) throw new GatewayError('not-found', 'no drill of the bundle is called so')
      const plant = plantOfAsset(drill.asset)
      if (!mayEnd(actor.person, plant))
        return keepRefusal(
          { store, clock },
          { person: actor.person.id, step: 'run-drill', code: 'role-missing', subject: name },
          `drills of plant \`${plant}\` are run by those who may end access there`,
        )
      if (isRunning) throw new GatewayError('state-conflict', 'another drill runs: wait until it is over')
      isRunning = true
      try {
        return await perform(actor, drill)
      } finally {
        isRunning = false
      }
    },

    async sweep() {
      const now = clock.now()
      for (const drill of bundle().register.drills) {
        const { plant, last, dueAt } = await stateOf(drill)
        if (now < dueAt || (await store.drillRuns.wasOverdue(drill.name, dueAt))) continue
        await store.change(async (tx) => {
          await tx.drillRuns.overdue(drill.name, dueAt)
          const lastAt = last?.ended?.at ?? null
          await tx.ledger.append('drill.overdue', now, { name: drill.name, plant, lastAt, dueAt })
        })
      }
    },
  }
}
