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
  'unheard-of-role': { roles: ['caretaker'] },
} as const

export type Part = keyof typeof cast
export const people: ReadonlyMap<string, Person> = new Map(
  Object.entries(cast).map(([login, given]) => [login, personOf({ login, ...given })]),
)

export function person(part: Part): Person {
  const found = people.get(part)
  if (found === undefined) throw new Error(`nobody plays \`${part}\``)
  return found
}
