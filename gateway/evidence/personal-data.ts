// Which values the gateway keeps of a person, behind the commitments of the ledger, and which of them may be erased. Of a
// person are the values in entries about them (`person`), in entries about nobody that they wrote (`by`), and in entries
// that name neither, of what happened in a session of theirs. Erasing is erasures.ts's.

import {
  handlingOfRecording,
  isHeldBy,
  keptUntil,
  type Bundle,
  type Commitment,
  type ErasureSubject,
  type EvidenceEvent,
  type Holdable,
  type Instant,
  type PersonId,
  type SessionId,
  type SupplierId,
} from '../../policy/index.ts'
import type { StoredHold } from '../store/holds.ts'
import type { Store } from '../store/store.ts'
import { holdableOf } from './keeping.ts'
import { shownBy, type ShownValue } from './shown-values.ts'

/** A value that is still kept. */
export interface KeptValue {
  readonly commitment: Commitment
  /** The row of the store that shows it as well. */
  readonly shown: ShownValue | null
  /** Every entry it stands in: until when each keeps it, what a hold may cover of it, and everybody the entry names. */
  readonly places: readonly {
    readonly keptUntil: Instant
    readonly of: Holdable
    readonly named: readonly string[]
  }[]
}

const commitments = /"(sha256:[0-9a-f]{64})"/g
const people = /"(per_[0-9a-z]{26})"/g
const textIn = (data: EvidenceEvent['data'], field: string): string | null => {
  const value = data[field]
  return typeof value === 'string' ? value : null
}

/** Whose an entry is. */
function ownerOf({ data }: EvidenceEvent): string | null {
  return textIn(data, 'person') ?? textIn(data, 'by')
}

/** What a machine account left is its owner's: whoever answered for it then, as the entry says, or answers for it now. */
function isAbout(event: EvidenceEvent, owner: string | null, person: PersonId, machines: ReadonlySet<string>): boolean {
  const whose = textIn(event.data, 'machine') ?? owner
  const answered = textIn(event.data, 'owner')
  return owner === person || answered === person || (answered === null && whose !== null && machines.has(whose))
}

interface LookUps {
  /** Who worked in the session an entry names. */
  personOfSession(event: EvidenceEvent): Promise<PersonId | null>
  supplierOf(person: PersonId): Promise<SupplierId | null>
}

/** Each is looked up once: people and sessions are few, and come again and again. */
function openLookUps({ sessions, people }: Store): LookUps {
  const workers = new Map<string, PersonId | null>()
  const suppliers = new Map<PersonId, SupplierId | null>()
  return {
    async personOfSession({ data }) {
      const id = textIn(data, 'session')
      if (id === null) return null
      const known = workers.get(id)
      if (known !== undefined) return known
      const person = (await sessions.byId(id as SessionId))?.person ?? null
      workers.set(id, person)
      return person
    },
    async supplierOf(id) {
      const known = suppliers.get(id)
      if (known !== undefined) return known
      const supplier = (await people.byId(id))?.supplier ?? null
      suppliers.set(id, supplier)
      return supplier
    },
  }
}

/** Reads the ledger once, in batches and in turns. What is erased already is not among them. */
export async function findValues(store: Store, bundle: Bundle, subject: ErasureSubject): Promise<readonly KeptValue[]> {
  const machines = new Set<string>(subject.kind === 'person' ? await store.machines.ownedBy(subject.id) : [])
  const found = new Map<string, { shown: ShownValue | null; places: KeptValue['places'][number][] }>()
  const lookUps = openLookUps(store)
  for await (const event of store.evidence.events(0, await store.evidence.size())) {
    if (event.type === 'evidence.erased') continue
    if (subject.kind === 'person') {
      const owner = ownerOf(event) ?? (await lookUps.personOfSession(event))
      if (!isAbout(event, owner, subject.id, machines)) continue
    }
    // What an erasure is about is not where it stands.
    const { subject: _about, ...said } = event.data
    const here = [...JSON.stringify(said).matchAll(commitments)].map(([, name]) => name ?? '')
    const wanted = subject.kind === 'person' ? here : here.filter((name) => name === subject.commitment)
    if (wanted.length === 0) continue
    const place = await placeOf(store, bundle, event, lookUps)
    for (const name of wanted) {
      const known = found.get(name) ?? { shown: null, places: [] }
      known.places.push(place)
      known.shown ??= shownBy(event, name)
      found.set(name, known)
    }
  }
  const kept = await store.erasures.kept([...found.keys()])
  return kept.map((commitment) => ({ commitment, ...(found.get(commitment) ?? { shown: null, places: [] }) }))
}

async function placeOf(
  store: Store,
  bundle: Bundle,
  event: EvidenceEvent,
  { supplierOf }: LookUps,
): Promise<KeptValue['places'][number]> {
  const { data, at } = event
  const named = [...JSON.stringify(data).matchAll(people)].map(([, id]) => id ?? '')
  const id = textIn(data, 'session') as SessionId | null
  const session = id === null ? null : await store.sessions.byId(id)
  if (session) {
    const supplier = await supplierOf(session.person)
    const { retention } = handlingOfRecording(bundle, session)
    // One that is not over keeps what it stands on for as long as it lasts.
    const until = session.endedAt === null ? Infinity : keptUntil(session.endedAt, retention)
    return { keptUntil: until, of: holdableOf(session, supplier), named }
  }
  const person = ownerOf(event) as PersonId | null
  const supplier = person === null ? null : await supplierOf(person)
  const asset = textIn(data, 'asset') as Holdable['asset']
  const plant = textIn(data, 'plant') as Holdable['plant']
  const of = { session: id, person, supplier, asset, plant, from: at, until: at }
  return { keptUntil: keptUntil(at, bundle.handling.default), of, named }
}

/** Why a value has to stay, or null. One entry that needs it is enough. */
export function stayOfValue({ places }: KeptValue, holds: readonly StoredHold[], now: Instant): 'held' | 'kept' | null {
  if (places.some(({ of }) => holds.some((hold) => isHeldBy(hold, of)))) return 'held'
  return places.some(({ keptUntil: until }) => now < until) ? 'kept' : null
}
