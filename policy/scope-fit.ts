// Does the scope still fit the plant? What came and went since somebody last looked, what nobody has decided on, what
// was not confirmed or is overdue, and what was asked for that nobody declared. Looking is due each quarter.

import type { Bundle } from './bundle/bundle.ts'
import { endOfDay } from './calendar.ts'
import { confirmationOf, sayConfirmation } from './confirmation.ts'
import { faultsOf } from './interface.ts'
import type { PlantId } from './ids.ts'
import type { Asset, Instant, World } from './model.ts'
import { scopeReport } from './scope-report.ts'
import { scopeOf, zoneOf } from './scope.ts'
import type { SeenVerdict } from './seen.ts'

/** Days after which the next review is due: a quarter. */
export const fitReviewDays = 92

/** What was declared when somebody last looked, by id. */
export interface KnownThings {
  readonly assets: readonly string[]
  readonly suppliers: readonly string[]
  readonly conduits: readonly string[]
}

/** The last review of the report. */
export interface LastFitReview {
  readonly at: Instant
  readonly dueAt: Instant
  readonly known: KnownThings
}

/** A name that stands for nothing declared, and was asked for. */
export interface UnregisteredName {
  readonly name: string
  readonly times: number
  readonly lastAt: Instant
}

/** An address in a plant's networks that no asset has, and that nobody has said to be none. */
export interface UndeclaredAddress {
  readonly address: string
  readonly plant: PlantId
  readonly firstAt: Instant
  /** Null: nobody has said what it is. */
  readonly verdict: SeenVerdict | null
}

export const fitTopics = [
  'new-assets',
  'new-suppliers',
  'new-conduits',
  'gone',
  'undetermined',
  'held',
  'unconfirmed',
  'phases-overdue',
  'conduits-overdue',
  'conduits-ownerless',
  'interfaces-overdue',
  'unregistered',
  'undeclared-addresses',
] as const
export type FitTopic = (typeof fitTopics)[number]

export interface FitFinding {
  readonly topic: FitTopic
  readonly count: number
  /** The first of them, each with a clause that says more. */
  readonly items: readonly { readonly id: string; readonly text: string }[]
}

export interface ScopeFit {
  readonly bundle: string
  readonly scopeVersion: string
  /** Null: nobody has looked yet, and everything is new. */
  readonly reviewedAt: Instant | null
  /** When the next review is due; null: now, for the first time. */
  readonly dueAt: Instant | null
  readonly isDue: boolean
  /** Every topic, those with nothing in them as well. */
  readonly findings: readonly FitFinding[]
}

/** A page shows these; the counts say how many there are. */
const mostItems = 200

/** What is declared now, to compare the next report with. */
export function knownThings(bundle: Bundle): KnownThings {
  return {
    assets: [...bundle.assets.keys()],
    suppliers: [...bundle.suppliers.keys()],
    conduits: [...bundle.conduits.keys()],
  }
}

