// Which roles a person has by what HR, a directory or a supplier says of them. Grants nothing new: the roles are the
// gateway's own, and policies judge them as they judge roles given by hand.

import type { Role, RoleMapping } from './model.ts'

/** A role, and the mapping that gives it. */
export interface MappedRole {
  readonly role: Role
  readonly mapping: string
}

/**
 * The roles of somebody with these attributes, each once with the first mapping that gives it, in the order of the bundle.
 * Empty: nothing of the gateway is theirs.
 */
export function rolesFor(
  attributes: ReadonlyMap<string, string>,
  mappings: readonly RoleMapping[],
): readonly MappedRole[] {
  const given = new Map<Role, string>()
  for (const { id, when, roles } of mappings) {
    if (!when.every(({ attribute, values }) => isOneOf(attributes.get(attribute), values))) continue
    for (const role of roles) if (!given.has(role)) given.set(role, id)
  }
  return [...given].map(([role, mapping]) => ({ role, mapping }))
}

function isOneOf(value: string | undefined, values: readonly string[]): boolean {
  if (value === undefined) return false
  const folded = value.trim().toLowerCase()
  return values.some((each) => each.trim().toLowerCase() === folded)
}
