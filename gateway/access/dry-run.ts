// What a bundle would have decided: the decisions of the last days, each asked again under the bundle of its day and
// under the new one. Reads the ledger once, in batches and in turns, with flat memory; writes nothing.
//
// The ledger holds what was decided and not all that it rested on. A question is rebuilt from the request or grant it
// cites, from the person as they are today and from what was attested then; suspensions, presences and tickets of that
// moment are not kept. So each is first decided again under its own bundle: where that does not give the recorded answer,
// what it rested on has gone, and it is counted as not rebuilt instead of guessed at.

import {
  decide,
  quietWorld,
  supposedLogin,
  type AccessAsk,
  type Bundle,
  type Decision,
  type DecisionRequest,
  type Events,
  type EvidenceEvent,
  type Facts,
  type Grant,
  type GrantId,
  type Person,
  type RequestId,
  type TicketState,
} from '../../policy/index.ts'
import type { Clock } from '../clock.ts'
import type { Store } from '../store/store.ts'
import { readAttestedThen } from './attested-then.ts'
import type { Held, Shelf } from './bundle-shelf.ts'
import { withAsker } from './steps.ts'

/** Why a recorded decision cannot be asked again. */
export const gaps = {
  'unknown-asset': 'what was named is no declared asset: its name is kept as a commitment only',
  'request-not-kept': 'the request it was about is not kept',
  'person-gone': 'the person is not kept any more',
  'bundle-gone': 'the bundle of its day is not kept, or not valid for this version of the gateway',
  'facts-gone': 'what it rested on then is not kept: a suspension, presence, role, ticket or window has changed since',
} as const
export type Gap = keyof typeof gaps

/** Decisions that turn out the other way, of one action on one asset for one reason. */
export interface TurnedGroup {
  readonly action: string
  readonly asset: string
  readonly rules: readonly string[]
  readonly texts: readonly string[]
  readonly count: number
  /** Ledger index, instant and person of the first and the latest. */
  readonly first: { readonly index: number; readonly at: number; readonly person: string }
  readonly latest: { readonly index: number; readonly at: number; readonly person: string }
}

export interface Turned {
  readonly count: number
  /** The first hundred groups met; `count` counts all decisions. */
  readonly groups: readonly TurnedGroup[]
}

export interface DryRunReport {
  readonly bundle: string
  readonly from: number
  readonly until: number
  /** Recorded decisions in that time. */
  readonly decisions: number
  readonly rebuilt: number
  readonly notRebuilt: Readonly<Partial<Record<Gap, number>>>
  readonly nowDenied: Turned
  readonly nowPermitted: Turned
  /** The same answer for other reasons. */
  readonly otherRules: number
}

export type DryRunStep =
  | { readonly kind: 'progress'; readonly done: number; readonly total: number }
  | { readonly kind: 'report'; readonly report: DryRunReport }

const mostGroups = 100
const reportEvery = 1_000
/** People are few and come again and again. */
const mostPeople = 1_000

export interface DryRun {
  readonly store: Store
  readonly shelf: Shelf
  readonly clock: Clock
}

