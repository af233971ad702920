// A situation in the words of the schema: the entities and the context a policy may look at.

import type { Bundle } from '../bundle/bundle.ts'
import type { Person } from '../model.ts'
import { doesGrantFit, type Situation } from '../situation.ts'
import { isInside, minutesOf } from '../window.ts'
import type { CedarQuestion, CedarValueJson, EntityJson } from './engine.ts'

type Ref = { __entity: { type: string; id: string } }
const ref = (type: string, id: string): Ref => ({ __entity: { type, id } })

/** The question to put to a policy set about this situation. */
export function questionOf(situation: Situation, bundle: Bundle): Omit<CedarQuestion, 'policySet'> {
  const { action, actor, asset } = situation
  return {
    principal: { type: 'Person', id: actor.id },
    action,
    resource: { type: 'Asset', id: asset.id },
    context: contextOf(situation),
    entities: entitiesOf(situation, bundle),
  }
}

function contextOf(situation: Situation): Record<string, CedarValueJson> {
  const { action, actor, user, plant, use, grant, facts } = situation
  const shared = {
    user: {
      person: ref('Person', user.id),
      contract: ref('Contract', situation.contract.kind),
      labelsMatch: situation.labelsMatch,
      actsForPlant: user.plants.includes(plant.id),
    },
    protocol: ref('Protocol', situation.protocol),
    // Without a grant the guards have denied already; the least use stands in so that the policies can still be asked.
    operationClass: ref('OperationClass', use?.operationClass ?? 'observe'),
    windowMinutes: use === null ? 0 : minutesOf(use.window),
    maxWindowMinutes: plant.maxWindowMinutes,
    mfa: facts.mfa.map((kind) => ref('Mfa', kind)),
    conduit: ref('Conduit', situation.conduit.kind),
  }
  switch (action) {
    case 'request':
      return shared
    case 'approve':
    case 'extend':
      return {
        ...shared,
        ownRequest: actor.id === user.id,
        ownSupplier: actor.supplier !== null && actor.supplier === user.supplier,
        actsForPlant: actor.plants.includes(plant.id),
      }
    case 'connect':
      return {
        ...shared,
        grant: ref('GrantState', grant?.kind ?? 'none'),
        grantFits: grant !== null && doesGrantFit(grant, situation),
        insideWindow: grant !== null && isInside(grant.window, facts.now),
      }
  }
}

function entitiesOf(situation: Situation, bundle: Bundle): EntityJson[] {
  const { actor, user, asset, zone, plant, scope } = situation
  const people = actor.id === user.id ? [actor] : [actor, user]
  const suppliers = new Set(people.flatMap(({ supplier }) => (supplier === null ? [] : [supplier])))
  return [
    ...people.map(personEntity),
    ...[...suppliers].map((id) => ({
      uid: ref('Supplier', id),
      attrs: { labels: [...(bundle.suppliers.get(id)?.labels ?? [])] },
      parents: [],
    })),
    {
      uid: ref('Asset', asset.id),
      attrs: {
        zone: ref('Zone', zone.id),
        type: asset.type,
        owner: asset.owner,
        criticality: ref('Criticality', asset.criticality),
        safety: ref('Safety', asset.safety),
        labels: [...asset.labels],
        scope: ref('Scope', scope.kind),
      },
      parents: [ref('Zone', zone.id)],
    },
    {
      uid: ref('Zone', zone.id),
      attrs: { levelTimesTen: Math.round(zone.level * 10), gateway: zone.gateway },
      parents: [ref('Plant', plant.id)],
    },
    { uid: ref('Plant', plant.id), attrs: {}, parents: [] },
  ]
}

function personEntity(person: Person): EntityJson {
  const supplier = person.supplier === null ? null : ref('Supplier', person.supplier)
  return {
    uid: ref('Person', person.id),
    attrs: {
      roles: person.roles.map((role) => ref('Role', role)),
      plants: person.plants.map((plant) => ref('Plant', plant)),
      disabled: person.disabled,
      ...(supplier && { supplier }),
    },
    parents: supplier === null ? [] : [supplier],
  }
}
