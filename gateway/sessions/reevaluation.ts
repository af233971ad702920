// Living sessions are decided anew: all of them when something changed that decisions rest on, one when time may have
// changed its decision. Who is no longer permitted is ended; that decision is evidence, the many permits are not. A change
// by people ends a session at once, or as safety allows; permission that only ran out with time ends it as its asset's
// sessions end.

import {
  endpointOf,
  usableAt,
  type Decision,
  type DecisionReason,
  type DecisionRequest,
  type Grant,
  type Instant,
  type Person,
} from '../../policy/index.ts'
import type { Actor, Door } from '../access/authorize.ts'
import { addressOf } from '../access/host-keys.ts'
import type { WorldSource } from '../access/world.ts'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { Store } from '../store/store.ts'
import { endOfRevoked, endReasonFor } from './end-reasons.ts'
import type { LiveSession } from './session.ts'
import { tunnelsTo } from './tunnels.ts'
import { openTurns, type GiveWay } from '../turns.ts'

/** Why a session is looked at again: `time`, where nothing else is known to have changed. */
export type Because = 'change' | 'time'

export interface Reevaluation {
  /** Decides these anew. Resolves when it is done; never rejects. */
  decide(sessions: readonly LiveSession[], because: Because): Promise<void>
}

/** Sessions whose rows are read together; reading them takes a part of a turn. */
const batch = 50
/** When what could not be decided is asked again. */
const againMs = 2_000

interface Standing {
  readonly person: Person | undefined
  readonly grant: Grant | undefined
}

/** Whoever leaves the site: the process may need its hand all the same. So may it when a window is over. */
const isSlowRule = (rule: string): boolean =>
  rule === 'grant-outside-window' || rule === 'local-enable' || rule === 'dependency-down' || /presence/.test(rule)

/** What people did, and time never does: whoever notices it first, it ends a session at once. */
const isNeverSlowRule = (rule: string): boolean =>
  ['suspended', 'person-disabled', 'machine-ownerless', 'machine-source', 'grant-closed'].includes(rule)

const sayReasons = (reasons: readonly DecisionReason[]): string => reasons.map(({ text }) => text).join('; ')

function withoutEnd({ at: _at, ...grant }: Grant & { kind: 'expired' }): Omit<Grant & { kind: 'expired' }, 'at'> {
  return grant
}

