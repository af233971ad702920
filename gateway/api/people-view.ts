// Accounts as the API shows them: who they are, where each role comes from, and what a rule of separation says of them.

import { breachesOf, type Breach, type Bundle, type Person } from '../../policy/index.ts'
import type { AccountsView, AccountView, BreachView } from '../contract/views.ts'
import { sourcesOf } from '../people/role-sources.ts'
import type { PersonSource } from '../store/people-sources.ts'
import { refTo } from './person-ref.ts'
import type { Services } from './services.ts'

export function breachView({ rule, roles, duties, enforcedFrom, isEnforced, withheld }: Breach): BreachView {
  return {
    rule: rule.id,
    text: rule.text,
    roles: [...roles],
    duties: [...duties],
    from: enforcedFrom,
    isEnforced,
    withheld: isEnforced ? [...withheld] : [],
  }
}

/** Those of these people who are no machine, with the rules and feeds of the bundle in force. */
export async function accountsView(
  { store, bundle, clock }: Pick<Services, 'store' | 'bundle' | 'clock'>,
  people: readonly Person[],
): Promise<AccountsView> {
  const inForce = bundle()
  const now = clock.now()
  const sources = new Map((await store.peopleSources.list()).map((source) => [source.person, source]))
  const prepared = await store.people.notEnrolled()
  const feeds = new Map((await store.peopleSources.feeds()).map((one) => [one.feed, one]))
  return {
    items: people
      .filter(({ machine }) => machine === undefined)
      .map((person) => accountView(person, sources.get(person.id) ?? null, prepared.has(person.id), inForce, now)),
    rules: inForce.access.separation.map(({ roles, duties, ...rule }) => ({
      ...rule,
      roles: [...roles],
      duties: [...duties],
    })),
    feeds: inForce.access.peopleFeeds.map(({ id, text, owner }) => {
      const last = feeds.get(id)
      const told = last === undefined ? null : { asOf: last.asOf, takenAt: last.takenAt, rows: last.rows }
      return { id, text, owner, last: told }
    }),
  }
}

function accountView(
  person: Person,
  source: PersonSource | null,
  isPrepared: boolean,
  bundle: Bundle,
  now: number,
): AccountView {
  return {
    person: refTo(person, person.id, bundle),
    state: person.disabled ? 'disabled' : isPrepared ? 'prepared' : 'open',
    plants: [...person.plants],
    roles: sourcesOf(person, source).map((one) => ({ ...one })),
    feed: source?.feed ?? null,
    breaches: person.disabled ? [] : breachesOf(person, bundle, now).map(breachView),
  }
}
