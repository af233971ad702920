// Who opens, reads, sees through and closes incidents, and how a refused step is kept. Nobody of a supplier does any of
// it: they tell of concerns.

import {
  oversees,
  overseesAll,
  type Events,
  type IncidentId,
  type Person,
  type PlantId,
  type Role,
} from '../../policy/index.ts'
import type { Clock } from '../clock.ts'
import { GatewayError, type ProblemCode } from '../errors.ts'
import type { StoredIncident } from '../store/incidents.ts'
import type { Store } from '../store/store.ts'

type Refused = Events['incident.step_refused']
export type IncidentRefusal = Refused['code']

const problemOf: Readonly<Record<IncidentRefusal, ProblemCode>> = {
  'role-missing': 'role-missing',
  'safety-role-missing': 'role-missing',
  'own-incident': 'policy-denied',
  'own-action': 'policy-denied',
  'assessment-missing': 'state-conflict',
  'decision-missing': 'state-conflict',
  'action-missing': 'state-conflict',
}

/** @throws GatewayError, always. @param text for who tried; never kept. */
export async function refuseIncidentStep(
  { store, clock }: { readonly store: Store; readonly clock: Clock },
  { person, incident, step, code }: Omit<Refused, 'incident'> & { readonly incident: IncidentId | null },
  text: string,
): Promise<never> {
  const refused = { person, incident, step, code }
  await store.change(async (tx) => {
    const index = await tx.ledger.append('incident.step_refused', clock.now(), refused)
    if (incident !== null) await tx.incidents.enter(incident, index)
  })
  throw new GatewayError(problemOf[code], text)
}

type Seen = Pick<StoredIncident, 'by' | 'assignedTo' | 'hands' | 'touched'>

/** Does a role reach over one of the plants it touches; over one that touches none, only where it reaches over all. */
const reaches = (person: Person, { touched }: Seen, role: Role): boolean =>
  overseesAll(person, [role]) || touched.plants.some((plant) => oversees(person, plant, [role]))

const isOurs = (person: Person): boolean => !person.disabled && person.supplier === null

export const mayRaise = isOurs

/** Who acts for a plant that is touched. */
const answersThere = (person: Person, { touched }: Seen): boolean =>
  person.roles.some((role) => role === 'approver' || role === 'safety-engineer') &&
  touched.plants.some((plant) => person.plants.includes(plant))

/** Who writes to it: whom it is assigned to, an isms-manager, an approver or safety engineer of a plant it touches. */
export function mayHandle(person: Person, incident: Seen): boolean {
  if (!isOurs(person)) return false
  if (person.id === incident.assignedTo || answersThere(person, incident)) return true
  return reaches(person, incident, 'isms-manager')
}

export function mayReadIncident(person: Person, incident: Seen): boolean {
  if (!isOurs(person)) return false
  if (person.id === incident.by || mayHandle(person, incident)) return true
  return reaches(person, incident, 'auditor')
}

/** Who is told what was done with the recording of a session it touches, in this plant; null: of no plant any more. */
export function mayFollow(person: Person, { assignedTo }: Seen, plant: PlantId | null): boolean {
  if (person.id === assignedTo || overseesAll(person, ['auditor', 'isms-manager'])) return true
  if (plant === null) return false
  const answers = person.roles.some((role) => role === 'approver' || role === 'safety-engineer')
  return oversees(person, plant, ['auditor', 'isms-manager']) || (answers && person.plants.includes(plant))
}

/** Who puts on hold what it touches: whoever sets legal holds. */
export const mayHoldFor = (person: Person, incident: Seen): boolean =>
  isOurs(person) && (reaches(person, incident, 'auditor') || reaches(person, incident, 'isms-manager'))

/** Who may say that it is over, but for who opened it and who saw it through: for every plant it touches. */
export function mayClose(person: Person, { touched: { plants } }: Seen): boolean {
  if (!isOurs(person)) return false
  if (overseesAll(person, ['isms-manager'])) return true
  const answersFor = (plant: (typeof plants)[number]): boolean =>
    oversees(person, plant, ['isms-manager']) || (person.roles.includes('approver') && person.plants.includes(plant))
  return plants.length > 0 && plants.every(answersFor)
}

/** Opened by them, or seen through by them at any time: passing it on right before does not make it another's. */
export const isOwnIncident = (person: Person, { by, hands }: Seen): boolean =>
  person.id === by || hands.includes(person.id)
