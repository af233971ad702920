// The ageing of the register's exceptions. That one holds, or no longer does, is computed by every decision from its
// days; here each stage becomes evidence once: in force, about to end, ended, or taken out before its end.

import { endOfDay, startOfDay, type Bundle, type Exception } from '../../policy/index.ts'
import type { Clock } from '../clock.ts'
import type { ExceptionStage, SeenStage } from '../store/exception-stages.ts'
import type { Store } from '../store/store.ts'

const day = 24 * 3_600_000
/** How long before its end an exception is called out. */
export const expiringMs = 14 * day

export type ExceptionState = 'coming' | 'in-force' | 'expiring' | 'expired'

/** How an exception stands at an instant. Its days are UTC, both inclusive. */
export function stateOf({ from, until }: Pick<Exception, 'from' | 'until'>, now: number): ExceptionState {
  const end = endOfDay(until, 'UTC')
  if (now >= end) return 'expired'
  if (now < startOfDay(from, 'UTC')) return 'coming'
  return now >= end - expiringMs ? 'expiring' : 'in-force'
}

export interface ExceptionAgeing {
  /** Writes the stages that were reached. Called every second; reads the store once, and writes only what is new. */
  sweep(): Promise<void>
}

const keyOf = ({ exception, until, stage }: SeenStage): string => `${exception} ${until} ${stage}`

/** What is due now, oldest stage first, of what was not seen before. */
function dueStages(exception: Exception, now: number, seen: ReadonlySet<string>): readonly ExceptionStage[] {
  const { id, until } = exception
  const was = (stage: ExceptionStage): boolean => seen.has(keyOf({ exception: id, until, stage }))
  const due: readonly ExceptionStage[] = {
    coming: [] as const,
    'in-force': ['granted'] as const,
    expiring: ['granted', 'expiring'] as const,
    // One that was over before anybody here saw it in force leaves no trace of its own.
    expired: was('granted') ? (['expired'] as const) : [],
  }[stateOf(exception, now)]
  return due.filter((stage) => !was(stage))
}

export function openExceptionAgeing(deps: {
  readonly store: Store
  readonly clock: Clock
  readonly bundle: () => Bundle
}): ExceptionAgeing {
  const { store, clock, bundle } = deps
  let seen: Map<string, SeenStage> | null = null

  async function write(one: SeenStage, exception: Exception | null, now: number): Promise<void> {
    const { digest } = bundle()
    await store.change(async (tx) => {
      if (!(await tx.exceptionStages.insert(one, now))) throw new Error(`exception \`${one.exception}\` aged twice`)
      const entry = { exception: one.exception, until: one.until, bundle: digest }
      if (one.stage !== 'granted' || exception === null)
        return tx.ledger.append(`exception.${one.stage === 'granted' ? 'closed' : one.stage}`, now, entry)
      const { from, renewals, risk, compensating, assets } = exception
      return tx.ledger.append('exception.granted', now, {
        ...entry,
        from,
        renewals,
        risk,
        compensating,
        assets,
        owner: await tx.ledger.commit(exception.owner),
        approvedBy: await tx.ledger.commit(exception.approvedBy),
        decision: exception.decision === null ? null : await tx.ledger.commit(exception.decision),
      })
    })
  }

  return {
    async sweep() {
      seen ??= new Map((await store.exceptionStages.all()).map((one) => [keyOf(one), one]))
      const now = clock.now()
      const { exceptions } = bundle().register
      const keys = new Set(seen.keys())
      const due = exceptions.flatMap((exception) =>
        dueStages(exception, now, keys).map((stage) => ({
          one: { exception: exception.id, until: exception.until, stage },
          exception,
        })),
      )
      const declared = new Set(exceptions.map(({ id }) => id))
      const taken = [...seen.values()].filter(({ exception, until, stage }) => {
        if (stage !== 'granted' || declared.has(exception)) return false
        return !(['expired', 'closed'] as const).some((end) => keys.has(keyOf({ exception, until, stage: end })))
      })
      const closed = taken.map(({ exception, until }) => ({
        one: { exception, until, stage: 'closed' as const },
        exception: null,
      }))
      for (const { one, exception } of [...due, ...closed]) {
        await write(one, exception, now)
        seen.set(keyOf(one), one)
      }
    },
  }
}
