// Attesting that a person may touch what carries a controlled label, that a person has done a training, that a supplier
// does what is expected of it: who says so, until which day, and where the proof is kept. The proof never comes here.

import {
  expectationsOf,
  parseSupplierId,
  type AttestationId,
  type Bundle,
  type PersonId,
  type SupplierId,
  overseesAll,
} from '../../policy/index.ts'
import { mint } from '../clock.ts'
import { GatewayError } from '../errors.ts'
import { outlasts, type Attested, type AttestedOf, type StoredAttestation } from '../store/attestations.ts'
import type { Tx } from '../store/store.ts'
import type { Actor } from './authorize.ts'
import { findTarget } from './ending.ts'
import { keepRefusal, type RefusedStep } from './refusal.ts'
import type { SuspendDeps } from './suspensions.ts'
import type { WorldSource } from './world.ts'

const day = 24 * 3_600_000
/** A person's eligibility is looked at again within a year. */
export const longestAttestationMs = 366 * day
/** How long before its end a training or an expectation is called out, so that it can be attested anew in time. */
export const expiringMs = 30 * day

/** What is attested, as the person attesting names it: a person by id or login. */
export type Named =
  | { readonly kind: 'label'; readonly person: string; readonly label: string }
  | { readonly kind: 'training'; readonly person: string; readonly training: string }
  | { readonly kind: 'expectation'; readonly supplier: string; readonly expectation: string }

/** Until when, and where the proof is kept. */
export interface Proof {
  readonly until: number
  readonly reference: string
}

export interface Attestations {
  /** @throws GatewayError `role-missing`, `policy-denied` for oneself, `invalid-window`, `not-found`. */
  attest<Kind extends Attested['kind']>(
    actor: Actor,
    named: Extract<Named, { readonly kind: Kind }>,
    proof: Proof,
  ): Promise<StoredAttestation<AttestedOf<Kind>>>
  /** From now on it counts for nothing; sessions that rest on it end. */
  withdraw<Kind extends Attested['kind']>(
    actor: Actor,
    kind: Kind,
    id: AttestationId,
    reason: string,
  ): Promise<StoredAttestation<AttestedOf<Kind>>>
  /** Calls out once what ends soon. Called every second. */
  sweep(): Promise<void>
}

/** Who may attest: who answers for all plants, since what is attested holds in each of them. */
export function mayAttest({ person }: Pick<Actor, 'person'>): boolean {
  return overseesAll(person, ['isms-manager', 'admin'])
}

/** The longest an attestation of something may hold from now, in ms. */
function longestFor(of: Attested, bundle: Bundle): number {
  switch (of.kind) {
    case 'label':
      return longestAttestationMs
    case 'training':
      return (bundle.access.trainings.find(({ id }) => id === of.training)?.validDays ?? 0) * day
    case 'expectation':
      return (bundle.expectations.find(({ id }) => id === of.expectation)?.validDays ?? 0) * day
  }
}

