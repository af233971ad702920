// The rules of what is in force: what decides is what the ledger says was put in force, and what lies on the safety path
// was reviewed before it was.

import type { EvidenceEvent } from '../model.ts'
import { instantOf, listOf, numberOf, optionalTextOf, partOf, textOf } from './evidence.ts'
import { days, type Rule, type Tally } from './rule.ts'

/** A decision may be under way while another bundle comes into force, in this process or another. */
const changeoverMs = 10_000

export const baseline: Rule = {
  control: 'GW-CFG-01',
  freshMs: days(1),
  start(tally) {
    const unreleased = new Map<number, EvidenceEvent>()
    let inForce: { readonly digest: string; readonly before: string | null; readonly at: number } | null = null
    return {
      on: {
        'policy.changed': (event) => {
          const digest = textOf(event, 'to')
          const before = optionalTextOf(event, 'from')
          if (inForce !== null && before !== inForce.digest)
            tally.offend(event, `bundle \`${digest}\` followed another one than the ledger says was in force`)
          inForce = { digest, before, at: event.at }
          tally.exercise(event)
        },
        'policy.decision': (event) => {
          if (inForce === null) return
          const digest = optionalTextOf(event, 'bundle')
          tally.exercise(event)
          const isLate = digest === inForce.before && event.at - inForce.at <= changeoverMs
          if (digest !== inForce.digest && !isLate)
            tally.offend(event, `a decision was taken under bundle \`${digest ?? 'none'}\`, which was not in force`)
        },
        'gateway.configuration_changed': (event) => {
          if (event.data['dueAt'] !== undefined) unreleased.set(event.index, event)
        },
        'platform.release_approved': (event) => {
          tally.exercise(event)
          unreleased.delete(numberOf(event, 'release'))
        },
        // A folder that differs decides nothing: it is told, and is a proposal at most.
        'policy.baseline_drift': (event) => {
          const [of, state] = [textOf(event, 'of'), textOf(event, 'state')]
          if (of !== 'folder' && state === 'differs')
            tally.offend(event, `what the store holds (${of}) is not the bundle that the ledger says is in force`)
        },
      },
      settle(now) {
        for (const [index, event] of unreleased) {
          if (now <= instantOf(event, 'dueAt')) continue
          unreleased.delete(index)
          tally.offend(event, 'the gateway itself was changed, and no second person let that stand in time')
        }
      },
    }
  },
}

/** Holds an activation against the review of what it touches of the safety path. A rollback goes to what was reviewed. */
export function judgeRelease(event: EvidenceEvent, tally: Tally): void {
  const to = textOf(event, 'to')
  const kind = optionalTextOf(event, 'kind')
  // The first start changes nothing, and entries of before effects were counted say nothing.
  if ((kind !== 'activate' && kind !== 'folder') || (event.data['effects'] ?? null) === null) return
  const safety = partOf(partOf(event, 'effects'), 'safety')
  if (numberOf(safety, 'touches') === 0) return
  tally.exercise(event)
  if (listOf(safety, 'reviewedBy').length === 0)
    tally.offend(event, `bundle \`${to}\` touches the safety path and was put in force without a review`)
}
