// Access requests and grants: what can be done with them, each a step that asks the door, moves the state machine of
// `policy`, and writes state and evidence together. The steps themselves are in the files beside this one.

import type { Grant, GrantId, Instant, RequestId, RequestSetId, SessionId } from '../../policy/index.ts'
import type { Bus } from '../bus/bus.ts'
import type { Clock } from '../clock.ts'
import type { StoredRequest } from '../store/requests.ts'
import type { Store, Tx } from '../store/store.ts'
import { sweepAccess } from './ageing.ts'
import type { Actor, Door } from './authorize.ts'
import { sayNo, sayYes, type YesAnswer, type YesResult } from './deciding.ts'
import { makeLonger, noteUse, takeAway } from './granting.ts'
import { outlookOf, type Outlook } from './outlook.ts'
import { openSteps } from './steps.ts'
import { submitAll, type Submitted, type Wanted } from './submitting.ts'
import type { Tickets } from './tickets.ts'
import { takeBack, takeBackSet } from './withdrawing.ts'
import type { WorldSource } from './world.ts'

export { mayEnd } from './steps.ts'

export interface AccessDeps {
  readonly store: Store
  readonly door: Door
  readonly bus: Bus
  readonly clock: Clock
  /** What stands outside the bundle, as the door reads it. */
  readonly world: WorldSource
  readonly tickets: Tickets
  /**
   * The end of use and the hard limit of a session on the grant that only observes after its window; null where none
   * does. Such a grant may still be extended. Left out: no session does.
   */
  readonly draining?: (grant: GrantId) => Draining | null
}

export interface Draining {
  readonly windowUntil: Instant
  readonly hardUntil: Instant
}

export interface Access {
  /**
   * Asks for access to each asset named, in one transaction.
   * @throws GatewayError `policy-denied` with the decision, when policy refuses; of several assets the error also says
   * which are `refused` and which could be asked for without them (`offered`).
   */
  submit(actor: Actor, wanted: Wanted): Promise<Submitted>
  /** One yes. It grants when it is the last one needed. */
  approve(actor: Actor, id: RequestId, answer: YesAnswer): Promise<YesResult>
  /** How a request stands, for a reader. */
  outlook(actor: Actor, stored: StoredRequest): Promise<Outlook>
  deny(actor: Actor, id: RequestId, answer: { digest: string; comment: string }): Promise<void>
  withdraw(actor: Actor, id: RequestId): Promise<void>
  /** Takes back what still waits of a set, at once; gives the ids. */
  withdrawSet(actor: Actor, set: RequestSetId): Promise<readonly RequestId[]>
  /** Ends a grant and, within a second, every session that rests on it. */
  revoke(actor: Actor, id: GrantId, reason: string): Promise<void>
  /** Makes a grant longer, or of a recurring one the occurrence that is running. */
  extend(actor: Actor, id: GrantId, until: number, comment: string): Promise<void>
  /** A session begins on the grant: to be called in the transaction that writes its start, before the session exists. */
  used(tx: Tx, grant: Grant, session: SessionId): Promise<Grant & { readonly kind: 'open' }>
  /** Expires what is over, and raises what waits too long. Called every second; does nothing when nothing is due. */
  sweep(): Promise<void>
}

export function openAccess(deps: AccessDeps): Access {
  const take = openSteps(deps)
  return {
    submit: (actor, wanted) => submitAll(deps, take, actor, wanted),
    approve: (actor, id, answer) => sayYes(deps, take, actor, id, answer),
    outlook: (actor, stored) => outlookOf(deps, actor, stored),
    deny: (actor, id, answer) => sayNo(deps, take, actor, id, answer),
    withdraw: (actor, id) => takeBack(take, actor, id),
    withdrawSet: (actor, set) => takeBackSet(deps, take, actor, set),
    revoke: (actor, id, reason) => takeAway(deps, take, actor, id, reason),
    extend: (actor, id, until, comment) => makeLonger(deps, take, actor, id, { until, comment }),
    used: (tx, grant, session) => noteUse(tx, deps.door, grant, session, deps.clock.now()),
    sweep: () => sweepAccess(deps),
  }
}
