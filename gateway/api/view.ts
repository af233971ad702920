// From the gateway's values to the views of the contract. Names stand beside ids; what the reader may not see is absent.

import {
  inheritedLabels,
  exceptionsFor,
  endpointOf,
  plantOf,
  profileOf,
  safeOutcomeOf,
  scopeOf,
  usableAt,
  zoneOf,
  type Asset,
  type AssetId,
  type Person,
  type Protocol,
} from '../../policy/index.ts'
import type { AssetView, RecordingView, SessionView } from '../contract/views.ts'
import type { Actor } from '../access/authorize.ts'
import { mayConfirm } from '../access/walkdowns.ts'
import type { ChannelInfo } from '../evidence/recordings.ts'
import type { StoredGrant } from '../store/grants.ts'
import type { StoredSession } from '../store/sessions.ts'
import { openAccessViewer, type AccessViewer } from './access-view.ts'
import { confirmationView } from './inventory-view.ts'
import { refOf } from './person-ref.ts'
import { openPhysicalViewer } from './physical-view.ts'
import type { Services } from './services.ts'
import { openCustodyViewer } from './custody-view.ts'
import type { LiveSession } from '../sessions/session.ts'
import { openFilesView } from './transfer-view.ts'
import { openViewingViewer } from './viewing-view.ts'

export interface Viewer extends AccessViewer {
  asset(actor: Actor, asset: Asset, grants: readonly StoredGrant[]): AssetView
  sessions(stored: readonly StoredSession[]): Promise<SessionView[]>
  recording(actor: Actor, stored: StoredSession, channels: readonly ChannelInfo[]): Promise<RecordingView>
}

export function openViewer(services: Services): Viewer {
  const { store, bundle, registry, clock, ssh, world } = services
  const viewingViewer = openViewingViewer(services)
  const custodyViewer = openCustodyViewer(services)
  const physical = openPhysicalViewer(services)
  const assetName = (id: AssetId): string => bundle().assets.get(id)?.name ?? id

  function connectCommand(login: string, asset: AssetId, protocol: Protocol): string {
    const { host, port } = ssh()
    const by = port === 22 ? 'ssh' : `ssh -p ${port}`
    if (protocol !== 'tcp') return `${by} ${login}+${asset}@${host}`
    const declared = bundle().assets.get(asset)
    const ports = (declared && endpointOf(declared, 'tcp')?.ports) ?? []
    // Nobody but the administrator of the own machine may listen below 1024.
    const forwards = ports.map((to) => `-L ${to < 1024 ? to + 1000 : to}:${asset}:${to}`)
    return [by, '-N', ...forwards, `${login}@${host}`].join(' ')
  }

  function profileView(asset: Asset): SessionView['profile'] {
    const { profile } = profileOf(asset, exceptionsFor(asset, bundle(), clock.now()))
    return profile === undefined
      ? null
      : { name: profile.name, protocols: [...profile.protocols], exceptions: [...profile.exceptions] }
  }

  function holdView(hold: LiveSession['writeHold'], people: ReadonlyMap<string, Person>): SessionView['writeHold'] {
    return hold === null ? null : { liftedBy: hold.by === null ? null : refOf(people, hold.by, bundle()) }
  }

  function sessionView(stored: StoredSession, people: ReadonlyMap<string, Person>): SessionView {
    const live = registry.get(stored.id)
    const counts = live?.counts ?? stored
    const asset = bundle().assets.get(stored.asset)
    const closesAt = live?.heldForSafetyUntil ?? null
    return {
      id: stored.id,
      state: live?.standing ?? stored.state,
      grant: stored.grant,
      person: refOf(people, stored.person, bundle()),
      asset: stored.asset,
      assetName: assetName(stored.asset),
      plant: stored.plant,
      protocol: stored.protocol,
      startedAt: stored.startedAt,
      windowUntil: live?.windowUntil ?? stored.windowUntil,
      hardUntil: live?.hardUntil ?? stored.windowUntil,
      escorts: (live?.observers ?? []).map((id) => refOf(people, id, bundle())),
      asksSafeState: bundle().assets.get(stored.asset)?.expiry.kind === 'confirm-safe-state',
      profile: live === null || asset === undefined ? null : profileView(asset),
      writeHold: holdView(live?.writeHold ?? null, people),
      safetyHold: closesAt === null ? null : { closesAt },
      endsForSafety: asset !== undefined && safeOutcomeOf(asset) !== 'cut',
      endedAt: stored.endedAt,
      endReason: stored.endReason,
      channels: counts.channels,
      bytesIn: counts.bytesIn,
      bytesOut: counts.bytesOut,
      source: stored.source,
      physical: live === null || asset === undefined ? [] : physical.around(asset),
    }
  }

  /** Its copy in the object store; null where there is none and none is to be. */
  async function copyView(session: StoredSession['id']): Promise<RecordingView['copy']> {
    const copy = await store.copies.of(session)
    if (copy === null || copy.state === 'removed') return null
    const { storedAt, lockedUntil, problem } = copy
    // What is leaving the local disk is read from the store already.
    return { state: copy.state === 'leaving' ? 'away' : copy.state, storedAt, lockedUntil, problem }
  }

  return {
    ...openAccessViewer(services, connectCommand),

    asset(actor, asset, grants) {
      const current = bundle()
      const plant = plantOf(asset, current)
      const zone = zoneOf(asset, current)
      const scope = scopeOf(asset, current)
      const now = clock.now()
      const usable = grants.find(({ grant }) => grant.asset === asset.id && usableAt(grant, now) !== null)
      return {
        id: asset.id,
        name: asset.name,
        plant: plant.id,
        plantName: plant.name,
        timeZone: plant.timeZone,
        baseline: plant.baseline,
        zone: zone.id,
        zoneName: zone.name,
        level: zone.level,
        owner: asset.owner,
        type: asset.type,
        criticality: asset.criticality,
        safety: asset.safety,
        labels: [...asset.labels],
        inheritedLabels: inheritedLabels(asset, current).map(({ label, from }) => ({
          label,
          from: actor.person.supplier === null ? from.map((id) => current.information.get(id)?.name ?? id) : [],
        })),
        protocols: asset.endpoints.map(({ protocol }) => protocol),
        maxWindowMinutes: plant.maxWindowMinutes,
        scope: scope.kind,
        scopeReason: scope.kind === 'undetermined' ? 'no scope rule names this asset' : scope.reason,
        connect: usable ? connectCommand(actor.person.login, asset.id, usable.grant.protocol) : null,
        confirmation: actor.person.supplier === null ? confirmationView(asset, current, world(), now) : null,
        mayConfirm: mayConfirm(actor.person, plant.id),
        files: openFilesView(asset, actor.person, current),
      }
    },

    async sessions(stored) {
      const people = await store.people.byIds(
        stored.flatMap(({ id, person }) => [person, ...(registry.get(id)?.observers ?? [])]),
      )
      return stored.map((session) => sessionView(session, people))
    },

    async recording(actor, stored, channels) {
      const people = await store.people.byIds([stored.person])
      return {
        session: sessionView(stored, people),
        status: stored.recording,
        seal: stored.seal,
        evidenceIndex: stored.sealIndex,
        labels: [...stored.labels],
        handling: viewingViewer.handling(stored),
        ...(await custodyViewer.kept(stored)),
        copy: await copyView(stored.id),
        mayView: await viewingViewer.mayView(actor, stored),
        channels: channels.map((channel) => ({ ...channel })),
      }
    },
  }
}