/** Asks anew what was decided in the last `days`; progress on the way, the report at the end. */
export async function* dryRun(
  { store, shelf, clock }: DryRun,
  bundle: Bundle,
  days: number,
): AsyncGenerator<DryRunStep> {
  const until = clock.now()
  const from = until - days * 86_400_000
  const size = await store.evidence.size()
  const first = await firstSince(store, from, size)
  const people = new Map<string, Person | null>()
  const attestedThen = await readAttestedThen(store)
  const notRebuilt: Partial<Record<Gap, number>> = {}
  const turned = { deny: new Groups(), permit: new Groups() }
  const counts = { decisions: 0, rebuilt: 0, otherRules: 0 }
  let own: { readonly digest: string; readonly held: Held | null } | null = null

  async function bundleOf(digest: string): Promise<Bundle | null> {
    if (own?.digest === digest) return own.held?.bundle ?? null
    own?.held?.giveBack()
    const stored = await store.bundles.byDigest(digest)
    const taken = stored === null ? null : await shelf.take(stored.files, digest)
    own = { digest, held: taken?.kind === 'ok' ? taken : null }
    return own.held?.bundle ?? null
  }

  async function personOf(id: string): Promise<Person | null> {
    const known = people.get(id)
    if (known !== undefined) return known
    if (people.size >= mostPeople) people.clear()
    const found = (await store.people.byIds([id])).get(id) ?? null
    people.set(id, found)
    return found
  }

  /** Both answers, or why there is none. */
  async function again(event: EvidenceEvent): Promise<{ readonly was: Decision; readonly would: Decision } | Gap> {
    const { data } = event
    const ofThen = await bundleOf(String(data['bundle']))
    if (!ofThen) return 'bundle-gone'
    const person = await personOf(String(data['person']))
    if (!person) return 'person-gone'
    const rules: readonly unknown[] = Array.isArray(data['rules']) ? data['rules'] : []
    const rebuilt = await questionOf(store, event, rules, ofThen, personOf)
    if (typeof rebuilt === 'string') return rebuilt
    const { question, ticket } = rebuilt
    const facts: Facts = {
      now: event.at,
      // Somebody disabled since was not disabled then, unless that is what the answer says.
      person: { ...person, disabled: rules.includes('person-disabled') },
      ...supposedLogin(person),
      ...(rules.includes('mfa-missing') && { mfa: [] }),
      // What a machine came from is not kept in clear either.
      ...(rules.includes('machine-source') && { source: null }),
      ticket,
      world: { ...quietWorld, ...attestedThen(involvedIn(question, person), event.at), unavailable: awayIn(data) },
    }
    const was = decide(question, ofThen, facts)
    if (was.kind !== data['outcome']) return 'facts-gone'
    return { was, would: decide(question, bundle, facts) }
  }

  try {
    for await (const event of store.evidence.events(first, size)) {
      if ((event.index - first) % reportEvery === 0)
        yield { kind: 'progress', done: event.index - first, total: size - first }
      if (event.type !== 'policy.decision') continue
      counts.decisions += 1
      const answer = await again(event)
      if (typeof answer === 'string') {
        notRebuilt[answer] = (notRebuilt[answer] ?? 0) + 1
        continue
      }
      counts.rebuilt += 1
      const { was, would } = answer
      if (was.kind !== would.kind) turned[would.kind].add(event, would)
      else if (ruleNames(was) !== ruleNames(would)) counts.otherRules += 1
    }
  } finally {
    ;(own as { readonly held: Held | null } | null)?.held?.giveBack()
  }
  yield { kind: 'progress', done: size - first, total: size - first }
  yield {
    kind: 'report',
    report: {
      bundle: bundle.digest,
      from,
      until,
      ...counts,
      notRebuilt,
      nowDenied: turned.deny.result(),
      nowPermitted: turned.permit.result(),
    },
  }
}

/** Who acted, and whose request it was. */
function involvedIn(question: DecisionRequest, actor: Person): readonly Person[] {
  return question.action === 'approve' || question.action === 'extend' ? [actor, question.requester] : [actor]
}

const ruleNames = ({ reasons }: Decision): string =>
  reasons
    .map(({ rule }) => rule)
    .toSorted()
    .join(' ')

/** What did not work then, as the decision cites it. */
function awayIn({ unavailable }: EvidenceEvent['data']): ReadonlySet<string> {
  return new Set(Array.isArray(unavailable) ? unavailable.map(String) : [])
}

