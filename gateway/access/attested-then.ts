// What was attested at a moment of the past, of the people a decision was about. Worked out from the attestations as
// they are kept: none is ever deleted, and each says from when to when it held. Without a store to ask, all is supposed.

import type { Bundle, Instant, Person, World } from '../../policy/index.ts'
import type { StoredAttestation } from '../store/attestations.ts'
import type { Tables } from '../store/store.ts'

export type AttestedThen = (
  people: readonly Person[],
  at: Instant,
) => Pick<World, 'attestations' | 'trainings' | 'expectations'>

/** Reads all of them once. */
export async function readAttestedThen({ attestations }: Pick<Tables, 'attestations'>): Promise<AttestedThen> {
  const held = (each: StoredAttestation, at: Instant): boolean =>
    each.at <= at && at < each.until && (each.ended === null || at < each.ended.at)
  const labels = bySubject(await attestations.list('label'), ({ of }) => of.person)
  const trainings = bySubject(await attestations.list('training'), ({ of }) => of.person)
  const expectations = bySubject(await attestations.list('expectation'), ({ of }) => of.supplier)
  return (people, at) => ({
    attestations: people.flatMap(({ id }) =>
      (labels.get(id) ?? [])
        .filter((each) => held(each, at))
        .map(({ of: { person, label }, until }) => ({ person, label, until })),
    ),
    trainings: new Map(
      people.map(({ id }) => [
        id,
        ends(
          (trainings.get(id) ?? []).filter((each) => held(each, at)),
          ({ of }) => of.training,
        ),
      ]),
    ),
    expectations: new Map(
      people.flatMap(({ supplier }) =>
        supplier === null
          ? []
          : [
              [
                supplier,
                ends(
                  (expectations.get(supplier) ?? []).filter((each) => held(each, at)),
                  ({ of }) => of.expectation,
                ),
              ] as const,
            ],
      ),
    ),
  })
}

/** Every training and expectation of the bundle as attested for these people and their suppliers, for ever. */
export function supposeAttested(
  people: readonly Person[],
  { access, expectations }: Pick<Bundle, 'access' | 'expectations'>,
): Pick<World, 'trainings' | 'expectations'> {
  const forEver = (all: readonly { readonly id: string }[]) => new Map(all.map(({ id }) => [id, Infinity]))
  return {
    trainings: new Map(people.map(({ id }) => [id, forEver(access.trainings)])),
    expectations: new Map(
      people.flatMap(({ supplier }) => (supplier === null ? [] : [[supplier, forEver(expectations)]])),
    ),
  }
}

function bySubject<Each, Key>(all: readonly Each[], key: (each: Each) => Key): ReadonlyMap<Key, readonly Each[]> {
  return Map.groupBy(all, key)
}

/** The latest end of each. */
function ends<Each extends { readonly until: Instant }>(
  all: readonly Each[],
  what: (each: Each) => string,
): ReadonlyMap<string, Instant> {
  return new Map(all.toSorted((a, b) => a.until - b.until).map((each) => [what(each), each.until]))
}