export function openReevaluation(deps: {
  readonly store: Store
  readonly door: Door
  readonly world: Pick<WorldSource, 'now'>
  readonly clock: Clock
  readonly log: Log
}): Reevaluation {
  const { store, door, world, clock, log } = deps

  /** Sessions a change was not decided for, because the store could not be read then. */
  const owing = new WeakSet<LiveSession>()

  /** What the session rests on, as it is now; an occurrence that was extended counts with its new end. */
  function questionFor(session: LiveSession, stored: Grant): DecisionRequest & { action: 'connect' } {
    const { asset, protocol, startedAt } = session.facts
    // That it is closed because its window is over says no more than that the window is over.
    const grant: Grant = stored.kind === 'expired' ? { ...withoutEnd(stored), kind: 'open' } : stored
    const usable = usableAt(grant, clock.now())
    const isLonger = grant.schedule.kind === 'recurring' && clock.now() < session.windowUntil && usable === null
    const whole = { window: { from: startedAt, until: session.windowUntil }, schedule: { kind: 'whole' } } as const
    const living = { unavailable: session.terms.unavailable }
    return { action: 'connect', asset, protocol, grant: isLonger ? { ...grant, ...whole } : grant, living }
  }

  /** Keeps the denial; that it cannot be kept does not keep the session alive. */
  function keep(actor: Actor, request: DecisionRequest, decision: Decision, session: LiveSession): void {
    const refs = { grant: session.facts.grant }
    store
      .change((tx) => door.keep(tx, actor, request, decision, refs))
      .catch((err: unknown) =>
        log.error({ err, sessionId: session.facts.id }, 'A denial could not be kept as evidence'),
      )
  }

  function judge(session: LiveSession, { person, grant }: Standing, because: Because): void {
    if (!person || person.disabled) return session.order('person-disabled')
    if (person.machine?.owner.disabled) return session.order('owner-gone')
    if (!grant) return session.order('revoked')
    if (grant.kind === 'revoked') {
      const { suspensions } = world.now()
      const { reason, detail } = endOfRevoked(session.facts, person, grant.reason, door.bundle(), suspensions)
      return session.order(reason, detail)
    }
    const { mfa, source, asset, protocol } = session.facts
    const declared = door.bundle().assets.get(asset)
    session.declareTunnels(tunnelsTo(declared, protocol))
    const line = declared && endpointOf(declared, 'telnet')
    // Without one it is the decision that ends it.
    if (line && session.target.address !== null && session.target.address !== addressOf(line))
      return session.order('policy-changed', 'the plant declares another address for its target')
    const actor: Actor = { person, mfa, source }
    const request = questionFor(session, grant)
    const { decision, until } = door.foresee(actor, request)
    if (decision.kind === 'permit') {
      const usable = usableAt(grant, clock.now())
      // A session ends with its occurrence, also where the next one has begun before its hard limit.
      const isSame = usable !== null && usable.from < session.windowUntil
      if (isSame && usable.until > session.windowUntil) session.extend(usable.until)
      return session.permitted({ obligations: decision.obligations, decidedUntil: until })
    }
    deny(session, actor, request, decision, because)
  }

  function deny(
    session: LiveSession,
    actor: Actor,
    request: DecisionRequest,
    decision: Decision & { kind: 'deny' },
    because: Because,
  ): void {
    const { lapse } = session.terms
    const rules = decision.reasons.map(({ rule }) => rule)
    const fresh = decision.reasons.filter(({ rule }) => !lapse?.rules.includes(rule))
    const isAsBefore = lapse !== null && lapse.rules.every((rule) => rules.includes(rule))
    // What had run out before, and nothing more: it is on its way out already.
    if (fresh.length === 0 && isAsBefore) return
    const news = fresh.map(({ rule }) => rule)
    if (fresh.length > 0) keep(actor, request, decision, session)
    const isTime = because === 'time' && lapse === null
    const isSlow = !news.some(isNeverSlowRule) && (isTime || news.every(isSlowRule))
    if (!isSlow && session.endsAtOnce) return session.end(endReasonFor(fresh), sayReasons(fresh))
    // It goes on to end for what ran out first, unless that is good again and the rest is not.
    const { reason, detail } = isAsBefore
      ? lapse
      : { reason: endReasonFor(decision.reasons), detail: sayReasons(decision.reasons) }
    session.lapsed({ at: session.now(), reason, rules, detail })
    if (!isSlow) session.holdForSafety(endReasonFor(fresh))
  }

  async function decideBatch(sessions: readonly LiveSession[], because: Because, giveWay: GiveWay): Promise<void> {
    const people = await store.people.byIds(sessions.map(({ facts }) => facts.person))
    const grants = await store.grants.byIds(sessions.map(({ facts }) => facts.grant))
    await giveWay()
    for (const session of sessions) {
      const { person, grant } = session.facts
      const why = owing.delete(session) ? 'change' : because
      try {
        judge(session, { person: people.get(person), grant: grants.get(grant)?.grant }, why)
      } catch (err) {
        // What cannot be decided is denied, and does not keep the others from being decided.
        log.error({ err, sessionId: session.facts.id }, 'A session could not be decided anew; it ends')
        session.order('policy-changed', 'it could not be decided')
      }
      await giveWay()
    }
  }

  return {
    async decide(sessions, because) {
      const giveWay = openTurns()
      for (let from = 0; from < sessions.length; from += batch) {
        const some = sessions.slice(from, from + batch)
        try {
          await decideBatch(some, because, giveWay)
        } catch (err) {
          log.error({ err, sessions: some.length }, 'Sessions could not be decided anew; tried again')
          const again: Instant = clock.now() + againMs
          for (const session of some) {
            if (because === 'change') owing.add(session)
            session.undecided(again)
          }
        }
        await giveWay()
      }
    },
  }
}
