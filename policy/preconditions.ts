// What has to have been shown before access is used: trainings of the person, expectations of their supplier. Declared
// in the bundle, attested outside it; what is not attested now is missing.

import type { Bundle } from './bundle/bundle.ts'
import type { SupplierId } from './ids.ts'
import type {
  AccessRules,
  Asset,
  AttestedUntil,
  Expectation,
  Instant,
  OperationClass,
  Person,
  Supplier,
  Training,
  World,
} from './model.ts'

/** Something that is not attested now. */
export interface Unattested<What> {
  readonly what: What
  /** When the last attestation of it ended; null where there was none, or it was withdrawn. */
  readonly endedAt: Instant | null
}

/** What is expected of a supplier, by its risk tier. */
export function expectationsOf(
  supplier: Pick<Supplier, 'riskTier'>,
  { expectations }: Pick<Bundle, 'expectations'>,
): readonly Expectation[] {
  return expectations.filter(({ tiers }) => tiers.includes(supplier.riskTier))
}

/** Expectations of the person's supplier that are not attested now. A supplier nobody declared has the contract's guard. */
export function unmetExpectations(
  { supplier: id }: Pick<Person, 'supplier'>,
  bundle: Bundle,
  world: World,
  now: Instant,
): readonly Unattested<Expectation>[] {
  const supplier = id === null ? undefined : bundle.suppliers.get(id)
  if (supplier === undefined) return []
  return lacking(expectationsOf(supplier, bundle), world.expectations.get(supplier.id), now)
}

/** What is about to be used; without a class, a training for some classes only is not asked for. */
export interface TrainedUse {
  readonly asset: Asset
  readonly operationClass: OperationClass | null
}

/** Could the person need the training at all, on some asset? */
export function isTrainingFor(training: Training, person: Pick<Person, 'roles' | 'supplier'>): boolean {
  const { roles, population } = training.for
  if (roles !== undefined && !roles.some((role) => person.roles.includes(role))) return false
  return population === undefined || population === (person.supplier === null ? 'plant' : 'supplier')
}

/** Trainings the person needs for this use, attested or not. */
export function trainingsFor(person: Person, use: TrainedUse, { trainings }: AccessRules): readonly Training[] {
  return trainings.filter((training) => {
    const { operationClasses, zones, labels } = training.for
    if (!isTrainingFor(training, person)) return false
    if (operationClasses !== undefined && !operationClasses.some((each) => each === use.operationClass)) return false
    if (zones !== undefined && !zones.includes(use.asset.zone)) return false
    return labels === undefined || labels.some((label) => use.asset.labels.includes(label))
  })
}

/** Trainings the person needs for this use and that are not attested now. */
export function missingTrainings(
  person: Person,
  use: TrainedUse,
  access: AccessRules,
  world: World,
  now: Instant,
): readonly Unattested<Training>[] {
  return lacking(trainingsFor(person, use, access), world.trainings.get(person.id), now)
}

/** Ids of the trainings attested for a person now. */
export function trainingsOf({ id }: Pick<Person, 'id'>, world: World, now: Instant): readonly string[] {
  return [...(world.trainings.get(id) ?? [])].flatMap(([training, until]) => (now < until ? [training] : []))
}

/** When attestations of a person and of their supplier end, past ends among them. */
export function endsOfPreconditions(
  { id, supplier }: { readonly id: Person['id']; readonly supplier: SupplierId | null },
  world: World,
): readonly Instant[] {
  return [
    ...(world.trainings.get(id)?.values() ?? []),
    ...((supplier === null ? undefined : world.expectations.get(supplier))?.values() ?? []),
  ]
}

function lacking<What extends { readonly id: string }>(
  needed: readonly What[],
  attested: AttestedUntil | undefined,
  now: Instant,
): readonly Unattested<What>[] {
  return needed.flatMap((what) => {
    const until = attested?.get(what.id)
    return until !== undefined && now < until ? [] : [{ what, endedAt: until ?? null }]
  })
}
