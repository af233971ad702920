// A session as the brokers see it, each kind the side that is its own: what it may do there, what it keeps on the way, and
// nothing else of the session.

import { endpointOf, type SshEndpoint, type TelnetEndpoint } from '../../policy/index.ts'
import type { Actor, Door } from '../access/authorize.ts'
import type { HostKeys } from '../access/host-keys.ts'
import { noAirlock } from '../airlock/airlock.ts'
import type { Airlocks } from '../airlock/airlocks.ts'
import type { BrokeredSession, LivingSession, TelnetSession, TunnelSession, Visitor } from '../brokers/broker.ts'
import type { Clock } from '../clock.ts'
import type { Authenticator } from '../identity/authenticate.ts'
import type { Vault } from '../identity/vault.ts'
import type { Log } from '../log.ts'
import type { Secret } from '../secret.ts'
import type { Store } from '../store/store.ts'
import { openClearTarget } from './clear-target.ts'
import type { Crossing } from './crossing.ts'
import { barFiles, barOpening, barredNow, openingsOf, unrecordedText } from './look.ts'
import type { Refusals } from './refusals.ts'
import type { LiveSession } from './session.ts'
import { openTarget } from './target.ts'
import { noTunnelToLook, portRefusal, tunnelsTo } from './tunnels.ts'

export interface FacesDeps {
  readonly store: Store
  readonly door: Door
  readonly authenticator: Pick<Authenticator, 'code'>
  readonly vault: Vault
  readonly hostKeys: Pick<HostKeys, 'knownFor' | 'strange'>
  readonly clock: Clock
  readonly log: Log
  /** Left out, no file is taken in. */
  readonly airlocks?: Pick<Airlocks, 'forSession'>
  /** How long a session waits for an escort, minutes. */
  readonly escortWaitMinutes: number
}

export interface Faces {
  brokered(session: LiveSession, visitor: Visitor, endpoint: SshEndpoint, crossing: Crossing): BrokeredSession
  inClear(session: LiveSession, visitor: Visitor, endpoint: TelnetEndpoint): TelnetSession
  tunnelled(session: LiveSession, visitor: Visitor): TunnelSession
}

const waitText = (minutes: number): string =>
  `waiting for an escort of the plant, at most ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}: nothing reaches the target before`

/** @param actorOf the person as the store knows them now; null where they are gone. */
export function openFaces(
  deps: FacesDeps,
  { refuse, noteRefusal }: Pick<Refusals, 'refuse' | 'noteRefusal'>,
  actorOf: (visitor: Visitor) => Promise<Actor | null>,
): Faces {
  const { store, door, clock } = deps

  /** The session as every broker sees it. */
  function living(session: LiveSession, visitor: Visitor): LivingSession {
    const { id, asset } = session.facts
    // A client that goes on asking is one fact.
    let isFullNoted = false
    return {
      id,
      asset,
      begun: () => session.begun(),
      flow: () => session.flow,
      connected: (leg, number) => session.target.connected(leg, number),
      async admitChannel() {
        const barred = session.onlyLooks ? null : barredNow(session)
        if (barred !== null) {
          // A channel beside the one that is held is how one would go around whoever holds it.
          noteRefusal(visitor, 'channel', session.standing, session)
          return { kind: 'refused', text: barred }
        }
        const actor = await actorOf(visitor)
        if (!actor) return refuse(visitor, session.facts.asset, 'account-gone', 'the account is gone')
        const { grant: id, protocol } = session.facts
        const decision = await store.change(async (tx) => {
          const grant = (await tx.grants.byId(id))?.grant ?? null
          const living = { unavailable: session.terms.unavailable }
          return door.authorize(tx, actor, { action: 'connect', asset, protocol, grant, living }, { grant: id })
        })
        if (decision.kind === 'permit') return { kind: 'admitted' }
        return { kind: 'refused', text: decision.reasons.map(({ text }) => text).join('; ') }
      },
      record(opening) {
        const record = session.record(opening, visitor.through)
        if (record === null && !session.takesChannels && !isFullNoted) {
          isFullNoted = true
          noteRefusal(visitor, 'too-many-channels', null, session)
        }
        return record
      },
      unrecorded: () => unrecordedText(session.takesChannels),
      refusedFeature: (feature, detail) => noteRefusal(visitor, feature, detail, session),
      withdrawn: (tunnels) => session.tunnelsWithdrawn(tunnels),
      listen: (listener) => session.listen(listener),
      ending: (reason) => session.ending(reason),
      closed: () => session.closed(),
    }
  }

  function tunnelled(session: LiveSession, visitor: Visitor): TunnelSession {
    const all = living(session, visitor)
    return {
      ...all,
      async reach(port) {
        const again = await all.admitChannel()
        if (again.kind === 'refused') return again
        const asset = door.bundle().assets.get(session.facts.asset)
        // The broker knows it before the answer, or it would hold the answer against what was declared before.
        session.declareTunnels(tunnelsTo(asset, 'tcp'))
        const host = asset && endpointOf(asset, 'tcp')?.host
        if (!asset || host === undefined) return { kind: 'refused', text: 'the asset is reached through no tunnel now' }
        const text = session.onlyLooks ? noTunnelToLook : portRefusal(asset, port)
        if (text === null) return { kind: 'admitted', host }
        noteRefusal(visitor, 'direct-tcpip', `${asset.id}:${port}`, session)
        return { kind: 'refused', text }
      },
    }
  }

  function inClear(session: LiveSession, visitor: Visitor, endpoint: TelnetEndpoint): TelnetSession {
    return {
      ...terminals(session, visitor),
      endpoint,
      ...openClearTarget(deps, session, endpoint),
    }
  }

  /** What every session has in which somebody types. */
  function terminals(session: LiveSession, visitor: Visitor) {
    return {
      ...living(session, visitor),
      waitsFor: session.standing === 'waiting' ? waitText(deps.escortWaitMinutes) : null,
      isMachine: visitor.person.machine !== undefined,
      barsOpening: (command: string | null, onTerminal = false) => barOpening(openingsOf(session), command, onTerminal),
      onlyLooks: () => session.onlyLooks,
      unlock: (code: Secret<string>) => unlock(session, code),
    }
  }

  function brokered(
    session: LiveSession,
    visitor: Visitor,
    endpoint: SshEndpoint,
    crossing: Crossing,
  ): BrokeredSession {
    const airlock = deps.airlocks?.forSession(session.facts, () => crossing.files().declared) ?? null
    return {
      ...terminals(session, visitor),
      endpoint,
      barsFiles: () => barFiles(openingsOf(session)),
      features: () => crossing.features(),
      files: () => crossing.files(),
      airlock: airlock ?? noAirlock,
      async closed() {
        await airlock?.close()
        await session.closed()
      },
      ...openTarget(deps, session, endpoint, () => crossing.features()),
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

  return { brokered, inClear, tunnelled }
}
