// How a session is asked for and let in: the door decides, a place is taken, a recording is opened, and only then does the
// session exist. Where any step fails there is no session. How it then begins is start.ts's.

import {
  conduitFor,
  endpointOf,
  enrolledKeys,
  handlingOf,
  plantOf,
  usableAt,
  type Asset,
  type Decision,
  type Grant,
  type Protocol,
} from '../../policy/index.ts'
import type { Actor } from '../access/authorize.ts'
import type { BrokerContext, Visitor } from '../brokers/broker.ts'
import type { Bus } from '../bus/bus.ts'
import { mint } from '../clock.ts'
import { openCrossing, type Crossing } from './crossing.ts'
import type { Escorts } from './escorts.ts'
import { openFaces, type FacesDeps } from './faces.ts'
import type { SessionFacts } from './facts.ts'
import type { RecordingHeads } from './heads.ts'
import { openPlaces, type Place } from './places.ts'
import { openRefusals, refused, type Refused } from './refusals.ts'
import { destinationOf, speaksTelnet, tunnelRefusal } from './tunnels.ts'
import type { Recorder, SessionRecording } from './recorder.ts'
import type { Registry } from './registry.ts'
import { LiveSession } from './session.ts'
import type { Opening, Starter } from './start.ts'

export interface AdmissionDeps extends FacesDeps {
  readonly registry: Registry
  readonly heads: Pick<RecordingHeads, 'watch' | 'forget'>
  readonly starter: Starter
  readonly escorts: Escorts
  readonly bus: Bus
  /** Sessions one person may have at a time. */
  readonly maxSessionsPerPerson: number
  /** Why no session may begin for want of space to record it, or null. */
  readonly noRoom?: () => Promise<string | null>
}

type Permit = Decision & { readonly kind: 'permit' }

type Begun = { readonly kind: 'begun'; readonly session: LiveSession; readonly crossing: Crossing } | Refused
type Entered = Extract<Begun, { kind: 'begun' }> & { readonly asset: Asset }

