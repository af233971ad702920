// The door: the one place where `policy` and the ledger meet. It collects the facts, asks `policy.decide`, writes the
// decision as evidence and returns it. Nothing reaches an asset but through here.

import {
  conduitFor,
  decide,
  decidedUntil,
  expectationsOf,
  parseAssetId,
  pathTo,
  plantOf,
  quote,
  remediesFor,
  safetyRules,
  suspensionOf,
  touchesSafety,
  trainingsFor,
  usableAt,
  zoneOf,
  type Asset,
  type AssetId,
  type Bundle,
  type Commitment,
  type Decision,
  type DecisionRequest,
  type Events,
  type Facts,
  type Grant,
  type GrantId,
  type Instant,
  type MfaKind,
  type Person,
  type PersonId,
  type Protocol,
  type Remedy,
  type RequestId,
  type TicketState,
  type World,
} from '../../policy/index.ts'
import type { Clock } from '../clock.ts'
import type { Tx } from '../store/store.ts'
import { pathEntry } from './path-entry.ts'
import { brokenSealsIn } from './seals.ts'
import { keepAskedFor } from './unregistered.ts'

/** Who acts, with the second factors proven in this login. */
export interface Actor {
  readonly person: Person
  readonly mfa: readonly MfaKind[]
  /** The address they come from; null where the gateway acts by itself. */
  readonly source: string | null
  /** Machine accounts they answer for, where somebody reads or ends what is theirs. */
  readonly machines?: readonly PersonId[]
  /** Of a drill: the person exists in it alone, and reaches nothing real. */
  readonly drill?: boolean
}

/** What a decision is about, beside what was asked. */
export interface DecisionRefs {
  readonly request?: RequestId
  readonly grant?: GrantId
  /** Whose right the actor uses, where it was delegated to them. */
  readonly onBehalfOf?: PersonId
  /** Who asks, where the actor is a machine account. */
  readonly askedBy?: PersonId
}

export interface Door {
  /** The bundle in force now. */
  bundle(): Bundle
  /** Decides and writes the decision in the caller's transaction; a deny is evidence as a permit is. */
  authorize(
    tx: Tx,
    actor: Actor,
    request: DecisionRequest,
    refs?: DecisionRefs,
    ticket?: TicketState,
  ): Promise<Decision>
  /** What the user named is no declared asset: a denial, and evidence, like any other. */
  refuseUnknown(tx: Tx, actor: Actor, action: 'request' | 'connect', named: string): Promise<Decision>
  /** As `authorize` for a connect to what the user named, which may be no asset at all. */
  authorizeConnect(tx: Tx, actor: Actor, named: string, protocol: Protocol): Promise<ConnectDecision>
  /** Decides without a trace, to show beforehand what the answer would be. Opens nothing. */
  preview(actor: Actor, request: DecisionRequest, ticket?: TicketState): Decision
  /**
   * What would have to change for the policies to permit it, one remedy a way; empty where they do, or no two changes
   * suffice. Dozens of questions to the engine: for an answer that people wait for, outside of transactions.
   */
  ways(actor: Actor, request: DecisionRequest, ticket?: TicketState): readonly Remedy[]
  /** As `preview`, with the instant up to which time alone does not change the answer; null: it never does. */
  foresee(actor: Actor, request: DecisionRequest): { readonly decision: Decision; readonly until: Instant | null }
  /** Keeps as evidence a decision that was taken without a trace, because it changed something after all. */
  keep(tx: Tx, actor: Actor, request: DecisionRequest, decision: Decision, refs: { grant?: GrantId }): Promise<void>
}

export interface ConnectDecision {
  readonly decision: Decision
  readonly asset: AssetId | null
  readonly grant: Grant | null
}

/** The grant a use would rest on: open and in its window if there is one, else the one that says most about why not. */
function bestGrant(grants: readonly Grant[], asset: AssetId, protocol: Protocol, now: number): Grant | null {
  const fitting = grants.filter((grant) => grant.asset === asset && grant.protocol === protocol)
  const current = fitting.filter((grant) => usableAt(grant, now) !== null)
  const latest = (list: readonly Grant[]): Grant | undefined =>
    list.toSorted((a, b) => b.window.until - a.window.until)[0]
  return latest(current) ?? latest(fitting) ?? null
}

