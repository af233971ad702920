// What the network shows, over HTTP: whether sessions and the kernel's sockets agree.

import { plantOf, type AssetId } from '../../../policy/index.ts'
import type { Actor } from '../../access/authorize.ts'
import { routes } from '../../contract/routes.ts'
import { SocketsView } from '../../contract/views.ts'
import { showAddress } from '../../sockets/proc-net.ts'
import { keyOf, type Compared } from '../../sockets/compare.ts'
import { needRole, type Logins } from '../logins.ts'
import { problemAnswers, type ApiScope } from '../scope.ts'
import type { Services } from '../services.ts'
import { mayRead } from './access.ts'
import { needPlantPerson, readsAll } from './plant-people.ts'

const watchers = ['approver', 'escort', 'safety-engineer', 'auditor', 'isms-manager', 'admin'] as const

export function networkRoutes(app: ApiScope, services: Services, logins: Logins): void {
  const { sockets, clock } = services

  app.route({
    ...routes.sockets,
    url: routes.sockets.path,
    schema: { response: { 200: SocketsView, ...problemAnswers } },
    handler: async (request) => {
      const actor = await logins.actor(request)
      needPlantPerson(actor)
      needRole(actor, ...watchers)
      const compared = await sockets.look()
      const at = clock.now()
      if (compared === null)
        return { at, known: false, agrees: false, sessions: [], strangers: [], clients: 0, others: [] }
      return socketsView(actor, compared, at)
    },
  })

  function socketsView(actor: Actor, compared: Compared, at: number): SocketsView {
    const { missing, strangers, clients, others } = compared
    const lost = new Set(missing.map(({ leg }) => keyOf(leg)))
    const seen = services.registry.all().filter(({ facts }) => mayRead(actor, facts.person, facts.plant))
    return {
      at,
      known: true,
      agrees: missing.length + strangers.length === 0,
      // A session of tunnels has a connection for each, and one that rests has none.
      sessions: seen.flatMap(({ facts, target }) =>
        (target.legs.length === 0 ? [null] : target.legs).map((leg) => ({
          session: facts.id,
          asset: facts.asset,
          state: leg === null ? ('idle' as const) : lost.has(keyOf(leg)) ? ('missing' as const) : ('agreed' as const),
          local: leg === null ? null : showAddress(leg.local),
          remote: leg === null ? null : showAddress(leg.remote),
        })),
      ),
      strangers: strangers
        .filter(({ asset }) => mayKnow(actor, asset))
        .map(({ socket, asset }) => ({
          asset,
          local: showAddress(socket.local),
          remote: showAddress(socket.remote),
          process: socket.holder,
          isChild: socket.holder !== process.pid,
        })),
      clients: clients.length,
      others: actor.person.roles.includes('admin') ? others.map(({ remote }) => showAddress(remote)) : [],
    }
  }

  /** Who answers for all plants sees every stranger; an approver those of their own. */
  function mayKnow(actor: Actor, asset: AssetId): boolean {
    const bundle = services.bundle()
    const declared = bundle.assets.get(asset)
    if (readsAll(actor)) return true
    return declared !== undefined && actor.person.plants.includes(plantOf(declared, bundle).id)
  }
}
