// A situation in the words of the schema: the entities and the context a policy may look at.

import type { Bundle } from '../bundle/bundle.ts'
import { concernedIn, kindOf, machineRulesOf } from '../machine.ts'
import type { Person } from '../model.ts'
import { trainingsOf } from '../preconditions.ts'
import { doesGrantFit, type Situation } from '../situation.ts'
import { minutesOf } from '../window.ts'
import { keyAlone } from './schema.ts'
import type { CedarQuestion, CedarValueJson, EntityJson } from './engine.ts'

/** Without `__entity`: the engine knows from the schema where an entity stands, and reads this form faster. */
type Ref = { type: string; id: string }
const ref = (type: string, id: string): Ref => ({ type, id })

export type Question = Omit<CedarQuestion, 'policySet'>

/** The question to put to a policy set about this situation. */
export function questionOf(situation: Situation, bundle: Bundle): Question {
  const { action, actor, asset } = situation
  return {
    principal: ref('Person', actor.id),
    action,
    resource: ref('Asset', asset.id),
    context: contextOf(situation),
    entities: entitiesOf(situation, bundle),
  }
}

function contextOf(situation: Situation): Record<string, CedarValueJson> {
  switch (situation.action) {
    case 'request':
      return { ...sharedOf(situation), ...askedOf(situation) }
    case 'approve':
    case 'extend': {
      const { actor, user, plant } = situation
      return {
        ...sharedOf(situation),
        ...askedOf(situation),
        ownRequest: concernedIn(user).includes(actor.id),
        ownSupplier: actor.supplier !== null && actor.supplier === user.supplier,
        actsForPlant: actor.plants.includes(plant.id),
      }
    }
    case 'connect': {
      const { grant, usable, place } = situation
      return {
        ...sharedOf(situation),
        grant: ref('GrantState', grant?.kind ?? 'none'),
        grantFits: grant !== null && doesGrantFit(grant, situation),
        insideWindow: usable !== null,
        escort: grant?.escort ?? false,
        place: ref('Place', place.kind),
      }
    }
  }
}

function sharedOf(situation: Situation): Record<string, CedarValueJson> {
  const { user, plant, use } = situation
  return {
    user: {
      person: ref('Person', user.id),
      contract: ref('Contract', situation.contract.kind),
      labelsMatch: situation.labelsMatch,
      actsForPlant: user.plants.includes(plant.id),
      attested: situation.unattested.length === 0,
      trained: situation.missingTrainings.length === 0,
      expectationsMet: situation.unmetExpectations.length === 0,
    },
    protocol: ref('Protocol', situation.protocol),
    // Without a grant the guards have denied already; the least use stands in so that the policies can still be asked.
    operationClass: ref('OperationClass', use?.operationClass ?? 'observe'),
    tier: ref('Tier', use?.tier ?? 'standard'),
    schedule: ref('Schedule', use?.schedule.kind ?? 'whole'),
    windowMinutes: use?.minutes ?? 0,
    spanMinutes: use === null ? 0 : minutesOf(use.window),
    maxWindowMinutes: plant.maxWindowMinutes,
    mfa: factorsOf(situation).map((kind) => ref('Mfa', kind)),
    conduit: ref('Conduit', situation.conduit.kind),
    maintenance: ref('Maintenance', situation.maintenance.kind),
    onDuty: [...situation.onDuty],
    exceptions: situation.exceptions.map(({ id }) => id),
    presence: situation.presence !== null,
    physical: {
      keyOn: situation.physical.key !== null,
      doorOpen: situation.physical.open.length > 0,
      silent: situation.physical.silent.length > 0,
    },
    sealBroken: situation.isSealBroken,
    suspended: situation.suspension !== null,
    transfer: (situation.transfer?.allow ?? []).map((each) => ref('FileSwitch', each)),
    unavailable: situation.unavailable.map(({ id }) => ref('Dependency', id)),
    ...(situation.standardChange !== null && { standardChange: situation.standardChange.id }),
  }
}

