// Machine accounts (MES-ERP, historian, backup: ISO/IEC 27001:2022 A.5.16): how long one may be used, from where, what the
// bundle lets it run, and who answers for it. Judges nothing; the invariants are guards/machines.ts's.

import { endOfDay } from './calendar.ts'
import type { Login, PersonId } from './ids.ts'
import type { AccessRules, Facts, Instant, Machine, MachineRules, Person, PrincipalKind } from './model.ts'
import { isInNetworks } from './networks.ts'

export const kindOf = ({ machine }: Pick<Person, 'machine'>): PrincipalKind =>
  machine === undefined ? 'person' : 'machine'

/** The instant from which it may be used no more: the end of its last day, UTC. */
export const machineEndsAt = ({ until }: Pick<Machine, 'until'>): Instant => endOfDay(until, 'UTC')

/** Does it come from one of the networks declared for it? An address that is not known is none of them. */
export function comesFrom({ sources }: Pick<Machine, 'sources'>, source: string | null): boolean {
  return source !== null && isInNetworks(source, sources)
}

/** What the bundle lets it do, or null where it does not name it. */
export function machineRulesOf(login: Login, { machines }: Pick<AccessRules, 'machines'>): MachineRules | null {
  return machines.find((each) => each.login === login) ?? null
}

/** Whose own affair a request for this user is: the user, and of a machine who owns it and who asked in its name. */
export function concernedIn({ id, machine }: Pick<Person, 'id' | 'machine'>): readonly PersonId[] {
  if (machine === undefined) return [id]
  const { owner, askedBy } = machine
  return [id, owner.id, ...(askedBy === undefined ? [] : [askedBy])]
}

/** Who has to have learnt what a use needs: of a machine, who answers for it. */
export const learnerOf = (user: Person): Person => user.machine?.owner ?? user

/**
 * How somebody is taken to come where no login is looked at: people with a second factor and from no address, which the
 * policies about places judge; a machine with its key, from the first address of its first network.
 */
export function supposedLogin({ machine }: Pick<Person, 'machine'>): Pick<Facts, 'mfa' | 'source'> {
  if (machine === undefined) return { mfa: ['totp'], source: null }
  return { mfa: [], source: machine.sources[0]?.split('/')[0] ?? null }
}
