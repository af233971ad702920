// Machine accounts: who reads them, and handing one over to somebody else.

import type { FastifyRequest } from 'fastify'
import { parseLogin, parsePersonId, type Person, oversees } from '../../../policy/index.ts'
import type { Actor } from '../../access/authorize.ts'
import { keepRefusal } from '../../access/refusal.ts'
import { routes } from '../../contract/routes.ts'
import { HandOverBody } from '../../contract/standing-bodies.ts'
import { MachinesView, MachineView } from '../../contract/views.ts'
import { GatewayError } from '../../errors.ts'
import { handOver } from '../../identity/machines.ts'
import type { Logins } from '../logins.ts'
import { machineViews } from '../machine-view.ts'
import { IdParams, needId, problemAnswers, type ApiScope } from '../scope.ts'
import type { Services } from '../services.ts'
import { refuseHidden } from './hidden.ts'
import { readsAll } from './plant-people.ts'

const mayHandOver = ({ person }: Actor, { plants }: Pick<Person, 'plants'>): boolean =>
  plants.every((plant) => oversees(person, plant, ['admin']))

/** Who watches over all plants, an approver of its plant, and who answers for it. */
function mayReadMachine(actor: Actor, { machine, plants }: Person): boolean {
  const { person } = actor
  if (machine?.owner.id === person.id || readsAll(actor)) return true
  if (plants.some((plant) => oversees(person, plant))) return true
  return person.supplier === null && person.roles.includes('approver') && plants.some((p) => person.plants.includes(p))
}

export function machineRoutes(app: ApiScope, services: Services, logins: Logins): void {
  const { store, clock, bus } = services

  async function needMachine(from: FastifyRequest, actor: Actor, id: string): Promise<Person> {
    const person = await store.people.byId(needId(parsePersonId(id)))
    // What is no machine account, and what is not theirs to read, is answered alike.
    if (!person?.machine || !mayReadMachine(actor, person)) return refuseHidden(services, from, actor)
    return person
  }

  async function needPerson(named: string): Promise<Person> {
    const [id, login] = [parsePersonId(named), parseLogin(named)]
    const found =
      id.kind === 'ok'
        ? await store.people.byId(id.id)
        : login.kind === 'ok'
          ? await store.people.byLogin(login.id)
          : null
    if (!found) throw new GatewayError('not-found', `no person \`${named}\``)
    return found
  }

  app.route({
    ...routes.machines,
    url: routes.machines.path,
    schema: { response: { 200: MachinesView, ...problemAnswers } },
    handler: async (request) => {
      const actor = await logins.actor(request)
      const readable = (await store.people.list()).filter((person) => mayReadMachine(actor, person))
      return {
        items: await machineViews(services, readable),
        mayHandOver: readable.some((person) => mayHandOver(actor, person)),
      }
    },
  })
  app.route({
    ...routes.handOverMachine,
    url: routes.handOverMachine.path,
    schema: { params: IdParams, body: HandOverBody, response: { 200: MachineView, ...problemAnswers } },
    handler: async (request) => {
      const actor = await logins.actor(request)
      const machine = await needMachine(request, actor, request.params.id)
      if (!mayHandOver(actor, machine)) {
        const refused = { person: actor.person.id, step: 'hand-over-machine', code: 'role-missing' } as const
        const text = 'a machine account is handed over by an administrator'
        return keepRefusal({ store, clock }, { ...refused, subject: machine.id }, text)
      }
      const { to, reason } = request.body
      const done = await handOver({ store, clock }, machine, await needPerson(to), actor.person.id, reason)
      if (done.kind === 'invalid') throw new GatewayError('malformed-body', done.problems.join('; '))
      // What it rests on is another person now: living sessions are decided anew.
      bus.publish({ kind: 'reevaluate', because: 'person' })
      const [view] = await machineViews(services, [done.person])
      if (view === undefined) throw new Error(`machine account \`${machine.login}\` was not to be shown`)
      return view
    },
  })
}