type Asked = Pick<Events['policy.decision'], 'asked'>

/** What the decision is about, so that it can be taken again under another bundle. */
function askedOf(request: DecisionRequest): Asked {
  const use = request.action === 'connect' ? request.grant : request.ask
  if (use === null) return {}
  const { protocol, operationClass, window, schedule, tier, transfer } = use
  const files = transfer && { files: transfer.allow }
  return { asked: { protocol, operationClass, window, schedule, tier, ...files } }
}

/** What had to be attested for what somebody wants to use, by id. */
function attestableFor(
  { person }: Actor,
  asset: Asset,
  asked: Asked['asked'],
  bundle: Bundle,
): Pick<Events['policy.decision'], 'attestable'> {
  const supplier = person.supplier === null ? undefined : bundle.suppliers.get(person.supplier)
  const use = { asset, operationClass: asked?.operationClass ?? null }
  const trainings = trainingsFor(person, use, bundle.access).map(({ id }) => id)
  const expectations = supplier === undefined ? [] : expectationsOf(supplier, bundle).map(({ id }) => id)
  if (trainings.length === 0 && expectations.length === 0) return {}
  return { attestable: { supplier: person.supplier, trainings, expectations } }
}

/** The way a session takes, as events hold it; nothing where no way is declared. */
function pathOf(
  asset: Asset | undefined,
  asked: Asked['asked'],
  bundle: Bundle,
  now: Instant,
): Pick<Events['policy.decision'], 'path'> {
  if (asset === undefined) return {}
  const conduit = conduitFor(asset, asked?.protocol ?? 'ssh', bundle, now, asked?.operationClass)
  return conduit.kind === 'absent' ? {} : { path: pathEntry(pathTo(asset, conduit.conduit, bundle)) }
}

