// Who comes and what they may: logins, requests and grants, and the living sessions with those who watch and end them.

import { openPhysicalReports, type PhysicalReports } from '../access/physical-reports.ts'
import { openAccess, type Access } from '../access/requests.ts'
import { openTickets } from '../access/tickets.ts'
import { observeTickets } from '../dependencies/observed.ts'
import { openAuthenticator, type Authenticator } from '../identity/authenticate.ts'
import { noRevocation, openRevocation } from '../identity/certificates/revocation-file.ts'
import { openPasswords, type Passwords } from '../identity/passwords.ts'
import { livingOn } from '../sessions/around.ts'
import { openEscorts, type Escorts } from '../sessions/escorts.ts'
import { openKiller, type Killer } from '../sessions/killing.ts'
import { openRegistry, type Registry } from '../sessions/registry.ts'
import { openStarter, type Starter } from '../sessions/start.ts'
import { openTicketConnector } from '../tickets/connector.ts'
import type { Ground } from './ground.ts'
import type { LedgerStep } from './ledger.ts'
import type { RulesStep } from './rules.ts'

export interface PeopleStep {
  readonly access: Access
  readonly registry: Registry
  readonly physical: PhysicalReports
  readonly starter: Starter
  readonly escorts: Escorts
  readonly killer: Killer
  readonly passwords: Passwords
  readonly lockout: { readonly threshold: number; readonly minutes: number }
  readonly authenticator: Authenticator
}

export async function openPeople(
  ground: Ground,
  { store, uses }: Pick<LedgerStep, 'store' | 'uses'>,
  rules: RulesStep,
): Promise<PeopleStep> {
  const { config, clock, log, material } = ground
  const { bundle, bus, door, standing, vault } = rules
  const world = { now: rules.world }
  const connector = material.outgoing.tickets
  const tickets = openTickets(connector === null ? null : observeTickets(openTicketConnector(connector), uses))
  const access = openAccess({
    store,
    door,
    bus,
    clock,
    world: standing.world,
    tickets,
    draining: (grant) => registry.draining(grant),
  })
  const { revokedKeys } = config.ssh
  const revocation = revokedKeys === undefined ? noRevocation : openRevocation(revokedKeys, { store, clock, log })
  const registry = openRegistry({ bus, store, door, world, clock, log, revocation })
  const physical = openPhysicalReports({
    store,
    vault,
    clock,
    bundle,
    world: standing.world,
    living: (asset) => livingOn(registry, asset, bundle()),
    log,
  })
  const starter = openStarter({ door, clock, firstUse: (tx, grant, session) => access.used(tx, grant, session) })
  const escorts = openEscorts({ store, registry, clock, starter, world })
  const killer = openKiller({ store, registry, bus, clock, bundle })
  const passwords = await openPasswords({
    cost: config.login.passwordCost,
    parallel: config.login.passwordParallel,
    queue: config.login.passwordQueue,
  })
  const lockout = { threshold: config.login.lockoutAfter, minutes: config.login.lockoutMinutes }
  const authenticator = openAuthenticator({
    store,
    passwords,
    vault,
    clock,
    log,
    lockout,
    authorities: material.userAuthorities,
    revocation,
  })
  return { access, registry, physical, starter, escorts, killer, passwords, lockout, authenticator }
}
