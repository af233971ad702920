// How a session is asked for and let in: the door decides, a place is taken, a recording is opened, and only then does the
// session exist. Where any step fails there is no session. How it then begins is start.ts's.

import { createRecording, type Disk, type Recording, type Signer } from '../../recorder/index.ts'
import {
  conduitFor,
  handlingOf,
  plantOf,
  standardFeatures,
  usableAt,
  type Asset,
  type AssetId,
  type Decision,
  type Grant,
  type SessionRefusal,
  type SshEndpoint,
} from '../../policy/index.ts'
import type { Actor, Door } from '../access/authorize.ts'
import { noAirlock } from '../airlock/airlock.ts'
import type { Admission, BrokerContext, BrokeredSession, TargetCredential, Visitor } from '../brokers/broker.ts'
import type { Bus } from '../bus/bus.ts'
import { mint, type Clock } from '../clock.ts'
import type { Authenticator } from '../identity/authenticate.ts'
import { takeCredential } from '../identity/credentials.ts'
import type { Vault } from '../identity/vault.ts'
import type { Log } from '../log.ts'
import type { Secret } from '../secret.ts'
import type { Store } from '../store/store.ts'
import type { Escorts } from './escorts.ts'
import { lookSentence, machineSentence } from './expiry.ts'
import type { SessionFacts, Standing } from './facts.ts'
import { nameFeature } from './features.ts'
import type { RecordingHeads } from './heads.ts'
import { openPlaces, type Full, type Place } from './places.ts'
import type { Registry } from './registry.ts'
import { LiveSession } from './session.ts'
import type { Opening, Starter } from './start.ts'

export interface AdmissionDeps {
  readonly store: Store
  readonly door: Door
  readonly registry: Registry
  readonly heads: Pick<RecordingHeads, 'watch' | 'forget'>
  readonly starter: Starter
  readonly escorts: Escorts
  readonly authenticator: Pick<Authenticator, 'code'>
  readonly bus: Bus
  readonly vault: Vault
  readonly clock: Clock
  readonly log: Log
  readonly signer: Signer
  /** Folder of the recordings. */
  readonly recordings: string
  /** What recordings are written with; left out, the disk as it is. */
  readonly disk?: Disk
  /** age recipients the session keys are wrapped to. */
  readonly recipients: readonly string[]
  /** Sessions one person may have at a time. */
  readonly maxSessionsPerPerson: number
  /** How long a session waits for an escort, minutes. */
  readonly escortWaitMinutes: number
  /** Why no session may begin for want of space to record it, or null. */
  readonly noRoom?: () => Promise<string | null>
}

type Permit = Decision & { readonly kind: 'permit' }

/** In a session that may not be typed in nothing is opened on the target: it would be a way around. */
const barredText: Partial<Record<Standing, string>> = {
  locked: 'the session is locked: unlock it in its terminal first',
  paused: 'the session waits for its escort to come back',
  observing: 'the session may only observe: no further channel can be opened',
}
function barredNow({ state, standing }: LiveSession): string | null {
  return state === 'active' ? (barredText[standing] ?? null) : 'the session is ending'
}

const waitText = (minutes: number): string =>
  `waiting for an escort of the plant, at most ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}: nothing reaches the target before`

const refused = (text: string): Admission => ({ kind: 'refused', text })

