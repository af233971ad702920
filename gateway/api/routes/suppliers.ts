// The dossier of a supplier: its contract, its people, what is open for them now, and what was held against them.

import { parseSupplierId } from '../../../policy/index.ts'
import { routes } from '../../contract/routes.ts'
import { SupplierDossierView, SupplierView } from '../../contract/standing-views.ts'
import { ListOf } from '../../contract/views.ts'
import { mayAttest } from '../../access/attestations.ts'
import { GatewayError } from '../../errors.ts'
import { openAttestedViewer } from '../attested-view.ts'
import type { Logins } from '../logins.ts'
import { refOf } from '../person-ref.ts'
import { IdParams, needId, problemAnswers, type ApiScope } from '../scope.ts'
import type { Services } from '../services.ts'
import { openStandingViewer } from '../standing-view.ts'
import { openViewer } from '../view.ts'
import { mayRead } from './access.ts'
import { isReadOf, needOverseer } from './plant-people.ts'

/** Rows of one kind in a dossier. */
const most = 200

export function supplierRoutes(app: ApiScope, services: Services, logins: Logins): void {
  const { store } = services
  const viewer = openViewer(services)
  const standingViewer = openStandingViewer(services)
  const attestedViewer = openAttestedViewer(services)

  app.route({
    ...routes.suppliers,
    url: routes.suppliers.path,
    schema: { response: { 200: ListOf(SupplierView), ...problemAnswers } },
    handler: async (request) => {
      needOverseer(await logins.actor(request))
      return { items: await standingViewer.suppliers(), next: null }
    },
  })
  app.route({
    ...routes.supplier,
    url: routes.supplier.path,
    schema: { params: IdParams, response: { 200: SupplierDossierView, ...problemAnswers } },
    handler: async (request) => {
      const actor = await logins.actor(request)
      needOverseer(actor)
      const id = needId(parseSupplierId(request.params.id))
      const supplier = (await standingViewer.suppliers()).find((each) => each.id === id)
      if (!supplier) throw new GatewayError('not-found', `no supplier \`${id}\``)
      const declared = services.bundle().suppliers.get(id)
      const people = (await store.people.list()).filter(
        ({ supplier: of, plants }) => of === id && isReadOf(actor, plants),
      )
      const known = new Map(people.map((person) => [person.id as string, person]))
      const now = services.clock.now()
      const grants = (await Promise.all(people.map((person) => store.grants.openOf(person.id, now))))
        .flat()
        .filter(({ grant, plant }) => mayRead(actor, grant.person, plant))
        .toSorted((a, b) => (a.grant.id < b.grant.id ? 1 : -1))
        .slice(0, most)
      const sessions = []
      for (const person of people)
        sessions.push(...(await store.sessions.list({ person: person.id, live: false }, { limit: most, before: null })))
      const readable = sessions
        .filter(({ person, plant }) => mayRead(actor, person, plant))
        .toSorted((a, b) => (a.id < b.id ? 1 : -1))
        .slice(0, most)
      const suspensions = (await store.suspensions.list(false)).filter(
        ({ target }) =>
          (target.kind === 'supplier' && target.id === id) || (target.kind === 'person' && known.has(target.id)),
      )
      const reviews = (await store.reviews.list(false)).filter(
        ({ person, plant }) => known.has(person) && mayRead(actor, person, plant),
      )
      return {
        supplier,
        expectations: declared === undefined ? [] : await attestedViewer.expectations(declared),
        mayAttest: mayAttest(actor),
        people: people.map((person) => ({
          person: refOf(known, person.id, services.bundle()),
          plants: [...person.plants],
          plantNames: person.plants.map((plant) => services.bundle().plants.get(plant)?.name ?? plant),
          disabled: person.disabled,
        })),
        grants: await viewer.grants(grants),
        sessions: await viewer.sessions(readable),
        suspensions: await standingViewer.suspensions(actor, suspensions),
        reviews: await standingViewer.reviews(actor, reviews.slice(0, most)),
      }
    },
  })
}
