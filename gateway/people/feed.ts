// A feed of people, taken: read, compared with the accounts there are, shown or carried out. Refused whole where it cannot be
// right; otherwise leavers first, since nobody's typing error keeps somebody else's access open.

import { createHash } from 'node:crypto'
import {
  mostLeavers,
  parseFeed,
  planFeed,
  type Bundle,
  type FeedPlan,
  type FeedRefusal,
  type FeedStep,
  type PeopleFeed,
  type RowProblem,
  type SaidOfFile,
} from '../../policy/index.ts'
import type { Bus } from '../bus/bus.ts'
import type { Clock } from '../clock.ts'
import type { TakenFeed } from '../store/people-sources.ts'
import type { Store } from '../store/store.ts'
import { ChangedMeanwhile, reasonFor, subjectOf, takeStep } from './feed-steps.ts'

export interface FeedDeps {
  readonly store: Store
  readonly clock: Clock
  readonly bundle: () => Bundle
  /** Where the gateway itself takes it; null elsewhere: it notices within a second. */
  readonly bus: Bus | null
}

export interface GivenFeed {
  /** As the bundle names it. */
  readonly feed: string
  readonly text: string
  readonly said?: SaidOfFile
  readonly via: 'local' | 'https'
  /** Compare and show; change nothing. */
  readonly dryRun: boolean
  /** So many leavers are meant, though they are more than the feed may have: exactly this number. */
  readonly acceptLeavers?: number
  /** Logins of accounts made by hand that the feed is to answer for: never at the word of the feed itself. */
  readonly adopt?: readonly string[]
}

/** One line of what the feed did, or would do. */
export interface FeedChange {
  readonly kind: FeedStep['kind']
  readonly login: string
  readonly name: string
  readonly roles: readonly string[]
  readonly plants: readonly string[]
  /** Of who leaves: why. */
  readonly because: string | null
}

export type FeedOutcome =
  | { readonly kind: 'refused'; readonly code: FeedRefusal; readonly reasons: readonly string[] }
  | {
      readonly kind: 'planned' | 'applied'
      readonly asOf: number
      readonly rows: number
      readonly changes: readonly FeedChange[]
      readonly problems: readonly RowProblem[]
      readonly unchanged: number
      readonly unmapped: number
    }

/** A feed that tells of a later state than the clock by more than this was made on a machine with a wrong clock. */
const mostAheadMs = 5 * 60_000
/** Who leaves first. Who was moved out of a plant before who comes into one. */
const order: Readonly<Record<FeedStep['kind'], number>> = { leave: 0, move: 1, adopt: 2, return: 3, join: 4 }

/** Takes a feed. Repeating one that was taken changes nothing more. A refused one is evidence, unless it was only shown. */
export async function takeFeed(deps: FeedDeps, given: GivenFeed): Promise<FeedOutcome> {
  const { store, clock, bundle } = deps
  const declared = bundle().access.peopleFeeds.find(({ id }) => id === given.feed)
  const refuse = (code: FeedRefusal, reasons: readonly string[], counts: { rows?: number; leavers?: number } = {}) =>
    keepRefused(deps, given, declared?.id ?? null, { code, reasons, ...counts })
  if (declared === undefined)
    return refuse('unknown-feed', [`no feed \`${given.feed.slice(0, 60)}\` under \`peopleFeeds\` of access.yaml`])
  const parsed = parseFeed(given.text, given.said)
  if (parsed.kind === 'refused') return refuse(parsed.code, parsed.reasons)
  const { asOf, rows, problems: unread } = parsed.file
  const now = clock.now()
  if (asOf > now + mostAheadMs)
    return refuse('malformed', [`it tells of ${show(asOf)}, which is still to come`], { rows: rows.length })
  const digest = createHash('sha256').update(given.text).digest('hex')
  const last = (await store.peopleSources.feeds()).find(({ feed }) => feed === declared.id)
  if (last !== undefined && isBefore({ asOf, digest }, last))
    return refuse('stale', [`it tells of ${show(asOf)}, and the last one taken of ${show(last.asOf)}`], {
      rows: rows.length,
    })
  const plan = await compare(deps, declared, parsed.file, new Set(given.adopt))
  const leavers = plan.steps.filter(({ kind }) => kind === 'leave').length
  const most = mostLeavers(declared, plan.open)
  if (leavers > most && leavers !== given.acceptLeavers)
    return refuse(
      'too-many-leavers',
      [
        `it would close ${leavers} of ${plan.open} accounts, and ${most} are let through at once: ` +
          `where so many have left, say so with the number (\`--accept-leavers ${leavers}\`)`,
      ],
      { rows: rows.length, leavers },
    )
  const total = rows.length + unread.length
  const { unchanged, unmapped } = plan
  if (given.dryRun) {
    const changes = inOrder(plan).map(told)
    return { kind: 'planned', asOf, rows: total, changes, problems: plan.problems, unchanged, unmapped }
  }
  const taken = { feed: declared.id, asOf, digest, takenAt: now, rows: total }
  const isLatest = await store.bookkeep(async (tx) => {
    const latest = (await tx.peopleSources.feeds()).find(({ feed }) => feed === declared.id)
    if (latest !== undefined && isBefore(taken, latest)) return false
    await tx.peopleSources.taken(taken)
    return true
  })
  if (!isLatest) return refuse('stale', ['a later one was taken meanwhile'], { rows: rows.length })
  const done = await carryOut(deps, taken, plan)
  await store.change(async (tx) => {
    const count = (kind: FeedStep['kind']): number => done.changes.filter((one) => one.kind === kind).length
    await tx.ledger.append('people.feed_applied', clock.now(), {
      feed: declared.id,
      via: given.via,
      asOf,
      digest,
      rows: total,
      joined: count('join'),
      adopted: count('adopt'),
      moved: count('move'),
      returned: count('return'),
      left: count('leave'),
      unchanged,
      unmapped,
      problems: done.problems.length,
    })
  })
  return { kind: 'applied', asOf, rows: total, ...done, unchanged, unmapped }
}

