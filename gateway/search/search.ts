// Search over recordings, as people use it: a purpose is stated once, then queries are answered for a while. Searching is
// viewing: what is shown passes the same gate as a replay, and each answer is evidence before it is given.

import { createHash } from 'node:crypto'
import type { Bundle, Instant, SessionId, ViewingId } from '../../policy/index.ts'
import type { Actor } from '../access/authorize.ts'
import { mint, type Clock } from '../clock.ts'
import { GatewayError } from '../errors.ts'
import type { Applied, ViewingGate } from '../evidence/viewing.ts'
import type { StoredSession } from '../store/sessions.ts'
import type { Store } from '../store/store.ts'
import type { Found, FoundHit } from './find.ts'
import type { Counts } from './index-file.ts'
import { parseQuery } from './query.ts'
import type { Wanted } from './query-process.ts'
import type { Upkeep } from './upkeep.ts'
import { ProcessGone, type Worker } from './worker.ts'

/** A search that was opened with a purpose. */
export interface OpenedSearch {
  readonly token: string
  readonly expiresAt: Instant
}

export interface SearchPage {
  readonly hits: readonly (FoundHit & { readonly stored: StoredSession })[]
  /** Cursor of the next page; null at the end. */
  readonly next: string | null
}

export interface Search {
  /** Null where search is off: then nothing is indexed, and the methods refuse. */
  readonly index: Pick<Upkeep, 'counts' | 'forget'> | null
  open(actor: Actor, purpose: string): OpenedSearch
  /**
   * One page of hits, newest session first.
   * @throws GatewayError `not-found` when the search is over or another person's; `malformed-query` with every problem.
   */
  query(actor: Actor, token: string, text: string, cursor: string | null, limit: number): Promise<SearchPage>
  /** Begins the index anew, as evidence. */
  rebuild(actor: Actor): Promise<void>
}

const openMs = 30 * 60_000
/** Searches that are open at a time; one more ends the oldest. */
const mostOpen = 1_000
/** Queries that are answered at a time; one more is refused. */
const mostAsked = 8

interface Opened {
  readonly person: string
  readonly purpose: string
  readonly expiresAt: Instant
}

const off = (): GatewayError =>
  new GatewayError('state-conflict', 'search is off here: `evidence.search` in the configuration turns it on')

export function openSearch(deps: {
  readonly store: Store
  readonly gate: ViewingGate
  readonly bundle: () => Bundle
  readonly clock: Clock
  /** Null where search is off. */
  readonly engine: { readonly upkeep: Upkeep; readonly finder: Worker } | null
}): Search {
  const { store, gate, bundle, clock, engine } = deps
  const open = new Map<string, Opened>()
  let asked = 0

  function openedBy(actor: Actor, token: string): Opened {
    const found = open.get(token)
    if (found?.person !== actor.person.id || found.expiresAt <= clock.now())
      throw new GatewayError('not-found', 'this search is over: state the purpose again')
    return found
  }

  async function find(actor: Actor, wanted: Wanted, finder: Worker): Promise<Found & { readonly seen: Seen }> {
    const seen: Seen = new Map()
    const may = async (id: string): Promise<boolean> => {
      const stored = await store.sessions.byId(id as SessionId)
      if (stored === null) return false
      const viewing = await gate.permitView(actor, stored, 'search')
      if (viewing.kind !== 'permitted') return false
      seen.set(id, { stored, applied: viewing.applied })
      return true
    }
    // A process that was ended meanwhile has nothing to do with this query; one that it ends is not started for it again
    // and again.
    const found = await finder.request('find', wanted, may).catch((error: unknown) => {
      if (error instanceof ProcessGone) return finder.request('find', wanted, may)
      throw error
    })
    return { ...(found as Found), seen }
  }

  return {
    index: engine?.upkeep ?? null,
    open(actor, purpose) {
      if (engine === null) throw off()
      const now = clock.now()
      for (const [token, { expiresAt }] of open) if (expiresAt <= now) open.delete(token)
      const [oldest] = open.keys()
      if (open.size >= mostOpen && oldest !== undefined) open.delete(oldest)
      const token = mint.token()
      const expiresAt = now + openMs
      open.set(token, { person: actor.person.id, purpose, expiresAt })
      return { token, expiresAt }
    },
    async query(actor, token, text, cursor, limit) {
      if (engine === null) throw off()
      const { purpose } = openedBy(actor, token)
      const parsed = parseQuery(text)
      if (parsed.kind === 'malformed') throw new GatewayError('malformed-query', parsed.problems.join('; '))
      if (asked >= mostAsked) throw new GatewayError('too-many-requests')
      asked++
      try {
        const before = cursor === null ? null : Number(cursor)
        const { hits, next, seen } = await find(actor, { query: parsed.query, before, limit }, engine.finder)
        const shown = hits.flatMap((hit) => {
          const stored = seen.get(hit.session)?.stored
          return stored === undefined ? [] : [{ ...hit, stored }]
        })
        const sessions = [...new Set(shown.map(({ stored }) => stored.id))]
        const applied = sessions.flatMap((id) => seen.get(id)?.applied ?? [])
        await store.change(async (tx) => {
          await tx.ledger.append('evidence.searched', clock.now(), {
            by: actor.person.id,
            search: createHash('sha256').update(token).digest('hex').slice(0, 16),
            purpose: await tx.ledger.commit(purpose),
            query: await tx.ledger.commit(text),
            hits: shown.length,
            sessions,
            rules: [...new Set(applied.flatMap(({ rules }) => rules))],
            viewings: [...new Set(applied.flatMap(({ viewing }): ViewingId[] => (viewing === null ? [] : [viewing])))],
            bundle: bundle().digest,
          })
        })
        return { hits: shown, next: next === null ? null : String(next) }
      } finally {
        asked--
      }
    },
    async rebuild(actor) {
      if (engine === null) throw off()
      await store.change((tx) => tx.ledger.append('evidence.search_rebuilt', clock.now(), { by: actor.person.id }))
      // Whoever reads the file holds the old one open.
      await engine.finder.end()
      await engine.upkeep.rebuild()
    },
  }
}

type Seen = Map<string, { readonly stored: StoredSession; readonly applied: Applied }>

export type { Counts }
