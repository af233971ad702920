// The rules that hold from a day on, and how often each would have struck before it.

import { Type } from 'typebox'
import { watchedReport } from '../../access/watched.ts'
import { routes } from '../../contract/routes.ts'
import { WatchedView } from '../../contract/views.ts'
import { bundleHands } from '../bundle-view.ts'
import { needRole, type Logins } from '../logins.ts'
import { refOf } from '../person-ref.ts'
import { problemAnswers, type ApiScope } from '../scope.ts'
import type { Services } from '../services.ts'
import { readsAll } from './plant-people.ts'

const readers = ['auditor', 'approver', 'safety-engineer', ...bundleHands] as const

export function watchedRoutes(app: ApiScope, { store, bundle, clock }: Services, logins: Logins): void {
  app.route({
    ...routes.watchedRules,
    url: routes.watchedRules.path,
    schema: {
      querystring: Type.Object({
        days: Type.Optional(
          Type.String({ pattern: '^[1-9][0-9]{0,2}$', description: 'how far back; 30 when not given' }),
        ),
      }),
      response: { 200: WatchedView, ...problemAnswers },
    },
    handler: async (request) => {
      const actor = await logins.actor(request)
      needRole(actor, ...readers)
      const plants = readsAll(actor) ? null : actor.person.plants
      const now = clock.now()
      const current = bundle()
      const { rules, ...counted } = await watchedReport(store, current, now, Number(request.query.days ?? 30), plants)
      const people = await store.people.byIds(rules.flatMap(({ latest }) => (latest === null ? [] : [latest.person])))
      return {
        bundle: current.digest,
        ...counted,
        rules: rules.map(({ rule, latest, ...counts }) => ({
          rule: rule.id,
          text: rule.text,
          effect: rule.effect === 'duty' ? ('duty' as const) : ('forbid' as const),
          controls: [...rule.controls],
          file: rule.file,
          line: rule.line,
          enforceFrom: rule.enforceFrom ?? '',
          plants: [...current.plants.values()].flatMap(({ id, name }) =>
            (current.beginningRulesOf.get(id) ?? [])
              .filter((each) => each.rule === rule.id)
              .map(({ holdsFrom }) => ({ plant: id, name, holdsFrom, holds: holdsFrom <= now })),
          ),
          ...counts,
          latest: latest === null ? null : { ...latest, person: refOf(people, latest.person, current) },
        })),
      }
    },
  })
}
