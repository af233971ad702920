// Attesting that a person may touch what carries a controlled label (export control, a customer's restriction): who says
// so, until which day, and where the proof is kept. The proof itself never comes here.

import type { AttestationId } from '../../policy/index.ts'
import { mint } from '../clock.ts'
import { GatewayError } from '../errors.ts'
import type { StoredAttestation } from '../store/attestations.ts'
import type { Actor } from './authorize.ts'
import { findTarget } from './ending.ts'
import { keepRefusal } from './refusal.ts'
import type { SuspendDeps } from './suspensions.ts'
import type { WorldSource } from './world.ts'

const day = 24 * 3_600_000
/** An attestation is looked at again within a year. */
export const longestAttestationMs = 366 * day

export interface Attestations {
  /** @throws GatewayError `role-missing`, `policy-denied` for oneself, `invalid-window`, `not-found`. */
  attest(
    actor: Actor,
    given: { person: string; label: string; until: number; reference: string },
  ): Promise<StoredAttestation>
  /** From now on it counts for nothing; sessions that rest on it end. */
  withdraw(actor: Actor, id: AttestationId, reason: string): Promise<void>
}

export function openAttestations(deps: SuspendDeps & { readonly world: WorldSource }): Attestations {
  const { store, clock, bundle, world } = deps
  const mayAttest = ({ person }: Actor): boolean =>
    person.supplier === null && person.roles.some((role) => role === 'isms-manager' || role === 'admin')
  const needs = 'the eligibility of a person is attested by an isms-manager or admin'

  return {
    async attest(actor, { person: named, label, until, reference }) {
      const by = actor.person.id
      const target = await findTarget(store, bundle(), { kind: 'person', id: named })
      if (target.kind !== 'person') throw new GatewayError('not-found', `no person \`${named}\``)
      const person = target.id
      const refuse = (code: 'role-missing' | 'own-eligibility', text: string): Promise<never> =>
        keepRefusal({ store, clock }, { person: by, step: 'attest', code, subject: person }, text)
      if (!mayAttest(actor)) return refuse('role-missing', needs)
      if (person === by) return refuse('own-eligibility', 'nobody attests their own eligibility')
      if (!bundle().scope.controlledLabels.some((controlled) => controlled.label === label))
        throw new GatewayError('not-found', `the scope declares no controlled label \`${label}\``)
      const now = clock.now()
      if (until <= now || until > now + longestAttestationMs)
        throw new GatewayError('invalid-window', 'an attestation ends in the future, and within 12 months')
      const row = { id: mint.attestation(now), person, label, until, reference, by, at: now }
      await store.change(async (tx) => {
        await tx.attestations.insert(row)
        await tx.ledger.append('eligibility.attested', now, {
          attestation: row.id,
          person,
          label,
          until,
          by,
          reference: await tx.ledger.commit(reference),
        })
      })
      await world.refresh()
      return { ...row, ended: null }
    },

    async withdraw(actor, id, reason) {
      const by = actor.person.id
      const stored = await store.attestations.byId(id)
      if (!stored) throw new GatewayError('not-found', `no attestation \`${id}\``)
      if (!mayAttest(actor))
        return keepRefusal(
          { store, clock },
          { person: by, step: 'withdraw-attestation', code: 'role-missing', subject: id },
          needs,
        )
      await store.change(async (tx) => {
        if (!(await tx.attestations.end(id, by, clock.now())))
          throw new GatewayError('state-conflict', `attestation \`${id}\` was withdrawn already`)
        await tx.ledger.append('eligibility.withdrawn', clock.now(), {
          attestation: id,
          person: stored.person,
          by,
          reason: await tx.ledger.commit(reason),
        })
      })
      await world.refresh()
    },
  }
}