/** The report for the bundle in force. Overdue phases are judged by the day in UTC, conduits in their plant's zone. */
export function scopeFit(
  bundle: Bundle,
  world: Pick<World, 'confirmations' | 'heldScope'>,
  last: LastFitReview | null,
  unregistered: readonly UnregisteredName[],
  now: Instant,
  undeclared: readonly UndeclaredAddress[] = [],
): ScopeFit {
  const known = last?.known ?? { assets: [], suppliers: [], conduits: [] }
  const assets = [...bundle.assets.values()]
  const conduits = [...bundle.conduits.values()]
  const since = (names: readonly string[]): ((thing: { readonly id: string }) => boolean) => {
    const before = new Set(names)
    return ({ id }) => !before.has(id)
  }
  const gone = (kind: string, names: readonly string[], now: ReadonlyMap<string, unknown>): readonly Item[] =>
    names.filter((id) => !now.has(id)).map((id) => ({ id, text: `${kind}, declared at the last review` }))
  const findings: readonly FitFinding[] = [
    finding('new-assets', assets.filter(since(known.assets)), (asset) => sayAsset(asset, bundle)),
    finding('new-suppliers', [...bundle.suppliers.values()].filter(since(known.suppliers)), ({ name, contract }) =>
      [name, `contract until ${contract.until}`].join(', '),
    ),
    finding(
      'new-conduits',
      conduits.filter(since(known.conduits)),
      ({ from, to, reason }) => `${from} to ${to}: ${reason}`,
    ),
    finding(
      'gone',
      [
        ...gone('asset', known.assets, bundle.assets),
        ...gone('supplier', known.suppliers, bundle.suppliers),
        ...gone('conduit', known.conduits, bundle.conduits),
      ],
      ({ text }) => text,
    ),
    finding(
      'undetermined',
      assets.filter((asset) => scopeOf(asset, bundle).kind === 'undetermined'),
      (asset) => `${asset.name} in ${zoneOf(asset, bundle).name}: no scope rule names it, and it is denied`,
    ),
    finding(
      'held',
      assets.filter(({ id }) => world.heldScope.has(id)),
      ({ id }) => `its scope changed and waits for a review: ${world.heldScope.get(id)?.kind ?? ''} holds`,
    ),
    unconfirmed(assets, bundle, world, now),
    finding(
      'phases-overdue',
      scopeReport(bundle, now)
        .phases.filter(({ state }) => state === 'overdue')
        .map(({ phase, plannedFor }) => ({ id: `phase ${phase}`, plannedFor })),
      ({ plannedFor }) => `planned for ${plannedFor}, and not open`,
    ),
    finding(
      'conduits-overdue',
      conduits.filter(({ id, reviewBy }) => (bundle.conduitClosesAt.get(id) ?? endOfDay(reviewBy, 'UTC')) <= now),
      ({ reviewBy }) => `its review was due on ${reviewBy}: closed until its owner has looked`,
    ),
    finding(
      'conduits-ownerless',
      conduits.filter(({ owner }) => owner === null),
      ({ from, to }) => `${from} to ${to}: nobody answers for it, and it is closed`,
    ),
    finding(
      'interfaces-overdue',
      [...bundle.interfaces.values()].filter((each) => faultsOf(each, bundle, now).length > 0),
      (each) =>
        `${each.name}: ${faultsOf(each, bundle, now)
          .map(({ text }) => text)
          .join(', and ')}`,
    ),
    finding(
      'unregistered',
      unregistered.map(({ name, ...rest }) => ({ id: name, ...rest })),
      ({ times, lastAt }) =>
        `asked for ${times === 1 ? 'once' : `${times} times`}, last on ${day(lastAt)}: nothing declared is called so`,
    ),
    finding(
      'undeclared-addresses',
      undeclared.map(({ address, ...rest }) => ({ id: address, ...rest })),
      ({ plant, firstAt, verdict }) => `in plant ${plant} since ${day(firstAt)}: ${sayVerdict(verdict)}`,
    ),
  ]
  return {
    bundle: bundle.digest,
    scopeVersion: bundle.scope.version,
    reviewedAt: last?.at ?? null,
    dueAt: last?.dueAt ?? null,
    isDue: last === null || last.dueAt <= now,
    findings,
  }
}

type Item = FitFinding['items'][number]

function sayVerdict(verdict: SeenVerdict | null): string {
  if (verdict === 'register') return 'to be declared, and is not yet'
  return verdict === 'remove' ? 'to be taken off the network' : 'nobody has said what it is'
}

function finding<T extends { readonly id: string }>(
  topic: FitTopic,
  things: readonly T[],
  say: (thing: T) => string,
): FitFinding {
  const items = things.slice(0, mostItems).map((thing) => ({ id: thing.id, text: say(thing) }))
  return { topic, count: things.length, items }
}

/** Only what is in scope: what is out is not this management system's to walk down. */
function unconfirmed(
  assets: readonly Asset[],
  bundle: Bundle,
  { confirmations }: Pick<World, 'confirmations'>,
  now: Instant,
): FitFinding {
  const stateOf = (asset: Asset) => confirmationOf(asset, bundle, confirmations, now)
  const due = assets.filter((asset) => scopeOf(asset, bundle).kind === 'in' && stateOf(asset).kind !== 'fresh')
  return finding('unconfirmed', due, (asset) => sayConfirmation(stateOf(asset)))
}

function sayAsset(asset: Asset, bundle: Bundle): string {
  const scope = scopeOf(asset, bundle)
  const where = scope.kind === 'undetermined' ? 'undetermined' : `${scope.kind} by rule ${scope.rule}`
  return `${asset.name}, ${asset.type} in ${zoneOf(asset, bundle).name}: ${where}`
}

const day = (at: Instant): string => new Date(at).toISOString().slice(0, 10)
