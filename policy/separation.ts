// Separation of duties: which exclusive roles and duties one person holds, from when that is enforced, and what of their
// rights is left until it is mended. Nobody is shut out: what decides, approves or audits is of no use, the rest stays.

import type { Bundle } from './bundle/bundle.ts'
import { startOfDay } from './calendar.ts'
import type { Login, PlantId } from './ids.ts'
import type { Instant, Person, Role, SeparationRule } from './model.ts'
import { dutiesOf } from './roster.ts'

type Declared = Pick<Bundle, 'access' | 'calendars'>

/** One person holding more of a rule than one. */
export interface Breach {
  readonly rule: SeparationRule
  /** What of the rule they hold; with the duties at least two. */
  readonly roles: readonly Role[]
  readonly duties: readonly string[]
  /** The instant from which it is enforced. */
  readonly enforcedFrom: Instant
  readonly isEnforced: boolean
  /** Of the roles, those that are of no use while it is enforced; its duties are none either. */
  readonly withheld: readonly Role[]
}

/** Roles by which somebody decides about others, approves, or checks. Working, asking and coming along stay. */
const deciding: ReadonlySet<Role> = new Set(['approver', 'safety-engineer', 'auditor', 'isms-manager', 'admin'])

type Holder = Pick<Person, 'login' | 'roles' | 'withheld' | 'machine'>

/** What somebody was given, of use or not. */
export const heldRoles = ({ roles, withheld }: Pick<Person, 'roles' | 'withheld'>): readonly Role[] =>
  withheld === undefined ? roles : [...roles, ...withheld]

/** Every rule the person breaks, enforced yet or not, in the bundle's order. A machine account holds one role and no duty. */
export function breachesOf(person: Holder, bundle: Declared, now: Instant): readonly Breach[] {
  const { separation } = bundle.access
  if (separation.length === 0 || person.machine !== undefined) return []
  const held = heldRoles(person)
  return separation.flatMap((rule) => {
    const roles = rule.roles.filter((role) => held.includes(role))
    const duties = rule.duties.length === 0 ? [] : rosteredFor(bundle, person.login, rule.duties)
    if (roles.length + duties.length < 2) return []
    const enforcedFrom = startOfDay(rule.from, 'UTC')
    const withheld = roles.filter((role) => deciding.has(role))
    return [{ rule, roles, duties, enforcedFrom, isEnforced: now >= enforcedFrom, withheld }]
  })
}

/** The duties any roster of any plant has this login on, whether now or not. */
function rosteredFor({ calendars }: Declared, login: Login, duties: readonly string[]): readonly string[] {
  return duties.filter((duty) =>
    calendars.rosters.some(
      (roster) => roster.duty === duty && roster.shifts.some(({ people }) => people.includes(login)),
    ),
  )
}

/**
 * The person with the roles that count in decisions now: all of them, but for what enforced rules withhold. The same
 * value where nothing is withheld.
 */
export function withUsableRoles(person: Person, bundle: Declared, now: Instant): Person {
  const withheld = new Set(enforced(person, bundle, now).flatMap((breach) => breach.withheld))
  const owner = person.machine?.owner
  const ownerNow = owner === undefined ? undefined : withUsableRoles(owner, bundle, now)
  const machine = person.machine && ownerNow && ownerNow !== owner ? { ...person.machine, owner: ownerNow } : undefined
  if (withheld.size === 0) return machine === undefined ? person : { ...person, machine }
  const held = heldRoles(person)
  return {
    ...person,
    roles: held.filter((role) => !withheld.has(role)),
    withheld: held.filter((role) => withheld.has(role)),
  }
}

/** The duties a person is on in a plant at an instant, but for those that enforced rules withhold. */
export function usableDuties(
  person: Holder,
  bundle: Pick<Bundle, 'access' | 'calendars' | 'plants'>,
  plant: PlantId,
  at: Instant,
): readonly string[] {
  const on = dutiesOf(bundle, plant, person.login, at)
  const withheld = new Set(enforced(person, bundle, at).flatMap(({ duties }) => duties))
  return withheld.size === 0 ? on : on.filter((duty) => !withheld.has(duty))
}

function enforced(person: Holder, bundle: Declared, now: Instant): readonly Breach[] {
  return breachesOf(person, bundle, now).filter(({ isEnforced }) => isEnforced)
}

/**
 * The breaches that a change of roles would bring about or make wider: enforced ones are a reason to refuse it, the others
 * to say so.
 * @param before null for somebody who is new.
 */
export function newBreaches(before: Holder | null, after: Holder, bundle: Declared, now: Instant): readonly Breach[] {
  const had = new Map(
    before === null ? [] : breachesOf(before, bundle, now).map(({ rule, roles }) => [rule.id, roles] as const),
  )
  return breachesOf(after, bundle, now).filter(({ rule, roles }) => {
    const earlier = had.get(rule.id)
    return earlier === undefined || roles.some((role) => !earlier.includes(role))
  })
}

/** `auditor and approver, which rule ``audit-apart`` keeps apart` */
export function sayBreach({ rule, roles, duties }: Pick<Breach, 'rule' | 'roles' | 'duties'>): string {
  const held = [...roles, ...duties.map((duty) => `duty ${duty}`)]
  const last = held.at(-1) ?? ''
  const listed = held.length < 2 ? last : `${held.slice(0, -1).join(', ')} and ${last}`
  return `${listed}, which rule \`${rule.id}\` keeps apart from ${rule.from} on`
}
