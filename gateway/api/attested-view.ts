// Trainings of people and expectations of suppliers as the contract shows them: what is needed, how each stands, and on
// whose word.

import {
  expectationsOf,
  isTrainingFor,
  sayRole,
  type Bundle,
  type Expectation,
  type Person,
  type PersonId,
  type Supplier,
  type Training,
  type ZoneId,
} from '../../policy/index.ts'
import { expiringMs } from '../access/attestations.ts'
import type { AttestedState, ExpectationView, PersonTrainingsView, ProofView, TrainingView } from '../contract/views.ts'
import type { StoredAttestation } from '../store/attestations.ts'
import { refOf } from './person-ref.ts'
import type { Services } from './services.ts'

export interface AttestedViewer {
  declared(): TrainingView[]
  /** Each with the trainings they may need and those they have beside. */
  trainings(people: readonly Person[]): Promise<PersonTrainingsView[]>
  /** Everything that is expected of the supplier. */
  expectations(supplier: Supplier): Promise<ExpectationView[]>
}

/** Where a training is needed: every part has to match. */
function sayFor({ roles, population, operationClasses, zones, labels }: Training['for'], bundle: Bundle): string {
  // A zone's name may hold a comma itself.
  const zoneName = (id: ZoneId): string => `\u201c${bundle.zones.get(id)?.name ?? id}\u201d`
  const parts = [
    ...(population === undefined ? [] : [population === 'supplier' ? "suppliers' people" : "the plant's own people"]),
    ...(roles === undefined ? [] : [`roles ${roles.map(sayRole).join(' or ')}`]),
    ...(operationClasses === undefined ? [] : [`class ${operationClasses.join(' or ')}`]),
    ...(zones === undefined ? [] : [`in ${zones.map(zoneName).join(' or ')}`]),
    ...(labels === undefined ? [] : [`on assets labelled ${labels.join(' or ')}`]),
  ]
  return parts.length === 0 ? 'everybody' : parts.join(', ')
}

export function openAttestedViewer({ store, bundle, clock }: Services): AttestedViewer {
  function stateOf(last: StoredAttestation | undefined): AttestedState {
    if (last === undefined) return 'missing'
    const left = last.until - clock.now()
    return left <= 0 ? 'over' : left <= expiringMs ? 'ending' : 'in-force'
  }

  const proofOf = (last: StoredAttestation | undefined, people: ReadonlyMap<string, Person>): ProofView =>
    last === undefined
      ? null
      : {
          attestation: last.id,
          until: last.until,
          reference: last.reference,
          by: refOf(people, last.by, bundle()),
          at: last.at,
        }

  return {
    declared: () =>
      bundle().access.trainings.map((training) => ({
        id: training.id,
        title: training.title,
        for: sayFor(training.for, bundle()),
        validDays: training.validDays,
      })),

    async trainings(people) {
      const all = (await store.attestations.list('training')).filter(({ ended }) => ended === null)
      const by = await store.people.byIds(all.map((each) => each.by))
      const known = new Map<string, Person>([...by, ...people.map((person) => [person.id, person] as const)])
      const held = new Map<PersonId, StoredAttestation<(typeof all)[number]['of']>[]>()
      for (const each of all) held.set(each.of.person, [...(held.get(each.of.person) ?? []), each])
      return people.map((person) => {
        const own = held.get(person.id) ?? []
        const has = ({ id }: Training): boolean => own.some(({ of }) => of.training === id)
        return {
          person: refOf(known, person.id, bundle()),
          trainings: bundle()
            .access.trainings.filter((training) => isTrainingFor(training, person) || has(training))
            .map(({ id, title }) => {
              const last = lastOf(own.filter(({ of }) => of.training === id))
              return { training: id, title, state: stateOf(last), proof: proofOf(last, known) }
            }),
        }
      })
    },

    async expectations(supplier) {
      const all = (await store.attestations.list('expectation')).filter(
        ({ of, ended }) => ended === null && of.supplier === supplier.id,
      )
      const known = await store.people.byIds(all.map(({ by }) => by))
      return expectationsOf(supplier, bundle()).map(({ id, text, validDays }: Expectation) => {
        const last = lastOf(all.filter(({ of }) => of.expectation === id))
        return { id, text, validDays, state: stateOf(last), proof: proofOf(last, known) }
      })
    },
  }
}

function lastOf<Each extends StoredAttestation>(all: readonly Each[]): Each | undefined {
  return all.toSorted((a, b) => b.until - a.until)[0]
}
