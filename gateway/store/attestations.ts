// What was attested of people and suppliers, and until when: references to proofs, never the proofs.

import type { AttestationId, AttestedUntil, Instant, PersonId, SupplierId, World } from '../../policy/index.ts'
import type { Db, Schema } from './schema.ts'

/** What an attestation says: a person may touch a controlled label, has done a training; a supplier does what is expected. */
export type Attested =
  | { readonly kind: 'label'; readonly person: PersonId; readonly label: string }
  | { readonly kind: 'training'; readonly person: PersonId; readonly training: string }
  | { readonly kind: 'expectation'; readonly supplier: SupplierId; readonly expectation: string }
export type AttestedKind = Attested['kind']
export type AttestedOf<Kind extends AttestedKind> = Extract<Attested, { readonly kind: Kind }>

export interface StoredAttestation<What extends Attested = Attested> {
  readonly id: AttestationId
  readonly of: What
  readonly until: Instant
  /** Where the proof is kept, in words. */
  readonly reference: string
  readonly by: PersonId
  readonly at: Instant
  readonly ended: { readonly by: PersonId; readonly at: Instant } | null
}

/** Until when things are attested; of each the latest end, past ones too. */
export type AttestedEnds = Pick<World, 'trainings' | 'expectations'>

export interface Attestations {
  insert(attestation: Omit<StoredAttestation, 'ended'>): Promise<void>
  byId(id: AttestationId): Promise<StoredAttestation | null>
  /** False when it was withdrawn meanwhile. */
  end(id: AttestationId, by: PersonId, at: Instant): Promise<boolean>
  /** Those of labels that hold. */
  labelsInForce(now: Instant): Promise<World['attestations']>
  /** Of what was not withdrawn. */
  ends(): Promise<AttestedEnds>
  /** Newest first. */
  list<Kind extends AttestedKind>(kind: Kind): Promise<readonly StoredAttestation<AttestedOf<Kind>>[]>
  /** Trainings and expectations that hold, end by an instant, and were not called out yet. */
  uncalled(now: Instant, by: Instant): Promise<readonly StoredAttestation<AttestedOf<'training' | 'expectation'>>[]>
  /** Its end was called out. False when it was already. */
  call(id: AttestationId, at: Instant): Promise<boolean>
}

type Row = Schema['attestation']

function attestedOf({ id, kind, person, supplier, what }: Row): Attested {
  if (kind === 'label' && person !== null) return { kind, person: person as PersonId, label: what }
  if (kind === 'training' && person !== null) return { kind, person: person as PersonId, training: what }
  if (kind === 'expectation' && supplier !== null) return { kind, supplier: supplier as SupplierId, expectation: what }
  throw new Error(`attestation \`${id}\` is of no kind this gateway knows: got \`${kind}\``)
}

function attestationOf(row: Row): StoredAttestation {
  return {
    id: row.id as AttestationId,
    of: attestedOf(row),
    until: row.until_at,
    reference: row.reference,
    by: row.by_person as PersonId,
    at: row.at,
    ended: row.ended_at === null ? null : { by: row.ended_by as PersonId, at: row.ended_at },
  }
}

function rowOf(of: Attested): Pick<Row, 'kind' | 'person' | 'supplier' | 'what'> {
  switch (of.kind) {
    case 'label':
      return { kind: of.kind, person: of.person, supplier: null, what: of.label }
    case 'training':
      return { kind: of.kind, person: of.person, supplier: null, what: of.training }
    case 'expectation':
      return { kind: of.kind, person: null, supplier: of.supplier, what: of.expectation }
  }
}

const isOf =
  <Kind extends AttestedKind>(...kinds: readonly Kind[]) =>
  (each: StoredAttestation): each is StoredAttestation<AttestedOf<Kind>> =>
    kinds.some((kind) => kind === each.of.kind)

export function attestationsIn(db: Db): Attestations {
  const all = () => db.selectFrom('attestation').selectAll()
  return {
    async insert({ id, of, until, reference, by, at }) {
      const open = { ended_by: null, ended_at: null, called_at: null }
      await db
        .insertInto('attestation')
        .values({ id, ...rowOf(of), until_at: until, reference, by_person: by, at, ...open })
        .execute()
    },
    async byId(id) {
      const row = await all().where('id', '=', id).executeTakeFirst()
      return row ? attestationOf(row) : null
    },
    async end(id, by, at) {
      const done = await db
        .updateTable('attestation')
        .set({ ended_by: by, ended_at: at })
        .where('id', '=', id)
        .where('ended_at', 'is', null)
        .executeTakeFirst()
      return done.numUpdatedRows === 1n
    },
    async labelsInForce(now) {
      const rows = await all()
        .where('kind', '=', 'label')
        .where('ended_at', 'is', null)
        .where('until_at', '>', now)
        .orderBy('id')
        .execute()
      return rows
        .map(attestationOf)
        .filter(isOf('label'))
        .map(({ of: { person, label }, until }) => ({ person, label, until }))
    },
    async ends() {
      const rows = await db
        .selectFrom('attestation')
        .select(({ fn }) => ['kind', 'person', 'supplier', 'what', fn.max('until_at').as('until_at')])
        .where('kind', '!=', 'label')
        .where('ended_at', 'is', null)
        .groupBy(['kind', 'person', 'supplier', 'what'])
        .orderBy('what')
        .orderBy('person')
        .orderBy('supplier')
        .execute()
      const trainings = new Map<PersonId, Map<string, Instant>>()
      const expectations = new Map<SupplierId, Map<string, Instant>>()
      for (const { kind, person, supplier, what, until_at } of rows) {
        if (kind === 'training' && person !== null) put(trainings, person as PersonId, what, Number(until_at))
        if (kind === 'expectation' && supplier !== null)
          put(expectations, supplier as SupplierId, what, Number(until_at))
      }
      return { trainings, expectations }
    },
    async list<Kind extends AttestedKind>(kind: Kind) {
      const rows = await all().where('kind', '=', kind).orderBy('id', 'desc').execute()
      return rows.map(attestationOf).filter(isOf(kind))
    },
    async uncalled(now, by) {
      const rows = await all()
        .where('kind', '!=', 'label')
        .where('ended_at', 'is', null)
        .where('called_at', 'is', null)
        .where('until_at', '>', now)
        .where('until_at', '<=', by)
        .orderBy('id')
        .execute()
      return rows.map(attestationOf).filter(isOf('training', 'expectation'))
    },
    async call(id, at) {
      const done = await db
        .updateTable('attestation')
        .set({ called_at: at })
        .where('id', '=', id)
        .where('called_at', 'is', null)
        .executeTakeFirst()
      return done.numUpdatedRows === 1n
    },
  }
}

function put<Key>(into: Map<Key, Map<string, Instant>>, whose: Key, what: string, until: Instant): void {
  const held = into.get(whose) ?? new Map<string, Instant>()
  into.set(whose, held.set(what, until))
}

/** When one attestation of a thing ends, does a later one go on? */
export function outlasts(ends: AttestedEnds, { of, until }: StoredAttestation): boolean {
  const held: AttestedUntil | undefined =
    of.kind === 'training'
      ? ends.trainings.get(of.person)
      : of.kind === 'expectation'
        ? ends.expectations.get(of.supplier)
        : undefined
  const last = held?.get(of.kind === 'training' ? of.training : of.kind === 'expectation' ? of.expectation : '')
  return last !== undefined && last > until
}
