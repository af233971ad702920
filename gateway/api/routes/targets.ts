// Targets over HTTP: where each is dialled and which host key it may show; looking at one, and accepting it.

import { Type } from 'typebox'
import {
  endpointOf,
  enrolledKeys,
  exceptionsFor,
  oversees,
  parseAssetId,
  plantOf,
  type Asset,
  type AssetId,
  type SshEndpoint,
} from '../../../policy/index.ts'
import type { Actor } from '../../access/authorize.ts'
import { accepters, addressOf, fingerprintOfLine, proposers, typeOf } from '../../access/host-keys.ts'
import { routes } from '../../contract/routes.ts'
import { DecideHostKeyBody, ProposeHostKeyBody } from '../../contract/target-bodies.ts'
import { ListOf, TargetView } from '../../contract/views.ts'
import { GatewayError } from '../../errors.ts'
import type { StoredHostKey } from '../../store/target-host-keys.ts'
import { needRole, type Logins } from '../logins.ts'
import { refOf } from '../person-ref.ts'
import { IdParams, needId, PageQuery, pageOf, problemAnswers, type ApiScope } from '../scope.ts'
import type { Services } from '../services.ts'
import { readsAll } from './plant-people.ts'

const readers = ['admin', 'isms-manager', 'auditor', 'approver', 'safety-engineer'] as const

interface SshTarget {
  readonly asset: Asset
  readonly endpoint: SshEndpoint
}

export function targetRoutes(app: ApiScope, services: Services, logins: Logins): void {
  const { store, bundle, clock, hostKeys } = services

  app.route({
    ...routes.targets,
    url: routes.targets.path,
    schema: {
      querystring: Type.Object({
        keys: Type.Optional(Type.Literal('enrol', { description: 'only those whose keys are accepted here' })),
        ...PageQuery,
      }),
      response: { 200: ListOf(TargetView), ...problemAnswers },
    },
    handler: async (request) => {
      const actor = await logins.actor(request)
      needRole(actor, ...readers)
      const { limit, before } = pageOf(request.query)
      if (before !== null && !/^[0-9]{1,9}$/.test(before))
        throw new GatewayError('malformed-query', 'cursor: expected the `next` of the page before')
      const from = Number(before ?? 0)
      const all = targetsFor(actor).filter(
        ({ endpoint }) => request.query.keys === undefined || endpoint.hostKeys === enrolledKeys,
      )
      const next = from + limit < all.length ? String(from + limit) : null
      return { items: await viewsOf(actor, all.slice(from, from + limit)), next }
    },
  })
  app.route({
    ...routes.proposeHostKey,
    url: routes.proposeHostKey.path,
    schema: { params: IdParams, body: ProposeHostKeyBody, response: { 200: TargetView, ...problemAnswers } },
    handler: async (request) => {
      const actor = await logins.actor(request)
      const asset = needTarget(actor, request.params.id)
      await hostKeys.propose(actor, asset, request.body.comment)
      return viewOf(actor, asset)
    },
  })
  app.route({
    ...routes.acceptHostKey,
    url: routes.acceptHostKey.path,
    schema: { params: IdParams, body: DecideHostKeyBody, response: { 200: TargetView, ...problemAnswers } },
    handler: async (request) => {
      const actor = await logins.actor(request)
      const asset = needTarget(actor, request.params.id)
      await hostKeys.accept(actor, asset, request.body.fingerprint, request.body.comment)
      return viewOf(actor, asset)
    },
  })
  app.route({
    ...routes.rejectHostKey,
    url: routes.rejectHostKey.path,
    schema: { params: IdParams, body: DecideHostKeyBody, response: { 200: TargetView, ...problemAnswers } },
    handler: async (request) => {
      const actor = await logins.actor(request)
      const asset = needTarget(actor, request.params.id)
      await hostKeys.reject(actor, asset, request.body.fingerprint, request.body.comment)
      return viewOf(actor, asset)
    },
  })

  /** Those of the plants somebody reads of, by id. */
  function targetsFor(actor: Actor): readonly SshTarget[] {
    const found = [...bundle().assets.values()].flatMap((asset) => {
      const endpoint = endpointOf(asset, 'ssh')
      const isTheirs = readsAll(actor) || actor.person.plants.includes(plantOf(asset, bundle()).id)
      return endpoint === null || asset.drill || !isTheirs ? [] : [{ asset, endpoint }]
    })
    return found.toSorted((a, b) => (a.asset.id < b.asset.id ? -1 : 1))
  }

  /** @throws GatewayError `role-missing`, `malformed-id`, `not-found` */
  function needTarget(actor: Actor, id: string): AssetId {
    needRole(actor, ...readers)
    const asset = needId(parseAssetId(id))
    if (!targetsFor(actor).some((target) => target.asset.id === asset))
      throw new GatewayError('not-found', `no asset \`${asset}\` with an SSH endpoint`)
    return asset
  }

  async function viewOf(actor: Actor, id: AssetId): Promise<TargetView> {
    const [view] = await viewsOf(
      actor,
      targetsFor(actor).filter(({ asset }) => asset.id === id),
    )
    if (!view) throw new GatewayError('not-found')
    return view
  }

  async function viewsOf(actor: Actor, targets: readonly SshTarget[]): Promise<TargetView[]> {
    const stored = await store.targetHostKeys.of(targets.map(({ asset }) => asset.id))
    const named = stored.flatMap(({ proposed, decided }) =>
      [proposed, decided].flatMap((deed) => (deed ? [deed.by] : [])),
    )
    const people = await store.people.byIds(named)
    const now = clock.now()
    const deedOf = (deed: StoredHostKey['decided']) =>
      deed === null ? null : { by: refOf(people, deed.by, bundle()), at: deed.at }
    return targets.map(({ asset, endpoint }) => {
      const plant = plantOf(asset, bundle())
      const pinned = endpoint.hostKeys === enrolledKeys ? null : endpoint.hostKeys
      const mayDecide = pinned === null && oversees(actor.person, plant.id, accepters)
      const keys = pinned === null ? stored.filter((key) => key.asset === asset.id) : []
      const accepted = keys.filter(({ state }) => state === 'accepted').map(({ fingerprint }) => fingerprint)
      const { legacy } = endpoint
      return {
        asset: asset.id,
        name: asset.name,
        plant: plant.id,
        plantName: plant.name,
        address: addressOf(endpoint),
        account: endpoint.account,
        pinned: pinned !== null,
        known: pinned === null ? accepted : pinned.map(fingerprintOfLine),
        keys: keys.map(({ fingerprint, key, state, address, seenAt, proposed, decided }) => ({
          fingerprint,
          kind: typeOf(key),
          state,
          address,
          seenAt,
          proposed: deedOf(proposed),
          decided: deedOf(decided),
          mayAccept:
            mayDecide && state === 'proposed' && proposed?.by !== actor.person.id && address === addressOf(endpoint),
        })),
        legacy: legacy
          ? {
              algorithms: [...legacy.algorithms],
              exception: legacy.exception,
              reason: legacy.reason,
              inForce: exceptionsFor(asset, bundle(), now).some(({ id }) => id === legacy.exception),
            }
          : null,
        mayPropose: pinned === null && oversees(actor.person, plant.id, proposers),
        mayDecide,
      }
    })
  }
}
