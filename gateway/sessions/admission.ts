// How a session begins: the door decides, a recording is opened, and only then does the session exist, as one evidence
// entry after the other. Where any step fails there is no session.

import { createRecording, type Recording, type Signer } from '../../recorder/index.ts'
import {
  conduitFor,
  plantOf,
  type Asset,
  type AssetId,
  type Grant,
  type PersonId,
  type SessionRefusal,
  type SshEndpoint,
} from '../../policy/index.ts'
import type { Actor, Door } from '../access/authorize.ts'
import type { Admission, BrokerContext, BrokeredSession, TargetCredential, Visitor } from '../brokers/broker.ts'
import { mint, type Clock } from '../clock.ts'
import { takeCredential } from '../identity/credentials.ts'
import type { Vault } from '../identity/vault.ts'
import type { Log } from '../log.ts'
import type { Store, Tx } from '../store/store.ts'
import { nameFeature } from './features.ts'
import { LiveSession } from './session.ts'
import type { Registry } from './registry.ts'

export interface AdmissionDeps {
  readonly store: Store
  readonly door: Door
  readonly registry: Registry
  readonly vault: Vault
  readonly clock: Clock
  readonly log: Log
  readonly signer: Signer
  /** Folder of the recordings. */
  readonly recordings: string
  /** age recipients the session keys are wrapped to. */
  readonly recipients: readonly string[]
  /** Sessions one person may have at a time. */
  readonly maxSessionsPerPerson: number
}

const refused = (text: string): Admission => ({ kind: 'refused', text })

export function openAdmission(deps: AdmissionDeps): BrokerContext {
  const { store, door, registry, vault, clock, log } = deps
  /** Places taken by sessions on their way into the registry. */
  const opening = new Map<PersonId, number>()

  /** Takes a place for one more session of the person in this very call, or null when none is free. */
  function reserve(person: PersonId): (() => void) | null {
    const taken = opening.get(person) ?? 0
    if (registry.ofPerson(person) + taken >= deps.maxSessionsPerPerson) return null
    opening.set(person, taken + 1)
    let held = true
    return () => {
      if (!held) return
      held = false
      const left = (opening.get(person) ?? 1) - 1
      if (left === 0) opening.delete(person)
      else opening.set(person, left)
    }
  }

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

  /** The person as the store knows them now: a login may be older than a change of roles. */
  async function actorOf(visitor: Visitor): Promise<Actor | null> {
    const person = await store.people.byId(visitor.person.id)
    return person ? { person, mfa: visitor.mfa } : null
  }

  async function credentialFor(session: LiveSession, endpoint: SshEndpoint): Promise<TargetCredential> {
    const { kind, secret } = await takeCredential({ store, vault, clock }, endpoint.credential, session.facts.id)
    return kind === 'password' ? { kind, password: secret } : { kind, key: secret }
  }

  async function begin(
    visitor: Visitor,
    actor: Actor,
    asset: Asset,
    grant: Grant,
    endpoint: SshEndpoint,
    release: () => void,
  ): Promise<Admission> {
    const bundle = door.bundle()
    const startedAt = clock.now()
    const id = mint.session(startedAt)
    const { id: plant, timeZone } = plantOf(asset, bundle)
    const conduit = conduitFor(asset, 'ssh', bundle, startedAt)
    if (conduit.kind !== 'present') return refuse(visitor, asset.id, 'no-conduit', 'no conduit leads to this asset')
    let recording: Recording
    try {
      recording = await createRecording({
        root: deps.recordings,
        sessionId: id,
        meta: { asset: asset.id, plant, person: actor.person.id, grant: grant.id, protocol: grant.protocol },
        recipients: deps.recipients,
        now: clock.now,
        monotonic: clock.monotonic,
        signer: deps.signer,
      })
    } catch (err) {
      log.error({ err, asset: asset.id }, 'Recording not opened; the session is refused')
      const text = 'the session cannot be recorded at the moment, so it cannot begin: tell the plant'
      return refuse(visitor, asset.id, 'recording-not-opened', text)
    }
    await written(recording, async (tx) => {
      await tx.sessions.insert({
        id,
        grant: grant.id,
        person: actor.person.id,
        asset: asset.id,
        plant,
        protocol: grant.protocol,
        state: 'active',
        startedAt,
        windowUntil: grant.window.until,
        endedAt: null,
        endReason: null,
        channels: 0,
        bytesIn: 0,
        bytesOut: 0,
        source: visitor.source,
        recording: 'live',
        seal: null,
        sealIndex: null,
      })
      await tx.ledger.append('session.started', startedAt, {
        session: id,
        grant: grant.id,
        request: grant.request,
        person: actor.person.id,
        supplier: actor.person.supplier,
        asset: asset.id,
        plant,
        zone: asset.zone,
        conduit: conduit.conduit.id,
        protocol: grant.protocol,
        mfa: actor.mfa,
        window: grant.window,
        source: await tx.ledger.commit(visitor.source),
      })
      const manifest = recording.manifestDigest
      await tx.ledger.append('session.recording_started', startedAt, { session: id, manifest })
    })
    const facts = { id, grant: grant.id, person: actor.person.id, asset: asset.id, plant, timeZone, startedAt }
    const onOver = (): void => registry.remove(id)
    const session = new LiveSession(facts, grant.window.until, recording, { store, clock, log, onOver })
    registry.add(session)
    release()
    log.info({ sessionId: id, asset: asset.id, personId: actor.person.id }, 'Session opened')
    return { kind: 'admitted', session: brokered(session, visitor, endpoint) }
  }

  /** Where the session's first entries cannot be written, the recording just opened is closed as never begun. */
  async function written(recording: Recording, work: (tx: Tx) => Promise<void>): Promise<void> {
    try {
      await store.change(work)
    } catch (error) {
      await recording.seal({ status: 'interrupted', reason: 'not-begun' })
      throw error
    }
  }

  function brokered(session: LiveSession, visitor: Visitor, endpoint: SshEndpoint): BrokeredSession {
    const { id, asset } = session.facts
    return {
      id,
      asset,
      endpoint,
      credential: () => credentialFor(session, endpoint),
      async admitChannel() {
        if (session.state !== 'active') return { kind: 'refused', text: 'the session is ending' }
        const actor = await actorOf(visitor)
        if (!actor) return refuse(visitor, session.facts.asset, 'account-gone', 'the account is gone')
        const { decision, grant } = await store.change((tx) => door.authorizeConnect(tx, actor, asset, 'ssh'))
        if (decision.kind === 'permit' && grant?.id === session.facts.grant) return { kind: 'admitted' }
        return { kind: 'refused', text: decision.reasons.map(({ text }) => text).join('; ') }
      },
      record: (opening) => session.record(opening),
      refusedFeature: (feature, detail) => noteRefusal(visitor, feature, detail, session),
      listen: (listener) => session.listen(listener),
      ending: (reason) => session.ending(reason),
      closed: () => session.closed(),
    }
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
        const release = reserve(actor.person.id)
        if (!release) {
          const text = `you have ${deps.maxSessionsPerPerson} sessions open, the most allowed: end one first`
          return await refuse(visitor, asset, 'too-many-sessions', text)
        }
        try {
          return await begin(visitor, actor, declared, grant, endpoint, release)
        } finally {
          release()
        }
      } catch (err) {
        // No evidence, no session: whatever could not be written, nothing has been opened.
        log.error({ err }, 'Admission failed; the session is refused')
        return refused('the gateway cannot keep evidence at the moment, so no session can begin: tell the plant')
      }
    },
  }
}
