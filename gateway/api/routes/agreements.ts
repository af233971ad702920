// Agreements with customers over HTTP, for those who export evidence: the ones of plants they look over. What goes out
// under one is evidence/narrowing.ts's.

import { agreementFault, overseenPlants, plantOf, type Agreement, type PlantId } from '../../../policy/index.ts'
import { routes } from '../../contract/routes.ts'
import { AgreementView, ListOf } from '../../contract/views.ts'
import { viewers } from '../../evidence/viewing.ts'
import { needRole, type Logins } from '../logins.ts'
import { problemAnswers, type ApiScope } from '../scope.ts'
import type { Services } from '../services.ts'

export function agreementRoutes(app: ApiScope, { bundle, clock }: Services, logins: Logins): void {
  app.route({
    ...routes.agreements,
    url: routes.agreements.path,
    schema: { response: { 200: ListOf(AgreementView), ...problemAnswers } },
    handler: async (request) => {
      const actor = await logins.actor(request)
      needRole(actor, ...viewers)
      const plants = overseenPlants(actor.person, viewers)
      const readable = (bundle().handling.agreements ?? []).filter((agreement) => concerns(agreement, plants))
      const items = readable.map((agreement) => {
        const { id, customer, reference, owner, from, until, evidence } = agreement
        const fault = agreementFault(agreement, clock.now())
        return { id, customer, reference, owner, from, until, evidence: [...evidence], fault }
      })
      return { items, next: null }
    },
  })

  /** May it cover something in one of these plants? One by labels alone may in any. */
  function concerns({ plants, assets }: Agreement, theirs: readonly PlantId[] | null): boolean {
    if (theirs === null) return true
    if (plants !== undefined) return plants.some((plant) => theirs.includes(plant))
    if (assets === undefined) return true
    return assets.some((id) => {
      const asset = bundle().assets.get(id)
      return asset !== undefined && theirs.includes(plantOf(asset, bundle()).id)
    })
  }
}