export function openAttestations(deps: SuspendDeps & { readonly world: WorldSource }): Attestations {
  const { store, clock, bundle, world } = deps
  const needs = 'this is attested by an isms-manager or admin who looks over all plants'

  async function personNamed(named: string): Promise<PersonId> {
    const target = await findTarget(store, bundle(), { kind: 'person', id: named })
    if (target.kind !== 'person') throw new GatewayError('not-found', `no person \`${named}\``)
    return target.id
  }

  function supplierNamed(named: string): SupplierId {
    const parsed = parseSupplierId(named)
    if (parsed.kind === 'malformed' || !bundle().suppliers.has(parsed.id))
      throw new GatewayError('not-found', `no supplier \`${named}\``)
    return parsed.id
  }

  async function resolve(named: Named): Promise<Attested> {
    switch (named.kind) {
      case 'label':
        return { ...named, person: await personNamed(named.person) }
      case 'training':
        return { ...named, person: await personNamed(named.person) }
      case 'expectation':
        return { ...named, supplier: supplierNamed(named.supplier) }
    }
  }

  /** @throws GatewayError `not-found` for what the bundle does not declare, or not for this supplier. */
  function needDeclared(of: Attested): void {
    const { scope, access, suppliers } = bundle()
    switch (of.kind) {
      case 'label':
        if (!scope.controlledLabels.some(({ label }) => label === of.label))
          throw new GatewayError('not-found', `the scope declares no controlled label \`${of.label}\``)
        return
      case 'training':
        if (!access.trainings.some(({ id }) => id === of.training))
          throw new GatewayError('not-found', `access.yaml declares no training \`${of.training}\``)
        return
      case 'expectation': {
        const supplier = suppliers.get(of.supplier)
        const expected = supplier === undefined ? [] : expectationsOf(supplier, bundle())
        if (!expected.some(({ id }) => id === of.expectation))
          throw new GatewayError('not-found', `nothing called \`${of.expectation}\` is expected of this supplier`)
      }
    }
  }

  /** Why this person may not attest it, though others may; null where they may. */
  function conflict({ person }: Actor, of: Attested): RefusedStep['code'] | null {
    if (of.kind === 'expectation') return person.supplier === of.supplier ? 'own-supplier' : null
    if (of.person !== person.id) return null
    return of.kind === 'training' ? 'own-training' : 'own-eligibility'
  }

  const conflictTexts: Readonly<Partial<Record<RefusedStep['code'], string>>> = {
    'own-eligibility': 'nobody attests their own eligibility',
    'own-training': 'nobody attests their own training',
    'own-supplier': 'nobody attests anything of their own supplier',
  }

  return {
    async attest<Kind extends Attested['kind']>(
      actor: Actor,
      named: Extract<Named, { readonly kind: Kind }>,
      { until, reference }: Proof,
    ) {
      const by = actor.person.id
      const of: Attested = await resolve(named)
      const subject = of.kind === 'expectation' ? of.supplier : of.person
      const refuse = (code: RefusedStep['code'], text: string): Promise<never> =>
        keepRefusal({ store, clock }, { person: by, step: 'attest', code, subject }, text)
      const own = conflict(actor, of)
      if (own === 'own-supplier') return refuse(own, conflictTexts[own] ?? needs)
      if (!mayAttest(actor)) return refuse('role-missing', needs)
      if (own !== null) return refuse(own, conflictTexts[own] ?? needs)
      needDeclared(of)
      const now = clock.now()
      const longest = longestFor(of, bundle())
      if (until <= now || until > now + longest)
        throw new GatewayError(
          'invalid-window',
          `an attestation of this ends in the future, and within ${Math.round(longest / day)} days`,
        )
      const row = { id: mint.attestation(now), of, until, reference, by, at: now }
      await store.change(async (tx) => {
        await tx.attestations.insert(row)
        await noteAttested(tx, row)
      })
      await world.refresh()
      // It is of the kind it was named with.
      return { ...row, ended: null } as StoredAttestation<AttestedOf<Kind>>
    },

    async withdraw<Kind extends Attested['kind']>(actor: Actor, kind: Kind, id: AttestationId, reason: string) {
      const by = actor.person.id
      const stored = await store.attestations.byId(id)
      if (stored?.of.kind !== kind) throw new GatewayError('not-found', `no attestation \`${id}\` of that kind`)
      if (!mayAttest(actor))
        return keepRefusal(
          { store, clock },
          { person: by, step: 'withdraw-attestation', code: 'role-missing', subject: id },
          needs,
        )
      await store.change(async (tx) => {
        if (!(await tx.attestations.end(id, by, clock.now())))
          throw new GatewayError('state-conflict', `attestation \`${id}\` was withdrawn already`)
        await noteWithdrawn(tx, stored, by, reason, clock.now())
      })
      await world.refresh()
      const ended = { by, at: clock.now() }
      return { ...stored, ended } as StoredAttestation<AttestedOf<Kind>>
    },

    async sweep() {
      const now = clock.now()
      const due = await store.attestations.uncalled(now, now + expiringMs)
      if (due.length === 0) return
      const ends = await store.attestations.ends()
      for (const each of due) {
        if (outlasts(ends, each)) await store.bookkeep((tx) => tx.attestations.call(each.id, now))
        else
          await store.change(async (tx) => {
            if (!(await tx.attestations.call(each.id, now)))
              throw new Error(`the end of attestation \`${each.id}\` was called out twice`)
            await noteExpiring(tx, each, now)
          })
      }
    },
  }
}

async function noteAttested(
  tx: Tx,
  { id, of, until, reference, by, at }: Omit<StoredAttestation, 'ended'>,
): Promise<number> {
  const about = { attestation: id, until, by, reference: await tx.ledger.commit(reference) }
  switch (of.kind) {
    case 'label':
      return tx.ledger.append('eligibility.attested', at, { ...about, person: of.person, label: of.label })
    case 'training':
      return tx.ledger.append('training.attested', at, { ...about, person: of.person, training: of.training })
    case 'expectation':
      return tx.ledger.append('supplier.expectation_attested', at, {
        ...about,
        supplier: of.supplier,
        expectation: of.expectation,
      })
  }
}

async function noteWithdrawn(
  tx: Tx,
  { id, of }: StoredAttestation,
  by: PersonId,
  reason: string,
  now: number,
): Promise<number> {
  const about = { attestation: id, by, reason: await tx.ledger.commit(reason) }
  switch (of.kind) {
    case 'label':
      return tx.ledger.append('eligibility.withdrawn', now, { ...about, person: of.person })
    case 'training':
      return tx.ledger.append('training.withdrawn', now, { ...about, person: of.person, training: of.training })
    case 'expectation':
      return tx.ledger.append('supplier.expectation_withdrawn', now, {
        ...about,
        supplier: of.supplier,
        expectation: of.expectation,
      })
  }
}

async function noteExpiring(
  tx: Tx,
  { id, of, until }: StoredAttestation<AttestedOf<'training' | 'expectation'>>,
  now: number,
): Promise<number> {
  return of.kind === 'training'
    ? tx.ledger.append('training.expiring', now, { attestation: id, person: of.person, training: of.training, until })
    : tx.ledger.append('supplier.expectation_expiring', now, {
        attestation: id,
        supplier: of.supplier,
        expectation: of.expectation,
        until,
      })
}