export function openAdmission(deps: AdmissionDeps): BrokerContext {
  const { store, door, registry, heads, starter, escorts, bus, vault, clock, log } = deps
  const places = openPlaces(registry, deps.maxSessionsPerPerson)

  /** Policy would let them in, and yet there is no session: that is evidence too. */
  async function refuse(
    visitor: Visitor,
    asset: AssetId | null,
    reason: SessionRefusal,
    text: string,
  ): Promise<Admission & { kind: 'refused' }> {
    await store.change(({ ledger }) =>
      ledger.append('session.refused', clock.now(), { person: visitor.person.id, asset, reason }),
    )
    return { kind: 'refused', text }
  }

  async function refuseFull({ person }: Actor, asset: Asset, { limit, most, text }: Full): Promise<Admission> {
    const entry = { person: person.id, asset: asset.id, supplier: person.supplier, limit, most }
    await store.change(({ ledger }) => ledger.append('session.refused_concurrency', clock.now(), entry))
    return refused(text)
  }

  /** The person as the store knows them now: a login may be older than a change of roles. */
  async function actorOf(visitor: Visitor): Promise<Actor | null> {
    const person = await store.people.byId(visitor.person.id)
    return person ? { person, mfa: visitor.mfa, source: visitor.source } : null
  }

  async function credentialFor(session: LiveSession, endpoint: SshEndpoint): Promise<TargetCredential> {
    const { kind, secret } = await takeCredential({ store, vault, clock }, endpoint.credential, session.facts.id)
    return kind === 'password' ? { kind, password: secret } : { kind, key: secret }
  }

  /** A recording is there before anything that is recorded; null where it cannot be opened. */
  async function openRecording(facts: SessionFacts): Promise<Recording | null> {
    const { id, asset, plant, person, grant, protocol } = facts
    try {
      return await createRecording({
        root: deps.recordings,
        sessionId: id,
        meta: { asset, plant, person, grant, protocol },
        recipients: deps.recipients,
        now: clock.now,
        monotonic: clock.monotonic,
        signer: deps.signer,
        ...(deps.disk && { disk: deps.disk }),
        waitsForRoom: facts.recordingPauseMinutes > 0,
      })
    } catch (err) {
      log.error({ err, asset }, 'Recording not opened; the session is refused')
      return null
    }
  }

  async function begin(
    visitor: Visitor,
    actor: Actor,
    asset: Asset,
    grant: Grant,
    decision: Permit,
    endpoint: SshEndpoint,
    place: Place,
  ): Promise<Admission> {
    const bundle = door.bundle()
    const startedAt = clock.now()
    const id = mint.session(startedAt)
    const { id: plant, timeZone } = plantOf(asset, bundle)
    const conduit = conduitFor(asset, 'ssh', bundle, startedAt)
    if (conduit.kind !== 'present') return refuse(visitor, asset.id, 'no-conduit', 'no conduit leads to this asset')
    const usable = usableAt(grant, startedAt)
    if (usable === null) return refuse(visitor, asset.id, 'overtaken', 'the access has just ended')
    const { id: person, supplier } = actor.person
    const { mfa, source } = visitor
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
    const all: SessionFacts = { ...facts, ...handled, expiry, safety, recordingPauseMinutes, mfa, source }
    const recording = await openRecording(all)
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
    heads.watch(id, recording)
    place.release()
    const opening: Opening = { session, recording, asset, conduit: conduit.conduit, most: place.most }
    const text = await open(opening)
    if (text !== null) return refused(`access refused: ${text}`)
    log.info({ sessionId: id, asset: asset.id, personId: person }, 'Session opened')
    return { kind: 'admitted', session: brokered(session, visitor, endpoint) }
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

  function brokered(session: LiveSession, visitor: Visitor, endpoint: SshEndpoint): BrokeredSession {
    const { id, asset } = session.facts
    return {
      id,
      asset,
      endpoint,
      waitsFor: session.standing === 'waiting' ? waitText(deps.escortWaitMinutes) : null,
      begun: () => session.begun(),
      flow: () => session.flow,
      isMachine: visitor.person.machine !== undefined,
      barsOpening(command, onTerminal = false) {
        const { declared } = session
        if (declared !== null && (command === null || onTerminal || !declared.includes(command)))
          return machineSentence(declared)
        if (!session.onlyLooks) return barredNow(session)
        const { observed } = session
        // Word for word: what a target would make of anything else is not for the gateway to guess.
        return command === null || observed.includes(command) ? null : lookSentence(observed)
      },
      features: () => standardFeatures,
      files: () => ({ granted: null, rules: [], declared: [] }),
      airlock: noAirlock,
      onlyLooks: () => session.onlyLooks,
      unlock: (code) => unlock(session, code),
      credential: () => credentialFor(session, endpoint),
      connected: (leg) => session.connected(leg),
      async admitChannel() {
        const barred = session.onlyLooks ? null : barredNow(session)
        if (barred !== null) return { kind: 'refused', text: barred }
        const actor = await actorOf(visitor)
        if (!actor) return refuse(visitor, session.facts.asset, 'account-gone', 'the account is gone')
        const { grant: id, protocol } = session.facts
        const decision = await store.change(async (tx) => {
          const grant = (await tx.grants.byId(id))?.grant ?? null
          const living = { unavailable: session.unavailable }
          return door.authorize(tx, actor, { action: 'connect', asset, protocol, grant, living }, { grant: id })
        })
        if (decision.kind === 'permit') return { kind: 'admitted' }
        return { kind: 'refused', text: decision.reasons.map(({ text }) => text).join('; ') }
      },
      record: (opening) => session.record(opening),
      refusedFeature: (feature, detail) => noteRefusal(visitor, feature, detail, session),
      listen: (listener) => session.listen(listener),
      ending: (reason) => session.ending(reason),
      closed: () => session.closed(),
    }
  }

  async function unlock(session: LiveSession, code: Secret<string>): Promise<'unlocked' | 'wrong'> {
    const { id, person: personId, source } = session.facts
    const person = await store.people.byId(personId)
    if (!person || person.disabled) return 'wrong'
    const isRight = await deps.authenticator.code(person, code, { via: 'ssh', source }, (tx) =>
      tx.ledger.append('session.unlocked', clock.now(), { session: id }),
    )
    if (!isRight) return 'wrong'
    session.unlock()
    return 'unlocked'
  }

  function noteRefusal(visitor: Visitor, given: string, more: string | null, session: LiveSession | null): void {
    const { feature, detail } = nameFeature(given, more)
    store
      .change(async (tx) => {
        await tx.ledger.append('session.feature_refused', clock.now(), {
          session: session?.facts.id ?? null,
          person: visitor.person.id,
          feature,
          detail: detail === null ? null : await tx.ledger.commit(detail.slice(0, 256)),
        })
      })
      .catch((err: unknown) => {
        log.error({ err, feature }, 'A refusal could not be kept as evidence')
        session?.end('recorder-failed')
      })
  }

  return {
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
        if (!asset) return []
        const question = { action: 'connect', asset: asset.id, protocol: grant.protocol, grant } as const
        if (door.preview(actor, question).kind === 'deny') return []
        const { name: plant, timeZone } = plantOf(asset, bundle)
        return [{ asset: asset.id, name: asset.name, plant, timeZone, until: grant.window.until }]
      })
    },

    async admit(visitor, named) {
      try {
        const actor = await actorOf(visitor)
        if (!actor) return await refuse(visitor, null, 'account-gone', 'the account is gone')
        const { decision, asset, grant } = await store.change((tx) => door.authorizeConnect(tx, actor, named, 'ssh'))
        if (decision.kind === 'deny' || asset === null || grant === null)
          return refused(`access refused: ${decision.reasons.map(({ text }) => text).join('; ')}`)
        const declared = door.bundle().assets.get(asset)
        const endpoint = declared?.endpoints.find(({ protocol }) => protocol === 'ssh')
        if (!declared || !endpoint) return await refuse(visitor, asset, 'no-endpoint', 'the asset has no SSH endpoint')
        const noRoom = (await deps.noRoom?.()) ?? null
        if (noRoom !== null) return await refuse(visitor, asset, 'storage', noRoom)
        const { supplier } = actor.person
        const contract = supplier === null ? null : (door.bundle().suppliers.get(supplier) ?? null)
        const place = places.take(actor.person, declared, contract)
        if (place.kind === 'full') return await refuseFull(actor, declared, place)
        try {
          return await begin(visitor, actor, declared, grant, decision, endpoint, place)
        } finally {
          place.release()
        }
      } catch (err) {
        // No evidence, no session: whatever could not be written, nothing has been opened.
        log.error({ err }, 'Admission failed; the session is refused')
        return refused('the gateway cannot keep evidence at the moment, so no session can begin: tell the plant')
      }
    },
  }
}
