// The invariant about what access leans on: where the bundle says that no new session begins without it, none does.

import { closingFor } from '../dependencies.ts'
import { quote } from '../ids.ts'
import type { GuardRule } from '../rules.ts'
import type { Situation } from '../situation.ts'
import { finding, type Finding, type Guard } from './guard.ts'

export const dependencyGuards = {
  'dependency-down': { controls: ['GW-SCP-01'], check: dependencyDown },
} as const satisfies Partial<Record<GuardRule, Guard>>

function dependencyDown({ action, unavailable, isLiving, user, use }: Situation): Finding | null {
  if (action !== 'connect') return null
  const [first, ...others] = closingFor(unavailable, user, use?.tier ?? null).filter(
    ({ whenDown }) => !isLiving || whenDown.living,
  )
  if (first === undefined) return null
  const more = others.length === 0 ? '' : `, nor ${others.map(({ id }) => quote(id)).join(' and ')}`
  return finding(
    `${quote(first.id)} (${first.name}) does not work${more}, and the scope lets no new session begin without it`,
    'dependency',
    `its owner, ${first.owner}, has to bring it back`,
  )
}
