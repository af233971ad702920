// From the gateway's values to the views of the contract. Names stand beside ids; what the reader may not see is absent.

import { plantOf, scopeOf, zoneOf, type Asset, type AssetId, type Decision, type Person } from '../../policy/index.ts'
import type {
  AssetView,
  DecisionView,
  GrantView,
  PersonRef,
  RecordingView,
  RequestView,
  SessionView,
} from '../contract/views.ts'
import type { Actor } from '../access/authorize.ts'
import type { ChannelInfo } from '../evidence/recordings.ts'
import type { StoredGrant, StoredRequest } from '../store/requests.ts'
import type { StoredSession } from '../store/sessions.ts'
import type { Services } from './services.ts'

export function decisionView(decision: Decision): DecisionView {
  return {
    kind: decision.kind,
    reasons: decision.reasons.map(({ rule, text, controls }) => ({ rule, text, controls: [...controls] })),
    obligations: decision.kind === 'permit' ? [...decision.obligations] : [],
    bundle: decision.bundle,
    scopeVersion: decision.scopeVersion,
    scope: decision.scope.kind,
  }
}

export interface Viewer {
  asset(actor: Actor, asset: Asset, grants: readonly StoredGrant[]): AssetView
  requests(actor: Actor, stored: readonly StoredRequest[]): Promise<RequestView[]>
  grants(stored: readonly StoredGrant[]): Promise<GrantView[]>
  sessions(stored: readonly StoredSession[]): Promise<SessionView[]>
  recording(stored: StoredSession, channels: readonly ChannelInfo[]): Promise<RecordingView>
}

export function openViewer({ store, bundle, registry, door, clock, ssh }: Services): Viewer {
  const assetName = (id: AssetId): string => bundle().assets.get(id)?.name ?? id

  function refOf(people: ReadonlyMap<string, Person>, id: string): PersonRef {
    const person = people.get(id)
    if (!person) return { id, login: 'erased', displayName: 'erased', supplier: null }
    return { id, login: person.login, displayName: person.displayName, supplier: person.supplier }
  }

  function connectCommand(login: string, asset: string): string {
    const { host, port } = ssh()
    return port === 22 ? `ssh ${login}%${asset}@${host}` : `ssh -p ${port} ${login}%${asset}@${host}`
  }

  function grantView({ grant }: StoredGrant, people: ReadonlyMap<string, Person>): GrantView {
    const now = clock.now()
    const { id, request, asset, protocol, operationClass, window } = grant
    const person = refOf(people, grant.person)
    const isOver = now >= window.until
    const state = grant.kind !== 'open' ? grant.kind : isOver ? 'expired' : now < window.from ? 'scheduled' : 'active'
    return {
      id,
      request,
      person,
      asset,
      assetName: assetName(asset),
      protocol,
      operationClass,
      window,
      state,
      reason: grant.kind === 'revoked' ? grant.reason : null,
      connect: state === 'active' ? connectCommand(person.login, asset) : null,
    }
  }

  function sessionView(stored: StoredSession, people: ReadonlyMap<string, Person>): SessionView {
    const live = registry.get(stored.id)
    const counts = live?.counts ?? stored
    return {
      id: stored.id,
      state: live?.state ?? stored.state,
      grant: stored.grant,
      person: refOf(people, stored.person),
      asset: stored.asset,
      assetName: assetName(stored.asset),
      plant: stored.plant,
      protocol: stored.protocol,
      startedAt: stored.startedAt,
      windowUntil: live?.windowUntil ?? stored.windowUntil,
      endedAt: stored.endedAt,
      endReason: stored.endReason,
      channels: counts.channels,
      bytesIn: counts.bytesIn,
      bytesOut: counts.bytesOut,
      source: stored.source,
    }
  }

  return {
    asset(actor, asset, grants) {
      const current = bundle()
      const plant = plantOf(asset, current)
      const zone = zoneOf(asset, current)
      const scope = scopeOf(asset, current)
      const now = clock.now()
      const usable = grants.find(
        ({ grant }) => grant.asset === asset.id && grant.window.from <= now && now < grant.window.until,
      )
      return {
        id: asset.id,
        name: asset.name,
        plant: plant.id,
        plantName: plant.name,
        timeZone: plant.timeZone,
        zone: zone.id,
        zoneName: zone.name,
        level: zone.level,
        owner: asset.owner,
        type: asset.type,
        criticality: asset.criticality,
        safety: asset.safety,
        labels: [...asset.labels],
        protocols: asset.endpoints.map(({ protocol }) => protocol),
        maxWindowMinutes: plant.maxWindowMinutes,
        scope: scope.kind,
        scopeReason: scope.kind === 'undetermined' ? 'no scope rule names this asset' : scope.reason,
        connect: usable ? connectCommand(actor.person.login, asset.id) : null,
      }
    },

    async requests(actor, stored) {
      const grants = new Map<string, StoredGrant>()
      for (const { request } of stored) {
        if (request.kind !== 'approved') continue
        const grant = await store.grants.byId(request.grant)
        if (grant) grants.set(request.id, grant)
      }
      const people = await store.people.byIds(
        stored.flatMap(({ request }) => [
          request.by,
          ...(request.kind === 'approved' || request.kind === 'refused' ? request.approvals.map(({ by }) => by) : []),
        ]),
      )
      return stored.map(({ request, plant, digest, decision }) => {
        const { ask } = request
        const requester = people.get(request.by)
        const decides = request.kind === 'submitted' && requester !== undefined && request.by !== actor.person.id
        const grant = grants.get(request.id)
        return {
          id: request.id,
          state: request.kind,
          by: refOf(people, request.by),
          asset: ask.asset,
          assetName: assetName(ask.asset),
          plant: bundle().plants.get(plant)?.name ?? plant,
          timeZone: bundle().plants.get(plant)?.timeZone ?? 'UTC',
          protocol: ask.protocol,
          operationClass: ask.operationClass,
          window: ask.window,
          purpose: ask.purpose,
          ticket: ask.ticket,
          submittedAt: request.submittedAt,
          digest,
          decision: decisionView(decision),
          approvals:
            request.kind === 'approved' || request.kind === 'refused'
              ? request.approvals.map(({ by, at, verdict, comment }) => ({
                  by: refOf(people, by),
                  at,
                  verdict,
                  comment,
                }))
              : [],
          grant: grant ? grantView(grant, people) : null,
          forMe: decides ? decisionView(door.preview(actor, { action: 'approve', ask, requester })) : null,
        }
      })
    },

    async grants(stored) {
      const people = await store.people.byIds(stored.map(({ grant }) => grant.person))
      return stored.map((grant) => grantView(grant, people))
    },

    async sessions(stored) {
      const people = await store.people.byIds(stored.map(({ person }) => person))
      return stored.map((session) => sessionView(session, people))
    },

    async recording(stored, channels) {
      const people = await store.people.byIds([stored.person])
      return {
        session: sessionView(stored, people),
        status: stored.recording,
        seal: stored.seal,
        evidenceIndex: stored.sealIndex,
        channels: channels.map((channel) => ({ ...channel })),
      }
    },
  }
}