async function compare(
  { store, clock, bundle }: FeedDeps,
  feed: PeopleFeed,
  {
    rows,
    problems,
  }: { readonly rows: Parameters<typeof planFeed>[0]['rows']; readonly problems: readonly RowProblem[] },
  adopt: ReadonlySet<string>,
): Promise<FeedPlan> {
  const people = await store.people.list()
  const byId = new Map(people.map((person) => [person.id, person]))
  const sources = (await store.peopleSources.list()).flatMap(({ person: id, ...source }) => {
    const person = byId.get(id)
    return person === undefined ? [] : [{ ...source, person }]
  })
  const byLogin = new Map<string, (typeof people)[number]>(people.map((person) => [person.login, person]))
  return planFeed({ feed, rows, unread: problems, adopt, people: byLogin, sources, bundle: bundle(), now: clock.now() })
}

async function carryOut(
  { store, clock, bundle, bus }: FeedDeps,
  { feed, asOf, digest }: Pick<TakenFeed, 'feed' | 'asOf' | 'digest'>,
  plan: FeedPlan,
): Promise<{ readonly changes: readonly FeedChange[]; readonly problems: readonly RowProblem[] }> {
  const changes: FeedChange[] = []
  const problems = [...plan.problems]
  for (const { breach } of problems) {
    if (breach === undefined) continue
    await store.change(async (tx) => {
      const { roles, duties, rule } = breach.breach
      const login = await tx.ledger.commit(breach.login)
      const entry = { person: breach.person?.id ?? null, login, rule: rule.id, roles, duties, step: 'feed' } as const
      await tx.ledger.append('separation.refused', clock.now(), entry)
    })
  }
  for (const step of inOrder(plan)) {
    const at = { feed, asOf, now: clock.now(), bundle: bundle() }
    try {
      const { person, ended } = await store.change(async (tx) => {
        // Somebody on the command line may have taken a later one since: what this one says is over then.
        const latest = (await tx.peopleSources.feeds()).find((one) => one.feed === feed)
        if (latest?.digest !== digest) throw new ChangedMeanwhile()
        return takeStep(tx, step, at)
      })
      changes.push(told(step))
      if (step.kind === 'leave') bus?.publish({ kind: 'person-disabled', person: person.id })
      for (const grant of ended.grants) bus?.publish({ kind: 'grant-revoked', grant, reason: reasonFor(at) })
    } catch (error) {
      if (!(error instanceof ChangedMeanwhile)) throw error
      const { line, id } = step.kind === 'leave' ? { line: 0, id: step.source.externalId } : step.row
      const text = `\`${subjectOf(step).login}\` was changed meanwhile: the next feed takes it up`
      problems.push({ line, id, text })
    }
  }
  if (changes.length > 0) bus?.publish({ kind: 'reevaluate', because: 'person' })
  return { changes, problems }
}

function inOrder({ steps }: FeedPlan): readonly FeedStep[] {
  return steps.toSorted((a, b) => order[a.kind] - order[b.kind])
}

function told(step: FeedStep): FeedChange {
  const { login, name } = subjectOf(step)
  if (step.kind === 'leave') return { kind: 'leave', login, name, roles: [], plants: [], because: step.because }
  const { roles, plants } = step.given
  return { kind: step.kind, login, name, roles, plants, because: null }
}

/** Refused, as evidence; what was only to be shown leaves no trace. */
async function keepRefused(
  { store, clock }: FeedDeps,
  { dryRun, via }: GivenFeed,
  feed: string | null,
  { code, reasons, rows, leavers }: { code: FeedRefusal; reasons: readonly string[]; rows?: number; leavers?: number },
): Promise<FeedOutcome> {
  if (!dryRun)
    await store.change((tx) =>
      tx.ledger.append('people.feed_refused', clock.now(), {
        feed,
        via,
        code,
        rows: rows ?? null,
        leavers: leavers ?? null,
      }),
    )
  return { kind: 'refused', code, reasons }
}

type Told = Pick<TakenFeed, 'asOf' | 'digest'>
const isBefore = (one: Told, last: Told): boolean =>
  one.asOf < last.asOf || (one.asOf === last.asOf && one.digest !== last.digest)

const show = (at: number): string => new Date(at).toISOString()