/** What was proven; of a machine whose key the bundle declares enough, that. */
function factorsOf({ actor, access, facts }: Situation): readonly string[] {
  const isDeclared = actor.machine !== undefined && machineRulesOf(actor.login, access)?.keyAlone === true
  return isDeclared ? [...facts.mfa, keyAlone] : facts.mfa
}

function askedOf({ ask, facts, access, standardChange }: Situation): Record<string, CedarValueJson> {
  const criteria = ask === null ? [] : access.tiers[ask.tier].criteria
  return {
    ticket: ref('Ticket', facts.ticket),
    filesDeclared: ask?.files.length ?? 0,
    rollback: standardChange !== null || (ask !== null && ask.rollback.trim() !== ''),
    criteriaAffirmed: criteria.every(({ id }) => ask?.criteria.includes(id)),
  }
}

function entitiesOf(situation: Situation, bundle: Bundle): EntityJson[] {
  const { actor, user, zone, plant } = situation
  const people = peopleOf(actor, user)
  const suppliers = new Set(people.flatMap(({ supplier }) => (supplier === null ? [] : [supplier])))
  return [
    ...people.map((person) => personEntity(person, situation)),
    ...[...suppliers].map((id) => ({
      uid: ref('Supplier', id),
      // Nobody has judged a supplier that is not declared.
      attrs: {
        labels: [...(bundle.suppliers.get(id)?.labels ?? [])],
        riskTier: ref('RiskTier', bundle.suppliers.get(id)?.riskTier ?? 'high'),
      },
      parents: [],
    })),
    assetEntity(situation),
    {
      uid: ref('Zone', zone.id),
      attrs: { levelTimesTen: Math.round(zone.level * 10), gateway: zone.gateway },
      parents: [ref('Plant', plant.id)],
    },
    { uid: ref('Plant', plant.id), attrs: {}, parents: [] },
  ]
}

/** Each once: who acts, who would use it, and who answers for a machine. */
function peopleOf(actor: Person, user: Person): readonly Person[] {
  const all = [actor, user, ...[actor, user].flatMap(({ machine }) => machine?.owner ?? [])]
  return [...new Map(all.map((person) => [person.id, person])).values()]
}

function assetEntity({ asset, zone, scope, phase, optIn, holds, controlled, confirmation }: Situation): EntityJson {
  return {
    uid: ref('Asset', asset.id),
    attrs: {
      zone: ref('Zone', zone.id),
      type: asset.type,
      owner: asset.owner,
      criticality: ref('Criticality', asset.criticality),
      safety: ref('Safety', asset.safety),
      ...(asset.sil !== null && { sil: asset.sil }),
      ...(asset.line !== null && { line: asset.line }),
      labels: [...asset.labels],
      holds: [...holds],
      controlled: controlled.map(({ label }) => label),
      scope: ref('Scope', scope.kind),
      phase: ref('Phase', phase.kind),
      unsupported: asset.unsupported,
      localPresence: asset.localPresence,
      localEnable: asset.localEnable !== null,
      optedIn: optIn.kind === 'good',
      confirmed: confirmation.kind === 'fresh',
    },
    parents: [ref('Zone', zone.id)],
  }
}

function personEntity(person: Person, { facts: { world, now } }: Situation): EntityJson {
  const supplier = person.supplier === null ? null : ref('Supplier', person.supplier)
  return {
    uid: ref('Person', person.id),
    attrs: {
      kind: ref('Kind', kindOf(person)),
      ...(person.machine && { owner: ref('Person', person.machine.owner.id) }),
      roles: person.roles.map((role) => ref('Role', role)),
      plants: person.plants.map((plant) => ref('Plant', plant)),
      disabled: person.disabled,
      trainings: [...trainingsOf(person, world, now)],
      ...(supplier && { supplier }),
    },
    parents: supplier === null ? [] : [supplier],
  }
}
