// What would have to be otherwise for the policies to permit? Found by asking again with one fact changed, then two:
// the smallest changes that permit. The engine is asked a bounded number of times, and none of it is on the path of a
// connection. What the invariants want stands in the decision itself.

import type { Bundle, PolicyRule } from './bundle/bundle.ts'
import type { CedarAnswer, CedarValueJson } from './cedar/engine.ts'
import { questionOf, type Question } from './cedar/question.ts'
import { askAbout } from './decide.ts'
import { unreckonable } from './faults.ts'
import { operationClasses, roles, type DecisionRequest, type Facts, type Remedy, type Tier } from './model.ts'
import { sayDuty, sayRole } from './obligations.ts'
import { situationOf, type Situation } from './situation.ts'
import { standardChangeFor } from './standard-change.ts'

/** Changes that permit when all of them are made. */
export type Way = readonly Remedy[]

/** A fact changed: what it takes, and the context with it. */
interface Change {
  readonly remedy: Remedy
  readonly context?: Readonly<Record<string, CedarValueJson>>
  /** As `context`, in place of what is there also where that is a list. */
  readonly instead?: Readonly<Record<string, CedarValueJson>>
  readonly role?: string
  /** Attributes of the asset. */
  readonly asset?: Readonly<Record<string, CedarValueJson>>
}

/** Pairs of changes one question may try, and ways it may name. */
const mostPairs = 40
const mostWays = 5

/**
 * The smallest changes after which the policies would permit, nearest first; empty where they do already, where no two
 * changes are enough, or where the question is malformed. Never throws. Some dozens of questions to the engine: for a
 * page, not for a connection.
 */
export function remediesFor(request: DecisionRequest, bundle: Bundle, facts: Facts): readonly Way[] {
  const asset = bundle.assets.get(request.action === 'connect' ? request.asset : request.ask.asset)
  if (asset === undefined || unreckonable(request, facts.now) !== null) return []
  const situation = situationOf(request, asset, bundle, facts)
  const question = questionOf(situation, bundle)
  const permits = (changes: readonly Change[]): boolean =>
    isPermitted(askAbout(situation, withChanges(question, changes), bundle), bundle)
  const asItIs = askAbout(situation, question, bundle)
  if (isPermitted(asItIs, bundle)) return []

  // A fact that no policy in the way mentions moves none of them.
  const inTheWay = policiesInTheWay(asItIs, bundle)
  const permitting = wordsOf([...bundle.policies.values()].filter(({ effect }) => effect === 'permit'))
  const changes = changesOf(situation, bundle)
  const moving = changes.filter((change) => isMentioned(change, inTheWay))
  const single = moving.filter((change) => permits([change])).map((change) => [change])
  if (single.length > 0) return waysOf(single)
  const others = changes.filter((change) => !moving.includes(change) && isMentioned(change, permitting))
  const pairs = [...pairsOf(moving), ...pairsBetween(moving, others)].filter(areTogether)
  return waysOf(pairs.slice(0, mostPairs).filter(permits))
}

function isPermitted(answer: CedarAnswer, bundle: Bundle): boolean {
  return (
    answer.kind === 'answered' &&
    answer.allow &&
    answer.errors.length === 0 &&
    answer.determining.some((id) => bundle.policies.get(id)?.effect === 'permit')
  )
}

/** The words of the forbids that apply and of what can't be evaluated; where nothing forbids, those of every permit. */
function policiesInTheWay(answer: CedarAnswer, bundle: Bundle): ReadonlySet<string> {
  if (answer.kind === 'failed') return new Set()
  const names = [...(answer.allow ? [] : answer.determining), ...answer.errors.map(({ policy }) => policy)]
  const all = [...bundle.policies.values()]
  return wordsOf(all.filter(({ id, effect }) => (names.length === 0 ? effect === 'permit' : names.includes(id))))
}

function wordsOf(policies: readonly PolicyRule[]): ReadonlySet<string> {
  return new Set(policies.flatMap(({ source }) => source.match(/\w+/g) ?? []))
}

