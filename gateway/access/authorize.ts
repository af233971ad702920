// The door: the one place where `policy` and the ledger meet. It collects the facts, asks `policy.decide`, writes the
// decision as evidence and returns it. Nothing reaches an asset but through here.

import {
  decide,
  parseAssetId,
  plantOf,
  quote,
  type AssetId,
  type Bundle,
  type Commitment,
  type Decision,
  type DecisionRequest,
  type Grant,
  type GrantId,
  type MfaKind,
  type Person,
  type Protocol,
  type RequestId,
} from '../../policy/index.ts'
import type { Clock } from '../clock.ts'
import type { Tx } from '../store/store.ts'

/** Who acts, with the second factors proven in this login. */
export interface Actor {
  readonly person: Person
  readonly mfa: readonly MfaKind[]
}

export interface Door {
  /** The bundle in force now. */
  bundle(): Bundle
  /** Decides and writes the decision in the caller's transaction; a deny is evidence as a permit is. */
  authorize(
    tx: Tx,
    actor: Actor,
    request: DecisionRequest,
    refs?: { request?: RequestId; grant?: GrantId },
  ): Promise<Decision>
  /** What the user named is no declared asset: a denial, and evidence, like any other. */
  refuseUnknown(tx: Tx, actor: Actor, action: 'request' | 'connect', named: string): Promise<Decision>
  /** As `authorize` for a connect to what the user named, which may be no asset at all. */
  authorizeConnect(tx: Tx, actor: Actor, named: string, protocol: Protocol): Promise<ConnectDecision>
  /** Decides without a trace, to show beforehand what the answer would be. Opens nothing. */
  preview(actor: Actor, request: DecisionRequest): Decision
}

export interface ConnectDecision {
  readonly decision: Decision
  readonly asset: AssetId | null
  readonly grant: Grant | null
}

/** The grant a use would rest on: open and in its window if there is one, else the one that says most about why not. */
function bestGrant(grants: readonly Grant[], asset: AssetId, protocol: Protocol, now: number): Grant | null {
  const fitting = grants.filter((grant) => grant.asset === asset && grant.protocol === protocol)
  const current = fitting.filter((grant) => grant.window.from <= now && now < grant.window.until)
  const latest = (list: readonly Grant[]): Grant | undefined =>
    list.toSorted((a, b) => b.window.until - a.window.until)[0]
  return latest(current) ?? latest(fitting) ?? null
}

export function openDoor(bundle: () => Bundle, clock: Clock): Door {
  async function write(
    tx: Tx,
    actor: Actor,
    action: DecisionRequest['action'],
    asset: AssetId | null,
    decision: Decision,
    { texts, ...refs }: { request?: RequestId; grant?: GrantId; named?: Commitment; texts?: readonly string[] },
  ): Promise<void> {
    const declared = asset === null ? undefined : bundle().assets.get(asset)
    await tx.ledger.append('policy.decision', clock.now(), {
      action,
      outcome: decision.kind,
      person: actor.person.id,
      asset: declared?.id ?? null,
      plant: declared ? plantOf(declared, bundle()).id : null,
      ...refs,
      rules: decision.reasons.map(({ rule }) => rule),
      texts: texts ?? decision.reasons.map(({ text }) => text),
      controls: [...new Set(decision.reasons.flatMap(({ controls }) => controls))],
      bundle: decision.bundle,
      scopeVersion: decision.scopeVersion,
      scope: decision.scope.kind,
    })
  }

  const factsFor = (actor: Actor) => ({ now: clock.now(), person: actor.person, mfa: actor.mfa })

  const door: Door = {
    bundle,
    async authorize(tx, actor, request, refs = {}) {
      const decision = decide(request, bundle(), factsFor(actor))
      await write(tx, actor, request.action, 'asset' in request ? request.asset : request.ask.asset, decision, refs)
      return decision
    },
    async refuseUnknown(tx, actor, action, named) {
      const decision: Decision = {
        kind: 'deny',
        reasons: [
          {
            rule: 'unknown-asset',
            text: `no asset is called ${quote(named)}: name one from the list of assets`,
            controls: ['GW-ACC-01'],
          },
        ],
        bundle: bundle().digest,
        scopeVersion: bundle().scope.version,
        scope: { kind: 'undetermined' },
      }
      // People type passwords where a name belongs: the user reads the name back, the ledger never holds it in clear.
      const texts = ['what was named is no declared asset']
      await write(tx, actor, action, null, decision, { named: await tx.ledger.commit(named.slice(0, 256)), texts })
      return decision
    },
    async authorizeConnect(tx, actor, named, protocol) {
      const parsed = parseAssetId(named)
      if (parsed.kind === 'malformed' || !bundle().assets.has(parsed.id))
        return { decision: await door.refuseUnknown(tx, actor, 'connect', named), asset: null, grant: null }
      const open = await tx.grants.openOf(actor.person.id, clock.now())
      const grant = bestGrant(
        open.map((stored) => stored.grant),
        parsed.id,
        protocol,
        clock.now(),
      )
      const refs = grant ? { grant: grant.id, request: grant.request } : {}
      const decision = await door.authorize(tx, actor, { action: 'connect', asset: parsed.id, protocol, grant }, refs)
      return { decision, asset: parsed.id, grant }
    },
    preview: (actor, request) => decide(request, bundle(), factsFor(actor)),
  }
  return door
}
