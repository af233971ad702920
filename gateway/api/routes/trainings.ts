// Trainings of people and expectations of suppliers: who has shown what, and on whose word.

import { parseAttestationId, parseSupplierId, type Person } from '../../../policy/index.ts'
import { mayAttest } from '../../access/attestations.ts'
import { ReasonBody } from '../../contract/bodies.ts'
import { routes } from '../../contract/routes.ts'
import { ExpectationBody, TrainingBody } from '../../contract/standing-bodies.ts'
import { ExpectationView, PersonTrainingsView, TrainingsView } from '../../contract/views.ts'
import { GatewayError } from '../../errors.ts'
import type { AttestedOf } from '../../store/attestations.ts'
import { openAttestedViewer } from '../attested-view.ts'
import type { Logins } from '../logins.ts'
import { IdParams, needId, problemAnswers, type ApiScope } from '../scope.ts'
import type { Services } from '../services.ts'
import { needPlantPerson, readsAll } from './plant-people.ts'

export function trainingRoutes(app: ApiScope, services: Services, logins: Logins): void {
  const { store, standing, bundle } = services
  const viewer = openAttestedViewer(services)

  async function trainingsOf(id: Person['id']): Promise<PersonTrainingsView> {
    const person = await store.people.byId(id)
    const [view] = person === null ? [] : await viewer.trainings([person])
    if (view === undefined) throw new GatewayError('not-found', `no person \`${id}\``)
    return view
  }

  async function expectationOf({ supplier: id, expectation }: AttestedOf<'expectation'>): Promise<ExpectationView> {
    const supplier = bundle().suppliers.get(id)
    const all = supplier === undefined ? [] : await viewer.expectations(supplier)
    const view = all.find((each) => each.id === expectation)
    // It can be withdrawn after the bundle has given it up: whoever does is not told that it failed.
    return view ?? { id: expectation, text: 'no longer expected', validDays: 0, state: 'missing', proof: null }
  }

  app.route({
    ...routes.attestTraining,
    url: routes.attestTraining.path,
    schema: { body: TrainingBody, response: { 201: PersonTrainingsView, ...problemAnswers } },
    handler: async (request, reply) => {
      const actor = await logins.actor(request)
      needPlantPerson(actor)
      const { person, training, ...proof } = request.body
      const made = await standing.attestations.attest(actor, { kind: 'training', person, training }, proof)
      return reply.code(201).send(await trainingsOf(made.of.person))
    },
  })
  app.route({
    ...routes.trainings,
    url: routes.trainings.path,
    schema: { response: { 200: TrainingsView, ...problemAnswers } },
    handler: async (request) => {
      const actor = await logins.actor(request)
      const people = readsAll(actor) ? (await store.people.list()).filter(({ disabled }) => !disabled) : [actor.person]
      return {
        declared: viewer.declared(),
        people: await viewer.trainings(people),
        mayAttest: mayAttest(actor),
      }
    },
  })
  app.route({
    ...routes.withdrawTraining,
    url: routes.withdrawTraining.path,
    schema: { params: IdParams, body: ReasonBody, response: { 200: PersonTrainingsView, ...problemAnswers } },
    handler: async (request) => {
      const actor = await logins.actor(request)
      needPlantPerson(actor)
      const id = needId(parseAttestationId(request.params.id))
      const { of } = await standing.attestations.withdraw(actor, 'training', id, request.body.reason)
      return trainingsOf(of.person)
    },
  })
  app.route({
    ...routes.attestExpectation,
    url: routes.attestExpectation.path,
    schema: { params: IdParams, body: ExpectationBody, response: { 201: ExpectationView, ...problemAnswers } },
    handler: async (request, reply) => {
      const actor = await logins.actor(request)
      needPlantPerson(actor)
      const supplier = needId(parseSupplierId(request.params.id))
      const { expectation, ...proof } = request.body
      const made = await standing.attestations.attest(actor, { kind: 'expectation', supplier, expectation }, proof)
      return reply.code(201).send(await expectationOf(made.of))
    },
  })
  app.route({
    ...routes.withdrawExpectation,
    url: routes.withdrawExpectation.path,
    schema: { params: IdParams, body: ReasonBody, response: { 200: ExpectationView, ...problemAnswers } },
    handler: async (request) => {
      const actor = await logins.actor(request)
      needPlantPerson(actor)
      const id = needId(parseAttestationId(request.params.id))
      const { of } = await standing.attestations.withdraw(actor, 'expectation', id, request.body.reason)
      return expectationOf(of)
    },
  })
}