/** A context attribute is changed by its name; a role, by the attribute that holds roles. */
function isMentioned({ context, instead, role, asset }: Change, words: ReadonlySet<string>): boolean {
  const given = { ...context, ...instead, ...asset }
  const names = [...Object.keys(given), ...(role === undefined ? [] : ['roles'])]
  return names.some((name) => words.has(name))
}

function waysOf(found: readonly (readonly Change[])[]): readonly Way[] {
  return oneOfEach(found.map((changes) => changes.map(({ remedy }) => remedy))).slice(0, mostWays)
}

type Pair = readonly [Change, Change]

function pairsOf(changes: readonly Change[]): readonly Pair[] {
  return changes.flatMap((first, i) => changes.slice(i + 1).map((second) => [first, second] as const))
}

function pairsBetween(some: readonly Change[], others: readonly Change[]): readonly Pair[] {
  return some.flatMap((first) => others.map((second) => [first, second] as const))
}

/** Two values of one fact make no sense together. */
function areTogether([a, b]: Pair): boolean {
  return a.remedy.kind !== b.remedy.kind || a.remedy.kind === 'exception'
}

/** Of several values that would do, such as three lengths of window, the first is the nearest to what was asked. */
function oneOfEach(ways: readonly Way[]): readonly Way[] {
  const byKinds = new Map<string, Way>()
  for (const way of ways) {
    const kinds = way.map(({ kind, text }) => (kind === 'exception' ? text : kind)).join('+')
    if (!byKinds.has(kinds)) byKinds.set(kinds, way)
  }
  return [...byKinds.values()]
}

function withChanges(question: Question, changes: readonly Change[]): Question {
  const added = changes.flatMap(({ role }) => (role === undefined ? [] : [role]))
  const context: Record<string, CedarValueJson> = { ...question.context }
  for (const { context: changed, instead } of changes) {
    Object.assign(context, instead)
    for (const [name, value] of Object.entries(changed ?? {})) {
      const was = context[name]
      context[name] = Array.isArray(was) && Array.isArray(value) ? [...new Set([...was, ...value])] : value
    }
  }
  const changed: Record<string, CedarValueJson> = Object.assign({}, ...changes.map(({ asset }) => asset ?? {}))
  if (added.length === 0 && Object.keys(changed).length === 0) return { ...question, context }
  const actor = '__entity' in question.principal ? question.principal.__entity.id : question.principal.id
  const entities = question.entities.map((entity) => {
    const { roles: held } = entity.attrs
    const uid = '__entity' in entity.uid ? entity.uid.__entity : entity.uid
    if (uid.type === 'Asset') return { ...entity, attrs: { ...entity.attrs, ...changed } }
    const isActor = uid.type === 'Person' && uid.id === actor
    return isActor && Array.isArray(held)
      ? { ...entity, attrs: { ...entity.attrs, roles: [...held, ...added.map((id) => ({ type: 'Role', id }))] } }
      : entity
  })
  return { ...question, context, entities }
}

