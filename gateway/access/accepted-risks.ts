// The ageing of accepted risks. That one is accepted, or no longer is, every decision reckons from its day; here each
// stage becomes evidence once: accepted, about to end, ended, or given up before its end.

import { levelOf, scaleFor, type Bundle, type Events, type Risk } from '../../policy/index.ts'
import type { Clock } from '../clock.ts'
import type { RiskStage, SeenRisk } from '../store/risk-stages.ts'
import type { Store } from '../store/store.ts'
import { stateOf, type ExceptionState } from './exceptions.ts'

export type AcceptanceState = Exclude<ExceptionState, 'coming'>

/** How an acceptance stands at an instant: it begins when it is declared. Its last day is UTC, inclusive. */
export function acceptanceState(until: string, now: number): AcceptanceState {
  const state = stateOf({ from: '1970-01-01', until }, now)
  return state === 'coming' ? 'in-force' : state
}

export interface RiskAgeing {
  /** Writes the stages that were reached. Called every second; reads the store once, and writes only what is new. */
  sweep(): Promise<void>
}

const keyOf = ({ risk, until, stage }: SeenRisk): string => `${risk} ${until} ${stage}`

/** What is due now, oldest stage first, of what was not seen before. */
function dueOf(state: AcceptanceState, was: (stage: RiskStage) => boolean): readonly RiskStage[] {
  const due: Readonly<Record<AcceptanceState, readonly RiskStage[]>> = {
    'in-force': ['accepted'],
    expiring: ['accepted', 'expiring'],
    // Declared after its day, it was never borne here: that it is not is evidence all the same.
    expired: ['expired'],
  }
  return due[state].filter((stage) => !was(stage))
}

/** The term each risk was seen in last; the stages come in the order in which they were written. */
function latestTerms(seen: Iterable<SeenRisk>): ReadonlyMap<string, string> {
  const latest = new Map<string, string>()
  for (const { risk, until } of seen) latest.set(risk, until)
  return latest
}

export function openRiskAgeing(deps: {
  readonly store: Store
  readonly clock: Clock
  readonly bundle: () => Bundle
}): RiskAgeing {
  const { store, clock, bundle } = deps
  let seen: Map<string, SeenRisk> | null = null

  async function write({ risk: id, until, stage }: SeenRisk, risk: Risk | null, now: number): Promise<void> {
    const { digest, register } = bundle()
    await store.change(async (tx) => {
      if (!(await tx.riskStages.insert({ risk: id, until, stage }, now))) throw new Error(`risk \`${id}\` aged twice`)
      const entry = { risk: id, until, bundle: digest }
      const acceptance = risk?.acceptance ?? null
      if (stage !== 'accepted' || risk === null || acceptance === null) {
        const decision: Exclude<RiskStage, 'accepted'> = stage === 'accepted' ? 'withdrawn' : stage
        return tx.ledger.append('risk.decision', now, { ...entry, decision })
      }
      const { by, reason, decision: reference } = acceptance
      const accepted: Events['risk.decision'] = {
        ...entry,
        decision: stage,
        safety: risk.safety,
        sil: risk.sil,
        level: levelOf(risk, register),
        scale: scaleFor(risk, register)?.version ?? null,
        plant: risk.plant,
        assets: risk.assets,
        owner: await tx.ledger.commit(risk.owner),
        by: await tx.ledger.commit(by),
        reason: await tx.ledger.commit(reason),
        reference: reference === null ? null : await tx.ledger.commit(reference),
      }
      return tx.ledger.append('risk.decision', now, accepted)
    })
  }

  return {
    async sweep() {
      seen ??= new Map((await store.riskStages.all()).map((one) => [keyOf(one), one]))
      const now = clock.now()
      const known = seen
      const { risks } = bundle().register
      const due = risks.flatMap((risk) => {
        if (risk.acceptance === null) return []
        const { until } = risk.acceptance
        const was = (stage: RiskStage): boolean => known.has(keyOf({ risk: risk.id, until, stage }))
        return dueOf(acceptanceState(until, now), was).map((stage) => ({ one: { risk: risk.id, until, stage }, risk }))
      })
      // Treated after all, or not in the register any more: its latest term is given up, ended or not.
      const termOf = new Map(risks.map(({ id, acceptance }) => [id, acceptance?.until]))
      const given = [...latestTerms(known.values())]
        .filter(([risk]) => termOf.get(risk) === undefined)
        .map(([risk, until]) => ({ risk, until, stage: 'withdrawn' as const }))
      const withdrawn = given.filter((one) => !known.has(keyOf(one))).map((one) => ({ one, risk: null }))
      for (const { one, risk } of [...due, ...withdrawn]) {
        await write(one, risk, now)
        seen.set(keyOf(one), one)
      }
    },
  }
}