export function openDoor(bundle: () => Bundle, clock: Clock, world: () => World): Door {
  async function write(
    tx: Tx,
    actor: Actor,
    action: DecisionRequest['action'],
    asset: AssetId | null,
    decision: Decision,
    { texts, ...refs }: DecisionRefs & Asked & { readonly named?: Commitment; readonly texts?: readonly string[] },
  ): Promise<void> {
    const declared = asset === null ? undefined : bundle().assets.get(asset)
    await tx.ledger.append('policy.decision', clock.now(), {
      action,
      outcome: decision.kind,
      person: actor.person.id,
      asset: declared?.id ?? null,
      plant: declared ? plantOf(declared, bundle()).id : null,
      ...refs,
      ...pathOf(declared, refs.asked, bundle(), clock.now()),
      ...(declared && (action === 'request' || action === 'connect')
        ? attestableFor(actor, declared, refs.asked, bundle())
        : {}),
      rules: decision.reasons.map(({ rule }) => rule),
      texts: texts ?? decision.reasons.map(({ text }) => text),
      controls: [...new Set(decision.reasons.flatMap(({ controls }) => controls))],
      exceptions: decision.exceptions,
      ...(decision.profile && { profile: decision.profile }),
      ...(decision.acceptedRisks.length === 0 ? {} : { acceptedRisks: decision.acceptedRisks }),
      ...(decision.watched.length === 0 ? {} : { watched: decision.watched }),
      ...(decision.leansOn.length === 0 ? {} : { leansOn: decision.leansOn }),
      ...(decision.unavailable.length === 0 ? {} : { unavailable: decision.unavailable }),
      bundle: decision.bundle,
      scopeVersion: decision.scopeVersion,
      scope: decision.scope.kind,
    })
    if (declared && decision.kind === 'deny')
      await noteBlocks(tx, actor, action, declared, decision, refs.asked ?? null)
  }

  /** A refusal at a boundary or at a safety system is evidence of its own: these controls were at work. */
  async function noteBlocks(
    tx: Tx,
    { person }: Actor,
    action: DecisionRequest['action'],
    asset: Asset,
    { reasons }: Decision,
    asked: Asked['asked'] | null,
  ): Promise<void> {
    const now = clock.now()
    const rules = reasons.map(({ rule }) => rule)
    const zone = zoneOf(asset, bundle())
    const plant = plantOf(asset, bundle()).id
    const about = { action, person: person.id, asset: asset.id, plant, zone: zone.id }
    const crossing = rules.filter((rule) => rule.startsWith('conduit-'))
    const protocol = asked?.protocol ?? 'ssh'
    if (crossing.length > 0) {
      const state = conduitFor(asset, protocol, bundle(), now, asked?.operationClass)
      const from = bundle().gatewayZoneOf.get(plant)
      await tx.ledger.append('conduit.denied_flow', now, {
        ...about,
        protocol,
        conduit: state.kind === 'absent' ? null : state.conduit.id,
        levels: from === undefined ? null : { from: from.level, to: zone.level },
        rules: crossing,
      })
    }
    const safety = rules.filter((rule) => safetyRules.some((each) => each === rule))
    if (touchesSafety(asset) && safety.length > 0)
      await tx.ledger.append('safety.block', now, { ...about, rules: safety })
  }

  const factsFor = ({ person, mfa, source, drill }: Actor, ticket: TicketState = 'unchecked'): Facts => ({
    now: clock.now(),
    person,
    mfa,
    source,
    ticket,
    world: world(),
    ...(drill === true && { drill }),
  })

  /**
   * A suspension that another process has just written holds already, and a seal that somebody broke a moment ago is
   * broken: both are read in the transaction that decides.
   */
  async function factsIn(tx: Tx, actor: Actor, request: DecisionRequest, ticket?: TicketState): Promise<Facts> {
    const facts = factsFor(actor, ticket)
    const suspensions = await tx.suspensions.inForce()
    const asksSeal = request.action === 'request' && request.ask.tier === 'break-glass'
    const { brokenSeals: known } = facts.world
    const brokenSeals = asksSeal ? new Set([...known, ...(await brokenSealsIn(tx))]) : known
    return { ...facts, world: { ...facts.world, suspensions, brokenSeals } }
  }

  /** Somebody who is off, or wants to where all are, came back: that they tried is evidence of its own. */
  async function noteReconnect(tx: Tx, facts: Facts, named: AssetId, decision: Decision): Promise<void> {
    const asset = bundle().assets.get(named)
    if (!asset || !decision.reasons.some(({ rule }) => rule === 'suspended')) return
    const { person, source, world: standing } = facts
    const suspension = suspensionOf(standing, asset, zoneOf(asset, bundle()), [person])
    if (!suspension) return
    await tx.ledger.append('session.reconnect_blocked', facts.now, {
      suspension: suspension.id,
      person: person.id,
      supplier: person.supplier,
      asset: asset.id,
      source: source === null ? null : await tx.ledger.commit(source),
    })
  }

  const door: Door = {
    bundle,
    async authorize(tx, actor, request, refs = {}, ticket) {
      const facts = await factsIn(tx, actor, request, ticket)
      const decision = decide(request, bundle(), facts)
      const asset = 'asset' in request ? request.asset : request.ask.asset
      await write(tx, actor, request.action, asset, decision, { ...refs, ...askedOf(request) })
      if (request.action === 'connect' && decision.kind === 'deny')
        await noteReconnect(tx, facts, request.asset, decision)
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
        exceptions: [],
        acceptedRisks: [],
        watched: [],
        leansOn: [],
        unavailable: [],
        remedies: [{ kind: 'asset', text: 'name an asset from the list of assets' }],
      }
      // People type passwords where a name belongs: the user reads the name back, the ledger never holds it in clear.
      const texts = ['what was named is no declared asset']
      await write(tx, actor, action, null, decision, { named: await tx.ledger.commit(named.slice(0, 256)), texts })
      await keepAskedFor(tx, actor.person.id, named, bundle(), clock.now())
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
    preview: (actor, request, ticket) => decide(request, bundle(), factsFor(actor, ticket)),
    ways: (actor, request, ticket) =>
      remediesFor(request, bundle(), factsFor(actor, ticket)).flatMap((way) => {
        const [first] = way
        return first ? [{ kind: first.kind, text: way.map(({ text }) => text).join(', and ') }] : []
      }),
    foresee(actor, request) {
      const facts = factsFor(actor)
      return { decision: decide(request, bundle(), facts), until: decidedUntil(request, bundle(), facts) }
    },
    keep: (tx, actor, request, decision, refs) =>
      write(tx, actor, request.action, 'asset' in request ? request.asset : request.ask.asset, decision, refs),
  }
  return door
}
