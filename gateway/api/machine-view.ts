// Machine accounts as the contract shows them: with names, what the bundle in force lets each run, its last use and the
// last review of it.

import { kindOf, machineEndsAt, machineRulesOf, type Machine, type Person } from '../../policy/index.ts'
import type { MachineState, MachineView } from '../contract/views.ts'
import { refOf, refTo } from './person-ref.ts'
import type { Services } from './services.ts'

/** Of these people, those that are machine accounts. */
export async function machineViews(
  { store, bundle, clock }: Pick<Services, 'store' | 'bundle' | 'clock'>,
  people: readonly Person[],
): Promise<MachineView[]> {
  const machines = people.filter((each) => kindOf(each) === 'machine')
  const ids = machines.map(({ id }) => id)
  const lastStarts = await store.sessions.lastStarts(ids)
  const reviews = await store.campaigns.lastDecisions(ids)
  const deciders = await store.people.byIds([...reviews.values()].map(({ by }) => by))
  const now = clock.now()
  const views: MachineView[] = []
  for (const person of machines) {
    const { machine } = person
    if (machine === undefined) continue
    const rules = machineRulesOf(person.login, bundle().access)
    const review = reviews.get(person.id)
    views.push({
      machine: refTo(person, person.id, bundle()),
      state: stateOf(person, machine, rules !== null, now),
      owner: refTo(machine.owner, machine.owner.id, bundle()),
      purpose: machine.purpose,
      plants: [...person.plants],
      until: machine.until,
      sources: [...machine.sources],
      keys: (await store.people.keys(person.id)).map(({ fingerprint, label }) => ({ fingerprint, label })),
      commands: [...(rules?.commands ?? [])],
      keyAlone: rules?.keyAlone ?? false,
      openGrants: (await store.grants.openOf(person.id, now)).length,
      lastUse: lastStarts.get(person.id) ?? null,
      lastReview: review
        ? {
            campaign: review.campaign,
            verdict: review.verdict,
            by: refOf(deciders, review.by, bundle()),
            at: review.at,
          }
        : null,
    })
  }
  return views
}

/** What stands in its way first, where anything does. */
function stateOf(person: Person, machine: Machine, isDeclared: boolean, now: number): MachineState {
  if (person.disabled) return 'disabled'
  if (machine.owner.disabled) return 'ownerless'
  if (now >= machineEndsAt(machine)) return 'ended'
  return isDeclared ? 'usable' : 'undeclared'
}
