// What is known of a session besides what crossed in it, for searching by it: who came from whom, to what, why and with
// which ticket. Read when the session is indexed.

import { plantOf, type Bundle, type SessionId } from '../../policy/index.ts'
import type { StoredSession } from '../store/sessions.ts'
import type { Store } from '../store/store.ts'
import type { Field } from './query.ts'
import { folded, tokensOf } from './tokens.ts'

export interface KnownSession {
  readonly session: SessionId
  readonly startedAt: number
  readonly fields: Readonly<Record<Field, readonly string[]>>
  /** In words. */
  readonly about: string
}

export async function knownOf(store: Store, bundle: Bundle, stored: StoredSession): Promise<KnownSession> {
  const person = await store.people.byId(stored.person)
  const grant = await store.grants.byId(stored.grant)
  const ask = grant === null ? null : ((await store.requests.byId(grant.grant.request))?.request.ask ?? null)
  const asset = bundle.assets.get(stored.asset)
  const plant = asset === undefined ? undefined : plantOf(asset, bundle)
  const supplier = person?.supplier ?? null
  const names = {
    person: [stored.person, person?.login, person?.displayName],
    supplier: supplier === null ? [] : [supplier, bundle.suppliers.get(supplier)?.name],
    asset: [stored.asset, asset?.name],
    plant: [stored.plant, plant?.name],
  }
  const labels = new Set([...stored.labels, ...(asset?.labels ?? [])])
  const lines = [
    names.person.slice(1),
    names.supplier,
    [...names.asset, stored.assetType ?? asset?.type],
    names.plant,
    [...labels],
    [ask?.ticket],
    [ask?.purpose],
    ask?.files.map(({ name }) => name) ?? [],
  ]
  return {
    session: stored.id,
    startedAt: stored.startedAt,
    fields: {
      person: wordsOf(names.person),
      supplier: wordsOf(names.supplier),
      asset: wordsOf(names.asset),
      plant: wordsOf(names.plant),
    },
    about: lines
      .map((line) => line.filter((part) => part !== undefined && part !== '').join(', '))
      .filter((line) => line !== '')
      .join('\n'),
  }
}

/** Names as a filter finds them: whole, and by each of their words. */
function wordsOf(names: readonly (string | undefined)[]): string[] {
  const given = names.filter((name) => name !== undefined)
  return [...new Set(given.flatMap((name) => [folded(name), ...tokensOf(name).map(({ text }) => text)]))]
}