/** The question as it was asked, as far as it is kept. */
async function questionOf(
  store: Store,
  { data }: EvidenceEvent,
  rules: readonly unknown[],
  ofThen: Bundle,
  personOf: (id: string) => Promise<Person | null>,
): Promise<{ readonly question: DecisionRequest; readonly ticket: TicketState } | Gap> {
  const { action } = data
  if (typeof data['asset'] !== 'string') return 'unknown-asset'
  const asset = data['asset'] as AccessAsk['asset']
  const said = data['asked'] as Events['policy.decision']['asked']
  const asked = said && usedOf(said)
  if (action === 'connect') {
    if (data['grant'] === undefined)
      return { question: { action, asset, protocol: asked?.protocol ?? 'ssh', grant: null }, ticket: 'unchecked' }
    const stored = await store.grants.byId(data['grant'] as GrantId)
    if (!stored) return 'request-not-kept'
    const { grant } = stored
    // It ended since; then it was open, unless the answer says otherwise.
    const then: Grant = rules.includes('grant-closed') ? grant : { ...grant, kind: 'open' }
    return { question: { action, asset, protocol: then.protocol, grant: { ...then, ...asked } }, ticket: 'unchecked' }
  }
  if (action !== 'request' && action !== 'approve' && action !== 'extend') return 'request-not-kept'
  const stored = data['request'] === undefined ? null : await store.requests.byId(data['request'] as RequestId)
  const ask = stored
    ? { ...stored.request.ask, ...asked }
    : asked
      ? { ...supposedAsk(ofThen, asked.tier), asset, ...asked, ...pathless(said) }
      : null
  if (ask === null) return 'request-not-kept'
  const ticket = stored?.ticketState ?? 'unchecked'
  if (action === 'request') return { question: { action, ask }, ticket }
  const requester = stored ? await personOf(stored.request.by) : null
  if (requester === null) return 'person-gone'
  return {
    question: { action, ask, requester: withAsker({ ...requester, disabled: false }, stored?.request.askedBy) },
    ticket,
  }
}

type Said = NonNullable<Events['policy.decision']['asked']>

function usedOf(said: Said): Omit<Said, 'files'> {
  const { files: _, ...used } = said
  return used
}

/** The paths of files are kept with a request, and nowhere in clear where it was refused. */
function pathless(said: Said | undefined): Pick<AccessAsk, 'transfer'> {
  return said?.files === undefined ? {} : { transfer: { allow: said.files, paths: [] } }
}

/** Of a request that was refused nothing is kept but what its decision says: the rest is supposed in its favour. */
function supposedAsk(bundle: Bundle, tier: AccessAsk['tier']) {
  const criteria = bundle.access.tiers[tier].criteria.map(({ id }) => id)
  return { criteria, purpose: 'not kept', ticket: '', rollback: 'not kept', files: [] }
}

/** The first entry not older than an instant: entries are in order of time, so half of what is left goes each step. */
async function firstSince(store: Store, at: number, size: number): Promise<number> {
  let [low, high] = [0, size]
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    const event = await store.evidence.event(middle)
    if (event !== null && event.at < at) low = middle + 1
    else high = middle
  }
  return low
}

/** Collects what turned, grouped; bounded. */
class Groups {
  readonly #groups = new Map<string, TurnedGroup>()
  #count = 0

  add({ index, at, data }: EvidenceEvent, would: Decision): void {
    this.#count += 1
    const [action, asset] = [String(data['action']), String(data['asset'])]
    const rules = would.reasons.map(({ rule }) => rule)
    const key = [action, asset, ...rules].join(' ')
    const here = { index, at, person: String(data['person']) }
    const known = this.#groups.get(key)
    if (known) this.#groups.set(key, { ...known, count: known.count + 1, latest: here })
    else if (this.#groups.size < mostGroups) {
      const texts = would.reasons.map(({ text }) => text)
      this.#groups.set(key, { action, asset, rules, texts, count: 1, first: here, latest: here })
    }
  }

  result(): Turned {
    return { count: this.#count, groups: [...this.#groups.values()].toSorted((a, b) => b.count - a.count) }
  }
}