/** Facts that could be otherwise, those that cost least first. Only what differs from how it is. */
function changesOf(situation: Situation, bundle: Bundle): readonly Change[] {
  const word = (type: string, id: string): CedarValueJson => ({ type, id })
  const { action, use, facts, asset, plant, grant, ask } = situation
  const changes: Change[] = []
  const propose = (
    isSo: boolean,
    kind: Remedy['kind'],
    text: string,
    context: Readonly<Record<string, CedarValueJson>>,
  ): void => {
    if (!isSo) changes.push({ remedy: { kind, text }, context })
  }
  propose(facts.mfa.length > 0, 'mfa', 'you log in with a one-time code', { mfa: [word('Mfa', 'totp')] })
  if (ask !== null) {
    propose(facts.ticket === 'open', 'ticket', 'it names a ticket that is open', { ticket: word('Ticket', 'open') })
    propose(ask.rollback.trim() !== '', 'rollback', 'it says how the change is undone', { rollback: true })
    propose(ask.files.length > 0, 'files', 'it declares the files to be brought', { filesDeclared: 1 })
    for (const minutes of [480, 240, 120, 60, 30]) {
      const text = `the window is at most ${minutes} minutes`
      const shorter = { windowMinutes: minutes, spanMinutes: minutes, schedule: word('Schedule', 'whole') }
      propose(use === null || use.minutes <= minutes, 'window', text, shorter)
    }
    for (const tier of otherTiers) {
      if (!canBeAsked(tier, situation, bundle)) continue
      propose(use?.tier === tier, 'tier', `it is asked in tier ${tier}`, { tier: word('Tier', tier) })
    }
  }
  if (situation.transfer !== null) {
    const text = action === 'connect' ? 'it is granted without files' : 'it is asked without files'
    changes.push({ remedy: { kind: 'files', text }, instead: { transfer: [] } })
  }
  const rank = use === null ? 0 : operationClasses.indexOf(use.operationClass)
  for (const less of operationClasses.slice(0, rank).toReversed()) {
    const text = `it is asked for class ${less}`
    propose(false, 'operation-class', text, { operationClass: word('OperationClass', less) })
  }
  propose(situation.maintenance.kind === 'inside', 'maintenance', maintenanceText(situation), {
    maintenance: word('Maintenance', 'inside'),
  })
  const away = situation.unavailable.map(({ id }) => id)
  const back = away.length === 1 ? `${away[0]} works again` : `${away.join(' and ')} work again`
  if (away.length > 0) changes.push({ remedy: { kind: 'dependency', text: back }, instead: { unavailable: [] } })
  propose(situation.presence !== null, 'presence', 'somebody on site asserts presence', { presence: true })
  if (situation.confirmation.kind !== 'fresh') {
    const text = 'somebody of the plant confirms at a walkdown that the asset is as it is declared'
    changes.push({ remedy: { kind: 'confirmation', text }, asset: { confirmed: true } })
  }
  if (action === 'connect') {
    propose(grant?.escort === true, 'approver', 'it is granted with an escort', { escort: true })
  }
  const duties = new Set(bundle.calendars.rosters.flatMap((each) => (each.plant === plant.id ? [each.duty] : [])))
  for (const duty of duties) {
    const text = `whoever is on duty as ${sayDuty(duty)} does it`
    propose(situation.onDuty.includes(duty), 'approver', text, { onDuty: [duty] })
  }
  for (const { id, assets } of bundle.register.exceptions) {
    const isInForce = situation.exceptions.some((each) => each.id === id)
    const isAbout = assets.length === 0 || assets.includes(asset.id)
    propose(isInForce || !isAbout, 'exception', `exception ${id} is in force`, { exceptions: [id] })
  }
  for (const role of roles) {
    if (situation.actor.roles.includes(role)) continue
    changes.push({ remedy: { kind: 'role', text: `somebody with the role ${sayRole(role)} does it` }, role })
  }
  return changes
}

/** Tiers, the most ordinary way to be let in first. */
const otherTiers: readonly Tier[] = ['normal', 'standard', 'emergency', 'break-glass']

/** Would the invariants let it be asked in this tier, whoever affirms its criteria? What they refuse is no advice. */
function canBeAsked(tier: Tier, { asset, use, ask }: Situation, bundle: Bundle): boolean {
  if (tier === 'break-glass') return bundle.access.tiers[tier].criteria.length > 0
  if (tier !== 'standard' || bundle.access.standardChanges.length === 0) return true
  if (use === null || ask === null) return false
  return standardChangeFor(asset, { ...use, protocol: ask.protocol, tier }, bundle) !== null
}

function maintenanceText({ maintenance }: Situation): string {
  const next = maintenance.kind === 'outside' ? maintenance.next : null
  return next === null
    ? 'it lies inside a maintenance window of the line'
    : `it lies inside a maintenance window of the line, the next from ${new Date(next.window.from).toISOString().slice(0, 16)}Z`
}
