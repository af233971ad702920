// What may be asked for, and under which rules. The assets a person may know of: a vendor sees those they could ask for,
// plant people those of their plants, and those who answer for the whole see all.

import { assetsFor, plantOf, tiers, type Asset, isStandardFor, ownLabels, overseesAll } from '../../../policy/index.ts'
import { routes } from '../../contract/routes.ts'
import { AccessRulesView, AssetView, ListOf } from '../../contract/views.ts'
import type { Actor } from '../../access/authorize.ts'
import type { Logins } from '../logins.ts'
import { problemAnswers, type ApiScope } from '../scope.ts'
import type { Services } from '../services.ts'
import { openViewer } from '../view.ts'

export function assetRoutes(app: ApiScope, services: Services, logins: Logins): void {
  const { bundle, store, clock } = services
  const viewer = openViewer(services)

  function visible({ person }: Actor): readonly Asset[] {
    const current = bundle()
    const all = [...current.assets.values()]
    if (person.supplier !== null) return assetsFor(person, current)
    if (overseesAll(person)) return all
    return all.filter((asset) => person.plants.includes(plantOf(asset, current).id))
  }

  app.route({
    ...routes.assets,
    url: routes.assets.path,
    schema: { response: { 200: ListOf(AssetView), ...problemAnswers } },
    handler: async (request) => {
      const actor = await logins.actor(request)
      const grants = await store.grants.openOf(actor.person.id, clock.now())
      return { items: visible(actor).map((asset) => viewer.asset(actor, asset, grants)), next: null }
    },
  })
  app.route({
    ...routes.accessRules,
    url: routes.accessRules.path,
    schema: { response: { 200: AccessRulesView, ...problemAnswers } },
    handler: async (request) => {
      const actor = await logins.actor(request)
      const { access } = bundle()
      const seen = access.standardChanges.length === 0 ? [] : visible(actor)
      return {
        tiers: tiers.map((tier) => {
          const { criteria, maxWindowMinutes, targetMinutes, reviewHours, rollback } = access.tiers[tier]
          // A standard change brings its rollback plan.
          const isGiven = tier === 'standard' && access.standardChanges.length > 0
          return {
            tier,
            criteria: [...criteria],
            maxWindowMinutes,
            targetMinutes,
            reviewHours,
            rollback: rollback && !isGiven,
          }
        }),
        maxRecurringDays: access.maxRecurringDays,
        standardChanges: access.standardChanges.flatMap((change) => {
          const { id, title, protocols, operationClass, maxWindowMinutes, rollback, until } = change
          const assets = seen
            .filter((asset) => isStandardFor(change, asset, ownLabels(asset, bundle())))
            .map((asset) => asset.id)
          const shown = { id, title, assets, operationClass, maxWindowMinutes, rollback, until }
          return assets.length === 0 ? [] : [{ ...shown, protocols: [...protocols] }]
        }),
        standardOnly: access.standardChanges.length > 0,
      }
    },
  })
}
