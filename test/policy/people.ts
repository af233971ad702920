// The people of the policy tests, by the part they play, and ways to make one.

import type { PersonId, PlantId, SupplierId } from '../../policy/ids.ts'
import type { Person, Role } from '../../policy/model.ts'
import { parseLogin } from '../../policy/ids.ts'

let made = 0

export function personOf(given: {
  readonly login: string
  readonly roles: readonly string[]
  readonly supplier?: string
  readonly plants?: readonly string[]
  readonly disabled?: boolean
}): Person {
  const login = parseLogin(given.login)
  if (login.kind === 'malformed') throw new Error(login.reason)
  made += 1
  return {
    id: `per_${String(made).padStart(26, '0')}` as PersonId,
    login: login.id,
    displayName: given.login,
    // A role out of the blue is what one scenario is about.
    roles: given.roles as readonly Role[],
    supplier: given.supplier === undefined ? null : (given.supplier as SupplierId),
    plants: (given.plants ?? ['north']) as readonly PlantId[],
    disabled: given.disabled ?? false,
  }
}

const cast = {
  'supplier-engineer': { roles: ['vendor'], supplier: 'acme-drives' },
  'former-supplier-engineer': { roles: ['vendor'], supplier: 'former-packaging' },
  'unknown-supplier-engineer': { roles: ['vendor'], supplier: 'nobody-knows' },
  'supplier-approver': { roles: ['approver'], supplier: 'acme-drives' },
  'plant-engineer': { roles: ['engineer'] },
  'south-engineer': { roles: ['engineer'], plants: ['south'] },
  'disabled-engineer': { roles: ['engineer'], disabled: true },
  'safety-engineer': { roles: ['safety-engineer', 'engineer'] },
  approver: { roles: ['approver'] },
  'south-approver': { roles: ['approver'], plants: ['south'] },
  'early-lead': { roles: ['engineer', 'escort'] },
  'late-lead': { roles: ['engineer', 'escort'] },
  'night-lead': { roles: ['engineer', 'escort'] },
  auditor: { roles: ['auditor'] },
  'safety-approver': { roles: ['safety-engineer', 'approver', 'engineer'] },
  'unheard-of-role': { roles: ['caretaker'] },
  'mes-owner': { roles: ['engineer', 'approver'] },
} as const

/** Machine accounts: who answers for each, and until when. */
const machineCast = {
  'svc-mes-erp': { owner: 'mes-owner', until: '2026-12-31' },
  'svc-not-declared': { owner: 'mes-owner', until: '2026-12-31' },
  'svc-needs-more': { owner: 'mes-owner', until: '2026-12-31' },
  'svc-orphaned': { owner: 'disabled-engineer', until: '2026-12-31' },
  'svc-of-the-south': { owner: 'south-engineer', until: '2026-12-31' },
  'svc-past-its-end': { owner: 'mes-owner', until: '2026-03-01' },
} as const

export type Part = keyof typeof cast | keyof typeof machineCast
export const people: Map<string, Person> = new Map(
  Object.entries(cast).map(([login, given]) => [login, personOf({ login, ...given })]),
)
for (const [login, { owner, until }] of Object.entries(machineCast))
  people.set(login, machineOf(login, people.get(owner), until))

/** Comes from 10.20.0.0/24. */
export function machineOf(login: string, owner: Person | undefined, until: string): Person {
  if (owner === undefined) throw new Error(`nobody answers for \`${login}\``)
  const person = personOf({ login, roles: ['engineer'] })
  return { ...person, machine: { owner, purpose: 'counters for the ERP', until, sources: ['10.20.0.0/24'] } }
}

export function person(part: Part): Person {
  const found = people.get(part)
  if (found === undefined) throw new Error(`nobody plays \`${part}\``)
  return found
}