/** One for all who record: each of them gets a context of its own, and all sessions are counted together. */
export function openAdmission(deps: AdmissionDeps): (recorder: Recorder) => BrokerContext {
  const { store, door, registry, heads, starter, escorts, bus, clock, log } = deps
  const places = openPlaces(registry, deps.maxSessionsPerPerson)
  const { refuse, refuseFull, noteRefusal } = openRefusals(deps)
  const faces = openFaces(deps, { refuse, noteRefusal }, actorOf)

  /** The person as the store knows them now: a login may be older than a change of roles. */
  async function actorOf(visitor: Visitor): Promise<Actor | null> {
    const person = await store.people.byId(visitor.person.id)
    return person ? { person, mfa: visitor.mfa, source: visitor.source } : null
  }

  /** Why a target cannot be reached by SSH whoever asks, and the refusal, kept; null where it can. */
  async function unreachable(visitor: Visitor, asset: Asset): Promise<Refused | null> {
    const endpoint = endpointOf(asset, 'ssh')
    if (endpoint === null) return refuse(visitor, asset.id, 'no-endpoint', 'the asset has no SSH endpoint')
    if (endpoint.hostKeys !== enrolledKeys || (await deps.hostKeys.knownFor(asset.id, endpoint)).length > 0) return null
    const text = 'nobody has accepted a host key of the target yet: ask the plant to enrol it'
    return refuse(visitor, asset.id, 'no-host-key', text)
  }

  /** A recording is there before anything that is recorded; null where it cannot be opened. */
  async function openRecording(recorder: Recorder, facts: SessionFacts): Promise<SessionRecording | null> {
    try {
      return await recorder.open(facts)
    } catch (err) {
      log.error({ err, asset: facts.asset }, 'Recording not opened; the session is refused')
      return null
    }
  }

  async function begin(
    recorder: Recorder,
    visitor: Visitor,
    actor: Actor,
    asset: Asset,
    grant: Grant,
    decision: Permit,
    place: Place,
  ): Promise<Begun> {
    const bundle = door.bundle()
    const startedAt = clock.now()
    const id = mint.session(startedAt)
    const { id: plant, timeZone } = plantOf(asset, bundle)
    const conduit = conduitFor(asset, grant.protocol, bundle, startedAt)
    if (conduit.kind !== 'present') return refuse(visitor, asset.id, 'no-conduit', 'no conduit leads to this asset')
    const usable = usableAt(grant, startedAt)
    if (usable === null) return refuse(visitor, asset.id, 'overtaken', 'the access has just ended')
    const { id: person, supplier } = actor.person
    const { mfa, source, certificate, shownKey } = visitor
    const shown = { ...(certificate && { certificate }), ...(shownKey !== undefined && { shownKey }) }
    const { protocol } = grant
    const { expiry, safety, recordingPauseMinutes } = asset
    const facts = {
      id,
      grant: grant.id,
      person,
      supplier,
      asset: asset.id,
      plant,
      zone: asset.zone,
      protocol,
      timeZone,
      startedAt,
    }
    const { type: assetType, labels } = asset
    const { rules: handlingRules, maskPrompts: masksPrompts } = handlingOf(bundle, { plant, type: assetType, labels })
    const handled = { assetType, labels, handlingRules, masksPrompts }
    const all: SessionFacts = { ...facts, ...handled, expiry, safety, recordingPauseMinutes, mfa, source, ...shown }
    const declared = (await store.requests.byId(grant.request))?.request.ask.files ?? []
    const recording = await openRecording(recorder, all)
    if (recording === null) {
      const text = 'the session cannot be recorded at the moment, so it cannot begin: tell the plant'
      return refuse(visitor, asset.id, 'recording-not-opened', text)
    }
    const standing = {
      windowUntil: usable.until,
      obligations: decision.obligations,
      decidedUntil: null,
      unavailable: decision.unavailable,
    }
    const session = new LiveSession(all, standing, recording, {
      store,
      clock,
      log,
      onOver: () => {
        heads.forget(id)
        registry.remove(id)
      },
      redecide: (one) => registry.redecide(one),
      offerExtension: ({ windowUntil }) =>
        bus.publish({ kind: 'extension-offered', session: id, grant: grant.id, until: windowUntil }),
    })
    // From here on it hears of what is taken away, also while it is still being opened.
    registry.add(session)
    heads.watch(id, recording.control)
    place.release()
    const opening: Opening = {
      session,
      recording: recording.control,
      asset,
      conduit: conduit.conduit,
      most: place.most,
    }
    const text = await open(opening)
    if (text !== null) return refused(`access refused: ${text}`)
    log.info({ sessionId: id, asset: asset.id, personId: person }, 'Session opened')
    const crossing = openCrossing(session, actor.person, grant, declared, door.bundle)
    return { kind: 'begun', session, crossing }
  }

  /**
   * Begins it, or has it wait for somebody to come along. Gives the reason where it could not begin; then, as where its
   * first entries cannot be written, the recording just opened is closed as never begun.
   */
  async function open(opening: Opening): Promise<string | null> {
    const { session, recording } = opening
    async function drop(): Promise<void> {
      session.abandon()
      await recording.seal({ status: 'interrupted', reason: 'not-begun' })
    }
    try {
      if (session.needsEscort) {
        const until = clock.now() + deps.escortWaitMinutes * 60_000
        await store.change((tx) => starter.wait(tx, opening, until))
        escorts.awaits(opening)
        session.awaitEscort(until)
        return null
      }
      const started = await store.change((tx) => starter.start(tx, opening))
      if (started.kind === 'overtaken') {
        await drop()
        return started.text
      }
      session.begin(started)
      return null
    } catch (error) {
      await drop()
      throw error
    }
  }

  /**
   * Decides, takes a place and begins.
   * @param fits says why what is permitted cannot be used all the same; the refusal is written by then.
   */
  async function enter(
    recorder: Recorder,
    visitor: Visitor,
    named: string,
    protocol: Protocol,
    fits: (asset: Asset, decision: Permit) => Promise<Refused | null>,
  ): Promise<Entered | Refused> {
    try {
      const actor = await actorOf(visitor)
      if (!actor) return await refuse(visitor, null, 'account-gone', 'the account is gone')
      const { decision, asset, grant } = await store.change((tx) => door.authorizeConnect(tx, actor, named, protocol))
      if (decision.kind === 'deny' || asset === null || grant === null)
        return refused(`access refused: ${decision.reasons.map(({ text }) => text).join('; ')}`)
      const declared = door.bundle().assets.get(asset)
      if (!declared) return await refuse(visitor, asset, 'no-endpoint', 'the asset is declared no more')
      const misfit = await fits(declared, decision)
      if (misfit !== null) return misfit
      const noRoom = (await deps.noRoom?.()) ?? null
      if (noRoom !== null) return await refuse(visitor, asset, 'storage', noRoom)
      const { supplier } = actor.person
      const contract = supplier === null ? null : (door.bundle().suppliers.get(supplier) ?? null)
      const place = places.take(actor.person, declared, contract)
      if (place.kind === 'full') return await refuseFull(actor.person, declared.id, place)
      try {
        const begun = await begin(recorder, visitor, actor, declared, grant, decision, place)
        return begun.kind === 'begun' ? { ...begun, asset: declared } : begun
      } finally {
        place.release()
      }
    } catch (err) {
      // No evidence, no session: whatever could not be written, nothing has been opened.
      log.error({ err }, 'Admission failed; the session is refused')
      return refused('the gateway cannot keep evidence at the moment, so no session can begin: tell the plant')
    }
  }

  return (recorder) => ({
    log,
    refusedFeature: (visitor, feature, detail) => noteRefusal(visitor, feature, detail, null),

    async reachable(visitor) {
      const actor = await actorOf(visitor)
      if (!actor) return []
      const now = clock.now()
      const bundle = door.bundle()
      const grants = await store.grants.openOf(actor.person.id, now)
      return grants.flatMap(({ grant }) => {
        const asset = bundle.assets.get(grant.asset)
        // What is chosen is reached by a terminal.
        if (!asset || grant.protocol === 'tcp') return []
        const question = { action: 'connect', asset: asset.id, protocol: grant.protocol, grant } as const
        if (door.preview(actor, question).kind === 'deny') return []
        const { name: plant, timeZone } = plantOf(asset, bundle)
        return [{ asset: asset.id, name: asset.name, plant, timeZone, until: grant.window.until }]
      })
    },

    async admit(visitor, named) {
      const entered = await enter(recorder, visitor, named, 'ssh', (asset) => unreachable(visitor, asset))
      if (entered.kind === 'refused') return entered
      const endpoint = endpointOf(entered.asset, 'ssh')
      if (endpoint === null) return refused('the asset has no SSH endpoint')
      return { kind: 'admitted', session: faces.brokered(entered.session, visitor, endpoint, entered.crossing) }
    },

    async admitInClear(visitor, named) {
      if (!speaksTelnet(door.bundle(), named)) return null
      const entered = await enter(recorder, visitor, named, 'telnet', () => Promise.resolve(null))
      if (entered.kind === 'refused') return entered
      const endpoint = endpointOf(entered.asset, 'telnet')
      if (endpoint === null) return refused('the asset has no telnet endpoint')
      return { kind: 'in-clear', session: faces.inClear(entered.session, visitor, endpoint) }
    },

    async admitTunnel(visitor, named, port) {
      const entered = await enter(recorder, visitor, named, 'tcp', async (asset, decision) => {
        const text = tunnelRefusal(asset, port, visitor, decision)
        return text === null ? null : refuse(visitor, asset.id, 'no-endpoint', text)
      })
      if (entered.kind === 'refused') return entered
      const host = endpointOf(entered.asset, 'tcp')?.host
      if (host === undefined) return refused('the asset has no TCP endpoint')
      return { kind: 'admitted', session: faces.tunnelled(entered.session, visitor), host }
    },

    async destination({ person }, named, port) {
      const grants = await store.grants.openOf(person.id, clock.now())
      return destinationOf(
        door.bundle(),
        named,
        port,
        grants.map(({ grant }) => grant),
      )
    },
  })
}
