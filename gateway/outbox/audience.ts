// Who can answer, and who is told when nobody does. Only says whom to tell: whether somebody may decide is asked again
// when they do.

import {
  conflictBetween,
  dutiesOf,
  escalationFor,
  leastNeeds,
  onDuty,
  type ApprovalNeed,
  type Login,
  type Person,
  type PersonId,
  type PlantId,
  type Role,
} from '../../policy/index.ts'
import { suspensionOfPerson } from '../access/suspensions.ts'
import type { StoredRequest } from '../store/requests.ts'
import type { Look } from './look.ts'

export interface Answerers {
  /** Those to ask first: who is on duty now, and everybody for a need that nobody on duty could meet. */
  readonly first: readonly Person[]
  readonly all: readonly Person[]
  /** Duties that nobody who could decide has now. */
  readonly gaps: readonly string[]
}

/** Each once, in order. */
export const distinct = (people: readonly Person[]): readonly Person[] => [
  ...new Map(people.map((person) => [person.id, person])).values(),
]

/** What a request needs of people. */
const needsIn = ({ needs }: StoredRequest): readonly ApprovalNeed[] => (needs.length === 0 ? leastNeeds : needs)

/** Who has said yes to it as it is. */
const voicesIn = ({ request }: StoredRequest): readonly PersonId[] =>
  request.kind === 'submitted' ? request.approvals.map(({ by }) => by) : []

/** Who can meet a need of this request, by what they are now and what the roster says now. */
export async function answerersOf(stored: StoredRequest, requester: Person, look: Look): Promise<Answerers> {
  const { plant } = stored
  const open = await look.people()
  const voices = voicesIn(stored)
  const mayJudge = (person: Person): boolean =>
    conflictBetween(requester, person) === null && suspensionOfPerson(look.world.suspensions, person) === null
  /** Who decides in their name just now is asked with them. */
  const withDelegates = (people: readonly Person[]): readonly Person[] => {
    const from = new Set(people.map(({ id }) => id))
    const to = new Set(look.world.delegations.filter((each) => from.has(each.from.id)).map((each) => each.to))
    const asked = [...people, ...open.filter((person) => to.has(person.id) && mayJudge(person))]
    return asked.filter(({ id }) => !voices.includes(id))
  }
  const first: Person[] = []
  const all: Person[] = []
  const gaps: string[] = []
  for (const need of needsIn(stored)) {
    const able =
      need.kind === 'role'
        ? open.filter(({ roles, plants }) => roles.includes(need.role) && plants.includes(plant)).filter(mayJudge)
        : withLogins(open, onDuty(look.bundle, plant, need.duty, look.now)).filter(mayJudge)
    if (need.kind === 'duty' && able.length === 0) gaps.push(need.duty)
    const here = able.filter(({ login }) => dutiesOf(look.bundle, plant, login, look.now).length > 0)
    first.push(...withDelegates(here.length > 0 ? here : able))
    all.push(...withDelegates(able))
  }
  return { first: distinct(first), all: distinct(all), gaps: [...new Set(gaps)] }
}

/** Who is told when a request waits too long, or a duty has a gap: the rosters' own people, else who answers for it all. */
export async function escalationOf(stored: StoredRequest, requester: Person, look: Look): Promise<readonly Person[]> {
  const duties = needsIn(stored).flatMap((need) => (need.kind === 'duty' ? [need.duty] : []))
  const logins = duties.flatMap((duty) => escalationFor(look.bundle, stored.plant, duty))
  const named = withLogins(await look.people(), logins)
  const told = named.length > 0 ? named : await peopleOf(look, stored.plant, ['isms-manager', 'admin'])
  return distinct(told).filter((person) => person.id !== requester.id)
}

/** Who has one of these roles for a plant; somebody who acts for no plant in particular, by such a role, is told too. */
export async function peopleOf(look: Look, plant: PlantId | null, roles: readonly Role[]): Promise<readonly Person[]> {
  const whole: readonly Role[] = ['isms-manager', 'admin']
  return (await look.people()).filter((person) => {
    const held = person.roles.filter((role) => roles.includes(role))
    if (held.length === 0) return false
    if (plant === null || person.plants.includes(plant)) return true
    if (person.oversight === 'plants') return false
    return person.plants.length === 0 && held.some((role) => whole.includes(role))
  })
}

/** Everybody who has to know at once: approvers of the plant, and who answers for the whole. */
export const alarmed = (look: Look, plant: PlantId | null): Promise<readonly Person[]> =>
  peopleOf(look, plant, ['approver', 'isms-manager', 'admin'])

function withLogins(people: readonly Person[], logins: readonly Login[]): readonly Person[] {
  const wanted = new Set(logins)
  return people.filter(({ login }) => wanted.has(login))
}
